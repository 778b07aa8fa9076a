//! The published forms: literal, archive, folder, YAML; and every way in which they can be wrong.

use std::io::Write as _;
use std::path::Path;

use ecs_gen::ecs::write_release;
use ecs_gen::field_type::FieldType;
use ecs_gen::model::Level;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{PLAIN, assert_reports, field, folder, import, import_module, module, pack, package};

#[track_caller]
fn check_kept(attributes: &str, line: &str) {
    let text = write_release(&import_module(&field(attributes)).unwrap().release);
    let found = text.lines().find(|line| line.starts_with("  - ")).unwrap();
    assert_eq!(found, format!("  - {{name: id, {line}}}"));
}

#[track_caller]
fn check_refused(attributes: &str, report: &str) {
    assert_reports(&import_module(&field(attributes)).unwrap_err(), report);
}

#[test]
fn every_fact_is_kept() {
    check_kept("type: 'keyword', level: 'extended', ignore_above: 1024", "type: keyword, ignore_above: 1024");
    check_kept("type: 'keyword', level: 'core', ignore_above: 64", "type: keyword, level: core, ignore_above: 64");
    check_kept(PLAIN, "type: keyword, ignore_above: none");
    check_kept("type: 'group', level: 'custom'", "type: group, level: custom");
    check_kept("type: 'date', level: 'core', required: true", "type: date, level: core, required: true");
    check_kept("type: 'ip', level: 'extended', normalize: ['array']", "type: ip, normalize: [array]");
    check_kept(
        "type: 'long', level: 'extended', index: false, doc_values: false, format: 'bytes'",
        "type: long, index: false, doc_values: false, format: bytes",
    );
    check_kept(
        "type: 'scaled_float', level: 'extended', scaling_factor: 1000",
        "type: scaled_float, scaling_factor: 1000.0",
    );
    check_kept("type: 'text', level: 'extended', norms: false", "type: text, norms: false");
    check_kept("type: 'alias', level: 'extended', path: 'host.id'", "type: alias, path: host.id");
    check_kept("type: 'constant_keyword', level: 'extended', value: 'x'", "type: constant_keyword, value: x");
    check_kept("type: 'object', level: 'extended', enabled: false", "type: object, enabled: false");
    check_kept("type: 'object', level: 'extended', object_type: 'keyword'", "type: object, object_type: keyword");
    check_kept(
        "type: 'nested', level: 'extended', synthetic_source_keep: 'none'",
        "type: nested, synthetic_source_keep: none",
    );
    check_kept("type: 'ip', level: 'extended', beta: 'May change.'", "type: ip, beta: true");
    check_kept("type: 'ip', level: 'extended', original_fieldset: 'geo'", "type: ip, original_fieldset: geo");
    check_kept(r"type: 'wildcard', level: 'extended', pattern: '^\\d+$'", r#"type: wildcard, pattern: "^\\d+$""#);
    check_kept(
        "type: 'ip', level: 'extended', expected_values: ['Not Specified', 'AMBER+STRICT', 'no', '1']",
        r#"type: ip, expected_values: [Not Specified, AMBER+STRICT, "no", "1"]"#,
    );
    check_kept(
        "type: 'date', level: 'extended', parameters: {format: 'epoch_second', store: true}",
        "type: date, parameters: {format: epoch_second, store: true}",
    );
    check_kept(
        "type: 'wildcard', level: 'extended', multi_fields: [
            {flat_name: 'agent.id.text', name: 'text', type: 'match_only_text'},
            {flat_name: 'agent.id.raw', name: 'raw', type: 'keyword', ignore_above: 9},
        ]",
        "type: wildcard, multi_fields: [{name: text, type: match_only_text}, {name: raw, type: keyword, ignore_above: 9}]",
    );
}

#[test]
fn sentences_are_dropped_by_name_and_counted() {
    let imported = import_module(&field(&format!(
        "{PLAIN}, description: 'A.', short: 'B.', example: 1, name: 'id', dashed_name: 'agent-id',
        otel: [{{relation: 'match', note: 'C.'}}], allowed_values: [{{name: 'a', description: 'D.'}}]"
    )));
    let dropped: Vec<_> = imported.unwrap().dropped.into_iter().collect();
    assert_eq!(dropped, [("description", 2), ("example", 1), ("otel", 1), ("short", 1)]);
}

#[test]
fn what_the_importer_does_not_know_is_an_error() {
    let unknown = "error[unknown-option]: unknown option";
    check_refused(&format!("{PLAIN}, ignore_abov: 5"), &format!("{unknown} `ignore_abov`"));
    check_refused(&format!("{PLAIN}, ignore_abov: 5"), "help: did you mean `ignore_above`?");
    check_refused("type: 'keywrod', level: 'core'", "error[unknown-type]: unknown type `keywrod`");
    check_refused("type: 'keywrod', level: 'core'", "help: did you mean `keyword`?");
    check_refused("type: 'ip', level: 'most'", "error[invalid-value]: `most` is none of `core`, `extended`, `custom`");
    check_refused("type: 'ip', level: 'core', normalize: ['sort']", "error[invalid-value]: `sort` is none of `array`");
    check_refused(&format!("{PLAIN}, allowed_values: [{{name: 'a', colour: 'red'}}]"), &format!("{unknown} `colour`"));
    check_refused(
        &format!("{PLAIN}, multi_fields: [{{name: 'a', type: 'text', boost: 2}}]"),
        &format!("{unknown} `boost`"),
    );
    check_refused(&format!("{PLAIN}, parameters: {{boost: 2}}"), "unknown mapping parameter `boost`");
}

#[test]
fn an_attribute_of_the_wrong_form_is_an_error() {
    let cases = [
        "index: 'false'",
        "required: 1",
        "pattern: ['a']",
        "expected_values: 'a'",
        "allowed_values: {}",
        "allowed_values: ['a']",
        "allowed_values: [{name: 'a', expected_event_types: 'b'}]",
        "multi_fields: {}",
        "multi_fields: ['a']",
        "parameters: 1",
    ];
    for attribute in cases {
        check_refused(&format!("{PLAIN}, {attribute}"), "error[wrong-form]: expected ");
    }
    let report = import_module(&module("    'agent.id': 'keyword',")).unwrap_err();
    assert_reports(&report, "error[wrong-form]: expected a mapping, found text");
}

#[test]
fn values_that_cannot_be_are_errors() {
    let cases = [
        ("synthetic_source_keep: 'some'", "invalid-value]: `synthetic_source_keep` takes one of "),
        ("parameters: {format: 'yyyy'}", "parameter-not-of-type]: the type `keyword` has no parameter `format`"),
        ("scaling_factor: 10", "parameter-not-of-type]: the type `keyword` has no parameter `scaling_factor`"),
        (
            "multi_fields: [{name: 'a', type: 'match_only_text', norms: false}]",
            "parameter-not-of-type]: the type `match_only_text` has no parameter `norms`",
        ),
        ("allowed_values: [{description: 'x'}]", "missing-option]: the option `name` is missing"),
        ("allowed_values: [{name: 'a'}, {name: 'a'}]", "duplicate-value]: the allowed value `a` is listed twice"),
        ("multi_fields: [{name: 'a'}]", "missing-option]: the option `type` is missing"),
        (
            "multi_fields: [{name: 'a', type: 'text'}, {name: 'a', type: 'ip'}]",
            "duplicate-field]: `id` has two multi-fields called `a`",
        ),
        ("pattern: 'a', pattern: 'b'", "invalid-value]: duplicate field `pattern`"),
    ];
    for (attribute, message) in cases {
        check_refused(&format!("{PLAIN}, {attribute}"), &format!("error[{message}"));
    }
    check_refused("level: 'core'", "error[missing-option]: `agent.id`: the attribute `type` is missing");
    check_refused("type: 'ip'", "error[missing-option]: `agent.id`: the attribute `level` is missing");
}

#[test]
fn field_names_are_checked() {
    let one = |name: &str, flat: &str| module(&format!("    '{name}': {{\n flat_name: '{flat}', {PLAIN} }},"));
    let report = import_module(&one("a.b", "a.c")).unwrap_err();
    assert_reports(&report, "error[invalid-value]: the `flat_name` of `a.b` is `a.c`");
    let report = import_module(&one("a b", "a b")).unwrap_err();
    assert_reports(&report, "error[invalid-name]: the name `a b` has a space");
    let twice = format!("'a.b': {{flat_name: 'a.b', {PLAIN}}}, \"a.b\": {{flat_name: 'a.b', {PLAIN}}},");
    let report = import_module(&module(&twice)).unwrap_err();
    assert_reports(&report, "error[duplicate-field]: the field `a.b` is listed twice");
}

#[test]
fn every_problem_is_reported_at_its_line() {
    let fields = format!(
        "    'a.b': {{\n        flat_name: 'a.b', {PLAIN}, colour: 1\n    }},
    'a.c': {{\n        flat_name: 'x', type: 'txt', level: 5\n    }},"
    );
    let report = import_module(&module(&fields)).unwrap_err();
    assert_reports(&report, "unknown option `colour`");
    assert_reports(&report, "ecs.tgz:build/commonjs/ecs_flat.js:4:5");
    assert_reports(&report, "the `flat_name` of `a.c` is `x`");
    assert_reports(&report, "unknown type `txt`");
    assert_reports(&report, "`5` is none of `core`, `extended`, `custom`");
    assert_reports(&report, "ecs_flat.js:7:5");
    assert_reports(&report, "4 errors; nothing was written");
}

#[test]
fn literal_may_use_all_of_javascript() {
    let fields = r#"
        // a comment with a brace }
        /* and another } */ agent: {flat_name: "agent", "type": 'object', level: 'core',
            description: 'it\'s "}" \u0041 \
continued', short: "a \"{\" brace // no comment", },
        '@timestamp': { flat_name: '@timestamp', type: 'date', level: 'core', example: [ 0x1F, +1, .5, ] , },"#;
    let imported = import_module(&module(fields)).unwrap();
    let found: Vec<_> =
        imported.documented.iter().map(|field| (field.path.as_str(), field.field_type, field.level)).collect();
    assert_eq!(found, [("@timestamp", FieldType::Date, Level::Core), ("agent", FieldType::Object, Level::Core)]);
}

#[test]
fn module_without_a_literal_is_refused() {
    let cases = [
        (
            "exports.EcsFlat = void 0;",
            "error[not-ecs-release]: the file assigns no object literal to `exports.EcsFlat`",
        ),
        ("exports.EcsFlat = {a: {", "error[not-ecs-release]: the object literal of `exports.EcsFlat` does not end"),
        ("exports.EcsFlat = {a: '}", "error[not-ecs-release]: the object literal of `exports.EcsFlat` does not end"),
        (
            "exports.EcsFlat = {a: 1 /* }",
            "error[not-ecs-release]: the object literal of `exports.EcsFlat` does not end",
        ),
        ("\n\nexports.EcsFlat = {a: load()};", "error[not-ecs-release]: the object literal cannot be read: expected"),
        ("\n\nexports.EcsFlat = {a: load()};", "ecs_flat.js:3:23"),
        ("exports.EcsFlat = {\n  a: `x`};", "ecs_flat.js:2:6"),
    ];
    for (module, message) in cases {
        assert_reports(&import_module(module).unwrap_err(), message);
    }
    let deep = format!("exports.EcsFlat = {{a: {}", "[".repeat(100_000));
    assert_reports(&import_module(&deep).unwrap_err(), "error[too-deep]: the object literal is nested deeper than 64");
}

#[test]
fn unpacked_and_packed_packages_are_the_same() {
    let text = field(PLAIN);
    let unpacked = folder(&[
        ("package.json", br#"{"version": "1.2.3"}"#),
        ("build/commonjs/ecs_flat.js", text.as_bytes()),
        ("generated/ecs_flat.js", b"exports.EcsFlat = {};"),
    ]);
    let imported = import(unpacked.path(), None).unwrap();
    assert_eq!(write_release(&imported.release), write_release(&import_module(&text).unwrap().release));
}

#[test]
fn a_checkout_is_read_from_its_yaml_and_version() {
    let yaml =
        b"agent.id:\n  flat_name: agent.id\n  level: core\n  name: id\n  normalize: []\n  order: 3\n  type: ip\n";
    let checkout = folder(&[("generated/ecs/ecs_flat.yml", yaml), ("version", b"8.0.0-dev\n")]);
    let whole = import(checkout.path(), None).unwrap();
    assert_eq!((whole.release.version.as_str(), whole.documented.len()), ("8.0.0-dev", 1));
    let file = import(&checkout.path().join("generated/ecs/ecs_flat.yml"), None).unwrap();
    assert_eq!(file.release.version, "8.0.0-dev");
    let named = import(checkout.path(), Some("8.0.0")).unwrap();
    assert_eq!(named.release.version, "8.0.0");
}

#[test]
fn yaml_problems_are_shown_where_they_are() {
    let yaml = b"agent.id:\n  flat_name: agent.id\n  level: core\n  type: keyword\n  index: many\n";
    let flat = folder(&[("ecs_flat.yml", yaml), ("list.yml", b"- a\n")]);
    let report = import(&flat.path().join("ecs_flat.yml"), Some("1.0.0")).unwrap_err();
    assert_reports(&report, "expected `true` or `false`, found text");
    assert_reports(&report, "ecs_flat.yml:5:10");
    let report = import(&flat.path().join("list.yml"), Some("1.0.0")).unwrap_err();
    assert_reports(&report, "error[not-ecs-release]: a list of ECS fields is a mapping, not a list");
}

#[test]
fn a_release_without_a_version_is_refused() {
    let flat = folder(&[
        ("ecs_flat.yml", b"{}\n"),
        ("package.tgz", &pack(&[("package/build/commonjs/ecs_flat.js", module("").as_bytes())])),
    ]);
    for name in ["ecs_flat.yml", "package.tgz"] {
        let report = import(&flat.path().join(name), None).unwrap_err();
        assert_reports(&report, "error[missing-option]: the input does not say which version of ECS it is");
        assert_reports(&report, "help: say it with `--version X.Y.Z`");
    }
    for version in ["9.4", "9.4.x", "9.4.0-", "9.4.0\nfields", ""] {
        let report = import(&flat.path().join("ecs_flat.yml"), Some(version)).unwrap_err();
        assert_reports(&report, "is not a version such as 9.4.0");
    }
}

#[test]
fn what_is_no_release_is_refused() {
    let files = folder(&[
        ("empty/readme", b""),
        ("text.tgz", b"not gzip"),
        ("other.tgz", &pack(&[("package/package.json", b"{}")])),
        ("cut.tgz", &package(&field(PLAIN))[..200]),
        ("notes.txt", b""),
        ("nothing.tgz", &package(&module(""))),
    ]);
    let cases = [
        ("empty", "error[not-ecs-release]: the folder has neither `schemas` nor"),
        ("text.tgz", "error[not-ecs-release]: the file is no packed npm package"),
        ("cut.tgz", "error[not-ecs-release]: the file is no packed npm package"),
        ("other.tgz", "error[not-ecs-release]: the archive has no `build/commonjs/ecs_flat.js`"),
        ("notes.txt", "error[not-ecs-release]: this is neither a folder nor a .tgz nor an ecs_flat.yml"),
        ("nothing.tgz", "error[not-ecs-release]: the list of fields is empty"),
        ("missing.tgz", "error[file-unreadable]: the file cannot be read"),
        ("missing.yml", "error[file-unreadable]: the file cannot be read"),
        ("missing", "error[file-unreadable]: there is no such file or folder"),
    ];
    for (name, message) in cases {
        assert_reports(&import(&files.path().join(name), None).unwrap_err(), message);
    }
}

#[test]
fn archive_that_unpacks_to_too_much_is_refused() {
    let mut claim = tar::Header::new_gnu();
    claim.set_path("package/build/commonjs/ecs_flat.js").unwrap();
    claim.set_size(8 * 1024 * 1024 + 1);
    claim.set_cksum();
    let mut large = GzEncoder::new(Vec::new(), Compression::fast());
    large.write_all(claim.as_bytes()).unwrap();
    // Stored rather than compressed, which says the same and costs a tenth.
    let mut bomb = GzEncoder::new(Vec::new(), Compression::none());
    claim.set_path("package/zeros").unwrap();
    claim.set_size(1 << 40);
    claim.set_cksum();
    bomb.write_all(claim.as_bytes()).unwrap();
    bomb.write_all(&vec![0; 32 * 1024 * 1024]).unwrap();
    let files = folder(&[("large.tgz", &large.finish().unwrap()), ("bomb.tgz", &bomb.finish().unwrap())]);
    let check = |path: &Path, message: &str| assert_reports(&import(path, None).unwrap_err(), message);
    check(&files.path().join("large.tgz"), "error[too-large]: the file has 8388609 bytes; the limit is 8388608");
    check(&files.path().join("bomb.tgz"), "error[too-large]: the archive unpacks to more than 33554432 bytes");
}
