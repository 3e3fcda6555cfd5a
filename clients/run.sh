#!/usr/bin/env bash
# Runs the tests with the clients from the package index, one file after the other: the packages of
# two of them define the same messages and cannot be loaded together.
set -euo pipefail
cd "$(dirname "$0")"

folder="$(../setup/clients.sh)"
# It has said why.
[ -n "$folder" ] || exit 0
for file in test_*.py; do
    "$folder/bin/python" -m pytest -q -p no:cacheprovider "$file"
done
