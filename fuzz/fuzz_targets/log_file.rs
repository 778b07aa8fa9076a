//! Any bytes as a log file over a small release of ECS: a model that every emitter can write, or an error.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const FACTS: &str = "ecs: 1.2.3\nallowed_values:\n  event.kind: [alert, event]\nfields:\n  \
                     \"@timestamp\": {type: date, level: core, required: true}\n  message: {type: match_only_text}\n  \
                     labels: {type: object, object_type: keyword}\n  event.kind: {type: keyword, allowed_values: event.kind}\n  \
                     event.start: {type: date}\n  host.geo.name: {type: keyword, original_fieldset: geo}\n  \
                     host.geo.location: {type: geo_point, original_fieldset: geo}\n";

const EXTENSION: &str =
    "name: x\nfields: [{name: a, type: keyword}, {name: b.c, type: nested}, {name: b.c.d, type: long}]\n";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (name, text) in [("ecs.yaml", FACTS), ("x.yaml", EXTENSION)] {
        std::fs::write(folder.path().join(name), text).expect("a small file can be written");
    }
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let path: PathBuf = FOLDER.path().join("log.yaml");
    std::fs::write(&path, bytes).expect("a small file can be written");
    let mut loader = Loader::default();
    let ecs = FOLDER.path().join("ecs.yaml").display().to_string();
    let models = load_models(&Request { logs: vec![path], ecs: Some(ecs), ..Request::default() }, &mut loader);
    assert_eq!(models.is_none(), loader.diagnostics.has_errors());
    let _ = loader.diagnostics.render(&loader.sources);
    if let Some(models) = models {
        let _ = emit_files(&models, &[]);
    }
});
