//! The effects of settings: full spools, flush policies, limits, several readers.

use std::num::NonZeroU32;

use event_spool::{
    AcknowledgeError, AppendError, FlushPolicy, FullPolicy, OpenError, Sequence, Spool,
    simulated::{Operation, SimulatedDirectory},
};

use crate::support::{append, drain, expected, record, small};

fn open(builder: event_spool::SpoolBuilder) -> (SimulatedDirectory, Spool) {
    let disk = SimulatedDirectory::default();
    let spool = builder.open_simulated(&disk).unwrap();
    (disk, spool)
}

/// Appends until an append is refused, and returns the number of records.
fn fill(spool: &Spool) -> u64 {
    let mut appended = spool.stats().next_sequence.get() - 1;
    while let Ok(sequence) = spool.append(&record(appended + 1)) {
        appended = sequence.get();
    }
    appended
}

#[test]
fn full_spool_refuses_until_acknowledged() {
    let (_disk, spool) = open(small().max_bytes(3 * 8192));
    let mut reader = spool.reader("one").unwrap();
    let appended = fill(&spool);
    assert!(matches!(spool.append(b"more"), Err(AppendError::Full { max_bytes: 24576 })));
    assert_eq!(spool.stats().refused, 2);
    assert!(spool.stats().bytes <= 3 * 8192);
    assert_eq!(drain(&mut reader), expected(1..=appended));
    reader.acknowledge(Sequence::new(appended)).unwrap();
    spool.maintain();
    append(&spool, appended + 1..=appended + 5);
    assert_eq!(drain(&mut reader), expected(appended + 1..=appended + 5));
    assert_eq!(spool.stats().dropped_records, 0);
}

#[test]
fn full_spool_drops_oldest_and_advances_readers() {
    let (_disk, spool) = open(small().max_bytes(3 * 8192).when_full(FullPolicy::DropOldest));
    let mut reader = spool.reader("one").unwrap();
    append(&spool, 1..=5);
    assert_eq!(reader.next().unwrap().unwrap().sequence, Sequence::FIRST);
    append(&spool, 6..=200);
    let stats = spool.stats();
    assert!(stats.bytes <= 3 * 8192 && stats.dropped_segments > 3 && stats.refused == 0);
    let oldest = stats.oldest_sequence.get();
    assert_eq!(stats.dropped_records, oldest - 2, "the first was read, and may yet be acknowledged");
    assert_eq!(drain(&mut reader), expected(oldest..=200));
    assert_eq!((spool.stats().dropped_records, spool.stats().records), (oldest - 2, 201 - oldest));
    drop(reader);
    assert_eq!(spool.stats().dropped_records, oldest - 1, "it was not");
}

#[test]
fn dropped_record_acknowledged_later_is_not_lost() {
    let (_disk, spool) = open(small().max_bytes(3 * 8192).when_full(FullPolicy::DropOldest));
    let mut reader = spool.reader("one").unwrap();
    append(&spool, 1..=5);
    for _ in 0..4 {
        reader.next().unwrap().unwrap();
    }
    append(&spool, 6..=200);
    let oldest = spool.stats().oldest_sequence.get();
    reader.acknowledge(Sequence::new(3)).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().sequence, Sequence::new(oldest));
    drop(reader);
    assert_eq!(spool.stats().dropped_records, oldest - 1 - 3);
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(oldest..=200));
    assert_eq!(spool.stats().dropped_records, oldest - 1 - 3, "none is counted twice");
}

#[test]
fn acknowledged_records_never_count_as_dropped() {
    let (_disk, spool) = open(small().max_bytes(3 * 8192).when_full(FullPolicy::DropOldest));
    let mut reader = spool.reader("one").unwrap();
    append(&spool, 1..=3);
    drain(&mut reader);
    reader.acknowledge(Sequence::new(3)).unwrap();
    append(&spool, 4..=200);
    assert_eq!(spool.stats().dropped_records, spool.stats().oldest_sequence.get() - 1 - 3);
}

#[test]
fn spare_segment_saves_producers_the_work() {
    let (disk, spool) = open(small());
    spool.maintain();
    let late = spool.stats().late_segments;
    let calls = || disk.calls(Operation::Create) + disk.calls(Operation::Allocate) + disk.calls(Operation::SyncFile);
    let before = calls();
    while spool.stats().segments < 2 {
        spool.append(b"some bytes").unwrap();
    }
    assert_eq!((spool.stats().late_segments, calls()), (late, before));
    while spool.stats().segments < 3 {
        spool.append(b"some bytes").unwrap();
    }
    assert_eq!(spool.stats().late_segments, late + 1);
}

#[test]
fn slowest_reader_decides_when_a_segment_goes() {
    let (_disk, spool) = open(small());
    let (mut fast, mut slow) = (spool.reader("fast").unwrap(), spool.reader("slow").unwrap());
    append(&spool, 1..=100);
    drain(&mut fast);
    fast.acknowledge(Sequence::new(100)).unwrap();
    spool.maintain();
    assert_eq!(spool.stats().oldest_sequence, Sequence::FIRST);
    assert_eq!(drain(&mut slow), expected(1..=100));
    slow.acknowledge(Sequence::new(99)).unwrap();
    spool.maintain();
    assert!(spool.stats().oldest_sequence > Sequence::FIRST);
    assert_eq!((slow.acknowledged(), slow.backlog().records), (Some(Sequence::new(99)), 1));
    drop(slow);
    assert!(spool.forget_reader("slow").unwrap());
    assert!(!spool.forget_reader("slow").unwrap());
    assert_eq!(spool.readers(), ["fast"]);
}

#[test]
fn new_reader_begins_at_and_keeps_the_oldest() {
    let (_disk, spool) = open(small());
    append(&spool, 1..=100);
    let mut first = spool.reader("first").unwrap();
    drain(&mut first);
    first.acknowledge(Sequence::new(100)).unwrap();
    spool.maintain();
    let oldest = spool.stats().oldest_sequence.get();
    let mut second = spool.reader("second").unwrap();
    append(&spool, 101..=150);
    drain(&mut first);
    first.acknowledge(Sequence::new(150)).unwrap();
    spool.maintain();
    assert_eq!(drain(&mut second), expected(oldest..=150));
}

#[test]
fn backlog_counts_what_is_not_acknowledged() {
    let (_disk, spool) = open(small());
    let mut reader = spool.reader("one").unwrap();
    assert_eq!((reader.backlog().records, reader.backlog().bytes, reader.backlog().oldest_age), (0, 0, None));
    for _ in 0..300 {
        spool.append(&[0; 32]).unwrap();
    }
    assert_eq!((reader.backlog().records, reader.backlog().bytes), (300, 300 * 48));
    assert!(reader.backlog().oldest_age.is_some());
    for _ in 0..250 {
        reader.next().unwrap().unwrap();
    }
    reader.acknowledge(Sequence::new(250)).unwrap();
    assert_eq!((reader.backlog().records, reader.backlog().bytes), (50, 50 * 48));
}

#[test]
fn acknowledging_unread_records_is_refused() {
    let (_disk, spool) = open(small());
    append(&spool, 1..=3);
    let mut reader = spool.reader("one").unwrap();
    assert!(matches!(reader.acknowledge(Sequence::new(1)), Err(AcknowledgeError::NotRead { .. })));
    drain(&mut reader);
    reader.acknowledge(Sequence::new(3)).unwrap();
    reader.acknowledge(Sequence::new(1)).unwrap();
    assert_eq!(reader.acknowledged(), Some(Sequence::new(3)));
    assert!(matches!(reader.acknowledge(Sequence::new(4)), Err(AcknowledgeError::NotRead { .. })));
}

#[test]
fn acknowledgement_file_stays_small() {
    let (disk, spool) = open(small().segment_bytes(1 << 20).max_bytes(8 << 20));
    let mut reader = spool.reader("one").unwrap();
    for number in 1..=10_000 {
        spool.append(b"x").unwrap();
        reader.next().unwrap().unwrap();
        reader.acknowledge(Sequence::new(number)).unwrap();
        if number % 1_000 == 0 {
            spool.maintain();
        }
    }
    assert!(disk.image().files["reader-one"].len() < 96 << 10);
    drop((reader, spool));
    let spool = small().open_simulated(&disk).unwrap();
    assert_eq!(spool.reader("one").unwrap().acknowledged(), Some(Sequence::new(10_000)));
}

#[test]
fn append_syncs_every_n_records() {
    let policy = FlushPolicy::EveryRecords(NonZeroU32::new(10).unwrap());
    let (disk, spool) = open(small().flush_policy(policy));
    append(&spool, 1..=25);
    let spool = small().open_simulated(&SimulatedDirectory::new(&disk.durable_image())).unwrap();
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=20));
}

#[test]
fn durable_append_survives_a_power_failure() {
    let (disk, spool) = open(small());
    append(&spool, 1..=2);
    assert_eq!(spool.append_durable(&record(3)).unwrap(), Sequence::new(3));
    append(&spool, 4..=5);
    let spool = small().open_simulated(&SimulatedDirectory::new(&disk.durable_image())).unwrap();
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=3));
}

#[test]
fn records_of_every_size_up_to_the_limit() {
    let (_disk, spool) = open(small());
    let limit = (8192 - 4096) / 2 - 16;
    assert_eq!(spool.append(&[]).unwrap(), Sequence::FIRST);
    for _ in 0..3 {
        spool.append(&vec![1; limit]).unwrap();
    }
    let error = spool.append(&vec![1; limit + 1]).unwrap_err();
    assert!(matches!(error, AppendError::TooLarge { bytes, limit: said } if bytes == limit + 1 && said == limit));
    assert!(!error.is_temporary());
    let lengths: Vec<_> = drain(&mut spool.reader("one").unwrap()).iter().map(|(_, bytes)| bytes.len()).collect();
    assert_eq!(lengths, [0, limit, limit, limit]);
}

#[test]
fn settings_out_of_bounds_are_named() {
    #[track_caller]
    fn check(builder: event_spool::SpoolBuilder, name: &str) {
        let error = builder.open_simulated(&SimulatedDirectory::default()).unwrap_err();
        assert!(matches!(error, OpenError::Setting { setting, .. } if setting == name), "{error:?}");
    }
    check(small().segment_bytes(0), "segment_bytes");
    check(small().segment_bytes(4096), "segment_bytes");
    check(small().segment_bytes(8193), "segment_bytes");
    check(small().segment_bytes(u64::MAX), "segment_bytes");
    check(small().segment_bytes((128 << 20) + 4096), "segment_bytes");
    check(small().max_bytes(3 * 8192 - 1), "max_bytes");
}

#[test]
fn reader_names_are_valid_and_readers_open_once() {
    let (_disk, spool) = open(small());
    for name in ["", "a/b", "..", "a.new", "ä", &"x".repeat(65)] {
        assert!(matches!(spool.reader(name), Err(OpenError::ReaderName { .. })), "{name}");
    }
    let reader = spool.reader("one").unwrap();
    assert!(matches!(spool.reader("one"), Err(OpenError::ReaderOpen { .. })));
    assert!(matches!(spool.forget_reader("one"), Err(OpenError::ReaderOpen { .. })));
    drop(reader);
    spool.reader("one").unwrap();
}

#[test]
fn reader_waits_for_an_unpublished_record() {
    let (disk, spool) = open(small());
    append(&spool, 1..=2);
    spool.abandon(b"in progress").unwrap();
    spool.append(&record(4)).unwrap();
    let mut reader = spool.reader("one").unwrap();
    assert_eq!(drain(&mut reader), expected(1..=2));
    // The process is killed; the record behind the hole was appended, and is there.
    let spool = small().open_simulated(&SimulatedDirectory::new(&disk.image())).unwrap();
    let mut reader = spool.reader("one").unwrap();
    assert_eq!(drain(&mut reader), [expected(1..=2), expected(4..=4)].concat());
    assert_eq!((spool.recovery().holes, spool.recovery().missing_records, spool.recovery().records), (1, 1, 3));
}

#[test]
fn records_may_be_as_large_as_half_a_segment() {
    let segment = Spool::builder().fit_records(10_000);
    assert!(segment.largest_record_bytes() >= 10_000);
    let bytes = event_spool::SpoolBuilder::segment_bytes_for(10_000);
    let builder = || small().segment_bytes(bytes).max_record_bytes(10_000);
    let (_disk, spool) = open(builder());
    spool.append(&vec![7; 10_000]).unwrap();
    assert!(matches!(spool.append(&vec![7; 10_001]), Err(AppendError::TooLarge { bytes: 10_001, limit: 10_000 })));
    assert_eq!(drain(&mut spool.reader("one").unwrap()), [(1, vec![7; 10_000])]);
    let error = builder().segment_bytes(bytes - 4096).open_simulated(&SimulatedDirectory::default()).unwrap_err();
    assert!(matches!(error, OpenError::Setting { setting: "max_record_bytes", value: 10_000, .. }), "{error}");
}

#[test]
fn scan_reads_without_a_position() {
    let (_disk, spool) = open(small());
    append(&spool, 1..=30);
    let mut reader = spool.reader("one").unwrap();
    reader.next().unwrap().unwrap();
    reader.acknowledge(Sequence::FIRST).unwrap();
    let scan = |after| {
        let (mut scan, mut numbers) = (spool.scan(after).unwrap(), Vec::new());
        while let Some(record) = scan.next().unwrap() {
            numbers.push(record.sequence.get());
        }
        numbers
    };
    assert_eq!(scan(None), (1..=30).collect::<Vec<_>>());
    assert_eq!(scan(spool.acknowledged("one")), (2..=30).collect::<Vec<_>>());
    assert_eq!((spool.readers(), spool.acknowledged("two")), (vec!["one".to_owned()], None));
    assert_eq!(drain(&mut reader), expected(2..=30));
}
