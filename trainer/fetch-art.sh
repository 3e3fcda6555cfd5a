#!/bin/sh
# Brings the flag drawings into a cache outside git: exact versions, checked by their integrity.
# Used once before `train` or `evaluate`; the font of the third drawing is Debian's
# `fonts-noto-color-emoji`.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
art=${1:-$root/.tools/art}
mkdir -p "$art"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# name, version, folder, sha512 in base64 as npm states it
fetch() {
    name=$1 version=$2 folder=$3 integrity=$4
    if [ "$(cat "$art/$folder/.version" 2>/dev/null)" = "$version" ]; then
        echo "$name $version is there"
        return
    fi
    archive=$(cd "$scratch" && npm pack --silent "$name@$version" | tail -n 1)
    found=$(openssl dgst -sha512 -binary "$scratch/$archive" | openssl base64 -A)
    if [ "$found" != "$integrity" ]; then
        echo "$name $version is not the archive that was reviewed" >&2
        exit 1
    fi
    rm -rf "${art:?}/$folder"
    mkdir -p "$art/$folder"
    tar -xzf "$scratch/$archive" -C "$art/$folder" --strip-components=1
    echo "$version" >"$art/$folder/.version"
    echo "$name $version fetched"
}

fetch flag-icons 7.5.0 flag-icons \
    kd+MNXviFIg5hijH766tt+3x76ele1AXlo4zDdCxIvqWZhKt4T83bOtxUOOMlTx/EcFdUMH5yvQgYlFh1EqqFg==
fetch @twemoji/svg 15.0.0 twemoji \
    ZSPef2B6nBaYnfgdTbAy4jgW95o7pi2xPGwGCU+WMTxo7J6B1lMPTWwSq/wTuiMq+N0khQ90CcvYp1wFoQpo/w==
# For the evaluation only: the trainer never reads it.
fetch country-flag-icons 1.6.20 country-flag-icons \
    py8JiEKzjhYw6HPJ0L7SxLgCYim36UPRTZX43/kqGueUCZLSvnrqAiwW8HtQibur7mdkFQUkjOgdK+o/9FBtaw==
