//! Dates as the engines read them in queries: `strict_date_optional_time`, a number since the epoch, and date math.
//!
//! What a date leaves out is a span: `2026-07-28` is a day. A comparison takes the first or the last moment of it, as
//! Elasticsearch's "Range query: missing date components" and its `JavaDateFormatter` do: missing month and day are the first,
//! missing hours, minutes, seconds and fractions are rounded down or up. So `2026-07` ends with its first day.

use std::ops::Bound;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use super::date_math;
use crate::field::{DateKind, Epoch, Resolution};
use crate::resolved::Bounds;

/// The nanoseconds of a day's last moment within its second.
const LAST_NANOSECOND: i32 = 999_999_999;

/// What dates are relative to.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    /// What `now` is.
    pub(crate) now: Timestamp,
    /// The zone of dates that name none.
    pub(crate) time_zone: TimeZone,
}

/// The first and the last moment that a text can mean, both in nanoseconds and included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moments {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

impl Moments {
    /// The lowest value that is above the text, or not below it.
    pub(crate) fn lower(self, included: bool, resolution: Resolution) -> Option<Timestamp> {
        if included { kept(self.first, 0, resolution) } else { kept(self.last, 1, resolution) }
    }

    /// The highest value that is below the text, or not above it.
    pub(crate) fn upper(self, included: bool, resolution: Resolution) -> Option<Timestamp> {
        if included { kept(self.last, 0, resolution) } else { kept(self.first, -1, resolution) }
    }
}

/// What is kept of `moment`, and `steps` of that unit further; none beyond the years that there are.
fn kept(moment: Timestamp, steps: i128, resolution: Resolution) -> Option<Timestamp> {
    let unit: i128 = match resolution {
        Resolution::Milliseconds => 1_000_000,
        Resolution::Nanoseconds => 1,
    };
    Timestamp::from_nanosecond((moment.as_nanosecond().div_euclid(unit) + steps) * unit).ok()
}

/// The bounds within which a `date_nanos` can be.
pub(crate) fn nanosecond_range() -> (Timestamp, Timestamp) {
    let last =
        Timestamp::from_nanosecond(i128::from(i64::MAX)).expect("the year 2262 is among the years that there are");
    (Timestamp::UNIX_EPOCH, last)
}

/// Reads `text` as a date; none where it is not one.
pub(crate) fn parse(text: &str, kind: DateKind, clock: &Clock) -> Option<Moments> {
    if text.starts_with("now") || text.contains("||") {
        return date_math::parse(text, kind, clock);
    }
    parse_anchor(text, kind, clock)
}

/// Reads a date without date math.
pub(super) fn parse_anchor(text: &str, kind: DateKind, clock: &Clock) -> Option<Moments> {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !is_year
        && text.bytes().skip(usize::from(text.starts_with('-'))).all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { since_epoch(text, kind.epoch) } else { calendar(text, &clock.time_zone) }
}

fn since_epoch(text: &str, epoch: Epoch) -> Option<Moments> {
    let (unit, digits) = match epoch {
        Epoch::Milliseconds => (1_000_000_i128, 6),
        Epoch::Seconds => (1_000_000_000_i128, 9),
    };
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let start = whole.parse::<i64>().ok().map(i128::from)? * unit;
    let Some(fraction) = fraction else {
        return moments(start, start + unit - 1);
    };
    if fraction.is_empty() || fraction.len() > digits || fraction.contains('.') {
        return None;
    }
    let exact = start + sign * format!("{fraction:0<digits$}").parse::<i128>().ok()?;
    moments(exact, exact)
}

fn moments(first: i128, last: i128) -> Option<Moments> {
    Some(Moments { first: Timestamp::from_nanosecond(first).ok()?, last: Timestamp::from_nanosecond(last).ok()? })
}

/// `YYYY[-MM[-DD[THH[:MM[:SS[.fraction]]][zone]]]]`.
fn calendar(text: &str, default_zone: &TimeZone) -> Option<Moments> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    let month = after(&mut rest, '-').then(|| digits(&mut rest, 2));
    let month = flip(month)?;
    let day = flip((month.is_some() && after(&mut rest, '-')).then(|| digits(&mut rest, 2)))?;
    let mut time = [None; 3];
    let mut fraction = None;
    let mut zone = None;
    if day.is_some() && after(&mut rest, 'T') {
        let mut more = rest.starts_with(|c: char| c.is_ascii_digit());
        for part in &mut time {
            *part = flip(more.then(|| digits(&mut rest, 2)))?;
            more = part.is_some() && after(&mut rest, ':');
        }
        if more {
            return None;
        }
        if time[2].is_some() && (after(&mut rest, '.') || after(&mut rest, ',')) {
            fraction = Some(nanoseconds(&mut rest)?);
        }
        zone = offset(&mut rest)?;
    }
    if !rest.is_empty() {
        return None;
    }
    let zone = zone.map_or_else(|| default_zone.clone(), TimeZone::fixed);
    let moment = |[hour, minute, second]: [i8; 3], nanosecond| {
        let time = [time[0].unwrap_or(hour), time[1].unwrap_or(minute), time[2].unwrap_or(second)];
        let date_time = DateTime::new(
            year,
            month.unwrap_or(1),
            day.unwrap_or(1),
            time[0],
            time[1],
            time[2],
            fraction.unwrap_or(nanosecond),
        );
        zoned(date_time.ok()?, &zone).map(|zoned| zoned.timestamp())
    };
    Some(Moments { first: moment([0, 0, 0], 0)?, last: moment([23, 59, 59], LAST_NANOSECOND)? })
}

/// The moment of a local date: the later one in a gap, the earlier in an overlap, as Java and `jiff` have it.
pub(super) fn zoned(local: DateTime, zone: &TimeZone) -> Option<ZonedDateTime> {
    zone.to_ambiguous_zoned_datetime(local).compatible().ok()
}

/// `None` where there is nothing to read, and nothing where what there is cannot be read.
#[allow(clippy::option_option, reason = "the outer one is `?` of the caller")]
fn flip<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}

fn digits<T: std::str::FromStr>(rest: &mut &str, count: usize) -> Option<T> {
    let text = rest.get(..count).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    *rest = &rest[count..];
    text.parse().ok()
}

fn after(rest: &mut &str, token: char) -> bool {
    rest.strip_prefix(token).map(|tail| *rest = tail).is_some()
}

fn nanoseconds(rest: &mut &str) -> Option<i32> {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let text = Some(&rest[..count]).filter(|text| (1..=9).contains(&text.len()))?;
    *rest = &rest[count..];
    format!("{text:0<9}").parse().ok()
}

/// `Z` or `±HH[[:]MM]`; `Some(None)` where there is no zone.
#[allow(clippy::option_option, reason = "the outer one is `?` of the caller")]
fn offset(rest: &mut &str) -> Option<Option<Offset>> {
    if after(rest, 'Z') {
        return Some(Some(Offset::UTC));
    }
    let sign = if after(rest, '+') {
        1
    } else if after(rest, '-') {
        -1
    } else {
        return Some(None);
    };
    let hours: i32 = digits(rest, 2)?;
    let has_minutes = after(rest, ':') || !rest.is_empty();
    let minutes: i32 = if has_minutes { digits(rest, 2)? } else { 0 };
    if hours > 18 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok().map(Some)
}

/// The value of a date field in documents and in queries, exact and in the engines' default format.
pub(crate) fn to_text(moment: Timestamp, resolution: Resolution) -> String {
    match resolution {
        Resolution::Milliseconds => format!("{moment:.3}"),
        Resolution::Nanoseconds => format!("{moment:.9}"),
    }
}

/// Bounds that are included, from the texts of bounds that may not be; `Err` has the text that is not a date.
pub(crate) fn bounds(
    lower: Bound<&str>,
    upper: Bound<&str>,
    kind: DateKind,
    clock: &Clock,
) -> Result<Option<Bounds<Timestamp>>, String> {
    let read = |text: &str| parse(text, kind, clock).ok_or_else(|| text.to_owned());
    let bound = |bound: Bound<&str>, side: fn(Moments, bool, Resolution) -> Option<Timestamp>| -> Result<_, String> {
        Ok(match bound {
            Bound::Unbounded => Some(None),
            Bound::Included(text) => side(read(text)?, true, kind.resolution).map(Some),
            Bound::Excluded(text) => side(read(text)?, false, kind.resolution).map(Some),
        })
    };
    let (Some(lower), Some(upper)) = (bound(lower, Moments::lower)?, bound(upper, Moments::upper)?) else {
        return Ok(None);
    };
    let (mut lower, mut upper) = (lower, upper);
    if kind.resolution == Resolution::Nanoseconds {
        let (first, last) = nanosecond_range();
        if lower.is_some_and(|lower| lower > last) || upper.is_some_and(|upper| upper < first) {
            return Ok(None);
        }
        lower = lower.map(|lower| lower.max(first));
        upper = upper.map(|upper| upper.min(last));
    }
    let empty = matches!((lower, upper), (Some(lower), Some(upper)) if lower > upper);
    Ok((!empty).then(|| Bounds::included(lower, upper)))
}
