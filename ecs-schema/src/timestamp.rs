//! A moment in UTC with nanoseconds, in the range that RFC 3339 can write. Owns its text forms; knows no fields.

mod calendar;
mod format;
mod parse;

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) use parse::{ParseError, parse_iso};

use crate::{DateFormat, prepared};

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A moment, exact to the nanosecond, between the years 0000 and 9999.
///
/// Written as RFC 3339 in UTC with no, 3, 6 or 9 fraction digits, the shortest that is exact:
/// `2024-05-17T09:30:00Z`, `2024-05-17T09:30:00.250Z`. Read in the forms of the engines' default date format,
/// `strict_date_optional_time||epoch_millis`: `2024`, `2024-05`, `2024-05-17`, `2024-05-17T09`, `2024-05-17T09:30`,
/// with seconds, a fraction of 1 to 9 digits after `.` or `,`, an offset `Z`, `+02`, `+0200` or `+02:00` after a time,
/// or milliseconds since 1970 in five or more digits.
///
/// # Examples
/// ```
/// use ecs_schema::Timestamp;
///
/// let moment: Timestamp = "2024-05-17T11:30:00,25+02:00".parse()?;
/// assert_eq!(moment.to_string(), "2024-05-17T09:30:00.250Z");
/// assert_eq!(moment, Timestamp::from_unix_millis(1_715_938_200_250)?);
/// assert!("2024-02-30".parse::<Timestamp>().is_err());
/// # Ok::<(), ecs_schema::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z; before the nanoseconds, so that the derived order is the order in time.
    seconds: i64,
    /// Nanoseconds after `seconds`, below 1,000,000,000.
    nanos: u32,
}

impl Timestamp {
    /// 0000-01-01T00:00:00Z, the first moment.
    pub const MIN: Self = Self { seconds: -62_167_219_200, nanos: 0 };
    /// 9999-12-31T23:59:59.999999999Z, the last moment.
    pub const MAX: Self = Self { seconds: 253_402_300_799, nanos: 999_999_999 };
    /// What stands in a required field that has no moment yet; the same as [`MIN`](Self::MIN), which no event has.
    pub const UNSET: Self = Self::MIN;
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self { seconds: 0, nanos: 0 };
    /// The last moment that `date_nanos` can hold, 2262-04-11T23:47:16.854775807Z.
    pub const MAX_DATE_NANOS: Self = Self { seconds: 9_223_372_036, nanos: 854_775_807 };

    /// The system clock's time; a clock outside of the range gives the nearest moment in it.
    #[must_use]
    pub fn now() -> Self {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs())
                .ok()
                .and_then(|seconds| Self::new(seconds, since.subsec_nanos()))
                .unwrap_or(Self::MAX),
            Err(before) => i128::try_from(before.duration().as_nanos())
                .ok()
                .and_then(|nanos| Self::from_unix_nanos(-nanos).ok())
                .unwrap_or(Self::MIN),
        }
    }

    /// The moment `nanos` nanoseconds after (negative: before) 1970.
    ///
    /// # Errors
    /// When the moment is not between the years 0000 and 9999.
    pub fn from_unix_nanos(nanos: i128) -> Result<Self, TimestampError> {
        let out_of_range = TimestampError(ParseError::OutOfRange);
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).map_err(|_| out_of_range)?;
        let rest = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).map_err(|_| out_of_range)?;
        Self::new(seconds, rest).ok_or(out_of_range)
    }

    /// The moment `millis` milliseconds after (negative: before) 1970.
    ///
    /// # Errors
    /// When the moment is not between the years 0000 and 9999.
    pub fn from_unix_millis(millis: i64) -> Result<Self, TimestampError> {
        Self::from_unix_nanos(i128::from(millis) * 1_000_000)
    }

    /// Nanoseconds since 1970, negative before.
    #[must_use]
    pub fn unix_nanos(self) -> i128 {
        i128::from(self.seconds) * NANOS_PER_SECOND + i128::from(self.nanos)
    }

    /// Whole milliseconds since 1970, rounded down, negative before.
    #[must_use]
    pub fn unix_millis(self) -> i64 {
        self.seconds * 1_000 + i64::from(self.nanos / 1_000_000)
    }

    /// Whole seconds since 1970, rounded down, negative before.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// The nanoseconds after [`unix_seconds`](Self::unix_seconds), below 1,000,000,000.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// The same moment without what is smaller than a millisecond.
    #[must_use]
    pub const fn truncated_to_millis(self) -> Self {
        Self { seconds: self.seconds, nanos: self.nanos / 1_000_000 * 1_000_000 }
    }

    /// Appends the canonical text, 20 to 30 ASCII bytes, without allocating beyond `out`.
    pub fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text(&mut [0; format::MAX_LENGTH]));
    }

    /// Appends the canonical text in quotes.
    pub(crate) fn write_quoted(self, out: &mut Vec<u8>) {
        let mut text = [0; format::MAX_LENGTH];
        let length = format::format(self, &mut text);
        prepared::block(&text, length, out);
    }

    /// The canonical text, without quotes.
    fn text(self, buffer: &mut [u8; format::MAX_LENGTH]) -> &[u8] {
        let length = format::format(self, buffer);
        &buffer[1..length - 1]
    }

    /// Whether a `date_nanos` field can hold the moment.
    pub(crate) fn is_date_nanos(self) -> bool {
        (Self::UNIX_EPOCH..=Self::MAX_DATE_NANOS).contains(&self)
    }

    /// The moment, when it is in range.
    fn new(seconds: i64, nanos: u32) -> Option<Self> {
        let moment = Self { seconds, nanos };
        (nanos < 1_000_000_000 && moment >= Self::MIN && moment <= Self::MAX).then_some(moment)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = [0; format::MAX_LENGTH];
        let text = std::str::from_utf8(self.text(&mut buffer)).map_err(|_| fmt::Error)?;
        out.pad(text)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        DateFormat::IsoOrMillis.parse_text(text).map_err(TimestampError)
    }
}

/// Why a text or number is no [`Timestamp`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TimestampError(ParseError);

impl TimestampError {
    /// Whether a well-formed moment lies outside of the years 0000 to 9999; otherwise the text is no date.
    #[must_use]
    pub const fn is_out_of_range(self) -> bool {
        matches!(self.0, ParseError::OutOfRange)
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.0 {
            ParseError::Malformed => "not a date of the form `2024-05-17T09:30:00.000Z`",
            ParseError::OutOfRange => "the date is not between the years 0000 and 9999",
        })
    }
}

impl std::error::Error for TimestampError {}
