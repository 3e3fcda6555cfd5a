//! `omp_pause_resource_all` of OpenMP 5.0, section 3.2.44, if the program has it: it comes with libtorch.

use std::{ffi::c_int, mem::transmute, sync::LazyLock};

/// `int omp_pause_resource_all(omp_pause_resource_t)`, whose argument is an enumeration.
type Pause = unsafe extern "C" fn(c_int) -> c_int;

/// `omp_pause_hard`: nothing is kept.
const HARD: c_int = 2;

/// Looked up rather than linked, so that programs without libtorch need no OpenMP.
#[allow(unsafe_code)]
static PAUSE: LazyLock<Option<Pause>> = LazyLock::new(|| {
    // SAFETY: the name is a C string, and the handle is the one for everything that is loaded.
    let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"omp_pause_resource_all".as_ptr()) };
    // SAFETY: whatever has this name has this type, which the standard gives it.
    (!symbol.is_null()).then(|| unsafe { transmute::<*mut libc::c_void, Pause>(symbol) })
});

/// Lets go of what OpenMP has for the calling thread.
#[allow(unsafe_code)]
pub(crate) fn pause() {
    if let Some(pause) = *PAUSE {
        // SAFETY: it has no requirements; within a parallel region it does nothing and says so.
        unsafe { pause(HARD) };
    }
}
