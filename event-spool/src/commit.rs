//! Syncs everything to disk, once for all callers that ask at the same time (group commit).
//!
//! A caller is served by a round that begins after its call. A caller that finds no round running leads the next one; the others
//! wait for it.

use std::io;

use crate::{
    error::{FORKED, FlushError},
    log::Log,
    segment::{self, Segment},
    sync::{Arc, Condvar, Mutex, lock, wait},
};

#[derive(Debug, Default)]
pub(crate) struct GroupCommit {
    rounds: Mutex<SyncRounds>,
    finished: Condvar,
}

#[derive(Debug, Default)]
struct SyncRounds {
    started: u64,
    finished: u64,
    running: bool,
    /// The file of the last failure.
    failed: String,
}

impl Log {
    /// Syncs what was published and acknowledged before the call.
    pub fn sync(&self) -> Result<(), FlushError> {
        if self.is_forked() {
            return Err(FlushError {
                what: "the spool of the parent process".to_owned(),
                source: Some(io::Error::other(FORKED)),
            });
        }
        let failures = self.counters.sync_failures.get();
        let mut rounds = lock(&self.commit.rounds);
        let target = rounds.started + 1;
        while rounds.finished < target {
            if rounds.running {
                rounds = wait(&self.commit.finished, rounds);
                continue;
            }
            rounds.running = true;
            rounds.started += 1;
            let this = rounds.started;
            drop(rounds);
            let outcome = self.sync_round();
            rounds = lock(&self.commit.rounds);
            rounds.running = false;
            rounds.finished = this;
            self.commit.finished.notify_all();
            if let Err(error) = outcome {
                rounds.failed.clone_from(&error.what);
                return Err(error);
            }
        }
        // A failure in a round that another caller led. A failure of a later round is reported too: a false alarm does less
        // harm than the opposite.
        if self.counters.sync_failures.get() == failures {
            Ok(())
        } else {
            Err(FlushError { what: rounds.failed.clone(), source: None })
        }
    }

    fn sync_round(&self) -> Result<(), FlushError> {
        let mut outcome = Ok(());
        for (segment, reserved) in self.unsynced() {
            if let Err(error) = segment.sync_up_to(reserved) {
                self.seal_current(&segment);
                self.fail(&mut outcome, segment::name(segment.number()), error);
            }
        }
        let readers: Vec<_> = lock(&self.readers).values().cloned().collect();
        for reader in readers {
            if let Err(error) = reader.sync(&*self.disk) {
                self.fail(&mut outcome, crate::acks::file_name(reader.name()), error);
            }
        }
        self.counters.syncs.add(1);
        lock(&self.catalogue).release(&self.cursor);
        outcome
    }

    fn fail(&self, outcome: &mut Result<(), FlushError>, what: String, source: io::Error) {
        self.counters.sync_failures.add(1);
        *outcome = Err(FlushError { what, source: Some(source) });
    }

    /// The segments that may not be on disk in full, oldest first, each with how far it is reserved.
    fn unsynced(&self) -> Vec<(Arc<Segment>, usize)> {
        let catalogue = lock(&self.catalogue);
        let live = catalogue.entries.iter().filter_map(|entry| entry.live.as_ref());
        live.map(|live| {
            let segment = Arc::clone(&live.segment);
            let length = segment.mapping().length();
            let reserved = segment.end().or_else(|| self.cursor.reserved().map(|seal| seal.end)).unwrap_or(length);
            (segment, reserved)
        })
        .collect()
    }
}
