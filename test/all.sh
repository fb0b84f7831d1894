#!/usr/bin/env bash
# All the tests that this machine can run, stage by stage, each with its time. What can't run here is named with the
# reason. Called by `make test`.
set -uo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0 GOFLAGS=${GOFLAGS:-'-trimpath -buildvcs=false'}
passed=() failed=() skipped=()
beside_log=$(mktemp)
trap '[[ -z ${beside_pid:-} ]] || kill -- -"$beside_pid" 2>/dev/null; wait; rm -f "$beside_log"' EXIT
trap 'exit 130' INT TERM # bash ends with the trap above

stage() { # NAME COMMAND…, which exits with 77 where it can't run
	local name=$1 began=$SECONDS
	shift
	printf '\n=== %s\n' "$name"
	"$@"
	ended $? "$name" "$began"
}

ended() { # EXIT-CODE NAME BEGAN
	case $1 in
	0) passed+=("$2 ($((SECONDS - $3)) s)") ;;
	77) skipped+=("$2: it says above what is missing") ;;
	*) failed+=("$2 ($((SECONDS - $3)) s)") ;;
	esac
}

# begin starts a stage that mostly waits. What only computes runs meanwhile, at the lowest priority, until finish shows what it prints.
begin() { # NAME COMMAND…
	beside=$1 beside_began=$SECONDS
	shift
	printf '\n=== %s: begins, and goes on beside the stages that follow\n' "$beside"
	set -m # a process group of its own, so that all of it can be ended
	"$@" >"$beside_log" 2>&1 &
	beside_pid=$!
	set +m
}

finish() {
	printf '\n=== %s: what it prints\n' "$beside"
	tail -n +1 -f --pid "$beside_pid" "$beside_log" & # unlike a command in the foreground, wait can be interrupted
	local shown=$! result=0
	wait "$beside_pid" || result=$?
	wait "$shown"
	ended "$result" "$beside" "$beside_began"
	unset beside_pid
}

skip() { # NAME REASON
	printf '\n=== %s: SKIPPED: %s\n' "$1" "$2"
	skipped+=("$1: $2")
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
stage "demo, manifests, simulator and Prometheus tests" go -C test test -count 1 $(cd test && go list ./... | grep -v '/e2e\|/examples\|/pages$')
stage "the workload on a GPU" test/gpu-check.sh
stage "examples in Go, Node and Python" test/examples.sh
stage "pages in a browser without a network" test/pages.sh
if [[ -z $cluster_reason ]]; then
	stage "build Kubernetes and the images" make --no-print-directory bin/localkube images
	if [[ -d examples/node/node_modules ]]; then # the examples ran
		stage "build the examples' images" make --no-print-directory example-images
	fi
	stage "localkube" go -C localkube test ./...
	stage "build the replay" make --no-print-directory bin/replay
	begin "end to end on a real cluster" test/e2e.sh
	stage "the HPA's arithmetic against the controller's own" nice -n 19 go -C test/upstream test ./...
	stage "replay" nice -n 19 go -C replay test -count 1 ./...
	stage "a trace recorded from a Prometheus" nice -n 19 go -C test test -count 1 ./record
else
	skip "localkube" "$cluster_reason"
	skip "the HPA's arithmetic against the controller's own" "compiling the controller is only worth it where Kubernetes is compiled anyway: (cd test/upstream && go test ./...)"
	skip "replay" "likewise: (cd replay && go test ./...)"
	skip "end to end" "$cluster_reason; on an existing cluster see README.md"
fi
stage "unit mutants" nice -n 19 test/mutants.sh --unit
stage "fuzz, a short run of each" nice -n 19 env JOBS=2 test/fuzz.sh 5s
if [[ -n ${beside_pid:-} ]]; then
	finish
fi

printf '\n=== all stages, %d min %d s\n' $((SECONDS / 60)) $((SECONDS % 60))
for s in "${passed[@]}"; do echo "ok    $s"; done
for s in "${skipped[@]}"; do echo "SKIP  $s"; done
for s in "${failed[@]}"; do echo "FAIL  $s"; done
printf '%d passed, %d failed, %d skipped\n' ${#passed[@]} ${#failed[@]} ${#skipped[@]}
[[ ${#failed[@]} == 0 ]]
