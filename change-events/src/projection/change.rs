//! One change: what its events say together.

use std::collections::{BTreeMap, BTreeSet};

use ecs_schema::Timestamp;

use super::facts::{Facts, Phase};

/// What is known of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The group of the reporter that began first; names the change.
    pub id: String,
    /// The groups of all reporters, sorted.
    pub groups: BTreeSet<String>,
    /// Who reported it, as in `change.adapter` without the version, such as `gitlab.deployment`.
    pub reporters: BTreeSet<String>,
    /// The ids of its events, sorted.
    pub events: BTreeSet<String>,
    /// What the groups of different reporters are joined by.
    pub fingerprint: Option<String>,
    /// As `change.type`.
    pub kind: String,
    /// Whether it is in flight.
    pub state: State,
    /// When it began; of an instant, when it was.
    pub start: Timestamp,
    /// When it ended; the same as the start for an instant.
    pub end: Option<Timestamp>,
    /// How it ended: `success`, `failure` or `unknown`.
    pub outcome: Option<String>,
    /// What the latest event says.
    pub message: String,
    /// Where.
    pub environment: String,
    /// Part of the environment.
    pub stage: Option<String>,
    /// Which service.
    pub service: Option<String>,
    /// Which version.
    pub version: Option<String>,
    /// Who made it.
    pub user: Option<String>,
    /// Where to read on.
    pub url: Option<String>,
    /// Why it ended so.
    pub reason: Option<String>,
    /// Services that it may affect.
    pub impacted: BTreeSet<String>,
    /// Its attempts by number, where it has a start or a finish.
    pub attempts: Vec<Attempt>,
    /// What is known of the incident, when it is one.
    pub incident: Option<Incident>,
}

/// Whether a change is in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It began, and nobody said that it is over.
    Open,
    /// It is over.
    Finished,
    /// It has no length.
    Instant,
}

/// One attempt at a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number; the first is 1.
    pub number: i64,
    /// When it began.
    pub start: Timestamp,
    /// When it ended, when that is known.
    pub end: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<String>,
}

/// What is known of an incident. Of a change, each value is the latest that an event has.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incident {
    /// Its id in the tool that manages it.
    pub id: Option<String>,
    /// The number that people use.
    pub number: Option<i64>,
    /// `triggered`, `acknowledged` or `resolved`.
    pub status: Option<String>,
    /// Urgency in the tool's words.
    pub urgency: Option<String>,
    /// Priority in the tool's words.
    pub priority: Option<String>,
}

impl Change {
    /// Whether it had begun at a moment and was not over.
    #[must_use]
    pub fn was_in_flight_at(&self, moment: Timestamp) -> bool {
        self.state != State::Instant && self.start <= moment && self.end.is_none_or(|end| end > moment)
    }

    /// Adds what a later reporter says of the same change. What the first one says of it wins, and it is over when one
    /// of them says so.
    pub(super) fn absorb(&mut self, other: Self) {
        self.state = match (self.state, other.state) {
            (State::Finished, _) | (_, State::Finished) => State::Finished,
            (State::Open, _) | (_, State::Open) => State::Open,
            _ => State::Instant,
        };
        self.start = self.start.min(other.start);
        self.end = match self.state {
            State::Open => None,
            _ => self.end.max(other.end),
        };
        // A failure that one of them saw is not hidden by the success of another.
        self.outcome = match (self.outcome.take(), other.outcome) {
            (Some(own), Some(other)) => Some(worse(own, other)),
            (own, other) => own.or(other),
        };
        self.groups.extend(other.groups);
        self.reporters.extend(other.reporters);
        self.events.extend(other.events);
        self.impacted.extend(other.impacted);
        self.stage = self.stage.take().or(other.stage);
        self.service = self.service.take().or(other.service);
        self.version = self.version.take().or(other.version);
        self.user = self.user.take().or(other.user);
        self.url = self.url.take().or(other.url);
        self.reason = self.reason.take().or(other.reason);
        self.incident = self.incident.take().or(other.incident);
        if self.attempts.is_empty() {
            self.attempts = other.attempts;
        }
    }
}

fn worse(own: String, other: String) -> String {
    let rank = |outcome: &str| match outcome {
        "failure" => 2,
        "success" => 1,
        _ => 0,
    };
    if rank(&other) > rank(&own) { other } else { own }
}

/// The change that the events of one group make; a group has at least one event.
pub fn of_group(id: &str, group: &BTreeMap<String, Facts>) -> Change {
    let mut events: Vec<&Facts> = group.values().collect();
    events.sort();
    let latest = events.last().expect("a group is made for an event");
    let attempts = attempts_of(&events);
    let incident = incident_of(&events);
    let state = if matches!(latest.kind.as_str(), "incident" | "alert") {
        state_of_incident(&events)
    } else {
        match attempts.last() {
            None => State::Instant,
            Some(attempt) if attempt.end.is_some() => State::Finished,
            Some(_) => State::Open,
        }
    };
    let start = events.iter().map(|facts| facts.start).min().expect("a group is made for an event");
    let end = match state {
        State::Open => None,
        State::Instant => Some(start),
        State::Finished => events.iter().filter(|facts| facts.phase == Phase::Finished).map(|facts| ended(facts)).max(),
    };
    let outcome = match attempts.last() {
        Some(attempt) => attempt.outcome.clone(),
        None => last(&events, |facts| facts.outcome.clone()),
    };
    Change {
        id: id.to_owned(),
        groups: BTreeSet::from([id.to_owned()]),
        reporters: events.iter().map(|facts| facts.reporter.clone()).collect(),
        events: group.keys().cloned().collect(),
        fingerprint: fingerprint(group).map(str::to_owned),
        kind: latest.kind.clone(),
        state,
        start,
        end,
        outcome,
        message: latest.message.clone(),
        environment: latest.environment.clone(),
        stage: last(&events, |facts| facts.stage.clone()),
        service: last(&events, |facts| facts.service.clone()),
        version: last(&events, |facts| facts.version.clone()),
        user: last(&events, |facts| facts.user.clone()),
        url: last(&events, |facts| facts.url.clone()),
        reason: last(&events, |facts| facts.reason.clone()),
        impacted: events.iter().flat_map(|facts| facts.impacted.iter().cloned()).collect(),
        attempts,
        incident,
    }
}

/// The fingerprint of a group; the events of one have the same.
pub fn fingerprint(group: &BTreeMap<String, Facts>) -> Option<&str> {
    group.values().filter_map(|facts| facts.fingerprint.as_deref()).min()
}

/// The latest value that events give.
fn last<T>(events: &[&Facts], get: impl Fn(&Facts) -> Option<T>) -> Option<T> {
    events.iter().rev().find_map(|facts| get(facts))
}

fn ended(facts: &Facts) -> Timestamp {
    facts.end.unwrap_or(facts.time)
}

fn attempts_of(events: &[&Facts]) -> Vec<Attempt> {
    let mut attempts: BTreeMap<i64, Attempt> = BTreeMap::new();
    for facts in events.iter().filter(|facts| facts.phase != Phase::Instant) {
        let attempt = attempts.entry(facts.attempt).or_insert_with(|| Attempt {
            number: facts.attempt,
            start: facts.start,
            end: None,
            outcome: None,
        });
        attempt.start = attempt.start.min(facts.start);
        if facts.phase == Phase::Finished {
            // In the order of time, so the latest finish is what stays.
            attempt.end = attempt.end.max(Some(ended(facts)));
            attempt.outcome = facts.outcome.clone().or(attempt.outcome.take());
        }
    }
    attempts.into_values().collect()
}

fn incident_of(events: &[&Facts]) -> Option<Incident> {
    let parts: Vec<_> = events.iter().rev().filter_map(|facts| facts.incident.as_ref()).collect();
    (!parts.is_empty()).then(|| Incident {
        id: parts.iter().find_map(|part| part.id.clone()),
        number: parts.iter().find_map(|part| part.number),
        status: parts.iter().find_map(|part| part.status.clone()),
        urgency: parts.iter().find_map(|part| part.urgency.clone()),
        priority: parts.iter().find_map(|part| part.priority.clone()),
    })
}

/// What the latest event that says something about it says: an incident can be reopened.
fn state_of_incident(events: &[&Facts]) -> State {
    let said = |facts: &Facts| match (facts.phase, facts.incident.as_ref().and_then(|part| part.status.as_deref())) {
        (Phase::Started, _) => Some(State::Open),
        (Phase::Finished, _) | (_, Some("resolved")) => Some(State::Finished),
        (_, Some(_)) => Some(State::Open),
        _ => None,
    };
    last(events, said).unwrap_or(State::Instant)
}
