//! Whether a committed facts file says what the published package says.

use std::fmt;
use std::path::Path;

use super::facts::{field_line, parse_release, write_release};
use super::import::load_published;
use crate::declaration::{EcsRelease, FieldDeclaration};
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Sources};

/// One thing in which a committed file differs from the package. A field is shown as its line of the committed form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The two are different versions.
    Version {
        /// What the file says.
        committed: String,
        /// What the package says.
        published: String,
    },
    /// The package has a field that the file lacks.
    Missing(String),
    /// The file has a field that the package lacks.
    Surplus(String),
    /// Both have the field, with other facts.
    Changed {
        /// The file's line.
        committed: String,
        /// The line as it would be imported.
        published: String,
    },
    /// Both have the field, with other allowed values; the path is the field's.
    AllowedValues(String),
    /// The facts are the same, and the file is not written as `ecs-gen import` writes it.
    Form,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { committed, published } => write!(f, "- ecs: {committed}\n+ ecs: {published}"),
            Self::Missing(line) => write!(f, "+ {line}"),
            Self::Surplus(line) => write!(f, "- {line}"),
            Self::Changed { committed, published } => write!(f, "- {committed}\n+ {published}"),
            Self::AllowedValues(path) => write!(f, "! {path}: the allowed values differ"),
            Self::Form => f.write_str("! the facts are equal, and the file is not as `ecs-gen import` writes it"),
        }
    }
}

/// Imports the release published at `package` again and compares it with the `committed` file; `None` when one of them
/// cannot be read, which was reported.
pub fn verify(
    sources: &mut Sources,
    package: &Path,
    committed: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Difference>> {
    let published = load_published(sources, package, None, diagnostics)?.release;
    let release = parse_release(sources, committed, diagnostics)?;
    let mut differences = compare(&release, &published);
    if differences.is_empty() && *sources.file(committed).text != *write_release(&published) {
        differences.push(Difference::Form);
    }
    Some(differences)
}

fn compare(committed: &EcsRelease, published: &EcsRelease) -> Vec<Difference> {
    let mut differences = Vec::new();
    if committed.version != published.version {
        differences
            .push(Difference::Version { committed: committed.version.clone(), published: published.version.clone() });
    }
    for field in &committed.fields {
        match published.find(field.path.as_str()) {
            None => differences.push(Difference::Surplus(field_line(field))),
            Some(other) => differences.extend(compare_field(field, other)),
        }
    }
    let missing = published.fields.iter().filter(|field| committed.find(field.path.as_str()).is_none());
    differences.extend(missing.map(|field| Difference::Missing(field_line(field))));
    differences
}

fn compare_field(committed: &FieldDeclaration, published: &FieldDeclaration) -> Option<Difference> {
    let (old, new) = (field_line(committed), field_line(published));
    if old != new {
        return Some(Difference::Changed { committed: old, published: new });
    }
    (committed.allowed != published.allowed).then(|| Difference::AllowedValues(committed.path.as_str().to_owned()))
}
