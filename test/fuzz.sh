#!/usr/bin/env bash
# Runs every fuzz target of all modules, or the named ones, for DURATION each: one after the other, or JOBS at a time.
#   test/fuzz.sh 30s
#   JOBS=2 test/fuzz.sh 10m FuzzBody FuzzLoad
# An input that fails is left in testdata/fuzz/TARGET of its package, where every `go test` runs it from then on.
set -euo pipefail
cd "$(dirname "$0")/.."

duration=${1:?usage: test/fuzz.sh DURATION [TARGET...], with a DURATION such as 30s or 10m}
shift
export CGO_ENABLED=0 GOFLAGS=${GOFLAGS:-'-trimpath -buildvcs=false'}
logs=$PWD/out/fuzz
rm -rf "$logs"
mkdir -p "$logs"

fuzz() { # DIR TARGET LOG, which gets all that go says; of that, a line a minute is shown
	(cd "$1" && go test -run '^$' -fuzz "^$2\$" -fuzztime "$duration" -fuzzminimizetime 100x -parallel 1 -timeout 0 .) 2>&1 | tee "$3" |
		awk -v at="$1 $2: " '/^fuzz: elapsed/ && ++n % 20 == 0 { print at $0 }'
}

# Go before 1.27 sometimes reports the end of the time as a failure (golang/go#75804). A target that fails leaves an input, or a
# line of the test that says why.
ended() { # LOG
	grep -aq '^    context deadline exceeded$' "$1" && ! grep -aqE 'Failing input written|_test\.go:|panic:' "$1"
}

run() { # DIR TARGET LOG
	local result=ok
	if ! fuzz "$@" && ! ended "$3"; then
		result=FAIL
		grep -av '^fuzz: elapsed' "$3" | sed "s|^|$1 $2: |"
	fi
	echo "$result" >"$3.result"
	printf '%s %s: %s\n' "$1" "$2" "$result"
}

dirs=() targets=()
while read -r dir; do
	listed=$(cd "$dir" && go test -list '^Fuzz' .)
	for target in $(grep '^Fuzz' <<<"$listed"); do
		if (($# == 0)) || [[ " $* " == *" $target "* ]]; then
			dirs+=("$dir") targets+=("$target")
		fi
	done
done < <(grep -rl --include='*_test.go' --exclude-dir=out '^func Fuzz' . | xargs -n 1 dirname | sort -u | cut -c 3-)
((${#targets[@]})) || { echo "no fuzz target has a name out of: $*" >&2; exit 2; }

trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
for i in "${!targets[@]}"; do
	while (($(jobs -rp | wc -l) >= ${JOBS:-1})); do wait -n; done
	printf '[%d/%d] %s %s for %s\n' $((i + 1)) ${#targets[@]} "${dirs[i]}" "${targets[i]}" "$duration"
	run "${dirs[i]}" "${targets[i]}" "$logs/$i.log" &
done
wait

failed=0
printf '\n%-36s %-22s %12s %16s  %s\n' package target execs "new interesting" result
for i in "${!targets[@]}"; do
	result=$(cat "$logs/$i.log.result")
	[[ $result == ok ]] || failed=$((failed + 1))
	last=$(grep -a '^fuzz: elapsed.*execs' "$logs/$i.log" | tail -n 1) || true
	printf '%-36s %-22s %12s %16s  %s\n' "${dirs[i]}" "${targets[i]}" \
		"$(sed -n 's/.*execs: \([0-9]*\).*/\1/p' <<<"$last")" "$(sed -n 's/.*new interesting: \([0-9]*\).*/\1/p' <<<"$last")" "$result"
done
printf '%d fuzz targets, %d failed; their logs are in out/fuzz\n' ${#targets[@]} $failed
((failed == 0))
