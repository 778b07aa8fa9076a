//! A mapping that producers write to: of a file, or in tests of memory in its place.

use std::{io, ops::Range, os::fd::BorrowedFd, ptr::NonNull};

use rustix::mm::{Advice, MapFlags, MsyncFlags, ProtFlags};

use crate::sync::{AtomicBool, Ordering};

/// A shared, writable mapping of a whole segment.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    length: usize,
    backing: Backing,
    /// Whether the bytes of [`Mapping::write_once`] are written.
    written_once: AtomicBool,
    #[cfg(loom)]
    model: model::Model,
}

#[derive(Debug)]
enum Backing {
    File,
    #[cfg(any(test, feature = "simulation"))]
    HeapFile(std::sync::Arc<HeapFile>),
}

impl Backing {
    /// Excludes readers of the whole memory during a write to a part of it. Loom runs one thread at a time, and would deadlock
    /// on a lock that it does not know.
    #[cfg(any(test, feature = "simulation"))]
    fn exclude(&self) -> Option<std::sync::MutexGuard<'_, ()>> {
        match self {
            Self::HeapFile(heap) if cfg!(not(loom)) => Some(heap.exclude()),
            _ => None,
        }
    }
}

// SAFETY: a mapping is memory with a lifetime of its own, tied to no thread. Through `&Mapping`, bytes are written only by
// `write_once`, which has one winner, and by the holder of a `Claim`; they are read only when published (rules 3 and 4).
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `length` bytes of a file for reading and writing.
    ///
    /// The caller must ensure that nobody else writes to the file (rule 1), and that these bytes are allocated and stay so
    /// (rule 2).
    ///
    /// # Errors
    /// The error of `mmap`.
    pub fn of_file(file: BorrowedFd<'_>, length: usize) -> io::Result<Self> {
        // SAFETY: with a null address the kernel chooses a range that nothing else uses; who else may access the bytes is
        // rule 1, that they exist is rule 2.
        let start = unsafe {
            rustix::mm::mmap(
                std::ptr::null_mut(),
                length,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::SHARED,
                file,
                0,
            )
        }?;
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self::new(start, length, Backing::File))
    }

    /// Maps memory in place of a file.
    #[cfg(any(test, feature = "simulation"))]
    pub fn of_heap(heap: &std::sync::Arc<HeapFile>) -> Self {
        Self::new(heap.start(), heap.length(), Backing::HeapFile(std::sync::Arc::clone(heap)))
    }

    fn new(start: NonNull<u8>, length: usize, backing: Backing) -> Self {
        Self {
            start,
            length,
            backing,
            written_once: AtomicBool::new(false),
            #[cfg(loom)]
            model: model::Model::new(length),
        }
    }

    /// The memory in place of a file, if there is one.
    #[cfg(all(any(test, feature = "simulation"), not(loom)))]
    pub(super) fn heap(&self) -> Option<std::sync::Arc<HeapFile>> {
        match &self.backing {
            Backing::File => None,
            Backing::HeapFile(heap) => Some(std::sync::Arc::clone(heap)),
        }
    }

    /// Bytes.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Writes to a mapping that is not shared yet.
    pub fn write_unshared(&mut self, at: usize, bytes: &[u8]) {
        self.check(at, bytes.len());
        #[cfg(any(test, feature = "simulation"))]
        let _alone = self.backing.exclude();
        // SAFETY: the range lies in the mapping (checked); `&mut self` excludes every other access through this mapping,
        // and other mappings of the file do not exist before it is shared.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.as_ptr().add(at), bytes.len()) };
    }

    /// Writes the same bytes to several offsets of the first page, in the first call only.
    ///
    /// While the mapping is shared, only the kernel reads them.
    pub fn write_once(&self, places: &[usize], bytes: &[u8]) {
        if self.written_once.swap(true, Ordering::AcqRel) {
            return;
        }
        #[cfg(any(test, feature = "simulation"))]
        let _alone = self.backing.exclude();
        for &at in places {
            self.check(at, bytes.len());
            assert!(at + bytes.len() <= crate::format::FRAMES_OFFSET, "frames are written through claims");
            // SAFETY: in the mapping and in its first page (checked), where no claim reaches; the swap above lets one
            // caller through; `published` refuses the first page.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.as_ptr().add(at), bytes.len()) };
        }
    }

    /// The aligned word at an offset, or `None` outside of the mapping.
    pub fn load_word(&self, at: usize, ordering: Ordering) -> Option<u64> {
        if !at.is_multiple_of(8) || at.checked_add(8)? > self.length {
            return None;
        }
        #[cfg(loom)]
        return Some(self.model.load(at, ordering));
        #[cfg(not(loom))]
        // SAFETY: in the mapping and aligned (checked; the mapping begins at a page). Publish words are written by atomic
        // stores alone. A caller that walks from frame to frame asks for no other words.
        Some(unsafe { std::sync::atomic::AtomicU64::from_ptr(self.start.as_ptr().add(at).cast()) }.load(ordering))
    }

    /// Published bytes: the caller has read their publish word with acquire ordering, and it was not zero.
    ///
    /// `None` outside of the mapping and in the first page.
    pub fn published(&self, at: usize, length: usize) -> Option<&[u8]> {
        if at < crate::format::FRAMES_OFFSET || at.checked_add(length)? > self.length {
            return None;
        }
        #[cfg(loom)]
        self.model.read(at, length);
        // SAFETY: in the mapping (checked). The caller has seen their publish word (rule 4), so that the claim's writes
        // happened before and there will be no others.
        Some(unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(at), length) })
    }

    /// Writes the bytes of a claim.
    ///
    /// # Safety
    /// The caller holds the [`Claim`](super::Claim) of this range, not yet published.
    pub(super) unsafe fn write_claimed(&self, at: usize, bytes: &[u8]) {
        self.check(at, bytes.len());
        #[cfg(loom)]
        self.model.write(at, bytes.len());
        #[cfg(any(test, feature = "simulation"))]
        let _alone = self.backing.exclude();
        // SAFETY: the range lies in the mapping (checked), and is one claim's (rule 3).
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.start.as_ptr().add(at), bytes.len()) };
    }

    /// The address of the publish word of a claim, which begins at `at`.
    ///
    /// An address, not a reference: the mapping may be dropped as soon as the word is seen, and no borrow may outlive it.
    #[cfg(not(loom))]
    pub(super) fn claimed_word(&self, at: usize) -> *mut u64 {
        self.check(at, 8);
        // SAFETY: in the mapping (checked).
        unsafe { self.start.as_ptr().add(at) }.cast()
    }

    /// Publishes a claim under loom.
    #[cfg(loom)]
    pub(super) fn publish_modelled(&self, at: usize, word: u64) {
        // In the memory too, for `ReadOnlyMapping`, which loom does not see.
        // SAFETY: as in `write_claimed`; loom runs one thread at a time.
        unsafe { std::ptr::copy_nonoverlapping(word.to_le_bytes().as_ptr(), self.start.as_ptr().add(at), 8) };
        self.model.store(at, word);
    }

    /// Writes a range to disk, `msync` with `MS_SYNC`; its ends are moved outwards to pages.
    ///
    /// # Errors
    /// The error of `msync`. The pages may then count as clean although they are not on disk: a second sync proves nothing.
    pub fn sync_file(&self, range: Range<usize>) -> io::Result<()> {
        let Some((start, length)) = self.pages(range) else { return Ok(()) };
        // SAFETY: the range lies in the mapping; syncing changes no bytes.
        unsafe { rustix::mm::msync(start.cast(), length, MsyncFlags::SYNC) }?;
        Ok(())
    }

    /// Makes the pages of a range present and writable, so that the first store to each does not fault.
    ///
    /// Only for speed, so failures are ignored: kernels before Linux 5.14 do not know the call.
    pub fn populate(&self, range: Range<usize>) {
        if !matches!(self.backing, Backing::File) {
            return;
        }
        if let Some((start, length)) = self.pages(range) {
            // SAFETY: the range lies in the mapping; populating changes no bytes.
            let _ = unsafe { rustix::mm::madvise(start.cast(), length, Advice::LinuxPopulateWrite) };
        }
    }

    /// Removes the pages of a range from the page tables (`MADV_DONTNEED`); their content stays in the file, and the next access
    /// maps them again.
    ///
    /// Called before a sync: writing a page back first makes it read-only in every thread, which interrupts the other processors
    /// once per page, for some microseconds each (8 µs in a virtual machine). Pages that are in no table cause no interrupt;
    /// removing a whole range costs one.
    ///
    /// Only for speed, so failures are ignored.
    pub fn advise_dont_need(&self, range: Range<usize>) {
        if !matches!(self.backing, Backing::File) {
            return;
        }
        if let Some((start, length)) = self.pages(range) {
            // SAFETY: the range lies in the mapping, which is shared and of a file: its bytes are those of the file before
            // and after, whoever reads or writes them meanwhile.
            let _ = unsafe { rustix::mm::madvise(start.cast(), length, Advice::LinuxDontNeed) };
        }
    }

    /// Start and length of the pages that a range touches; `None` when it is empty.
    fn pages(&self, range: Range<usize>) -> Option<(*mut u8, usize)> {
        let page = rustix::param::page_size();
        let start = range.start / page * page;
        let end = range.end.min(self.length);
        // SAFETY: `start` is not greater than `end`, which is not greater than the length of the mapping.
        (start < end).then(|| (unsafe { self.start.as_ptr().add(start) }, end - start))
    }

    fn check(&self, at: usize, length: usize) {
        assert!(at.checked_add(length).is_some_and(|end| end <= self.length), "a write stays in its mapping");
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        if matches!(self.backing, Backing::File) {
            // SAFETY: exactly what `of_file` mapped; borrows of its bytes borrow `self`, and claims end before a segment
            // is released (see `SegmentCursor::release`). A failure leaves the range mapped, which is harmless.
            let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.length) };
        }
    }
}

/// Memory in place of a file's content: zeroed, aligned to a page, shared by all mappings of it.
#[cfg(any(test, feature = "simulation"))]
#[derive(Debug)]
pub(crate) struct HeapFile {
    start: NonNull<u8>,
    layout: std::alloc::Layout,
    /// Held while a mapping writes, and while the whole content is read. Published bytes are read through mappings without it.
    access: std::sync::Mutex<()>,
}

// SAFETY: plain memory; `Mapping` has the rules of access, and `access` keeps writes and reads of the whole apart.
#[cfg(any(test, feature = "simulation"))]
unsafe impl Send for HeapFile {}
// SAFETY: as above.
#[cfg(any(test, feature = "simulation"))]
unsafe impl Sync for HeapFile {}

#[cfg(any(test, feature = "simulation"))]
impl HeapFile {
    /// Zeroed memory.
    ///
    /// # Panics
    /// For a length of zero, and without memory.
    pub fn new(length: usize) -> Self {
        assert!(length > 0, "a mapping has at least one byte");
        let layout = std::alloc::Layout::from_size_align(length, 4096).expect("the length of a segment is small");
        // SAFETY: the layout is not empty (asserted).
        let start = unsafe { std::alloc::alloc_zeroed(layout) };
        Self { start: NonNull::new(start).expect("tests have memory"), layout, access: std::sync::Mutex::default() }
    }

    /// Memory with this content.
    pub fn of(bytes: &[u8]) -> Self {
        let heap = Self::new(bytes.len());
        // SAFETY: as long as `bytes`, and nobody else has it yet.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), heap.start.as_ptr(), bytes.len()) };
        heap
    }

    /// Passes its present content to `see`. Appends on other threads wait meanwhile.
    pub fn with_content<R>(&self, see: impl FnOnce(&[u8]) -> R) -> R {
        let _alone = self.exclude();
        // SAFETY: allocated with this length; each write through a mapping holds `access`, but for the publish word under
        // loom, which runs one thread at a time.
        see(unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length()) })
    }

    /// Excludes writes, and reads of the whole content.
    pub fn exclude(&self) -> std::sync::MutexGuard<'_, ()> {
        self.access.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn start(&self) -> NonNull<u8> {
        self.start
    }

    pub fn length(&self) -> usize {
        self.layout.size()
    }
}

#[cfg(any(test, feature = "simulation"))]
impl Drop for HeapFile {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout; whoever uses it holds an `Arc` of it.
        unsafe { std::alloc::dealloc(self.start.as_ptr(), self.layout) };
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a write stays in its mapping")]
    fn claim_outside_of_its_mapping_writes_nothing() {
        let mapping = Mapping::of_heap(&std::sync::Arc::new(HeapFile::new(8192)));
        // SAFETY: nobody owns the range, and the check comes before the write.
        unsafe { mapping.write_claimed(8188, &[1; 8]) };
    }
}

/// Under loom: publish words that loom sees, and for each word of payload a cell whose races loom sees.
#[cfg(loom)]
mod model {
    use loom::{cell::UnsafeCell, sync::atomic::AtomicU64};

    use crate::sync::Ordering;

    #[derive(Debug)]
    pub(super) struct Model {
        words: Vec<AtomicU64>,
        cells: Vec<UnsafeCell<()>>,
    }

    impl Model {
        /// The first page has no frames and needs no model.
        pub fn new(length: usize) -> Self {
            let words = length.saturating_sub(crate::format::FRAMES_OFFSET) / 8;
            Self {
                words: (0..words).map(|_| AtomicU64::new(0)).collect(),
                cells: (0..words).map(|_| UnsafeCell::new(())).collect(),
            }
        }

        pub fn load(&self, at: usize, ordering: Ordering) -> u64 {
            self.words[(at - crate::format::FRAMES_OFFSET) / 8].load(ordering)
        }

        pub fn store(&self, at: usize, word: u64) {
            self.words[(at - crate::format::FRAMES_OFFSET) / 8].store(word, Ordering::Release);
        }

        pub fn read(&self, at: usize, length: usize) {
            self.cells(at, length).iter().for_each(|cell| cell.with(|_| ()));
        }

        pub fn write(&self, at: usize, length: usize) {
            self.cells(at, length).iter().for_each(|cell| cell.with_mut(|_| ()));
        }

        fn cells(&self, at: usize, length: usize) -> &[UnsafeCell<()>] {
            let from = at - crate::format::FRAMES_OFFSET;
            &self.cells[from / 8..(from + length).div_ceil(8)]
        }
    }
}
