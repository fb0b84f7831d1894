#!/usr/bin/env bash
# Takes uPlot's files anew from npm, at the version given: make update-picture-assets [UPLOT=1.6.32]. npm checks what it fetched against
# the registry's hash; SHA256SUMS keeps it checked from then on.
set -euo pipefail
cd "$(dirname "$0")"

version=$1
fetched=$(mktemp -d)
trap 'rm -rf "$fetched"' EXIT
npm pack --silent --pack-destination "$fetched" "uplot@$version" >/dev/null
tar -xzf "$fetched"/uplot-*.tgz -C "$fetched"
cp "$fetched"/package/{LICENSE,dist/uPlot.iife.min.js,dist/uPlot.min.css} .
chmod 644 LICENSE uPlot.*
sha256sum LICENSE uPlot.* >SHA256SUMS
