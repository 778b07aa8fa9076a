//! Everything that can be selected: all field sets at all their places.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cursor::Cursor;
use super::expand::expand;
use super::node::{Node, Placed, entry, graft};
use super::released::{Released, Shown};
use super::{CustomId, Fieldset};
use crate::diagnostic::Diagnostics;
use crate::field_path::FieldPath;

/// All paths of documents that the schemas allow.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The document.
    pub document: Arc<Node>,
    sets: BTreeMap<String, CatalogSet>,
}

/// A field set as a selection names it.
#[derive(Clone, Debug)]
pub struct CatalogSet {
    /// Whether its fields are at the root of the document.
    pub root: bool,
    /// Whether it is at the top level at all.
    pub top_level: bool,
    /// Whether ECS has it.
    pub in_ecs: bool,
    /// Its fields, with what is reused in it.
    pub tree: Arc<Node>,
}

impl Catalog {
    /// Copies every set to its places and puts those of the top level together.
    #[must_use]
    pub fn new(sets: &[Arc<Fieldset>], diagnostics: &mut Diagnostics) -> Self {
        let trees = expand(sets, diagnostics);
        let mut document = Arc::new(Node::default());
        let mut named = BTreeMap::new();
        for set in sets {
            let name = set.name.value.as_str();
            let Some(tree) = trees.get(name).cloned() else { continue };
            if set.root {
                for (child, node) in &tree.children {
                    let path = FieldPath::below(None, child);
                    graft(entry(&mut document, &path, node.added), node, child, diagnostics);
                }
            } else if set.top_level {
                let own = Arc::new(Node { placed: own_place(set), added: !set.in_ecs, ..Node::clone(&tree) });
                graft(entry(&mut document, &set.name.value, !set.in_ecs), &own, name, diagnostics);
            }
            named.insert(
                name.to_owned(),
                CatalogSet { root: set.root, top_level: set.top_level, in_ecs: set.in_ecs, tree },
            );
        }
        Self { document, sets: named }
    }

    /// The place at a path of the document.
    #[must_use]
    pub fn get(&self, path: &FieldPath) -> Option<&Node> {
        self.document.get(path)
    }

    /// The top-level places of the document, each with what a release documents there.
    pub fn tops<'c>(&'c self, shown: &'c Shown) -> impl Iterator<Item = (&'c str, Cursor<'c>)> {
        let at_root: BTreeMap<&str, &Released> = self
            .sets
            .iter()
            .filter(|(_, set)| set.root)
            .filter_map(|(name, set)| Some((set, shown.of(name)?)))
            .flat_map(|(set, released)| {
                set.tree.children.keys().filter_map(|name| Some((name.as_str(), released.child(name)?)))
            })
            .collect();
        let released =
            move |name: &str| shown.of(name).filter(|_| self.sets.contains_key(name)).or(at_root.get(name).copied());
        let root = Cursor::new(&self.document, shown);
        self.document.children.iter().map(move |(name, node)| (name.as_str(), root.step(node, released(name))))
    }

    /// The set of that name.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<&CatalogSet> {
        self.sets.get(name)
    }

    /// All sets by name.
    pub fn sets(&self) -> impl Iterator<Item = (&str, &CatalogSet)> {
        self.sets.iter().map(|(name, set)| (name.as_str(), set))
    }

    /// The first place of the document at which a custom set has an effect.
    #[must_use]
    pub fn place_of(&self, custom: CustomId) -> Option<String> {
        let mut first = None;
        self.document.walk(&mut |path, node| {
            let declares = node.field.as_ref().is_some_and(|field| field.customs.contains(&custom));
            if first.is_none() && (declares || node.placed_by.contains(&custom)) {
                first = Some(path.to_owned());
            }
        });
        first
    }
}

/// A custom set describes its object; one of ECS has no description of ours.
fn own_place(set: &Fieldset) -> Option<Arc<Placed>> {
    let custom = set.customs.first().filter(|_| !set.in_ecs)?;
    Some(Arc::new(Placed {
        fieldset: set.name.value.as_str().to_owned(),
        is_copy: false,
        custom: Some((*custom, set.name.value.as_str().into())),
        span: set.name.span,
        is_array: false,
        beta: false,
        description: set.description.clone(),
    }))
}
