//! That every output has every field: the mapping, the rules, the Rust, the two lists of fields.

use std::collections::{BTreeMap, BTreeSet};

use ecs_gen::files::Files;
use ecs_gen::model::{Model, Origin};
use ecs_schema::{Kind, ObjectRule};
use serde_json::Value;

use super::{ALL_OF_ECS, EVERY_TYPE, INFRA, KIBANA, emit, load, rules_of};

/// The fields of ECS 9.4.0.
const FIELDS_OF_ECS: usize = 2_605;

#[track_caller]
fn check(path: &str) -> usize {
    let model = load(path);
    let expected = model.leaves().count();
    assert_eq!(mapped(&model), expected, "leaves of the mapping");
    assert_eq!(ruled(rules_of(&model).root()), expected, "leaves of the rules");
    assert_eq!(in_rust(&model), expected, "leaves of the tables in Rust");
    assert_eq!(rows_of_markdown(&model), expected, "rows of fields.md");
    assert_eq!(rows_of_csv(&model), expected, "rows of fields.csv");
    expected
}

#[test]
fn every_kibana_output_has_every_field() {
    check(KIBANA);
}

#[test]
fn every_output_of_infra_events_has_every_field() {
    check(INFRA);
}

#[test]
fn every_output_of_every_type_has_every_field() {
    check(EVERY_TYPE);
}

/// ECS counts what it declares, which includes objects that have fields of their own.
#[test]
fn every_output_of_all_of_ecs_has_every_field() {
    let leaves = check(ALL_OF_ECS);
    let model = load(ALL_OF_ECS);
    let declared = || model.fields.iter().filter(|field| field.origin != Origin::Implied);
    assert_eq!(declared().count(), FIELDS_OF_ECS);
    assert_eq!(leaves + declared().filter(|field| field.is_object()).count(), FIELDS_OF_ECS);
}

#[track_caller]
fn text<'f>(files: &'f Files, end: &str) -> &'f str {
    let (_, bytes) = files.iter().find(|(path, _)| path.ends_with(end)).expect("the emitter writes the file");
    std::str::from_utf8(bytes).unwrap()
}

fn mapped(model: &Model) -> usize {
    let files = emit(model, "elasticsearch");
    let mappings: Value = serde_json::from_str(text(&files, "elasticsearch/mappings.json")).unwrap();
    mapped_in(&mappings)
}

fn mapped_in(object: &Value) -> usize {
    let fields = object["properties"].as_object().expect("an object has properties").values();
    fields.map(|field| if field.get("properties").is_some() { mapped_in(field) } else { 1 }).sum()
}

fn ruled(object: &ObjectRule) -> usize {
    let fields = object.fields().iter().map(|field| match field.kind() {
        Kind::Object(inner) | Kind::Nested(inner) => ruled(inner),
        _ => 1,
    });
    fields.sum()
}

/// Counts in the printed Rust, where objects of the same shape share a table.
fn in_rust(model: &Model) -> usize {
    let files = emit(model, "rust");
    let source = text(&files, &format!("{}.rs", model.log.name.replace('-', "_")));
    let tables: BTreeMap<&str, &str> = source
        .split("\nstatic ")
        .skip(1)
        .filter_map(|item| {
            let (name, rest) = item.split_once(": ecs_schema::ObjectRule")?;
            Some((name, rest.split_once(';').map_or(rest, |(table, _)| table)))
        })
        .collect();
    let (_, root) = source.split_once("static LOG_RULES").expect("a log has rules");
    let root = tables.keys().filter(|name| root.contains(&format!("&{name},"))).max_by_key(|name| name.len());
    in_table(&tables, root.expect("the rules name the root's table"))
}

fn in_table(tables: &BTreeMap<&str, &str>, name: &str) -> usize {
    let rows = tables[name].split("field_rule!(").skip(1).map(|row| {
        let row: String = row.split_whitespace().collect();
        let inner = row.split_once(",Object(&").or_else(|| row.split_once(",Nested(&"));
        match inner.and_then(|(_, rest)| rest.split_once(')')) {
            Some((table, _)) => in_table(tables, table),
            None => 1,
        }
    });
    rows.sum()
}

fn rows_of_markdown(model: &Model) -> usize {
    let files = emit(model, "fields-markdown");
    text(&files, "fields.md")
        .lines()
        // Rows of two cells are of other tables: allowed values, expected event types.
        .filter(|line| line.starts_with("| `") && line.matches(" | ").count() > 1 && !line.contains("documented only"))
        .count()
}

/// Rows whose field is not below another row's: those are multi-fields.
fn rows_of_csv(model: &Model) -> usize {
    let files = emit(model, "fields-csv");
    let rows = text(&files, "fields.csv").lines().skip(1);
    let paths: BTreeSet<&str> = rows.map(|row| row.split(',').nth(3).expect("a row has ten cells")).collect();
    let is_multi = |path: &&&str| path.rsplit_once('.').is_some_and(|(parent, _)| paths.contains(parent));
    paths.iter().filter(|path| !is_multi(path)).count()
}
