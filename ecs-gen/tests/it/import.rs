//! Importing ECS: small releases in the published form, made here; nothing is fetched.

mod cli;
mod expansion;
mod facts;
mod published;
mod releases;
mod schemas;
mod verify;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use ecs_gen::declaration::FieldDeclaration;
use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::{EcsRelease, Imported, Texts, load_published, load_release, parse_release};
use ecs_gen::source::{Sources, Span};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

/// The attributes that every field of a release has.
const PLAIN: &str = "level: 'extended', type: 'keyword', normalize: []";

/// A JavaScript module as the npm package has it, around the fields of a literal.
fn module(fields: &str) -> String {
    format!(
        "\"use strict\";\nexports.EcsFlat = void 0;\nexports.EcsFlat = {{\n{fields}\n}};\n//# sourceMappingURL=x.map"
    )
}

/// A module with one field, `agent.id`, whose attributes are `attributes`.
fn field(attributes: &str) -> String {
    module(&format!("    'agent.id': {{\n        flat_name: 'agent.id', {attributes}\n    }},"))
}

/// A gzipped tar archive of these entries.
fn pack(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, path, *bytes).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// A packed npm package of version 1.2.3 with that field module.
fn package(module: &str) -> Vec<u8> {
    pack(&[
        ("package/package.json", br#"{"name": "@elastic/ecs", "version": "1.2.3"}"#),
        ("package/generated/ecs_flat.js", b"exports.EcsFlat = {};"),
        ("package/build/commonjs/ecs_flat.js", module.as_bytes()),
    ])
}

/// A temporary folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap().write_all(bytes).unwrap();
    }
    folder
}

/// Imports what is at `path`; else the rendered diagnostics.
fn import(path: &Path, version: Option<&str>) -> Result<Imported, String> {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let imported = load_published(&mut sources, path, version, Texts::Dropped, &mut diagnostics);
    imported.ok_or_else(|| diagnostics.render(&sources))
}

/// Imports a module as a packed package.
fn import_module(module: &str) -> Result<Imported, String> {
    let folder = folder(&[("ecs.tgz", &package(module))]);
    import(&folder.path().join("ecs.tgz"), None)
}

/// Reads a release from facts; else the rendered diagnostics.
fn parse(text: &str) -> Result<EcsRelease, String> {
    let mut sources = Sources::default();
    let file = sources.add("facts.yaml", text);
    let mut diagnostics = Diagnostics::default();
    parse_release(&sources, file, &mut diagnostics).ok_or_else(|| diagnostics.render(&sources))
}

/// A committed release.
fn release(version: &str) -> EcsRelease {
    load_release(&mut Sources::default(), version, None, &mut Diagnostics::default()).unwrap()
}

/// The fields that a release documents.
fn documented(release: &EcsRelease) -> Vec<FieldDeclaration> {
    let mut diagnostics = Diagnostics::default();
    let fields = release.documented_fields(&mut diagnostics);
    assert!(!diagnostics.has_errors());
    fields
}

/// A place for what has none.
fn no_span() -> Span {
    Sources::default().add("", "").start()
}

/// The committed file of that name below `ecs/`.
fn committed(name: &str) -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ecs").join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

#[track_caller]
fn assert_reports(report: &str, expected: &str) {
    assert!(report.contains(expected), "expected:\n{expected}\nin:\n{report}");
}
