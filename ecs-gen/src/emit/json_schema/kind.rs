//! One definition for each kind of value: `$defs` entries with lower-case names, made when a field first needs them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::pattern;
use super::schema::Schema;
use crate::date_formats::{DateFormats, Epoch};
use crate::field_type::{RangeOf, ValueKind};
use crate::model::Field;
use crate::parameter::Parameter;

/// Lucene's limit for a term, in bytes; characters are no more than bytes.
const MAX_TERM: u32 = 32_766;
/// The least magnitude that rounds to infinity as a 32-bit float: 2¹²⁸ − 2¹⁰³.
const FLOAT_BOUND: f64 = 3.402_823_567_797_336_6e38;
/// The least magnitude that rounds to infinity as a 16-bit float, which is 65,520, after it was rounded to 32 bits, as the
/// engines do: half a step of those below 65,520.
const HALF_FLOAT_BOUND: f64 = 65_519.998_046_875;

/// The definitions made so far.
pub(super) type Definitions<'m> = BTreeMap<Cow<'m, str>, Schema<'m>>;

/// A schema for one value of `field`, whatever its allowed values and its pattern; `None` for objects with fields of
/// their own and for aliases, which have no value.
pub(super) fn value_of<'m>(field: &'m Field, definitions: &mut Definitions<'m>) -> Option<Schema<'m>> {
    let coerces = field.parameters.get(&Parameter::Coerce) != Some(&serde_json::Value::Bool(false));
    let (name, schema): (Cow<'m, str>, Schema<'m>) = match field.kind() {
        ValueKind::Object | ValueKind::Nested | ValueKind::Alias => return None,
        ValueKind::Keyword if field.is_unindexed() || field.parameters.contains_key(&Parameter::IgnoreAbove) => text(),
        ValueKind::Keyword => ("keyword".into(), keyword()),
        ValueKind::Text => text(),
        ValueKind::Constant => match field.parameters.get(&Parameter::Value).and_then(|value| value.as_str()) {
            Some(value) => return Some(Schema { constant: Some(value), ..Schema::default() }),
            None => text(),
        },
        ValueKind::Version => ("version".into(), version()),
        ValueKind::Integer(bits) => integer(bits, coerces),
        ValueKind::UnsignedLong => ("unsigned_long".into(), unsigned_long()),
        ValueKind::Double => double(),
        ValueKind::Float => float(),
        ValueKind::HalfFloat => {
            ("half_float".into(), Schema::below(HALF_FLOAT_BOUND).described("A number that a 16-bit float can hold."))
        }
        ValueKind::Boolean => ("boolean".into(), Schema::of("boolean")),
        ValueKind::Date => date(DateFormats::of(field)),
        ValueKind::DateNanos => date_nanos(DateFormats::of(field)),
        ValueKind::Ip => ip(),
        ValueKind::GeoPoint => ("geo_point".into(), geo_point()),
        ValueKind::Range(of) => {
            let (end_name, end) = range_end(of, DateFormats::of(field), coerces);
            let name = format!("{end_name}_range");
            let range = range(&end_name);
            definitions.entry(end_name).or_insert(end);
            (name.into(), range)
        }
        ValueKind::Binary => {
            let bytes =
                Schema::matching(pattern::BASE64).described("Bytes as base64, standard alphabet, with padding.");
            ("binary".into(), bytes)
        }
        ValueKind::Flattened => {
            ("flattened".into(), Schema::of("object").described("An object with any keys, indexed as one field."))
        }
        ValueKind::Any => ("any".into(), Schema::default().described("Any JSON, kept and not indexed.")),
    };
    let reference = Schema::reference(&name);
    definitions.entry(name).or_insert(schema);
    Some(reference)
}

type Named<'m> = (Cow<'m, str>, Schema<'m>);

fn text<'m>() -> Named<'m> {
    ("text".into(), Schema::of("string").described("A string of any length."))
}

fn keyword<'m>() -> Schema<'m> {
    let keyword = Schema { max_length: Some(MAX_TERM), ..Schema::of("string") };
    keyword.described("A string that is indexed whole, at most 32,766 bytes of UTF-8.")
}

fn version<'m>() -> Schema<'m> {
    Schema::matching(pattern::VERSION).described("A semantic version, `x.y.z[-pre][+build]`.")
}

fn integer<'m>(bits: u8, coerces: bool) -> Named<'m> {
    match bits {
        8 => ("byte".into(), Schema::integer(i8::MIN, i8::MAX)),
        16 => ("short".into(), Schema::integer(i16::MIN, i16::MAX)),
        32 => ("integer".into(), Schema::integer(i32::MIN, i32::MAX)),
        _ if coerces => ("long".into(), long()),
        _ => ("long_number".into(), Schema::integer(i64::MIN, i64::MAX)),
    }
}

fn long<'m>() -> Schema<'m> {
    let forms = vec![Schema::integer(i64::MIN, i64::MAX), Schema::matching(pattern::signed_decimal())];
    Schema::any_of(forms).described("A signed 64-bit integer, or its decimal text where a number cannot carry 64 bits.")
}

fn unsigned_long<'m>() -> Schema<'m> {
    let forms = vec![Schema::integer(0, u64::MAX), Schema::matching(pattern::unsigned_decimal())];
    Schema::any_of(forms)
        .described("An unsigned 64-bit integer, or its decimal text where a number cannot carry 64 bits.")
}

fn double<'m>() -> Named<'m> {
    ("double".into(), Schema::number(f64::MIN, f64::MAX).described("A number that a 64-bit float can hold."))
}

fn float<'m>() -> Named<'m> {
    ("float".into(), Schema::below(FLOAT_BOUND).described("A number that a 32-bit float can hold."))
}

fn ip<'m>() -> Named<'m> {
    ("ip".into(), Schema::matching(pattern::ip()).described("An IPv4 or IPv6 address."))
}

/// The first and last moments of a date type, in the units of the epochs; the lowest without its sign.
struct Span {
    millis: (i64, i64),
    seconds: (i64, i64),
}

/// 0000-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z.
const DATES: Span =
    Span { millis: (-62_167_219_200_000, 253_402_300_799_999), seconds: (-62_167_219_200, 253_402_300_799) };
/// 1970-01-01T00:00:00Z to 2262-04-11T23:47:16.854Z.
const NANO_DATES: Span = Span { millis: (0, 9_223_372_036_854), seconds: (0, 9_223_372_036) };

/// Numbers that an engine may take for years where years are readable as well: a sign and four to ten digits.
const MAY_BE_YEARS: (i64, i64) = (-9_999_999_999, -1_000);

fn date<'m>(formats: DateFormats) -> Named<'m> {
    let name = format!("date{}", suffix(formats));
    (name.into(), date_forms(formats, pattern::date, &DATES).described("A date, with or without a time."))
}

fn date_nanos<'m>(formats: DateFormats) -> Named<'m> {
    let name = format!("date_nanos{}", suffix(formats));
    let forms = date_forms(formats, pattern::date_nanos, &NANO_DATES);
    (name.into(), forms.described("A date between 1970 and 2262-04-11T23:47:16.854775807Z, with or without a time."))
}

fn suffix(formats: DateFormats) -> &'static str {
    match (formats.is_iso, formats.epoch) {
        (true, Some(Epoch::Millis)) => "",
        (true, Some(Epoch::Seconds)) => "_or_seconds",
        (_, None) => "_text",
        (false, Some(Epoch::Millis)) => "_millis",
        (false, Some(Epoch::Seconds)) => "_seconds",
    }
}

fn date_forms<'m>(formats: DateFormats, iso: fn() -> String, span: &Span) -> Schema<'m> {
    let mut forms = vec![];
    if formats.is_iso {
        forms.push(Schema::matching(iso()));
    }
    if let Some(epoch) = formats.epoch {
        let (lowest, highest) = match epoch {
            Epoch::Millis => span.millis,
            Epoch::Seconds => span.seconds,
        };
        if formats.is_iso && lowest < MAY_BE_YEARS.0 {
            forms.push(Schema::integer(lowest, MAY_BE_YEARS.0 - 1));
            forms.push(Schema::integer(MAY_BE_YEARS.1 + 1, highest));
        } else {
            forms.push(Schema::integer(lowest, highest));
        }
        forms.extend(epoch_texts(lowest, highest, formats.is_iso));
    }
    Schema::any_of(forms)
}

/// Decimal texts of an epoch. Where dates are taken too, four digits are a year, and with a sign up to ten may be one.
fn epoch_texts<'m>(lowest: i64, highest: i64, is_iso: bool) -> [Schema<'m>; 2] {
    let text = |pattern, length| Schema { min_length: is_iso.then_some(length), ..Schema::matching(pattern) };
    let (highest, lowest) = (highest.to_string(), lowest.unsigned_abs().to_string());
    [text(pattern::epoch("", &highest), 5), text(pattern::epoch("-", &lowest), 12)]
}

fn geo_point<'m>() -> Schema<'m> {
    let properties = BTreeMap::from([("lat", Schema::number(-90.0, 90.0)), ("lon", Schema::number(-180.0, 180.0))]);
    Schema { required: vec!["lat", "lon"], ..Schema::closed(properties) }.described("Degrees north and east (WGS 84).")
}

fn range_end<'m>(of: RangeOf, formats: DateFormats, coerces: bool) -> Named<'m> {
    match of {
        RangeOf::Integer => integer(32, coerces),
        RangeOf::Long => integer(64, coerces),
        RangeOf::Float => float(),
        RangeOf::Double => double(),
        RangeOf::Date => date(formats),
        RangeOf::Ip => ip(),
    }
}

/// At least one end; of `gte` and `gt`, and of `lte` and `lt`, no more than one. Null is no end.
fn range<'m>(end: &str) -> Schema<'m> {
    let ends = ["gte", "gt", "lte", "lt"];
    let properties = ends.map(|name| (name, Schema::any_of(vec![Schema::reference(end), Schema::null()])));
    let any = ends.iter().map(|name| has(&[*name])).collect();
    let twice = Schema::any_of(vec![has(&["gte", "gt"]), has(&["lte", "lt"])]);
    Schema { any_of: any, not: Some(Box::new(twice)), ..Schema::closed(BTreeMap::from(properties)) }
}

/// An object that has all of these, and none of them null.
fn has<'m>(names: &[&'m str]) -> Schema<'m> {
    let not_null = Schema { not: Some(Box::new(Schema::null())), ..Schema::default() };
    let properties = names.iter().map(|name| (*name, not_null.clone())).collect();
    Schema { properties, required: names.to_vec(), ..Schema::default() }
}
