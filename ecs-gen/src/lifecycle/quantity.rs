//! Durations and sizes in the engines' notation: a whole number above zero and a unit. Both are checked on
//! construction, keep the unit that they were written in, and compare by what they mean.

use std::cmp::Ordering;
use std::fmt;

/// A length of time, such as `30d`; at most 292 years, what 2^63 nanoseconds make, as in the engines.
#[derive(Clone, Debug)]
pub struct Duration(Quantity);

/// A number of bytes, such as `50gb`; at most 2^63.
#[derive(Clone, Debug)]
pub struct ByteSize(Quantity);

/// Why a text is not a quantity, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuantityError {
    /// What is wrong, to stand after the offending text.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// Units of time with their nanoseconds, largest first.
const TIME_UNITS: &[(&str, u64)] = &[
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("micros", 1_000),
    ("nanos", 1),
];

/// Units of size with their bytes, largest first.
const SIZE_UNITS: &[(&str, u64)] =
    &[("pb", 1 << 50), ("tb", 1 << 40), ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("b", 1)];

impl Duration {
    /// Reads `30d`, `12h`, `5m`, `10s`, `500ms`, `10micros` or `10nanos`.
    ///
    /// # Errors
    /// When it is not a whole number above zero with one of these units.
    ///
    /// # Examples
    /// ```
    /// use ecs_gen::lifecycle::Duration;
    ///
    /// assert_eq!(Duration::parse("24h").unwrap(), Duration::parse("1d").unwrap());
    /// assert_eq!(Duration::parse("7w").unwrap_err().help, "write `49d`");
    /// ```
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let help = |number: &str, unit: &str| {
            let days: Option<u64> = match unit {
                "w" | "W" | "weeks" | "week" => Some(7),
                "y" | "Y" | "years" | "year" => Some(365),
                "M" | "months" | "month" | "mo" => Some(30),
                _ => None,
            };
            let days = days.zip(number.parse::<u64>().ok()).and_then(|(days, count)| count.checked_mul(days));
            days.filter(|days| *days > 0).map(|days| format!("{days}d"))
        };
        Quantity::parse(text, TIME_UNITS, "d, h, m, s, ms, micros or nanos, such as `30d`", help).map(Self)
    }

    /// The sum, in the larger unit of those that it is whole in.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self(Quantity::of(self.0.base.saturating_add(other.0.base), TIME_UNITS))
    }
}

impl ByteSize {
    /// Reads `50gb`, `500MB`, `10tb`; the case of the unit does not matter, and is lower in the result.
    ///
    /// # Errors
    /// When it is not a whole number above zero with one of the units b, kb, mb, gb, tb and pb.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let help = |number: &str, unit: &str| {
            let first = unit.chars().next()?.to_ascii_lowercase();
            let unit = SIZE_UNITS.iter().map(|(unit, _)| *unit).find(|unit| unit.starts_with(first))?;
            number.parse::<u64>().ok().filter(|number| *number > 0).map(|number| format!("{number}{unit}"))
        };
        let lower = text.to_ascii_lowercase();
        Quantity::parse(&lower, SIZE_UNITS, "b, kb, mb, gb, tb or pb, such as `50gb`", help).map(Self)
    }
}

#[derive(Clone, Debug)]
struct Quantity {
    number: u64,
    unit: &'static str,
    /// The whole in the smallest unit.
    base: u64,
}

impl Quantity {
    fn parse(
        text: &str,
        units: &'static [(&'static str, u64)],
        known: &str,
        help: impl Fn(&str, &str) -> Option<String>,
    ) -> Result<Self, QuantityError> {
        let general = || format!("write a whole number and one of {known}");
        let fail = |message: &str, help: String| Err(QuantityError { message: message.to_owned(), help });
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let (number, unit) = (number.trim(), unit.trim());
        let Some((unit, factor)) = units.iter().copied().find(|(name, _)| *name == unit) else {
            let message = if unit.is_empty() { "has no unit" } else { "has a unit that the engines do not know" };
            return fail(message, help(number, unit).map_or_else(general, |near| format!("write `{near}`")));
        };
        if number.contains('.') {
            let whole = whole_of(number, factor, units).map(|whole| format!("write `{whole}`"));
            return fail("is not a whole number", whole.unwrap_or_else(general));
        }
        match number.parse::<u64>() {
            Ok(0) => fail("is zero", general()),
            Ok(number) => match number.checked_mul(factor).filter(|base| i64::try_from(*base).is_ok()) {
                Some(base) => Ok(Self { number, unit, base }),
                None => fail("is more than the engines can hold", "write less, or leave the option out".to_owned()),
            },
            Err(_) => fail("does not begin with a whole number", general()),
        }
    }

    /// The quantity in the largest unit in which it is whole.
    fn of(base: u64, units: &'static [(&'static str, u64)]) -> Self {
        let (unit, factor) = units
            .iter()
            .copied()
            .find(|(_, factor)| base.is_multiple_of(*factor))
            .expect("the smallest unit divides every number");
        Self { number: base / factor, unit, base }
    }
}

/// `1.5` days as `36h`, when it is whole in some unit.
fn whole_of(number: &str, factor: u64, units: &'static [(&'static str, u64)]) -> Option<Quantity> {
    let (whole, fraction) = number.split_once('.')?;
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: u64 = format!("{whole}{fraction}").parse().ok()?;
    let scaled = digits.checked_mul(factor)?;
    (scaled > 0 && scaled.is_multiple_of(scale)).then(|| Quantity::of(scaled / scale, units))
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

macro_rules! by_meaning {
    ($($name:ident)+) => { $(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.base == other.0.base
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.base.cmp(&other.0.base)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }
    )+ };
}

by_meaning! { Duration ByteSize }
