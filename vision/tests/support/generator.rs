//! Numbers that the Python scripts beside the tests generate as well.

/// The numbers of `SplitMix64` (Steele, Lea and Flood, 2014) from a seed.
pub(crate) fn splitmix64(seed: u64) -> impl Iterator<Item = u64> {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
    (1..).map(move |i: u64| {
        let z = seed.wrapping_add(i.wrapping_mul(STEP));
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    })
}
