#!/usr/bin/env bash
# Brings the libraries that vitrine's numbers are compared with, in a Python environment of their own.
# Prints the folder of that environment, or nothing when the package index is out of reach.
. "$(dirname "$0")/lib.sh"

FOLDER="$STORE/parity"
LIBRARIES="$CHECKOUT/parity/requirements.txt"

if ! cmp -s "$LIBRARIES" "$FOLDER/requirements.txt"; then
    # PyTorch comes with everything for a GPU from the index, and does not start without it.
    say "installing torchvision, timm and Keras (5 GB, about two minutes)"
    new_venv "$FOLDER"
    if ! in_venv "$FOLDER" -r "$LIBRARIES"; then
        index_answers "$FOLDER" && fail "pip could not install what parity/requirements.txt names"
        rm -rf "$FOLDER"
        say "SKIPPED: the comparison with other libraries, because the Python package index is out of reach"
        exit 0
    fi
    cp "$LIBRARIES" "$FOLDER/requirements.txt"
fi
printf '%s\n' "$FOLDER"
