//! Findings about the mapping: fields, types, multi-fields; parameters stand in [`super::parameters`].

use serde_json::Value as Json;

use super::finding_collector::{FindingCollector, Place};
use super::{parameters, renames};
use crate::diff::engine::Engine;
use crate::diff::mapping::{self, Answered, Change, What};
use crate::diff::rules::Rule;
use crate::diff::searches::{self, Cost};
use crate::diff::side;

/// Types that Elasticsearch searches as one, by its documentation; `OpenSearch` has no families.
const FAMILIES: &[&[&str]] = &[&["keyword", "wildcard", "constant_keyword"], &["text", "match_only_text"]];

/// Both mappings of an engine and where they stand.
pub(super) struct Mappings<'m> {
    /// The engine.
    pub(super) engine: Engine,
    /// Before.
    pub(super) old: &'m Json,
    /// After.
    pub(super) new: &'m Json,
    document: &'static str,
    /// Which of them an engine may have answered.
    pub(super) answered: Answered,
}

impl Mappings<'_> {
    /// The place of a change.
    pub(super) fn place<'c>(&self, change: &'c Change) -> Place<'c> {
        let name = if change.path.is_empty() { change.pointer.trim_start_matches('/') } else { &change.path };
        Place::new(name, self.document, "")
            .at(change.pointer.clone(), change.pointer.clone())
            .of_field(&change.path)
            .answered(change.verdict.put_mapping())
    }

    /// The type by which a search sees the field of a change: that of its target for an alias.
    fn searched_type(&self, version: Version, change: &Change, own: &str) -> String {
        let mapping = if version == Version::Old { self.old } else { self.new };
        let target = mapping.pointer(&change.pointer).and_then(|field| field["path"].as_str());
        let of_target = target.and_then(|path| mapping::leaf_type(mapping, path));
        of_target.unwrap_or(own).to_owned()
    }

    /// What it costs to search over both types.
    fn cost(&self, old: &str, new: &str) -> Cost {
        let free = Cost::Bearable { sort_by: None, differs: Vec::new() };
        match searches::measured(self.engine, old, new) {
            _ if old == new => free,
            Some(answers) => answers.cost(),
            None if self.is_one_family(old, new) => free,
            None => Cost::Reindex,
        }
    }

    fn is_one_family(&self, old: &str, new: &str) -> bool {
        self.engine == Engine::Elasticsearch
            && FAMILIES.iter().any(|family| family.contains(&old) && family.contains(&new))
    }

    /// Whether every document with a value of the old type is taken by the new one.
    fn takes_documents(&self, old: &str, new: &str) -> bool {
        let is_text = |name: &str| FAMILIES.iter().any(|family| family.contains(&name)) || name == "search_as_you_type";
        let by_family = is_text(old) && is_text(new) && new != "constant_keyword";
        searches::measured(self.engine, old, new).map_or(by_family, |answers| answers.takes_documents)
    }

    /// Whether unknown fields are refused where the field stands.
    fn is_strict(&self, path: &str) -> bool {
        mapping::refuses_unknown(self.new, path)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    Old,
    New,
}

pub(super) fn compare(engine: Engine, findings: &mut FindingCollector<'_>) {
    let (old, new) = (findings.old, findings.new);
    let answered = side::answered(old, new);
    let (Some((old, document)), Some((new, _))) = (old.mapping(engine), new.mapping(engine)) else { return };
    let mappings = Mappings { engine, old, new, document, answered };
    let changes = mapping::compare(engine, old, new);
    for change in &changes {
        match &change.what {
            What::Added(field_type) => added(&mappings, change, field_type, findings),
            What::Removed(field_type) => removed(&mappings, change, field_type, findings),
            What::MultiFieldAdded(field_type) => {
                let message = format!("`{}` is a new multi-field of type `{field_type}`", change.path);
                findings.add(Rule::MultiFieldAdded, &mappings.place(change).only_new(), message);
            }
            What::MultiFieldRemoved(field_type) => multi_field_removed(&mappings, change, field_type, findings),
            What::Type { old, new } => type_changed(&mappings, change, (old, new), findings),
            What::Parameter(parameter) => parameters::compare(&mappings, change, parameter, findings),
        }
    }
    renames::compare(&mappings, &changes, findings);
}

fn added(mappings: &Mappings<'_>, change: &Change, field_type: &str, findings: &mut FindingCollector<'_>) {
    let place = mappings.place(change).only_new();
    findings.add(Rule::FieldAdded, &place, format!("`{}` is new, a `{field_type}`", change.path));
    if mappings.is_strict(&change.path) && field_type != "alias" {
        let message = format!("put the mapping before any producer sends `{}`", change.path);
        findings.add(Rule::WriterFieldAdded, &place, message);
    }
}

fn removed(mappings: &Mappings<'_>, change: &Change, field_type: &str, findings: &mut FindingCollector<'_>) {
    let place = mappings.place(change).only_old();
    let path = &change.path;
    findings.add(Rule::FieldRemoved, &place, format!("`{path}`, a `{field_type}`, is gone; existing indices keep it"));
    findings.add(Rule::QueryFieldRemoved, &place, format!("searches on `{path}` find nothing in new indices"));
    if mappings.is_strict(path) && field_type != "alias" {
        let message = format!("the next index refuses documents with `{path}`");
        findings.add(Rule::WriterFieldRemoved, &place, message);
    }
}

fn multi_field_removed(
    mappings: &Mappings<'_>,
    change: &Change,
    field_type: &str,
    findings: &mut FindingCollector<'_>,
) {
    let place = mappings.place(change).only_old();
    let path = &change.path;
    let message = format!("the multi-field `{path}`, a `{field_type}`, is gone; existing indices keep it");
    findings.add(Rule::MultiFieldRemoved, &place, message);
    findings.add(Rule::QueryFieldRemoved, &place, format!("searches on `{path}` find nothing in new indices"));
}

fn type_changed(
    mappings: &Mappings<'_>,
    change: &Change,
    (old, new): (&str, &str),
    findings: &mut FindingCollector<'_>,
) {
    let place = mappings.place(change);
    let is_object = |name: &str| ["object", "nested"].contains(&name);
    let message = format!("`{}` is `{new}` where it was `{old}`", change.path);
    let rule = match (old, new) {
        _ if is_object(old) && is_object(new) => Rule::NestedChanged,
        _ if is_object(old) => Rule::ObjectBecameField,
        _ if is_object(new) => Rule::FieldBecameObject,
        _ => value_changed(mappings, change, (old, new), &place, findings),
    };
    findings.add(rule, &place, message);
    // A multi-field has no values of its own, and an object's are its fields'.
    let is_multi_field = change.pointer.contains("/fields/");
    if !mappings.takes_documents(old, new) && !is_multi_field && rule != Rule::NestedChanged {
        let message = if new == "alias" {
            format!(
                "documents with `{}`, which is another field's name there, are refused by the next index",
                change.path
            )
        } else {
            format!("documents with `{}` as `{old}` may be refused by the next index", change.path)
        };
        findings.add(Rule::WriterTypeChanged, &place, message);
    }
}

/// The rule for a field that holds a value before and after, by what it costs those who search; tells them about it.
fn value_changed(
    mappings: &Mappings<'_>,
    change: &Change,
    (old, new): (&str, &str),
    place: &Place<'_>,
    findings: &mut FindingCollector<'_>,
) -> Rule {
    let searched =
        |version, own: &str| if own == "alias" { mappings.searched_type(version, change, own) } else { own.to_owned() };
    let (before, after) = (searched(Version::Old, old), searched(Version::New, new));
    let Cost::Bearable { sort_by, differs } = mappings.cost(&before, &after) else { return Rule::TypeChanged };
    told_to_searchers(change, place, sort_by, &differs, findings);
    let is_family = mappings.is_one_family(&before, &after);
    let of_types = if is_family { Rule::TypeChangedInFamily } else { Rule::TypeChangedSearchable };
    if old != "alias" && new != "alias" {
        return of_types;
    }
    if before != after {
        let message = format!("`{}` is searched as `{after}` where it was as `{before}`", change.path);
        findings.add(of_types, place, message);
    }
    if old == "alias" { Rule::AliasBecameField } else { Rule::FieldBecameAlias }
}

/// What is to be known for searches over both types.
fn told_to_searchers(
    change: &Change,
    place: &Place<'_>,
    sort_by: Option<&str>,
    differs: &[&str],
    findings: &mut FindingCollector<'_>,
) {
    let path = &change.path;
    if let Some(sort_by) = sort_by {
        let message = format!(
            "sorts by `{path}` over old and new indices fail or mix up the order: sort with `\"numeric_type\": \"{sort_by}\"`"
        );
        findings.add(Rule::SortNeedsNumericType, place, message);
    }
    if !differs.is_empty() {
        let differs = differs.join("` and `");
        let message = format!("`{differs}` of `{path}` over old and new indices count a value once for each type");
        findings.add(Rule::ValuesCountedTwice, place, message);
    }
}
