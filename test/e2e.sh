#!/usr/bin/env bash
# The end-to-end tests, on a cluster of their own that is gone afterwards. Further arguments go to `go test`.
set -euo pipefail
cd "$(dirname "$0")/.."

make --no-print-directory bin/gotestsum
[[ -x bin/replay ]] || { echo "e2e: bin/replay is missing, which records and replays a run: make bin/replay" >&2; exit 1; }

name=userscale-e2e-$$ # so that two runs wait for each other instead of sharing a cluster
localkube=$PWD/bin/localkube
trap '"$localkube" --name "$name" down' EXIT
"$localkube" --name "$name" up --exclusive
"$localkube" --name "$name" load bin/images/*.tar
mkdir -p out/e2e
cd test
# The tests are built here and run inside the cluster's network. They mostly wait, so that many run side by side, and what they say
# is mixed; gotestsum says at the end what those said that failed.
../bin/gotestsum --format standard-verbose --hide-summary skipped -- \
	-exec "$localkube --name $name exec --" -count 1 -timeout 45m -parallel 16 ./e2e "$@"
