//! Finds the valid frames of a segment without producers; never panics, whatever the bytes are.

use std::ops::Range;

use crate::format::{FRAME_ALIGNMENT, FRAME_HEADER, FRAMES_OFFSET, Frame, Salt, claimed_length, padded, u64_at};

/// The valid frames of a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SegmentScan {
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub records: u64,
    /// After the last valid frame, padding included, or after the first page.
    pub end: usize,
}

/// Bytes that are not a valid frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScanGap {
    pub kind: ScanGapKind,
    pub range: Range<usize>,
    /// The sequences missing between the frames around it; empty if unknown.
    pub missing: Range<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScanGapKind {
    Hole,
    Corrupt,
    TornTail,
}

/// The first valid frame at `from` or later whose sequence is possible after `after`.
///
/// With neither a base nor an earlier frame, any sequence is possible.
pub(crate) fn next_frame(bytes: &[u8], from: usize, salt: Salt, after: Option<u64>) -> Option<Frame> {
    // Each record between has had a frame, so a sequence cannot be further away than there are frames in a segment.
    let reach = (bytes.len() / FRAME_HEADER) as u64;
    let allowed = match after {
        Some(after) => after.saturating_add(1)..=after.saturating_add(1 + reach),
        None => 1..=u64::MAX,
    };
    (from..bytes.len()).step_by(FRAME_ALIGNMENT).find_map(|at| Frame::in_bytes(bytes, at, salt, &allowed))
}

/// Lower bound of the number of records in the bytes after the last valid frame. A published record has a length.
pub(crate) fn records_in_tail(tail: &[u8]) -> u64 {
    let (mut records, mut at) = (0, 0);
    while let Some(word) = tail.get(at..at + FRAME_ALIGNMENT).map(|word| u64_at(word, 0)).filter(|&word| word != 0) {
        records += 1;
        match claimed_length(word) {
            length @ FRAME_HEADER.. => at = at.saturating_add(padded(length)),
            _ => break,
        }
    }
    records
}

/// Scans a segment from its first frame, and reports each gap. `base` is its first sequence, if known.
pub(crate) fn scan(bytes: &[u8], salt: Salt, base: Option<u64>, on_gap: &mut dyn FnMut(&ScanGap)) -> SegmentScan {
    let mut found = SegmentScan { end: FRAMES_OFFSET.min(bytes.len()), ..SegmentScan::default() };
    let mut before = base.map(|base| base.saturating_sub(1));
    while let Some(frame) = next_frame(bytes, found.end, salt, before) {
        if frame.at > found.end {
            let missing = before.map_or(0..0, |before| before + 1..frame.sequence);
            let kind = if u64_at(bytes, found.end) == 0 { ScanGapKind::Hole } else { ScanGapKind::Corrupt };
            on_gap(&ScanGap { kind, range: found.end..frame.at, missing });
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
        let until = (found.end + last + 1).max(found.end + FRAME_ALIGNMENT).min(bytes.len());
        if until >= found.end + FRAME_ALIGNMENT {
            on_gap(&ScanGap { kind: ScanGapKind::TornTail, range: found.end..until, missing: 0..0 });
        }
    }
    found
}
