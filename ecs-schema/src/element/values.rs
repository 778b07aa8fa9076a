//! The kinds that are objects in JSON but have no generated struct: points, ranges, flattened objects, any JSON.

use std::ops::Bound;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IgnoredAny, MapAccess, SeqAccess};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{Element, unreadable};
use crate::checker::Checker;
use crate::overlay::{Layer, Merge};
use crate::path::Path;
use crate::range::RangeEnd;
use crate::read::OneSeed;
use crate::rule::{FieldRule, Kind};
use crate::scalar::Scalar;
use crate::violation::Found;
use crate::{Flattened, GeoPoint, Range, json, write};

impl Element for GeoPoint {
    fn check(&self, _rule: &FieldRule, _at: &Path<'_>, _out: &mut Checker) {}

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"lat\":");
        write::json(&self.lat(), out);
        out.extend_from_slice(b",\"lon\":");
        write::json(&self.lon(), out);
        out.push(b'}');
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("lat", &self.lat())?;
        map.serialize_entry("lon", &self.lon())?;
        map.end()
    }

    fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => Self::parse(text),
            _ => None,
        }
    }

    fn read_map<'de, A: MapAccess<'de>>(mut map: A, rule: &FieldRule, at: &Path<'_>) -> Result<Self, A::Error> {
        let (mut lat, mut lon) = (None, None);
        let number = FieldRule::nameless(Kind::Double);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "lat" => {
                    lat = map.next_value_seed(OneSeed::<f64>::new(&number, &at.field("lat")))?;
                }
                "lon" => {
                    lon = map.next_value_seed(OneSeed::<f64>::new(&number, &at.field("lon")))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let point = lat.zip(lon).and_then(|(lat, lon)| Self::new(lat, lon).ok());
        point.ok_or_else(|| unreadable(Found::Object, rule, at))
    }

    fn read_seq<'de, A: SeqAccess<'de>>(mut seq: A, rule: &FieldRule, at: &Path<'_>) -> Result<Option<Self>, A::Error> {
        // `[lon, lat]`, perhaps with a height, or one point in an array: seen as JSON values, since only the first
        // element tells which.
        let mut values = Vec::new();
        while let Some(value) = seq.next_element::<Value>()? {
            values.push(value);
        }
        let point = match values.as_slice() {
            [Value::Number(lon), Value::Number(lat)] | [Value::Number(lon), Value::Number(lat), Value::Number(_)] => {
                lat.as_f64().zip(lon.as_f64()).and_then(|(lat, lon)| Self::new(lat, lon).ok())
            }
            [] | [Value::Null] => return Ok(None),
            [only @ Value::Object(_)] => Self::deserialize(only).ok(),
            [Value::String(text)] => Self::parse(text),
            _ => None,
        };
        point.map(Some).ok_or_else(|| unreadable(Found::Array, rule, at))
    }

    fn blank() -> Self {
        Self::blank()
    }
}

impl<T: RangeEnd + Element> Element for Range<T> {
    fn check(&self, _rule: &FieldRule, _at: &Path<'_>, _out: &mut Checker) {}

    fn write(&self, rule: &FieldRule, out: &mut Vec<u8>) {
        let end_rule = end_rule(rule);
        let start = out.len();
        for (key, end) in self.ends() {
            write::key(key, out);
            end.write(&end_rule, out);
        }
        write::open(out, start, b'{');
        out.push(b'}');
    }

    fn serialize<S: Serializer>(&self, rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        let end_rule = end_rule(rule);
        let mut map = serializer.serialize_map(None)?;
        for (key, end) in self.ends() {
            map.serialize_entry(key, &WithRule { value: end, rule: &end_rule })?;
        }
        map.end()
    }

    fn read_scalar(_scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        None
    }

    fn read_map<'de, A: MapAccess<'de>>(mut map: A, rule: &FieldRule, at: &Path<'_>) -> Result<Self, A::Error> {
        let end_rule = end_rule(rule);
        let (mut lower, mut upper) = (Bound::Unbounded, Bound::Unbounded);
        while let Some(key) = map.next_key::<String>()? {
            let place = at.field(&key);
            let seed = OneSeed::<T>::new(&end_rule, &place);
            let (slot, bound): (_, fn(T) -> Bound<T>) = match key.as_str() {
                "gte" | "from" => (&mut lower, Bound::Included),
                "gt" => (&mut lower, Bound::Excluded),
                "lte" | "to" => (&mut upper, Bound::Included),
                "lt" => (&mut upper, Bound::Excluded),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if let Some(end) = map.next_value_seed(seed)? {
                *slot = bound(end);
            }
        }
        Self::new(lower, upper).map_err(|_| unreadable(Found::Object, rule, at))
    }

    fn blank() -> Self {
        Self::blank()
    }
}

fn end_rule(rule: &FieldRule) -> FieldRule {
    FieldRule::nameless(match rule.kind {
        Kind::Range(range) => range.end(),
        other => other,
    })
}

/// The end of a range on its way to `serde`.
struct WithRule<'a, T> {
    value: &'a T,
    rule: &'a FieldRule,
}

impl<T: Element> Serialize for WithRule<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(self.rule, serializer)
    }
}

impl Element for Flattened {
    fn check(&self, _rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        json::check_flattened(self.iter(), at, out);
    }

    fn write_checked(&self, _rule: &FieldRule, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
        json::check_flattened(self.iter().filter(|(name, _)| !layer.fixes(name)), at, merge.checker);
        layer.write_flattened(self, merge.out);
    }

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        write::json(&**self, out);
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }

    fn read_scalar(_scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        None
    }

    fn read_map<'de, A: MapAccess<'de>>(mut map: A, _rule: &FieldRule, _at: &Path<'_>) -> Result<Self, A::Error> {
        let mut read = Self::default();
        while let Some((key, value)) = map.next_entry()? {
            read.insert(key, value);
        }
        Ok(read)
    }

    fn blank() -> Self {
        Self::default()
    }
}

impl Element for Value {
    fn check(&self, _rule: &FieldRule, at: &Path<'_>, out: &mut Checker) {
        json::check_any(self, at, out);
    }

    fn write(&self, _rule: &FieldRule, out: &mut Vec<u8>) {
        write::json(self, out);
    }

    fn serialize<S: Serializer>(&self, _rule: &FieldRule, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(self, serializer)
    }

    fn read_scalar(scalar: Scalar<'_>, _rule: &FieldRule) -> Option<Self> {
        Some(match scalar {
            Scalar::Text(text) => Self::from(text),
            Scalar::Signed(number) => Self::from(number),
            Scalar::Unsigned(number) => Self::from(number),
            Scalar::Float(number) => Self::from(number),
            Scalar::Boolean(value) => Self::from(value),
        })
    }

    fn read_map<'de, A: MapAccess<'de>>(map: A, _rule: &FieldRule, _at: &Path<'_>) -> Result<Self, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map))
    }

    fn read_seq<'de, A: SeqAccess<'de>>(seq: A, _rule: &FieldRule, _at: &Path<'_>) -> Result<Option<Self>, A::Error> {
        Self::deserialize(SeqAccessDeserializer::new(seq)).map(Some)
    }

    fn blank() -> Self {
        Self::Null
    }

    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
