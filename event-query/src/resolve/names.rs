//! Names to fields: exact ones, those with wildcards, objects, and what may be named in which nested group.

use std::sync::Arc;

use super::by_type::{self, Predicate};
use super::{Resolver, Scope, simplify};
use crate::error::{ErrorKind, QueryError};
use crate::field::{Entry, Field};
use crate::kql::Literal;
use crate::resolved::Condition;
use crate::value::Pattern;

/// The name of a field as it was written, relative to a group.
pub(super) struct Name {
    parts: Vec<String>,
}

impl Name {
    pub(super) fn exact(path: &str) -> Self {
        Self { parts: vec![path.to_owned()] }
    }

    pub(super) fn of(literal: &Literal) -> Self {
        Self { parts: literal.parts().to_vec() }
    }

    fn shown(&self) -> String {
        self.parts.join("*")
    }
}

pub(super) fn full_path(name: &str, scope: Scope<'_>) -> String {
    scope.map_or_else(|| name.to_owned(), |group| format!("{group}.{name}"))
}

/// The error for a field of `group` that is named elsewhere.
pub(super) fn outside_of_group(path: &str, group: &str) -> QueryError {
    let name = path.strip_prefix(group).map_or(path, |name| name.trim_start_matches('.'));
    QueryError::new(ErrorKind::Nesting, format!("`{path}` is nested; write `{group}: {{ {name}: … }}`"))
        .suggesting(vec![format!("{group}: {{ {name}: … }}")])
}

impl Resolver<'_> {
    /// What `predicate` means of the field, the fields or the object of that name.
    pub(super) fn named(
        &self,
        name: &Name,
        predicate: &Predicate<'_>,
        scope: Scope<'_>,
    ) -> Result<Condition, QueryError> {
        let [text] = name.parts.as_slice() else { return self.matching(name, predicate, scope) };
        let path = full_path(text, scope);
        let exists = matches!(predicate, Predicate::Exists);
        match self.fields.entry(&path) {
            Some(Entry::Field(field)) if field.kind == crate::field::FieldKind::Id && scope.is_some() => {
                Err(self.unknown(text, &path, scope))
            }
            Some(Entry::Field(field)) => {
                check_group(&path, field.nested.as_ref(), scope)?;
                by_type::condition(&field, predicate, self.clock)
                    .map_err(|reason| QueryError::new(reason.kind, format!("{field} {}", reason.message)))
            }
            Some(Entry::Object { nested }) => {
                check_group(&path, nested.as_ref(), scope)?;
                if exists {
                    let fields = self.fields.children(&path, nested.as_ref());
                    return Ok(if fields.is_empty() {
                        Condition::None
                    } else {
                        Condition::Exists { path: path.into(), fields }
                    });
                }
                let names = self.fields.children(&path, nested.as_ref());
                let names = names.iter().take(3).map(|field| relative(&field.path, scope)).collect();
                Err(QueryError::new(ErrorKind::UnknownField, format!("`{path}` is an object; name a field in it"))
                    .suggesting(names))
            }
            // Elements are documents of their own, so the event itself has nothing there.
            Some(Entry::Nested { within }) if exists && within.as_ref() == scope => Ok(Condition::None),
            Some(Entry::Nested { .. }) => Err(QueryError::new(
                ErrorKind::Nesting,
                format!("`{path}` is nested; write `{path}: {{ … }}` with a condition on its fields"),
            )),
            Some(Entry::Alias(_)) | None => Err(self.unknown(text, &path, scope)),
        }
    }

    /// What `predicate` means of any field that matches a name with wildcards and can read the value.
    fn matching(&self, name: &Name, predicate: &Predicate<'_>, scope: Scope<'_>) -> Result<Condition, QueryError> {
        let is_everything = name.parts.len() == 2 && name.parts.iter().all(String::is_empty);
        if is_everything && matches!(predicate, Predicate::Exists) {
            return Ok(Condition::All);
        }
        let mut parts = name.parts.clone();
        parts[0] = full_path(&parts[0], scope);
        let pattern = Pattern::new(parts);
        let mut conditions = Vec::new();
        let mut refused = None;
        for field in self.fields.fields().filter(|field| pattern.matches(&field.path)) {
            let Some(groups) = self.groups(field, scope) else { continue };
            match by_type::condition(field, predicate, self.clock) {
                Ok(condition) => conditions
                    .push(groups.into_iter().rev().fold(condition, |inner, path| simplify::nested(path, inner))),
                Err(reason) => refused = refused.or(Some((field.clone(), reason))),
            }
        }
        match refused {
            Some((field, reason)) if conditions.is_empty() => Err(QueryError::new(
                reason.kind,
                format!("no field like `{}` can be asked this; {field} {}", name.shown(), reason.message),
            )),
            None if conditions.is_empty() => Err(QueryError::new(
                ErrorKind::UnknownField,
                format!("no field is like `{}`", full_path(&name.shown(), scope)),
            )),
            _ => Ok(simplify::or(conditions)),
        }
    }

    /// The nested groups between `scope` and the field, where it is inside of `scope`.
    fn groups(&self, field: &Field, scope: Scope<'_>) -> Option<Vec<Arc<str>>> {
        match (&field.nested, scope) {
            (None, None) => Some(Vec::new()),
            (None, Some(_)) => None,
            (Some(nested), None) => Some(self.fields.groups_between(None, nested)),
            (Some(nested), Some(group)) => {
                let inside = **nested == **group || nested.starts_with(&format!("{group}."));
                inside.then(|| self.fields.groups_between(Some(group), nested))
            }
        }
    }

    pub(super) fn unknown(&self, name: &str, path: &str, scope: Scope<'_>) -> QueryError {
        if let Some(group) = scope {
            let names = self.fields.nearest_in_group(group, name.strip_prefix(&format!("{group}.")).unwrap_or(name));
            let message = if self.fields.entry(name).is_some() {
                format!(
                    "`{name}` is not a field of the nested `{group}`; its fields are named relative to it, and others go outside of the braces"
                )
            } else {
                format!("unknown field `{path}`")
            };
            return QueryError::new(ErrorKind::UnknownField, message).suggesting(names);
        }
        QueryError::new(ErrorKind::UnknownField, format!("unknown field `{path}`"))
            .suggesting(self.fields.nearest(name))
    }
}

fn relative(path: &str, scope: Scope<'_>) -> String {
    let inside = scope.and_then(|group| path.strip_prefix(&format!("{group}.")));
    inside.unwrap_or(path).to_owned()
}

fn check_group(path: &str, nested: Option<&Arc<str>>, scope: Scope<'_>) -> Result<(), QueryError> {
    match nested {
        Some(group) if scope != Some(group) => Err(outside_of_group(path, group)),
        _ => Ok(()),
    }
}
