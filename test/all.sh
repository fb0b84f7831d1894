#!/usr/bin/env bash
# All the tests that this machine can run, one stage after the other, each with its time. What can't run here is named with the
# reason, and what failed is said once more at the end. Called by `make test`.
set -uo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0 GOFLAGS=${GOFLAGS:-'-trimpath -buildvcs=false'}
passed=() failed=() skipped=() failures=()
logs=out/test
rm -rf "$logs"
mkdir -p "$logs"

stage() { # NAME COMMAND…, which exits with 77 where it can't run
	local name=$1 log="$logs/${1//[^[:alnum:]]/-}.log" began=$SECONDS
	shift
	printf '\n=== %s\n' "$name"
	"$@" 2>&1 | tee "$log"
	case ${PIPESTATUS[0]} in
	0) passed+=("$name ($((SECONDS - began)) s)") ;;
	77) skipped+=("$name: it says above what is missing") ;;
	*) failed+=("$name ($((SECONDS - began)) s)") failures+=("$log") ;;
	esac
}

why() { # LOG of a failed stage: gotestsum's summary without the minutes of what was observed, else the last lines
	if grep -q '^=== Failed$' "$1"; then
		sed '1,/^=== Failed$/d' "$1" | grep -vE '_test\.go:[0-9]+: [0-9]{2}:[0-9]{2}:[0-9]{2} '
	else
		grep -vE '^ok  |\[no test files\]$' "$1"
	fi | tail -n 60
}

skip() { # NAME REASON
	printf '\n=== %s: SKIPPED: %s\n' "$1" "$2"
	skipped+=("$1: $2")
}

in_module() { # DIR COMMAND…
	(cd "$1" && shift && "$@")
}

# Root on Debian can have a cluster of its own; anyone else runs the rest.
cluster_reason=""
[[ $(uname) == Linux && $(id -u) == 0 ]] && command -v apt-get >/dev/null || cluster_reason="needs root on Debian for a cluster of its own"

if [[ -z $cluster_reason ]]; then
	stage "packages" localkube/install-packages.sh gcc libc6-dev curl
fi
if command -v gcc >/dev/null; then
	stage "unit tests, with the race detector" env CGO_ENABLED=1 go test -race ./...
else
	skip "race detector" "no C compiler here"
	stage "unit tests" go test ./...
fi
stage "unit mutants" test/mutants.sh --unit
stage "fuzz, a short run of each" env JOBS=2 test/fuzz.sh 5s
stage "benchmarks run" go test -run '^$' -bench . -benchtime 1x ./...
stage "quick start of the README" test/quickstart.sh
if [[ $(uname) == Linux ]]; then
	stage "soak of the workload, a short one" make --no-print-directory soak SOAKTIME=15s
else
	skip "soak of the workload" "needs /proc, and all of 127.0.0.0/8"
fi
stage "build the load generator" make --no-print-directory bin/loadgen bin/load-check
stage "the load generator's counts" bin/load-check --short --out out/load-check-short
stage "build Prometheus" make --no-print-directory bin/prometheus
# -count 1: go test takes no notice of changed files outside of its module, which some of these are about.
stage "demo, manifests, simulator and Prometheus tests" in_module test go test -count 1 $(cd test && go list ./... | grep -v '/e2e\|/examples\|/pages$')
stage "the workload on a GPU" test/gpu-check.sh
stage "examples in Go, Node and Python" test/examples.sh
stage "pages in a browser without a network" test/pages.sh
if [[ -z $cluster_reason ]]; then
	stage "build Kubernetes and the images" make --no-print-directory bin/localkube images
	if [[ -d examples/node/node_modules ]]; then # the examples ran
		stage "build the examples' images" make --no-print-directory example-images
	fi
	stage "localkube" in_module localkube go test ./...
	stage "the HPA's arithmetic against the controller's own" in_module test/upstream go test ./...
	stage "replay" in_module replay go test -count 1 ./...
	stage "build the replay" make --no-print-directory bin/replay
	stage "a trace recorded from a Prometheus" in_module test go test -count 1 ./record
	stage "end to end on a real cluster" test/e2e.sh
else
	skip "localkube" "$cluster_reason"
	skip "the HPA's arithmetic against the controller's own" "compiling the controller is only worth it where Kubernetes is compiled anyway: (cd test/upstream && go test ./...)"
	skip "replay" "likewise: (cd replay && go test ./...)"
	skip "end to end" "$cluster_reason; on an existing cluster see README.md"
fi

for log in "${failures[@]}"; do
	printf '\n=== what failed, in %s\n' "$log"
	why "$log"
done
printf '\n=== all stages, %d min %d s\n' $((SECONDS / 60)) $((SECONDS % 60))
for s in "${passed[@]}"; do echo "ok    $s"; done
for s in "${skipped[@]}"; do echo "SKIP  $s"; done
for s in "${failed[@]}"; do echo "FAIL  $s"; done
printf '%d passed, %d failed, %d skipped\n' ${#passed[@]} ${#failed[@]} ${#skipped[@]}
[[ ${#failed[@]} == 0 ]]
