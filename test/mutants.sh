#!/usr/bin/env bash
# Breaks the code on purpose and shows that the tests notice: each test/mutants/NAME.patch is applied to a copy of HEAD, where the
# test that the patch names must then fail. Its header says which:
#
#	Caught-by: unit PACKAGE TEST   go test -run '^TEST' PACKAGE, which must pass without the patch
#	Caught-by: e2e TEST            an end-to-end test, on a cluster of its own
#
# Usage: test/mutants.sh [--unit | NAME…]. --unit runs those that need no cluster, which always go first; names run only these.
set -euo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0 GOFLAGS=${GOFLAGS:-'-trimpath -buildvcs=false'}
copies=$(mktemp -d)
trap 'rm -rf "$copies"; git worktree prune' EXIT
trap 'exit 130' INT TERM # bash ends with the trap above
mkdir -p out/mutants

header() { sed -n 's/^Caught-by: //p' "test/mutants/$1.patch"; }

fails() { # LOG TEST: the test failed itself, rather than the build; told in other words than those of a failure
	grep -m1 -A3 -- "^ *--- FAIL: $2" "$1" | sed -E 's/^( *)--- FAIL:/\1failed as it should:/; /^FAIL/d'
}

caught_by_unit() { # COPY PATCH LOG PACKAGE TEST
	local unit=(go test -C "$1" -count 1 -v -run "^$5" "$4")
	if ! "${unit[@]}" >"$3" 2>&1 || ! grep -q -- "^--- PASS" "$3"; then
		echo "without the patch, $5 of $4 does not pass"
		return 1
	fi
	git -C "$1" apply "$2" || return 1
	! "${unit[@]}" >"$3" 2>&1 && fails "$3" "$5"
}

caught_by_e2e() { # COPY PATCH LOG TEST
	git -C "$1" apply "$2" || return 1
	mkdir -p "$1/bin" && cp -r bin/localkube* bin/prometheus bin/replay "$1/bin/" # as they are without the mutant
	make --no-print-directory -C "$1" bin/localkube images >"$3" 2>&1 || return 1
	! "$1/test/e2e.sh" -run "^${4//\//\$/^}\$" >>"$3" 2>&1 && fails "$3" "$4"
}

is_caught() { # NAME KIND ARGUMENT…
	local name=$1 kind=$2 copy=$copies/$1
	shift 2
	git worktree add --quiet --detach "$copy" HEAD || return 1
	"caught_by_$kind" "$copy" "$PWD/test/mutants/$name.patch" "$PWD/out/mutants/$name.log" "$@"
}

names=("$@")
if [[ $# == 0 || $1 == --unit ]]; then
	names=()
	for kind in unit e2e; do
		[[ $kind == e2e && $# != 0 ]] && continue
		for patch in $(grep -l "^Caught-by: $kind " test/mutants/*.patch); do names+=("$(basename "$patch" .patch)"); done
	done
fi
survived=()
for name in "${names[@]}"; do
	read -ra how <<<"$(header "$name")"
	[[ ${how[*]} =~ ^(unit [^ ]+ [^ ]+|e2e [^ ]+)$ ]] || { echo "$name: Caught-by is \"${how[*]}\", want unit PACKAGE TEST or e2e TEST" >&2; exit 2; }
	printf '=== mutant %s, to be caught by %s\n' "$name" "${how[*]}"
	if is_caught "$name" "${how[@]}"; then
		echo "caught: $name"
	else
		survived+=("$name")
		echo "NOT caught: $name; see out/mutants/$name.log"
	fi
	rm -rf "${copies:?}/$name"
done
printf '%d mutants caught, %d not\n' $((${#names[@]} - ${#survived[@]})) ${#survived[@]}
[[ ${#survived[@]} == 0 ]]
