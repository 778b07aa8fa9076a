//! A published ECS release → [`EcsRelease`]: every attribute of every field is kept as a fact, or is in the list of
//! those that are dropped on purpose, or is an error; so a release with something new in it cannot lose it silently.
//!
//! A release is read from one of
//! * an unpacked npm package `@elastic/ecs`: the literal `exports.EcsFlat` in `build/commonjs/ecs_flat.js`, which is
//!   parsed and never run, and `version` in `package.json`. (`generated/ecs_flat.js` in the same package is an older
//!   one with fewer fields.)
//! * the packed `.tgz` of the same, of which nothing is unpacked to disk;
//! * a checkout of ECS: `generated/ecs/ecs_flat.yml` and the file `version`;
//! * an `ecs_flat.yml` alone.

mod archive;
mod field;
mod literal;
mod origin;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use crate::declaration::EcsRelease;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ecs::load::collect;
use crate::field_type::FieldType;
use crate::source::node::{Node, Value};
use crate::source::yaml::parse_document;
use crate::source::{FileId, Sources, Spanned};

/// An imported release, and what was left out of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The release.
    pub release: EcsRelease,
    /// The attributes that were dropped on purpose, each with the number of places that had it.
    pub dropped: BTreeMap<&'static str, usize>,
}

/// How the field list of a release is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As an object literal in JavaScript.
    Literal,
    /// As YAML.
    Yaml,
}

/// The field list of a release, and the version when the release says it.
#[derive(Debug)]
struct Published {
    file: FileId,
    form: Form,
    version: Option<String>,
}

/// Reads the release published at `path`, called `version` when that is given; `None` when a problem was reported.
pub fn load_published(
    sources: &mut Sources,
    path: &Path,
    version: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Option<Imported> {
    let published = origin::load_origin(sources, path, diagnostics)?;
    let version = choose_version(&published, version, path, diagnostics);
    let sources = &*sources;
    let imported = collect(sources, diagnostics, |found| read_fields(sources, &published, found));
    let (version, mut imported) = (version?, imported?);
    imported.release.version = version;
    Some(imported)
}

impl Imported {
    /// How many fields of each type the release has; multi-fields are not counted.
    #[must_use]
    pub fn type_counts(&self) -> BTreeMap<FieldType, usize> {
        let mut counts = BTreeMap::new();
        for field in &self.release.fields {
            *counts.entry(field.field_type).or_default() += 1;
        }
        counts
    }
}

fn choose_version(
    published: &Published,
    given: Option<&str>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let Some(version) = given.or(published.version.as_deref()) else {
        let problem = Diagnostic::error(Code::MissingOption, "the input does not say which version of ECS it is");
        diagnostics.push(problem.in_file(path).help("say it with `--version X.Y.Z`"));
        return None;
    };
    match check_version(version) {
        Ok(()) => Some(version.to_owned()),
        Err(problem) => {
            diagnostics.push(problem.in_file(path).help("say another with `--version X.Y.Z`"));
            None
        }
    }
}

/// Checks that `version` is three numbers, with a pre-release behind them or not.
pub(super) fn check_version(version: &str) -> Result<(), Diagnostic> {
    let (core, suffix) = version.split_once('-').map_or((version, None), |(core, suffix)| (core, Some(suffix)));
    let numbers: Vec<_> = core.split('.').collect();
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_suffix =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
    if numbers.len() == 3 && numbers.iter().all(is_number) && suffix.is_none_or(is_suffix) {
        return Ok(());
    }
    Err(Diagnostic::error(Code::InvalidValue, format!("`{}` is not a version such as 9.4.0", version.escape_debug())))
}

fn read_fields(sources: &Sources, published: &Published, diagnostics: &mut Diagnostics) -> Option<Imported> {
    let entries = match published.form {
        Form::Literal => literal::parse_literal(sources, published.file, diagnostics)?,
        Form::Yaml => yaml_entries(sources, published.file, diagnostics)?,
    };
    if entries.is_empty() {
        let problem = Diagnostic::error(Code::NotEcsRelease, "the list of fields is empty");
        diagnostics.push(problem.at(published.file.start()));
    }
    check_distinct(&entries, diagnostics);
    let mut dropped = BTreeMap::new();
    let mut fields: Vec<_> =
        entries.iter().filter_map(|(name, node)| field::read_field(name, node, &mut dropped, diagnostics)).collect();
    fields.sort_by(|a, b| a.path.cmp(&b.path));
    Some(Imported { release: EcsRelease { version: String::new(), fields }, dropped })
}

fn yaml_entries(
    sources: &Sources,
    file: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(Spanned<String>, Node)>> {
    let root = parse_document(sources, file, diagnostics)?;
    if let Value::Map(entries) = root.value {
        return Some(entries);
    }
    let message = format!("a list of ECS fields is a mapping, not {}", root.describe());
    diagnostics.push(Diagnostic::error(Code::NotEcsRelease, message).at(root.span));
    None
}

fn check_distinct(entries: &[(Spanned<String>, Node)], diagnostics: &mut Diagnostics) {
    let mut seen = HashSet::new();
    for (name, _) in entries.iter().filter(|(name, _)| !seen.insert(name.as_str())) {
        let message = format!("the field `{}` stands twice in the release", name.value);
        diagnostics.push(Diagnostic::error(Code::DuplicateField, message).at(name.span));
    }
}
