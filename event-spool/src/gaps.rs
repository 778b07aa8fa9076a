//! Ranges of sequences without a record, and the file that lists those already accounted for; knows no segments.
//!
//! # Format of `gaps`
//! ```text
//! 0   magic, b"EVSPGAP\0"     8   version of the format (u32)    12  CRC-32C of the other bytes, in their order
//! 16  ranges of 16 bytes:     0   first sequence (u64)           8   last sequence (u64)
//! ```
//! Each range was counted as damage, or was skipped on purpose. A recovery counts missing sequences that are in no range, so that
//! a later one does not count them again. The file is replaced as a whole. If it is absent, damaged or of another version, it
//! counts as empty: damage may then be counted again, but none is concealed.

use std::{collections::BTreeMap, io};

use crate::{
    disk::{Directory, read_up_to, replace, uninterrupted},
    format::{u32_at, u64_at},
};

/// The name of the file.
pub(crate) const FILE: &str = "gaps";

const MAGIC: [u8; 8] = *b"EVSPGAP\0";
const VERSION: u32 = 1;
const HEADER: usize = 16;
const RANGE: usize = 16;
/// Maximum number of ranges in the file: 1 MiB. A disk that returns noise must not fill itself.
const MAX_RANGES: usize = (1 << 16) - 1;

/// Ranges of sequences, apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gaps(BTreeMap<u64, u64>);

impl Gaps {
    /// Adds a range, and returns how many of its sequences were in no range before.
    pub fn insert(&mut self, first: u64, last: u64) -> u64 {
        if first > last {
            return 0;
        }
        let added = last - first + 1 - self.count(first, last);
        let (mut first, mut last) = (first, last);
        if let Some((&before, &end)) = self.0.range(..=first).next_back()
            && end.saturating_add(1) >= first
        {
            first = before;
            last = last.max(end);
        }
        while let Some((&after, &end)) = self.0.range(first..=last.saturating_add(1)).next() {
            self.0.remove(&after);
            last = last.max(end);
        }
        self.0.insert(first, last);
        added
    }

    /// How many sequences from `first` to `last` are in a range.
    pub fn count(&self, first: u64, last: u64) -> u64 {
        let reaching = self.0.range(..=last).rev().take_while(|&(_, &end)| end >= first);
        reaching.map(|(&start, &end)| end.min(last) - start.max(first) + 1).sum()
    }

    /// Removes all sequences up to and including this one.
    pub fn forget_through(&mut self, sequence: u64) {
        let mut behind = self.0.split_off(&sequence.saturating_add(1));
        if let Some((_, &last)) = self.0.last_key_value().filter(|&(_, &last)| last > sequence) {
            behind.insert(sequence + 1, last);
        }
        self.0 = behind;
    }

    /// The ranges, first and last, in their order.
    pub fn ranges(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {
        self.0.iter().map(|(&first, &last)| (first, last))
    }

    /// Reads the file.
    pub fn load(disk: &dyn Directory) -> Self {
        let read = || -> io::Result<Vec<u8>> {
            let file = uninterrupted(|| disk.open(FILE))?;
            let mut bytes = vec![0; HEADER + MAX_RANGES * RANGE];
            let length = read_up_to(&*file, &mut bytes, 0)?;
            bytes.truncate(length);
            Ok(bytes)
        };
        read().ok().and_then(|bytes| Self::decode(&bytes)).unwrap_or_default()
    }

    /// Replaces the file, surviving the death of the machine.
    pub fn store(&self, disk: &dyn Directory) -> io::Result<()> {
        replace(disk, FILE, &self.encode()).map(drop)
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &VERSION.to_le_bytes(), &[0; 4]].concat();
        for (first, last) in self.0.iter().rev().take(MAX_RANGES) {
            bytes.extend_from_slice(&first.to_le_bytes());
            bytes.extend_from_slice(&last.to_le_bytes());
        }
        let crc = checksum(&bytes);
        bytes[12..HEADER].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let is_whole = bytes.len() >= HEADER && bytes[..8] == MAGIC && u32_at(bytes, 12) == checksum(bytes);
        if !is_whole || u32_at(bytes, 8) != VERSION {
            return None;
        }
        let mut gaps = Self::default();
        for range in bytes[HEADER..].as_chunks::<RANGE>().0 {
            gaps.insert(u64_at(range, 0), u64_at(range, 8));
        }
        Some(gaps)
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[HEADER..])
}

#[cfg(test)]
mod tests {
    use super::Gaps;
    use crate::{
        Spool,
        disk::Directory,
        simulated::{Operation, SimulatedDirectory},
    };

    fn gaps(ranges: &[(u64, u64)]) -> Gaps {
        let mut gaps = Gaps::default();
        for &(first, last) in ranges {
            gaps.insert(first, last);
        }
        gaps
    }

    #[test]
    fn sequences_are_counted_once() {
        let mut gaps = gaps(&[(3, 5), (10, 12)]);
        assert_eq!(gaps.insert(5, 10), 4);
        assert_eq!(gaps.insert(1, 20), 10);
        assert_eq!(gaps.insert(7, 7), 0);
        assert_eq!((gaps.count(1, 20), gaps.count(19, 30), gaps.count(21, 30)), (20, 2, 0));
        assert_eq!(gaps.insert(u64::MAX, u64::MAX), 1);
    }

    #[test]
    fn part_of_a_range_can_be_forgotten() {
        let mut part = gaps(&[(1, 2), (4, 9), (12, 12)]);
        part.forget_through(6);
        assert_eq!(part, gaps(&[(7, 9), (12, 12)]));
        part.forget_through(3);
        assert_eq!(part, gaps(&[(7, 9), (12, 12)]));
        part.forget_through(12);
        assert_eq!(part, Gaps::default());
    }

    #[test]
    fn ranges_in_any_order_are_the_same() {
        assert_eq!(gaps(&[(1, 2), (3, 4), (8, 9)]), gaps(&[(8, 9), (3, 4), (1, 2)]));
        assert_eq!(gaps(&[(4, 4), (6, 6), (5, 5)]), gaps(&[(4, 6)]));
        assert_eq!(gaps(&[(4, 4), (6, 6)]).count(1, 9), 2);
    }

    #[test]
    fn file_is_read_back_whole_or_not_at_all() {
        let disk = SimulatedDirectory::default();
        assert_eq!(Gaps::load(&disk), Gaps::default());
        let stored = gaps(&[(2, 9), (20, 20)]);
        stored.store(&disk).unwrap();
        assert_eq!(Gaps::load(&disk), stored);
        gaps(&[(1, 1)]).store(&disk).unwrap();
        assert_eq!(Gaps::load(&disk), gaps(&[(1, 1)]));
        disk.open(super::FILE).unwrap().write_at(&[0xff], 17).unwrap();
        assert_eq!(Gaps::load(&disk), Gaps::default());
    }

    #[test]
    fn damage_in_many_places_costs_few_writes() {
        let disk = SimulatedDirectory::default();
        let spool = Spool::builder().segment_bytes(8192).max_bytes(1 << 20).open_simulated(&disk).unwrap();
        let replaced = |disk: &SimulatedDirectory| disk.calls(Operation::Rename);
        let before = replaced(&disk);
        for place in 1..=2000 {
            spool.note_missing(2 * place);
            if place == 1 {
                assert_eq!(Gaps::load(&disk).ranges().len(), 1, "the first is written at once");
            }
        }
        assert!(replaced(&disk) - before < 100, "{} writes", replaced(&disk) - before);
        assert_eq!(spool.stats().damaged_records, 2000);
        spool.maintain();
        assert_eq!(Gaps::load(&disk).ranges().len(), 2000);
        spool.note_missing(5001);
        assert_eq!(Gaps::load(&disk).ranges().len(), 2000, "one of so many waits");
        drop(spool);
        assert_eq!(Gaps::load(&disk).ranges().len(), 2001, "but not longer than until the end");
    }
}
