#!/usr/bin/env bash
# Brings the programs that build the page: cargo-leptos, wasm-bindgen, wasm-opt.
#
# They are installed where `cargo` looks for its commands, so that plain `cargo leptos` works.
. "$(dirname "$0")/lib.sh"

CARGO_LEPTOS=0.3.11
BINARYEN=132.0.0
# The page's glue and the program that writes it must agree to the last digit.
WASM_BINDGEN="$(grep -A1 '^name = "wasm-bindgen"$' "$CHECKOUT/Cargo.lock" | sed -n 's/^version = "\(.*\)"/\1/p')"

version_of() { "$@" --version 2>/dev/null | head -n1; }

# cargo_install CRATE VERSION MINUTES [FLAG…]
cargo_install() {
    local crate="$1" version="$2" minutes="$3"
    shift 3
    say "building $crate $version (about $minutes minutes of two cores, once)"
    # These only drive a build, so they are compiled fast rather than to be fast. A folder of their
    # own keeps flags and target settings of this checkout out of it.
    local work="$STORE/build"
    mkdir -p "$work"
    (cd "$CHECKOUT" && quietly env -u RUSTFLAGS CARGO_TARGET_DIR="$work" CARGO_PROFILE_DEV_DEBUG=0 \
        cargo install --force --debug "$@" "$crate@$version") || fail "$crate $version could not be built"
    rm -rf "$work"
}

# Without rustup, whose cargo puts its folder on PATH by itself, a link has to do.
on_path() {
    case ":$ORIGINAL_PATH:" in
        *":$CARGO_BIN:"*) return 0 ;;
    esac
    have rustup && return 0
    [ -e "/usr/local/bin/$1" ] || as_root ln -sf "$CARGO_BIN/$1" "/usr/local/bin/$1"
}

# The first two link everything there is; libtorch's bindings are C++.
apt_install gcc libc6-dev g++
version_of cargo-leptos leptos | grep -qF "$CARGO_LEPTOS" ||
    cargo_install cargo-leptos "$CARGO_LEPTOS" 6 --locked --features no_downloads
version_of wasm-bindgen | grep -qF "$WASM_BINDGEN" ||
    cargo_install wasm-bindgen-cli "$WASM_BINDGEN" 2

if ! version_of wasm-opt | grep -qF "version ${BINARYEN%%.*}"; then
    have npm || apt_install nodejs npm
    say "installing wasm-opt (binaryen $BINARYEN from the npm registry, a few seconds)"
    mkdir -p "$STORE/binaryen" "$CARGO_BIN"
    quietly npm install --silent --no-save --prefix "$STORE/binaryen" "binaryen@$BINARYEN" ||
        fail "npm could not install binaryen@$BINARYEN"
    ln -sf "$STORE/binaryen/node_modules/.bin/wasm-opt" "$CARGO_BIN/wasm-opt"
fi

for tool in cargo-leptos wasm-bindgen wasm-opt; do on_path "$tool"; done
