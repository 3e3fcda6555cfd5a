#!/usr/bin/env bash
# Compares a few networks and imports with the libraries that they come from.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="$(./setup/parity.sh)"
# It has said why.
[ -n "$folder" ] || exit 0
"$folder/bin/python" parity/compare.py --small
"$folder/bin/python" parity/imports.py --small
