#!/usr/bin/env bash
# Brings the CPU half of libtorch and links it to .tools/libtorch.
#
# The package index has libtorch only inside the Python wheel built for CUDA, which wants
# 3 GB more. Its CPU half works alone once three small things stand beside it: the two CUDA
# libraries that libtorch_cpu.so names as needed, and a libtorch.so that does not want the GPU half.
. "$(dirname "$0")/lib.sh"

VERSION=2.13.0
HERE="$STORE/libtorch-$VERSION-cpu"

WHEELS=(
    "torch==2.13.0 torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64.whl 796633c4cdf0fe2cdced72d8f88f22e73dbcfce83132763162f6d4bff13b820b"
    "nvidia-cuda-runtime==13.0.96 nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl 7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548"
    "nvidia-cuda-cupti==13.0.85 nvidia_cuda_cupti-13.0.85-py3-none-manylinux_2_25_x86_64.whl 4eb01c08e859bf924d222250d2e8f8b8ff6d3db4721288cf35d14252a4d933c8"
)

link_to() {
    mkdir -p "$TOOLS"
    ln -sfn "$1" "$TOOLS/libtorch"
}

download_wheels() {
    local into="$1" entry requirement file sum
    for entry in "${WHEELS[@]}"; do
        read -r requirement file sum <<<"$entry"
        quietly python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 \
            --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux2014_x86_64 \
            --dest "$into" "$requirement" || fail "could not download $requirement from the Python package index"
        echo "$sum  $into/$file" | sha256sum --check --quiet - ||
            fail "$file is not the file that was tested (SHA-256 differs); delete nothing, try again later"
    done
}

unpack() {
    local from="$1" to="$2"
    local libs=(libtorch_cpu.so libc10.so libgomp.so.1 libshm.so libtorch_global_deps.so)
    unzip -q "$from"/torch-*.whl 'torch/include/*' "${libs[@]/#/torch/lib/}" -d "$from"
    unzip -q -j "$from"/nvidia_cuda_runtime-*.whl '*/libcudart.so.13' -d "$from/torch/lib"
    unzip -q -j "$from"/nvidia_cuda_cupti-*.whl '*/libcupti.so.13' -d "$from/torch/lib"
    mkdir -p "$to"
    mv "$from/torch/include" "$from/torch/lib" "$to/"
    ln -s libgomp.so.1 "$to/lib/libgomp.so"
    gcc -shared -o "$to/lib/libtorch.so" -Wl,-soname,libtorch.so -Wl,--no-as-needed \
        -L"$to/lib" -ltorch_cpu -lc10 -Wl,-rpath,'$ORIGIN' -Wl,--allow-shlib-undefined
    echo "$VERSION" >"$to/build-version"
}

main() {
    if [ -n "${LIBTORCH:-}" ]; then
        [ -e "$LIBTORCH/lib" ] || fail "LIBTORCH is set to $LIBTORCH, but there is no lib folder in it"
        link_to "$LIBTORCH"
        return
    fi
    if [ ! -e "$HERE/build-version" ]; then
        [ "$(uname -sm)" = "Linux x86_64" ] ||
            fail "libtorch is fetched for Linux on x86-64 only; install PyTorch $VERSION yourself and set LIBTORCH to its folder"
        apt_install python3 python3-pip unzip gcc g++ libc6-dev
        say "fetching libtorch $VERSION for the CPU (540 MB once, 440 MB kept; about a minute)"
        local work
        mkdir -p "$STORE"
        work="$(mktemp -d "$STORE/libtorch.XXXXXX")"
        trap 'rm -rf "$work"' EXIT
        download_wheels "$work"
        unpack "$work" "$work/done"
        rm -rf "$HERE"
        mv "$work/done" "$HERE"
        rm -rf "$work"
        trap - EXIT
    fi
    link_to "$HERE"
}

main
