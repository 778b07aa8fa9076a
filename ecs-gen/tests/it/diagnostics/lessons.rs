//! Whether what `ecs-gen explain` teaches is true: the wrong example of each code has that finding alone, the right one none.

use std::path::Path;

use ecs_gen::diagnostic::{Code, Diagnostics, ExampleFile, Lesson, lesson, lessons};
use ecs_gen::ecs::{Texts, load_published};
use ecs_gen::source::Sources;

use super::{findings, folder};

/// The log files that an example may have.
const LOGS: &[&str] = &["log.yaml", "second.yaml"];

/// A list of fields, which is imported and not generated from.
const FLAT: &str = "ecs_flat.yml";

/// The codes that are found in an example.
fn codes_of(files: &[ExampleFile]) -> Vec<&'static str> {
    let mut completed: Vec<(&str, String)> =
        files.iter().map(|file| (file.name.as_str(), complete(file, files))).collect();
    if !files.iter().any(|file| file.name == "log.yaml") {
        let file = ExampleFile { name: "log.yaml".to_owned(), text: String::new() };
        completed.push(("log.yaml", complete(&file, files)));
    }
    let borrowed: Vec<(&str, &str)> = completed.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&borrowed);
    if files.iter().any(|file| file.name == FLAT) {
        return import_codes(&folder.path().join(FLAT));
    }
    let logs: Vec<&str> = LOGS.iter().copied().filter(|log| completed.iter().any(|(name, _)| name == log)).collect();
    findings(folder.path(), &logs).0.into_iter().map(|(code, _)| code).collect()
}

fn import_codes(path: &Path) -> Vec<&'static str> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    load_published(&mut sources, path, Some("9.4.0"), Texts::Dropped, &mut diagnostics);
    diagnostics.sorted(&sources).iter().map(|finding| finding.code.as_str()).collect()
}

/// A log file with the options that every log has and the example leaves out; other files as they are.
fn complete(file: &ExampleFile, files: &[ExampleFile]) -> String {
    if !LOGS.contains(&file.name.as_str()) {
        return file.text.clone();
    }
    let extended = files.iter().any(|file| file.name == "shop.yaml");
    let defaults = [
        ("name", "orders"),
        ("ecs", "9.4.0"),
        ("index", "{alias: orders}"),
        ("extensions", if extended { "[shop.yaml]" } else { "[]" }),
        ("fields", if extended { "{shop: {fields: '*'}}" } else { "{base: {fields: {message: {}}}}" }),
    ];
    let is_given = |key: &str| file.text.lines().any(|line| line.starts_with(&format!("{key}:")));
    let added = defaults.iter().filter(|(key, _)| !is_given(key)).map(|(key, value)| format!("{key}: {value}\n"));
    added.chain([format!("{}\n", file.text)]).collect()
}

#[test]
fn every_wrong_example_has_its_finding_alone() {
    for Lesson { code, wrong, .. } in lessons() {
        assert_eq!(codes_of(wrong), [code.as_str()], "{wrong:?}");
    }
}

#[test]
fn every_right_example_has_no_finding() {
    for Lesson { code, right, .. } in lessons() {
        assert_eq!(codes_of(right), [""; 0], "{code}: {right:?}");
    }
}

#[test]
fn codes_and_lessons_match() {
    let taught: Vec<&str> = lessons().iter().map(|lesson| lesson.code.as_str()).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(taught, codes, "lessons.yaml has each code, in the order of `Code::ALL`");
    for code in Code::ALL {
        assert!(lesson(*code).is_some_and(|lesson| lesson.why.ends_with('.')), "{} has no reason", code.as_str());
    }
}
