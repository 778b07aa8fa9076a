//! What a run changes on disk, and what it leaves alone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ecs_gen::files::Files;
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use ecs_gen::plan::{MANIFEST, Outcome, Plan, Roots, Scope, State};
use ecs_gen::report;
use tempfile::TempDir;

use crate::diagnostics::{LOG, folder, list, log};

fn files(entries: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    for (path, text) in entries {
        files.add(path, *text);
    }
    files
}

/// Two files of the log `a`, and one Rust module.
fn small() -> Files {
    files(&[("generated/a/one.json", "{}\n"), ("generated/a/sub/two.json", "[]\n"), ("rust/a.rs", "// a\n")])
}

fn roots(folder: &TempDir) -> Roots {
    Roots { output: folder.path().join("out"), rust: Some(folder.path().join("src")) }
}

fn logs(names: &[&str]) -> Scope {
    Scope::Logs(names.iter().map(|name| (*name).to_owned()).collect())
}

fn plan(files: &Files, folder: &TempDir, scope: &Scope) -> Plan {
    Plan::load(files, &roots(folder), scope).unwrap()
}

fn apply(files: &Files, folder: &TempDir, scope: &Scope) -> Vec<(String, Outcome)> {
    let mut done = Vec::new();
    plan(files, folder, scope).apply(|item, outcome| done.push((item.name.clone(), outcome))).unwrap();
    done.retain(|(_, outcome)| *outcome != Outcome::Fresh);
    done
}

/// The names that are not fresh, with their state.
fn states(plan: &Plan) -> Vec<(&str, &'static str)> {
    let state = |state: &State| match state {
        State::Fresh => "fresh",
        State::Stale { .. } => "stale",
        State::Missing => "missing",
        State::Orphaned => "orphaned",
    };
    let items = plan.items.iter().map(|item| (item.name.as_str(), state(&item.state)));
    items.filter(|(_, state)| *state != "fresh").collect()
}

#[test]
fn every_state_is_told_and_mended() {
    let folder = folder(&[]);
    let scope = logs(&["a"]);
    let all =
        [(MANIFEST, "missing"), ("a/one.json", "missing"), ("a/sub/two.json", "missing"), ("rust/a.rs", "missing")];
    assert_eq!(states(&plan(&small(), &folder, &scope)), all);
    assert_eq!(apply(&small(), &folder, &scope).len(), 4);
    assert!(plan(&small(), &folder, &scope).is_fresh());

    let other = files(&[("generated/a/one.json", "{ }\n"), ("generated/a/three.json", "3\n"), ("rust/a.rs", "// a\n")]);
    let expected =
        [(MANIFEST, "stale"), ("a/one.json", "stale"), ("a/sub/two.json", "orphaned"), ("a/three.json", "missing")];
    assert_eq!(states(&plan(&other, &folder, &scope)), expected);
    let done = apply(&other, &folder, &scope);
    let outcomes: Vec<Outcome> = done.iter().map(|(_, outcome)| *outcome).collect();
    assert_eq!(outcomes, [Outcome::Updated, Outcome::Updated, Outcome::Removed, Outcome::Created]);
    assert!(plan(&other, &folder, &scope).is_fresh());
}

#[cfg(unix)]
#[test]
fn equal_files_are_not_touched() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = folder(&[]);
    let scope = logs(&["a"]);
    apply(&small(), &folder, &scope);
    let inodes = || {
        let paths = list(folder.path()).into_iter().map(|(path, _)| path);
        let inode = |path: PathBuf| {
            let data = std::fs::metadata(&path).unwrap();
            (path, data.ino(), data.mtime(), data.mtime_nsec())
        };
        paths.map(inode).collect::<Vec<_>>()
    };
    let before = inodes();
    assert_eq!(apply(&small(), &folder, &scope), []);
    assert_eq!(inodes(), before);
    let other =
        files(&[("generated/a/one.json", "{ }\n"), ("generated/a/sub/two.json", "[]\n"), ("rust/a.rs", "// a\n")]);
    apply(&other, &folder, &scope);
    let after = inodes();
    let changed: Vec<&Path> = before.iter().zip(&after).filter(|(b, a)| b != a).map(|(b, _)| b.0.as_path()).collect();
    assert_eq!(changed, [folder.path().join("out/MANIFEST.json"), folder.path().join("out/a/one.json")]);
}

#[test]
fn a_persons_own_file_is_kept_and_reported() {
    let folder =
        folder(&[("out/a/notes.txt", "mine"), ("out/b/other.txt", "not of this log"), ("src/mine.rs", "// mine")]);
    let scope = logs(&["a"]);
    let plan = plan(&small(), &folder, &scope);
    let report = report::apply(&plan).unwrap();
    assert!(report.text.contains("Kept") && report.text.contains("out/a/notes.txt"), "{}", report.text);
    assert!(report.text.contains("1 files are not generated and have been left alone"), "{}", report.text);
    for (path, text) in
        [("out/a/notes.txt", "mine"), ("out/b/other.txt", "not of this log"), ("src/mine.rs", "// mine")]
    {
        assert_eq!(std::fs::read_to_string(folder.path().join(path)).unwrap(), text);
    }
}

#[test]
fn removal_needs_the_manifest_or_the_file_header() {
    let marked = format!("# {}\n", ecs_gen::files::GENERATED_BY);
    let folder = folder(&[("out/a/old.md", &marked), ("out/a/mine.md", "# mine\n")]);
    let done = apply(&small(), &folder, &logs(&["a"]));
    assert!(done.contains(&("a/old.md".to_owned(), Outcome::Removed)), "{done:?}");
    assert!(done.contains(&("a/mine.md".to_owned(), Outcome::Kept)), "{done:?}");
}

#[test]
fn logs_keep_entries_of_each_other() {
    let folder = folder(&[]);
    apply(&small(), &folder, &logs(&["a"]));
    let other = files(&[("generated/b/one.json", "{}\n"), ("rust/b.rs", "// b\n")]);
    apply(&other, &folder, &logs(&["b"]));
    let manifest = std::fs::read_to_string(folder.path().join("out").join(MANIFEST)).unwrap();
    for name in ["a/one.json", "a/sub/two.json", "b/one.json", "rust/a.rs", "rust/b.rs"] {
        assert!(manifest.contains(&format!("\"{name}\"")), "no `{name}` in {manifest}");
    }
    assert!(plan(&small(), &folder, &logs(&["a"])).is_fresh());
    assert!(plan(&other, &folder, &logs(&["b"])).is_fresh());
    // Both at once write the same manifest, in either order.
    let mut both = small();
    both.add("generated/b/one.json", "{}\n");
    both.add("rust/b.rs", "// b\n");
    assert!(plan(&both, &folder, &logs(&["a", "b"])).is_fresh());
    assert!(plan(&both, &folder, &Scope::Whole).is_fresh());
}

#[test]
fn log_does_not_own_folders_that_begin_alike() {
    let folder = folder(&[]);
    apply(&files(&[("generated/a-b/one.json", "{}\n")]), &folder, &logs(&["a-b"]));
    apply(&small(), &folder, &logs(&["a"]));
    let manifest = std::fs::read_to_string(folder.path().join("out").join(MANIFEST)).unwrap();
    assert!(manifest.contains("a-b/one.json"), "{manifest}");
    assert!(folder.path().join("out/a-b/one.json").exists());
}

#[test]
fn unreadable_manifest_is_stale_and_no_error() {
    let folder = folder(&[]);
    apply(&small(), &folder, &logs(&["a"]));
    for text in ["", "{", "[]", "{\"files\": 3}"] {
        std::fs::write(folder.path().join("out").join(MANIFEST), text).unwrap();
        assert_eq!(states(&plan(&small(), &folder, &logs(&["a"]))), [(MANIFEST, "stale")]);
    }
}

#[test]
fn no_file_is_left_beside_the_written_ones() {
    let folder = folder(&[]);
    apply(&small(), &folder, &logs(&["a"]));
    let names: BTreeSet<String> = list(&folder.path().join("out"))
        .into_iter()
        .map(|(path, _)| path.strip_prefix(folder.path().join("out")).unwrap().display().to_string())
        .collect();
    assert_eq!(names, ["MANIFEST.json", "a/one.json", "a/sub/two.json"].map(str::to_owned).into());
}

#[test]
fn failed_write_names_the_path_and_cleans_up() {
    // Where a folder should be is a file, and where a file should be is a folder.
    let blocked = folder(&[("out/a/sub", "a file")]);
    let error =
        Plan::load(&small(), &roots(&blocked), &logs(&["a"])).and_then(|plan| plan.apply(|_, _| ())).unwrap_err();
    assert!(error.to_string().contains("out/a/sub"), "{error}");
    let folder = folder(&[("out/a/one.json/x", "")]);
    let error = Plan::load(&small(), &roots(&folder), &logs(&["a"])).unwrap_err();
    assert!(error.to_string().contains("out/a/one.json"), "{error}");
    let temporary = |(path, _): &(PathBuf, Vec<u8>)| path.extension().is_some_and(|end| end == "tmp");
    assert!(!list(blocked.path()).iter().any(temporary));
}

/// Runs the program in `folder`, in a changed environment.
fn run(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
    command.arg("generate").args(arguments).current_dir(folder).envs(environment.iter().copied()).output().unwrap()
}

#[test]
fn unwritable_folder_is_an_error_that_names_it() {
    let folder = folder(&[(LOG, &log("{base: {fields: {message: {}}}}")), ("taken", "a file")]);
    let output = run(folder.path(), &["--log", LOG, "--out", "taken"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error: taken/"), "{text}");
    let output = run(folder.path(), &["--log", LOG, "--out", "taken", "--json"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["error"].as_str().unwrap().starts_with("taken/"), "{document}");
    assert_eq!(std::fs::read_to_string(folder.path().join("taken")).unwrap(), "a file");
}

const ARGUMENTS: &[&str] = &["--log", LOG, "--out", "out", "--rust", "src"];

#[test]
fn one_changed_byte_is_found_and_named() {
    let folder = folder(&[(LOG, &log("{base: {fields: {message: {}}}}"))]);
    assert!(run(folder.path(), ARGUMENTS, &[]).status.success());
    let generated: Vec<_> = list(folder.path()).into_iter().filter(|(path, _)| !path.ends_with(LOG)).collect();
    assert!(generated.len() > 10, "{}", generated.len());
    let files = |folder: &TempDir| {
        let mut loader = Loader::default();
        let request = Request { logs: vec![folder.path().join(LOG)], ..Request::default() };
        emit_files(&load_models(&request, &mut loader).unwrap(), &[])
    };
    let wanted = files(&folder);
    for (path, bytes) in &generated {
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        std::fs::write(path, &changed).unwrap();
        let plan = Plan::load(&wanted, &roots(&folder), &logs(&["log"])).unwrap();
        let stale: Vec<_> =
            plan.items.iter().filter(|item| item.state != State::Fresh).map(|item| &item.path).collect();
        assert_eq!(stale, [path]);
        std::fs::write(path, bytes).unwrap();
    }
    // The program says the same, with exit code 3, for one changed, one removed and one added.
    let (changed, removed) = (&generated[1].0, &generated[2].0);
    std::fs::write(changed, "x").unwrap();
    std::fs::remove_file(removed).unwrap();
    std::fs::write(folder.path().join("out/log/added"), "x").unwrap();
    let output = run(folder.path(), &[ARGUMENTS, &["--check"]].concat(), &[]);
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    let shown = |path: &Path| path.strip_prefix(folder.path()).unwrap().display().to_string();
    for line in [
        format!("Stale {}", shown(changed)),
        format!("Missing {}", shown(removed)),
        "Orphaned out/log/added".to_owned(),
    ] {
        assert!(text.contains(&line), "no `{line}` in {text}");
    }
}

#[test]
fn the_same_inputs_make_the_same_bytes_anywhere() {
    let extension =
        "- name: x\n  fields:\n    - {name: a, type: keyword, description: One.}\n    - {name: b.c, type: long}\n";
    let fields = "{base: {fields: {message: {}, tags: {}}}, event: {fields: {action: {}, kind: {}}}, x: {fields: '*'}}";
    let text = log(&format!("{fields}\nextensions: [ext.yaml]\nproviders: {{a: [one, two], b: [three]}}"));
    let one = folder(&[(LOG, &text), ("ext.yaml", extension)]);
    assert!(run(one.path(), ARGUMENTS, &[]).status.success());

    let shuffled =
        "- fields:\n    - {type: long, name: b.c}\n    - {description: One., type: keyword, name: a}\n  name: x\n";
    let fields = "{x: {fields: '*'}, event: {fields: {kind: {}, action: {}}}, base: {fields: {tags: {}, message: {}}}}";
    let text = format!(
        "providers: {{b: [three], a: [one, two]}}\nfields: {fields}\nextensions: [ext.yaml]\nindex: {{alias: log}}\necs: 9.4.0\nname: log\n"
    );
    let two = folder(&[("deep/er/log.yaml", &text), ("deep/er/ext.yaml", shuffled)]);
    let arguments = ["--log", "deep/er/log.yaml", "--out", "out", "--rust", "src"];
    let environment = [("LANG", "tr_TR.UTF-8"), ("LC_ALL", "tr_TR.UTF-8"), ("TZ", "Pacific/Kiritimati")];
    assert!(run(two.path(), &arguments, &environment).status.success());
    for part in ["out", "src"] {
        let relative = |folder: &TempDir| {
            let root = folder.path().join(part);
            list(&root).into_iter().map(|(p, b)| (p.strip_prefix(&root).unwrap().to_owned(), b)).collect::<Vec<_>>()
        };
        let (left, right) = (relative(&one), relative(&two));
        assert_eq!(
            left.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            right.iter().map(|(path, _)| path).collect::<Vec<_>>()
        );
        for ((path, left), (_, right)) in left.iter().zip(&right) {
            assert!(left == right, "{} differs", path.display());
        }
    }
}

#[test]
fn subset_files_in_any_order_make_the_same_bytes() {
    let files = [
        ("one.yml", "name: s\nfields: {event: {fields: {kind: {}}}, base: {fields: {message: {}}}}\n"),
        ("two.yml", "name: s\nfields: {user: {fields: {name: {}}}, event: {fields: {action: {}}}}\n"),
        ("c1.yml", "name: c\nfields: [{name: a, type: long}]\n"),
        ("c2.yml", "name: d\nfields: [{name: a, type: long}]\n"),
    ];
    let mappings = |order: &[&str]| {
        let folder = folder(&files);
        let arguments = [order, &["--ecs", "9.4.0", "--out", "out", "--name", "s"]].concat();
        let output = run(folder.path(), &arguments, &[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(folder.path().join("out/s/elasticsearch/mappings.json")).unwrap()
    };
    let forward =
        mappings(&["--subset", "one.yml", "--subset", "two.yml", "--include", "c1.yml", "--include", "c2.yml"]);
    let backward =
        mappings(&["--include", "c2.yml", "--include", "c1.yml", "--subset", "two.yml", "--subset", "one.yml"]);
    assert_eq!(forward, backward);
}
