//! The schema files of a checkout: field sets as ECS's authors write them.

use std::collections::BTreeSet;

use super::Parts;
use crate::diagnostic::Diagnostics;
use crate::fieldset::{Released, Shown, read_fieldsets};
use crate::input::fieldset::{ExpectedInput, FieldsetInput, ReusableInput};
use crate::input::selection::SubsetInput;
use crate::input::{self, Dialect};
use crate::source::yaml::parse_document;
use crate::source::{FileId, Sources};

pub(super) fn read_schemas(
    sources: &Sources,
    files: &[FileId],
    subset: Option<FileId>,
    diagnostics: &mut Diagnostics,
) -> Option<Parts> {
    let mut parts = Parts::default();
    for file in files {
        let document = parse_document(sources, *file, diagnostics)?;
        parts.fieldsets.extend(read_fieldsets(&document, Dialect::Own, diagnostics));
    }
    if let Some(subset) = subset {
        let document = parse_document(sources, subset, diagnostics)?;
        let subset: SubsetInput = input::read(&document, diagnostics)?;
        if let Released::Some(sets) = Released::new(&subset.fields) {
            parts.shown = Shown(Some(sets));
        }
    }
    let replaced = drop_replaced(&mut parts.fieldsets);
    if replaced > 0 {
        parts.dropped.insert("field that a reuse replaces", replaced);
    }
    Some(parts)
}

/// Drops the fields at whose place another set is reused. The official generator replaces them; ECS has one, of a type
/// that there is not (`process.entry_meta.source`).
fn drop_replaced(sets: &mut [FieldsetInput]) -> usize {
    let places: BTreeSet<String> = sets.iter().flat_map(places_of).collect();
    let mut dropped = 0;
    for set in sets {
        let before = set.fields.len();
        set.fields.retain(|field| !places.contains(&format!("{}.{}", set.name.value, field.name.value)));
        dropped += before - set.fields.len();
    }
    dropped
}

fn places_of(set: &FieldsetInput) -> Vec<String> {
    let expected = set.reusable.as_ref().map(|ReusableInput { expected, .. }| expected.as_slice()).unwrap_or_default();
    let name = &set.name.value;
    expected
        .iter()
        .map(|place| match &place.value {
            ExpectedInput::At(at) => format!("{at}.{name}"),
            ExpectedInput::As(there) => format!("{}.{}", there.at, there.name.as_deref().unwrap_or(name)),
        })
        .collect()
}
