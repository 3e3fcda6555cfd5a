//! The allocator of every program here, which takes the place of the C library's for libtorch, too.
//!
//! It is mimalloc, chosen by measurement: CONTRIBUTING.md has the figures.

use std::{ffi::c_long, sync::Once};

use libmimalloc_sys::mi_option_t;
use mimalloc::MiMalloc;

/// Whoever depends on this crate has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay` of `mimalloc.h`, for which the bindings have no name: for how long freed memory
/// is kept in case that somebody wants it again, in milliseconds.
const PURGE_DELAY: mi_option_t = 15;

/// By default it is a second. A network that computes without end has its maps again after less, but the
/// allocator counts from when the first of its neighbours was freed, and fetching them anew, page by page,
/// took 4 % of the time of VGG-16.
const KEPT_MS: c_long = 60_000;

/// Gives freed memory back to the system, of all threads where whole pages of the allocator are
/// free, and of the calling thread wherever that makes them so. It takes some milliseconds, and what is
/// given back costs a page fault to have again, so it is for after something big and for idle times.
///
/// Left alone, the allocator looks for such memory only when somebody asks for more, and an idle program
/// keeps what it held at its busiest. From the first call on it also keeps for a minute what is freed,
/// unless `MIMALLOC_PURGE_DELAY` says otherwise: a program that gives back by itself needs no haste.
#[allow(unsafe_code)]
pub fn give_back() {
    static KEEP: Once = Once::new();
    // SAFETY: the option is a number that other threads read at any time, and only this writes it, once.
    KEEP.call_once(|| unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, KEPT_MS) });
    // SAFETY: the function has no requirements: any thread may call it at any time, and it frees
    // nothing that is in use.
    unsafe { libmimalloc_sys::mi_collect(true) };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Protects from an allocator that has numbered its options anew.
    #[test]
    #[allow(unsafe_code)]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: reading an option has no requirements.
        let delay = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        if std::env::var_os("MIMALLOC_PURGE_DELAY").is_none() {
            assert_eq!(delay(), 1000, "as mimalloc 3 has it");
            give_back();
            assert_eq!(delay(), KEPT_MS);
        }
    }

    /// Protects the memory of a busy server: mimalloc is built as `.cargo/config.toml` says, and a block
    /// of 132 kB is rounded up to the next page of the system, and not to the next size that it shares.
    #[test]
    #[allow(unsafe_code)]
    fn no_large_pages_are_shared() {
        let flags = std::env::var("CFLAGS");
        if flags.is_ok_and(|flags| !flags.contains("MI_ENABLE_LARGE_PAGES")) {
            println!("the environment has CFLAGS of its own, which take the place of ours");
            return;
        }
        // SAFETY: the function computes a number.
        let size = unsafe { libmimalloc_sys::mi_good_size(132_000) };
        assert!(size < 160 << 10, "rounded up to {size}");
    }
}
