#!/usr/bin/env bash
# Builds the workload with CUDA and checks it on this machine's GPU, in two minutes. Ends with 77 where there is none. Called by
# `make gpu-check`; the result is out/gpu-check/summary.json.
set -euo pipefail
cd "$(dirname "$0")/.."
make --no-print-directory bin/workload-cuda bin/gpu-check
exec bin/gpu-check "$@"
