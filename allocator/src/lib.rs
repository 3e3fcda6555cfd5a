//! The allocator of every program here, which takes the place of the C library's for libtorch, too.
//!
//! It is mimalloc, chosen by measurement: CONTRIBUTING.md has the figures.

use mimalloc::MiMalloc;

/// Whoever depends on this crate has it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Gives freed memory back to the system, of all threads where whole pages of the allocator are
/// free, and of the calling thread wherever that makes them so. It takes some milliseconds, and what is
/// given back costs a page fault to have again, so it is for after something big and for idle times.
///
/// Left alone, the allocator looks for such memory only when somebody asks for more, and an idle program
/// keeps what it held at its busiest.
#[allow(unsafe_code)]
pub fn give_back() {
    // SAFETY: the function has no requirements: any thread may call it at any time, and it frees
    // nothing that is in use.
    unsafe { libmimalloc_sys::mi_collect(true) };
}
