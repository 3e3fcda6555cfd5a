//! Lets the program and its tests find libtorch without `LD_LIBRARY_PATH`, and makes the types of
//! the gRPC calls from their definition.

use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    // torch-sys tells its direct dependants where the libraries are. The path is made absolute,
    // because a relative one would be searched from wherever the program is started.
    let directory = std::env::var_os("DEP_TCH_LIBTORCH_LIB").map(PathBuf::from);
    if let Some(directory) = directory.and_then(|directory| directory.canonicalize().ok()) {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", directory.display());
    }
    // A program that is carried elsewhere finds a `lib` folder beside it, too.
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/lib");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=proto");
    messages()
}

/// Compiles the definition without a `protoc` in the system.
fn messages() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["proto"])?;
    let compiler = compiler.include_source_info(false).include_imports(true);
    compiler.open_file("inference.proto")?;
    fs::write(out.join("inference.binpb"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .build_client(false)
        .build_transport(false)
        // Tensors are large: they are handed on, not copied.
        .bytes("inference.ModelInferRequest.raw_input_contents")
        .bytes("inference.InferTensorContents.bytes_contents")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
