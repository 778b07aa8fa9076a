//! Which records are assigned to which index: ranges that do not overlap; the latest intent wins.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Ranges of sequences, each with an index.
#[derive(Clone, Debug, Default)]
pub(super) struct IndexAssignments {
    /// First to last and index.
    ranges: BTreeMap<u64, (u64, Arc<str>)>,
}

impl IndexAssignments {
    /// The index to which a record is assigned.
    pub(super) fn find(&self, sequence: u64) -> Option<&Arc<str>> {
        let (_, (last, index)) = self.ranges.range(..=sequence).next_back()?;
        (*last >= sequence).then_some(index)
    }

    /// Whether all records of the range are assigned to the index. Adjacent ranges are joined, so it is enough to look at one.
    pub(super) fn covers(&self, first: u64, last: u64, index: &str) -> bool {
        let range = self.ranges.range(..=first).next_back();
        range.is_some_and(|(_, (end, of))| *end >= last && **of == *index)
    }

    /// The last record that is assigned, 0 when there is none.
    pub(super) fn last(&self) -> u64 {
        self.ranges.values().next_back().map_or(0, |(last, _)| *last)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64, &Arc<str>)> {
        self.ranges.iter().map(|(first, (last, index))| (*first, *last, index))
    }

    /// Assigns the range to this index.
    pub(super) fn set(&mut self, first: u64, last: u64, index: &Arc<str>) {
        self.cut(first, last);
        let mut joined = (first, last);
        if let Some((&before, (end, of))) = self.ranges.range(..first).next_back()
            && *end + 1 == first
            && of == index
        {
            joined.0 = before;
        }
        if let Some((&after, (end, of))) = self.ranges.range(last..).next()
            && last + 1 == after
            && of == index
        {
            joined.1 = *end;
            self.ranges.remove(&after);
        }
        self.ranges.insert(joined.0, (joined.1, Arc::clone(index)));
    }

    /// Drops the assignments of records up to and including this one.
    pub(super) fn forget(&mut self, through: u64) {
        self.cut(0, through);
    }

    fn cut(&mut self, first: u64, last: u64) {
        if let Some((&before, (end, index))) = self.ranges.range(..first).next_back()
            && *end >= first
        {
            let (end, index) = (*end, Arc::clone(index));
            self.ranges.insert(before, (first - 1, Arc::clone(&index)));
            if end > last {
                self.ranges.insert(last + 1, (end, index));
            }
        }
        while let Some((&inside, _)) = self.ranges.range(first..=last).next() {
            let (end, index) = self.ranges.remove(&inside).expect("it was found");
            if end > last {
                self.ranges.insert(last + 1, (end, index));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IndexAssignments;
    use std::sync::Arc;

    fn text(assignments: &IndexAssignments) -> String {
        let rows: Vec<String> =
            assignments.iter().map(|(first, last, index)| format!("{first}-{last}{index}")).collect();
        rows.join(" ")
    }

    #[track_caller]
    fn check(sets: &[(u64, u64, &str)], wanted: &str) {
        let mut assignments = IndexAssignments::default();
        let mut model = vec![None; 64];
        for &(first, last, index) in sets {
            assignments.set(first, last, &Arc::from(index));
            for sequence in first..=last {
                model[usize::try_from(sequence).unwrap()] = Some(index);
            }
        }
        assert_eq!(text(&assignments), wanted);
        for (sequence, index) in (0..).zip(model) {
            assert_eq!(assignments.find(sequence).map(|index| &**index), index, "record {sequence}");
        }
    }

    #[test]
    fn latest_intent_wins() {
        check(&[(1, 5, "a"), (6, 9, "a")], "1-9a");
        check(&[(6, 9, "a"), (1, 5, "a")], "1-9a");
        check(&[(1, 9, "a"), (4, 5, "b")], "1-3a 4-5b 6-9a");
        check(&[(1, 9, "a"), (4, 5, "b"), (4, 5, "a")], "1-9a");
        check(&[(1, 3, "a"), (5, 7, "b"), (2, 6, "c")], "1-1a 2-6c 7-7b");
        check(&[(1, 3, "a"), (5, 7, "b"), (1, 9, "c")], "1-9c");
        check(&[(5, 7, "b"), (1, 5, "c")], "1-5c 6-7b");
    }

    #[test]
    fn forgotten_records_have_no_index() {
        let mut assignments = IndexAssignments::default();
        assignments.set(1, 5, &Arc::from("a"));
        assignments.set(8, 9, &Arc::from("b"));
        assignments.forget(3);
        assert_eq!((text(&assignments).as_str(), assignments.last()), ("4-5a 8-9b", 9));
        assert!(
            assignments.covers(4, 5, "a")
                && !assignments.covers(4, 6, "a")
                && !assignments.covers(4, 5, "b")
                && !assignments.covers(3, 4, "a")
        );
        assignments.forget(20);
        assert_eq!((text(&assignments).as_str(), assignments.last()), ("", 0));
    }
}
