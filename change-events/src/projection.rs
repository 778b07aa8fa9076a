//! From events to changes: which events belong together, what started, how it ended, what is in flight.
//!
//! The result depends on the set of events alone: not on their order, and not on how often one arrives.
//!
//! - Events with the same `change.group_id` are one change of one reporter. Attempts are told apart by `change.attempt`.
//! - Changes of different reporters (`change.adapter` without its version) with the same `change.fingerprint` are one when
//!   one begins while the other runs, or soon after. The same version that is deployed again later is another change.
//! - A deployment that has finished stays finished whatever arrives late. An incident is what its latest event says, since
//!   it can be reopened.
//! - A change without a finish is open until one arrives. Open ones are kept as a set, so that one which began before any
//!   window is found without a search.

mod change;
mod facts;

use std::collections::{BTreeMap, BTreeSet};

use ecs_schema::Timestamp;
use ecs_schema::generated::infra_events::InfraEvents;

pub use change::{Attempt, Change, Incident, State};
use facts::Facts;

const NANOS_PER_MINUTE: i128 = 60 * 1_000_000_000;
/// How long after its end a change may still be reported by somebody else: jobs and controllers report within minutes.
const FOLD_AFTER_END: i128 = 10 * NANOS_PER_MINUTE;
/// How long after its start, while it has no end.
const FOLD_WHILE_OPEN: i128 = 60 * NANOS_PER_MINUTE;

/// Events, folded into changes one by one.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    /// Group → id of the event → what is needed of it.
    groups: BTreeMap<String, BTreeMap<String, Facts>>,
    open: BTreeSet<String>,
}

/// The changes that events make, the oldest first.
pub fn fold<'e>(events: impl IntoIterator<Item = &'e InfraEvents>) -> Vec<Change> {
    let mut projection = Projection::default();
    for event in events {
        projection.add(event);
    }
    projection.changes()
}

impl Projection {
    /// Takes an event in. One that is there already changes nothing; of two different ones with the same id, the same one
    /// is kept in whatever order they arrive.
    pub fn add(&mut self, event: &InfraEvents) {
        let facts = Facts::of(event);
        let group = self.groups.entry(event.change.group_id.clone()).or_default();
        match group.get_mut(&event.event.id) {
            Some(own) if *own <= facts => return,
            Some(own) => *own = facts,
            None => {
                group.insert(event.event.id.clone(), facts);
            }
        }
        if change::of_group(&event.change.group_id, group).state == State::Open {
            self.open.insert(event.change.group_id.clone());
        } else {
            self.open.remove(&event.change.group_id);
        }
    }

    /// All changes, the oldest first.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        fold_reporters(self.groups.iter().map(|(id, group)| change::of_group(id, group)).collect())
    }

    /// The changes that are in flight now, the oldest first: those that have no finish from any reporter.
    #[must_use]
    pub fn open(&self) -> Vec<Change> {
        // Another reporter may have said that it is over.
        let prints: BTreeSet<&str> = self.open.iter().filter_map(|id| self.fingerprint(id)).collect();
        let is_related =
            |id: &&String| self.open.contains(*id) || self.fingerprint(id).is_some_and(|print| prints.contains(print));
        let related = self.groups.keys().filter(is_related).map(|id| change::of_group(id, &self.groups[id]));
        let mut changes = fold_reporters(related.collect());
        changes.retain(|change| change.state == State::Open);
        changes
    }

    /// The changes that were in flight at a moment, the oldest first: those that had begun, and had not finished.
    #[must_use]
    pub fn in_flight_at(&self, moment: Timestamp) -> Vec<Change> {
        let mut changes = self.changes();
        changes.retain(|change| change.was_in_flight_at(moment));
        changes
    }

    /// Forgets changes that had ended before a moment. Open ones stay, however old.
    pub fn forget_ended_before(&mut self, moment: Timestamp) {
        let open = &self.open;
        self.groups.retain(|id, group| {
            let change = change::of_group(id, group);
            open.contains(id) || change.end.unwrap_or(change.start) >= moment
        });
    }

    fn fingerprint(&self, group: &str) -> Option<&str> {
        self.groups.get(group).and_then(change::fingerprint)
    }
}

/// Folds changes of different reporters with the same fingerprint.
fn fold_reporters(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|left, right| (left.start, &left.id).cmp(&(right.start, &right.id)));
    let mut folded: Vec<Change> = Vec::new();
    let mut by_print: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for change in changes {
        let Some(print) = change.fingerprint.clone() else {
            folded.push(change);
            continue;
        };
        let places = by_print.entry(print).or_default();
        if let Some(at) = places.iter().find(|at| is_same(&folded[**at], &change)) {
            folded[*at].absorb(change);
        } else {
            places.push(folded.len());
            folded.push(change);
        }
    }
    folded
}

/// Whether a later change with the same fingerprint is another report of an earlier one.
fn is_same(earlier: &Change, later: &Change) -> bool {
    let (from, longest) = match earlier.state {
        State::Open => (earlier.start, FOLD_WHILE_OPEN),
        _ => (earlier.end.unwrap_or(earlier.start), FOLD_AFTER_END),
    };
    let is_near = later.start.unix_nanos() - from.unix_nanos() <= longest;
    is_near && !later.reporters.iter().any(|reporter| earlier.reporters.contains(reporter))
}
