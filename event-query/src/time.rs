//! Moments relative to now, and the range of time of a query.

use std::fmt;
use std::ops::Bound;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::{ErrorKind, QueryError};
use crate::field::{DateKind, Epoch, Resolution};
use crate::filter::{Filter, Operand};
use crate::value::date::{self, Clock};

/// The field of a range of time, unless another is named.
pub const DEFAULT_TIME_FIELD: &str = "@timestamp";

/// A moment: a date as in KQL (`2026-07-28`, `2026-07-28T10:00:00+02:00`, `1785225600000`), date math (`now-1d/d`,
/// `2026-07-28||+1M`), or how long ago it was (`2h ago`, `15 minutes ago`).
///
/// # Examples
/// ```
/// use event_query::TimeExpression;
///
/// let expression: TimeExpression = "2h ago".parse()?;
/// assert_eq!(expression.to_string(), "now-2h");
/// assert!("2h".parse::<TimeExpression>().is_err());
/// # Ok::<(), event_query::QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeExpression(String);

impl FromStr for TimeExpression {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let text = text.trim();
        let math = ago(text).unwrap_or_else(|| text.to_owned());
        let kind = DateKind { resolution: Resolution::Nanoseconds, epoch: Epoch::Milliseconds };
        let clock = Clock { now: Timestamp::UNIX_EPOCH, time_zone: TimeZone::UTC };
        if date::parse(&math, kind, &clock).is_some() {
            return Ok(Self(math));
        }
        let message = format!("`{text}` is not a moment; write a date, date math such as `now-2h`, or `2h ago`");
        Err(QueryError::new(ErrorKind::Value, message))
    }
}

impl From<Timestamp> for TimeExpression {
    fn from(moment: Timestamp) -> Self {
        Self(moment.to_string())
    }
}

impl fmt::Display for TimeExpression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

/// `2h ago` as date math.
fn ago(text: &str) -> Option<String> {
    let amount = text.strip_suffix("ago")?.trim_end();
    let digits = amount.bytes().take_while(u8::is_ascii_digit).count();
    let unit = match amount[digits..].trim_start() {
        "s" | "sec" | "second" | "seconds" => "s",
        "m" | "min" | "minute" | "minutes" => "m",
        "h" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        "M" | "month" | "months" => "M",
        "y" | "year" | "years" => "y",
        _ => return None,
    };
    (digits > 0).then(|| format!("now-{}{unit}", &amount[..digits]))
}

/// A range of time: both ends are included, and a date without a time is the whole day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    field: Option<String>,
    from: Option<TimeExpression>,
    to: Option<TimeExpression>,
}

impl TimeRange {
    /// All time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Events at this moment and later.
    #[must_use]
    pub fn from(mut self, from: TimeExpression) -> Self {
        self.from = Some(from);
        self
    }

    /// Events up to this moment.
    #[must_use]
    pub fn to(mut self, to: TimeExpression) -> Self {
        self.to = Some(to);
        self
    }

    /// Times of another field than [`DEFAULT_TIME_FIELD`].
    #[must_use]
    pub fn field(mut self, path: impl Into<String>) -> Self {
        self.field = Some(path.into());
        self
    }

    pub(crate) fn filter(&self) -> Filter {
        if self.from.is_none() && self.to.is_none() {
            return Filter::all();
        }
        let bound = |end: &Option<TimeExpression>| {
            end.as_ref().map_or(Bound::Unbounded, |end| Bound::Included(Operand(end.0.clone())))
        };
        Filter::range::<Operand>(
            self.field.as_deref().unwrap_or(DEFAULT_TIME_FIELD),
            (bound(&self.from), bound(&self.to)),
        )
    }
}
