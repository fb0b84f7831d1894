#!/usr/bin/env bash
# Opens the pages with plots, of the demo and of the load generator, in a headless Chromium without a network. Screenshots stay in
# out/pages/. Exits with 77 where there is no Chromium. Arguments go to go test: -update puts two screenshots into docs/.
set -euo pipefail
cd "$(dirname "$0")/.."

chromium() { command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome; }

if ! chromium >/dev/null && [[ $(uname) == Linux && $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
	localkube/install-packages.sh chromium-headless-shell >&2 || true # Debian has had it since 12; its relatives may not
fi
if ! chromium >/dev/null; then
	echo "no Chromium here: on Debian, apt-get install chromium-headless-shell"
	exit 77
fi
cd test && go test -count 1 ./pages "$@"
