//! Random numbers for delays: seeded, so that a run can be repeated. Not for secrets.

/// `SplitMix64` (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bytes = (mixed ^ (mixed >> 31)).to_le_bytes();
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn same_seed_gives_the_same_uniform_numbers() {
        let draw = |seed| -> Vec<u32> {
            let mut random = Random::new(seed);
            (0..1000).map(|_| random.next()).collect()
        };
        assert_eq!(draw(3), draw(3));
        assert_ne!(draw(3), draw(4));
        let eighths = draw(0).iter().fold([0; 8], |mut counts, number| {
            counts[(number >> 29) as usize] += 1;
            counts
        });
        assert!(eighths.iter().all(|count| (80..170).contains(count)), "{eighths:?}");
    }
}
