//! The per-thread buffer in which events are written before they are appended to the spool, so that writing allocates nothing once
//! the buffer has grown. Knows nothing of its content.

use std::cell::Cell;

/// The largest buffer that a thread keeps. Events are a few hundred bytes; the memory for a larger one is freed.
const MAX_KEPT: usize = 1 << 20;
/// The first allocation, enough for most events.
const FIRST: usize = 4096;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Calls `work` with an empty buffer.
///
/// The buffer is taken out of the thread-local meanwhile, so that a nested call, or a call in a thread that is about to end, gets
/// a new one.
pub(crate) fn with_buffer<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    buffer.clear();
    buffer.reserve(FIRST);
    let result = work(&mut buffer);
    if buffer.capacity() <= MAX_KEPT {
        // A thread that is about to end keeps nothing.
        let _ = BUFFER.try_with(|place| place.set(buffer));
    }
    result
}
