//! A file system that fails: full, broken, interrupted, with short writes.

use std::io;

use event_spool::{
    AppendError, FullPolicy, Sequence, Spool,
    simulated::{Image, Operation, Repeats, SimulatedDirectory},
};

use crate::support::{append, drain, expected, record, small};

const OPERATIONS: [Operation; 14] = [
    Operation::Lock,
    Operation::Names,
    Operation::Create,
    Operation::Open,
    Operation::Rename,
    Operation::Remove,
    Operation::SyncDirectory,
    Operation::Read,
    Operation::Write,
    Operation::Allocate,
    Operation::Truncate,
    Operation::SyncFile,
    Operation::Map,
    Operation::SyncMapping,
];

fn open(disk: &SimulatedDirectory) -> Spool {
    small().open_simulated(disk).unwrap()
}

fn read(image: &Image, boot: u128) -> Vec<(u64, Vec<u8>)> {
    let spool = open(&SimulatedDirectory::new(image).in_boot(boot));
    drain(&mut spool.reader("one").unwrap())
}

/// The result of a history under faults.
#[derive(Default)]
struct Outcome {
    appended: Vec<u64>,
    /// Those that a successful call has reported to be on disk.
    durable: Vec<u64>,
    acknowledged: u64,
}

/// Appends, rotates, reads, acknowledges, reopens; continues after every error.
fn live(disk: &SimulatedDirectory) -> Outcome {
    let mut outcome = Outcome::default();
    for _ in 0..3 {
        let Ok(spool) = small().open_simulated(disk) else { continue };
        let mut reader = spool.reader("one").ok();
        for _ in 0..6 {
            let first = outcome.appended.len();
            for _ in 0..6 {
                let content = record(outcome.appended.len() as u64 + 1);
                outcome.appended.extend(spool.append(&content).map(Sequence::get));
            }
            if spool.flush().is_ok() {
                outcome.durable.extend(&outcome.appended[first..]);
            }
            if let Some(reader) = &mut reader {
                while let Ok(Some(record)) = reader.next() {
                    let sequence = record.sequence;
                    if sequence.get() % 7 == 0 && reader.acknowledge(sequence).is_ok() {
                        outcome.acknowledged = sequence.get();
                    }
                }
            }
            spool.maintain();
        }
    }
    outcome
}

/// No guaranteed record is lost when the process is killed, or when the machine fails.
fn check(disk: &SimulatedDirectory, outcome: &Outcome, context: &str) {
    let after_kill: Vec<_> = read(&disk.image(), 1).iter().map(|(sequence, _)| *sequence).collect();
    let behind = outcome.appended.iter().filter(|sequence| **sequence > outcome.acknowledged);
    assert_eq!(after_kill, behind.copied().collect::<Vec<_>>(), "{context}");
    let after_failure: Vec<_> = read(&disk.durable_image(), 2).iter().map(|(sequence, _)| *sequence).collect();
    for sequence in outcome.durable.iter().filter(|sequence| **sequence > outcome.acknowledged) {
        assert!(after_failure.contains(sequence), "{context}: {sequence} was synced and is lost");
    }
}

#[test]
fn any_operation_may_fail_once_at_any_time() {
    let mut failures = 0;
    for operation in OPERATIONS {
        for after in 0..200 {
            let disk = SimulatedDirectory::default();
            disk.fail(operation, after, Repeats::Once, io::ErrorKind::Other);
            let outcome = live(&disk);
            if disk.calls(operation) <= after {
                break;
            }
            failures += 1;
            disk.heal();
            check(&disk, &outcome, &format!("{operation:?} failed after {after}"));
        }
    }
    println!("{failures} single failures");
    assert!(failures > 150);
}

#[test]
fn any_operation_may_fail_from_some_time_on() {
    for operation in OPERATIONS {
        for after in 0..30 {
            let disk = SimulatedDirectory::default();
            disk.fail(operation, after, Repeats::Always, io::ErrorKind::Other);
            let outcome = live(&disk);
            disk.heal();
            check(&disk, &outcome, &format!("{operation:?} failed each time after {after}"));
        }
    }
}

#[test]
fn interrupts_and_short_writes_lose_nothing() {
    let disk = SimulatedDirectory::default();
    disk.interrupt_calls();
    disk.shorten_writes();
    let outcome = live(&disk);
    assert_eq!((outcome.appended.len(), outcome.durable.len(), outcome.acknowledged), (108, 108, 105));
    check(&disk, &outcome, "interrupted");
}

#[test]
fn segment_with_a_failed_sync_gets_no_records() {
    let disk = SimulatedDirectory::default();
    let spool = open(&disk);
    append(&spool, 1..=3);
    let syncs = disk.calls(Operation::SyncMapping);
    disk.fail(Operation::SyncMapping, 0, Repeats::Once, io::ErrorKind::Other);
    let error = spool.flush().unwrap_err();
    assert!(error.to_string().contains("segment-00000000000000000001"), "{error}");
    assert_eq!((spool.stats().sync_failures, disk.calls(Operation::SyncMapping) - syncs), (1, 1));
    spool.flush().unwrap();
    spool.maintain();
    assert_eq!(disk.calls(Operation::SyncMapping) - syncs, 1);
    append(&spool, 4..=5);
    assert_eq!(spool.stats().segments, 2);
    spool.flush().unwrap();
    assert_eq!(read(&disk.durable_image(), 2), expected(4..=5));
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=5));
}

#[test]
fn flush_reaches_past_an_unpublished_record() {
    let disk = SimulatedDirectory::default();
    let spool = small().segment_bytes(32_768).open_simulated(&disk).unwrap();
    append(&spool, 1..=1);
    spool.abandon(b"in progress").unwrap();
    // Pages behind that of the hole.
    for number in 3..=60 {
        assert_eq!(spool.append(&record(number)).unwrap(), Sequence::new(number));
    }
    spool.flush().unwrap();
    assert_eq!(read(&disk.durable_image(), 2), [expected(1..=1), expected(3..=60)].concat());
}

#[test]
fn durable_append_reports_an_unsynced_record() {
    let disk = SimulatedDirectory::default();
    let spool = open(&disk);
    disk.fail(Operation::SyncMapping, 0, Repeats::Once, io::ErrorKind::Other);
    let error = spool.append_durable(&record(1)).unwrap_err();
    assert!(matches!(error, AppendError::NotSynced { sequence: Sequence::FIRST, .. }), "{error:?}");
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=1));
}

#[test]
fn failed_acknowledgement_sync_replaces_the_file() {
    let disk = SimulatedDirectory::default();
    let spool = open(&disk);
    append(&spool, 1..=3);
    let mut reader = spool.reader("one").unwrap();
    drain(&mut reader);
    reader.acknowledge(Sequence::new(2)).unwrap();
    disk.fail(Operation::SyncFile, 0, Repeats::Once, io::ErrorKind::Other);
    spool.flush().unwrap();
    assert_eq!(read(&disk.durable_image(), 2), expected(3..=3));
}

#[test]
fn segment_stays_until_acknowledgement_is_synced() {
    let disk = SimulatedDirectory::default();
    let spool = open(&disk);
    append(&spool, 1..=60);
    spool.flush().unwrap();
    let mut reader = spool.reader("one").unwrap();
    drain(&mut reader);
    reader.acknowledge(Sequence::new(60)).unwrap();
    disk.fail(Operation::SyncFile, 0, Repeats::Always, io::ErrorKind::Other);
    spool.maintain();
    assert_eq!(read(&disk.durable_image(), 2), expected(1..=60));
    disk.heal();
    spool.maintain();
    assert!(spool.stats().oldest_sequence.get() > 40);
    let files = disk.durable_image().files;
    assert!(files.keys().filter(|name| name.starts_with("segment-")).count() <= 2, "{:?}", files.keys());
}

#[test]
fn full_disk_refuses_until_there_is_space() {
    let disk = SimulatedDirectory::default();
    let spool = open(&disk);
    disk.set_capacity(2 * 8192 + 100);
    let mut appended = 0;
    while let Ok(sequence) = spool.append(&record(appended + 1)) {
        appended = sequence.get();
    }
    let error = spool.append(b"more").unwrap_err();
    assert!(matches!(&error, AppendError::NoSegment { source } if source.kind() == io::ErrorKind::StorageFull));
    let allocations = disk.calls(Operation::Allocate);
    assert!(spool.append(b"more").is_err());
    assert_eq!(disk.calls(Operation::Allocate), allocations, "a producer does not try again and again");
    assert!(spool.stats().cannot_grow.is_some());
    spool.flush().unwrap();
    disk.set_capacity(u64::MAX);
    spool.maintain();
    assert!(spool.stats().cannot_grow.is_none());
    append(&spool, appended + 1..=appended + 1);
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=appended + 1));
}

#[test]
fn full_disk_drops_the_oldest_by_policy() {
    let disk = SimulatedDirectory::default();
    let spool = small().when_full(FullPolicy::DropOldest).open_simulated(&disk).unwrap();
    disk.set_capacity(3 * 8192 + 100);
    append(&spool, 1..=200);
    let oldest = spool.stats().oldest_sequence.get();
    assert!(oldest > 1 && spool.stats().refused == 0);
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(oldest..=200));
}

#[test]
fn spool_on_a_full_disk_opens_and_can_be_read() {
    let disk = SimulatedDirectory::default();
    let spool = open(&disk);
    append(&spool, 1..=40);
    spool.maintain();
    let image = disk.image();
    // As after a failure of the machine, when nothing may be cut before the next segment exists.
    for boot in [1, 2] {
        let disk = SimulatedDirectory::new(&image).in_boot(boot);
        disk.set_capacity(1);
        let spool = open(&disk);
        let mut reader = spool.reader("one");
        assert!(reader.is_err(), "there is no space for a position");
        assert!(matches!(spool.append(b"no"), Err(AppendError::NoSegment { .. })));
        disk.set_capacity(u64::MAX);
        reader = spool.reader("one");
        assert_eq!(drain(&mut reader.unwrap()), expected(1..=40));
        spool.maintain();
        assert!(spool.append(b"yes").unwrap().get() > 40);
    }
}

#[test]
fn wholly_filled_disk_is_freed_by_opening_again() {
    for boot in [1, 2] {
        let disk = SimulatedDirectory::default();
        let spool = open(&disk);
        append(&spool, 1..=3);
        spool.maintain();
        // A segment with three records and a spare: all that the disk has.
        let disk = SimulatedDirectory::new(&disk.image()).in_boot(boot);
        disk.set_capacity(2 * 8192 + 64);
        let spool = open(&disk);
        assert!(spool.append(b"fits").unwrap().get() > 3);
    }
}
