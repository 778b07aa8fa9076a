//! The time rule: every form of time that is seen in payloads. Knows no source.
//!
//! - Epoch of 10, 13, 16 or 19 digits, as number or text: seconds, milli-, micro- or nanoseconds.
//! - `YYYY-MM-DD`, then `T` or a space, `hh:mm:ss`, a fraction of any length, then `Z`, ` UTC`, `±hh:mm` or `±hhmm`, with or
//!   without a space before.
//!
//! Anything else is no time: a guess would put a change where it was not.

use ecs_schema::Timestamp;
use serde_json::Value as Json;

/// The moment that a JSON value says.
#[must_use]
pub fn parse_json(value: &Json) -> Option<Timestamp> {
    match value {
        Json::String(text) => parse(text),
        Json::Number(number) => parse(&number.to_string()),
        _ => None,
    }
}

/// The moment that a text says.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) { epoch(text) } else { written(text) }
}

fn epoch(digits: &str) -> Option<Timestamp> {
    if !matches!(digits.len(), 10 | 13 | 16 | 19) {
        return None;
    }
    let nanos = format!("{digits:0<19}").parse::<i128>().ok()?;
    Timestamp::from_unix_nanos(nanos).ok()
}

fn written(text: &str) -> Option<Timestamp> {
    if !text.is_ascii() || text.len() < 20 {
        return None;
    }
    let (day, rest) = text.split_at(10);
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let clock_end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ','))).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(clock_end);
    let zone = match zone.strip_prefix(' ').unwrap_or(zone) {
        "Z" | "z" | "UTC" => "Z".to_owned(),
        zone if is_offset(zone) => zone.to_owned(),
        _ => return None,
    };
    // More digits than nanoseconds say nothing that could be kept.
    let (seconds, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, ""));
    if seconds.len() != 8 || day.len() != 10 || (clock.len() > 8 && fraction.is_empty()) {
        return None;
    }
    let fraction = &fraction[..fraction.len().min(9)];
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{day}T{seconds}{dot}{fraction}{zone}").parse().ok()
}

/// `±hh:mm` or `±hhmm`.
fn is_offset(zone: &str) -> bool {
    let Some(digits) = zone.strip_prefix(['+', '-']) else { return false };
    let digits = match digits.split_once(':') {
        Some((hours, minutes)) if hours.len() == 2 && minutes.len() == 2 => [hours, minutes].concat(),
        Some(_) => return false,
        None => digits.to_owned(),
    };
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
