//! Official subset and custom files, taken as they are: reuse, merging, what `'*'` reaches, and the points of grammar that
//! real files have.

mod merging;
mod options;
mod properties;
mod released;
mod reuse;

use std::path::PathBuf;

use ecs_gen::diagnostic::Severity;
use ecs_gen::generate::{Request, load_models};
use ecs_gen::model::Model;
use tempfile::TempDir;

use crate::diagnostics::{check_accepted, folder, loader};

/// A run over official files.
struct Run {
    folder: TempDir,
    request: Request,
}

/// What came of a run.
struct Outcome {
    model: Option<Model>,
    /// The findings as severity and code, sorted by place.
    findings: Vec<(Severity, &'static str)>,
    printed: String,
}

impl Run {
    /// Over a subset with these fields, which selects `@timestamp` besides, and these custom files.
    fn new(fields: &str, customs: &[&str]) -> Self {
        let subset = format!("name: web\nfields:\n  base: {{fields: {{\"@timestamp\": {{}}}}}}\n{fields}\n");
        let names: Vec<String> = (0..customs.len()).map(|number| format!("custom{number}.yml")).collect();
        let mut files = vec![("subset.yml", subset.as_str())];
        files.extend(names.iter().map(String::as_str).zip(customs.iter().copied()));
        let folder = folder(&files);
        let path = |name: &str| folder.path().join(name);
        let request = Request {
            ecs: Some("9.4.0".to_owned()),
            subsets: vec![path("subset.yml")],
            includes: names.iter().map(|name| path(name)).collect(),
            ..Request::default()
        };
        Self { folder, request }
    }

    fn with(mut self, change: impl FnOnce(&mut Request)) -> Self {
        change(&mut self.request);
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file beside the others.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn outcome(&self) -> Outcome {
        let mut loader = loader();
        let models = load_models(&self.request, &mut loader);
        let sorted = loader.diagnostics.sorted(&loader.sources);
        let findings = sorted.iter().map(|found| (found.severity, found.code.as_str())).collect();
        let printed = loader.diagnostics.render(&loader.sources);
        // What is right for the generator is right in an editor too.
        if sorted.is_empty() {
            let Request { subsets, includes, excludes, .. } = &self.request;
            for (grammar, paths) in [("subset", subsets), ("extension", includes), ("exclude", excludes)] {
                paths.iter().filter(|path| path.is_file()).for_each(|path| check_accepted(grammar, path));
            }
        }
        Outcome { model: models.map(|mut models| models.remove(0)), findings, printed }
    }
}

impl Outcome {
    /// The leaves as `path:type`, with the multi-fields behind a slash.
    #[track_caller]
    fn leaves(&self) -> Vec<String> {
        let model = self.model.as_ref().unwrap_or_else(|| panic!("{}", self.printed));
        let leaf = |field: &ecs_gen::model::Field| {
            let multi: Vec<&str> = field.multi_fields.iter().map(|multi| multi.name.as_str()).collect();
            let multi = if multi.is_empty() { String::new() } else { format!("/{}", multi.join(",")) };
            format!("{}:{}{multi}", field.path, field.field_type.name())
        };
        model.leaves().map(leaf).collect()
    }

    fn codes(&self) -> Vec<&'static str> {
        self.findings.iter().map(|(_, code)| *code).collect()
    }
}

/// Asserts that the leaves besides `@timestamp` are exactly these, and that nothing is found.
#[track_caller]
fn check(fields: &str, customs: &[&str], expected: &[&str]) {
    let outcome = Run::new(fields, customs).outcome();
    assert_eq!(outcome.leaves()[1..], *expected, "{}", outcome.printed);
    assert!(outcome.findings.is_empty(), "{}", outcome.printed);
}

/// Asserts that these leaves are among those of the mapping.
#[track_caller]
fn check_has(fields: &str, customs: &[&str], expected: &[&str]) {
    let outcome = Run::new(fields, customs).outcome();
    let leaves = outcome.leaves();
    for leaf in expected {
        assert!(leaves.iter().any(|known| known == leaf), "no `{leaf}` in {leaves:#?}\n{}", outcome.printed);
    }
}

/// Asserts that nothing is written, for exactly these reasons, and that `said` is printed.
#[track_caller]
fn check_refused(fields: &str, customs: &[&str], codes: &[&str], said: &str) {
    let outcome = Run::new(fields, customs).outcome();
    assert!(outcome.model.is_none(), "{}", outcome.printed);
    assert_eq!(outcome.codes(), codes, "{}", outcome.printed);
    assert!(outcome.printed.contains(said), "no `{said}` in\n{}", outcome.printed);
}
