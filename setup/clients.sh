#!/usr/bin/env bash
# Brings the Python clients that ask vitrine in the tests, in an environment of their own. Prints the
# folder of that environment, or nothing when the package index is out of reach.
. "$(dirname "$0")/lib.sh"

FOLDER="$STORE/clients"
CLIENTS="$CHECKOUT/clients/requirements.txt"
LOAD="$CHECKOUT/clients/perf-requirements.txt"

# perf_analyzer is linked with it.
apt_install libb64-0d 1>&2

brought() { cat "$CLIENTS" "$LOAD" | cmp -s - "$FOLDER/requirements.txt"; }

if ! brought; then
    say "installing the Python clients (700 MB, about two minutes)"
    new_venv "$FOLDER"
    if ! in_venv "$FOLDER" -r "$CLIENTS" ||
        ! in_venv "$FOLDER" --no-deps --target "$FOLDER/perf" -r "$LOAD"; then
        index_answers "$FOLDER" && fail "pip could not install what clients/requirements.txt names"
        rm -rf "$FOLDER"
        say "SKIPPED: the tests with Python clients, because the Python package index is out of reach"
        exit 0
    fi
    cat "$CLIENTS" "$LOAD" >"$FOLDER/requirements.txt"
fi
printf '%s\n' "$FOLDER"
