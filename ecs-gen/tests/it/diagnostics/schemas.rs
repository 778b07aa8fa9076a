//! Whether editors see what the generator reports: over the inputs of all tests here, the JSON Schema of an input refuses what
//! the generator refuses by grammar, and accepts that of which the generator reports nothing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use ecs_gen::diagnostic::{Diagnostics, Place};
use ecs_gen::input::GRAMMARS;
use ecs_gen::load::Loader;
use ecs_gen::source::Sources;
use ecs_gen::source::yaml::parse_document;
use jsonschema::Validator;
use serde_json::Value as Json;

/// Codes of what is wrong by grammar alone, wherever it stands.
const BY_GRAMMAR: &[&str] = &[
    "action-phase",
    "invalid-duration",
    "invalid-size",
    "unknown-action",
    "unknown-option",
    "unknown-type",
    "unsupported-type",
    "wrong-form",
];

static VALIDATORS: LazyLock<BTreeMap<&str, Validator>> = LazyLock::new(|| {
    let compile = |schema: Json| jsonschema::draft202012::new(&schema).expect("a schema is one");
    GRAMMARS.iter().map(|(name, schema)| (*name, compile(schema()))).collect()
});

/// Asserts that editors agree with what the run of `loader` reported of the log files and extensions of `folder`.
#[track_caller]
pub fn check_editors(folder: &Path, logs: &[&str], loader: &Loader) {
    let findings = loader.diagnostics.sorted(&loader.sources);
    let codes_in = |path: &Path| -> Vec<&str> {
        let is_there = |place: &Place| match place {
            Place::Span(span) => Path::new(&loader.sources.file(span.file).path) == path,
            Place::File(file) => file == path,
            Place::Run => false,
        };
        findings.iter().filter(|finding| is_there(&finding.place)).map(|finding| finding.code.as_str()).collect()
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_log = logs.contains(&name.as_str());
        if !is_log && !matches!(name.as_str(), "ext.yaml" | "more.yaml" | "shop.yaml") {
            continue;
        }
        let Some(document) = read(&path) else { continue };
        let validator = &VALIDATORS[if is_log { "log" } else { "extension" }];
        let codes = codes_in(&path);
        let complaints: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{error} at {}", error.instance_path())).collect();
        if codes.is_empty() && !loader.diagnostics.has_errors() {
            assert!(complaints.is_empty(), "{name}: an editor refuses what is right: {complaints:#?}\n{document:#}");
        }
        // What a log file sets of a field depends on the field's type, which another file says.
        let is_by_grammar = |code: &&&str| BY_GRAMMAR.contains(code) || (!is_log && **code == "parameter-not-of-type");
        let by_grammar = codes.iter().find(is_by_grammar);
        assert!(
            by_grammar.is_none() || !complaints.is_empty(),
            "{name}: an editor does not see {by_grammar:?}\n{document:#}"
        );
    }
}

/// The document as an editor reads it, when it is YAML.
fn read(path: &Path) -> Option<Json> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let file = sources.load_file(path).ok()?;
    let document = parse_document(&sources, file, &mut diagnostics)?;
    (!diagnostics.has_errors()).then(|| document.to_json())
}

#[track_caller]
fn check_file(grammar: &str, path: &str) {
    check_accepted(grammar, &Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path));
}

/// Asserts that editors find nothing wrong with a file.
#[track_caller]
pub fn check_accepted(grammar: &str, path: &Path) {
    let document = read(path).unwrap_or_else(|| panic!("{} is YAML", path.display()));
    let complaints: Vec<String> = VALIDATORS[grammar]
        .iter_errors(&document)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(complaints.is_empty(), "{}: {complaints:#?}\n{document:#}", path.display());
}

#[test]
fn editors_accept_the_shipped_inputs() {
    for log in ["infra-events", "kibana-event-log"] {
        check_file("log", &format!("logs/{log}.yaml"));
    }
    for log in ["alias", "aliases", "default", "stream", "stream-policy"] {
        check_file("log", &format!("ecs-gen/tests/it/logs/{log}.yaml"));
    }
    check_file("log", "ecs-gen/tests/it/agreement/every-type/log.yaml");
    check_file("extension", "ecs-gen/tests/it/agreement/every-type/fields.yaml");
    check_file("log", "ecs-gen/tests/it/agreement/every-setting/log.yaml");
    check_file("extension", "ecs-gen/tests/it/agreement/every-setting/fields.yaml");
    check_file("extension", "ecs-gen/tests/it/logs/example-extension.yaml");
    check_file("extension", "kibana-extensions.yaml");
    check_file("extension", "change-extensions.yaml");
}

#[test]
fn editors_complete_what_a_person_writes() {
    let log = VALIDATORS["log"].clone();
    let schema = (GRAMMARS[0].1)();
    let base = |rest: &str| format!("name: log\necs: 9.4.0\nfields: {{base: {{fields: {{message: {{}}}}}}}}\n{rest}\n");
    let takes = |text: &str| {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let file = sources.add("log.yaml", text);
        log.is_valid(&parse_document(&sources, file, &mut diagnostics).unwrap().to_json())
    };
    assert!(takes(&base("index: {alias: log}")));
    assert!(!takes(&base("index: {alias: log, data_stream: log}")));
    assert!(!takes(&base("index: {}")));
    assert!(!takes(&base("index: {alias: log}\nlifecycle: {rollover: {max_age: 30d}, keep: 9w}")));
    assert!(!takes(&base(
        "index: {alias: log}\nlifecycle: {rollover: {max_age: 30d}, phases: {warm: {force_merge: {}}}}"
    )));
    let names = |pointer: &str| -> Vec<String> {
        let found = schema.pointer(pointer).unwrap_or_else(|| panic!("there is no {pointer}"));
        found.as_object().unwrap().keys().cloned().collect()
    };
    let sets = names("/$defs/ecs/anyOf/1/properties");
    assert!(
        ["base", "event", "user", "x509"].iter().all(|set| sets.iter().any(|known| known == set) == (*set != "x509"))
    );
    let event = names("/$defs/ecs.event/anyOf/0/properties/fields/anyOf/1/properties");
    assert!(event.contains(&"action".to_owned()) && event.contains(&"outcome".to_owned()), "{event:?}");
}
