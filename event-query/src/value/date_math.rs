//! Date math: `now-1d/d`, `2026-07-28||+1M/M`. The rules are those of Elasticsearch's "Date math" and its `JavaDateMathParser`:
//! steps from left to right in the zone; an anchor is never rounded up itself; a step `/unit` goes to the start of the unit, or, for
//! comparisons that round up, to a millisecond before the next.

use jiff::civil::Time;
use jiff::{Span, ZonedDateTime};

use super::date::{Clock, Moments, parse_anchor, zoned};
use crate::field::DateKind;

pub(super) fn parse(text: &str, kind: DateKind, clock: &Clock) -> Option<Moments> {
    let (anchor, steps) = if let Some(steps) = text.strip_prefix("now") {
        // The engines' clock has milliseconds.
        (jiff::Timestamp::from_millisecond(clock.now.as_millisecond()).ok()?, steps)
    } else {
        let (anchor, steps) = text.split_once("||")?;
        (parse_anchor(anchor, kind, clock)?.first, steps)
    };
    let anchor = anchor.to_zoned_datetime(clock.time_zone.clone());
    let first = evaluate(anchor.clone(), steps, false)?.timestamp();
    let last = evaluate(anchor, steps, true)?.timestamp();
    Some(Moments { first, last })
}

fn evaluate(mut at: ZonedDateTime, steps: &str, up: bool) -> Option<ZonedDateTime> {
    let mut rest = steps;
    while let Some(operator) = rest.chars().next() {
        rest = &rest[operator.len_utf8()..];
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: i64 = if count == 0 { 1 } else { rest[..count].parse::<i32>().ok()?.into() };
        rest = &rest[count..];
        let unit = rest.chars().next()?;
        rest = &rest[unit.len_utf8()..];
        at = match operator {
            '+' => at.checked_add(span(unit, number)?).ok()?,
            '-' => at.checked_sub(span(unit, number)?).ok()?,
            '/' if count == 0 => rounded(&at, unit, up)?,
            _ => return None,
        };
    }
    Some(at)
}

fn span(unit: char, number: i64) -> Option<Span> {
    let span = Span::new();
    match unit {
        'y' => span.try_years(number),
        'M' => span.try_months(number),
        'w' => span.try_weeks(number),
        'd' => span.try_days(number),
        'h' | 'H' => span.try_hours(number),
        'm' => span.try_minutes(number),
        's' => span.try_seconds(number),
        _ => return None,
    }
    .ok()
}

fn rounded(at: &ZonedDateTime, unit: char, up: bool) -> Option<ZonedDateTime> {
    let midnight = |date: jiff::civil::Date| zoned(date.to_datetime(Time::midnight()), at.time_zone());
    let date = at.date();
    let start = match unit {
        'y' => midnight(date.first_of_year())?,
        'M' => midnight(date.first_of_month())?,
        'w' => midnight(date.checked_sub(Span::new().days(date.weekday().to_monday_zero_offset())).ok()?)?,
        'd' => midnight(date)?,
        'h' | 'H' => at.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?,
        'm' => at.with().second(0).subsec_nanosecond(0).build().ok()?,
        's' => at.with().subsec_nanosecond(0).build().ok()?,
        _ => return None,
    };
    if !up {
        return Some(start);
    }
    start.checked_add(span(unit, 1)?).ok()?.checked_sub(Span::new().milliseconds(1)).ok()
}
