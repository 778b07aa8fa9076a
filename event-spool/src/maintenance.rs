//! Background work: ahead of the producers, preparing spare segments and pages for writing; behind them, syncing at an interval
//! and removing acknowledged segments.
//!
//! On two threads, because a sync waits for the disk, and producers would meanwhile reach pages that are not prepared.

use std::{
    io,
    sync::{Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{
    FlushPolicy, FullPolicy,
    catalogue::Catalogue,
    error::SystemError,
    format::FRAMES_OFFSET,
    log::Log,
    segment::Segment,
    sync::{Arc, lock},
};

/// Polling interval of the cursor while records come in: at three million records of 320 bytes a second, 1 MiB.
const BUSY: Duration = Duration::from_millis(1);
/// Longest polling interval: how long an acknowledgement may wait to free space.
const IDLE: Duration = Duration::from_millis(10);
/// Pages prepared ahead of the cursor while idle: enough for a burst until the next poll, and no more, because such pages occupy
/// memory and are written to disk once.
const AHEAD_IDLE: usize = 2 << 20;
/// Bytes of records since the last poll from which on the whole segment and the next one are prepared.
const BURST: u64 = 64 << 10;
/// Between two attempts to make a segment after one has failed.
const RETRY: Duration = Duration::from_millis(100);

impl Log {
    /// Whether a sealed segment waits to be synced.
    fn has_unsynced_seal(&self) -> bool {
        let catalogue = lock(&self.catalogue);
        catalogue.entries.iter().any(|entry| entry.last.is_some() && entry.live.is_some())
    }

    /// Whether anything waits to be synced.
    fn has_unsynced(&self) -> bool {
        let reader = lock(&self.readers).values().any(|reader| reader.synced() < reader.acknowledged());
        let catalogue = lock(&self.catalogue);
        reader
            || catalogue.entries.iter().any(|entry| entry.last.is_some() && entry.live.is_some())
            || catalogue.open_segment().is_some_and(|open| {
                let reserved = self.cursor.reserved().map_or(0, |seal| seal.end);
                open.segment.synced() < reserved
            })
    }

    /// Removes the segments that every reader has acknowledged, once the acknowledgements are on disk. Without readers there are
    /// none.
    pub fn reclaim(&self) {
        let Some((acknowledged, number)) = self.acknowledged_segments() else { return };
        let readers: Vec<_> = lock(&self.readers).values().cloned().collect();
        for reader in readers {
            if reader.synced() < acknowledged && reader.sync(&*self.disk).is_err() {
                self.counters.sync_failures.add(1);
                return;
            }
        }
        // The last record determines the next sequence, unless a later segment does so on disk.
        let next_says_so = {
            let catalogue = lock(&self.catalogue);
            let behind = catalogue.entries.iter().filter(|entry| entry.number > number);
            behind.filter_map(|entry| entry.live.as_ref()).all(|live| live.segment.synced() >= FRAMES_OFFSET)
        };
        if !next_says_so && self.sync().is_err() {
            return;
        }
        self.remove(&self.take_acknowledged());
    }

    /// The oldest segments that all readers have acknowledged: the last sequence of the last of them, and its number.
    fn acknowledged_segments(&self) -> Option<(u64, u64)> {
        let acknowledged = lock(&self.readers).values().map(|reader| reader.acknowledged()).min()?;
        let catalogue = lock(&self.catalogue);
        let done = catalogue.entries.iter().take_while(|entry| entry.last.is_some_and(|last| last <= acknowledged));
        done.last().map(|entry| (entry.last.unwrap_or(0), entry.number))
    }

    /// Removes them from the catalogue, as far as the acknowledgements are on disk now: a reader may have been added meanwhile.
    fn take_acknowledged(&self) -> Vec<crate::catalogue::SegmentEntry> {
        let readers = lock(&self.readers);
        let synced = readers.values().map(|reader| reader.synced()).min().unwrap_or(0);
        let mut catalogue = lock(&self.catalogue);
        let mut taken = Vec::new();
        while catalogue.entries.front().and_then(|entry| entry.last).is_some_and(|last| last <= synced) {
            let Some(entry) = catalogue.pop_oldest(&self.cursor) else { break };
            taken.push(entry);
        }
        taken
    }

    /// Creates a spare segment if there is none.
    pub fn prepare_spare(&self) -> Result<(), io::ErrorKind> {
        let number = {
            let mut catalogue = lock(&self.catalogue);
            if catalogue.spare.is_some() || catalogue.preparing || self.make_room(&mut catalogue).is_err() {
                return Ok(());
            }
            catalogue.preparing = true;
            catalogue.next_number += 1;
            catalogue.next_number - 1
        };
        let prepared = Segment::prepare(&*self.disk, number, self.options.segment_bytes);
        let mut catalogue = lock(&self.catalogue);
        catalogue.preparing = false;
        let outcome = self.take_spare(&mut catalogue, prepared);
        self.changed.notify_all();
        outcome
    }

    fn take_spare(&self, catalogue: &mut Catalogue, prepared: io::Result<Arc<Segment>>) -> Result<(), io::ErrorKind> {
        match prepared {
            Ok(spare) => {
                catalogue.spare = Some(spare);
                catalogue.no_segment = None;
                Ok(())
            }
            Err(error) => {
                self.counters.file_failures.add(1);
                // If space was freed, the next attempt may succeed; otherwise producers need not try.
                if self.options.when_full == FullPolicy::Refuse || !self.drop_for_space(catalogue, &error) {
                    catalogue.no_segment = Some(SystemError::from(&error));
                }
                Err(error.kind())
            }
        }
    }

    /// Prepares pages ahead of the cursor, and returns how far it has moved since it was at `before`.
    fn populate(&self, before: &mut (u64, usize)) -> u64 {
        let (open, spare) = {
            let catalogue = lock(&self.catalogue);
            (catalogue.open_segment().map(|open| Arc::clone(&open.segment)), catalogue.spare.clone())
        };
        let Some(open) = open else { return 0 };
        let length = open.mapping().length();
        let reserved = self.cursor.reserved().map_or(length, |seal| seal.end);
        let moved = if before.0 == open.number() { reserved.saturating_sub(before.1) } else { reserved } as u64;
        *before = (open.number(), reserved);
        let ahead = if moved >= BURST { length } else { AHEAD_IDLE };
        open.populate_up_to(reserved.saturating_add(ahead).min(length));
        if let Some(spare) = spare
            && reserved + ahead > length
        {
            spare.populate_up_to((reserved + ahead - length).min(length));
        }
        moved
    }

    fn compact_readers(&self) {
        let readers: Vec<_> = lock(&self.readers).values().cloned().collect();
        for reader in readers {
            if reader.compact(&*self.disk).is_err() {
                self.counters.file_failures.add(1);
            }
        }
    }

    /// Segments dropped and records found damaged.
    fn losses(&self) -> (u64, u64) {
        (self.counters.dropped_segments.get(), self.counters.damaged_records.get())
    }

    /// Calls the loss callback if anything was lost since the last call.
    fn report_losses(&self, reported: &mut (u64, u64)) {
        let losses = self.losses();
        if losses != std::mem::replace(reported, losses)
            && let Some(on_loss) = &self.options.on_loss
        {
            (on_loss.0)(&self.stats());
        }
    }

    /// One round of the work behind the producers, except for the interval syncs.
    pub fn clean_up(&self) {
        if self.has_unsynced_seal() {
            // A failure is counted, and its segment is not asked again.
            let _ = self.sync();
        }
        self.reclaim();
        self.compact_readers();
        self.save_gaps(usize::MAX);
    }
}

/// The background threads, which end when this is dropped.
#[derive(Debug)]
pub(crate) struct BackgroundThreads {
    shared: Arc<WakeSignal>,
    threads: Vec<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct WakeSignal {
    signal: Mutex<WakeState>,
    signalled: Condvar,
}

#[derive(Debug, Default)]
struct WakeState {
    stop: bool,
    /// A reader has acknowledged a segment.
    wake: bool,
}

impl BackgroundThreads {
    /// Starts the threads.
    pub fn start(log: &Arc<Log>) -> io::Result<Self> {
        let mut background = Self { shared: Arc::default(), threads: Vec::new() };
        background.spawn("spool-ahead", log, run_ahead)?;
        background.spawn("spool-behind", log, run_behind)?;
        Ok(background)
    }

    fn spawn(&mut self, name: &str, log: &Arc<Log>, run: fn(&Log, &WakeSignal)) -> io::Result<()> {
        let (log, shared) = (Arc::clone(log), Arc::clone(&self.shared));
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || run(&log, &shared))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Wakes the thread that removes acknowledged segments.
    pub fn wake(&self) {
        self.signal(|signal| signal.wake = true);
    }

    fn signal(&self, change: impl FnOnce(&mut WakeState)) {
        change(&mut self.shared.signal.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.signalled.notify_all();
    }
}

impl Drop for BackgroundThreads {
    fn drop(&mut self) {
        self.signal(|signal| signal.stop = true);
        for thread in self.threads.drain(..) {
            // A panic there has been printed already, and there is nobody to pass it on to.
            let _ = thread.join();
        }
    }
}

impl WakeSignal {
    /// Waits, and returns whether to continue.
    fn pause(&self, time: Duration, wakes: bool) -> bool {
        let mut signal = self.signal.lock().unwrap_or_else(PoisonError::into_inner);
        let called = wakes && signal.wake;
        if !signal.stop && !called {
            signal = self.signalled.wait_timeout(signal, time).unwrap_or_else(PoisonError::into_inner).0;
        }
        signal.wake &= !wakes;
        !signal.stop
    }
}

fn run_ahead(log: &Log, shared: &WakeSignal) {
    let mut pause = BUSY;
    let mut cursor = (0, 0);
    let mut retry_at = Instant::now();
    loop {
        let moved = log.populate(&mut cursor);
        pause = if moved > 0 { BUSY } else { (pause * 2).min(IDLE) };
        let now = Instant::now();
        if now >= retry_at && log.prepare_spare().is_err() {
            retry_at = now + RETRY;
        }
        if !shared.pause(pause, false) {
            return;
        }
    }
}

fn run_behind(log: &Log, shared: &WakeSignal) {
    let mut last_sync = Instant::now();
    // Counted from the opening, which is reported separately.
    let mut reported = (0, log.losses().1);
    loop {
        log.clean_up();
        log.report_losses(&mut reported);
        if let FlushPolicy::Interval(interval) = log.options.flush_policy
            && last_sync.elapsed() >= interval
        {
            last_sync = Instant::now();
            if log.has_unsynced() {
                // Counted.
                let _ = log.sync();
            }
        }
        if !shared.pause(IDLE, true) {
            log.report_losses(&mut reported);
            return;
        }
    }
}
