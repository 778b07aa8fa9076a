//! Determines which sequences have no record, and how many of them are lost records; reads no segment itself.

use std::ops::Range;

use super::{Recovered, ScanGap, ScanGapKind, SegmentScan, scan::records_in_tail};
use crate::{
    disk::Directory,
    format::{FRAME_HEADER, FRAMES_OFFSET},
    gaps::Gaps,
};

/// The sequences that are missing from the segments, in order.
#[derive(Debug, Default)]
pub(super) struct MissingRecords {
    ranges: Vec<(Range<u64>, GapCause)>,
    /// The expected first sequence of the next segment.
    expected: Option<u64>,
    /// Bytes of the last segment and of the unreadable ones after it.
    reach: u64,
    has_refused: bool,
    /// Records that were in the bytes after the last valid frame.
    tail: u64,
}

/// Why there is no record.
#[derive(Clone, Copy, Debug)]
enum GapCause {
    Damage,
    /// A producer was killed before it had published it.
    Unfinished,
    /// Damage, unless there are more sequences than segments of this size can have had: then a recovery has skipped them.
    Between {
        reach: u64,
    },
    /// The sequences were never assigned.
    LeftOut,
}

impl MissingRecords {
    /// Adds a segment that was scanned.
    pub fn note_segment(
        &mut self,
        bytes: &[u8],
        base: Option<u64>,
        found: &SegmentScan,
        gaps: &[ScanGap],
        is_of_this_boot: bool,
    ) {
        let Some(start) = base.or(found.first) else { return };
        let before = self.expected.or(self.has_refused.then_some(1));
        self.ranges.extend(before.map(|before| (before..start, GapCause::Between { reach: self.reach })));
        self.tail = 0;
        for gap in gaps {
            let cause = match gap.kind {
                ScanGapKind::TornTail => {
                    self.tail = records_in_tail(&bytes[gap.range.clone()]);
                    continue;
                }
                ScanGapKind::Hole if is_of_this_boot => GapCause::Unfinished,
                ScanGapKind::Hole | ScanGapKind::Corrupt => GapCause::Damage,
            };
            self.ranges.push((gap.missing.clone(), cause));
        }
        self.expected = Some(found.last.map_or(start, |last| last + 1).max(self.expected.unwrap_or(0)));
        self.reach = bytes.len() as u64;
        self.has_refused = false;
    }

    /// Adds a segment without a readable header.
    pub fn note_refused(&mut self, bytes: &[u8]) {
        self.has_refused = true;
        self.reach += bytes.len() as u64;
        self.tail += bytes.get(FRAMES_OFFSET..).map_or(0, records_in_tail);
    }

    /// Counts missing sequences that are not acknowledged and were not counted before.
    pub fn count_into(mut self, disk: &dyn Directory, recovered: &mut Recovered) {
        let acknowledged = recovered.readers.values().map(|reader| reader.acknowledged()).min().unwrap_or(0);
        let known = Gaps::load(disk);
        // These sequences are not assigned again: a counted range is not counted twice if the bytes could not be truncated.
        let start = self.expected.unwrap_or(acknowledged.saturating_add(1));
        let tail = start..start.saturating_add(self.tail);
        recovered.next_sequence = recovered.next_sequence.max(tail.end);
        self.ranges.push((tail, GapCause::Damage));
        if let Some(expected) = self.expected {
            self.ranges.push((expected..recovered.next_sequence, GapCause::LeftOut));
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
                GapCause::Damage => report.damaged_records += new,
                GapCause::Between { reach } if end - first < reach / FRAME_HEADER as u64 => {
                    report.damaged_records += new;
                }
                GapCause::Unfinished => report.unfinished_records += new,
                GapCause::Between { .. } | GapCause::LeftOut => {}
            }
        }
        recovered.gaps_changed = recovered.gaps != known;
    }
}
