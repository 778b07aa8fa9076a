//! A mapping that nobody writes to any more: of a segment of an earlier process, or of one that is sealed and whole.

use std::{io, ops::Deref, os::fd::BorrowedFd, ptr::NonNull};

use rustix::mm::{MapFlags, ProtFlags};

/// The bytes of a file, mapped for reading.
#[derive(Debug)]
pub(crate) struct Frozen {
    start: NonNull<u8>,
    length: usize,
    #[cfg(any(test, feature = "simulation"))]
    heap: Option<std::sync::Arc<super::Heap>>,
}

// SAFETY: bytes that nobody writes to (rule 1; the spool freezes a file only when it has no producers).
unsafe impl Send for Frozen {}
// SAFETY: as above.
unsafe impl Sync for Frozen {}

impl Frozen {
    /// Maps the first `length` bytes of a file.
    ///
    /// It is the caller's duty that the file has so many and keeps them, and that nobody writes to them.
    ///
    /// # Errors
    /// What `mmap` says; it refuses a length of zero.
    pub fn of_file(file: BorrowedFd<'_>, length: usize) -> io::Result<Self> {
        // SAFETY: with a null address the kernel chooses a range that nothing else uses; the file is not shortened below
        // `length` while it is mapped.
        let start =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), length, ProtFlags::READ, MapFlags::SHARED, file, 0) }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self {
            start,
            length,
            #[cfg(any(test, feature = "simulation"))]
            heap: None,
        })
    }

    /// Maps memory that plays a file.
    #[cfg(any(test, feature = "simulation"))]
    pub fn of_heap(heap: &std::sync::Arc<super::Heap>, length: usize) -> Self {
        Self { start: heap.start(), length: length.min(heap.length()), heap: Some(std::sync::Arc::clone(heap)) }
    }
}

impl Deref for Frozen {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: mapped with this length, and nobody writes to it (the duty of whoever made it).
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        #[cfg(any(test, feature = "simulation"))]
        if self.heap.is_some() {
            return;
        }
        // SAFETY: exactly what `of_file` mapped; slices of it borrow `self`.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.length) };
    }
}
