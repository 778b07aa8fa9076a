//! Which places come from ECS and which the log declares itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::declare::{Context, declare};
use super::tree::{Place, type_of};
use super::{Ecs, Fallbacks};
use crate::ecs::scalar;
use crate::field_type::FieldType;

/// A field set of the extension.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnSet {
    /// Whether its fields are at the root of documents.
    pub(super) is_root: bool,
    /// The path of each field, and its line.
    pub(super) lines: Vec<(String, String)>,
}

/// The parts of a log file and its extension.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// Field set → its selection.
    pub(super) selected: BTreeMap<String, String>,
    pub(super) sets: BTreeMap<String, OwnSet>,
    /// Sets of ECS that the log declares itself.
    pub(super) own: BTreeSet<String>,
    pub(super) of_ecs: usize,
    pub(super) notes: Vec<String>,
}

/// Parts the places of `root`.
pub(super) fn plan(root: &Place, ecs: &Ecs, fallbacks: &Fallbacks, context: Context<'_>) -> Plan {
    let mut own = fallbacks.own.clone();
    // A set with one contradiction is declared whole, so the sets are tried before anything is written.
    for (name, place) in &root.children {
        if let Some(set) = ecs.set_of(name) {
            let mut trial = Planner { ecs, context, plan: Plan::default(), contradicts: false };
            trial.select(place, name, set);
            if trial.contradicts {
                own.insert(set.to_owned());
            }
        }
    }
    let mut planner = Planner { ecs, context, plan: Plan::default(), contradicts: false };
    let custom = free_name(root, ecs);
    let mut at_root: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, place) in &root.children {
        match ecs.set_of(name) {
            Some(set) if !own.contains(set) => {
                let Some(selection) = planner.select(place, name, set) else { continue };
                if ecs.at_root.contains_key(name) {
                    at_root.entry(set.to_owned()).or_default().push(format!("{}: {selection}", scalar(name)));
                } else {
                    planner.plan.selected.insert(set.to_owned(), selection);
                }
            }
            set => {
                let is_plain = declare(place, name, context).is_plain_object() && !place.children.is_empty();
                let has_name_of_ecs = set.is_none() && ecs.sets.contains(name);
                let (set, is_root) = match set {
                    Some(set) => (set.to_owned(), ecs.at_root.contains_key(name) || !is_plain),
                    None if is_plain && !has_name_of_ecs => (name.clone(), false),
                    None => (custom.clone(), true),
                };
                if ecs.sets.contains(&set) {
                    planner.plan.own.insert(set.clone());
                }
                let below = (!is_root).then_some(name.as_str());
                planner.declare(place, name, below, &set, is_root);
                planner.plan.selected.insert(set, "{fields: \"*\"}".to_owned());
            }
        }
    }
    for (set, entries) in at_root {
        planner.plan.selected.insert(set, format!("{{fields: {{{}}}}}", entries.join(", ")));
    }
    planner.plan
}

/// A name for the set of fields at the root that nothing else has.
fn free_name(root: &Place, ecs: &Ecs) -> String {
    let is_free = |name: &String| !root.children.contains_key(name) && !ecs.sets.contains(name);
    let mut names = std::iter::once("custom".to_owned()).chain((2..).map(|number| format!("custom{number}")));
    names.find(is_free).unwrap_or_default()
}

struct Planner<'p> {
    ecs: &'p Ecs,
    context: Context<'p>,
    plan: Plan,
    contradicts: bool,
}

impl Planner<'_> {
    /// The selection of a place that ECS has, with fields of the log's own in it.
    fn select(&mut self, place: &Place, path: &str, set: &str) -> Option<String> {
        let has_below = self.ecs.has_below(path);
        let type_name = place.mapped.as_ref().map(type_of);
        match self.ecs.field(path) {
            Some(field) if !has_below => {
                let is_open = field.may_have_children();
                let fits = match type_name {
                    Some(name) if is_open => name == "flattened",
                    Some(name) => name == field.field_type.name(),
                    None => {
                        let is_map = matches!(field.field_type, FieldType::Flattened | FieldType::GeoPoint);
                        (is_open || is_map) == place.is_object()
                    }
                };
                self.contradicts |= !fits || place.is_kept || self.has_seconds(place, path);
                self.plan.of_ecs += 1;
                Some("{}".to_owned())
            }
            found if has_below => {
                let is_nested = found.is_some_and(|field| field.field_type.name() == "nested");
                let fits = match type_name {
                    Some(name) => name == if is_nested { "nested" } else { "object" } && !is_disabled(place),
                    None => place.is_object() && !place.is_open,
                };
                self.contradicts |= !fits || place.is_kept || place.children.is_empty();
                let children = place.children.iter().filter_map(|(name, child)| {
                    let selection = self.select(child, &format!("{path}.{name}"), set)?;
                    Some(format!("{}: {selection}", scalar(name)))
                });
                let children: Vec<String> = children.collect();
                (!children.is_empty()).then(|| format!("{{fields: {{{}}}}}", children.join(", ")))
            }
            _ => {
                let is_root = self.ecs.at_root.contains_key(path.split('.').next().unwrap_or(path));
                let below = (!is_root).then_some(set);
                self.declare(place, path, below, set, is_root);
                let is_leaf = place.children.is_empty() || place.is_kept;
                Some(if is_leaf { "{}".to_owned() } else { "{fields: \"*\"}".to_owned() })
            }
        }
    }

    /// Whether documents have seconds where ECS has a date, which takes numbers for milliseconds.
    fn has_seconds(&self, place: &Place, path: &str) -> bool {
        let is_date = self.ecs.field(path).is_some_and(|field| field.field_type == FieldType::Date);
        is_date && place.mapped.is_none() && !place.is_kept && place.seen.are_seconds()
    }

    /// Declares a place and what is below it in a set, whose own name its paths leave out when it is `below` that.
    fn declare(&mut self, place: &Place, path: &str, below: Option<&str>, set: &str, is_root: bool) {
        let mut declared = declare(place, path, self.context);
        if self.has_seconds(place, path) {
            declared.become_seconds();
        }
        self.plan.notes.extend(declared.notes.iter().cloned());
        let own = self.plan.sets.entry(set.to_owned()).or_default();
        own.is_root |= is_root;
        let is_leaf = place.children.is_empty() || place.is_kept;
        let name = below.map_or(Some(path), |below| path.strip_prefix(below)?.strip_prefix('.'));
        if let Some(name) = name.filter(|_| is_leaf || !declared.is_plain_object()) {
            own.lines.push((path.to_owned(), declared.line(name)));
        }
        if !is_leaf && (declared.field_type == "object" || declared.field_type == "nested") {
            for (name, child) in &place.children {
                self.declare(child, &format!("{path}.{name}"), below, set, is_root);
            }
        }
    }
}

fn is_disabled(place: &Place) -> bool {
    place.mapped.as_ref().is_some_and(|body| body.get("enabled") == Some(&Json::Bool(false)))
}
