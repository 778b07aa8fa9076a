//! `strict_date_optional_time`, as the engines read it (“date format”, built-in formats): a date of 4, 7 or 10
//! characters, optionally `T` with a time down to hours, minutes, seconds or a fraction, and an offset after a time.

use super::Timestamp;
use super::calendar::{days_from_civil, days_in_month};

/// Why a text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParseError {
    /// The text is no date, or names a day or time that does not exist.
    Malformed,
    /// The moment is outside of the years 0000 to 9999.
    OutOfRange,
}

/// Reads a text of the form `YYYY[-MM[-DD[Thh[:mm[:ss[(.|,)f{1,9}]]][offset]]]]`.
pub(crate) fn parse_iso(text: &str) -> Result<Timestamp, ParseError> {
    let mut input = Input(text.as_bytes());
    let parsed = input.date_time().ok_or(ParseError::Malformed)?;
    Timestamp::new(parsed.0, parsed.1).ok_or(ParseError::OutOfRange)
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    /// Seconds since 1970 and nanoseconds.
    fn date_time(&mut self) -> Option<(i64, u32)> {
        let year = self.number(4)?;
        let mut month = 1;
        let mut day = 1;
        let mut has_day = false;
        if self.skip(b'-') {
            month = self.number(2).filter(|month| (1..=12).contains(month))?;
            if self.skip(b'-') {
                day = self.number(2).filter(|day| (1..=days_in_month(year, month)).contains(day))?;
                has_day = true;
            }
        }
        let midnight = days_from_civil(year, month, day) * 86_400;
        if self.0.is_empty() {
            return Some((midnight, 0));
        }
        if !has_day || !self.skip(b'T') {
            return None;
        }
        let (second, nanos) = self.time()?;
        let offset = self.offset()?;
        self.0.is_empty().then_some((midnight + second - offset, nanos))
    }

    /// Seconds of the day and nanoseconds.
    fn time(&mut self) -> Option<(i64, u32)> {
        let mut second = self.number(2).filter(|hour| *hour < 24)? * 3_600;
        if !self.skip(b':') {
            return Some((second, 0));
        }
        second += self.number(2).filter(|minute| *minute < 60)? * 60;
        if !self.skip(b':') {
            return Some((second, 0));
        }
        second += self.number(2).filter(|second| *second < 60)?;
        if self.skip(b'.') || self.skip(b',') {
            return Some((second, self.fraction()?));
        }
        Some((second, 0))
    }

    /// One to nine digits, as nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let mut nanos = 0;
        let mut unit = 100_000_000;
        while let Some((digit @ b'0'..=b'9', rest)) = self.0.split_first() {
            if unit == 0 {
                return None;
            }
            nanos += u32::from(digit - b'0') * unit;
            unit /= 10;
            self.0 = rest;
        }
        (unit != 100_000_000).then_some(nanos)
    }

    /// Nothing, `Z`, `±hh`, `±hh:mm` or `±hhmm`, in seconds east of Greenwich; at most 18 hours, as the engines'
    /// `ZoneOffset` has it.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.0.first() {
            None => return Some(0),
            Some(b'Z') => {
                self.0 = &self.0[1..];
                return Some(0);
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
        };
        self.0 = &self.0[1..];
        let mut offset = self.number(2)? * 3_600;
        if self.skip(b':') || !self.0.is_empty() {
            offset += self.number(2).filter(|minute| *minute < 60)? * 60;
        }
        (offset <= 18 * 3_600).then_some(sign * offset)
    }

    /// Exactly `digits` decimal digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (head, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        head.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
    }

    /// Whether `byte` came next; then it is read.
    fn skip(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }
}
