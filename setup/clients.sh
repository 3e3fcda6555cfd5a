#!/usr/bin/env bash
# Brings the Python clients that ask vitrine in the tests, in an environment of their own. Prints the
# folder of that environment, or nothing when the package index is out of reach.
. "$(dirname "$0")/lib.sh"

FOLDER="$STORE/clients"
CLIENTS="$CHECKOUT/clients/requirements.txt"
LOAD="$CHECKOUT/clients/perf-requirements.txt"

have python3 || apt_install python3 python3-venv python3-pip
# perf_analyzer is linked with it.
apt_install libb64-0d 1>&2

brought() { cat "$CLIENTS" "$LOAD" | cmp -s - "$FOLDER/requirements.txt"; }

pip_install() {
    quietly "$FOLDER/bin/pip" install --quiet --disable-pip-version-check "$@"
}

if ! brought; then
    say "installing the Python clients (700 MB, about two minutes)"
    mkdir -p "$STORE"
    rm -rf "$FOLDER"
    if ! python3 -m venv "$FOLDER" >/dev/null 2>&1; then
        rm -rf "$FOLDER"
        apt_install python3-venv
        python3 -m venv "$FOLDER" || fail "python3 -m venv does not work"
    fi
    if ! pip_install -r "$CLIENTS" ||
        ! pip_install --no-deps --target "$FOLDER/perf" -r "$LOAD"; then
        # A package that is refused is a mistake of ours; an index that is silent is not.
        if "$FOLDER/bin/pip" download --quiet --no-deps --dest "$FOLDER" iniconfig >/dev/null 2>&1; then
            fail "pip could not install what clients/requirements.txt names"
        fi
        rm -rf "$FOLDER"
        say "SKIPPED: the tests with Python clients, because the Python package index is out of reach"
        exit 0
    fi
    cat "$CLIENTS" "$LOAD" >"$FOLDER/requirements.txt"
fi
printf '%s\n' "$FOLDER"
