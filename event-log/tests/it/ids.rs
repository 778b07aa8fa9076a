//! Ids and the head of a record.

use std::time::Duration;

use ecs_schema::Timestamp;
use event_log::{EventId, EventRecord, IdError};

#[test]
fn id_is_a_uuid_of_version_7_at_its_moment() {
    let now = Timestamp::from_unix_millis(0x0190_163d_8694).unwrap();
    let text = EventId::at(now).to_string();
    assert!(text.starts_with("0190163d-8694-7"), "{text}");
    assert_eq!(text.len(), 36);
    assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
}

#[test]
fn ids_of_a_thread_ascend_when_the_clock_does_not() {
    let moments = [5, 5, 4, 5, 5, 1_000_000, 3].map(|nanos| Timestamp::from_unix_nanos(i128::from(nanos)).unwrap());
    let ids: Vec<EventId> = moments.into_iter().cycle().take(10_000).map(EventId::at).collect();
    assert!(ids.is_sorted_by(|left, right| left < right));
}

#[test]
fn ids_of_threads_at_the_same_moment_differ() {
    let moment = Timestamp::now();
    let make = move || (0..1_000).map(|_| EventId::at(moment)).collect::<Vec<_>>();
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(make)).collect();
    let mut ids: Vec<EventId> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4_000);
}

#[test]
fn id_text_round_trips_and_other_text_is_refused() {
    let id = EventId::new();
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
    for text in ["", "0190163d-8694-739b-aea5-966c26f8ad9", "0190163d-8694-739b-aea5-966c26f8ad9g"] {
        assert_eq!(text.parse::<EventId>(), Err(IdError), "{text}");
    }
    assert_eq!("0190163d08694-739b-aea5-966c26f8ad91".parse::<EventId>(), Err(IdError));
}

#[test]
fn record_gives_back_id_and_document() {
    let id = EventId::new();
    let bytes = [&[1], &id.as_bytes()[..], b"{}"].concat();
    assert_eq!(EventRecord::parse(&bytes), Ok(EventRecord { id, document: b"{}" }));
}

#[test]
fn record_of_another_format_is_refused() {
    let mut bytes = [&[1], &EventId::new().as_bytes()[..]].concat();
    bytes[0] = 9;
    assert_eq!(
        EventRecord::parse(&bytes).unwrap_err().to_string(),
        "a record of 17 bytes and format `9` holds no event"
    );
    assert!(EventRecord::parse(&bytes[..16]).is_err());
    assert_eq!(
        EventRecord::parse(&[]).unwrap_err().to_string(),
        "a record of 0 bytes and format `none` holds no event"
    );
}

#[test]
fn age_of_an_id_is_the_time_since_creation() {
    let made = Timestamp::from_unix_millis(1_700_000_000_000).unwrap();
    let later = Timestamp::from_unix_millis(1_700_000_004_321).unwrap();
    let id = EventId::at(made);
    assert_eq!(id.age(later), Some(Duration::from_millis(4_321)));
    assert_eq!(EventId::at(later).age(made), Some(Duration::ZERO), "the clock was put back");
    let random: EventId = "f47ac10b-58cc-4372-a567-0e02b2c3d479".parse().unwrap();
    assert_eq!(random.age(later), None);
}
