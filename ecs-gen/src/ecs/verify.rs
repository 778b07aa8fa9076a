//! Whether a committed facts file says what the published package says: its field sets, expanded and selected as the
//! release selects them, are the published flat list.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use super::facts::{declaration_line, parse_release, write_release};
use super::import::{Texts, load_published};
use crate::declaration::FieldDeclaration;
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Sources};

/// One thing in which a committed file differs from the package. A field is shown in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The package has a field that the file lacks.
    Missing(String),
    /// The file has a field that the package lacks.
    Surplus(String),
    /// Both have the field, with other facts.
    Changed {
        /// What the file says.
        committed: String,
        /// What the package says.
        published: String,
    },
    /// The file is not written as `ecs-gen import` writes it.
    Form,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(line) => write!(f, "+ {line}"),
            Self::Surplus(line) => write!(f, "- {line}"),
            Self::Changed { committed, published } => write!(f, "- {committed}\n+ {published}"),
            Self::Form => f.write_str("! the file is not as `ecs-gen import` writes it"),
        }
    }
}

/// Imports the release published at `package` and compares it with the `committed` file; `None` when one of them cannot
/// be read, which was reported.
pub fn verify(
    sources: &mut Sources,
    package: &Path,
    committed: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Difference>> {
    let published = load_published(sources, package, None, Texts::Dropped, diagnostics)?.documented;
    let release = parse_release(sources, committed, diagnostics)?;
    let documented = release.documented_fields(diagnostics);
    let mut differences = compare(&documented, &published);
    if *sources.file(committed).text != *write_release(&release) {
        differences.push(Difference::Form);
    }
    Some(differences)
}

fn compare(committed: &[FieldDeclaration], published: &[FieldDeclaration]) -> Vec<Difference> {
    let lines = |fields: &[FieldDeclaration]| -> BTreeMap<String, String> {
        fields.iter().map(|field| (field.path.as_str().to_owned(), declaration_line(field))).collect()
    };
    let (committed, published) = (lines(committed), lines(published));
    let mut differences = Vec::new();
    for (path, line) in &committed {
        match published.get(path) {
            None => differences.push(Difference::Surplus(line.clone())),
            Some(other) if other != line => {
                differences.push(Difference::Changed { committed: line.clone(), published: other.clone() });
            }
            Some(_) => {}
        }
    }
    let missing = published.iter().filter(|(path, _)| !committed.contains_key(*path));
    differences.extend(missing.map(|(_, line)| Difference::Missing(line.clone())));
    differences
}
