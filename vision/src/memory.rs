//! Memory that a model leaves behind.

#![allow(unsafe_code)]

/// Gives what was freed back to the system when it is dropped itself.
///
/// glibc keeps freed blocks of up to 32 MiB for later, which are the kernels of most networks. A
/// struct has this as its last field, so that the others are freed before.
#[derive(Debug)]
pub(crate) struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives what was freed back to the system, where the allocator has to be told to.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: the function has no preconditions and may be called on any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}
