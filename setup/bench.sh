#!/usr/bin/env bash
# Brings the servers that vitrine is measured beside, each in a Python environment of its own, with
# the libraries of `make parity` below them all: PyTorch is 5 GB. One that cannot be installed is
# listed in the results with what pip said. Names bring only some. Prints the folder of the environments.
. "$(dirname "$0")/lib.sh"

FOLDER="$STORE/bench"
below="$("$CHECKOUT/setup/parity.sh")"
[ -n "$below" ] || fail "the measurements need PyTorch for Python, which could not be installed"
libraries="$("$below/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"

install() {
    local name="$1" requirements="$2" into
    new_venv "$FOLDER/$name"
    into="$("$FOLDER/$name/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    printf '%s\n' "$libraries" >"$into/parity.pth"
    "$FOLDER/$name/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" \
        >"$FOLDER/$name.log" 2>&1
}

mkdir -p "$FOLDER"
for requirements in "$CHECKOUT"/bench/requirements/*.txt; do
    name="$(basename "$requirements" .txt)"
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    cmp -s "$requirements" "$FOLDER/$name/requirements.txt" && continue
    say "installing $name for the measurements"
    if install "$name" "$requirements"; then
        cp "$requirements" "$FOLDER/$name/requirements.txt"
    else
        say "$name could not be installed: $(tail -n 1 "$FOLDER/$name.log")"
    fi
done
printf '%s\n' "$FOLDER"
