//! How producers reserve space: one atomic exchange yields the segment, the offset in it and the number of the record.
//!
//! The cursor is one word, `generation:12 | index:24 | offset:28`, the offset in units of 8 bytes after the first page.
//! Each current segment has its own generation; its memory is in the slot `generation % 8`. Because one exchange yields all three
//! parts, a reservation in a segment is visible there as space that is not yet published, and a segment whose frames are all
//! published has no producers left: only then may its slot be emptied. An append needs no hazard pointers and no reference
//! counts.
//!
//! **No part overflows into the next**, however many threads append. A reservation is a compare-and-exchange from a cursor value
//! that was read to one computed from it, so the cursor only ever holds an offset up to the end of the segment, or [`FULL`]; and a
//! frame takes at least two units, so there are at most half as many records as units, which the index has room for (asserted
//! below). An atomic addition, by contrast, could overflow, because its result is known only afterwards.
//!
//! Exactly one exchange finds no room for its frame; it marks the cursor as full, and thereby knows how many records the segment
//! has and where they end: the [`Seal`].

use crate::{
    format::{FRAME_ALIGNMENT, FRAME_HEADER, FRAMES_OFFSET},
    segment::Segment,
    sync::{Arc, AtomicPtr, AtomicU64, Ordering},
};

/// The greatest segment, in bytes.
pub(crate) const MAX_CAPACITY: usize = 128 << 20;
/// Segments that may have producers at the same time.
const SLOTS: usize = 8;

const OFFSET_BITS: u32 = 28;
const INDEX_BITS: u32 = 24;
const OFFSET_MASK: u64 = (1 << OFFSET_BITS) - 1;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;
const ONE_RECORD: u64 = 1 << OFFSET_BITS;
const GENERATIONS: u64 = 1 << (64 - OFFSET_BITS - INDEX_BITS);
/// The offset of a cursor whose segment is sealed.
const FULL: u64 = OFFSET_MASK;

const _: () = {
    let units = ((MAX_CAPACITY - FRAMES_OFFSET) / FRAME_ALIGNMENT) as u64;
    assert!(units < FULL, "no offset within a segment means that it is full");
    assert!(
        units / (FRAME_HEADER / FRAME_ALIGNMENT) as u64 <= INDEX_MASK,
        "the index has room for each record of a segment"
    );
};

/// Where a segment ends: the value of its cursor at the exchange that marked it as full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seal {
    /// Records reserved in it.
    pub records: u64,
    /// From the beginning of the file, in bytes.
    pub end: usize,
}

/// The result of an attempt to reserve.
pub(crate) enum Reservation {
    Claimed(Claim),
    /// The segment is full. The one caller that marked it so gets the seal, and must pass it on.
    Full(Option<Seal>),
}

/// The right to write one frame, and the duty to publish it.
///
/// Dropping it without publishing leaves a hole: readers wait there until the spool is opened again.
pub(crate) struct Claim {
    segment: *const Segment,
    index: u64,
    at: usize,
    length: usize,
}

/// The cursor, and the segments that it may point into.
pub(crate) struct SegmentCursor {
    word: CacheAligned,
    capacity: u64,
    slots: [AtomicPtr<Segment>; SLOTS],
}

/// Alone in its cache lines: producers contend for it, which must not slow down others.
#[repr(align(128))]
struct CacheAligned(AtomicU64);

impl SegmentCursor {
    /// Without a segment, as if one had just been sealed. Segments will have `capacity` bytes.
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > FRAMES_OFFSET && capacity <= MAX_CAPACITY, "the builder checks the size of segments");
        let capacity = ((capacity - FRAMES_OFFSET) / FRAME_ALIGNMENT) as u64;
        Self {
            word: CacheAligned(AtomicU64::new((GENERATIONS - 1) << (OFFSET_BITS + INDEX_BITS) | FULL)),
            capacity,
            slots: std::array::from_fn(|_| AtomicPtr::new(std::ptr::null_mut())),
        }
    }

    /// Reserves a frame of `length` bytes, padding included.
    pub fn reserve(&self, length: usize) -> Reservation {
        let units = (length / FRAME_ALIGNMENT) as u64;
        let mut cursor = self.word.0.load(Ordering::Relaxed);
        loop {
            let offset = cursor & OFFSET_MASK;
            if offset == FULL {
                return Reservation::Full(None);
            }
            let fits = units <= self.capacity - offset;
            let next = if fits { cursor + (ONE_RECORD | units) } else { cursor | FULL };
            match self.word.0.compare_exchange_weak(cursor, next, Ordering::AcqRel, Ordering::Relaxed) {
                Err(now) => cursor = now,
                Ok(_) if !fits => return Reservation::Full(Self::seal_of(cursor)),
                Ok(_) => {
                    return Reservation::Claimed(Claim {
                        segment: self.slot(generation(cursor)).load(Ordering::Acquire),
                        index: index(cursor),
                        at: FRAMES_OFFSET + to_bytes(offset),
                        length,
                    });
                }
            }
        }
    }

    /// Seals the current segment before it is full. `None` if it is sealed already.
    ///
    /// Call it only while no other segment can be installed, because it would seal that one instead.
    pub fn seal(&self) -> Option<Seal> {
        Self::seal_of(self.word.0.fetch_or(FULL, Ordering::AcqRel))
    }

    fn seal_of(cursor: u64) -> Option<Seal> {
        let offset = cursor & OFFSET_MASK;
        (offset != FULL).then(|| Seal { records: index(cursor), end: FRAMES_OFFSET + to_bytes(offset) })
    }

    /// Whether the current segment is sealed and no other one is installed.
    pub fn is_full(&self) -> bool {
        self.word.0.load(Ordering::Acquire) & OFFSET_MASK == FULL
    }

    /// How much of the current segment is reserved; `None` when it is full.
    pub fn reserved(&self) -> Option<Seal> {
        Self::seal_of(self.word.0.load(Ordering::Acquire))
    }

    /// Whether [`SegmentCursor::install`] has a free slot: the previous segment in it must have been released.
    pub fn has_room(&self) -> bool {
        self.next_slot().1.load(Ordering::Acquire).is_null()
    }

    /// The generation of the next segment to be installed.
    pub fn next_generation(&self) -> u64 {
        self.next_slot().0
    }

    /// Makes a segment current. Only when full, and never by two threads at once.
    pub fn install(&self, segment: &Arc<Segment>) {
        assert!(self.is_full(), "a segment is installed after a sealed one");
        let room = (segment.mapping().length() - FRAMES_OFFSET) / FRAME_ALIGNMENT;
        assert!(self.capacity <= room as u64, "reservations lie in the segment");
        let (generation, slot) = self.next_slot();
        let before = slot.swap(Arc::into_raw(Arc::clone(segment)).cast_mut(), Ordering::AcqRel);
        assert!(before.is_null(), "a slot is released before it is used again");
        // Release: a thread that reserves sees the slot.
        self.word.0.store(generation << (OFFSET_BITS + INDEX_BITS), Ordering::Release);
    }

    /// Forgets a segment that is sealed and whose frames are all published.
    pub fn release(&self, generation: u64, segment: &Segment) {
        assert!(segment.is_complete(), "a segment with producers is not released");
        let pointer = self.slot(generation).swap(std::ptr::null_mut(), Ordering::AcqRel);
        if !pointer.is_null() {
            // SAFETY: from `Arc::into_raw` in `install`, and taken out of the slot by this swap alone. Claims point to it
            // without owning it, but there are none: each reserved frame of it is published, which is a claim's last
            // access, and nothing is reserved in a sealed segment.
            drop(unsafe { Arc::from_raw(pointer) });
        }
    }

    fn next_slot(&self) -> (u64, &AtomicPtr<Segment>) {
        let generation = (generation(self.word.0.load(Ordering::Acquire)) + 1) % GENERATIONS;
        (generation, self.slot(generation))
    }

    fn slot(&self, generation: u64) -> &AtomicPtr<Segment> {
        &self.slots[usize::try_from(generation).expect("12 bits fit into an address") % SLOTS]
    }
}

impl Drop for SegmentCursor {
    fn drop(&mut self) {
        for slot in &self.slots {
            let pointer = slot.swap(std::ptr::null_mut(), Ordering::AcqRel);
            if !pointer.is_null() {
                // SAFETY: from `Arc::into_raw` in `install`; with `&mut self` there is no claim, which lives within a call
                // of the spool that owns the cursor.
                drop(unsafe { Arc::from_raw(pointer) });
            }
        }
    }
}

impl Claim {
    /// Writes the frame and publishes it. The parts have `length` − 16 bytes together, without the padding.
    ///
    /// Returns the sequence of the record.
    pub fn publish(self, length: u32, parts: &[&[u8]]) -> u64 {
        // SAFETY: the slot held the segment when its generation was in the cursor that gave this claim, and it is not
        // released before this claim is published (see `release`).
        let segment = unsafe { &*self.segment };
        let sequence = segment.base() + self.index;
        let word = segment.salt().publish_word(length, sequence, parts);
        // SAFETY: the range is this claim's; the lengths add up to it (asserted).
        unsafe {
            segment.mapping().write_claimed(self.at + FRAME_ALIGNMENT, &segment.salt().cover(sequence).to_le_bytes());
            let mut at = self.at + FRAME_HEADER;
            for part in parts {
                assert!(at + part.len() <= self.at + self.length, "the parts of a record fit its claim");
                segment.mapping().write_claimed(at, part);
                at += part.len();
            }
        }
        #[cfg(loom)]
        segment.mapping().publish_modelled(self.at, word);
        #[cfg(not(loom))]
        {
            #[cfg(any(test, feature = "simulation"))]
            let heap = segment.mapping().heap();
            #[cfg(any(test, feature = "simulation"))]
            let _alone = heap.as_deref().map(super::HeapFile::exclude);
            let address = segment.mapping().claimed_word(self.at);
            // SAFETY: in the mapping, aligned as every claim is, and written by atomic stores alone. The mapping may be
            // unmapped as soon as the store is seen; nothing touches it afterwards.
            unsafe { AtomicU64::from_ptr(address) }.store(word, Ordering::Release);
        }
        sequence
    }

    /// Writes the payload but does not publish it, as if the process had been killed just before.
    #[cfg(any(test, feature = "simulation"))]
    pub fn abandon(self, payload: &[u8]) {
        // SAFETY: as in `publish`; the range is this claim's and is never published, so that the segment stays.
        unsafe {
            let segment = &*self.segment;
            let sequence = segment.base() + self.index;
            segment.mapping().write_claimed(self.at + FRAME_ALIGNMENT, &segment.salt().cover(sequence).to_le_bytes());
            let payload = &payload[..payload.len().min(self.length - FRAME_HEADER)];
            segment.mapping().write_claimed(self.at + FRAME_HEADER, payload);
        }
    }
}

fn generation(cursor: u64) -> u64 {
    cursor >> (OFFSET_BITS + INDEX_BITS)
}

fn index(cursor: u64) -> u64 {
    cursor >> OFFSET_BITS & INDEX_MASK
}

fn to_bytes(units: u64) -> usize {
    usize::try_from(units).expect("28 bits fit into an address") * FRAME_ALIGNMENT
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::disk::simulated::SimulatedDirectory;

    #[test]
    fn cursor_survives_many_threads_at_the_end() {
        const CAPACITY: usize = 2 * FRAMES_OFFSET;
        const THREADS: usize = if cfg!(miri) { 4 } else { 64 };
        let segment = Segment::prepare(&SimulatedDirectory::default(), 1, CAPACITY as u64).unwrap();
        let cursor = SegmentCursor::new(CAPACITY);
        segment.activate(1, 0);
        cursor.install(&segment);
        let (claimed, seals) = std::thread::scope(|scope| {
            let race = || {
                let (mut claimed, mut seals) = (0, Vec::new());
                for _ in 0..50 {
                    match cursor.reserve(FRAMES_OFFSET - 8) {
                        Reservation::Claimed(claim) => {
                            claim.publish(16, &[]);
                            claimed += 1;
                        }
                        Reservation::Full(seal) => seals.extend(seal),
                    }
                    seals.extend(cursor.seal());
                }
                (claimed, seals)
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(race)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).fold(
                (0, Vec::new()),
                |mut all, (claimed, seals)| {
                    all.1.extend(seals);
                    (all.0 + claimed, all.1)
                },
            )
        });
        let word = cursor.word.0.load(Ordering::Relaxed);
        // Refused reservations have not changed the other parts.
        assert_eq!((generation(word), index(word), word & OFFSET_MASK), (0, claimed, FULL));
        assert_eq!(seals.len(), 1, "one thread gets the seal: {seals:?}");
        assert_eq!(seals[0].records, claimed);
        assert!(seals[0].end <= CAPACITY);
    }
}
