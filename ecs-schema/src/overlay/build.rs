//! Builds an overlay from values, and checks them: what an overlay holds is valid, so that only what the event brings
//! must be checked each time.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::{Map, Value};

use super::walk::{Layer, Merge, object};
use super::{Flat, Leaf, MARKS, Node, Object, Overlay, Stamp, Stamps, Strength, What};
use crate::checker::Checker;
use crate::path::Path;
use crate::rule::{Capture, FieldRule, Kind, ObjectRule};
use crate::shape::Log;
use crate::violation::{Found, ViolationRule, Violations};
use crate::{Timestamp, json};

/// Builds an [`Overlay`]. What is given later stands instead of what was given before; a default never instead of
/// what is fixed.
#[derive(Debug)]
pub struct OverlayBuilder<T> {
    root: Object,
    expands_dotted: bool,
    checker: Checker,
    log: PhantomData<fn(&T)>,
}

impl<T: Log> OverlayBuilder<T> {
    pub(super) fn new() -> Self {
        Self { root: Object::default(), expands_dotted: false, checker: Checker::of_part(), log: PhantomData }
    }

    /// Stamps the field at `path`, names joined by dots, when the log has such a field and it takes the stamp.
    #[must_use]
    pub fn stamp(mut self, path: &str, strength: Strength, stamp: Stamp) -> Self {
        let takes = |rule: &FieldRule| match stamp {
            Stamp::Now => matches!(rule.kind, Kind::Date(_) | Kind::DateNanos(_)),
            Stamp::Id => matches!(rule.kind, Kind::Keyword | Kind::Text),
        };
        if let Some(node) =
            self.root.node_at(T::RULES.root(), path, Visit::Writes, |rule| !rule.is_array && takes(rule))
        {
            node.what = What::Stamp(strength, stamp);
        }
        self
    }

    /// Marks the field at `path`, names joined by dots, when the log has such a field: what is written there can be
    /// found by `mark`, a number below [`MARKS`].
    #[must_use]
    pub fn mark(mut self, path: &str, mark: usize) -> Self {
        if let Some(node) = self.root.node_at(T::RULES.root(), path, Visit::Looks, |_| mark < MARKS) {
            node.mark = Some(mark);
        }
        self
    }

    /// Writes the dotted names of untyped events as objects in objects first, as [`expand_dotted`](crate::expand_dotted) does.
    #[must_use]
    pub fn expand_dotted(mut self) -> Self {
        self.expands_dotted = true;
        self
    }

    /// Takes what `event` has as defaults; placeholders count as absent.
    #[must_use]
    pub fn defaults(self, event: &T) -> Self {
        self.defaults_json(&sparse(event))
    }

    /// Takes what an object has as defaults.
    #[must_use]
    pub fn defaults_json(self, event: &Value) -> Self {
        self.add(event, Strength::Default)
    }

    /// Fixes what `event` has; placeholders count as absent.
    #[must_use]
    pub fn fixed(self, event: &T) -> Self {
        self.fixed_json(&sparse(event))
    }

    /// Fixes what an object has.
    #[must_use]
    pub fn fixed_json(self, event: &Value) -> Self {
        self.add(event, Strength::Fixed)
    }

    fn add(mut self, event: &Value, strength: Strength) -> Self {
        let Ok(()) = json::check_document(T::RULES, event, &mut self.checker) else { return self };
        if let Value::Object(members) = event {
            refuse_unknown(T::RULES.root(), members, &Path::ROOT, &mut self.checker);
        }
        if let (Value::Object(members), true) = (event, self.checker.is_clean()) {
            self.root.add(T::RULES.root(), members, strength);
        }
        self
    }

    /// The overlay.
    ///
    /// # Errors
    /// Every violation in the values, whichever of them they were in.
    pub fn build(mut self) -> Result<Overlay<T>, Violations> {
        self.checker.finish()?;
        self.root.seal(T::RULES.root());
        Ok(Overlay { root: self.root, expands_dotted: self.expands_dotted, log: PhantomData })
    }
}

/// Reports fields that are not in the table where the object takes such: an overlay has a place for known ones only. Those of
/// other objects are reported already.
fn refuse_unknown(rules: &'static ObjectRule, members: &Map<String, Value>, at: &Path<'_>, out: &mut Checker) {
    for (name, value) in members {
        match (rules.field(name), value) {
            (None, _) if rules.takes_unknown => {
                out.report(&at.unknown(name), ViolationRule::UnknownField { nearest: None }, Found::Nothing);
            }
            (Some(rule), Value::Object(members)) => {
                if let Kind::Object(inner) = rule.kind {
                    refuse_unknown(inner, members, &at.field(rule.name), out);
                }
            }
            _ => {}
        }
    }
}

/// What a struct holds, without its placeholders.
pub(super) fn sparse<T: Log>(event: &T) -> Value {
    let (mut json, mut checker) = (Vec::new(), Checker::default());
    let stamps = Stamps { now: Timestamp::UNSET, id: b"" };
    object(event, Layer::default(), &Path::ROOT, &mut Merge::new(&mut json, &mut checker, &stamps));
    serde_json::from_slice(&json).expect("what was written is JSON")
}

/// Why a place in the tree is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    /// A value is put there, so that the objects above are there too.
    Writes,
    Looks,
}

impl Object {
    /// The node of the field `path`, made with the objects above it, when `is_fit` for the field's rule.
    fn node_at(
        &mut self,
        rules: &'static ObjectRule,
        path: &str,
        visit: Visit,
        is_fit: impl FnOnce(&FieldRule) -> bool,
    ) -> Option<&mut Node> {
        let (name, below) = match path.split_once('.') {
            Some((name, below)) => (name, Some(below)),
            None => (path, None),
        };
        let place = rules.position(name)?;
        let rule = &rules.fields[place];
        let Some(below) = below else {
            return if is_fit(rule) && !matches!(rule.kind, Kind::Object(_)) { Some(self.node(place)) } else { None };
        };
        let inner = match rule.kind {
            Kind::Object(inner) if !rule.is_array => inner,
            _ => return None,
        };
        // Looked up first, so that no empty object is left behind by a path that leads nowhere.
        leads_to(inner, below)?;
        let object = self.node(place).object();
        object.is_written |= visit == Visit::Writes;
        object.node_at(inner, below, visit, is_fit)
    }

    /// The node of the field at `place`, made when it is absent.
    fn node(&mut self, place: usize) -> &mut Node {
        let at = match self.nodes.binary_search_by_key(&place, |node| node.place) {
            Ok(at) => at,
            Err(at) => {
                self.nodes.insert(at, Node::new(place));
                at
            }
        };
        &mut self.nodes[at]
    }

    /// Puts in the members of an object that is valid.
    fn add(&mut self, rules: &'static ObjectRule, members: &Map<String, Value>, strength: Strength) {
        self.is_written = true;
        self.is_fixed |= strength == Strength::Fixed;
        for (name, value) in members {
            let Some(place) = rules.position(name) else { continue };
            let rule = &rules.fields[place];
            match (rule.kind, value) {
                (_, Value::Null) => {}
                (_, Value::Array(elements)) if elements.is_empty() => {}
                (Kind::Object(inner), Value::Object(members)) if !rule.is_array => {
                    self.node(place).object().add(inner, members, strength);
                }
                (Kind::Flattened, Value::Object(members)) if !rule.is_array => {
                    self.node(place).add_names(members, strength);
                }
                _ => self.node(place).put(value, strength),
            }
        }
    }

    /// Prepares what can be written as it is; nothing is added afterwards.
    fn seal(&mut self, rules: &'static ObjectRule) {
        for node in &mut self.nodes {
            let rule = &rules.fields[node.place];
            let mut json = rule.key.to_vec();
            (node.text, node.is_final) = match (&mut node.what, rule.kind) {
                (What::Object(object), Kind::Object(inner)) => {
                    object.seal(inner);
                    let is_written = object.is_written && object.write_ahead(inner, &mut json);
                    let is_fixed =
                        object.nodes.len() == inner.fields.len() && object.nodes.iter().all(|node| node.is_final);
                    (is_written.then(|| json.into()), is_written && is_fixed)
                }
                (What::Flattened(flat), _) => {
                    flat.write(&BTreeMap::new(), &mut json);
                    (Some(json.into()), false)
                }
                (What::Value(leaf), _) => {
                    json::write_canonical(rule, &leaf.value, &mut json);
                    node.captured = captured(rule, &leaf.value);
                    (Some(json.into()), leaf.strength == Strength::Fixed)
                }
                (What::Stamp(strength, _), _) => (None, *strength == Strength::Fixed),
                (What::Nothing | What::Object(_), _) => (None, false),
            };
        }
    }

    /// Appends the object made from the overlay alone; whether it is the same for each event, complete and right.
    fn write_ahead(&self, rules: &'static ObjectRule, json: &mut Vec<u8>) -> bool {
        let mut checker = Checker::default();
        let stamps = Stamps { now: Timestamp::UNSET, id: b"" };
        self.write_fields(rules, &Path::ROOT, &mut Merge::new(json, &mut checker, &stamps));
        self.is_constant() && checker.is_clean()
    }

    /// Whether it is the same for each event, and nobody asks where what stands.
    fn is_constant(&self) -> bool {
        self.nodes.iter().all(|node| {
            node.mark.is_none()
                && match &node.what {
                    What::Stamp(..) => false,
                    What::Object(object) => object.is_constant(),
                    What::Nothing | What::Value(_) | What::Flattened(_) => true,
                }
        })
    }
}

/// The event categories or types that the value of a field is.
fn captured(rule: &FieldRule, value: &Value) -> Box<[String]> {
    match (rule.capture, value) {
        (Capture::Nothing, _) => Box::default(),
        (_, Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        (_, one) => one.as_str().map(str::to_owned).into_iter().collect(),
    }
}

impl Node {
    /// The node of the field at `place`, with nothing for it.
    fn new(place: usize) -> Self {
        Self { place, mark: None, what: What::Nothing, is_final: false, text: None, captured: Box::default() }
    }

    /// The node's object, made when it is absent.
    fn object(&mut self) -> &mut Object {
        if !matches!(self.what, What::Object(_)) {
            self.what = What::Object(Object::default());
        }
        match &mut self.what {
            What::Object(object) => object,
            _ => unreachable!("it was made a moment ago"),
        }
    }

    fn add_names(&mut self, members: &Map<String, Value>, strength: Strength) {
        if !matches!(self.what, What::Flattened(_)) {
            self.what = What::Flattened(Flat::default());
        }
        if let What::Flattened(flat) = &mut self.what {
            let names = match strength {
                Strength::Default => &mut flat.defaults,
                Strength::Fixed => &mut flat.fixed,
            };
            names.extend(members.clone());
        }
    }

    /// Puts in a value that is replaced whole, unless it is a default for what is fixed.
    fn put(&mut self, value: &Value, strength: Strength) {
        let (is_fixed, stamp) = match &self.what {
            What::Value(leaf) => (leaf.strength == Strength::Fixed, leaf.stamp),
            What::Stamp(strength, stamp) => (*strength == Strength::Fixed, Some(*stamp)),
            What::Nothing | What::Object(_) | What::Flattened(_) => (false, None),
        };
        if strength == Strength::Fixed || !is_fixed {
            self.what = What::Value(Leaf { strength, value: value.clone(), stamp });
        }
    }
}

/// Whether `path` leads to a field.
fn leads_to(rules: &ObjectRule, path: &str) -> Option<()> {
    let (name, below) = match path.split_once('.') {
        Some((name, below)) => (name, Some(below)),
        None => (path, None),
    };
    let rule = rules.field(name)?;
    match (below, rule.kind) {
        (None, _) => Some(()),
        (Some(below), Kind::Object(inner)) if !rule.is_array => leads_to(inner, below),
        _ => None,
    }
}
