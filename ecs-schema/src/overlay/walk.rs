//! The walk over a struct that merges, checks and writes at once. Owns what happens at a field that the overlay has
//! something for; the values write themselves.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Flat, Marks, Node, Object, Stamp, Stamps, What};
use crate::checker::Checker;
use crate::element::FieldValue;
use crate::json::report_missing;
use crate::path::Path;
use crate::rule::{FieldRule, Kind, ObjectRule};
use crate::shape::{FieldVisitor, Shape};
use crate::write;

/// What the overlay has for the inside of one value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layer<'a>(Inside<'a>);

#[derive(Clone, Copy, Debug, Default)]
enum Inside<'a> {
    #[default]
    Nothing,
    Fields(&'a [Node]),
    Names(&'a Flat),
}

impl<'a> Layer<'a> {
    pub(super) const fn fields(nodes: &'a [Node]) -> Self {
        Self(Inside::Fields(nodes))
    }

    /// The nodes for the fields of an object.
    const fn nodes(self) -> &'a [Node] {
        match self.0 {
            Inside::Fields(nodes) => nodes,
            Inside::Nothing | Inside::Names(_) => &[],
        }
    }

    /// Whether the member `name` of a flattened object is fixed.
    pub(crate) fn fixes(self, name: &str) -> bool {
        matches!(self.0, Inside::Names(flat) if flat.fixed.contains_key(name))
    }

    /// Appends a flattened object with what the overlay has for it.
    pub(crate) fn write_flattened(self, members: &BTreeMap<String, Value>, out: &mut Vec<u8>) {
        match self.0 {
            Inside::Names(flat) => flat.write(members, out),
            Inside::Nothing | Inside::Fields(_) => write::json(members, out),
        }
    }
}

/// What is written, checked and remembered on the walk.
#[derive(Debug)]
pub struct Merge<'a> {
    pub(crate) out: &'a mut Vec<u8>,
    pub(crate) checker: &'a mut Checker,
    stamps: &'a Stamps<'a>,
    marks: Marks,
}

impl<'a> Merge<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>, checker: &'a mut Checker, stamps: &'a Stamps<'a>) -> Self {
        Self { out, checker, stamps, marks: Marks::default() }
    }

    pub(super) fn into_marks(self) -> Marks {
        self.marks
    }

    fn key(&mut self, rule: &FieldRule) {
        rule.key.write(self.out);
    }

    fn stamp(&mut self, stamp: Stamp, rule: &FieldRule) {
        self.key(rule);
        match stamp {
            Stamp::Now => FieldValue::write(&self.stamps.now, rule, self.out),
            Stamp::Id => write::plain(self.stamps.id, self.out),
        }
    }
}

/// Appends the object that `shape` and the overlay are together, and checks it.
pub(crate) fn object<T: Shape>(shape: &T, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
    let rules = T::rules();
    let start = merge.out.len();
    let mut walk = Walk { fields: rules.fields, next: NONE, rest: layer.nodes(), at, merge };
    walk.look_ahead();
    shape.each(&mut walk);
    close(rules, start, at, merge);
}

/// No field has this place.
const NONE: usize = usize::MAX;

struct Walk<'a, 'm> {
    fields: &'static [FieldRule],
    /// The place of the first node of `rest`.
    next: usize,
    rest: &'a [Node],
    at: &'a Path<'a>,
    merge: &'a mut Merge<'m>,
}

impl FieldVisitor for Walk<'_, '_> {
    #[expect(
        clippy::inline_always,
        reason = "most fields are absent, which is two comparisons here and a call otherwise"
    )]
    #[inline(always)]
    fn field<T: FieldValue>(&mut self, index: usize, value: &T) {
        if index == self.next {
            self.overlaid(index, value);
        } else if !value.is_unset() {
            self.own(index, value, Layer::default());
        } else if !T::IS_ALWAYS_OPTIONAL {
            self.check_required(index);
        }
    }
}

impl Walk<'_, '_> {
    fn look_ahead(&mut self) {
        self.next = self.rest.first().map_or(NONE, |node| node.place);
    }

    /// The event's own value of a field, which it has.
    #[inline]
    fn own<T: FieldValue>(&mut self, index: usize, value: &T, layer: Layer<'_>) {
        let rule = &self.fields[index];
        self.merge.key(rule);
        value.write_checked(rule, layer, &self.at.field(rule.name), self.merge);
    }

    /// A field that the event lacks.
    fn check_required(&mut self, index: usize) {
        let rule = &self.fields[index];
        if rule.is_required {
            report_missing(rule, &self.at.field(rule.name), self.merge.checker);
        }
    }

    /// A field that the overlay has something for.
    fn overlaid<T: FieldValue>(&mut self, index: usize, value: &T) {
        let Some((node, rest)) = self.rest.split_first() else { return };
        self.rest = rest;
        self.look_ahead();
        let rule = &self.fields[index];
        let start = self.merge.out.len();
        if node.is_final || value.is_unset() {
            node.write_alone(rule, self.at, self.merge);
        } else {
            self.own(index, value, node.layer());
        }
        node.note(start, rule, self.merge);
    }
}

impl Node {
    fn layer(&self) -> Layer<'_> {
        Layer(match &self.what {
            What::Object(object) => Inside::Fields(&object.nodes),
            What::Flattened(flat) => Inside::Names(flat),
            What::Nothing | What::Value(_) | What::Stamp(..) => Inside::Nothing,
        })
    }

    /// The field of an event that has none.
    #[inline]
    fn write_alone(&self, rule: &FieldRule, at: &Path<'_>, merge: &mut Merge<'_>) {
        match &self.text {
            Some(text) => text.write(merge.out),
            None => self.write_changing(rule, at, merge),
        }
        for text in &self.captured {
            merge.checker.capture(rule, text);
        }
    }

    /// The field of an event that has none, where it is not the same for each.
    fn write_changing(&self, rule: &FieldRule, at: &Path<'_>, merge: &mut Merge<'_>) {
        match (&self.what, rule.kind) {
            (What::Stamp(_, stamp), _) => merge.stamp(*stamp, rule),
            (What::Object(object), Kind::Object(rules)) if object.is_written => {
                merge.key(rule);
                object.write_fields(rules, &at.field(rule.name), merge);
            }
            _ if rule.is_required => report_missing(rule, &at.field(rule.name), merge.checker),
            _ => {}
        }
    }

    /// Remembers where the field stands that has been written from `start` on, when it is marked.
    fn note(&self, start: usize, rule: &FieldRule, merge: &mut Merge<'_>) {
        if let Some(mark) = self.mark
            && merge.out.len() > start
        {
            merge.marks.0[mark] = Some(start + rule.key.len()..merge.out.len());
        }
    }
}

impl Object {
    /// The object from the overlay's fields, in the order of the table.
    pub(super) fn write_fields(&self, rules: &'static ObjectRule, at: &Path<'_>, merge: &mut Merge<'_>) {
        let start = merge.out.len();
        let mut nodes = self.nodes.iter().peekable();
        for (place, rule) in rules.fields.iter().enumerate() {
            if let Some(node) = nodes.next_if(|node| node.place == place) {
                let start = merge.out.len();
                node.write_alone(rule, at, merge);
                node.note(start, rule, merge);
            } else if rule.is_required {
                report_missing(rule, &at.field(rule.name), merge.checker);
            }
        }
        close(rules, start, at, merge);
    }
}

/// Ends the object whose fields have been written from `start` on.
#[inline]
fn close(rules: &'static ObjectRule, start: usize, at: &Path<'_>, merge: &mut Merge<'_>) {
    if let Some(expected) = rules.expected_types {
        merge.checker.check_expected_types(expected, at);
    }
    write::open(merge.out, start, b'{');
    merge.out.push(b'}');
}

impl Flat {
    /// Appends `members` with the defaults that they lack, and with what is fixed, sorted by name.
    pub(super) fn write(&self, members: &BTreeMap<String, Value>, out: &mut Vec<u8>) {
        let start = out.len();
        let mut layers = [self.defaults.iter().peekable(), members.iter().peekable(), self.fixed.iter().peekable()];
        while let Some(name) = layers.iter_mut().filter_map(|layer| layer.peek().map(|(name, _)| *name)).min() {
            // The last layer that has the name prevails.
            let found = layers.iter_mut().filter_map(|layer| layer.next_if(|(other, _)| *other == name)).last();
            if let Some((_, value)) = found {
                out.push(b',');
                write::string(name, out);
                out.push(b':');
                write::json(value, out);
            }
        }
        write::open(out, start, b'{');
        out.push(b'}');
    }
}
