#!/usr/bin/env bash
# Collects the root folder of an image for the Node example: this machine's node, the shared libraries that it is linked to, and the
# application with its modules.
#
# Usage: images/example-node/collect.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."

root=${1:?usage: images/example-node/collect.sh FOLDER}
node=$(readlink -f "$(command -v node)") || { echo "example-node: there is no node on the PATH (Debian: apt-get install nodejs)" >&2; exit 1; }
rm -rf "$root"
install -D "$node" "$root/usr/bin/node"
libraries=$(ldd "$node" | grep -o '/[^ ]*' || true) # none, if it is static
# Debian's node has some of its own modules not built in, but by path.
modules=$(grep -aoh '/usr/share/nodejs/[[:alnum:]/._-]*\.js' "$node" $libraries | sort -u || true)
for file in $libraries $modules; do
	install -D "$file" "$root$file"
done
mkdir "$root/app"
cp -r examples/node/app.js examples/node/package.json examples/node/node_modules "$root/app/"
