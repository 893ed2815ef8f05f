#!/usr/bin/env bash
# The layers of the architecture, which SwiftPM does not enforce. Prints each import that breaks one; exits 1 when there is any.
set -euo pipefail
cd "$(dirname "$0")/.."
fail=0

# What may stand before `import`: attributes, as in `@testable` and `@_spi(Some)`, and an access level.
before='^[[:space:]]*(@[a-zA-Z_]+(\([^)]*\))?[[:space:]]+)*((public|package|internal|private|fileprivate)[[:space:]]+)?'

deny() { # deny <why> <regex of modules> <path>…
    local why=$1 modules=$2 found
    shift 2
    local present=()
    for path in "$@"; do [ -e "$path" ] && present+=("$path"); done
    [ ${#present[@]} -gt 0 ] || return 0
    found=$(grep -rnE "${before}import ((struct|class|enum|func|protocol|typealias) )?($modules)(\.|$| )" "${present[@]}" --include='*.swift' || true)
    if [ -n "$found" ]; then
        printf '%s\n  ✗ %s\n' "$found" "$why"
        fail=1
    fi
}

only() { # only <why> <regex of allowed modules> <path>…
    local why=$1 allowed=$2 found
    shift 2
    local present=()
    for path in "$@"; do [ -e "$path" ] && present+=("$path"); done
    [ ${#present[@]} -gt 0 ] || return 0
    found=$(grep -rnE "${before}import " "${present[@]}" --include='*.swift' | grep -vE "import ($allowed)$" || true)
    if [ -n "$found" ]; then
        printf '%s\n  ✗ %s\n' "$found" "$why"
        fail=1
    fi
}

services=(AlertIngestion IncidentManagement OnCall Notification WebUI CommandLine)
# What is imported: the program's module is not called as its folder.
modules=("${services[@]/%CommandLine/CommandLineTool}")
only "Contracts imports nothing of ours" 'Foundation|FoundationEssentials|Synchronization' Shared/Contracts
for service in "${services[@]}"; do
    home=Services/$service
    # Crypto is a library of values and functions; hashing a dedup key is a domain rule.
    # Synchronization guards a memo of a pure function, such as the offsets of a time zone.
    only "Domain and Formats are pure: Foundation and Contracts only" 'Foundation|Contracts|Crypto|Synchronization' "$home/Domain" "$home/Formats"
    others=$(printf '%s\n' "${modules[@]}" | grep -vxE "$service(Tool)?" | paste -sd'|')
    deny "a service never imports another service" "$others" "$home"
    mapfile -t shells < <(find "$home" -name '*.swift' ! -path '*/Storage/*' ! -name '*+build.swift' ! -name '*Configuration.swift')
    deny "only Storage and +build import Postgres" 'Postgres|CPostgres' "${shells[@]}"
    deny "only Storage and +build import Redis" 'Redis|CHiredis' "${shells[@]}"
    mapfile -t cores < <(find "$home" -name '*.swift' ! -path '*/HTTP/*' ! -path '*/Pages/*' ! -name '*+build.swift')
    deny "only HTTP, Pages and +build import Hummingbird" 'Hummingbird|HummingbirdCore' "${cores[@]}"
done
for library in Shared/*/; do
    deny "a shared library never imports a service" "$(IFS='|'; echo "${modules[*]}")" "$library"
done
public=$(grep -rnE '^\s*(public|open) (struct|class|enum|actor|func|var|let|protocol|init|extension|typealias|static)' Services Shared --include='*.swift' || true)
if [ -n "$public" ]; then
    printf '%s\n  ✗ %s\n' "$public" "package between targets, internal inside, never public"
    fail=1
fi
locked=$(grep -rln 'SKIP LOCKED' Services Shared --include='*.swift' | grep -v '^Shared/WorkQueue/' || true)
if [ -n "$locked" ]; then
    printf '%s\n  ✗ %s\n' "$locked" "only WorkQueue knows FOR UPDATE SKIP LOCKED"
    fail=1
fi
while IFS= read -r migration; do
    grep -rqF "\"${migration##*/}\"" Services --include='*.swift' && continue
    printf '%s\n  ✗ %s\n' "$migration" "a migration nobody lists is never run"
    fail=1
done < <(find Services -path '*/Storage/Migrations/*' -name 'V*.sql')
[ $fail = 0 ] && echo "ok: the layers hold"
exit $fail
