//! The projection: any order, any repetition, any part of the events.

use change_events::{Change, Projection, State, fold};
use ecs_schema::Timestamp;
use ecs_schema::generated::infra_events::InfraEvents;
use proptest::prelude::*;
use serde_json::json;

struct Spec<'s> {
    group: &'s str,
    phase: &'s str,
    start: u32,
    time: u32,
    adapter: &'s str,
    fingerprint: Option<&'s str>,
    kind: &'s str,
    status: Option<&'s str>,
    attempt: i64,
}

const DEPLOYMENT: Spec<'static> = Spec {
    group: "a",
    phase: "started",
    start: 0,
    time: 0,
    adapter: "gitlab.deployment/1",
    fingerprint: None,
    kind: "deployment",
    status: None,
    attempt: 1,
};

fn minute(minute: u32) -> Timestamp {
    Timestamp::from_unix_millis(1_785_600_000_000 + i64::from(minute) * 60_000).expect("it is in range")
}

fn make(spec: &Spec<'_>) -> InfraEvents {
    let Spec { group, phase, start, time, adapter, .. } = spec;
    let end = (*phase == "finished").then(|| minute(*time).to_string());
    let outcome = end.as_ref().map(|_| "success");
    let document = json!({
        "@timestamp": minute(*time).to_string(), "ecs": {"version": "9.4.0"}, "message": format!("{phase} {time}"), "tags": ["x"],
        "event": {"kind": "event", "action": "event-recorded", "provider": "gitlab", "dataset": "infra.change", "module": "infra",
            "id": format!("{group}:{phase}:{time}:{}", spec.attempt), "start": minute(*start).to_string(), "end": end,
            "outcome": outcome, "created": minute(*time).to_string()},
        "service": {"environment": "gprd"},
        "change": {"type": spec.kind, "phase": phase, "group_id": group, "fingerprint": spec.fingerprint, "adapter": adapter,
            "attempt": spec.attempt, "actor": {"type": "human"}, "time_source": "payload", "incident": {"status": spec.status}},
    });
    serde_json::from_value(document).expect("it is an event")
}

fn states(changes: &[Change]) -> Vec<(&str, State)> {
    changes.iter().map(|change| (change.id.as_str(), change.state)).collect()
}

#[test]
fn start_and_finish_are_one_change() {
    let start = make(&DEPLOYMENT);
    let finish = make(&Spec { phase: "finished", time: 5, ..DEPLOYMENT });
    assert_eq!(states(&fold([&start])), [("a", State::Open)]);
    let changes = fold([&finish, &start]);
    assert_eq!(states(&changes), [("a", State::Finished)]);
    assert_eq!((changes[0].start, changes[0].end), (minute(0), Some(minute(5))));
    assert_eq!(changes[0].outcome.as_deref(), Some("success"));
    // The start got lost: the finish repeats it.
    let alone = fold([&finish]);
    assert_eq!((alone[0].start, alone[0].end, alone[0].state), (minute(0), Some(minute(5)), State::Finished));
}

#[test]
fn open_change_is_found_however_old() {
    let mut projection = Projection::default();
    projection.add(&make(&DEPLOYMENT));
    projection.add(&make(&Spec { group: "b", phase: "finished", start: 1, time: 2, ..DEPLOYMENT }));
    projection.forget_ended_before(minute(1000));
    assert_eq!(states(&projection.open()), [("a", State::Open)]);
    assert_eq!(states(&projection.in_flight_at(minute(2000))), [("a", State::Open)]);
    projection.add(&make(&Spec { phase: "finished", time: 3000, ..DEPLOYMENT }));
    assert!(projection.open().is_empty());
    assert_eq!(states(&projection.in_flight_at(minute(2000))), [("a", State::Finished)]);
}

#[test]
fn attempts_are_told_apart() {
    let events = [
        make(&DEPLOYMENT),
        make(&Spec { phase: "finished", time: 5, ..DEPLOYMENT }),
        make(&Spec { start: 6, time: 6, attempt: 2, ..DEPLOYMENT }),
    ];
    let changes = fold(&events);
    let attempts: Vec<_> = changes[0].attempts.iter().map(|attempt| (attempt.number, attempt.end)).collect();
    assert_eq!((changes[0].state, attempts), (State::Open, vec![(1, Some(minute(5))), (2, None)]));
}

#[test]
fn incident_is_what_its_latest_event_says() {
    let incident =
        |phase, time, status| make(&Spec { phase, time, kind: "incident", status: Some(status), ..DEPLOYMENT });
    let events = [
        incident("started", 0, "triggered"),
        incident("instant", 1, "acknowledged"),
        incident("finished", 2, "resolved"),
        incident("started", 3, "triggered"),
    ];
    assert_eq!(fold(&events[..2])[0].state, State::Open);
    assert_eq!(fold(&events[..3])[0].state, State::Finished);
    let reopened = fold(&events);
    assert_eq!((reopened[0].state, reopened[0].end), (State::Open, None));
    assert_eq!(reopened[0].incident.as_ref().and_then(|own| own.status.as_deref()), Some("triggered"));
}

#[test]
fn reporters_of_one_change_are_folded() {
    let gitlab = Spec { fingerprint: Some("f"), ..DEPLOYMENT };
    let argo = Spec { group: "b", adapter: "argocd.sync/1", start: 2, time: 2, ..gitlab };
    let again = Spec { group: "c", start: 500, time: 500, ..gitlab };
    let other = Spec { group: "d", fingerprint: Some("g"), start: 2, time: 2, adapter: "argocd.sync/1", ..gitlab };
    let events = [make(&gitlab), make(&argo), make(&again), make(&other)];
    let changes = fold(&events);
    assert_eq!(states(&changes), [("a", State::Open), ("d", State::Open), ("c", State::Open)]);
    assert_eq!(changes[0].groups.iter().collect::<Vec<_>>(), ["a", "b"]);
    let mut projection = Projection::default();
    for event in &events[..2] {
        projection.add(event);
    }
    projection.add(&make(&Spec { phase: "finished", time: 4, ..argo }));
    assert!(projection.open().is_empty(), "one of the reporters says that it is over");
}

fn any_event() -> impl Strategy<Value = InfraEvents> {
    let group = prop::sample::select(vec!["a", "b", "c", "d"]);
    let phase = prop::sample::select(vec!["started", "finished", "instant"]);
    let adapter = prop::sample::select(vec!["gitlab.deployment/1", "argocd.sync/1", "cli.send/1"]);
    let print = prop::sample::select(vec![None, Some("f"), Some("g")]);
    let kind = prop::sample::select(vec!["deployment", "incident"]);
    let status = prop::sample::select(vec![None, Some("triggered"), Some("resolved")]);
    (group, phase, 0..90_u32, 0..90_u32, adapter, print, kind, status, 1..3_i64).prop_map(
        |(group, phase, start, time, adapter, fingerprint, kind, status, attempt)| {
            make(&Spec { group, phase, start, time, adapter, fingerprint, kind, status, attempt })
        },
    )
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing(
        (events, shuffled) in prop::collection::vec(any_event(), 0..14)
            .prop_flat_map(|events| (Just(events.clone()), Just([events.clone(), events].concat()).prop_shuffle()))
    ) {
        let changes = fold(&events);
        prop_assert_eq!(&fold(&shuffled), &changes);
        let mut projection = Projection::default();
        for event in &shuffled {
            projection.add(event);
        }
        let open: Vec<Change> = changes.iter().filter(|change| change.state == State::Open).cloned().collect();
        prop_assert_eq!(projection.open(), open);
        let ids: std::collections::BTreeSet<&str> = events.iter().map(|event| event.event.id.as_str()).collect();
        prop_assert_eq!(changes.iter().map(|change| change.events.len()).sum::<usize>(), ids.len());
    }

    #[test]
    fn stream_that_is_cut_and_resumed_is_the_same(events in prop::collection::vec(any_event(), 1..14), cut in 0..14_usize) {
        let cut = cut.min(events.len());
        let mut projection = Projection::default();
        for event in &events[..cut] {
            projection.add(event);
        }
        // What was read twice around the cut.
        for event in &events[cut.saturating_sub(2)..] {
            projection.add(event);
        }
        prop_assert_eq!(projection.changes(), fold(&events));
    }
}
