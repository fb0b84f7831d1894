#!/usr/bin/env bash
# Runs the examples that make no part of the Go module, as real processes with their own Prometheus client, against the adapter's
# scraper. Root on Debian has what they need installed. Where something is missing it says what, and exits with 77.
set -euo pipefail
cd "$(dirname "$0")/.."

lacking() { # prints what is missing: Debian's packages by name
	command -v node >/dev/null || echo nodejs
	command -v npm >/dev/null || echo npm
	/usr/bin/python3 -c 'import prometheus_client' 2>/dev/null || echo python3-prometheus-client
}

missing=$(lacking)
if [[ -n $missing && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
	localkube/install-packages.sh $missing || true
	missing=$(lacking)
fi
if [[ -n $missing ]]; then
	echo "examples: this machine lacks" $missing
	exit 77
fi
make --no-print-directory bin/example-go examples/node/node_modules || { echo "examples: npm could not install prom-client"; exit 77; }
cd test
go test -count 1 ./examples
