//! A position in the catalog, which knows what a release documents there and where its fields come from.

use super::DeclaredField;
use super::node::Node;
use super::released::{Released, Shown};
use crate::declaration::FieldDeclaration;
use crate::field_path::FieldPath;
use crate::model::Origin;

/// All of an object.
static ALL: Released = Released::All;

/// A place of the catalog and what was seen on the way to it.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'c> {
    /// The place.
    pub node: &'c Node,
    /// What of it the release documents, or a custom file adds; `None` when the release hides it.
    pub released: Option<&'c Released>,
    shown: &'c Shown,
    /// The set that is reused here.
    original: Option<&'c str>,
    /// The custom set that reuses it.
    custom: Option<&'c str>,
}

impl<'c> Cursor<'c> {
    /// The root of a document, or of a set whose fields are there.
    #[must_use]
    pub fn new(node: &'c Node, shown: &'c Shown) -> Self {
        Self { node, released: None, shown, original: None, custom: None }
    }

    /// The place `name` below this one.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        let (name, node) = self.node.children.get_key_value(name)?;
        let released = self.released.and_then(|released| released.child(name));
        Some(self.step(node, released))
    }

    /// All places directly below this one.
    pub fn children(self) -> impl Iterator<Item = (&'c str, Self)> {
        let below = move |name: &str| self.released.and_then(|released| released.child(name));
        self.node.children.iter().map(move |(name, node)| (name.as_str(), self.step(node, below(name))))
    }

    /// The place `node` below this one, of which the release documents `released`.
    pub(super) fn step(self, node: &'c Node, released: Option<&'c Released>) -> Self {
        let copied = node.placed.as_deref().filter(|placed| placed.is_copy);
        let released = match copied {
            // A custom file puts a set here: of that, what the release documents of the set itself.
            Some(placed) if node.added => Some(self.shown.of(&placed.fieldset).unwrap_or(&ALL)),
            _ if node.added => Some(&ALL),
            _ => released,
        };
        let custom = node.placed.as_deref().and_then(|placed| placed.custom.as_ref()).map(|(_, name)| &**name);
        Self {
            node,
            released,
            shown: self.shown,
            original: copied.map(|placed| placed.fieldset.as_str()).or(self.original),
            custom: custom.or(self.custom),
        }
    }

    /// The same place when somebody asks for it by name: one that the release hides is what it documents of the set
    /// that is reused here, or all of it.
    #[must_use]
    pub fn named(self) -> Self {
        let copied = self.node.placed.as_deref().filter(|placed| placed.is_copy);
        let whole = || copied.and_then(|placed| self.shown.of(&placed.fieldset)).unwrap_or(&ALL);
        Self { released: Some(self.released.unwrap_or_else(whole)), ..self }
    }

    /// Whether the release hides the place.
    #[must_use]
    pub fn is_hidden(self) -> bool {
        self.released.is_none()
    }

    /// The field here, with its whole path, and its origin.
    #[must_use]
    pub fn field(self, path: &FieldPath) -> Option<(FieldDeclaration, Origin)> {
        let field = self.node.field.as_deref()?;
        let mut declaration = FieldDeclaration { path: path.clone(), ..field.declaration.clone() };
        if declaration.original_fieldset.is_none() {
            declaration.original_fieldset = self.original.map(str::to_owned);
        }
        let origin = self.origin(Some(field), declaration.original_fieldset.clone());
        Some((declaration, origin))
    }

    /// Where the object here comes from, when it declares none.
    #[must_use]
    pub fn object_origin(self) -> Origin {
        self.origin(None, self.original.map(str::to_owned))
    }

    fn origin(self, field: Option<&DeclaredField>, original_fieldset: Option<String>) -> Origin {
        let declared = field.filter(|field| !field.in_ecs).map(|field| &*field.fieldset);
        match declared.or(self.custom) {
            Some(fieldset) => Origin::Extension { fieldset: fieldset.to_owned(), original_fieldset },
            None => Origin::Ecs { original_fieldset },
        }
    }
}
