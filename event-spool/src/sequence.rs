//! The number of a record; knows nothing of where records are stored.

use std::fmt;

/// The number of a record in its spool: from 1, rising, never used twice.
///
/// Numbers rise by one from record to record. They have a gap where records were lost (a producer that died before it
/// had published, a damaged page) and after a failure of the machine, see [`Recovery`](crate::Recovery).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(u64);

impl Sequence {
    /// The number of the first record of a spool.
    pub const FIRST: Self = Self(1);

    /// The sequence with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
