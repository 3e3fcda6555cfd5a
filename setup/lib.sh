# What every step of the set-up shares: how it speaks, how it fails, where it keeps things.
# shellcheck shell=bash

set -euo pipefail

# Downloads that any checkout of this user can share.
STORE="${VITRINE_STORE:-${XDG_CACHE_HOME:-$HOME/.cache}/vitrine}"
CHECKOUT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# Where this checkout looks for them, whatever the store is called.
TOOLS="$CHECKOUT/.tools"
CARGO_BIN="${CARGO_HOME:-$HOME/.cargo}/bin"

# A shell that was open before rustup came does not have its folder on PATH yet.
ORIGINAL_PATH="${ORIGINAL_PATH:-$PATH}"
export PATH="$CARGO_BIN:$PATH"
# A missing piece is asked for by name below, never fetched as a side effect.
export RUSTUP_AUTO_INSTALL=0

say() { printf '\033[1mset-up:\033[0m %s\n' "$*" >&2; }

fail() {
    printf '\033[1;31mset-up failed:\033[0m %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command with its output in a log, which is shown only when it fails.
quietly() {
    local log
    log="$(mktemp)"
    if ! "$@" >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        fail "these packages need root or sudo: $*"
    fi
}

# apt_install PACKAGE… installs those Debian packages that are not there yet.
apt_install() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] && return 0
    have apt-get || fail "please install these with your package manager, then try again: ${missing[*]}"
    say "installing ${missing[*]} (Debian packages, about a minute)"
    quietly as_root apt-get update -q || fail "apt-get update did not work; is the package mirror reachable?"
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" ||
        fail "apt-get could not install: ${missing[*]}"
}

# new_venv FOLDER makes an empty Python environment.
new_venv() {
    have python3 || apt_install python3 python3-venv python3-pip
    mkdir -p "$(dirname "$1")"
    rm -rf "$1"
    if ! python3 -m venv "$1" >/dev/null 2>&1; then
        rm -rf "$1"
        apt_install python3-venv
        python3 -m venv "$1" || fail "python3 -m venv does not work"
    fi
}

# in_venv FOLDER ARGUMENT… installs Python packages into an environment.
in_venv() {
    local folder="$1"
    shift
    quietly "$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
}

# index_answers FOLDER asks whether the Python package index can be reached: a package that is
# refused is a mistake of ours, an index that is silent is not.
index_answers() {
    "$1/bin/pip" download --quiet --no-deps --dest "$1" iniconfig >/dev/null 2>&1
}
