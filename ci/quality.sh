#!/usr/bin/env bash
# What the tree must be before anything is built: formatted, layered, with shell scripts that shellcheck accepts.
set -euo pipefail
# shellcheck source=ci/environment.sh
. "$(dirname "$0")/environment.sh"
cd "$TOCSIN_ROOT"

install_missing test
swift format lint --strict --parallel --recursive --configuration .swift-format Package.swift Services Shared Tests
ci/layers.sh
git ls-files -z '*.sh' .ci/run | xargs -0 -r shellcheck -x
say "quality: ok"
