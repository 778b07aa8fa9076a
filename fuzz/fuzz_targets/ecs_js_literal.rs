//! Any bytes as the field list of the npm package: a release or an error; and a release that is written is read as it was.

#![no_main]

use std::sync::LazyLock;

use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::{load_published, parse_release, write_release};
use ecs_gen::source::Sources;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    std::fs::create_dir_all(folder.path().join("build/commonjs")).expect("a folder can be made");
    std::fs::write(folder.path().join("package.json"), r#"{"version": "1.2.3"}"#).expect("a small file can be written");
    folder
});

fuzz_target!(|bytes: &[u8]| {
    let path = FOLDER.path().join("build/commonjs/ecs_flat.js");
    std::fs::write(path, bytes).expect("a small file can be written");
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let imported = load_published(&mut sources, FOLDER.path(), None, &mut diagnostics);
    assert_eq!(imported.is_none(), diagnostics.has_errors());
    let _ = diagnostics.render(&sources);
    let Some(imported) = imported else { return };
    let file = sources.add("facts.yaml", write_release(&imported.release));
    let read = parse_release(&sources, file, &mut diagnostics);
    assert!(read.is_some(), "{}", diagnostics.render(&sources));
});
