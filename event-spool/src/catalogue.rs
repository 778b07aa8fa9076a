//! Which segments there are, from the oldest to the one that is appended to; does no IO.

use std::{collections::VecDeque, io};

use crate::{
    mapping::{Handoff, Seal},
    segment::Segment,
    sync::Arc,
};

/// One segment that has, or may get, records.
#[derive(Debug)]
pub(crate) struct Entry {
    pub number: u64,
    /// The first sequence.
    pub first: u64,
    /// The last sequence; `None` while the segment is open.
    pub last: Option<u64>,
    /// Valid records; zero while the segment is open.
    pub records: u64,
    /// Where its frames end, in bytes; zero while the segment is open.
    pub end: usize,
    /// What it takes on disk.
    pub file_bytes: u64,
    /// When it became current, in milliseconds since 1970, if known.
    pub activated_ms: Option<u64>,
    /// Of this process, and not yet known to be synced in full.
    pub live: Option<Live>,
}

/// A segment of this process.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    pub segment: Arc<Segment>,
    pub generation: u64,
    /// Whether the hand-off has forgotten it.
    pub released: bool,
}

/// All segments.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// By number, which is by sequence. At most the last is open.
    pub entries: VecDeque<Entry>,
    /// Ready to become current.
    pub spare: Option<Arc<Segment>>,
    /// Whether the background thread is making a spare at this moment.
    pub preparing: bool,
    /// Why the last attempt to make a segment failed, until one succeeds.
    pub no_segment: Option<io::ErrorKind>,
    pub next_number: u64,
    /// The base of the next segment.
    pub next_base: u64,
}

impl Catalogue {
    /// Bytes on disk, the spare included.
    pub fn bytes(&self) -> u64 {
        let spare = self.spare.as_ref().map_or(0, |spare| spare.mapping().length() as u64);
        self.entries.iter().map(|entry| entry.file_bytes).sum::<u64>() + spare
    }

    /// The segment that is appended to.
    pub fn open_segment(&self) -> Option<&Live> {
        self.entries.back().filter(|entry| entry.last.is_none()).and_then(|entry| entry.live.as_ref())
    }

    /// The entry of a segment, by its number.
    pub fn find(&self, number: u64) -> Option<&Entry> {
        let at = self.entries.binary_search_by_key(&number, |entry| entry.number).ok()?;
        self.entries.get(at)
    }

    /// Puts a new current segment behind the others.
    pub fn push_open(&mut self, segment: &Arc<Segment>, generation: u64) {
        self.entries.push_back(Entry {
            number: segment.number(),
            first: segment.base(),
            last: None,
            records: 0,
            end: 0,
            file_bytes: segment.mapping().length() as u64,
            activated_ms: segment.activated_ms(),
            live: Some(Live { segment: Arc::clone(segment), generation, released: false }),
        });
    }

    /// Notes where the current segment ends.
    pub fn seal(&mut self, seal: Seal) {
        let Some(entry) = self.entries.back_mut().filter(|entry| entry.last.is_none()) else { return };
        let Some(live) = &entry.live else { return };
        live.segment.seal(seal);
        entry.records = seal.records;
        entry.end = seal.end;
        entry.last = Some(entry.first + seal.records - 1);
        self.next_base = entry.first + seal.records;
    }

    /// Lets go of what needs no more attention: slots of segments without producers, mappings of those that are on disk.
    pub fn release(&mut self, handoff: &Handoff) {
        for entry in &mut self.entries {
            let Some(live) = &mut entry.live else { continue };
            if !live.segment.is_complete() {
                continue;
            }
            if !live.released {
                handoff.release(live.generation, &live.segment);
                live.released = true;
            }
            if live.segment.has_failed() || live.segment.synced() >= entry.end {
                entry.live = None;
            }
        }
    }

    /// Takes the oldest segment out, if it is sealed and has no producers.
    pub fn pop_oldest(&mut self, handoff: &Handoff) -> Option<Entry> {
        let oldest = self.entries.front()?;
        oldest.last?;
        if let Some(live) = &oldest.live {
            if !live.segment.is_complete() {
                return None;
            }
            if !live.released {
                handoff.release(live.generation, &live.segment);
            }
        }
        self.entries.pop_front()
    }

    /// The first sequence that is there or will be.
    pub fn oldest(&self) -> u64 {
        self.entries.front().map_or(self.next_base, |entry| entry.first)
    }
}

impl Entry {
    /// Records behind this sequence. Of a segment with holes, perhaps a few too many.
    pub fn remaining(&self, acknowledged: u64) -> u64 {
        let last = self.last.unwrap_or(u64::MAX);
        last.saturating_sub(acknowledged).min(self.records)
    }
}
