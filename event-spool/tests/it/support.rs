//! Shared helpers of the tests.

use event_spool::{FlushPolicy, Reader, Sequence, Spool, SpoolBuilder};

/// Segments of 8 KiB: 4 KiB of frames, so that everything happens often.
pub fn small() -> SpoolBuilder {
    Spool::builder().segment_bytes(8192).max_bytes(1 << 20).flush_policy(FlushPolicy::Explicit)
}

/// A record of varying size that contains its number.
pub fn record(number: u64) -> Vec<u8> {
    let mut bytes = format!("record {number} ").into_bytes();
    let length = bytes.len() + usize::try_from(number * 37 % 400).expect("below 400");
    bytes.resize(length, u8::try_from(number % 251).expect("below 251"));
    bytes
}

/// Everything that the reader can read now.
pub fn drain(reader: &mut Reader) -> Vec<(u64, Vec<u8>)> {
    let mut records = Vec::new();
    while let Some(record) = reader.next().expect("the records can be read") {
        records.push((record.sequence.get(), record.bytes.to_vec()));
    }
    records
}

/// Appends the records of these numbers, which must get the same sequences.
#[track_caller]
pub fn append(spool: &Spool, numbers: std::ops::RangeInclusive<u64>) {
    for number in numbers {
        assert_eq!(spool.append(&record(number)).expect("there is room"), Sequence::new(number));
    }
}

/// The records of these numbers, as a reader returns them.
pub fn expected(numbers: std::ops::RangeInclusive<u64>) -> Vec<(u64, Vec<u8>)> {
    numbers.map(|number| (number, record(number))).collect()
}

/// Pseudo-random numbers (`splitmix64`), the same for the same seed.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A number from the environment, for long runs.
pub fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("`{name}` is no number")))
}
