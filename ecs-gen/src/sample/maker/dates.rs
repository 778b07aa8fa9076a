//! Dates in every form that engines take: from a year to nine digits of a second, with and without an offset, and epochs
//! as numbers and as text. Knows the calendar, and no fields.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::numbers::whole;
use crate::date_formats::{DateFormats, Epoch};
use crate::sample::random::Random;

/// A stretch of time: its whole years, and its first and last moment in milliseconds since 1970.
pub(super) struct Span {
    years: RangeInclusive<i128>,
    millis: RangeInclusive<i128>,
    /// Whether a time may end before the seconds.
    has_short_times: bool,
    /// Texts at the very ends.
    edges: &'static [&'static str],
}

/// All that a date holds.
pub(super) const ANY: Span = Span {
    years: 0..=9_999,
    millis: -62_167_219_200_000..=253_402_300_799_999,
    has_short_times: true,
    edges: &["0000", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59,9-00"],
};
/// All that a date in nanoseconds holds, but for the last year, which is not whole.
pub(super) const NANOS: Span = Span {
    years: 1_970..=2_261,
    millis: 0..=9_223_372_036_854,
    has_short_times: false,
    edges: &[
        "1970",
        "1970-01-01T00:00:00.000000001Z",
        "2262",
        "2262-04-11",
        "2262-04-11T23:47:16.854775807Z",
        "2262-04-11T23:47:16.85+00:00",
    ],
};
/// Dates before all of [`LATE`].
pub(super) const EARLY: Span = Span {
    years: 1..=4_000,
    millis: -60_000_000_000_000..=60_000_000_000_000,
    has_short_times: true,
    edges: &["0001-01-01"],
};
/// Dates after all of [`EARLY`].
pub(super) const LATE: Span = Span {
    years: 5_000..=9_998,
    millis: 96_000_000_000_000..=250_000_000_000_000,
    has_short_times: true,
    edges: &["9998-12-31"],
};

/// A moment of `span` in one of the forms that `formats` take.
pub(super) fn moment(random: &mut Random, formats: DateFormats, span: &Span) -> Value {
    match formats.epoch {
        Some(epoch) if !formats.is_iso || random.below(4) == 0 => since_1970(random, epoch, formats, span),
        _ if random.below(16) == 0 => random.pick(span.edges).into(),
        _ => iso(random, span).into(),
    }
}

/// Numbers that engines may take for years.
const MAY_BE_YEARS: RangeInclusive<i128> = -9_999_999_999..=-1_000;

fn since_1970(random: &mut Random, epoch: Epoch, formats: DateFormats, span: &Span) -> Value {
    let (first, last) = (*span.millis.start(), *span.millis.end());
    let millis = match random.below(6) {
        0 => first,
        1 => last,
        _ => random.within(first..=last),
    };
    let number = match epoch {
        Epoch::Millis => millis,
        Epoch::Seconds => millis.div_euclid(1_000),
    };
    // Beside years, a sign and four to ten digits may be one.
    let number = if formats.is_iso && MAY_BE_YEARS.contains(&number) { number - 10_000_000_000 } else { number };
    // Beside years, a number in text has five digits at least, and with a sign eleven.
    let may_be_text = !formats.is_iso || number >= 10_000 || number < *MAY_BE_YEARS.start();
    if may_be_text && random.below(3) == 0 { number.to_string().into() } else { whole(number) }
}

/// A text of the form `strict_date_optional_time`.
fn iso(random: &mut Random, span: &Span) -> String {
    let year = random.within(span.years.clone());
    let month = random.within(1..=12);
    let day = random.within(1..=i128::from(days_in(year, month)));
    let form = random.below(10);
    match form {
        0 => return format!("{year:04}"),
        1 => return format!("{year:04}-{month:02}"),
        2 => return format!("{year:04}-{month:02}-{day:02}"),
        3 => return format!("{:04}-02-29", leap_year(year, span)),
        _ => {}
    }
    let (hour, minute, second) = (random.within(0..=23), random.within(0..=59), random.within(0..=59));
    let time = match form {
        4 if span.has_short_times => format!("{hour:02}"),
        5 if span.has_short_times => format!("{hour:02}:{minute:02}"),
        4..=6 => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}{}", fraction(random)),
    };
    format!("{year:04}-{month:02}-{day:02}T{time}{}", offset(random, year, span))
}

fn fraction(random: &mut Random) -> String {
    let digits = 1 + random.below(9);
    let text = format!("{:09}", random.within(0..=999_999_999));
    format!("{}{}", random.pick(&[".", ".", ","]), &text[..digits])
}

/// None in the first and the last year of the span: it could lead out of it.
fn offset(random: &mut Random, year: i128, span: &Span) -> String {
    if year == *span.years.start() || year == *span.years.end() {
        return random.pick(&["", "Z"]).to_owned();
    }
    let sign = random.pick(&["+", "-"]);
    let (hour, minute) = (random.within(0..=17), random.within(0..=59));
    match random.below(6) {
        0 => String::new(),
        1 => format!("{sign}{hour:02}"),
        2 => format!("{sign}{hour:02}{minute:02}"),
        3 => format!("{sign}{hour:02}:{minute:02}"),
        4 => format!("{sign}18:00"),
        _ => "Z".to_owned(),
    }
}

fn days_in(year: i128, month: i128) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The next leap year within the span, or one that every span has.
fn leap_year(year: i128, span: &Span) -> i128 {
    let from = (year..=year + 8).find(|year| is_leap(*year) && span.years.contains(year));
    from.unwrap_or(*span.years.start() + 4 - span.years.start() % 4)
}
