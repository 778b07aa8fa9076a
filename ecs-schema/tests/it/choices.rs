//! Documents made from the tables: a list of bytes decides at each turn, so that a failing one can be shrunk.

use ecs_schema::{Kind, ObjectRule, RangeKind};
use serde_json::{Map, Value, json};

/// The decisions; 0 for ever when they are used up, which is the plainest choice everywhere.
pub struct Choices {
    bytes: Vec<u8>,
    at: usize,
}

impl Choices {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }

    fn below(&mut self, count: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % count
    }

    fn pick(&mut self, values: &[Value]) -> Value {
        values[self.below(values.len())].clone()
    }
}

/// An object by its table, with a mistake now and then.
pub fn object(rules: &ObjectRule, choices: &mut Choices) -> Value {
    let mut map = Map::new();
    for rule in rules.fields() {
        let is_there = if rule.is_required() { choices.below(64) != 63 } else { choices.below(4) == 3 };
        if !is_there {
            continue;
        }
        let has_mistake = choices.below(64) == 63;
        let mut value = if rule.is_array() ^ has_mistake {
            (0..=choices.below(3)).map(|_| element(rule.kind(), choices)).collect()
        } else {
            element(rule.kind(), choices)
        };
        if let Some(allowed) = rule.allowed_values() {
            let mut one = || json!(if choices.below(24) == 23 { "?" } else { allowed[choices.below(allowed.len())] });
            value = if rule.is_array() { json!([one(), one()]) } else { one() };
        }
        map.insert(rule.name().to_owned(), value);
    }
    if choices.below(32) == 31 {
        map.insert("unknown".to_owned(), json!(1));
    }
    Value::Object(map)
}

fn element(kind: Kind, choices: &mut Choices) -> Value {
    if choices.below(64) == 63 {
        return choices.pick(&[
            json!(null),
            json!([]),
            json!({}),
            json!(true),
            json!(-1),
            json!(1e40),
            json!(0.5),
            json!(u64::MAX),
            json!("x".repeat(32_767)),
            json!({"gte": 2, "lt": 1}),
            json!({"lat": 91, "lon": 0}),
            json!([[]]),
        ]);
    }
    match kind {
        Kind::Object(rules) | Kind::Nested(rules) => object(rules, choices),
        Kind::Any => choices.pick(&[json!({}), json!([null, 1]), json!("any"), json!(2.5)]),
        Kind::Flattened => choices.pick(&[json!({}), json!({"a": {"b": [1, null, "c"]}})]),
        Kind::GeoPoint => choices.pick(&[json!({"lat": 1, "lon": -2.5}), json!({"lat": -90, "lon": 180})]),
        Kind::Range(range) => {
            let end = json!({"gte": scalar(end_kind(range), choices)});
            if choices.below(2) == 1 { json!({"lt": end["gte"]}) } else { end }
        }
        _ => scalar(kind, choices),
    }
}

fn end_kind(range: RangeKind) -> Kind {
    match range {
        RangeKind::Integer => Kind::Integer,
        RangeKind::Long => Kind::Long,
        RangeKind::Date(format) => Kind::Date(format),
        RangeKind::Ip => Kind::Ip,
        _ => Kind::Float,
    }
}

fn scalar(kind: Kind, choices: &mut Choices) -> Value {
    match kind {
        Kind::Keyword => choices.pick(&[json!("a"), json!("0123abcd"), json!("ü\"\n"), json!("x".repeat(32_766))]),
        Kind::Constant(value) => json!(value),
        Kind::Version => choices.pick(&[json!("1.2.3"), json!("1.0.0-rc.1"), json!("1.0")]),
        Kind::Long => choices.pick(&[json!(i64::MAX), json!("-5"), json!(2.0)]),
        Kind::UnsignedLong => choices.pick(&[json!(u64::MAX), json!("18446744073709551615"), json!(0)]),
        Kind::Integer | Kind::Short | Kind::Byte => choices.pick(&[json!(7), json!(-128), json!(7.0), json!(200)]),
        Kind::Double | Kind::Float => choices.pick(&[json!(0.1), json!(7), json!(-2.5e30)]),
        Kind::HalfFloat => choices.pick(&[json!(0.1), json!(65519), json!(65520)]),
        Kind::Boolean => choices.pick(&[json!(true), json!(false)]),
        Kind::Date(ecs_schema::DateFormat::Seconds) => choices.pick(&[json!(1_715_938_200), json!("1715938200")]),
        Kind::Date(_) | Kind::DateNanos(_) => {
            choices.pick(&[json!("2024-05-17T09:30:00.123456789+02:00"), json!("1969"), json!(5), json!("12345")])
        }
        Kind::Ip => choices.pick(&[json!("10.0.0.1"), json!("::ffff:10.0.0.1"), json!("fe80::1")]),
        Kind::Binary => choices.pick(&[json!("aGk="), json!("")]),
        _ => choices.pick(&[json!("text"), json!("x".repeat(33_000))]),
    }
}
