#!/usr/bin/env bash
# Packs programs into images localhost/userscale/NAME:dev, one archive bin/images/NAME.tar each, with docker or buildah, whichever is there.
# What goes into an image is what its Dockerfile copies: a static binary or a whole root folder, both below bin. An image is left as it
# is while that and the Dockerfile are what it was built from. `make images` builds the programs and then calls this.
#
# Usage: images/build.sh NAME...
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "images: $*" >&2; exit 1; }

# A docker command without its daemon can't build.
builder() {
	if docker info >/dev/null 2>&1; then
		echo docker
	elif command -v buildah >/dev/null; then
		echo buildah
	else
		fail "neither a running docker nor buildah is here (Debian: apt-get install --no-install-recommends buildah)"
	fi
}

build_with_docker() { # NAME TAG ARCHIVE
	docker build --quiet --file "images/$1/Dockerfile" --tag "$2" . >/dev/null
	docker save --output "$3" "$2"
}

# Buildah's storage is ours and goes with the script, so that nothing is left on the machine. The signature policy is given
# because not every machine has one; nothing is pulled.
build_with_buildah() { # NAME TAG ARCHIVE
	local buildah=(buildah --storage-driver vfs --root "$scratch/root" --runroot "$scratch/run")
	"${buildah[@]}" bud --quiet --isolation chroot --timestamp 0 --signature-policy "$scratch/policy.json" \
		--file "images/$1/Dockerfile" --tag "$2" . >/dev/null
	"${buildah[@]}" push --quiet --signature-policy "$scratch/policy.json" "$2" "oci-archive:$3:$2"
}

pack() { # NAME
	local tag="localhost/userscale/$1:dev" archive="bin/images/$1.tar" content sums
	[[ -f images/$1/Dockerfile ]] || fail "no images/$1/Dockerfile"
	content=$(awk '$1 == "COPY" {print $2}' "images/$1/Dockerfile")
	[[ -e $content ]] || fail "no $content; make images builds it"
	sums=$(find "$content" "images/$1/Dockerfile" -type f -print0 | sort -z | xargs -0 sha256sum)
	if [[ -f $archive && -f $archive.from && $(<"$archive.from") == "$sums" ]]; then
		echo "images: $1 is up to date"
		return
	fi
	rm -f "$archive" "$archive.from"
	"build_with_$builder" "$1" "$tag" "$archive.part"
	mv "$archive.part" "$archive"
	echo "$sums" >"$archive.from"
	echo "images: $1 is packed by $builder ($(du -h "$archive" | cut -f1))"
}

(($#)) || fail "usage: images/build.sh NAME..."
builder=$(builder)
mkdir -p bin/images
scratch=$(mktemp -d bin/images/.buildah.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
scratch=$PWD/$scratch
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$scratch/policy.json"

for name in "$@"; do
	pack "$name"
done
