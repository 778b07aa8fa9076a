//! Whether this process is the one that opened a spool, determined without a system call.
//!
//! A fork copies the handles of a spool into a process that must not use them: the mapping is shared with the parent, the
//! cursor that gives each record its space is not, and the background threads do not exist there. So each spool records its
//! [`OwningProcess`], and checks it before it touches a mapping, a lock or a file.
//!
//! The owner is a number in a page of memory that the kernel zeroes in a forked child (`MADV_WIPEONFORK`, Linux
//! 4.14, `madvise(2)`). A child that opens a spool writes its own number there, greater than those of all its ancestors, so that it never owns
//! what it inherited. Where the kernel does not know the call, process ids are compared, which costs a system call for each
//! record.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// The process that opened a spool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwningProcess {
    page: Option<&'static AtomicU64>,
    number: u64,
}

/// The greatest number that this process or an ancestor has taken; copied by a fork.
static NEWEST: AtomicU64 = AtomicU64::new(0);

impl OwningProcess {
    /// This process.
    pub fn this_process() -> Self {
        static PAGE: OnceLock<Option<&'static AtomicU64>> = OnceLock::new();
        let page = *PAGE.get_or_init(map_page);
        let Some(word) = page else { return Self { page, number: u64::from(std::process::id()) } };
        let own = NEWEST.fetch_add(1, Ordering::Relaxed) + 1;
        // If several threads open spools at once, the first one's number counts.
        let number = match word.compare_exchange(0, own, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => own,
            Err(there) => there,
        };
        Self { page, number }
    }

    /// Whether this process is the owner, and not one that was forked from it.
    #[inline]
    pub fn is_this_process(self) -> bool {
        match self.page {
            Some(word) => word.load(Ordering::Relaxed) == self.number,
            None => u64::from(std::process::id()) == self.number,
        }
    }
}

/// A page of zeros that is never unmapped; `None` where the kernel would not wipe it in a child.
#[cfg(not(any(miri, loom)))]
fn map_page() -> Option<&'static AtomicU64> {
    use rustix::mm::{Advice, MapFlags, ProtFlags};
    let length = rustix::param::page_size();
    // SAFETY: a new anonymous mapping, wherever the kernel puts it.
    let start = unsafe {
        rustix::mm::mmap_anonymous(std::ptr::null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
    };
    let start = start.ok()?;
    // SAFETY: the whole of the mapping that was just made.
    if unsafe { rustix::mm::madvise(start, length, Advice::LinuxWipeOnFork) }.is_err() {
        // SAFETY: nobody else has its address.
        let _ = unsafe { rustix::mm::munmap(start, length) };
        return None;
    }
    // SAFETY: zeroed, aligned to a page, never unmapped, and used as an atomic alone. That the kernel zeroes it happens in
    // a child, before any code runs there.
    Some(unsafe { AtomicU64::from_ptr(start.cast()) })
}

/// Miri and loom run one process, and know no such page.
#[cfg(any(miri, loom))]
fn map_page() -> Option<&'static AtomicU64> {
    None
}
