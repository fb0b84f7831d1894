#!/usr/bin/env bash
# Runs the README's quick start as it stands, in one shell, and checks that every request was answered.
set -euo pipefail
cd "$(dirname "$0")/.."

commands=$(awk '/^<!-- test\/quickstart.sh/ {found = 1; next} found && /^```sh/ {inside = 1; next} inside && /^```/ {exit} inside' README.md)
[[ -n $commands ]] || { echo "quickstart: README.md has no block marked for this script" >&2; exit 1; }
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# --fail-with-body is curl's exit code for an HTTP error.
bash -ec "curl() { command curl --fail-with-body \"\$@\"; }; trap 'kill %1 2>/dev/null || true' EXIT
$commands" 2>&1 | tee "$output"
grep -q '"active_users":' "$output" || { echo "quickstart: /metrics did not answer active_users" >&2; exit 1; }
