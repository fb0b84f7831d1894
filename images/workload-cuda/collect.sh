#!/usr/bin/env bash
# Collects the root folder of the image of the workload with CUDA: the program and this machine's C library, all parts of it that the
# NVIDIA driver's libraries are linked to. The driver itself comes from the node.
#
# Usage: images/workload-cuda/collect.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."

root=${1:?usage: images/workload-cuda/collect.sh FOLDER}
program=bin/workload-cuda
rm -rf "$root"
install -D "$program" "$root/workload-cuda"
linked=$(ldd "$program" | grep -o '/[^ ]*')
libc=$(grep -m 1 '/libc\.so\.' <<<"$linked") || { echo "workload-cuda: this machine's C library is not glibc, for which the driver is built" >&2; exit 1; }
for file in $linked "${libc%/*}"/lib{m,rt,dl,pthread}.so.[0-9]; do
	[[ -e $root$file ]] || install -D "$file" "$root$file"
done
# By this file NVIDIA's container runtime knows Debian's folders, where this C library looks.
if [[ -f /etc/debian_version ]]; then install -D -m 644 /etc/debian_version "$root/etc/debian_version"; fi
if [[ $(id -u) == 0 ]]; then
	chroot "$root" /workload-cuda --help >/dev/null || { echo "workload-cuda: it does not start with what was collected" >&2; exit 1; }
fi
