#!/bin/sh
# Brings the photographs that come with scikit-image and scikit-learn into a cache outside git.
# They show no flags and test that the model says so; they are never trained on.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
photographs=${1:-$root/.tools/photographs}
mkdir -p "$photographs"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A wheel for any platform has the same pictures: this one exists for both.
pip download --quiet --no-deps --only-binary=:all: --python-version 3.12 \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 \
    --dest "$scratch" scikit-image==0.26.0 scikit-learn==1.9.1
for wheel in "$scratch"/*.whl; do
    unzip -q -o -j "$wheel" 'skimage/data/*.png' 'skimage/data/*.jpg' 'sklearn/datasets/images/*.jpg' \
        -d "$photographs" 2>/dev/null || true
done
# The astronaut sits before the flag of the United States.
rm -f "$photographs/astronaut.png"
ls "$photographs"
