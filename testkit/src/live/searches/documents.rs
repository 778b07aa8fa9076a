//! The documents of the searches: values that several types take, in sets, so that two types are compared by what both take.

use serde_json::{Value, json};

/// Values of one form.
pub struct Set {
    /// Its name, which each document has in the field `set`.
    pub name: &'static str,
    /// The values; each stands in one document.
    pub values: Vec<Value>,
    /// What a term query asks for.
    pub term: Value,
    /// From where a range query begins.
    pub bound: Value,
}

impl Set {
    /// The id of the document with a value: the same in every index of that generation.
    pub fn id(&self, place: usize) -> String {
        format!("{}-{place}", self.name)
    }
}

/// All sets. No values are in their own order, and the order of their texts is not that of the numbers.
pub fn sets() -> Vec<Set> {
    let set = |name, values: Value, term: Value, bound: Value| Set {
        name,
        values: values.as_array().cloned().unwrap_or_default(),
        term,
        bound,
    };
    vec![
        set("whole", json!([9, 10, 1]), json!(10), json!(9)),
        // A half-precision float holds the last one exactly, and no binary number the second.
        set("fraction", json!([2.5, 0.1, 2.25]), json!(0.1), json!(2.25)),
        set("truth", json!([true, false]), json!(true), json!(true)),
        set("word", json!(["beta", "alpha", "delta gamma"]), json!("alpha"), json!("beta")),
        set("constant", json!(["one"]), json!("one"), json!("one")),
        set("address", json!(["10.0.0.9", "10.0.0.10", "10.0.0.1"]), json!("10.0.0.10"), json!("10.0.0.9")),
        set(
            "instant",
            json!(["2026-01-02T00:00:00.001Z", "2026-01-10T00:00:00Z", "2026-01-01T00:00:00Z"]),
            json!("2026-01-10T00:00:00Z"),
            json!("2026-01-02T00:00:00.001Z"),
        ),
        set("version", json!(["1.9.0", "1.10.0", "1.1.0"]), json!("1.10.0"), json!("1.9.0")),
        set("span", json!([{"gte": 9, "lte": 9}, {"gte": 10, "lte": 10}, {"gte": 1, "lte": 1}]), json!(10), json!(9)),
        set(
            "address-span",
            json!([{"gte": "10.0.0.9", "lte": "10.0.0.9"}, {"gte": "10.0.0.1", "lte": "10.0.0.1"}]),
            json!("10.0.0.1"),
            json!("10.0.0.9"),
        ),
        set("point", json!([{"lat": 2, "lon": 2}, {"lat": 1, "lon": 1}]), json!(1), json!(2)),
        set("bytes", json!(["Yg==", "YQ=="]), json!("YQ=="), json!("Yg==")),
        set("open", json!([{"k": "b"}, {"k": "a"}]), json!("a"), json!("b")),
    ]
}

/// Values at the ends of what types take: they are not searched for, only taken or refused.
pub fn ends() -> Vec<Value> {
    let ends = json!([
        i8::MAX, i8::MIN, i16::MAX, i16::MIN, i32::MAX, i32::MIN, i64::MAX, i64::MIN,
        u64::MAX, 65504.0, -65504.0, f32::MAX, f32::MIN, f64::MAX,
        1e-300, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2262-01-01T00:00:00.000000001Z",
        "::1", "ffff::1", "1.0.0-alpha+build", "any text at all", "10.0.0.0/8",
        {"gte": i32::MIN, "lte": i32::MAX},
        {"gte": i64::MIN, "lte": i64::MAX},
        {"gte": f32::MIN, "lte": f32::MAX},
        {"gte": f64::MIN, "lte": f64::MAX},
        {"gte": "0001-01-01T00:00:00Z", "lte": "9999-12-31T00:00:00Z"},
        {"lat": -90, "lon": 180}, {"a": {"b": "c"}}
    ]);
    ends.as_array().cloned().unwrap_or_default()
}
