//! Any bytes as an extension of which all is selected: a model that every emitter can write, or an error.

#![no_main]

use std::sync::LazyLock;

use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const FACTS: &str = "ecs: 1.2.3\nfields:\n  \"@timestamp\": {type: date, level: core, required: true}\n  \
                     message: {type: match_only_text}\n  user.name: {type: keyword}\n  user.changes.name: {type: keyword}\n  \
                     host.geo.name: {type: keyword, original_fieldset: geo}\n  \
                     host.geo.location: {type: geo_point, original_fieldset: geo}\n";

const LOG: &str = "name: log\necs: ecs.yaml\nextensions: [x.yaml]\nfields: '*'\nindex: {alias: log}\n";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (name, text) in [("ecs.yaml", FACTS), ("log.yaml", LOG)] {
        std::fs::write(folder.path().join(name), text).expect("a small file can be written");
    }
    folder
});

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(FOLDER.path().join("x.yaml"), bytes).expect("a small file can be written");
    let mut loader = Loader::default();
    let logs = vec![FOLDER.path().join("log.yaml")];
    let models = load_models(&Request { logs, ..Request::default() }, &mut loader);
    assert_eq!(models.is_none(), loader.diagnostics.has_errors());
    let _ = loader.diagnostics.render(&loader.sources);
    if let Some(models) = models {
        let _ = emit_files(&models, &[]);
    }
});
