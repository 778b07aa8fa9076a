//! The machine fails at every point of many histories, with every mixture of unsynced data on the disk.
//!
//! Then the spool must open; synced records must exist; no record may be invented or out of order; records whose acknowledgement
//! was synced must not return, and unacknowledged ones must not be lost; no number may be used twice.
//! `EVENT_SPOOL_CRASH_STATES` sets the number of states, 100,000 by default.

use std::collections::{BTreeMap, HashSet};

use event_spool::{
    Sequence,
    simulated::{Image, SimulatedDirectory},
};

use crate::{
    support::{drain, from_environment, small},
    workload::{self, Expectation, History},
};

/// Random mixtures at each point, besides the systematic ones.
const RANDOM: usize = 24;
/// One of this many states is opened with a second failure during recovery.
const SECOND_FAILURE: u64 = 1_501;

#[test]
fn spool_recovers_from_every_crash() {
    let wanted = from_environment("EVENT_SPOOL_CRASH_STATES", 100_000);
    let (mut states, mut second, mut points, mut histories) = (0, 0, 0, 0);
    while states < wanted {
        histories += 1;
        let history = workload::live(histories, 40);
        for point in &history.points {
            points += 1;
            let expectation = &history.expectations[point.phase];
            let mut seen = HashSet::new();
            point.for_each_image(RANDOM, histories * 1_000_003 + points, &mut |image| {
                if !seen.insert(image.digest()) {
                    return;
                }
                states += 1;
                let context = || format!("history {histories}, point {points}, state {states}");
                check(&image, &history, expectation, 2, &context);
                if states % SECOND_FAILURE == 0 {
                    second += fail_again(&image, &history, expectation, &context);
                }
            });
        }
    }
    println!(
        "figures: {states} crash states at {points} points of {histories} histories, and {second} with a second crash"
    );
}

/// Fails during the recovery too.
fn fail_again(image: &Image, history: &History, expectation: &Expectation, context: &dyn Fn() -> String) -> u64 {
    let disk = SimulatedDirectory::new(image).in_boot(2);
    disk.record();
    drop(small().max_bytes(5 * 8192).open_simulated(&disk).unwrap_or_else(|error| {
        panic!("{}: {error:?}", context());
    }));
    let mut states = 0;
    for (at, point) in disk.take_points().iter().enumerate() {
        point.for_each_image(4, at as u64, &mut |image| {
            states += 1;
            check(&image, history, expectation, 3, &|| format!("{}, recovery {at}", context()));
        });
    }
    states
}

fn check(image: &Image, history: &History, expectation: &Expectation, boot: u128, context: &dyn Fn() -> String) {
    let disk = SimulatedDirectory::new(image).in_boot(boot);
    // With room for one more segment than the history had: what it dropped is not the subject here.
    let open = || small().max_bytes(16 * 8192).open_simulated(&disk);
    let spool = open().unwrap_or_else(|error| panic!("{}: {error:?}", context()));
    let known = spool.readers() == ["one"];
    assert!(known || !expectation.has_reader, "{}: the reader is forgotten", context());
    let mut reader = spool.reader("one").unwrap();
    let acknowledged = reader.acknowledged().map_or(0, Sequence::get);
    if known {
        let (least, greatest) = expectation.acknowledged;
        let allowed = least..=greatest;
        assert!(allowed.contains(&acknowledged), "{}: {acknowledged} not in {allowed:?}", context());
    }
    let found = drain(&mut reader);
    check_records(&found, acknowledged, history, expectation, context);
    let next = spool.append(b"new").unwrap().get();
    let last = found.last().map_or(0, |(sequence, _)| *sequence).max(acknowledged).max(expectation.returned);
    assert!(next > last, "{}: {next} was used before, the last was {last}", context());
    assert_eq!(drain(&mut reader), [(next, b"new".to_vec())], "{}", context());
    drop((spool, reader));
    let mut reader = open().unwrap().reader("one").unwrap();
    let again = drain(&mut reader);
    assert_eq!(again.len(), found.len() + 1, "{}: the second opening differs", context());
    assert_eq!(again[..found.len()], found, "{}", context());
}

fn check_records(
    found: &[(u64, Vec<u8>)],
    acknowledged: u64,
    history: &History,
    expectation: &Expectation,
    context: &dyn Fn() -> String,
) {
    let possible: BTreeMap<_, _> =
        history.records[..expectation.appended].iter().map(|(sequence, content)| (*sequence, content)).collect();
    let mut before = acknowledged;
    for (sequence, content) in found {
        assert!(*sequence > before, "{}: {sequence} behind {before}", context());
        assert_eq!(possible.get(sequence), Some(&content), "{}: {sequence} is invented", context());
        before = *sequence;
    }
    let there: HashSet<_> = found.iter().map(|(sequence, _)| *sequence).collect();
    for ((sequence, _), _) in history.records.iter().zip(&expectation.durable).filter(|(_, durable)| **durable) {
        let may_miss = *sequence <= acknowledged || *sequence < expectation.dropped_below;
        assert!(may_miss || there.contains(sequence), "{}: {sequence} is lost", context());
    }
}
