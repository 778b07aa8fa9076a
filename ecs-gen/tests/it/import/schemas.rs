//! Importing field sets with their reuse: from schema files, and from what the official generator makes of them.

use super::{assert_reports, documented, folder, import};
use ecs_gen::ecs::write_release;

const BASE: &[u8] = b"---\n- name: base\n  root: true\n  title: Base\n  group: 1\n  short: All.\n  description: >\n    All.\n  type: group\n  fields:\n    - name: \"@timestamp\"\n      type: date\n      level: core\n      required: true\n      description: When.\n";
const SHOP: &[u8] = b"- name: shop\n  title: Shop\n  group: 2\n  description: A shop.\n  type: group\n  fields:\n    - {name: name, type: keyword, level: extended, description: Its name.}\n    - {name: till, type: till, level: extended, description: Replaced.}\n";
const TILL: &[u8] = b"- name: till\n  title: Till\n  group: 2\n  description: A till.\n  type: group\n  reusable:\n    top_level: false\n    order: 2\n    expected:\n      - shop\n      - at: shop\n        as: second\n        short_override: The other till.\n        beta: May change.\n  fields:\n    - {name: number, type: long, level: core, description: Its number., example: 4}\n    - {name: hidden, type: long, level: core, description: Not shown.}\n";
const MAIN: &[u8] = b"---\nname: main\nfields:\n  base:\n    fields: '*'\n  shop:\n    fields:\n      name: {}\n      till:\n        fields:\n          number: {}\n          hidden:\n            docs_only: True\n  till:\n    fields: '*'\n";

fn paths(fields: &[ecs_gen::declaration::FieldDeclaration]) -> Vec<&str> {
    fields.iter().map(|field| field.path.as_str()).collect()
}

#[test]
fn checkout_is_read_by_its_own_selection() {
    let files: &[(&str, &[u8])] = &[
        ("schemas/base.yml", BASE),
        ("schemas/shop.yml", SHOP),
        ("schemas/till.yml", TILL),
        ("schemas/subsets/main.yml", MAIN),
        ("schemas/README.md", b"# Schemas"),
        ("version", b"7.0.0\n"),
        ("generated/ecs/ecs_flat.yml", b"{}"),
    ];
    let checkout = folder(files);
    let imported = import(checkout.path(), None).unwrap();
    assert_eq!(imported.release.version, "7.0.0");
    assert_eq!(paths(&imported.documented), ["@timestamp", "shop.name", "shop.till.number"]);
    assert_eq!(imported.allowed, 6);
    let dropped: Vec<(&str, usize)> = imported.dropped.clone().into_iter().collect();
    let expected = [
        ("description", 7),
        ("example", 1),
        ("field that a reuse replaces", 1),
        ("group", 3),
        ("short", 1),
        ("short_override", 1),
        ("title", 3),
    ];
    assert_eq!(dropped, expected);
    let facts = write_release(&imported.release);
    let expected = "\
ecs: 7.0.0
released:
  base: {fields: \"*\"}
  shop: {fields: {name: {}, till: {fields: {number: {}}}}}
  till: {fields: \"*\"}
fieldsets:
- name: base
  root: true
  fields:
  - {name: \"@timestamp\", type: date, level: core, required: true}
- name: shop
  fields:
  - {name: name, type: keyword}
- name: till
  reusable:
    top_level: false
    order: 2
    expected:
    - shop
    - {at: shop, as: second, beta: true}
  fields:
  - {name: hidden, type: long, level: core}
  - {name: number, type: long, level: core}
";
    assert!(facts.ends_with(expected), "{facts}");
    let alone = import(&checkout.path().join("schemas"), None).unwrap();
    assert_eq!(write_release(&alone.release), facts);
}

#[test]
fn nested_files_hold_sets_and_what_is_released() {
    let yaml = br"base:
  name: base
  root: true
  prefix: ''
  title: Base
  type: group
  fields:
    '@timestamp': {flat_name: '@timestamp', dashed_name: timestamp, name: '@timestamp', level: core, type: date}
shop:
  name: shop
  prefix: shop.
  nestings: [shop.till]
  reused_here: [{full: shop.till, schema_name: till, short: A till.}]
  fields:
    shop.name: {flat_name: shop.name, name: name, level: extended, type: keyword, ignore_above: 1024}
    shop.till.number: {flat_name: shop.till.number, name: number, level: core, type: long, original_fieldset: till}
till:
  name: till
  prefix: till.
  reusable: {top_level: false, order: 2, expected: [{at: shop, as: till, full: shop.till}]}
  fields:
    till.number: {flat_name: till.number, name: number, level: core, type: long}
    till.size: {flat_name: till.size, name: size, level: core, type: long}
";
    let files = folder(&[("ecs_nested.yml", yaml)]);
    let imported = import(&files.path().join("ecs_nested.yml"), Some("7.0.0")).unwrap();
    assert_eq!(paths(&imported.documented), ["@timestamp", "shop.name", "shop.till.number"]);
    assert_eq!(imported.allowed, 4);
}

#[test]
fn a_flat_list_becomes_sets_without_reuse() {
    let yaml = br"
'@timestamp': {flat_name: '@timestamp', level: core, type: date}
trace.id: {flat_name: trace.id, level: core, type: ip}
shop.name: {flat_name: shop.name, level: core, type: ip}
shop.till.number: {flat_name: shop.till.number, level: core, type: long, original_fieldset: till}
shop.owner.name: {flat_name: shop.owner.name, level: core, type: ip, original_fieldset: shop}
shop.owner.till.number: {flat_name: shop.owner.till.number, level: core, type: long, original_fieldset: till}
desk.first.number: {flat_name: desk.first.number, level: core, type: long, original_fieldset: drawer}
desk.second.number: {flat_name: desk.second.number, level: core, type: long, original_fieldset: drawer}
";
    let files = folder(&[("ecs_flat.yml", yaml)]);
    let imported = import(&files.path().join("ecs_flat.yml"), Some("7.0.0")).unwrap();
    let facts = write_release(&imported.release);
    let expected = "\
ecs: 7.0.0
fieldsets:
- name: base
  root: true
  fields:
  - {name: \"@timestamp\", type: date, level: core}
- name: desk
  fields:
  - {name: first.number, type: long, level: core, original_fieldset: drawer}
  - {name: second.number, type: long, level: core, original_fieldset: drawer}
- name: drawer
  reusable:
    top_level: false
  fields:
  - {name: number, type: long, level: core}
- name: shop
  fields:
  - {name: name, type: ip, level: core}
  - {name: till.number, type: long, level: core, original_fieldset: till}
- name: shop.owner
  fields:
  - {name: name, type: ip, level: core, original_fieldset: shop}
  - {name: till.number, type: long, level: core, original_fieldset: till}
- name: till
  reusable:
    top_level: false
  fields:
  - {name: number, type: long, level: core}
- name: tracing
  root: true
  fields:
  - {name: trace.id, type: ip, level: core}
";
    assert!(facts.ends_with(expected), "{facts}");
    assert_eq!(imported.documented.len(), 8);
    assert_eq!(imported.documented, documented(&imported.release));
}

#[test]
fn faults_of_schemas_are_shown_at_their_place() {
    let wrong = b"- name: till\n  reusable: {top_level: false, expected: [shp]}\n  fields:\n    - {name: number, type: lnog, level: core}\n    - {name: size, type: long, level: core, colour: red}\n";
    let checkout = folder(&[("schemas/shop.yml", SHOP), ("schemas/till.yml", wrong)]);
    let report = import(checkout.path(), Some("7.0.0")).unwrap_err();
    assert_reports(&report, "error[unknown-type]: unknown type `lnog`");
    assert_reports(&report, "error[unknown-option]: unknown option `colour`");
    assert_reports(&report, "error[reuse-target]: `till` is to be reused at `shp`");
    assert_reports(&report, "schemas/till.yml:2:43");
}
