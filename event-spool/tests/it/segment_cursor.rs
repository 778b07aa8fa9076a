//! Producers, reader and sync in every order that the memory model permits, by loom.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p event-spool --target-dir target/loom --test it`

use event_spool::{
    FlushPolicy, Reader, Spool,
    simulated::{Durability, SimulatedDirectory},
};
use loom::thread;

/// A segment has room for two of these.
const RECORD: [u8; 1800] = [7; 1800];

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_branches = 100_000;
    builder.check(model);
}

fn open() -> Spool {
    let disk = SimulatedDirectory::default().durability(Durability::Ignored);
    Spool::builder()
        .segment_bytes(8192)
        .max_bytes(16 * 8192)
        .flush_policy(FlushPolicy::Explicit)
        .open_simulated(&disk)
        .expect("nothing fails here")
}

fn read_one(reader: &mut Reader) -> (u64, u8) {
    loop {
        if let Some(record) = reader.next().expect("nothing is damaged") {
            assert!(record.bytes.iter().all(|byte| *byte == record.bytes[0]), "the record is whole");
            return (record.sequence.get(), record.bytes[0]);
        }
        thread::yield_now();
    }
}

#[test]
fn reader_sees_whole_records_in_order() {
    check(|| {
        let spool = open();
        let mut reader = spool.reader("one").expect("the name is one");
        let producers: Vec<_> = [1_u8, 2]
            .into_iter()
            .map(|value| {
                let spool = spool.clone();
                thread::spawn(move || spool.append(&[value; 24]).expect("there is room").get())
            })
            .collect();
        let first = read_one(&mut reader);
        let second = read_one(&mut reader);
        assert_eq!((first.0, second.0, first.1 + second.1), (1, 2, 3));
        let mut sequences: Vec<_> = producers.into_iter().map(|it| it.join().expect("no panic")).collect();
        sequences.sort_unstable();
        assert_eq!(sequences, [1, 2]);
    });
}

#[test]
fn producers_agree_on_the_next_segment() {
    check(|| {
        let spool = open();
        spool.append(&RECORD).expect("there is room");
        let producers: Vec<_> = (0..2)
            .map(|_| {
                let spool = spool.clone();
                thread::spawn(move || spool.append(&RECORD).expect("there is room").get())
            })
            .collect();
        let mut sequences: Vec<_> = producers.into_iter().map(|it| it.join().expect("no panic")).collect();
        sequences.sort_unstable();
        assert_eq!(sequences, [2, 3]);
        assert_eq!(spool.stats().segments, 2);
        let mut reader = spool.reader("one").expect("the name is one");
        for sequence in 1..=3 {
            assert_eq!(read_one(&mut reader), (sequence, 7));
        }
    });
}

#[test]
fn sync_releases_no_segment_that_has_a_producer() {
    check(|| {
        let spool = open();
        spool.append(&RECORD).expect("there is room");
        let producer = {
            let spool = spool.clone();
            thread::spawn(move || {
                spool.append(&RECORD).expect("there is room");
                spool.append(&RECORD).expect("there is room");
            })
        };
        spool.flush().expect("nothing fails here");
        producer.join().expect("no panic");
        spool.flush().expect("nothing fails here");
        let mut reader = spool.reader("one").expect("the name is one");
        for sequence in 1..=3 {
            assert_eq!(read_one(&mut reader), (sequence, 7));
        }
    });
}

#[test]
fn waiting_syncs_share_a_round() {
    check(|| {
        let spool = open();
        let other = {
            let spool = spool.clone();
            thread::spawn(move || spool.append_durable(&[1; 24]).expect("nothing fails here").get())
        };
        let mine = spool.append_durable(&[2; 24]).expect("nothing fails here").get();
        assert_eq!(mine + other.join().expect("no panic"), 3);
        assert!((1..=4).contains(&spool.stats().syncs));
    });
}
