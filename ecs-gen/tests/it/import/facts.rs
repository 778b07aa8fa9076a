//! The committed form: reader and writer are each other's inverse, and the reader is strict.

use ecs_gen::ecs::write_release;

use super::{assert_reports, committed, field, import_module, parse};

/// A release that uses everything the form has.
const EVERYTHING: &str = r#"allowed_values:
  a.category:
    api: [start, end]
    "null": []
  a.kind: [event, "true", "1.0", a b]
fields:
  "@timestamp": {type: date, level: core, required: true}
  a.bytes: {type: long, index: false, doc_values: false, null_value: 0, format: bytes}
  a.category: {type: keyword, normalize: [array], allowed_values: a.category}
  a.copy: {type: date, copy_to: [a.kind, a.bytes], meta: {unit: ms}, parameters: {format: epoch_millis||epoch_second}}
  a.kind: {type: keyword, level: custom, ignore_above: 64, beta: true, allowed_values: a.kind, original_fieldset: b}
  a.name: {type: keyword, ignore_above: null, multi_fields: {text: match_only_text, day: {type: date, format: epoch_second}}}
  a.open: {type: object, object_type: keyword}
  a.point: {type: geo_point, expected_values: ["", "x: y", "ü"], pattern: "^\\d+\t\"$"}
  b.kind: {type: wildcard, ignore_above: 1024, allowed_values: a.kind}
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
fn everything_that_the_form_has_survives_a_round_trip() {
    // The writer quotes every text with a character beyond names and words.
    check_round_trip(&with_header(&EVERYTHING.replace("epoch_millis||epoch_second", "\"epoch_millis||epoch_second\"")));
    check_round_trip(&with_header("fields:\n  a.b: {type: ip}\n"));
}

#[test]
fn an_imported_release_reads_back_equal() {
    let attributes =
        "type: 'keyword', level: 'core', normalize: ['array'], pattern: '^a$', beta: 'B.', format: 'string',
        allowed_values: [{name: 'a', expected_event_types: ['b']}], expected_values: ['c d'], parameters: {store: true},
        multi_fields: [{name: 'text', type: 'text', norms: false}], original_fieldset: 'geo', required: true";
    let imported = import_module(&field(attributes)).unwrap().release;
    let mut read = parse(&write_release(&imported)).unwrap();
    assert_eq!(read.version, imported.version);
    for (read, imported) in read.fields.iter_mut().zip(&imported.fields) {
        read.span = imported.span;
    }
    assert_eq!(read.fields, imported.fields);
}

#[test]
fn the_committed_release_survives_a_round_trip() {
    check_round_trip(&committed("9.4.0.yaml").1);
}

#[test]
fn the_committed_release_has_the_known_counts() {
    let release = parse(&committed("9.4.0.yaml").1).unwrap();
    let count = |keep: &dyn Fn(&ecs_gen::declaration::FieldDeclaration) -> bool| {
        release.fields.iter().filter(|field| keep(field)).count()
    };
    assert_eq!(release.fields.len(), 2605);
    assert_eq!(count(&|field| field.many), 794);
    assert_eq!(count(&|field| field.beta), 317);
    assert_eq!(count(&|field| field.required), 2);
    assert_eq!(count(&|field| !field.multi_fields.is_empty()), 120);
    assert_eq!(count(&|field| !field.allowed.is_empty()), 19);
    assert_eq!(count(&|field| field.pattern.is_some()), 17);
    assert_eq!(count(&|field| field.original_fieldset.is_some()), 2037);
    assert!(release.fields.is_sorted_by(|a, b| a.path < b.path));
}

#[test]
fn fields_are_sorted_however_they_are_written() {
    let release = parse("ecs: 1.0.0\nfields:\n  b: {type: ip}\n  a_b: {type: ip}\n  a.b: {type: ip}\n").unwrap();
    let paths: Vec<_> = release.fields.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["a.b", "a_b", "b"]);
    assert_eq!(release.fields[0].span.line, 5);
}

#[track_caller]
fn check_refused(text: &str, message: &str, place: &str) {
    let report = parse(text).unwrap_err();
    assert_reports(&report, message);
    assert_reports(&report, &format!("facts.yaml:{place}"));
}

#[test]
fn the_reader_is_strict() {
    check_refused("[]", "error[wrong-form]: a facts file must be a mapping, not a list", "1:1");
    check_refused("fields: {}", "error[missing-option]: a facts file needs the key `ecs`", "1:1");
    check_refused("ecs: 1.0.0", "error[missing-option]: a facts file needs the key `fields`", "1:1");
    check_refused("ecs: [1]\nfields: {}", "error[wrong-form]: `ecs` must be a version such as 9.4.0", "1:6");
    check_refused("ecs: nine\nfields: {}", "error[invalid-value]: `nine` is not a version", "1:6");
    check_refused("ecs: 1.0.0\nfields: {}\nfield: {}", "error[unknown-option]: the key `field` is unknown", "3:1");
    check_refused("ecs: 1.0.0\nfields: []", "error[wrong-form]: `fields` must be a mapping, not a list", "2:9");
    check_refused(
        "ecs: 1.0.0\nfields: {}\nallowed_values: 1",
        "`allowed_values` must be a mapping, not a number",
        "3:17",
    );
    let cases = [
        ("a: keyword", "error[wrong-form]: `a`: `a` must be a mapping, not text", "3:6"),
        ("a: {level: core}", "error[missing-option]: `a`: the attribute `type` is missing", "3:3"),
        ("a: {type: keywrod}", "error[unknown-type]: `a`: the type `keywrod` is unknown", "3:13"),
        ("a: {type: ip, short: x}", "error[unknown-fact]: `a`: the attribute `short` is unknown", "3:17"),
        (
            "a: {type: ip, ignore_above: 5}",
            "error[parameter-not-of-type]: `a`: the type `ip` has no `ignore_above`",
            "3:3",
        ),
        ("a: {type: ip, ignore_above: null}", "`ignore_above` must be a whole number from 0, not nothing", "3:31"),
        ("a: {type: ip, beta: soon}", "`beta` must be true or false, not text", "3:23"),
        ("a: {type: ip, allowed_values: kinds}", "there is no list `kinds` below the file's `allowed_values`", "3:33"),
        ("a: {type: ip, allowed_values: [x]}", "`allowed_values` must be text, not a list", "3:33"),
        ("a: {type: ip, multi_fields: [x]}", "`multi_fields` must be a mapping, not a list", "3:31"),
        ("a: {type: ip, multi_fields: {x: y}}", "error[unknown-type]: `a`: the type `y` is unknown", "3:35"),
        ("a: {type: ip, multi_fields: {x: {norms: true}}}", "the multi-field `x` has no `type`", "3:35"),
        ("A: {type: ip}", "error[invalid-name]: the field name `A` has the upper-case letter `A`", "3:3"),
    ];
    for (line, message, place) in cases {
        check_refused(&format!("ecs: 1.0.0\nfields:\n  {line}\n"), message, place);
    }
    let list = "ecs: 1.0.0\nfields: {}\nallowed_values:\n  a.b: [x, x]\n";
    check_refused(list, "error[duplicate-value]: `a.b`: the value `x` is listed twice", "4:8");
}
