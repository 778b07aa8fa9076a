//! Which sequences have no record, and how many of them are records that were lost; reads no segment itself.

use std::ops::Range;

use super::{Gap, GapKind, Recovered, Scan, scan::records_in_tail};
use crate::{
    disk::Directory,
    format::{FRAME_HEADER, FRAMES},
    gaps::Gaps,
};

/// What the segments miss, in their order.
#[derive(Debug, Default)]
pub(super) struct Missing {
    ranges: Vec<(Range<u64>, Cause)>,
    /// The sequence that the next segment should begin with.
    expected: Option<u64>,
    /// Bytes of the last segment and of those behind it that cannot be read.
    reach: u64,
    has_refused: bool,
    /// Records that the bytes behind the last valid frame had.
    tail: u64,
}

/// Why there is no record.
#[derive(Clone, Copy, Debug)]
enum Cause {
    Damage,
    /// A producer was killed before it had published it.
    Unfinished,
    /// Damage, unless it is more than segments of this size can have had: then a recovery has left these sequences out.
    Between {
        reach: u64,
    },
    /// Nobody has had these sequences.
    LeftOut,
}

impl Missing {
    /// Takes in a segment that was scanned.
    pub fn note_segment(&mut self, bytes: &[u8], base: Option<u64>, found: &Scan, gaps: &[Gap], is_of_this_boot: bool) {
        let Some(start) = base.or(found.first) else { return };
        let before = self.expected.or(self.has_refused.then_some(1));
        self.ranges.extend(before.map(|before| (before..start, Cause::Between { reach: self.reach })));
        self.tail = 0;
        for gap in gaps {
            let cause = match gap.kind {
                GapKind::TornTail => {
                    self.tail = records_in_tail(&bytes[gap.range.clone()]);
                    continue;
                }
                GapKind::Hole if is_of_this_boot => Cause::Unfinished,
                GapKind::Hole | GapKind::Corrupt => Cause::Damage,
            };
            self.ranges.push((gap.missing.clone(), cause));
        }
        self.expected = Some(found.last.map_or(start, |last| last + 1).max(self.expected.unwrap_or(0)));
        self.reach = bytes.len() as u64;
        self.has_refused = false;
    }

    /// Takes in a segment that has no readable header.
    pub fn note_refused(&mut self, bytes: &[u8]) {
        self.has_refused = true;
        self.reach += bytes.len() as u64;
        self.tail += bytes.get(FRAMES..).map_or(0, records_in_tail);
    }

    /// Counts what is not acknowledged and was not counted before.
    pub fn settle(mut self, disk: &dyn Directory, recovered: &mut Recovered) {
        let acknowledged = recovered.readers.values().map(|reader| reader.acknowledged()).min().unwrap_or(0);
        let known = Gaps::load(disk);
        // Not given once more: a range that was counted is not counted again where the bytes could not be cut off.
        let start = self.expected.unwrap_or(acknowledged.saturating_add(1));
        let tail = start..start.saturating_add(self.tail);
        recovered.next_sequence = recovered.next_sequence.max(tail.end);
        self.ranges.push((tail, Cause::Damage));
        if let Some(expected) = self.expected {
            self.ranges.push((expected..recovered.next_sequence, Cause::LeftOut));
        }
        let report = &mut recovered.report;
        for (range, cause) in self.ranges {
            let (first, end) = (range.start.max(acknowledged + 1), range.end);
            if first >= end {
                continue;
            }
            let new = end - first - known.count(first, end - 1);
            recovered.gaps.insert(first, end - 1);
            match cause {
                Cause::Damage => report.damaged_records += new,
                Cause::Between { reach } if end - first < reach / FRAME_HEADER as u64 => report.damaged_records += new,
                Cause::Unfinished => report.unfinished_records += new,
                Cause::Between { .. } | Cause::LeftOut => {}
            }
        }
        recovered.gaps_changed = recovered.gaps != known;
    }
}
