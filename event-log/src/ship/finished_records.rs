//! Which records are finished, and up to which one without a gap.

use std::collections::BTreeMap;

/// The finished records: all up to one, and ranges after it.
#[derive(Clone, Debug)]
pub(super) struct FinishedRecords {
    through: u64,
    /// First to last; not adjacent to each other, and after `through + 1`.
    beyond: BTreeMap<u64, u64>,
}

impl FinishedRecords {
    pub(super) fn new(through: u64) -> Self {
        Self { through, beyond: BTreeMap::new() }
    }

    /// All records up to and including this one are finished.
    pub(super) fn through(&self) -> u64 {
        self.through
    }

    /// Entries of the table.
    pub(super) fn ranges(&self) -> usize {
        self.beyond.len()
    }

    pub(super) fn finish(&mut self, first: u64, last: u64) {
        let mut first = first;
        let mut last = last;
        if let Some((&before, &end)) = self.beyond.range(..=first).next_back()
            && end + 1 >= first
        {
            first = before;
            last = last.max(end);
        }
        while let Some((&after, &end)) = self.beyond.range(first..=last.saturating_add(1)).next() {
            self.beyond.remove(&after);
            last = last.max(end);
        }
        if first <= self.through + 1 {
            self.through = self.through.max(last);
        } else {
            self.beyond.insert(first, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FinishedRecords;

    #[track_caller]
    fn check(calls: &[(u64, u64)], through: u64, ranges: usize) {
        let mut finished = FinishedRecords::new(10);
        for &(first, last) in calls {
            finished.finish(first, last);
        }
        assert_eq!((finished.through(), finished.ranges()), (through, ranges));
    }

    #[test]
    fn gap_holds_back_later_records() {
        check(&[], 10, 0);
        check(&[(11, 12)], 12, 0);
        check(&[(12, 13)], 10, 1);
        check(&[(12, 13), (11, 11)], 13, 0);
        check(&[(12, 12), (14, 14), (16, 16)], 10, 3);
        check(&[(12, 12), (14, 14), (13, 13)], 10, 1);
        check(&[(12, 12), (14, 14), (13, 13), (11, 11)], 14, 0);
        check(&[(14, 14), (12, 16), (11, 11)], 16, 0);
        check(&[(3, 11)], 11, 0);
        check(&[(3, 9)], 10, 0);
    }

    #[test]
    fn order_of_finishing_does_not_matter() {
        for step in [1_u64, 3, 7, 11, 13] {
            let mut finished = FinishedRecords::new(0);
            for position in 0..100 {
                let sequence = position * step % 101 + 1;
                finished.finish(sequence, sequence);
            }
            let missing = 100 * step % 101 + 1;
            assert_eq!(finished.through(), missing - 1, "step {step}");
            finished.finish(missing, missing);
            assert_eq!((finished.through(), finished.ranges()), (101, 0));
        }
    }
}
