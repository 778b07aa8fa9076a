//! Changes to objects: names that the log does not have, places on Earth, flattened objects beyond their limits.

use serde_json::{Map, Value, json};

use super::{Case, Change, Verdict, refused, taken};
use crate::field_type::ValueKind;
use crate::model::{Field, FieldId, Model, ShapeId};
use crate::sample::events;
use crate::sample::maker::DocumentMaker;
use crate::sample::maker::free::nested;

/// Lucene's limit for a term.
const MAX_TERM: usize = 32_766;
/// How deep a flattened object may be, itself included.
const MAX_DEPTH: usize = 20;

type ObjectOf = fn(&Model, &Field) -> bool;
type ObjectChange = for<'m> fn(&mut DocumentMaker<'m>, &'m Field, &mut Map<String, Value>);

const fn object(label: &'static str, of: ObjectOf, change: ObjectChange) -> Case {
    Case { label, expected: Verdict::Invalid, change: Change::Object(of, change) }
}

const fn kept(label: &'static str, of: ObjectOf, change: ObjectChange) -> Case {
    Case { label, expected: Verdict::Valid, change: Change::Object(of, change) }
}

const fn root(
    label: &'static str,
    of: fn(&Model) -> bool,
    change: fn(&mut DocumentMaker<'_>, &mut Map<String, Value>),
) -> Case {
    Case { label, expected: Verdict::Invalid, change: Change::Root(of, change) }
}

pub(super) const CASES: &[Case] = &[
    root("unknown-field-at-the-root", is_closed, |_, root| {
        root.insert("no_such_field".to_owned(), json!("x"));
    }),
    root("unknown-null-at-the-root", is_closed, |_, root| {
        root.insert("no_such_field".to_owned(), Value::Null);
    }),
    root("near-miss-at-the-root", is_closed, |maker, root| {
        let ids = &maker.model.roots;
        add_near_miss(maker, ids, root);
    }),
    root(
        "dotted-name-at-the-root",
        |_| true,
        |maker, root| {
            let dotted: Vec<&str> =
                maker.model.leaves().map(|field| field.path.as_str()).filter(|path| path.contains('.')).collect();
            let name = if dotted.is_empty() { "event.action" } else { maker.random.pick(&dotted) };
            root.insert(name.to_owned(), json!("x"));
        },
    ),
    object(
        "unknown-field-in-an-object",
        |_, field| is_single(field) && !field.takes_unknown,
        |_, _, object| {
            object.insert("no_such_field".to_owned(), json!({"x": 1}));
        },
    ),
    object(
        "unknown-field-in-an-element",
        |_, field| field.is_object() && field.is_array && !field.takes_unknown,
        |_, _, object| {
            object.insert("no_such_field".to_owned(), json!([]));
        },
    ),
    object(
        "near-miss-in-an-object",
        |_, field| field.is_object() && !field.takes_unknown,
        |maker, field, object| {
            add_near_miss(maker, &field.children, object);
        },
    ),
    kept(
        "unknown-field-kept",
        |_, field| field.takes_unknown,
        |maker, _, object| {
            let values = [json!(1), json!(null), json!("x"), json!([[{"a": null}], "b"]), json!({"a.b": {"": [true]}})];
            object.insert("no_such_field".to_owned(), maker.random.pick(&values.each_ref()).clone());
        },
    ),
    kept(
        "near-miss-kept",
        |_, field| field.takes_unknown,
        |maker, field, object| {
            add_near_miss(maker, &field.children, object);
        },
    ),
    object(
        "dotted-name-in-an-open-object",
        |_, field| field.takes_unknown,
        |_, _, object| {
            object.insert("no.such".to_owned(), json!(1));
        },
    ),
    object(
        "name-of-nothing-in-an-open-object",
        |_, field| field.takes_unknown,
        |maker, _, object| {
            object.insert(maker.random.pick(&["", " ", "  "]).to_owned(), json!(1));
        },
    ),
    object(
        "event-type-not-expected",
        |model, field| field.path.as_str() == "event" && events::can_be_at_odds(model),
        events::set_at_odds,
    ),
    refused(
        "latitude-out-of-range",
        is_point,
        |random, _| json!({"lat": random.pick(&[&90.000_001, &-91.0, &1e300]), "lon": 0}),
    ),
    refused(
        "longitude-out-of-range",
        is_point,
        |random, _| json!({"lat": 0, "lon": random.pick(&[&180.000_001, &-181.0, &360.0])}),
    ),
    refused("point-without-latitude", is_point, |random, _| {
        [json!({"lon": 1}), json!({"lat": null, "lon": 1})][random.below(2)].clone()
    }),
    refused("point-without-longitude", is_point, |_, _| json!({"lat": 1})),
    refused("point-with-more", is_point, |random, _| json!({"lat": 1, "lon": 2, random.pick(&["alt", "z", "LAT"]): 3})),
    refused("point-with-text", is_point, |_, _| json!({"lat": "1", "lon": 2})),
    refused("point-as-text", is_point, |_, _| "52.5,13.25".into()),
    refused("point-as-words", is_point, |random, _| random.pick(&["here", "", "u33db"]).into()),
    refused("point-as-geojson", is_point, |_, _| json!({"type": "Point", "coordinates": [13.25, 52.5]})),
    taken("point-at-the-pole", is_point, |_, _| json!({"lon": 180, "lat": -90})),
    refused("flattened-too-deep", is_flattened, |_, _| Value::Object(nested(MAX_DEPTH + 1))),
    refused("flattened-leaf-too-long", is_flattened, |_, field| json!({"key": {"k": "x".repeat(longest(field) + 1)}})),
    refused("flattened-name-with-nul", is_flattened, |_, _| json!({"a\0b": 1})),
    refused("text-for-flattened", is_flattened, |_, _| "a=b".into()),
    refused("number-for-flattened", is_flattened, |_, _| json!(1)),
    taken(
        "flattened-leaf-as-long-as-can-be",
        is_flattened,
        |_, field| json!({"key": {"k": ["x".repeat(longest(field))]}}),
    ),
    taken("flattened-as-deep-as-can-be", is_flattened, |_, _| Value::Object(nested(MAX_DEPTH))),
    taken("flattened-of-everything", is_flattened, |_, _| json!({"a": [null, 1, [true]], "b.c": {}, "d": {"e": null}})),
];

fn is_closed(model: &Model) -> bool {
    !model.shape(ShapeId::ROOT).takes_unknown
}

fn is_single(field: &Field) -> bool {
    field.is_object() && !field.is_array
}

fn is_point(field: &Field) -> bool {
    field.kind() == ValueKind::GeoPoint
}

fn is_flattened(field: &Field) -> bool {
    field.kind() == ValueKind::Flattened
}

/// How long the text at `key.k` of a flattened field may be: its path twice, the names and the text are one
/// term, with what is between them.
fn longest(field: &Field) -> usize {
    MAX_TERM - 2 * field.path.as_str().len() - "..key.k=".len()
}

/// Adds a field whose name is almost one that the object has.
fn add_near_miss(maker: &mut DocumentMaker<'_>, ids: &[FieldId], object: &mut Map<String, Value>) {
    let model = maker.model;
    let names: Vec<&str> = model.children(ids).map(Field::name).collect();
    let name = if names.is_empty() { "a" } else { maker.random.pick(&names) };
    let misses =
        [format!("{name}s"), name.to_uppercase(), format!(" {name}"), format!("{name}_"), name.replace('_', "-")];
    let at = maker.random.below(misses.len());
    let miss = misses.iter().cycle().skip(at).take(misses.len()).find(|miss| !names.contains(&miss.as_str()));
    object.insert(miss.cloned().unwrap_or_else(|| "no_such_field".to_owned()), json!("x"));
}
