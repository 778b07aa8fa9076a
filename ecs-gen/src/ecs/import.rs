//! A published ECS release → [`EcsRelease`], by the grammar of field sets: every attribute of every field is kept as a
//! fact, or is one that only describes and is counted, or is an error; so a release with something new in it cannot lose
//! it silently.
//!
//! A release is read from one of
//! * a checkout of ECS, or its folder `schemas`: the field sets with their reuse, and `subsets/main.yml`, which says what
//!   of them the release documents;
//! * an `ecs_nested.yml`, which has both;
//! * a flat list of fields, which says neither where a set is reused nor what else could be: an unpacked npm package
//!   `@elastic/ecs` (the literal `exports.EcsFlat` in `build/commonjs/ecs_flat.js`, which is parsed and never run, and
//!   `version` in `package.json`; `generated/ecs_flat.js` in the same package is an older one with fewer fields), the
//!   packed `.tgz` of the same, of which nothing is unpacked to disk, or an `ecs_flat.yml`.

mod archive;
mod flat;
mod literal;
mod nested;
mod origin;
mod schemas;

use std::collections::BTreeMap;
use std::path::Path;

use super::EcsRelease;
use super::facts::check_distinct;
use super::load::collect;
use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::fieldset::{Shown, one_line};
use crate::input::fieldset::{ExpectedInput, FieldsetInput};
use crate::source::node::{Node, Value};
use crate::source::yaml::parse_document;
use crate::source::{FileId, Sources, Spanned};

/// An imported release, and what was left out of it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The release.
    pub release: EcsRelease,
    /// The fields that it documents.
    pub documented: Vec<FieldDeclaration>,
    /// How many fields its schemas allow.
    pub allowed: usize,
    /// The attributes that were dropped on purpose, each with the number of places that had it.
    pub dropped: BTreeMap<&'static str, usize>,
}

/// What becomes of ECS's sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// They are left out and counted.
    Dropped,
    /// One line is kept of each field set and field.
    Kept,
}

impl Imported {
    /// What the release says of each field that it documents and of each field set, by path.
    #[must_use]
    pub fn descriptions(&self) -> BTreeMap<String, String> {
        let sets = self.release.fieldsets.iter().filter(|set| !set.root);
        let sets = sets.map(|set| (set.name.value.as_str(), set.description.as_str()));
        let fields = self.documented.iter().map(|field| (field.path.as_str(), field.description.as_str()));
        let texts = sets.chain(fields).filter(|(_, text)| !text.is_empty());
        texts.map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
    }
}

/// The files of a release, and the version when the release says it.
#[derive(Debug)]
struct Published {
    form: Form,
    version: Option<String>,
}

/// How a release is written.
#[derive(Debug)]
enum Form {
    /// A flat list as an object literal in JavaScript.
    Literal(FileId),
    /// A flat list as YAML.
    Flat(FileId),
    /// Field sets with all that is reused in them, as YAML.
    Nested(FileId),
    /// Field sets as they are written, and the selection of the release.
    Schemas(Vec<FileId>, Option<FileId>),
}

/// What of a release was read.
#[derive(Debug, Default)]
struct Parts {
    fieldsets: Vec<FieldsetInput>,
    shown: Shown,
    dropped: BTreeMap<&'static str, usize>,
}

/// Reads the release published at `path`, called `version` when that is given; `None` when a problem was reported.
pub fn load_published(
    sources: &mut Sources,
    path: &Path,
    version: Option<&str>,
    texts: Texts,
    diagnostics: &mut Diagnostics,
) -> Option<Imported> {
    let published = origin::load_origin(sources, path, diagnostics)?;
    let version = choose_version(&published, version, path, diagnostics);
    let sources = &*sources;
    collect(sources, diagnostics, |found| {
        let mut parts = read_parts(sources, &published.form, found)?;
        check_distinct(&parts.fieldsets, found);
        for set in &mut parts.fieldsets {
            drop_descriptions(set, texts, &mut parts.dropped);
        }
        let release = EcsRelease::new(version?, parts.fieldsets, parts.shown, found);
        let documented = release.documented_fields(found);
        let allowed = release.allowed_fields(found).len();
        Some(Imported { release, documented, allowed, dropped: parts.dropped })
    })
}

fn read_parts(sources: &Sources, form: &Form, diagnostics: &mut Diagnostics) -> Option<Parts> {
    match form {
        Form::Literal(file) => {
            let entries = literal::parse_literal(sources, *file, diagnostics)?;
            Some(flat::read_list(*file, &entries, diagnostics))
        }
        Form::Flat(file) => {
            let entries = yaml_entries(sources, *file, diagnostics)?;
            Some(flat::read_list(*file, &entries, diagnostics))
        }
        Form::Nested(file) => {
            let entries = yaml_entries(sources, *file, diagnostics)?;
            Some(nested::read_sets(&entries, diagnostics))
        }
        Form::Schemas(files, subset) => schemas::read_schemas(sources, files, *subset, diagnostics),
    }
}

/// Takes away what only describes, and counts it: ECS's sentences, unless one line of each is wanted, and what nothing here
/// uses.
fn drop_descriptions(set: &mut FieldsetInput, texts: Texts, dropped: &mut BTreeMap<&'static str, usize>) {
    if texts == Texts::Kept {
        keep_line(&mut set.short, &mut set.description);
        for field in &mut set.fields {
            keep_line(&mut field.short, &mut field.description);
        }
    }
    let mut count = |name, is_there: bool| *dropped.entry(name).or_default() += usize::from(is_there);
    count("title", set.title.take().is_some());
    count("description", set.description.take().is_some());
    count("short", take_unless(texts, &mut set.short));
    count("footnote", set.footnote.take().is_some());
    count("group", set.group.take().is_some());
    count("beta of a set", set.beta.take().is_some());
    count("alpha of a set", set.alpha.take().is_some());
    set.set_type = None;
    for place in set.reusable.iter_mut().flat_map(|reusable| &mut reusable.expected) {
        if let ExpectedInput::As(there) = &mut place.value {
            count("short_override", there.short_override.take().is_some());
        }
    }
    for field in &mut set.fields {
        count("description", field.description.take().is_some());
        count("short", take_unless(texts, &mut field.short));
        count("example", field.example.take().is_some());
        count("otel", field.otel.take().is_some());
        count("otel_reuse", field.otel_reuse.take().is_some());
        count("input_format", field.input_format.take().is_some());
        count("output_format", field.output_format.take().is_some());
        count("output_precision", field.output_precision.take().is_some());
        for value in field.allowed_values.iter_mut().flatten() {
            count("description", value.description.take().is_some());
            count("beta of a value", value.beta.take().is_some());
        }
    }
    dropped.retain(|_, count| *count > 0);
}

/// Makes `short` the line that is kept: what it is, or the first paragraph of the description.
fn keep_line(short: &mut Option<String>, description: &mut Option<String>) {
    let line = short.take().or_else(|| description.take()).map(|text| one_line(&text));
    *short = line.filter(|line| !line.is_empty());
}

/// Takes a text away, unless it is to be kept; whether one was taken.
fn take_unless(texts: Texts, text: &mut Option<String>) -> bool {
    texts == Texts::Dropped && text.take().is_some()
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
