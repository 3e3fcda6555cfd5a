//! What libtorch takes in memory before there is any network: the process has loaded it, and has
//! computed one small convolution and one small product. `bench/memory.py` takes this from what a
//! server holds.
//!
//! ```sh
//! cargo run --release -p vision --example base
//! ```

use tch::{Device, Kind, TchError, Tensor};

fn main() -> Result<(), TchError> {
    let ones = |shape: &[i64]| Tensor::f_ones(shape, (Kind::Float, Device::Cpu));
    let none = None::<&Tensor>;
    let map =
        ones(&[1, 16, 8, 8])?.f_conv2d(&ones(&[16, 16, 3, 3])?, none, [1, 1], [1, 1], [1, 1], 1)?;
    let _product = map.f_flatten(1, -1)?.f_linear(&ones(&[10, 1024])?, none)?;
    allocator::give_back();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    println!("{}", line.map_or("this system does not tell", str::trim));
    Ok(())
}
