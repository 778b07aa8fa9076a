//! Reuse: every field set is copied to its places.
//!
//! Orders ascend. Within one order, in these steps:
//! 1. ECS's own reuse of one set in another, in the order of the sets' names, as the release was made: a set is copied
//!    as it is at that moment.
//! 2. Reuse that custom files add, a set before the sets that are reused in it are copied on, whatever the order of
//!    files. So a custom set in `user` goes to `user` and its nestings in itself, and with `order: 1` to wherever ECS
//!    reuses `user`.
//! 3. Sets in themselves (`process` as `process.parent`): each gets a copy as it was before this step, so that nesting
//!    ends.
//!
//! A place may be made by another reuse; one that waits for it is taken up after each step.
//!
//! `transitive` at a place overrules its order: `true` is before all orders, with what goes into the set itself, and `false`
//! after all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::node::{self, Node, Placed};
use super::{CustomId, Fieldset};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_path::FieldPath;
use crate::source::Span;

/// The order of a `reuse`: that of a set which says nothing else.
const ORDER_OF_REUSE: u32 = super::DEFAULT_ORDER;

/// Before and after every order that can be written.
const FIRST: u64 = 0;
const LAST: u64 = u64::MAX;

/// Copies every set to its places; the trees of all sets by name.
pub(super) fn expand(sets: &[Arc<Fieldset>], diagnostics: &mut Diagnostics) -> BTreeMap<String, Arc<Node>> {
    let trees = sets.iter().map(|set| (set.name.value.as_str().to_owned(), set.tree.clone())).collect();
    let mut expander = Expander { sets, trees, diagnostics };
    let entries = expander.entries();
    expander.run(&entries);
    expander.trees
}

/// One reuse of one set.
#[derive(Clone, Debug)]
struct Entry {
    /// The set that is copied.
    source: String,
    /// The set whose tree gets the copy.
    target: String,
    /// The object in that tree; its root when absent.
    at: Option<FieldPath>,
    /// Where the copy goes, below the root of that tree.
    path: FieldPath,
    order: u64,
    placed: Arc<Placed>,
}

impl Entry {
    fn is_self_nesting(&self) -> bool {
        self.source == self.target
    }

    fn is_custom(&self) -> bool {
        self.placed.custom.is_some()
    }

    /// Whether the place of `other` is made by this entry.
    fn makes_place_of(&self, other: &Self) -> bool {
        let is_above = |at: &FieldPath| *at == self.path || at.relative_to(&self.path).is_some();
        self.target == other.target && other.at.as_ref().is_some_and(is_above)
    }
}

struct Expander<'s, 'd> {
    sets: &'s [Arc<Fieldset>],
    trees: BTreeMap<String, Arc<Node>>,
    diagnostics: &'d mut Diagnostics,
}

impl Expander<'_, '_> {
    fn run(&mut self, entries: &[Entry]) {
        let orders: BTreeSet<u64> = entries.iter().map(|entry| entry.order).collect();
        let mut waiting: Vec<Entry> = Vec::new();
        for order in orders {
            let now = entries.iter().filter(|entry| entry.order == order);
            let (nestings, foreign): (Vec<&Entry>, Vec<&Entry>) = now.partition(|entry| entry.is_self_nesting());
            for entry in foreign.iter().filter(|entry| !entry.is_custom()) {
                if !self.place(entry, None) {
                    waiting.push((*entry).clone());
                }
            }
            waiting.extend(foreign.into_iter().filter(|entry| entry.is_custom()).cloned());
            waiting = self.place_in_turn(waiting);
            self.nest(&nestings);
            waiting = self.place_in_turn(waiting);
        }
        for entry in &waiting {
            self.report_place(&entry.source, &entry.at_in_document(self.sets), entry.placed.span);
        }
    }

    /// Places what can be placed, sets before they are copied on; what waits for a place is left.
    fn place_in_turn(&mut self, mut waiting: Vec<Entry>) -> Vec<Entry> {
        loop {
            let possible = self.possible(&waiting);
            let next = possible.iter().position(|(entry, exists)| {
                let is_receiving = possible.iter().any(|(other, _)| other.target == entry.source);
                *exists && !is_receiving
            });
            if let Some(next) = next {
                let entry = possible[next].0.clone();
                waiting.retain(|other| !Arc::ptr_eq(&other.placed, &entry.placed));
                self.place(&entry, None);
                continue;
            }
            let stuck: Vec<Entry> = possible.into_iter().map(|(entry, _)| entry.clone()).collect();
            for entry in &stuck {
                self.report_cycle(entry, &stuck);
            }
            waiting.retain(|entry| stuck.iter().all(|stuck| !Arc::ptr_eq(&stuck.placed, &entry.placed)));
            return waiting;
        }
    }

    /// The entries whose places exist, or will by another of them; and which it is.
    fn possible<'e>(&self, waiting: &'e [Entry]) -> Vec<(&'e Entry, bool)> {
        let mut found: Vec<(usize, bool)> = Vec::new();
        loop {
            let before = found.len();
            for (index, entry) in waiting.iter().enumerate() {
                if found.iter().any(|(known, _)| *known == index) {
                    continue;
                }
                let exists = self.exists(entry);
                if exists || found.iter().any(|(known, _)| waiting[*known].makes_place_of(entry)) {
                    found.push((index, exists));
                }
            }
            if found.len() == before {
                found.sort_unstable();
                return found.into_iter().map(|(index, exists)| (&waiting[index], exists)).collect();
            }
        }
    }

    /// The nestings of sets in themselves, each set's from a copy that has none of them.
    fn nest(&mut self, nestings: &[&Entry]) {
        let pristine: BTreeMap<&str, Arc<Node>> = nestings
            .iter()
            .filter_map(|entry| Some((entry.source.as_str(), self.trees.get(&entry.source)?.clone())))
            .collect();
        let mut waiting: Vec<&Entry> = nestings.to_vec();
        loop {
            let before = waiting.len();
            waiting.retain(|entry| !self.place(entry, pristine.get(entry.source.as_str())));
            if waiting.len() == before {
                break;
            }
        }
        for entry in waiting {
            self.report_place(&entry.source, &entry.at_in_document(self.sets), entry.placed.span);
        }
    }

    fn exists(&self, entry: &Entry) -> bool {
        let tree = self.trees.get(&entry.target).map(Arc::as_ref);
        let at = tree.and_then(|tree| entry.at.as_ref().map_or(Some(tree), |at| tree.get(at)));
        at.is_some_and(Node::may_have_children)
    }

    /// Copies a set to its place, `pristine` or as it is now; false when there is no such place yet.
    fn place(&mut self, entry: &Entry, pristine: Option<&Arc<Node>>) -> bool {
        if !self.exists(entry) {
            return false;
        }
        let Some(source) = pristine.or_else(|| self.trees.get(&entry.source)).cloned() else { return true };
        let in_document = entry.path_in_document(self.sets, &entry.path);
        let copy = Arc::new(Node {
            field: None,
            placed: Some(entry.placed.clone()),
            added: entry.is_custom(),
            placed_by: entry.placed.custom.iter().map(|(id, _)| *id).collect(),
            children: source.children.clone(),
        });
        let tree = self.trees.get_mut(&entry.target).expect("the place exists, so its tree does");
        if let Some(scalar) = scalar_above(tree, &entry.path) {
            let message = format!("`{in_document}` lies below `{scalar}`, which is no object");
            let problem = Diagnostic::error(Code::ScalarAndObject, message).at(entry.placed.span);
            self.diagnostics.push(problem.help("give the set another name there with `as`"));
            return true;
        }
        let known = tree.get(&entry.path);
        if let Some(custom) = known.and_then(|known| other_list(known, &entry.placed)) {
            let message = format!("`{in_document}` cannot be a list and a single object");
            let problem = Diagnostic::error(Code::ReuseTarget, message).at(custom);
            self.diagnostics.push(problem.help("drop `normalize`, or give the set another name there with `as`"));
            return true;
        }
        if known.is_some_and(|known| !known.may_have_children()) && entry.is_custom() {
            let message = format!("`{in_document}` holds values, and is to hold the field set `{}`", entry.source);
            let problem = Diagnostic::error(Code::ScalarAndObject, message).at(entry.placed.span);
            let other = known.and_then(|known| known.field.as_ref()).map(|field| field.declaration.span);
            let problem = other.map_or(problem.clone(), |span| problem.and_at(span));
            self.diagnostics.push(problem.help("give the set another name there with `as`"));
            return true;
        }
        let slot = node::entry(tree, &entry.path, entry.is_custom());
        node::graft(slot, &copy, &in_document, self.diagnostics);
        true
    }

    /// What the sets say of their places.
    fn entries(&mut self) -> Vec<Entry> {
        let mut entries = Vec::new();
        for set in self.sets {
            for place in &set.places {
                let placed = note(set, place.custom, set, place.span);
                let description =
                    if place.description.is_empty() { set.description.clone() } else { place.description.clone() };
                let placed = Placed { is_array: place.is_array, beta: place.beta, description, ..placed };
                let Some((target, at)) = self.resolve(&place.at) else {
                    self.report_place(set.name.value.as_str(), place.at.as_str(), place.span);
                    continue;
                };
                if set.root {
                    self.report_root(set, place.span);
                    continue;
                }
                let order = order(place.order, place.transitive);
                entries.push(entry(set, target, at, &place.name, order, placed));
            }
            for reuse in &set.reuses {
                let Some(source) = self.sets.iter().find(|known| known.name.value.as_str() == reuse.fieldset.value)
                else {
                    self.report_source(&reuse.fieldset.value, reuse.fieldset.span);
                    continue;
                };
                if source.root {
                    self.report_root(source, reuse.fieldset.span);
                    continue;
                }
                let placed = note(source, reuse.custom, set, reuse.path.span);
                let placed = Placed { is_array: reuse.is_array, description: reuse.description.clone(), ..placed };
                let at = reuse.path.value.parent();
                let order = order(ORDER_OF_REUSE, reuse.transitive);
                let mut made = entry(source, set.name.value.as_str(), None, &reuse.path.value, order, placed);
                // Objects above it are made, as for a field.
                made.at = at.filter(|at| set.tree.get(at).is_some());
                entries.push(made);
            }
        }
        complete_first(&mut entries);
        entries
    }

    /// The set that an object belongs to, and where in its tree it is.
    fn resolve(&self, at: &FieldPath) -> Option<(&str, Option<FieldPath>)> {
        let named = self.sets.iter().filter(|set| !set.root).filter_map(|set| {
            let name = &set.name.value;
            if name == at { Some((name, None)) } else { at.relative_to(name).map(|rest| (name, Some(rest))) }
        });
        let nearest = named.max_by_key(|(name, _)| name.as_str().len());
        let at_root = || {
            let root = self.sets.iter().find(|set| set.root && set.tree.get(at).is_some())?;
            Some((root.name.value.as_str(), Some(at.clone())))
        };
        nearest.map(|(name, rest)| (name.as_str(), rest)).or_else(at_root)
    }

    fn report_place(&mut self, set: &str, at: &str, span: Span) {
        let message = format!("`{set}` is to be reused at `{at}`, which is no object");
        let mut known = BTreeSet::new();
        for (name, tree) in &self.trees {
            known.insert(name.clone());
            tree.walk(&mut |path, node| {
                if !node.children.is_empty() {
                    known.insert(format!("{name}.{path}"));
                }
            });
        }
        let help = Diagnostics::did_you_mean(at, known.iter().map(String::as_str));
        let general = "name an object of ECS or of a custom field set that is included";
        let problem = Diagnostic::error(Code::ReuseTarget, message).at(span).help(general).maybe_help(help);
        self.diagnostics.push(problem);
    }

    fn report_source(&mut self, name: &str, span: Span) {
        let help = Diagnostics::did_you_mean(name, self.trees.keys().map(String::as_str));
        let message = format!("neither ECS nor a custom file has the field set `{name}`");
        self.diagnostics.push(Diagnostic::error(Code::ReuseSource, message).at(span).maybe_help(help));
    }

    fn report_root(&mut self, set: &Fieldset, span: Span) {
        let message = format!("`{}` is at the root of documents and cannot be reused", set.name.value);
        let help = "drop the place, or `root: true`";
        self.diagnostics.push(Diagnostic::error(Code::ReuseSource, message).at(span).help(help));
    }

    fn report_cycle(&mut self, entry: &Entry, stuck: &[Entry]) {
        let other = stuck.iter().find(|other| other.target == entry.source);
        let message = format!("`{}` and `{}` are to contain each other", entry.source, entry.target);
        let problem = Diagnostic::error(Code::ReuseSource, message).at(entry.placed.span);
        let problem = other.map_or(problem.clone(), |other| problem.and_at(other.placed.span));
        self.diagnostics
            .push(problem.help("give one of the two `order: 1`: it is copied before the other goes into it"));
    }
}

impl Entry {
    fn path_in_document(&self, sets: &[Arc<Fieldset>], path: &FieldPath) -> String {
        let is_root = sets.iter().any(|set| set.root && set.name.value.as_str() == self.target);
        if is_root { path.as_str().to_owned() } else { format!("{}.{path}", self.target) }
    }

    fn at_in_document(&self, sets: &[Arc<Fieldset>]) -> String {
        self.at.as_ref().map_or_else(|| self.target.clone(), |at| self.path_in_document(sets, at))
    }
}

/// Orders that can be written begin at [`FIRST`] + 1.
fn order(written: u32, transitive: Option<bool>) -> u64 {
    match transitive {
        Some(true) => FIRST,
        Some(false) => LAST,
        None => u64::from(written) + 1,
    }
}

/// What custom files put into a set that is copied before all others goes into it before that.
fn complete_first(entries: &mut [Entry]) {
    loop {
        let copied: BTreeSet<String> =
            entries.iter().filter(|entry| entry.order == FIRST).map(|entry| entry.source.clone()).collect();
        let late = |entry: &&mut Entry| {
            let is_open = entry.order != FIRST && entry.order != LAST;
            is_open && entry.is_custom() && !entry.is_self_nesting() && copied.contains(&entry.target)
        };
        let mut has_changed = false;
        for entry in entries.iter_mut().filter(late) {
            entry.order = FIRST;
            has_changed = true;
        }
        if !has_changed {
            return;
        }
    }
}

fn entry(set: &Fieldset, target: &str, at: Option<FieldPath>, name: &FieldPath, order: u64, placed: Placed) -> Entry {
    let path = at.as_ref().map_or_else(|| name.clone(), |at| at.join(name));
    let source = set.name.value.as_str().to_owned();
    Entry { source, target: target.to_owned(), at, path, order, placed: Arc::new(placed) }
}

/// The note of a place, whose owner is a custom set or ECS.
fn note(set: &Fieldset, custom: Option<CustomId>, owner: &Fieldset, span: Span) -> Placed {
    Placed {
        fieldset: set.name.value.as_str().to_owned(),
        is_copy: true,
        custom: custom.map(|id| (id, owner.name.value.as_str().into())),
        span,
        is_array: false,
        beta: false,
        description: String::new(),
    }
}

/// Where a custom set is to be a list and what is there is not, or the other way round.
fn other_list(known: &Node, placed: &Placed) -> Option<Span> {
    let other = known.placed.as_ref().filter(|other| other.is_array != placed.is_array);
    let is_single = placed.is_array && !known.is_array() && !(known.added && known.placed.is_none());
    let is_custom = |placed: &Placed| placed.custom.as_ref().map(|_| placed.span);
    if other.is_none() && !is_single {
        return None;
    }
    is_custom(placed).or_else(|| other.and_then(|other| is_custom(other)))
}

/// The value above `path`, when one is in the way.
fn scalar_above(tree: &Node, path: &FieldPath) -> Option<FieldPath> {
    std::iter::successors(path.parent(), FieldPath::parent)
        .find(|above| tree.get(above).is_some_and(|node| !node.may_have_children()))
}
