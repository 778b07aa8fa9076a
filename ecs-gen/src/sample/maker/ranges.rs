//! Ranges of each kind: one end or two, open and closed, the lower well below the upper. Two open ends are never direct
//! neighbours: between them there is nothing, and engines refuse that.

use std::net::{IpAddr, Ipv6Addr};

use serde_json::{Map, Value, json};

use super::{addresses, dates, numbers};
use crate::date_formats::DateFormats;
use crate::field_type::RangeOf;
use crate::sample::random::Random;

/// A range.
pub(super) fn range(random: &mut Random, of: RangeOf, formats: DateFormats, coerces: bool) -> Value {
    let (lower, upper) = ends(random, of, formats, coerces);
    let mut range = Map::new();
    let (has_lower, has_upper) = match random.below(6) {
        0 => (true, false),
        1 => (false, true),
        _ => (true, true),
    };
    if has_lower && has_upper && random.below(8) == 0 {
        // One point.
        return json!({"gte": lower, "lte": lower});
    }
    if has_lower {
        range.insert(random.pick(&["gte", "gte", "gt"]).to_owned(), lower);
    }
    if has_upper {
        range.insert(random.pick(&["lte", "lte", "lt"]).to_owned(), upper);
    }
    if random.below(8) == 0 {
        // Null is no end.
        let name = random.pick(&["gte", "gt", "lte", "lt"]);
        range.entry(name).or_insert(Value::Null);
    }
    Value::Object(range)
}

fn ends(random: &mut Random, of: RangeOf, formats: DateFormats, coerces: bool) -> (Value, Value) {
    match of {
        RangeOf::Integer => integers(random, i32::MIN.into(), i32::MAX.into(), false),
        RangeOf::Long => integers(random, i64::MIN.into(), i64::MAX.into(), coerces),
        RangeOf::Float | RangeOf::Double => {
            let lower = (random.fraction() * 1_000.0).floor() / 8.0 - 60.0;
            (json!(lower), json!(lower + 0.5 + random.fraction()))
        }
        RangeOf::Date => (dates::moment(random, formats, &dates::EARLY), dates::moment(random, formats, &dates::LATE)),
        RangeOf::Ip => addresses(random),
    }
}

fn integers(random: &mut Random, low: i128, high: i128, takes_text: bool) -> (Value, Value) {
    let lower = if random.below(4) == 0 { low } else { random.within(low..=0) };
    let upper = if random.below(4) == 0 { high } else { random.within(2..=high) };
    (numbers::shown(random, lower, takes_text), numbers::shown(random, upper, takes_text))
}

fn addresses(random: &mut Random) -> (Value, Value) {
    if random.per_mille(500) {
        let lower = addresses::v4(random).to_bits() / 2;
        let text = |bits: u32| IpAddr::V4(bits.into()).to_string().into();
        return (text(lower), text(lower + 2 + (lower >> 1)));
    }
    let lower = addresses::v6(random).to_bits() / 2;
    let text = |bits: u128| Ipv6Addr::from(bits).to_string().into();
    (text(lower), text(lower + 2 + (lower >> 1)))
}
