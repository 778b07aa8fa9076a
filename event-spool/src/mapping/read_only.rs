//! A read-only mapping of a segment without writers: one of an earlier process, or one that is sealed and complete.

use std::{io, ops::Deref, os::fd::BorrowedFd, ptr::NonNull};

use rustix::mm::{MapFlags, ProtFlags};

/// The bytes of a file, mapped for reading.
#[derive(Debug)]
pub(crate) struct ReadOnlyMapping {
    start: NonNull<u8>,
    length: usize,
    #[cfg(any(test, feature = "simulation"))]
    heap: Option<std::sync::Arc<super::HeapFile>>,
}

// SAFETY: bytes that nobody writes to (rule 1; the spool maps a file read-only when it has no producers).
unsafe impl Send for ReadOnlyMapping {}
// SAFETY: as above.
unsafe impl Sync for ReadOnlyMapping {}

impl ReadOnlyMapping {
    /// Maps the first `length` bytes of a file.
    ///
    /// The caller must ensure that the file has and keeps these bytes, and that nobody writes to them.
    ///
    /// # Errors
    /// The error of `mmap`, which refuses a length of zero.
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

    /// Maps memory that stands in for a file.
    #[cfg(any(test, feature = "simulation"))]
    pub fn of_heap(heap: &std::sync::Arc<super::HeapFile>, length: usize) -> Self {
        Self { start: heap.start(), length: length.min(heap.length()), heap: Some(std::sync::Arc::clone(heap)) }
    }
}

impl Deref for ReadOnlyMapping {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: mapped with this length, and nobody writes to it (the caller's duty at creation).
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl Drop for ReadOnlyMapping {
    fn drop(&mut self) {
        #[cfg(any(test, feature = "simulation"))]
        if self.heap.is_some() {
            return;
        }
        // SAFETY: exactly what `of_file` mapped; slices of it borrow `self`.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.length) };
    }
}
