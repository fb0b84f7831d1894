#!/usr/bin/env bash
# Compiles the simulators of libcuda.so.1 and libnvidia-ml.so.1 into a folder.
#
# Usage: build.sh FOLDER
set -euo pipefail
out=${1:?usage: build.sh FOLDER}
cd "$(dirname "$0")"
for library in cuda nvidia-ml; do
	gcc -std=gnu11 -O1 -Wall -Wextra -Werror -fPIC -shared -Wl,-soname,"lib$library.so.1" -o "$out/lib$library.so.1" "${library/nvidia-ml/nvml}.c" -ldl -lpthread
done
