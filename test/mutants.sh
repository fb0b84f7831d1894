#!/usr/bin/env bash
# Breaks the code on purpose and shows that the end-to-end tests notice: for each test/mutants/NAME.patch, applied to a copy of
# HEAD, the test that the patch names must fail. Give names to run only those.
set -euo pipefail
cd "$(dirname "$0")/.."

names=("$@")
if ! (($#)); then
	for patch in test/mutants/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi
survived=()
for name in "${names[@]}"; do
	patch=$PWD/test/mutants/$name.patch
	caught_by=$(sed -n 's/^Caught-by: //p' "$patch")
	copy=$(mktemp -d)
	printf '=== mutant %s, to be caught by %s\n' "$name" "$caught_by"
	git worktree add --quiet --detach "$copy" HEAD
	git -C "$copy" apply "$patch"
	mkdir -p "$copy/bin" && cp -r bin/localkube* bin/prometheus "$copy/bin/" # built from what a mutant does not touch
	log=out/mutants/$name.log
	mkdir -p out/mutants
	if make --no-print-directory -C "$copy" bin/localkube images >"$log" 2>&1 && ! "$copy/test/e2e.sh" -run "^${caught_by//\//\$/^}\$" >>"$log" 2>&1 &&
		grep -q -- "--- FAIL: $caught_by" "$log"; then
		grep -A3 -- "--- FAIL: $caught_by" "$log" || true
		echo "caught: $name"
	else
		survived+=("$name")
		echo "NOT caught: $name; see $log"
	fi
	git worktree remove --force "$copy"
done
printf '%d mutants caught, %d not\n' $((${#names[@]} - ${#survived[@]})) ${#survived[@]}
[[ ${#survived[@]} == 0 ]]
