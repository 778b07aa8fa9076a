//! What is done ahead of the producers and behind the readers, on a background thread: spare segments, pages ready for
//! writing, syncs in an interval, the removal of what is acknowledged.

use std::{
    io,
    sync::{Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{
    FlushPolicy, FullPolicy,
    catalogue::Catalogue,
    format::FRAMES,
    log::Log,
    segment::Segment,
    sync::{Arc, lock},
};

/// Between two looks at the cursor while records come in: at three million records of 320 bytes a second, 1 MiB.
const BUSY: Duration = Duration::from_millis(1);
/// The longest time between two looks: how long an acknowledgement may wait to give space back.
const IDLE: Duration = Duration::from_millis(10);
/// Pages made ready ahead of the cursor when nothing happens: what a burst has until the first look, and no more, because
/// such pages are memory and are written to disk once.
const AHEAD_IDLE: usize = 2 << 20;
/// Records since the last look, in bytes, from which on the whole segment and the next are made ready.
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
                let reserved = self.handoff.reserved().map_or(0, |seal| seal.end);
                open.segment.synced() < reserved
            })
    }

    /// Removes the segments that every reader has acknowledged, when that is on disk. Without readers there are none.
    pub fn reclaim(&self) {
        let Some((acknowledged, number)) = self.acknowledged_segments() else { return };
        let readers: Vec<_> = lock(&self.readers).values().cloned().collect();
        for reader in readers {
            if reader.synced() < acknowledged && reader.sync(&*self.disk).is_err() {
                self.counters.sync_failures.add(1);
                return;
            }
        }
        // With its last record goes what tells the next sequence, unless a later segment says so on disk.
        let next_says_so = {
            let catalogue = lock(&self.catalogue);
            let behind = catalogue.entries.iter().filter(|entry| entry.number > number);
            behind.filter_map(|entry| entry.live.as_ref()).all(|live| live.segment.synced() >= FRAMES)
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

    /// Takes them out of the catalogue, as far as the acknowledgements are on disk now: a reader may have come meanwhile.
    fn take_acknowledged(&self) -> Vec<crate::catalogue::Entry> {
        let readers = lock(&self.readers);
        let synced = readers.values().map(|reader| reader.synced()).min().unwrap_or(0);
        let mut catalogue = lock(&self.catalogue);
        let mut taken = Vec::new();
        while catalogue.entries.front().and_then(|entry| entry.last).is_some_and(|last| last <= synced) {
            let Some(entry) = catalogue.pop_oldest(&self.handoff) else { break };
            taken.push(entry);
        }
        taken
    }

    /// Makes a spare segment if there is none, and says whether that failed.
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
                // With room made, the next attempt may succeed; without, producers need not try.
                if self.options.when_full == FullPolicy::Refuse || !self.gives_way(catalogue, &error) {
                    catalogue.no_segment = Some(error.kind());
                }
                Err(error.kind())
            }
        }
    }

    /// Makes pages ready ahead of the cursor, and says how far it has moved since it was at `before`.
    fn populate(&self, before: &mut (u64, usize)) -> u64 {
        let (open, spare) = {
            let catalogue = lock(&self.catalogue);
            (catalogue.open_segment().map(|open| Arc::clone(&open.segment)), catalogue.spare.clone())
        };
        let Some(open) = open else { return 0 };
        let length = open.mapping().length();
        let reserved = self.handoff.reserved().map_or(length, |seal| seal.end);
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

    /// One look at everything but the interval and the pages.
    pub fn maintain(&self) -> Result<(), io::ErrorKind> {
        if self.has_unsynced_seal() {
            // A failure is counted, and its segment is not asked again.
            let _ = self.sync();
        }
        self.reclaim();
        self.compact_readers();
        self.prepare_spare()
    }
}

/// The background thread, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Background {
    shared: Arc<Shared>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    signal: Mutex<Signal>,
    signalled: Condvar,
}

#[derive(Debug, Default)]
struct Signal {
    stop: bool,
    /// Somebody has acknowledged a segment.
    wake: bool,
}

impl Background {
    /// Starts the thread.
    pub fn start(log: Arc<Log>) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let its = Arc::clone(&shared);
        let thread = thread::Builder::new().name("event-spool".to_owned()).spawn(move || run(&log, &its))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Asks for a look at once.
    pub fn wake(&self) {
        self.signal(|signal| signal.wake = true);
    }

    fn signal(&self, change: impl FnOnce(&mut Signal)) {
        change(&mut self.shared.signal.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.signalled.notify_one();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.signal(|signal| signal.stop = true);
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already, and there is nobody to pass it on to.
            let _ = thread.join();
        }
    }
}

fn run(log: &Log, shared: &Shared) {
    let mut pause = BUSY;
    let mut cursor = (0, 0);
    let mut last_sync = Instant::now();
    let mut retry_at = last_sync;
    loop {
        let moved = log.populate(&mut cursor);
        pause = if moved > 0 { BUSY } else { (pause * 2).min(IDLE) };
        let now = Instant::now();
        if now >= retry_at && log.maintain().is_err() {
            retry_at = now + RETRY;
        }
        if let FlushPolicy::Interval(interval) = log.options.flush_policy
            && now.duration_since(last_sync) >= interval
        {
            last_sync = now;
            if log.has_unsynced() {
                // Counted.
                let _ = log.sync();
            }
        }
        let mut signal = shared.signal.lock().unwrap_or_else(PoisonError::into_inner);
        if !signal.stop && !signal.wake {
            signal = shared.signalled.wait_timeout(signal, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
        if signal.stop {
            return;
        }
        signal.wake = false;
    }
}
