//! The field sets of a release, as subset files name them and as an extension reuses them. A flat list of fields does not
//! say where a set begins; it follows from `original_fieldset` and from the paths.

use std::collections::{BTreeMap, BTreeSet};

use crate::declaration::{EcsRelease, FieldDeclaration};
use crate::field_path::FieldPath;

/// The set of the fields without a dot, such as `@timestamp`, `labels`, `message` and `tags`.
pub const BASE: &str = "base";

/// The set of `span.id`, `trace.id` and `transaction.id`; like [`BASE`] it stands at the root without its own name.
pub const TRACING: &str = "tracing";

/// What the set [`TRACING`] has below the root.
const TRACING_ROOTS: &[&str] = &["span", "trace", "transaction"];

impl EcsRelease {
    /// The names that a subset file may begin with: the first segment of every dotted path, [`BASE`] for the fields
    /// without a dot, and [`TRACING`].
    #[must_use]
    pub fn fieldset_names(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> =
            self.fields.iter().filter_map(|field| Some(field.path.as_str().split_once('.')?.0)).collect();
        names.extend([BASE, TRACING].into_iter().filter(|name| self.is_rootless(name)));
        names
    }

    /// Whether a subset file may begin with `name`.
    #[must_use]
    pub fn is_fieldset(&self, name: &str) -> bool {
        !self.below(name).is_empty() || self.is_rootless(name)
    }

    /// Whether the fields of the set stand at the root without its name, as [`BASE`] and [`TRACING`] do: what a subset
    /// file lists below such a name is a path from the root.
    #[must_use]
    pub fn is_rootless(&self, name: &str) -> bool {
        self.rootless_fields(name).next().is_some()
    }

    /// The names that [`definition_of`](Self::definition_of) knows: those of
    /// [`fieldset_names`](Self::fieldset_names), and the sets that stand nowhere but where they are reused.
    #[must_use]
    pub fn definition_names(&self) -> BTreeSet<&str> {
        let mut names = self.fieldset_names();
        names.extend(self.fields.iter().filter_map(|field| field.original_fieldset.as_deref()));
        names
    }

    /// The fields of a set with paths relative to it, in byte order, for reuse elsewhere; empty for an unknown name.
    ///
    /// A set that stands at the root gives what is below it, without its nestings in itself (`process.parent`,
    /// `user.target`). Any other set is taken from where it is reused: from the place with most of its fields, the first
    /// in byte order among equals. Sets that are reused inside keep their `original_fieldset`; the set's own fields have
    /// none.
    #[must_use]
    pub fn definition_of(&self, fieldset: &str) -> Vec<FieldDeclaration> {
        let rootless: Vec<_> = self.rootless_fields(fieldset).cloned().collect();
        if !rootless.is_empty() {
            return rootless;
        }
        if !self.below(fieldset).is_empty() {
            let nestings = self.self_nestings(fieldset);
            let is_nested = |path: &str| nestings.iter().any(|nesting| is_below(path, nesting));
            return self.relative_fields(fieldset, fieldset, is_nested);
        }
        let place = self.place_of_reuse(fieldset);
        place.map_or_else(Vec::new, |place| self.relative_fields(fieldset, &place, |_| false))
    }

    /// The fields of a set that stands at the root without its own name.
    fn rootless_fields(&self, fieldset: &str) -> impl Iterator<Item = &FieldDeclaration> {
        let is_member: fn(&str) -> bool = match fieldset {
            BASE => |path| !path.contains('.'),
            TRACING => |path| TRACING_ROOTS.iter().any(|root| is_below(path, root)),
            _ => |_| false,
        };
        self.fields.iter().filter(move |field| is_member(field.path.as_str()))
    }

    /// The fields below `place` with relative paths, those left out that `skip` names by their full path.
    fn relative_fields(&self, fieldset: &str, place: &str, skip: impl Fn(&str) -> bool) -> Vec<FieldDeclaration> {
        let kept = self.below(place).iter().filter(|field| !skip(field.path.as_str()));
        kept.map(|field| {
            let mut field = field.clone();
            field.path = relative(&field.path, place);
            field.original_fieldset = field.original_fieldset.filter(|original| original != fieldset);
            field
        })
        .collect()
    }

    /// The objects below a set at the root that hold the set itself, or part of it, once more.
    fn self_nestings(&self, fieldset: &str) -> Vec<String> {
        let again = |field: &&FieldDeclaration| field.original_fieldset.as_deref() == Some(fieldset);
        self.below(fieldset).iter().filter(again).map(|field| self.self_nesting(fieldset, &field.path)).collect()
    }

    /// The object that holds the field at `path` by reuse: where the rest of the path is a field of the set itself. When
    /// the set has no such field of its own, the field alone.
    fn self_nesting(&self, fieldset: &str, path: &FieldPath) -> String {
        let path = path.as_str();
        let own = |rest: &str| {
            self.find(&format!("{fieldset}.{rest}")).is_some_and(|field| field.original_fieldset.is_none())
        };
        splits(path)
            .skip(1)
            .find(|(_, rest)| own(rest))
            .map_or_else(|| path.to_owned(), |(object, _)| object.to_owned())
    }

    /// The object that a set without a place at the root is best read from.
    fn place_of_reuse(&self, fieldset: &str) -> Option<String> {
        let reused: Vec<&str> = self
            .fields
            .iter()
            .filter(|field| field.original_fieldset.as_deref() == Some(fieldset))
            .map(|field| field.path.as_str())
            .collect();
        named_place(&reused, fieldset).or_else(|| tiling_place(&reused))
    }
}

/// The fullest place whose last segment is the set's name, as nearly every reuse has it.
fn named_place(reused: &[&str], fieldset: &str) -> Option<String> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for path in reused {
        let place = splits(path).map(|(object, _)| object).find(|object| last_segment(object) == fieldset)?;
        *sizes.entry(place).or_default() += 1;
    }
    let fullest = sizes.values().copied().max()?;
    sizes.iter().find(|(_, size)| **size == fullest).map(|(place, _)| (*place).to_owned())
}

/// The place of a set that is reused under other names only (`entity_reference`, as `administers`, `owns`, …): the
/// deepest object over the first field of which all that is reused is made of copies.
fn tiling_place(reused: &[&str]) -> Option<String> {
    let first = reused.first()?;
    let places: Vec<_> = splits(first).collect();
    places
        .into_iter()
        .rev()
        .find(|(place, rest)| {
            let tile = rests(reused, place);
            let ending = format!(".{rest}");
            let copies = reused.iter().filter_map(|path| path.strip_suffix(ending.as_str()));
            let covered: usize =
                copies.map(|copy| rests(reused, copy)).filter(|rests| *rests == tile).map(|r| r.len()).sum();
            covered == reused.len()
        })
        .map(|(place, _)| place.to_owned())
}

/// What is left of the paths below `place`.
fn rests<'p>(paths: &[&'p str], place: &str) -> Vec<&'p str> {
    paths.iter().filter_map(|path| path.strip_prefix(place)?.strip_prefix('.')).collect()
}

/// Every way to part a path at a dot, the shortest object first.
fn splits(path: &str) -> impl DoubleEndedIterator<Item = (&str, &str)> {
    path.match_indices('.').map(|(at, _)| (&path[..at], &path[at + 1..]))
}

fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn is_below(path: &str, object: &str) -> bool {
    path == object || path.strip_prefix(object).is_some_and(|rest| rest.starts_with('.'))
}

fn relative(path: &FieldPath, place: &str) -> FieldPath {
    let rest = path.as_str().strip_prefix(place).and_then(|rest| rest.strip_prefix('.'));
    FieldPath::parse(rest.expect("the path is below the place")).expect("segments of a path make a path")
}
