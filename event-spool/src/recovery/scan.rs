//! Finds the valid frames of a segment that has no producers; never panics, whatever the bytes are.

use std::ops::Range;

use crate::format::{FRAME_HEADER, FRAMES, Frame, Salt, UNIT, claimed_length, padded, u64_at};

/// What a segment has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub records: u64,
    /// Behind the last valid frame, padding included, or behind the first page.
    pub end: usize,
}

/// Bytes that are no valid frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub kind: GapKind,
    pub range: Range<usize>,
    /// The sequences that are left out between the frames around it; empty where that is not known.
    pub missing: Range<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GapKind {
    Hole,
    Corrupt,
    TornTail,
}

/// Which frame comes at `from` or later, the first that is valid and has a sequence in this range.
///
/// With neither a base nor a frame before, any sequence is possible.
pub(crate) fn next_frame(bytes: &[u8], from: usize, salt: Salt, after: Option<u64>) -> Option<Frame> {
    // Each record between has had a frame, so a sequence cannot be further away than there are frames in a segment.
    let reach = (bytes.len() / FRAME_HEADER) as u64;
    let allowed = match after {
        Some(after) => after.saturating_add(1)..=after.saturating_add(1 + reach),
        None => 1..=u64::MAX,
    };
    (from..bytes.len()).step_by(UNIT).find_map(|at| Frame::in_bytes(bytes, at, salt, &allowed))
}

/// How many records the bytes behind the last valid frame had, at least. One that was published had a length.
pub(crate) fn records_in_tail(tail: &[u8]) -> u64 {
    let (mut records, mut at) = (0, 0);
    while let Some(word) = tail.get(at..at + UNIT).map(|word| u64_at(word, 0)).filter(|&word| word != 0) {
        records += 1;
        match claimed_length(word) {
            length @ FRAME_HEADER.. => at = at.saturating_add(padded(length)),
            _ => break,
        }
    }
    records
}

/// Scans a segment from its first frame, and reports each gap. `base` is its first sequence, if known.
pub(crate) fn scan(bytes: &[u8], salt: Salt, base: Option<u64>, on_gap: &mut dyn FnMut(&Gap)) -> Scan {
    let mut found = Scan { end: FRAMES.min(bytes.len()), ..Scan::default() };
    let mut before = base.map(|base| base.saturating_sub(1));
    while let Some(frame) = next_frame(bytes, found.end, salt, before) {
        if frame.at > found.end {
            let missing = before.map_or(0..0, |before| before + 1..frame.sequence);
            let kind = if u64_at(bytes, found.end) == 0 { GapKind::Hole } else { GapKind::Corrupt };
            on_gap(&Gap { kind, range: found.end..frame.at, missing });
        }
        found.first.get_or_insert(frame.sequence);
        found.last = Some(frame.sequence);
        before = found.last;
        found.records += 1;
        // The padding of the last frame may have been cut off.
        found.end = frame.end().min(bytes.len());
    }
    let tail = &bytes[found.end..];
    if let Some(last) = tail.iter().rposition(|&byte| byte != 0) {
        let until = (found.end + last + 1).max(found.end + UNIT).min(bytes.len());
        if until >= found.end + UNIT {
            on_gap(&Gap { kind: GapKind::TornTail, range: found.end..until, missing: 0..0 });
        }
    }
    found
}
