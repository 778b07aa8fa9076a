//! The spool against a vector as its model: random calls, reopening and crashes, with a comparison after each.
//!
//! `PROPTEST_CASES` sets the number of cases.

use event_spool::{Reader, Sequence, Spool, simulated::SimulatedDirectory};
use proptest::prelude::*;

use crate::support::{record, small};

#[derive(Clone, Debug)]
enum Operation {
    Append(u8),
    Durable,
    Flush,
    Read(u8),
    Acknowledge(u8),
    Maintain,
    Reopen,
    Kill,
    PowerFailure,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        5 => (1_u8..12).prop_map(Operation::Append),
        1 => Just(Operation::Durable),
        2 => Just(Operation::Flush),
        4 => (1_u8..30).prop_map(Operation::Read),
        3 => (0_u8..10).prop_map(Operation::Acknowledge),
        3 => Just(Operation::Maintain),
        1 => Just(Operation::Reopen),
        1 => Just(Operation::Kill),
        1 => Just(Operation::PowerFailure),
    ];
    proptest::collection::vec(operation, 1..60)
}

/// The vector, and which records of it are durable.
#[derive(Default)]
struct Model {
    /// Sequence and number of the content.
    records: Vec<(u64, u64)>,
    durable: usize,
    read: u64,
    acknowledged: u64,
    acknowledged_durably: u64,
    appended: u64,
}

struct Run {
    disk: SimulatedDirectory,
    boot: u128,
    open: Option<(Spool, Reader)>,
    model: Model,
}

impl Run {
    fn new() -> Self {
        let mut run = Self { disk: SimulatedDirectory::default(), boot: 1, open: None, model: Model::default() };
        run.open();
        run
    }

    fn open(&mut self) {
        let spool = small().open_simulated(&self.disk).unwrap();
        let reader = spool.reader("one").unwrap();
        self.open = Some((spool, reader));
    }

    fn crash(&mut self, image: &event_spool::simulated::Image) {
        self.open = None;
        self.disk = SimulatedDirectory::new(image).in_boot(self.boot);
        self.open();
    }

    fn spool(&self) -> &Spool {
        &self.open.as_ref().unwrap().0
    }

    fn reader(&mut self) -> &mut Reader {
        &mut self.open.as_mut().unwrap().1
    }

    fn append(&mut self, durably: bool) {
        self.model.appended += 1;
        let content = record(self.model.appended);
        let sequence =
            if durably { self.spool().append_durable(&content) } else { self.spool().append(&content) }.unwrap().get();
        assert!(self.model.records.last().is_none_or(|(last, _)| sequence > *last), "numbers rise");
        self.model.records.push((sequence, self.model.appended));
        if durably {
            self.note_flushed();
        }
    }

    fn note_flushed(&mut self) {
        self.model.durable = self.model.records.len();
        self.model.acknowledged_durably = self.model.acknowledged;
    }

    fn apply(&mut self, operation: &Operation) {
        match *operation {
            Operation::Append(count) => (0..count).for_each(|_| self.append(false)),
            Operation::Durable => self.append(true),
            Operation::Flush => {
                self.spool().flush().unwrap();
                self.note_flushed();
            }
            Operation::Read(count) => (0..count).for_each(|_| self.read()),
            Operation::Acknowledge(behind) => {
                let up_to = self.model.read.saturating_sub(u64::from(behind));
                if up_to > 0 {
                    self.reader().acknowledge(Sequence::new(up_to)).unwrap();
                    self.model.acknowledged = self.model.acknowledged.max(up_to);
                }
            }
            Operation::Maintain => self.spool().maintain(),
            Operation::Reopen => {
                self.open = None;
                self.note_flushed();
                self.open();
                self.check_position();
            }
            Operation::Kill => {
                let image = self.disk.image();
                self.crash(&image);
                self.check_position();
            }
            Operation::PowerFailure => self.fail_power(),
        }
    }

    fn read(&mut self) {
        let next = self.model.records.iter().find(|(sequence, _)| *sequence > self.model.read).copied();
        let found = self.reader().next().unwrap().map(|record| (record.sequence.get(), record.bytes.to_vec()));
        assert_eq!(found, next.map(|(sequence, number)| (sequence, record(number))));
        if let Some((sequence, _)) = next {
            self.model.read = sequence;
        }
    }

    /// After a restart without a failure of the machine, reading resumes after the acknowledgement.
    fn check_position(&mut self) {
        let acknowledged = self.model.acknowledged;
        assert_eq!(self.reader().acknowledged().map_or(0, Sequence::get), acknowledged);
        self.model.read = acknowledged;
    }

    /// Only synced records are certain to survive; others may, because sealed segments are synced automatically.
    fn fail_power(&mut self) {
        self.boot += 1;
        let image = self.disk.durable_image();
        self.crash(&image);
        let acknowledged = self.reader().acknowledged().map_or(0, Sequence::get);
        let allowed = self.model.acknowledged_durably..=self.model.acknowledged;
        assert!(allowed.contains(&acknowledged), "{acknowledged} not in {allowed:?}");
        let (mut at, mut survivors) = (0, Vec::new());
        while let Some(found) = self.reader().next().unwrap() {
            let (sequence, content) = (found.sequence.get(), found.bytes.to_vec());
            at += self.model.records[at..].iter().position(|(known, _)| *known == sequence).expect("it was appended");
            assert_eq!(content, record(self.model.records[at].1));
            survivors.push(self.model.records[at]);
        }
        for durable in &self.model.records[..self.model.durable] {
            assert!(durable.0 <= acknowledged || survivors.contains(durable), "{durable:?} was synced and is lost");
        }
        let last = self.model.records.last().copied();
        self.model.records.retain(|entry| survivors.contains(entry) || entry.0 <= acknowledged);
        self.model.read = survivors.last().map_or(acknowledged, |(sequence, _)| *sequence);
        self.model.acknowledged = acknowledged;
        self.append(true);
        assert!(self.model.records.last().map(|(sequence, _)| *sequence) > last.map(|(sequence, _)| sequence));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spool_behaves_like_a_vector(operations in operations()) {
        let mut run = Run::new();
        for operation in &operations {
            run.apply(operation);
        }
        while run.model.records.iter().any(|(sequence, _)| *sequence > run.model.read) {
            run.read();
        }
        run.read();
    }
}
