#!/usr/bin/env bash
# Writes .env with fresh secrets for docker-compose.yml; never over one that is there. ci/make-env.sh [FILE]
set -euo pipefail
file=${1:-$(dirname "${BASH_SOURCE[0]}")/../.env}
[ ! -e "$file" ] || { echo "error: $file is there already; it is not touched" >&2 && exit 1; }
secret() { openssl rand -hex 32; }
umask 077
cat >"$file" <<END
# Made by ci/make-env.sh. What else can be set is in .env.example.
INTERNAL_SECRET=$(secret)
PASSWORD_PEPPER=$(secret)
SECRETS_KEY=$(secret)
SETUP_TOKEN=$(secret)
METRICS_TOKEN=$(secret)
POSTGRES_PASSWORD=$(secret)
ALERTING_DATABASE_PASSWORD=$(secret)
INCIDENT_DATABASE_PASSWORD=$(secret)
ONCALL_DATABASE_PASSWORD=$(secret)
NOTIFICATION_DATABASE_PASSWORD=$(secret)
REDIS_PASSWORD=$(secret)
GRAFANA_ADMIN_PASSWORD=$(secret)
END
echo "Wrote $file. Next: docker compose up -d. SETUP_TOKEN in it makes the first admin."
