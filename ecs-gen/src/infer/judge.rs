//! A candidate held against what it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ecs_schema::{LogRules, ViolationRule, validate_json_str};

use super::mapped::Mapping;
use super::observe::each_document;
use crate::diff::{Class, Engine, Options, PutMapping, Rule, Side, compare};

/// The most places of refused documents that are told apart in one round; the next one finds others.
const MAX_PLACES: usize = 10_000;

/// What documents were refused for.
#[derive(Debug, Default)]
pub(super) struct Refused {
    /// How many documents.
    pub(super) documents: u64,
    /// Path, without the numbers of elements → whether it is a field that the log does not have.
    pub(super) places: BTreeMap<String, bool>,
}

/// Rules that no candidate can keep, or need not: of the root of a mapping its `_meta` and options that mean nothing where
/// new fields are refused, and fields that only documents have.
const EXPECTED: &[Rule] = &[Rule::MetaChanged, Rule::MappingOptionChanged, Rule::FieldAdded];

/// What the paths of settings begin with; a log says its own.
const SETTINGS: &str = "settings.";

/// Path and message of what existing indices do not take as it is, the first of each field.
pub(super) fn differing(mapping: &Mapping, candidate: &Side, engine: Engine) -> Vec<(String, String)> {
    let options = Options { engines: vec![engine], ..Options::default() };
    let findings = compare(&mapping.side, candidate, &options);
    let of_index = findings.into_iter().filter(|finding| {
        let is_refused = finding.put_mapping == Some(PutMapping::Rejected);
        (finding.spec().class == Class::Index || is_refused)
            && !EXPECTED.contains(&finding.rule)
            && !finding.path.starts_with(SETTINGS)
    });
    let mut seen = BTreeSet::new();
    let first = of_index.filter(|finding| seen.insert(finding.path.clone()));
    first.map(|finding| (finding.path, finding.message)).collect()
}

/// Judges all documents.
pub(super) fn documents(
    rules: &'static LogRules,
    files: &[PathBuf],
    progress: &mut impl FnMut(u64, u64),
) -> Result<Refused, String> {
    let mut refused = Refused::default();
    for path in files {
        each_document(path, |text| {
            progress(0, text.len() as u64);
            let Err(error) = validate_json_str(rules, text) else { return Ok(()) };
            let Some(violations) = error.violations() else { return Err(error.to_string()) };
            refused.documents += 1;
            for violation in violations {
                let path = names_of(&violation.path);
                let is_unknown = matches!(violation.rule, ViolationRule::UnknownField { .. });
                let is_hopeless = has_no_remedy(&violation.rule) || (is_unknown && has_empty_name(&path));
                if !is_hopeless && refused.places.len() < MAX_PLACES {
                    refused.places.insert(path, is_unknown);
                }
            }
            Ok(())
        })?;
    }
    Ok(refused)
}

/// Whether no declaration lets such a document pass.
fn has_no_remedy(rule: &ViolationRule) -> bool {
    matches!(
        rule,
        ViolationRule::DottedField
            | ViolationRule::DuplicateField
            | ViolationRule::TwoSpellings { .. }
            | ViolationRule::NulInName
    )
}

fn has_empty_name(path: &str) -> bool {
    path.split('.').any(str::is_empty)
}

/// The names of a violation's path, without what stands in brackets.
fn names_of(path: &str) -> String {
    let mut names = String::with_capacity(path.len());
    let mut depth = 0_usize;
    for c in path.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => names.push(c),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names_of;

    #[test]
    fn numbers_of_elements_are_no_names() {
        assert_eq!(names_of("a[12].b[0].c"), "a.b.c");
        assert_eq!(names_of("a.b"), "a.b");
    }
}
