#!/usr/bin/env bash
# Builds localkube: build.sh OUT. The first build compiles Kubernetes; later ones of the same sources copy the result, also in
# another clone, and say nothing if OUT is up to date.
set -euo pipefail

out=$(realpath -m "${1:?usage: build.sh OUT}")
cd "$(dirname "${BASH_SOURCE[0]}")"
export CGO_ENABLED=0 GOOS=linux GOFLAGS='-trimpath -buildvcs=false'

# What the binary depends on: the sources, the versions of all modules (go.sum), and the compiler.
key=$({
	go env GOVERSION GOARCH
	find . -type f ! -name '*_test.go' ! -name '*.md' ! -path './image/bin/pause' ! -path './integration/*' -print0 | sort -z | xargs -0 sha256sum
} | sha256sum | cut -c1-20)
if [[ -x $out && $(cat "$out.key" 2>/dev/null) == "$key" ]]; then
	exit 0
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/userscale
mkdir -p "$cache" "$(dirname "$out")"

# install FROM TO: a running binary can't be overwritten, only replaced.
install() {
	cp --reflink=auto "$1" "$2.$$" && mv "$2.$$" "$2"
}

build() {
	local kubernetes minor log began=$SECONDS
	kubernetes=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
	minor=${kubernetes#v1.}
	minor=${minor%%.*}
	log=$(mktemp)
	echo "Building localkube with Kubernetes $kubernetes (the first time takes 5 to 15 minutes on 2 cores, later ones a minute)"
	go build -ldflags '-s -w' -o image/bin/pause ./pause
	go build -v -o "$1" -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$kubernetes \
		-X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=$minor" . 2>"$log" &
	local compiler=$!
	trap 'kill $compiler 2>/dev/null || true' EXIT
	while sleep 1 && kill -0 $compiler 2>/dev/null; do
		if (((SECONDS - began) % 15 == 0)); then
			printf '  %2d:%02d  %d modules downloaded, %d packages compiled\n' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)) \
				"$(grep -c '^go: downloading' "$log")" "$(grep -vc '^go: downloading' "$log")"
		fi
	done
	if ! wait $compiler; then
		grep -vE '^(go: downloading .*|[-a-z0-9./_]+)$' "$log" >&2 || tail -20 "$log" >&2
		echo "build.sh: the build failed; its whole output is in $log" >&2
		exit 1
	fi
	trap - EXIT
	rm "$log"
	echo "Built localkube in $((SECONDS - began)) s"
}

if [[ ! -x $cache/localkube-$key ]]; then
	build "$cache/localkube-$key.$$"
	mv "$cache/localkube-$key.$$" "$cache/localkube-$key"
	# Keep this one and the one before.
	find "$cache" -name 'localkube-*' -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d' ' -f2- | xargs -r rm -f
fi
install "$cache/localkube-$key" "$out"
echo "$key" >"$out.key"
