//! A small deterministic generator of numbers, and the choices that are made by it. Not for secrets; knows no fields.

use std::ops::RangeInclusive;

/// Deterministic choices: the same seed, the same row of them.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits, by `SplitMix64` (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.bits() % end).unwrap_or(0)
    }

    /// A number of the range; the slight bias of a remainder does no harm here.
    pub(super) fn within(&mut self, range: RangeInclusive<i128>) -> i128 {
        let (low, high) = range.into_inner();
        low + i128::from(self.bits()) % (high - low + 1)
    }

    /// A float from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "32 bits fit")]
    pub(super) fn fraction(&mut self) -> f64 {
        (self.bits() >> 32) as f64 / f64::from(u32::MAX)
    }

    /// True in so many of a thousand cases.
    pub(super) fn per_mille(&mut self, share: usize) -> bool {
        self.below(1_000) < share
    }

    /// One of the choices, of which there is at least one.
    pub(super) fn pick<'c, T: ?Sized>(&mut self, choices: &[&'c T]) -> &'c T {
        choices[self.below(choices.len())]
    }
}
