//! `ecs-gen infer`: what comes from a mapping generates that mapping, what comes from documents accepts them all.

mod documents;
mod mappings;

use std::path::{Path, PathBuf};

use ecs_gen::diff::Engine;
use ecs_gen::infer::{Inferred, Request, infer};
use serde_json::Value as Json;
use tempfile::TempDir;

fn request() -> Request {
    Request {
        name: "found".to_owned(),
        ecs: "9.4.0".to_owned(),
        mapping: None,
        engine: Engine::Elasticsearch,
        documents: Vec::new(),
        required: false,
        allowed_values: None,
        values: false,
    }
}

/// What is inferred of these documents, and perhaps a mapping.
#[track_caller]
fn of_documents(documents: &[Json], mapping: Option<Json>) -> Inferred {
    let (folder, files) = written(documents);
    let mapping = mapping.map(|mapping| ("mapping".to_owned(), mapping));
    let inferred = infer(&Request { documents: files, mapping, ..request() }, |_, _| {});
    drop(folder);
    inferred.unwrap_or_else(|problem| panic!("{problem}"))
}

fn written(documents: &[Json]) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.ndjson");
    let lines: Vec<String> = documents.iter().map(Json::to_string).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    (folder, vec![path])
}

/// All that a run of the command prints, and its exit code.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// The line of a text that has `start` in it.
#[track_caller]
fn line<'t>(text: &'t str, part: &str) -> &'t str {
    text.lines().find(|line| line.contains(part)).unwrap_or_else(|| panic!("no `{part}` in\n{text}"))
}
