//! Findings about the mapping: fields, types, multi-fields; parameters stand in [`super::parameters`].

use serde_json::Value as Json;

use super::parameters;
use super::sink::{Place, Sink};
use crate::diff::engine::Engine;
use crate::diff::finding::PutMapping;
use crate::diff::mapping::{self, Answered, Change, What};
use crate::diff::rules::Rule;
use crate::diff::side;

/// Types that Elasticsearch searches as one; `OpenSearch` has no families.
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

    /// Whether a search over both types sees one.
    fn is_searched_as_one(&self, old: &str, new: &str) -> bool {
        old == new || (self.engine == Engine::Elasticsearch && is_one_family(old, new))
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

pub(super) fn compare(engine: Engine, sink: &mut Sink<'_>) {
    let (old, new) = (sink.old, sink.new);
    let answered = side::answered(old, new);
    let (Some((old, document)), Some((new, _))) = (old.mapping(engine), new.mapping(engine)) else { return };
    let mappings = Mappings { engine, old, new, document, answered };
    let changes = mapping::compare(engine, old, new);
    for change in &changes {
        match &change.what {
            What::Added(field_type) => added(&mappings, change, field_type, sink),
            What::Removed(field_type) => removed(&mappings, change, field_type, sink),
            What::MultiFieldAdded(field_type) => {
                let message = format!("`{}` is a new multi-field of type `{field_type}`", change.path);
                sink.add(Rule::MultiFieldAdded, &mappings.place(change).only_new(), message);
            }
            What::MultiFieldRemoved(field_type) => multi_field_removed(&mappings, change, field_type, sink),
            What::Type { old, new } => type_changed(&mappings, change, (old, new), sink),
            What::Parameter(parameter) => parameters::compare(&mappings, change, parameter, sink),
        }
    }
    renamed(&mappings, &changes, sink);
}

fn added(mappings: &Mappings<'_>, change: &Change, field_type: &str, sink: &mut Sink<'_>) {
    let place = mappings.place(change).only_new();
    sink.add(Rule::FieldAdded, &place, format!("`{}` is new, a `{field_type}`", change.path));
    if mappings.is_strict(&change.path) && field_type != "alias" {
        let message = format!("put the mapping before any producer sends `{}`", change.path);
        sink.add(Rule::WriterFieldAdded, &place, message);
    }
}

fn removed(mappings: &Mappings<'_>, change: &Change, field_type: &str, sink: &mut Sink<'_>) {
    let place = mappings.place(change).only_old();
    let path = &change.path;
    sink.add(Rule::FieldRemoved, &place, format!("`{path}`, a `{field_type}`, is gone; existing indices keep it"));
    sink.add(Rule::QueryFieldRemoved, &place, format!("searches on `{path}` find nothing in new indices"));
    if mappings.is_strict(path) && field_type != "alias" {
        let message = format!("the next index refuses documents with `{path}`");
        sink.add(Rule::WriterFieldRemoved, &place, message);
    }
}

fn multi_field_removed(mappings: &Mappings<'_>, change: &Change, field_type: &str, sink: &mut Sink<'_>) {
    let place = mappings.place(change).only_old();
    let path = &change.path;
    let message = format!("the multi-field `{path}`, a `{field_type}`, is gone; existing indices keep it");
    sink.add(Rule::MultiFieldRemoved, &place, message);
    sink.add(Rule::QueryFieldRemoved, &place, format!("searches on `{path}` find nothing in new indices"));
}

fn type_changed(mappings: &Mappings<'_>, change: &Change, (old, new): (&str, &str), sink: &mut Sink<'_>) {
    let place = mappings.place(change);
    let is_object = |name: &str| ["object", "nested"].contains(&name);
    let rule = match (old, new) {
        _ if is_object(old) && is_object(new) => Rule::NestedChanged,
        _ if is_object(old) => Rule::ObjectBecameField,
        _ if is_object(new) => Rule::FieldBecameObject,
        ("alias", _) if mappings.is_searched_as_one(&mappings.searched_type(Version::Old, change, old), new) => {
            Rule::AliasBecameField
        }
        (_, "alias") if mappings.is_searched_as_one(old, &mappings.searched_type(Version::New, change, new)) => {
            Rule::FieldBecameAlias
        }
        _ if mappings.is_searched_as_one(old, new) => Rule::TypeChangedInFamily,
        _ => Rule::TypeChanged,
    };
    sink.add(rule, &place, format!("`{}` is `{new}` where it was `{old}`", change.path));
    let is_text = |name: &str| FAMILIES.iter().any(|family| family.contains(&name)) || name == "search_as_you_type";
    let keeps_values = is_text(old) && is_text(new) && new != "constant_keyword";
    // A multi-field has no values of its own, and an object's are its fields'.
    let is_multi_field = change.pointer.contains("/fields/");
    if !keeps_values && !is_multi_field && rule != Rule::NestedChanged {
        let message = if new == "alias" {
            format!(
                "documents with `{}`, which is another field's name there, are refused by the next index",
                change.path
            )
        } else {
            format!("documents with `{}` as `{old}` may be refused by the next index", change.path)
        };
        sink.add(Rule::WriterTypeChanged, &place, message);
    }
}

fn is_one_family(old: &str, new: &str) -> bool {
    FAMILIES.iter().any(|family| family.contains(&old) && family.contains(&new))
}

/// One field of a kind gone and one come, in the same object or under the same name: most likely the same field.
fn renamed(mappings: &Mappings<'_>, changes: &[Change], sink: &mut Sink<'_>) {
    for (old, old_type) in changes.iter().filter_map(|change| match &change.what {
        What::Removed(field_type) => Some((change, field_type)),
        _ => None,
    }) {
        let mut candidates = changes.iter().filter(|new| {
            matches!(&new.what, What::Added(new_type) if new_type == old_type) && is_near(&old.path, &new.path)
        });
        let (Some(new), None) = (candidates.next(), candidates.next()) else { continue };
        let place = mappings.place(old).only_old().answered(PutMapping::Accepted);
        let message = format!(
            "`{}` looks like `{}` under a new name; an `alias` of the old name keeps searches working",
            new.path, old.path
        );
        sink.add(Rule::FieldRenamed, &place, message);
    }
}

fn is_near(old: &str, new: &str) -> bool {
    let parts = |path: &str| {
        path.rsplit_once('.')
            .map_or((String::new(), path.to_owned()), |(parent, name)| (parent.to_owned(), name.to_owned()))
    };
    let ((old_parent, old_name), (new_parent, new_name)) = (parts(old), parts(new));
    old_name == new_name || (old_parent == new_parent && strsim::jaro_winkler(&old_name, &new_name) > 0.7)
}
