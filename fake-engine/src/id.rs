//! Ids of documents as 16 bytes: a UUID is its own number, anything else is hashed. Sets of a million cost 20 MB.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{BuildHasherDefault, Hash as _, Hasher};

/// Ids that an index has.
pub type IdSet = HashSet<u128, BuildHasherDefault<FoldHasher>>;

/// The number that represents an id.
pub fn number(id: &[u8]) -> u128 {
    parse_uuid(id).unwrap_or_else(|| {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, id).hash(&mut hasher);
            u128::from(hasher.finish())
        };
        half(1) << 64 | half(2)
    })
}

/// Whether an id falls into a share, the same on every try and in every run.
pub fn is_in_share(number: u128, percent: u8) -> bool {
    fold(number) % 100 < u64::from(percent)
}

const NO_DIGIT: u8 = 0xff;

const DIGITS: [u8; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut digit = 0_u8;
    while digit < 16 {
        table[b"0123456789abcdef"[digit as usize] as usize] = digit;
        digit += 1;
    }
    table
};

/// Lower-case digits alone, so that two spellings of a UUID stay two ids, as they are for an engine.
fn parse_uuid(id: &[u8]) -> Option<u128> {
    let id: &[u8; 36] = id.try_into().ok()?;
    if [id[8], id[13], id[18], id[23]] != *b"----" {
        return None;
    }
    let (mut number, mut seen) = (0_u128, 0);
    for part in [&id[..8], &id[9..13], &id[14..18], &id[19..23], &id[24..]] {
        let mut half = 0_u64;
        for &byte in part {
            let digit = DIGITS[usize::from(byte)];
            seen |= digit;
            half = half << 4 | u64::from(digit & 0xf);
        }
        number = number << (4 * part.len()) | u128::from(half);
    }
    (seen & 0xf0 == 0).then_some(number)
}

#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
const fn fold(number: u128) -> u64 {
    let mixed = ((number >> 64) as u64 ^ (number as u64).rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

/// Hashes numbers that are random already.
#[derive(Default)]
pub struct FoldHasher(u64);

impl Hasher for FoldHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = fold(u128::from(self.0) << 8 | u128::from(byte));
        }
    }

    fn write_u128(&mut self, number: u128) {
        self.0 = fold(number);
    }
}

#[cfg(test)]
mod tests {
    use super::{is_in_share, number};

    #[test]
    fn uuids_map_to_their_numbers_other_ids_differ() {
        assert_eq!(number(b"0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11"), 0x0190_b6a4_5e0c_7cc2_a1b7_9d7b_2f4f_3c11);
        let ids: [&[u8]; 5] = [
            b"0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11",
            b"0190B6A4-5e0c-7cc2-a1b7-9d7b2f4f3c11",
            b"0190b6a45e0c7cc2a1b79d7b2f4f3c11",
            b"0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c1g",
            b"",
        ];
        let numbers: std::collections::BTreeSet<u128> = ids.iter().map(|id| number(id)).collect();
        assert_eq!(numbers.len(), ids.len());
    }

    #[test]
    fn shares_have_about_the_requested_size() {
        let count = (0..10_000_u32).filter(|n| is_in_share(number(format!("id-{n}").as_bytes()), 5)).count();
        assert!((400..600).contains(&count), "{count}");
        assert!(!is_in_share(7, 0) && is_in_share(7, 100));
    }
}
