//! The walk through two mappings side by side.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::parameters;
use super::tree::{Field, Kind, children, join, leaves, step};
use super::{Change, ParameterChange, What};
use crate::diff::engine::Engine;
use crate::diff::verdict::{Reason, Verdict};

/// What a place holds besides its parameters.
const STRUCTURE: &[&str] = &["type", "properties", "fields"];

/// All differences of two mappings.
pub(crate) fn changes(engine: Engine, old: &Json, new: &Json) -> Vec<Change> {
    let empty = Map::new();
    let (old, new) = (old.as_object().unwrap_or(&empty), new.as_object().unwrap_or(&empty));
    let targets = targets(old).union(&targets(new)).cloned().collect();
    let mut walk = Walk { engine, targets, found: Vec::new() };
    walk.root(old, new);
    walk.properties("", "", old, new);
    walk.found
}

/// Paths that an alias may point to.
fn targets(mapping: &Map<String, Json>) -> BTreeSet<String> {
    let all = children(mapping, "properties").flat_map(|(name, field)| leaves(name, "", field));
    all.filter(|(_, _, field)| matches!(field.kind, Kind::Leaf(_)))
        .flat_map(|(path, _, field)| {
            let multi: Vec<String> = field.below("fields").map(|(name, _)| join(&path, name)).collect();
            std::iter::once(path).chain(multi)
        })
        .collect()
}

struct Walk {
    engine: Engine,
    targets: BTreeSet<String>,
    found: Vec<Change>,
}

impl Walk {
    fn push(&mut self, path: &str, pointer: &str, what: What, verdict: Verdict) {
        self.found.push(Change { path: path.to_owned(), pointer: pointer.to_owned(), what, verdict });
    }

    fn root(&mut self, old: &Map<String, Json>, new: &Map<String, Json>) {
        for name in keys(old, new) {
            let (old, new) = (old.get(name), new.get(name));
            let verdict = if new.is_none() { Verdict::Accepted } else { parameters::root_verdict(name, old, new) };
            if old != new {
                self.parameter("", "", "", name, (old, new), verdict);
            }
        }
    }

    fn properties(&mut self, path: &str, pointer: &str, old: &Map<String, Json>, new: &Map<String, Json>) {
        let (before, after): (Vec<_>, Vec<_>) =
            (children(old, "properties").collect(), children(new, "properties").collect());
        for (name, field) in &before {
            let (path, pointer) = (join(path, name), step(pointer, "properties", name));
            match after.iter().find(|(other, _)| other == name) {
                Some((_, new)) => self.place(&path, &pointer, *field, *new),
                None => {
                    for (path, pointer, field) in leaves(&path, &pointer, *field) {
                        self.push(&path, &pointer, What::Removed(field.type_name().to_owned()), Verdict::Accepted);
                    }
                }
            }
        }
        for (name, field) in after.iter().filter(|(name, _)| !before.iter().any(|(other, _)| other == name)) {
            let (path, pointer) = (join(path, name), step(pointer, "properties", name));
            let is_valid = self.objects_are_valid(*field);
            for (path, pointer, field) in leaves(&path, &pointer, *field) {
                let verdict = if is_valid { self.alone(field) } else { Verdict::Rejected(Reason::Invalid) };
                self.push(&path, &pointer, What::Added(field.type_name().to_owned()), verdict);
            }
        }
    }

    /// Whether the engine takes a new object, and those below it; of a field that is none there is nothing to say here.
    fn objects_are_valid(&self, field: Field<'_>) -> bool {
        !field.is_object()
            || (parameters::is_valid(self.engine, field)
                && field.below("properties").all(|(_, below)| self.objects_are_valid(below)))
    }

    /// What the engine says to a field that is there for the first time.
    fn alone(&self, field: Field<'_>) -> Verdict {
        match field.kind {
            Kind::Alias if !self.has_target(field) => Verdict::Rejected(Reason::Alias),
            _ if !parameters::is_valid(self.engine, field) => Verdict::Rejected(Reason::Invalid),
            _ => Verdict::Accepted,
        }
    }

    fn has_target(&self, alias: Field<'_>) -> bool {
        alias.body.get("path").and_then(Json::as_str).is_some_and(|path| self.targets.contains(path))
    }

    fn place(&mut self, path: &str, pointer: &str, old: Field<'_>, new: Field<'_>) {
        if !parameters::is_valid(self.engine, new) {
            let what = What::Type { old: old.type_name().to_owned(), new: new.type_name().to_owned() };
            return self.push(path, pointer, what, Verdict::Rejected(Reason::Invalid));
        }
        if let Some(reason) = mismatch(self.engine, old.kind, new.kind) {
            let what = What::Type { old: old.type_name().to_owned(), new: new.type_name().to_owned() };
            return self.push(path, pointer, what, Verdict::Rejected(reason));
        }
        if new.is_object() {
            self.object(path, pointer, old, new);
            self.properties(path, pointer, old.body, new.body);
        } else {
            self.leaf(path, pointer, old, new);
            self.multi_fields(path, pointer, old, new);
        }
    }

    /// An absent parameter of an object means no change; on `OpenSearch` only `dynamic` may be absent so.
    fn object(&mut self, path: &str, pointer: &str, old: Field<'_>, new: Field<'_>) {
        for name in keys(old.body, new.body) {
            let (before, after) = (old.body.get(name), new.body.get(name));
            let may_be_absent = self.engine == Engine::Elasticsearch || name == "dynamic";
            let put = if may_be_absent { after.or(before) } else { after };
            let verdict = parameters::object_verdict(name, before, put);
            if before != after && !parameters::same_for_object(name, before, after) {
                self.parameter(path, pointer, new.type_name(), name, (before, after), verdict);
            }
        }
    }

    fn leaf(&mut self, path: &str, pointer: &str, old: Field<'_>, new: Field<'_>) {
        for name in keys(old.body, new.body) {
            let (before, after) = (old.body.get(name), new.body.get(name));
            let verdict = match new.kind {
                Kind::Alias if !self.has_target(new) => Verdict::Rejected(Reason::Alias),
                Kind::Alias => Verdict::Accepted,
                _ => parameters::field_verdict(self.engine, new, name, before, after),
            };
            let same = parameters::effective(self.engine, new, name, before)
                == parameters::effective(self.engine, new, name, after);
            if !same || verdict != Verdict::Accepted {
                self.parameter(path, pointer, new.type_name(), name, (before, after), verdict);
            }
        }
    }

    fn multi_fields(&mut self, path: &str, pointer: &str, old: Field<'_>, new: Field<'_>) {
        let (before, after): (Vec<_>, Vec<_>) = (old.below("fields").collect(), new.below("fields").collect());
        for (name, field) in &before {
            let (path, pointer) = (join(path, name), step(pointer, "fields", name));
            if let Some((_, new)) = after.iter().find(|(other, _)| other == name) {
                self.place(&path, &pointer, *field, *new);
            } else {
                let what = What::MultiFieldRemoved(field.type_name().to_owned());
                self.push(&path, &pointer, what, Verdict::Accepted);
            }
        }
        for (name, field) in after.iter().filter(|(name, _)| !before.iter().any(|(other, _)| other == name)) {
            let (path, pointer) = (join(path, name), step(pointer, "fields", name));
            let verdict = self.alone(*field);
            self.push(&path, &pointer, What::MultiFieldAdded(field.type_name().to_owned()), verdict);
        }
    }

    fn parameter(
        &mut self,
        path: &str,
        pointer: &str,
        field_type: &str,
        name: &str,
        (old, new): (Option<&Json>, Option<&Json>),
        verdict: Verdict,
    ) {
        let what = ParameterChange {
            field_type: field_type.to_owned(),
            name: name.to_owned(),
            old: old.cloned(),
            new: new.cloned(),
        };
        let pointer = format!("{pointer}/{name}");
        self.push(path, &pointer, What::Parameter(what), verdict);
    }
}

/// The names of all parameters of both.
fn keys<'j>(old: &'j Map<String, Json>, new: &'j Map<String, Json>) -> BTreeSet<&'j str> {
    let names = old.keys().chain(new.keys()).map(String::as_str);
    names.filter(|name| !STRUCTURE.contains(name)).collect()
}

/// Why one cannot take the other's place.
fn mismatch(engine: Engine, old: Kind<'_>, new: Kind<'_>) -> Option<Reason> {
    let is_nested = (old == Kind::Nested) != (new == Kind::Nested);
    match (old, new) {
        (Kind::Leaf(old), Kind::Leaf(new)) => (old != new).then_some(Reason::Type),
        (Kind::Object, Kind::Object) | (Kind::Nested, Kind::Nested) | (Kind::Alias, Kind::Alias) => None,
        (Kind::Object, Kind::Nested) | (Kind::Nested, Kind::Object) => Some(Reason::Nested),
        // The one engine looks at the nesting first, the other at whether both are objects.
        _ if is_nested && engine == Engine::Elasticsearch => Some(Reason::Nested),
        (Kind::Object | Kind::Nested, _) | (_, Kind::Object | Kind::Nested) => Some(Reason::Object),
        (Kind::Alias, Kind::Leaf(_)) => Some(Reason::Alias),
        (Kind::Leaf(_), Kind::Alias) => Some(Reason::Type),
    }
}
