//! How a command that moves much data gives memory back.

/// From now on, large blocks of memory go back to the system as soon as they are free.
///
/// glibc keeps blocks below a size that grows up to 32 MiB for later use (`mallopt(3)`, `M_MMAP_THRESHOLD`). An import makes and
/// drops columns of many sizes on two threads, and what was kept that way came to more than what was in use.
pub(super) fn give_back_early() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        /// Larger blocks are mapped by themselves, in bytes: the size that glibc starts with.
        const LARGE: libc::c_int = 128 << 10;
        // SAFETY: it sets a number of the allocator, under the allocator's own lock. Blocks that are there stay as they are.
        let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
    }
}
