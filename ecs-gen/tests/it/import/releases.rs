//! The releases that the binary carries, and our descriptions of their fields.

use std::sync::Arc;

use ecs_gen::declaration::FieldDeclaration;
use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::{Releases, descriptions, load_release, releases};
use ecs_gen::source::Sources;

use super::{assert_reports, committed, documented, folder, release};

#[track_caller]
fn check_unknown(wanted: &str, expected: &str) {
    let mut sources = Sources::default();
    let file = sources.add("log.yaml", "ecs: x");
    let mut diagnostics = Diagnostics::default();
    let release = load_release(&mut sources, wanted, Some(file.start()), &mut diagnostics);
    assert!(release.is_none());
    let report = diagnostics.render(&sources);
    assert_reports(&report, expected);
    assert_reports(&report, "log.yaml:1:1");
}

#[test]
fn committed_files_have_their_own_version() {
    let (path, _) = committed("9.4.0.yaml");
    let mut files: Vec<_> = std::fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "descriptions.yaml")
        .collect();
    files.sort();
    let carried: Vec<_> = releases::COMMITTED.iter().map(|(version, _)| format!("{version}.yaml")).collect();
    assert_eq!(files, carried);
    for (version, _) in releases::COMMITTED {
        let mut diagnostics = Diagnostics::default();
        let release = load_release(&mut Sources::default(), version, None, &mut diagnostics).unwrap();
        assert_eq!(release.version, *version);
    }
}

#[test]
fn unknown_version_names_the_known_ones() {
    check_unknown("9.3.0", "error[unknown-ecs-version]: the ECS version `9.3.0` is not known");
    check_unknown("9.3.0", "help: did you mean `9.4.0`? Known: 8.11.0, 9.4.0");
    check_unknown("latest", "help: known: 8.11.0, 9.4.0; others can be made with `ecs-gen import`");
    check_unknown("fork/ecs.yaml", "error[unknown-ecs-version]: there is no file `fork/ecs.yaml`");
}

#[test]
fn a_facts_file_can_be_named_by_its_path() {
    let folder = folder(&[(
        "fork.yaml",
        b"ecs: 9.4.0-fork\nfieldsets:\n- name: event\n  fields:\n  - {name: id, type: keyword}\n",
    )]);
    let path = folder.path().join("fork.yaml");
    let mut diagnostics = Diagnostics::default();
    let release = load_release(&mut Sources::default(), path.to_str().unwrap(), None, &mut diagnostics).unwrap();
    assert_eq!(release.version, "9.4.0-fork");
    assert_eq!(documented(&release)[0].path.as_str(), "event.id");
}

#[test]
fn a_release_is_read_once_for_all_logs() {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let mut releases = Releases::default();
    let first = releases.load(&mut sources, "9.4.0", None, &mut diagnostics).unwrap();
    let second = releases.load(&mut sources, "9.4.0", None, &mut diagnostics).unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert!(releases.load(&mut sources, "1.0.0", None, &mut diagnostics).is_none());
    assert!(releases.load(&mut sources, "1.0.0", None, &mut diagnostics).is_none());
    assert_eq!(diagnostics.sorted(&sources).len(), 1);
}

#[test]
fn descriptions_are_of_things_that_exist() {
    let fields = documented(&release("9.4.0"));
    for (path, description) in descriptions() {
        let below = format!("{path}.");
        let exists = |field: &FieldDeclaration| field.path.as_str() == path || field.path.as_str().starts_with(&below);
        assert!(fields.iter().any(exists), "ECS has no `{path}`");
        assert!(description.chars().count() <= 100, "`{path}` is described at more than one line's length");
        assert!(!description.ends_with('.'), "`{path}` is described with a full stop");
        assert!(description.starts_with(|c: char| c.is_ascii_lowercase()), "`{path}` is described in upper case");
    }
    assert_eq!(committed("descriptions.yaml").1.lines().count() - 2, descriptions().len());
}
