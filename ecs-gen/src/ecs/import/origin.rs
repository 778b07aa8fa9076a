//! Where a release is read from: a folder, an archive or a YAML file, told apart by what is there.

use std::path::Path;

use super::{Form, Published, archive};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ecs::load::load_text;
use crate::source::Sources;

/// The field list of an npm package.
pub(super) const PACKAGE_FIELDS: &str = "build/commonjs/ecs_flat.js";

/// What says the version of an npm package.
pub(super) const PACKAGE_MANIFEST: &str = "package.json";

/// The field list of a checkout.
const CHECKOUT_FIELDS: &str = "generated/ecs/ecs_flat.yml";

/// The name of a file with field sets and all that is reused in them.
const NESTED_NAME: &str = "ecs_nested";

/// The folder of a checkout with the field sets.
const SCHEMAS: &str = "schemas";

/// What of the field sets the release documents, in the folder with them.
const RELEASED: &str = "subsets/main.yml";

/// What says the version of a checkout.
const CHECKOUT_VERSION: &str = "version";

/// Loads the field list at `path`; `None` when a problem was reported.
pub(super) fn load_origin(sources: &mut Sources, path: &Path, diagnostics: &mut Diagnostics) -> Option<Published> {
    if path.is_dir() {
        return load_folder(sources, path, diagnostics);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".tgz", ".tar.gz"]) {
        return archive::load_archive(sources, path, diagnostics);
    }
    if ends(&[".yml", ".yaml"]) {
        let file = load_text(sources, path, diagnostics)?;
        let version = checkout_of(path).and_then(read_checkout_version);
        let is_nested = name.starts_with(NESTED_NAME);
        return Some(Published { form: if is_nested { Form::Nested(file) } else { Form::Flat(file) }, version });
    }
    let problem = if path.exists() {
        Diagnostic::error(Code::NotEcsRelease, "this is neither a folder nor a .tgz nor an ecs_flat.yml")
    } else {
        Diagnostic::error(Code::FileUnreadable, "there is no such file or folder")
    };
    diagnostics.push(problem.in_file(path).help("`npm pack @elastic/ecs` fetches a package that can be imported"));
    None
}

fn load_folder(sources: &mut Sources, folder: &Path, diagnostics: &mut Diagnostics) -> Option<Published> {
    let literal = folder.join(PACKAGE_FIELDS);
    if literal.is_file() {
        let file = load_text(sources, &literal, diagnostics)?;
        let manifest = load_text(sources, &folder.join(PACKAGE_MANIFEST), diagnostics)?;
        let version = manifest_version(&sources.file(manifest).text);
        return Some(Published { form: Form::Literal(file), version });
    }
    let schemas = folder.join(SCHEMAS);
    if schemas.is_dir() {
        return load_schemas(sources, &schemas, read_checkout_version(folder), diagnostics);
    }
    if folder.join(RELEASED).is_file() {
        let checkout = folder.parent().filter(|_| folder.ends_with(SCHEMAS));
        return load_schemas(sources, folder, checkout.and_then(read_checkout_version), diagnostics);
    }
    let yaml = folder.join(CHECKOUT_FIELDS);
    if yaml.is_file() {
        let file = load_text(sources, &yaml, diagnostics)?;
        return Some(Published { form: Form::Flat(file), version: read_checkout_version(folder) });
    }
    let message = format!("the folder has neither `{SCHEMAS}` nor `{PACKAGE_FIELDS}` nor `{CHECKOUT_FIELDS}`");
    let problem = Diagnostic::error(Code::NotEcsRelease, message).in_file(folder);
    diagnostics.push(problem.help("name the folder of an unpacked npm package or of an ECS checkout"));
    None
}

/// Loads the field sets in `folder`.
fn load_schemas(
    sources: &mut Sources,
    folder: &Path,
    version: Option<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Published> {
    let entries = std::fs::read_dir(folder).map_err(|cause| {
        let problem = Diagnostic::error(Code::FileUnreadable, format!("the folder cannot be read: {cause}"));
        diagnostics.push(problem.in_file(folder));
    });
    let paths = entries.ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yml")).collect();
    paths.sort();
    let files: Vec<_> = paths.iter().map_while(|path| load_text(sources, path, diagnostics)).collect();
    if files.len() < paths.len() {
        return None;
    }
    let subset = folder.join(RELEASED);
    let subset = if subset.is_file() { Some(load_text(sources, &subset, diagnostics)?) } else { None };
    Some(Published { form: Form::Schemas(files, subset), version })
}

/// The version in the text of a `package.json`.
pub(super) fn manifest_version(text: &str) -> Option<String> {
    let manifest: serde_json::Value = serde_json::from_str(text).ok()?;
    manifest.get("version")?.as_str().map(str::to_owned)
}

/// The checkout that a field list lies in.
fn checkout_of(path: &Path) -> Option<&Path> {
    let is_generated = path.parent().is_some_and(|folder| folder.ends_with("generated/ecs"));
    is_generated.then(|| path.ancestors().nth(3)).flatten()
}

fn read_checkout_version(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join(CHECKOUT_VERSION)).ok()?;
    Some(text.trim().to_owned())
}
