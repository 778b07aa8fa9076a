//! A random history of a spool on a simulated disk, with what must hold at each point.

use std::io;

use event_spool::{
    FullPolicy, Reader, Sequence, Spool, SpoolBuilder,
    simulated::{Operation, Repeats, SimulatedDirectory},
};

use crate::support::{Numbers, record, small};

/// What must hold if the machine fails in one phase of a history.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Records `0..appended` of the history may exist.
    pub appended: usize,
    /// Those that must exist.
    pub durable: Vec<bool>,
    /// Whether the reader must exist.
    pub has_reader: bool,
    /// The lowest and the highest acknowledgement that it may have.
    pub acknowledged: (u64, u64),
    /// Sequences below this may have been dropped.
    pub dropped_below: u64,
    /// All sequences up to this one were returned to a caller.
    pub returned: u64,
}

/// A completed history.
pub struct History {
    /// Sequence and content of each record.
    pub records: Vec<(u64, Vec<u8>)>,
    /// By phase.
    pub expectations: Vec<Expectation>,
    pub points: Vec<event_spool::simulated::CrashPoint>,
}

struct Run {
    disk: SimulatedDirectory,
    builder: SpoolBuilder,
    spool: Option<Spool>,
    reader: Option<Reader>,
    history: History,
    now: Expectation,
    read: u64,
    acknowledged: u64,
    drops: bool,
    /// Sequences that were reserved and never published.
    holes: usize,
    /// Records before this one may never reach the disk, unless they are there: a sync has failed.
    unsure_until: usize,
}

/// Runs a random history with this many steps, and records a crash point wherever something may be lost.
pub fn live(seed: u64, steps: usize) -> History {
    let mut random = Numbers(seed);
    let drops = random.below(3) == 0;
    let policy = if drops { FullPolicy::DropOldest } else { FullPolicy::Refuse };
    let builder = small().max_bytes(4 * 8192).when_full(policy);
    let disk = SimulatedDirectory::default();
    disk.record();
    let history = History { records: Vec::new(), expectations: Vec::new(), points: Vec::new() };
    let mut run = Run {
        disk,
        builder,
        spool: None,
        reader: None,
        history,
        now: Expectation::default(),
        read: 0,
        acknowledged: 0,
        drops,
        holes: 0,
        unsure_until: 0,
    };
    run.step(Run::open);
    for _ in 0..steps {
        match random.below(24) {
            0..=9 => run.step(|run| run.append(random.below(6) + 1)),
            10..=11 => run.step(Run::flush),
            12 => run.step(Run::append_durable),
            13..=15 => run.step(|run| run.read(random.below(30))),
            16..=17 => run.step(|run| run.acknowledge(random.below(10))),
            18..=20 => run.step(Run::maintain),
            21 if run.holes < 3 => run.step(Run::abandon),
            22 if random.below(3) == 0 => run.step(Run::fail_sync),
            23 if random.below(3) == 0 => run.step(Run::reopen),
            _ => {}
        }
    }
    run.history.points = run.disk.take_points();
    run.history
}

impl Run {
    /// One call, in two phases: while it runs, and when it has returned.
    fn step(&mut self, act: impl FnOnce(&mut Self)) {
        let during = self.begin_phase();
        act(self);
        // What the call made may be there already while it runs; what it took may be gone.
        let expectation = &mut self.history.expectations[during];
        expectation.appended = self.now.appended;
        expectation.acknowledged.1 = self.now.acknowledged.1;
        expectation.dropped_below = self.now.dropped_below;
        self.begin_phase();
        self.disk.mark();
    }

    fn begin_phase(&mut self) -> usize {
        self.history.expectations.push(self.now.clone());
        let phase = self.history.expectations.len() - 1;
        self.disk.set_phase(phase);
        phase
    }

    fn spool(&self) -> &Spool {
        self.spool.as_ref().expect("it is open")
    }

    fn open(&mut self) {
        let spool = self.builder.clone().open_simulated(&self.disk).expect("nothing is wrong");
        let reader = spool.reader("one").expect("the name is one");
        self.read = reader.acknowledged().map_or(0, Sequence::get);
        self.now.has_reader = true;
        self.spool = Some(spool);
        self.reader = Some(reader);
        self.note_dropped();
    }

    fn reopen(&mut self) {
        self.reader = None;
        self.spool = None;
        self.note_synced();
        self.open();
    }

    fn append(&mut self, count: u64) {
        for _ in 0..count {
            let content = record(self.history.records.len() as u64 + 1);
            if let Ok(sequence) = self.spool().append(&content) {
                self.note_appended(sequence, content);
                self.disk.mark();
            }
        }
        self.note_dropped();
    }

    fn append_durable(&mut self) {
        let content = record(self.history.records.len() as u64 + 1);
        match self.spool().append_durable(&content) {
            Ok(sequence) => {
                self.note_appended(sequence, content);
                self.note_synced();
            }
            Err(event_spool::AppendError::NotSynced { sequence, .. }) => {
                self.note_appended(sequence, content);
                self.note_unsynced();
            }
            Err(_) => {}
        }
        self.note_dropped();
    }

    fn abandon(&mut self) {
        if self.spool().abandon(&record(99)).is_ok() {
            self.holes += 1;
            self.note_dropped();
        }
    }

    fn flush(&mut self) {
        match self.spool().flush() {
            Ok(()) => self.note_synced(),
            Err(_) => self.note_unsynced(),
        }
    }

    fn fail_sync(&mut self) {
        self.disk.fail(Operation::SyncMapping, 0, Repeats::Once, io::ErrorKind::Other);
        self.flush();
        self.disk.heal();
    }

    fn read(&mut self, count: u64) {
        let reader = self.reader.as_mut().expect("it is open");
        for _ in 0..count {
            match reader.next().expect("nothing is damaged") {
                Some(record) => self.read = record.sequence.get(),
                None => break,
            }
        }
    }

    fn acknowledge(&mut self, behind: u64) {
        let up_to = self.read.saturating_sub(behind);
        if up_to > self.acknowledged {
            let reader = self.reader.as_mut().expect("it is open");
            reader.acknowledge(Sequence::new(up_to)).expect("it was read");
            self.acknowledged = up_to;
            self.now.acknowledged.1 = up_to;
        }
    }

    fn maintain(&mut self) {
        self.spool().maintain();
        self.note_dropped();
    }

    fn note_appended(&mut self, sequence: Sequence, content: Vec<u8>) {
        self.history.records.push((sequence.get(), content));
        self.now.appended = self.history.records.len();
        self.now.durable.push(false);
        self.now.returned = sequence.get();
    }

    /// Everything is on disk, but what an earlier failure has left.
    fn note_synced(&mut self) {
        self.now.acknowledged.0 = self.acknowledged;
        let first = self.unsure_until;
        self.now.durable[first..].fill(true);
    }

    /// What was not on disk before the failure may never be.
    fn note_unsynced(&mut self) {
        self.unsure_until = self.now.durable.len();
    }

    fn note_dropped(&mut self) {
        if self.drops {
            self.now.dropped_below = self.spool().stats().oldest_sequence.get();
        }
    }
}
