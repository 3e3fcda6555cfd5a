#!/usr/bin/env bash
# Brings the Rust toolchain that rust-toolchain.toml names, with its wasm32 target.
#
# rustup is the way wherever its server answers. Where only package registries do, Debian's own
# compiler of the same version stands in, and the standard library for wasm32, which Debian does
# not package, is built from the source that it does.
. "$(dirname "$0")/lib.sh"

CHANNEL="$(sed -n 's/^channel = "\(.*\)"/\1/p' "$CHECKOUT/rust-toolchain.toml")"
TARGET=wasm32-unknown-unknown
DEBIAN_LIB=/usr/lib/rustlib

target_is_there() {
    local dir
    dir="$(cd "$CHECKOUT" && rustc --print target-libdir --target "$TARGET" 2>/dev/null)" || return 1
    compgen -G "$dir/libstd-*.rlib" >/dev/null
}

toolchain_is_there() {
    local tool
    for tool in rustc cargo; do
        (cd "$CHECKOUT" && "$tool" --version 2>/dev/null) | grep -qF " ${CHANNEL%.*}." || return 1
    done
    (cd "$CHECKOUT" && cargo fmt --version && cargo clippy --version) >/dev/null 2>&1 || return 1
    target_is_there
}

with_rustup() {
    if ! have rustup; then
        have curl || apt_install curl ca-certificates
        say "asking for rustup"
        local script
        script="$(mktemp)"
        curl --proto '=https' --tlsv1.2 -sSf --max-time 20 https://sh.rustup.rs -o "$script" 2>/dev/null &&
            quietly sh "$script" -y --no-modify-path --profile minimal --default-toolchain none || return 1
        rm -f "$script"
        hash -r
    fi
    say "installing Rust $CHANNEL with $TARGET (about half a minute)"
    quietly timeout 600 rustup toolchain install "$CHANNEL" --profile minimal \
        --component rustfmt --component clippy --target "$TARGET"
}

with_debian() {
    have apt-get || return 1
    say "rustup's server does not answer; using Debian's compiler instead"
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web lld-22
    rustc --version | grep -qF " ${CHANNEL%.*}." || return 1
    local lld=$DEBIAN_LIB/x86_64-unknown-linux-gnu/bin/rust-lld
    if [ ! -e "$lld" ]; then
        as_root mkdir -p "$(dirname "$lld")"
        as_root ln -sf "$(command -v lld-22)" "$lld"
    fi
    target_is_there || build_wasm_std
}

# Compiles the standard library for wasm32 by way of a crate that needs nothing of it.
build_wasm_std() {
    say "building the standard library for $TARGET (about a minute)"
    local work
    work="$(mktemp -d)"
    mkdir -p "$work/src"
    echo '#![no_std]' >"$work/src/lib.rs"
    printf '[package]\nname = "nothing"\nversion = "0.0.0"\nedition = "2024"\n' >"$work/Cargo.toml"
    (
        cd "$work"
        # Without bitcode a release build of the page, which is linked with LTO, cannot use it.
        quietly env RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$work/target" \
            cargo build --release -Zbuild-std=std,panic_abort,panic_unwind,test --target "$TARGET"
    ) || return 1
    local into=$DEBIAN_LIB/$TARGET/lib
    as_root mkdir -p "$into"
    find "$work/target/$TARGET/release/deps" -name '*.rlib' ! -name 'libnothing-*' -print0 |
        as_root xargs -0 cp -t "$into"
    rm -rf "$work"
}

toolchain_is_there && exit 0
with_rustup || with_debian || true
toolchain_is_there || fail "no Rust $CHANNEL with $TARGET could be had; install rustup, then run: rustup toolchain install $CHANNEL --target $TARGET"
