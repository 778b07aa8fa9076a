//! What an extension adds: the custom field sets of the official generator, taken as their owners have them, and `reuse`.

use ecs_gen::field_type::FieldType;
use ecs_gen::generate::emit_files;
use ecs_gen::model::{Level, Model, Origin};
use ecs_gen::parameter::Parameter;
use serde_json::{Value as Json, json};

use crate::diagnostics::{LOG, extended_log, extension, log};
use crate::selection::{find, model_of, paths, subsets};

/// The model of a log with all of the extension `x`, which has these fields.
#[track_caller]
fn extended(fields: &str) -> Model {
    model_of(&[(LOG, &extended_log()), ("ext.yaml", &extension(fields))])
}

/// The model of a log with these fields and this extension file.
#[track_caller]
fn with_extension(fields: &str, extension: &str) -> Model {
    model_of(&[(LOG, &log(&format!("{fields}\nextensions: [ext.yaml]"))), ("ext.yaml", extension)])
}

#[track_caller]
fn check_parameters(field: &str, expected: &[(Parameter, Json)]) {
    let model = extended(&format!("    - {{name: a, {field}}}"));
    assert_eq!(find(&model, "x.a").parameters, expected.iter().cloned().collect());
}

#[test]
fn parameters_have_the_official_defaults() {
    check_parameters("type: keyword", &[(Parameter::IgnoreAbove, json!(1024))]);
    check_parameters("type: keyword, ignore_above: 80", &[(Parameter::IgnoreAbove, json!(80))]);
    check_parameters("type: keyword, ignore_above: none", &[]);
    check_parameters("type: keyword, parameters: {ignore_above: null}", &[]);
    check_parameters(
        "type: keyword, index: false",
        &[(Parameter::Index, json!(false)), (Parameter::DocValues, json!(false))],
    );
    check_parameters(
        "type: keyword, index: false, doc_values: true",
        &[(Parameter::Index, json!(false)), (Parameter::DocValues, json!(true))],
    );
    check_parameters(
        "type: keyword, doc_values: false",
        &[(Parameter::DocValues, json!(false)), (Parameter::IgnoreAbove, json!(1024))],
    );
    check_parameters("type: text", &[(Parameter::Norms, json!(false))]);
    check_parameters("type: text, norms: true", &[(Parameter::Norms, json!(true))]);
    check_parameters("type: text, index: false", &[(Parameter::Index, json!(false)), (Parameter::Norms, json!(false))]);
    check_parameters("type: long", &[]);
    check_parameters(
        "type: date, parameters: {format: strict_date_optional_time||epoch_millis}",
        &[(Parameter::Format, json!("strict_date_optional_time||epoch_millis"))],
    );
    check_parameters("type: constant_keyword, value: 7", &[(Parameter::Value, json!("7"))]);
    check_parameters("type: object, enabled: false", &[(Parameter::Enabled, json!(false))]);
}

#[test]
fn what_a_number_measures_is_in_its_mapping() {
    check_parameters("type: long, unit: ms", &[(Parameter::Meta, json!({"unit": "ms"}))]);
    check_parameters(
        "type: float, unit: percent, metric_type: gauge, parameters: {meta: {owner: shop}}",
        &[(Parameter::Meta, json!({"metric_type": "gauge", "owner": "shop", "unit": "percent"}))],
    );
    let twice = "- {name: x, fields: [{name: a, type: long, unit: s}]}\n- {name: x, fields: [{name: a, unit: ms}]}\n";
    let model = model_of(&[(LOG, &extended_log()), ("ext.yaml", twice)]);
    assert_eq!(find(&model, "x.a").note("unit"), Some("ms"), "the later one counts");
    let duration = "- {name: event, fields: [{name: duration, unit: nanos}]}\n";
    let model = with_extension("{event: {fields: {duration: {}}}}", duration);
    assert_eq!(find(&model, "event.duration").note("unit"), Some("nanos"), "also of a field of ECS");
    let text = |name: &str| {
        let files = emit_files(std::slice::from_ref(&model), &[]);
        String::from_utf8(files.get(name).unwrap().to_vec()).unwrap()
    };
    assert!(text("generated/log/fields.csv").lines().any(|line| line.contains(",nanos,,")));
    assert!(text("generated/log/fields.md").contains("| `event.duration` | long, in `nanos` |"));
    for engine in ["elasticsearch", "opensearch"] {
        let mappings: Json = serde_json::from_str(&text(&format!("generated/log/{engine}/mappings.json"))).unwrap();
        let found = mappings
            .pointer("/properties/event/properties/duration/meta")
            .or_else(|| mappings.pointer("/mappings/properties/event/properties/duration/meta"));
        assert_eq!(found, Some(&json!({"unit": "nanos"})), "{engine}");
    }
}

#[test]
fn multi_fields_have_the_official_defaults() {
    let model = extended(
        "    - {name: a, type: wildcard, multi_fields: [{type: match_only_text, name: text, flat_name: x.a.text}, {type: keyword}, {type: text, name: b, norms: true}]}",
    );
    let multi = &find(&model, "x.a").multi_fields;
    let names: Vec<(&str, FieldType)> = multi.iter().map(|multi| (multi.name.as_str(), multi.field_type)).collect();
    assert_eq!(names, [("text", FieldType::MatchOnlyText), ("keyword", FieldType::Keyword), ("b", FieldType::Text)]);
    assert_eq!(multi[1].parameters, [(Parameter::IgnoreAbove, json!(1024))].into());
    assert_eq!(multi[2].parameters, [(Parameter::Norms, json!(true))].into());
    assert_eq!(model.mapped_count(), 5);
}

/// A file as its owners have it, with everything that the official generator takes.
const OFFICIAL: &str = r"---
# The fields of our shop.
- name: shop
  title: Shop
  group: 2
  short: Fields of a shop.
  description: >
    The shop fields say what was bought,
    and where.

    They are not for anything else.
  type: group
  footnote: See the handbook.
  beta: These fields may still change.
  reusable:
    top_level: true
    order: 2
    expected:
      - event
      - {at: user, as: favourite_shop}
      - {at: host, as: shops, normalize: [array], short_override: All of them.}
  fields:

    - name: order.id
      level: custom
      type: keyword
      short: The number of the order
      description: >
        The number of the order, as it stands
        on the bill.

        It is never used twice.
      example: 4711

    - name: order.total
      level: extended
      type: scaled_float
      scaling_factor: 100
      format: number
      description: What it costs.
      example: 12.50

    - name: order.items
      type: nested
      description: What was bought.
      normalize:
        - array

    - name: order.items.name
      type: wildcard
      multi_fields:
        - type: text
          name: text

    - name: payment
      level: core
      required: true
      type: keyword
      description: How it is paid.
      expected_values: [card, cash]
      allowed_values:
        - name: card
          description: >
            With a card.
          expected_event_types: [start, end]
        - name: cash
          description: With coins.
          beta: Coins may go.

    - name: visitor
      type: group
      description: Who came.
";

#[test]
fn an_official_file_is_taken_as_it_is() {
    let subset = "---\nname: shopping\nfields:\n  base:\n    fields: '*'\n  shop:\n    fields: '*'\n  event:\n    fields:\n      shop:\n        fields: '*'\n";
    let model = subsets(&[subset], &[OFFICIAL]);
    let id = find(&model, "shop.order.id");
    assert_eq!((id.description.as_str(), id.level), ("The number of the order", Level::Custom));
    assert_eq!(id.origin, Origin::Extension { fieldset: "shop".to_owned(), original_fieldset: None });
    assert_eq!(find(&model, "shop").description, "Fields of a shop.");
    assert_eq!(find(&model, "shop.order.total").display_format.as_deref(), Some("number"));
    let items = find(&model, "shop.order.items");
    assert_eq!((items.field_type, items.is_array), (FieldType::Nested, true));
    let payment = find(&model, "shop.payment");
    assert!(payment.required && payment.level == Level::Core);
    let allowed = &model.allowed_of(payment).unwrap().values;
    assert_eq!(allowed[0].expected_event_types, ["start", "end"]);
    assert_eq!(
        find(&model, "shop.visitor").field_type,
        FieldType::Flattened,
        "a group without fields is an open object"
    );
    assert_eq!(find(&model, "event.shop.order.id").field_type, FieldType::Keyword);
    assert!(model.find("user").is_none(), "what is not selected is not there");
}

#[test]
fn a_set_stands_wherever_it_says_it_is_reused() {
    let model = with_extension(
        "{user: {fields: {favourite_shop: {fields: '*'}}}, host: {fields: {shops: {fields: '*'}}}}",
        OFFICIAL,
    );
    assert_eq!(find(&model, "user.favourite_shop.order.id").field_type, FieldType::Keyword);
    let shops = find(&model, "host.shops");
    assert!(shops.is_array && shops.shape.is_some());
    assert!(!find(&model, "user.favourite_shop").is_array);
    assert!(model.find("shop").is_none());
}

#[test]
fn set_not_at_the_top_is_only_where_reused() {
    let set = "- name: x\n  reusable: {top_level: false, expected: [event]}\n  fields: [{name: a, type: long}]\n";
    let model = with_extension("{event: {fields: {x: {fields: '*'}}}}", set);
    assert_eq!(paths(&model), ["event", "event.x", "event.x.a"]);
    let all = with_extension("'*'\nfield_budget: 10000", set);
    assert!(all.find("x").is_none() && all.find("event.x.a").is_some());
}

#[test]
fn a_set_may_be_reused_in_a_set_of_a_later_file() {
    let one = "- name: one\n  reusable: {expected: [two]}\n  fields: [{name: a, type: long}]\n";
    let two = "- name: two\n  fields: [{name: b, type: long}]\n";
    let text = log("{two: {fields: '*'}}\nextensions: [one.yaml, two.yaml]");
    let model = model_of(&[(LOG, &text), ("one.yaml", one), ("two.yaml", two)]);
    assert_eq!(paths(&model), ["two", "two.b", "two.one", "two.one.a"]);
}

#[test]
fn a_set_of_ecs_gets_further_fields() {
    let set = "name: user\nfields: [{name: shoe_size, type: short}, {name: changes.why, type: keyword}]\n";
    let model = with_extension("{user: {fields: {name: {}, shoe_size: {}, changes: {fields: '*'}}}}", set);
    assert!(matches!(find(&model, "user.name").origin, Origin::Ecs { .. }));
    assert!(matches!(find(&model, "user.shoe_size").origin, Origin::Extension { .. }));
    find(&model, "user.changes.why");
    find(&model, "user.changes.email");
    assert_eq!(find(&model, "user").origin, Origin::Implied, "the object stays that of ECS");
}

#[test]
fn a_set_of_ecs_is_reused_in_an_extension() {
    let model = extended(
        "    - {name: place, reuse: geo, description: Where it is.}\n    - {name: stops, reuse: geo, normalize: [array]}\n    - {name: place.note, type: keyword}",
    );
    let place = find(&model, "x.place");
    assert_eq!((place.description.as_str(), place.is_array), ("Where it is.", false));
    assert!(find(&model, "x.stops").is_array);
    assert_eq!(find(&model, "x.place.location").field_type, FieldType::GeoPoint);
    let original = Origin::Extension { fieldset: "x".to_owned(), original_fieldset: Some("geo".to_owned()) };
    assert_eq!(find(&model, "x.stops.name").origin, original);
    find(&model, "x.place.note");
}

#[test]
fn a_set_at_the_root_is_selected_by_its_name() {
    let set = "- name: marks\n  root: true\n  fields: [{name: marker, type: long}, {name: sub.a, type: long}, {name: at, reuse: geo}]\n";
    let all = with_extension("{marks: {fields: '*'}}", set);
    for path in ["marker", "sub.a", "at.location"] {
        find(&all, path);
    }
    assert!(all.find("marks").is_none());
    let some = with_extension("{marks: {fields: {marker: {}, sub: {fields: {a: {}}}}}}", set);
    assert_eq!(paths(&some), ["marker", "sub", "sub.a"]);
}

#[test]
fn a_custom_base_adds_to_the_root_as_in_ecs() {
    let set = "- name: base\n  fields: [{name: marker, type: long}]\n";
    let model = with_extension("{base: {fields: {message: {}, marker: {}}}}", set);
    assert_eq!(paths(&model), ["marker", "message"]);
}

#[test]
fn without_a_subset_everything_is_selected() {
    let model = subsets(&[], &["name: x\nfields: [{name: a, type: long}]\n"]);
    find(&model, "x.a");
    assert!(model.fields.len() > 2605);
}

#[test]
fn one_mapping_or_a_list_of_them_is_a_file() {
    for text in [
        "name: x\nfields: [{name: a, type: long}]\n",
        "- name: x\n  fields: [{name: a, type: long}]\n",
        "---\n- name: x\n  fields: [{name: a, type: long}]\n...\n",
    ] {
        assert_eq!(paths(&with_extension("{x: {fields: '*'}}", text)), ["x", "x.a"]);
    }
}
