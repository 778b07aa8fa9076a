//! The committed form of an ECS release: its field sets with their reuse, and what of them it documents.
//! [`parse_release`] and [`write_release`] are each other's inverse.
//!
//! # Format
//! YAML with three keys, written in this order:
//! * `ecs`: the version.
//! * `released`: what of each field set the release documents, in the grammar of subset files, a line for each set; `{}` is
//!   all of a field or object.
//!   Absent when the release was imported from a flat list, which documents all that it has.
//! * `fieldsets`: the field sets in the grammar of custom field sets, a line for each field, both in byte order of their
//!   names. Written in another way than by ECS:
//!   * `level` is left out when it is `extended`.
//!   * `beta` and `alpha` are `true`, without their sentence.
//!
//! What only describes is not part of the form, but for `short` of sets and fields where it was asked for.

mod write;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::EcsRelease;
use super::import::check_version;
use super::load::collect;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::fieldset::{Released, Shown};
use crate::input;
use crate::input::fieldset::FieldsetInput;
use crate::input::selection::SelectedFields;
use crate::source::yaml::parse_document;
use crate::source::{FileId, Sources, Spanned};

pub(super) use write::declaration_line;
pub use write::write_release;
pub(crate) use write::{flow, scalar};

/// A facts file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactsInput {
    /// The version.
    ecs: Spanned<String>,
    /// What the release documents.
    #[serde(default)]
    released: Option<Spanned<SelectedFields>>,
    /// The field sets.
    fieldsets: Vec<FieldsetInput>,
}

/// Reads a release from its committed form; `None` when a problem was reported.
pub fn parse_release(sources: &Sources, file: FileId, diagnostics: &mut Diagnostics) -> Option<EcsRelease> {
    collect(sources, diagnostics, |found| {
        let root = parse_document(sources, file, found)?;
        let facts: FactsInput = input::read(&root, found)?;
        if let Err(problem) = check_version(&facts.ecs) {
            found.push(problem.at(facts.ecs.span));
            return None;
        }
        check_distinct(&facts.fieldsets, found);
        Some(EcsRelease::new(facts.ecs.value, facts.fieldsets, shown(facts.released.as_ref()), found))
    })
}

fn shown(released: Option<&Spanned<SelectedFields>>) -> Shown {
    Shown(released.and_then(|released| match Released::new(released) {
        Released::All => None,
        Released::Some(sets) => Some(sets),
    }))
}

/// A release says what a set is once.
pub(super) fn check_distinct(sets: &[FieldsetInput], diagnostics: &mut Diagnostics) {
    let mut known = BTreeMap::new();
    for set in sets {
        if let Some(first) = known.insert(set.name.as_str(), set.name.span) {
            let message = format!("the field set `{}` is declared twice", set.name.value);
            diagnostics.push(Diagnostic::error(Code::DuplicateField, message).at(set.name.span).and_at(first));
        }
    }
}
