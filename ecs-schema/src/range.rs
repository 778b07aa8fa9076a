//! A range of numbers, dates or addresses. Owns the rule which ends make a range; knows no fields.

use std::cmp::Ordering;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Bound;

use crate::Timestamp;
use crate::scalar::ip_bits;

/// A range with a lower end, an upper end, or both, checked on construction.
///
/// In JSON an object with one of `gte` (included) and `gt` (excluded), and one of `lte` and `lt`. The lower end is not
/// above the upper, and when ends are excluded there is a value between: engines index the values that are in the range,
/// dates to the millisecond, and refuse one that nothing is in.
///
/// # Examples
/// ```
/// use ecs_schema::Range;
///
/// let minutes = Range::try_from(5..=10)?;
/// assert!(minutes.contains(&10));
/// assert!(Range::try_from(5..5).is_err());
/// # Ok::<(), ecs_schema::RangeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range<T> {
    lower: Bound<T>,
    upper: Bound<T>,
}

/// What can stand at the end of a [`Range`].
pub trait RangeEnd: Copy {
    /// How the engines order two ends; nothing when one is not a number.
    fn compare(&self, other: &Self) -> Option<Ordering>;

    /// The least end above this one, as engines index them; nothing above the greatest.
    fn successor(&self) -> Option<Self>;
}

/// Whether a value is in the range from `lower` to `upper`, of which so many are excluded.
pub(crate) fn has_values<T: RangeEnd>(lower: T, upper: T, excluded: usize) -> bool {
    let least = (0..excluded).try_fold(lower, |end, _| end.successor());
    let is_up_to = |end: &T| end.compare(&upper).is_some_and(Ordering::is_le);
    is_up_to(&lower) && least.as_ref().is_some_and(is_up_to)
}

macro_rules! integers {
    ($($type:ty),*) => {
        $(impl RangeEnd for $type {
            fn compare(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }

            fn successor(&self) -> Option<Self> {
                self.checked_add(1)
            }
        })*
    };
}

integers!(i32, i64, i128, u128);

macro_rules! floats {
    ($($type:ty),*) => {
        $(impl RangeEnd for $type {
            fn compare(&self, other: &Self) -> Option<Ordering> {
                if self.is_finite() && other.is_finite() { self.partial_cmp(other) } else { None }
            }

            fn successor(&self) -> Option<Self> {
                Some(self.next_up())
            }
        })*
    };
}

floats!(f32, f64);

impl RangeEnd for Timestamp {
    fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }

    fn successor(&self) -> Option<Self> {
        Self::from_unix_millis(self.unix_millis() + 1).ok()
    }
}

impl RangeEnd for IpAddr {
    fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(ip_bits(*self).cmp(&ip_bits(*other)))
    }

    fn successor(&self) -> Option<Self> {
        ip_bits(*self).checked_add(1).map(|bits| Self::V6(Ipv6Addr::from_bits(bits)))
    }
}

impl<T: RangeEnd> Range<T> {
    /// The range between two ends.
    ///
    /// # Errors
    /// When both ends are open, an end is not finite, or nothing lies between them.
    pub fn new(lower: Bound<T>, upper: Bound<T>) -> Result<Self, RangeError> {
        let is_range = match (&lower, &upper) {
            (Bound::Unbounded, Bound::Unbounded) => false,
            (Bound::Unbounded, Bound::Included(end) | Bound::Excluded(end))
            | (Bound::Included(end) | Bound::Excluded(end), Bound::Unbounded) => end.compare(end).is_some(),
            (Bound::Included(lower), Bound::Included(upper)) => has_values(*lower, *upper, 0),
            (Bound::Excluded(lower), Bound::Excluded(upper)) => has_values(*lower, *upper, 2),
            (Bound::Included(lower) | Bound::Excluded(lower), Bound::Included(upper) | Bound::Excluded(upper)) => {
                has_values(*lower, *upper, 1)
            }
        };
        if is_range { Ok(Self { lower, upper }) } else { Err(RangeError) }
    }

    /// The lower end.
    #[must_use]
    pub const fn lower(&self) -> Bound<T> {
        self.lower
    }

    /// The upper end.
    #[must_use]
    pub const fn upper(&self) -> Bound<T> {
        self.upper
    }

    /// Whether `value` is in the range.
    #[must_use]
    pub fn contains(&self, value: &T) -> bool {
        let above = match &self.lower {
            Bound::Unbounded => true,
            Bound::Included(end) => end.compare(value).is_some_and(Ordering::is_le),
            Bound::Excluded(end) => end.compare(value).is_some_and(Ordering::is_lt),
        };
        above
            && match &self.upper {
                Bound::Unbounded => true,
                Bound::Included(end) => value.compare(end).is_some_and(Ordering::is_le),
                Bound::Excluded(end) => value.compare(end).is_some_and(Ordering::is_lt),
            }
    }
}

impl<T> Range<T> {
    /// The ends that there are, with their names in JSON, sorted by these.
    pub(crate) fn ends(&self) -> impl Iterator<Item = (&'static str, &T)> {
        let lower = match &self.lower {
            Bound::Unbounded => None,
            Bound::Included(end) => Some(("gte", end)),
            Bound::Excluded(end) => Some(("gt", end)),
        };
        let upper = match &self.upper {
            Bound::Unbounded => None,
            Bound::Included(end) => Some(("lte", end)),
            Bound::Excluded(end) => Some(("lt", end)),
        };
        lower.into_iter().chain(upper)
    }

    /// A placeholder for a required field that is still to be read.
    pub(crate) const fn blank() -> Self {
        Self { lower: Bound::Unbounded, upper: Bound::Unbounded }
    }
}

impl<T: RangeEnd> TryFrom<std::ops::RangeInclusive<T>> for Range<T> {
    type Error = RangeError;

    fn try_from(range: std::ops::RangeInclusive<T>) -> Result<Self, RangeError> {
        Self::new(Bound::Included(*range.start()), Bound::Included(*range.end()))
    }
}

impl<T: RangeEnd> TryFrom<std::ops::Range<T>> for Range<T> {
    type Error = RangeError;

    fn try_from(range: std::ops::Range<T>) -> Result<Self, RangeError> {
        Self::new(Bound::Included(range.start), Bound::Excluded(range.end))
    }
}

impl<T: RangeEnd> TryFrom<std::ops::RangeFrom<T>> for Range<T> {
    type Error = RangeError;

    fn try_from(range: std::ops::RangeFrom<T>) -> Result<Self, RangeError> {
        Self::new(Bound::Included(range.start), Bound::Unbounded)
    }
}

/// The ends make no range.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RangeError;

impl fmt::Display for RangeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a range has one or two finite ends, the lower not above the upper")
    }
}

impl std::error::Error for RangeError {}
