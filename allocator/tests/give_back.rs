//! The only test of this program, because it looks at all of its memory.

#![allow(clippy::unwrap_used)]

/// Bytes that this process has in memory, where the system tells.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok()? * 1024)
}

/// Protects an idle server from holding what it held at its busiest.
#[test]
fn freed_memory_goes_back_to_the_system() {
    const PIECE: usize = 8 << 20;
    const WHOLE: usize = 16 * PIECE;
    let before = resident();
    // From another thread, as that of the worker is.
    let held = || {
        let pieces = vec![vec![1_u8; PIECE]; WHOLE / PIECE];
        let held = resident();
        drop(pieces);
        held
    };
    let held = std::thread::spawn(held).join().unwrap();
    allocator::give_back();
    let (Some(before), Some(held), Some(after)) = (before, held, resident()) else {
        println!("this system does not tell what memory is used");
        return;
    };
    assert!(held >= before + WHOLE, "nothing was held: {before}, then {held}");
    assert!(after < before + WHOLE / 4, "{before}, then {held}, then {after}");
}
