//! Lets the program and its tests find libtorch without `LD_LIBRARY_PATH`.

use std::path::PathBuf;

fn main() {
    // torch-sys tells its direct dependants where the libraries are. The path is made absolute,
    // because a relative one would be searched from wherever the program is started.
    let directory = std::env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from);
    if let Some(directory) = directory.and_then(|directory| directory.canonicalize().ok()) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", directory.display());
    }
    // A program that is carried elsewhere finds a `lib` folder beside it, too.
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/lib");
    println!("cargo:rerun-if-changed=build.rs");
}
