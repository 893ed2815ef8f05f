#!/usr/bin/env bash
# The pipeline, for those who look for it here: cd ci && bash pipeline.sh
exec bash "$(dirname "${BASH_SOURCE[0]}")/../run-pipeline.sh" "$@"
