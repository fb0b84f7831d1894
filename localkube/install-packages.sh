#!/usr/bin/env bash
# Installs the Debian packages that localkube and the images need and this machine lacks, and no more: no recommended extras, and
# no daemon is started. Arguments name further packages, such as gcc libc6-dev for `go test -race`. Silent if nothing is missing.
set -euo pipefail

refuse() {
	cat >&2 <<-END
		$1

		The cluster of its own (localkube), which 'make demo' and 'make test' use, needs root on Linux, on Debian 12 or a relative.
		With a cluster that you have already (Kubernetes 1.35 or newer with metrics-server; kind and minikube will do):
		    make deploy KUBECONFIG=\$HOME/.kube/config
	END
	exit 1
}

[[ $(uname -s) == Linux ]] || refuse "This machine runs $(uname -s), not Linux."
((EUID == 0)) || refuse "This needs root, and you are $(id -un)."
command -v apt-get >/dev/null || refuse "This machine has no apt-get: it is not Debian or a relative of it."

# What each package is needed for; another package may have brought it (Docker's own containerd, say).
declare -A provides=(
	[containerd]=/usr/bin/containerd
	[runc]=/usr/sbin/runc
	[containernetworking-plugins]=/usr/lib/cni/ptp
	[iptables]=/usr/sbin/iptables
	[buildah]=/usr/bin/buildah
	[util-linux]=/usr/bin/setpriv
	[iproute2]=/usr/bin/ip
	[kmod]=/usr/sbin/modprobe
)

missing=()
for package in "${!provides[@]}"; do
	program=${provides[$package]}
	[[ -e $program ]] || command -v "${program##*/}" >/dev/null || missing+=("$package")
done
for package in "$@"; do
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

echo "Installing Debian packages: ${missing[*]} (no daemon is started)"

# Debian asks this program whether a package may start its daemon.
policy=/usr/sbin/policy-rc.d
restore() {
	rm -f "$policy"
	[[ ! -e $policy.localkube ]] || mv "$policy.localkube" "$policy"
}
trap restore EXIT
[[ ! -e $policy ]] || mv "$policy" "$policy.localkube"
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
"${apt[@]}" update || echo "install-packages.sh: the package lists could not be updated; trying with those that are there" >&2
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" || refuse "apt-get could not install: ${missing[*]}"
