//! Points and ranges: objects with a few names of their own.

use serde::de::{IgnoredAny, MapAccess};

use super::any::{OwnedScalar, SeenNames};
use crate::GeoPoint;
use crate::checker::Checker;
use crate::path::Path;
use crate::range::has_values;
use crate::rule::{FieldRule, Kind, RangeKind};
use crate::scalar::{Accepted, Scalar, check_scalar};
use crate::violation::{Found, Offending, ViolationRule};

/// Checks an object that must have `lat` and `lon`, and nothing else.
pub(super) fn check_geo_point<'de, A: MapAccess<'de>>(
    mut map: A,
    at: &Path<'_>,
    out: &mut Checker,
) -> Result<(), A::Error> {
    let mut names = SeenNames::default();
    let mut seen = [false; 2];
    while let Some(name) = map.next_key_seed(&mut names)? {
        let field = at.unknown(&name.shown);
        let (place, limit, expected) = match name.shown.as_str() {
            "lat" => (0, GeoPoint::MAX_LAT, "a number from -90 to 90"),
            "lon" => (1, GeoPoint::MAX_LON, "a number from -180 to 180"),
            _ => {
                map.next_value::<IgnoredAny>()?;
                out.report(&field, ViolationRule::UnknownField { nearest: None }, Found::Nothing);
                continue;
            }
        };
        if name.is_repeated {
            out.report(&field, ViolationRule::DuplicateField, Found::Nothing);
        }
        let scalar = map.next_value::<OwnedScalar>()?;
        seen[place] = !scalar.is_null();
        match scalar.borrow().and_then(Scalar::float) {
            Some(number) if number.abs() <= limit => {}
            Some(number) => {
                out.report(&field, ViolationRule::OutOfRange { expected }, number);
            }
            _ if scalar.is_null() => {}
            _ => out.report(&field, ViolationRule::WrongType { expected: "a number" }, scalar),
        }
    }
    for (name, is_seen) in ["lat", "lon"].into_iter().zip(seen) {
        if !is_seen {
            out.report(&at.field(name), ViolationRule::Missing, Found::Nothing);
        }
    }
    Ok(())
}

/// Checks an object that must have the ends of a range.
pub(super) fn check_range<'de, A: MapAccess<'de>>(
    mut map: A,
    field_rule: &FieldRule,
    range: RangeKind,
    at: &Path<'_>,
    out: &mut Checker,
) -> Result<(), A::Error> {
    const NAMES: [&str; 4] = ["gte", "gt", "lte", "lt"];
    let mut rule = FieldRule::nameless(range.end());
    if !field_rule.takes_numeric_strings {
        rule = rule.uncoerced();
    }
    let mut is_whole = true;
    let mut ends = [None; 4];
    let mut names = SeenNames::default();
    while let Some(name) = map.next_key_seed(&mut names)? {
        let field = at.unknown(&name.shown);
        let Some(place) = NAMES.iter().position(|known| *known == name.shown) else {
            map.next_value::<IgnoredAny>()?;
            out.report(&field, ViolationRule::UnknownField { nearest: None }, Found::Nothing);
            continue;
        };
        if name.is_repeated {
            out.report(&field, ViolationRule::DuplicateField, Found::Nothing);
        }
        let scalar = map.next_value::<OwnedScalar>()?;
        match check_end(&rule, &scalar) {
            Ok(end) => ends[place] = end,
            Err(broken) => {
                is_whole = false;
                out.report(&field, broken, scalar);
            }
        }
    }
    // What one end lacks has been said; only whole ranges are judged as ranges.
    if is_whole && !is_range(range, ends) {
        out.report(at, ViolationRule::InvalidRange, Ends(&NAMES, ends));
    }
    Ok(())
}

/// One end of a range; nothing for null.
fn check_end(rule: &FieldRule, scalar: &OwnedScalar) -> Result<Option<Accepted>, ViolationRule> {
    match scalar.borrow() {
        Some(scalar) => check_scalar(rule, scalar).map(Some),
        None if scalar.is_null() => Ok(None),
        None => Err(ViolationRule::WrongType { expected: Kind::expected(rule.kind) }),
    }
}

/// Whether these ends, in the order `gte`, `gt`, `lte`, `lt`, make a range; the same rule as [`Range::new`](crate::Range::new).
fn is_range(range: RangeKind, ends: [Option<Accepted>; 4]) -> bool {
    let [gte, gt, lte, lt] = ends;
    if (gte.is_some() && gt.is_some()) || (lte.is_some() && lt.is_some()) {
        return false;
    }
    let excluded = usize::from(gt.is_some()) + usize::from(lt.is_some());
    match (gte.or(gt), lte.or(lt)) {
        (None, None) => false,
        (Some(lower), Some(upper)) => has_accepted(range, lower, upper, excluded),
        _ => true,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the ends of a range of 32-bit floats are such floats")]
fn has_accepted(range: RangeKind, lower: Accepted, upper: Accepted, excluded: usize) -> bool {
    match (lower, upper) {
        (Accepted::Integer(lower), Accepted::Integer(upper)) => has_values(lower, upper, excluded),
        (Accepted::Float(lower), Accepted::Float(upper)) if range == RangeKind::Float => {
            has_values(lower as f32, upper as f32, excluded)
        }
        (Accepted::Float(lower), Accepted::Float(upper)) => has_values(lower, upper, excluded),
        (Accepted::Date(lower), Accepted::Date(upper)) => has_values(lower, upper, excluded),
        (Accepted::Ip(lower), Accepted::Ip(upper)) => has_values(lower, upper, excluded),
        _ => false,
    }
}

/// Shows the ends that there are.
struct Ends<'a>(&'a [&'static str; 4], [Option<Accepted>; 4]);

impl Offending for Ends<'_> {
    fn kind(&self) -> Found {
        Found::Object
    }
}

impl std::fmt::Display for Ends<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut separator = "";
        for (name, end) in self.0.iter().zip(self.1) {
            match end {
                None => continue,
                Some(Accepted::Integer(number)) => write!(out, "{separator}{name} {number}")?,
                Some(Accepted::Float(number)) => {
                    write!(out, "{separator}{name} {}", Scalar::Float(number))?;
                }
                Some(Accepted::Date(moment)) => write!(out, "{separator}{name} {moment}")?,
                Some(Accepted::Ip(bits)) => {
                    let ip = std::net::Ipv6Addr::from_bits(bits).to_canonical();
                    write!(out, "{separator}{name} {ip}")?;
                }
                Some(Accepted::Unordered) => write!(out, "{separator}{name}")?,
            }
            separator = ", ";
        }
        if separator.is_empty() { out.write_str("{}") } else { Ok(()) }
    }
}
