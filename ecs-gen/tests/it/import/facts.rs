//! The committed form: reader and writer are each other's inverse, and the reader is strict.

use ecs_gen::ecs::write_release;

use super::{assert_reports, committed, documented, field, import_module, parse};

/// A release that uses everything the form has.
const EVERYTHING: &str = r#"released:
  a: {fields: {b: {fields: {c: {}}}, d: {}}}
  base: {fields: "*"}
fieldsets:
- name: a
  reusable:
    top_level: false
    order: 1
    expected:
    - c
    - {at: c, as: d, normalize: [array], beta: true}
  fields:
  - {name: b.c, type: long, level: custom, index: false, doc_values: true, format: bytes}
  - {name: d, type: keyword, normalize: [array], allowed_values: [{name: api, expected_event_types: [start, end]}, {name: "null"}]}
  - {name: e, type: date, parameters: {copy_to: [a.d, a.e], format: epoch_second, meta: {unit: ms}}}
  - {name: f, type: keyword, ignore_above: none, multi_fields: [{name: text, type: match_only_text}, {name: low, type: keyword, ignore_above: 9, normalizer: lowercase}], beta: true, alpha: true}
  - {name: g, type: object, enabled: false, object_type: keyword, original_fieldset: b}
  - {name: h, type: keyword, expected_values: ["", "x: y", "ü"], pattern: "^\\d+\t\"$"}
  - {name: i, type: scaled_float, scaling_factor: 0.5}
  - {name: j, type: nested, synthetic_source_keep: none}
  - {name: k, type: text, norms: true}
  - {name: l, type: constant_keyword, value: x}
  - {name: m, type: alias, path: a.d}
- name: base
  root: true
  fields:
  - {name: "@timestamp", type: date, level: core, required: true}
- name: c
  fields:
  - {name: d.e, type: ip}
"#;

#[track_caller]
fn check_round_trip(text: &str) {
    let release = parse(text).unwrap();
    let written = write_release(&release);
    assert_eq!(parse(&written).unwrap().version, release.version);
    assert_eq!(written, text);
}

fn with_header(body: &str) -> String {
    let (_, committed) = committed("9.4.0.yaml");
    let header: Vec<_> = committed.lines().take_while(|line| line.starts_with('#')).collect();
    format!("{}\necs: 1.0.0\n{body}", header.join("\n"))
}

#[test]
fn the_whole_form_survives_a_round_trip() {
    check_round_trip(&with_header(EVERYTHING));
    check_round_trip(&with_header("fieldsets:\n- name: a\n"));
}

#[test]
fn an_imported_release_reads_back_equal() {
    let attributes =
        "type: 'keyword', level: 'core', normalize: ['array'], pattern: '^a$', beta: 'B.', format: 'string',
        allowed_values: [{name: 'a', expected_event_types: ['b']}], expected_values: ['c d'], parameters: {store: true},
        multi_fields: [{name: 'text', type: 'text', norms: false}], original_fieldset: 'geo', required: true";
    let imported = import_module(&field(attributes)).unwrap();
    let read = parse(&write_release(&imported.release)).unwrap();
    assert_eq!(read.version, imported.release.version);
    let mut fields = documented(&read);
    for (read, imported) in fields.iter_mut().zip(&imported.documented) {
        read.span = imported.span;
    }
    assert_eq!(fields, imported.documented);
}

#[test]
fn what_a_number_measures_is_kept() {
    let attributes = "type: 'long', level: 'core', unit: 'byte', metric_type: 'counter'";
    let imported = import_module(&field(attributes)).unwrap();
    let line = write_release(&imported.release);
    assert!(line.contains("unit: byte, metric_type: counter"), "{line}");
    let read = documented(&parse(&line).unwrap());
    assert_eq!(read[0].parameters, imported.documented[0].parameters);
    assert_eq!(read[0].parameters.len(), 1);
}

#[test]
fn the_committed_releases_survive_a_round_trip() {
    for version in ["8.11.0", "9.4.0"] {
        check_round_trip(&committed(&format!("{version}.yaml")).1);
    }
}

#[test]
fn sets_and_fields_are_written_in_order() {
    let text = "ecs: 1.0.0\nfieldsets:\n- name: b\n  fields:\n  - {name: z, type: ip}\n  - {name: a, type: ip}\n- name: a\n  fields:\n  - {name: b, type: ip}\n";
    let fields = documented(&parse(text).unwrap());
    let paths: Vec<_> = fields.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["a.b", "b.a", "b.z"]);
    assert_eq!(fields[0].span.line, 9);
}

#[track_caller]
fn check_refused(text: &str, message: &str, place: &str) {
    let report = parse(text).unwrap_err();
    assert_reports(&report, message);
    assert_reports(&report, &format!("facts.yaml:{place}"));
}

#[test]
fn the_reader_is_strict() {
    check_refused("[]", "error[wrong-form]: expected a mapping, found a list", "1:1");
    check_refused("fieldsets: []", "error[missing-option]: the option `ecs` is missing", "1:1");
    check_refused("ecs: 1.0.0", "error[missing-option]: the option `fieldsets` is missing", "1:1");
    check_refused("ecs: [1]\nfieldsets: []", "error[wrong-form]: expected text, found a list", "1:6");
    check_refused("ecs: nine\nfieldsets: []", "error[invalid-value]: `nine` is not a version", "1:6");
    check_refused("ecs: 1.0.0\nfieldsets: []\nfields: {}", "error[unknown-option]: unknown option `fields`", "3:1");
    let twice = "ecs: 1.0.0\nfieldsets:\n- {name: a}\n- {name: a}\n";
    check_refused(twice, "error[duplicate-field]: the field set `a` is declared twice", "4:10");
    let cases = [
        ("{name: b}", "error[missing-option]: the field `b` has no type", "5:12"),
        ("{name: b, type: keywrod}", "error[unknown-type]: unknown type `keywrod`", "5:21"),
        ("{name: b, type: ip, colour: x}", "error[unknown-option]: unknown option `colour`", "5:25"),
        ("{name: b, type: ip, ignore_above: 5}", "the type `ip` has no parameter `ignore_above`", "5:39"),
        ("{name: b c, type: ip}", "error[invalid-name]: the name `b c` has a space", "5:12"),
    ];
    for (field, message, place) in cases {
        check_refused(&format!("ecs: 1.0.0\nfieldsets:\n- name: a\n  fields:\n  - {field}\n"), message, place);
    }
}
