//! The state machine: what to send, and when. Reading is in `intake`, handling of replies in `complete`.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use event_store::{Backoff, TargetKind, bulk_path_to_index};

use super::batch::{AttemptState, Batch, Item};
use super::existence_check;
use super::finished_records::FinishedRecords;
use super::intake::{SHORTEST_IDLE, UnplacedRecord};
use super::journal::Journal;
use super::pending_request::{PendingRequest, RequestKind};
use super::probe::Probes;
use super::problems::{Activity, ProblemLog};
use super::random::Random;
use super::settings::Settings;
use super::stats::{Condition, Stats};
use super::storage::{EntryKey, QuarantineSink, RecordSource, ShipperStorage, StorageError};
use super::target::Target;
use super::window::InFlightWindow;
use crate::id::EventId;

/// Pause after a failure of spool, quarantine or journal.
pub(super) const LOCAL_PAUSE: Duration = Duration::from_secs(1);
/// How long a request may be without a reply before that is recorded as a problem.
const LONG_SILENCE: Duration = Duration::from_secs(30);
/// How long it waits for replies when there is nothing else to wait for.
const LONG: Duration = Duration::from_mins(1);
/// How often rejections are logged.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// A batch in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct InFlightBatch {
    /// Its first document.
    id: EventId,
    is_stalled: bool,
    /// Whether an earlier attempt failed, or this one has had no reply for long.
    has_failed: bool,
    sent: Duration,
}

/// What a shipper asks its driver to do.
#[derive(Debug)]
pub enum ShipperAction {
    /// Send this request, and pass it to [`Shipper::complete`] with the outcome. Poll again at once.
    Send(Box<PendingRequest>),
    /// Poll again at this time, or when a request completes before.
    Wait {
        /// On the clock that is passed to [`Shipper::poll`].
        until: Duration,
    },
}

/// Ships records. See the [module](super) for what it promises.
///
/// Time is a duration since any fixed moment, on a monotonic clock; if the clock goes backwards, time does not advance here.
pub struct Shipper {
    pub(super) settings: Settings,
    pub(super) source: Box<dyn RecordSource>,
    pub(super) quarantine: Box<dyn QuarantineSink>,
    pub(super) journal: Journal,
    pub(super) now: Duration,
    random: Random,
    backoff: Backoff,
    pub(super) target: Target,
    pub(super) window: InFlightWindow,
    pub(super) finished: FinishedRecords,
    pub(super) filling: Option<Batch>,
    pub(super) waiting: Vec<Batch>,
    pub(super) spare: Vec<Batch>,
    /// Requests with documents in flight, and the bytes of their batches.
    pub(super) in_flight: u32,
    pub(super) in_flight_bytes: usize,
    /// The batches in flight, by the sequence of their first documents.
    pub(super) in_flight_batches: BTreeMap<u64, InFlightBatch>,
    /// When the query in flight was sent.
    pub(super) resolve_sent: Option<Duration>,
    /// When the latest request that stored something was sent.
    pub(super) stored_at: Option<Duration>,
    pub(super) probes: Probes,
    /// Nothing is sent before [`release`](Self::release).
    is_held: bool,
    /// The engine has asked for no requests until then.
    pub(super) paused_until: Duration,
    /// The largest body that the endpoint is known to accept, in bytes.
    pub(super) max_bytes: usize,
    /// The number of requests at the time of its last change.
    pub(super) resized_at: u64,
    flush_through: u64,
    /// Entries that are in the quarantine and not finished: from before a restart, or because a sync failed.
    pub(super) already_quarantined: HashSet<EntryKey>,
    /// Indices outside of the target that the engine has stored documents in.
    stray_indices: Vec<Arc<str>>,
    /// A record that fits neither a batch nor, for now, the quarantine.
    pub(super) unplaced: Option<UnplacedRecord>,
    pub(super) read_through: u64,
    pub(super) read_due: Duration,
    pub(super) idle: Duration,
    acknowledged: u64,
    pub(super) stats: Stats,
    pub(super) problems: ProblemLog,
    rejection_logged: Option<Duration>,
}

impl Shipper {
    /// Begins after the last acknowledged record.
    ///
    /// # Errors
    /// When the journal or the quarantine cannot be read.
    pub fn new(settings: Settings, storage: ShipperStorage) -> Result<Self, StorageError> {
        let ShipperStorage { mut source, mut quarantine, journal } = storage;
        let journal = Journal::open(journal, settings.intent_sync, &mut *source)?;
        let acknowledged = source.acknowledged();
        quarantine.sync()?;
        let already_quarantined = quarantine.entries_after(acknowledged)?;
        Ok(Self {
            journal,
            now: Duration::ZERO,
            random: Random::new(settings.seed),
            backoff: Backoff::new(settings.retry_base, settings.retry_cap),
            target: Target::default(),
            window: InFlightWindow::new(settings.max_in_flight),
            finished: FinishedRecords::new(acknowledged),
            filling: None,
            waiting: Vec::new(),
            spare: Vec::new(),
            in_flight: 0,
            in_flight_bytes: 0,
            in_flight_batches: BTreeMap::new(),
            resolve_sent: None,
            stored_at: None,
            probes: Probes::default(),
            is_held: false,
            paused_until: Duration::ZERO,
            max_bytes: settings.max_bytes,
            resized_at: 0,
            flush_through: 0,
            already_quarantined,
            stray_indices: Vec::new(),
            unplaced: None,
            read_through: acknowledged,
            read_due: Duration::ZERO,
            idle: SHORTEST_IDLE,
            acknowledged,
            stats: Stats::default(),
            problems: ProblemLog::default(),
            rejection_logged: None,
            settings,
            source,
            quarantine,
        })
    }

    /// What to do now. Call it until it returns [`ShipperAction::Wait`].
    pub fn poll(&mut self, now: Duration) -> ShipperAction {
        self.tick(now);
        self.report_slow_requests();
        self.confirm();
        self.fill();
        self.refill();
        let request = self.target_request().or_else(|| self.batch_request());
        self.acknowledge();
        match request {
            Some(request) => {
                self.stats.requests += 1;
                ShipperAction::Send(Box::new(request))
            }
            None => ShipperAction::Wait { until: self.next_moment().max(self.now + Duration::from_nanos(1)) },
        }
    }

    /// Sends nothing, not even a query, until [`release`](Self::release): the log is not installed yet. Records are read
    /// meanwhile, as long as there is room.
    pub fn hold(&mut self) {
        self.is_held = true;
    }

    /// Sends from now on.
    pub fn release(&mut self) {
        self.is_held = false;
    }

    /// Requests that everything in the spool now be sent without waiting for batches to fill. Returns the sequence of the last
    /// such record; the flush is done when [`finished_through`](Self::finished_through) has reached it.
    pub fn request_flush(&mut self) -> u64 {
        self.flush_through = self.flush_through.max(self.source.newest());
        self.read_due = Duration::ZERO;
        self.flush_through
    }

    /// All records up to and including this one are stored, in quarantine, or not there any more.
    #[must_use]
    pub fn finished_through(&self) -> u64 {
        self.finished.through()
    }

    /// Counts and state.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = Stats {
            in_flight: self.in_flight,
            window: self.window.size(),
            held_bytes: self.held_bytes(),
            finished_ranges: self.finished.ranges(),
            finished_through: self.finished.through(),
            lag_records: self.source.records_after(self.finished.through()),
            oldest: self.oldest(),
            ..self.stats.clone()
        };
        self.problems.add_to(&mut stats, self.now);
        stats
    }

    /// Sending succeeds again when no batch that failed before is waiting or in flight.
    pub(super) fn note_success(&mut self) {
        let waits = self.waiting.iter().chain(&self.filling).any(|batch| batch.failures > 0);
        if !waits && !self.in_flight_batches.values().any(|batch| batch.has_failed) {
            self.problems.resolve(Activity::Sending);
            self.problems.resolve(Activity::Quarantining);
        }
    }

    /// Records a problem when requests have had no reply for [`LONG_SILENCE`].
    fn report_slow_requests(&mut self) {
        let Some(before) = self.now.checked_sub(LONG_SILENCE) else { return };
        let mut is_silent = false;
        for batch in self.in_flight_batches.values_mut().filter(|batch| batch.sent <= before) {
            // Until it ends, whatever happens to others.
            batch.has_failed = true;
            is_silent = true;
        }
        let text = format!("a request has had no reply for {} s, and is still waited for", LONG_SILENCE.as_secs());
        if is_silent {
            self.record_problem(Activity::Sending, Condition::Unreachable, &text);
        }
        if self.resolve_sent.is_some_and(|sent| sent <= before) {
            self.record_problem(Activity::Resolving, Condition::Unreachable, &text);
        }
    }

    /// The oldest document in memory.
    fn oldest(&self) -> Option<EventId> {
        let batches = self.waiting.iter().chain(&self.filling);
        let waiting = batches.filter_map(|batch| batch.items.first()).map(|item| (item.sequence, item.id));
        let in_flight = self.in_flight_batches.first_key_value().map(|(sequence, batch)| (*sequence, batch.id));
        waiting.chain(in_flight).min().map(|(_, id)| id)
    }

    /// Bytes of documents in memory.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let waiting: usize = self.waiting.iter().map(Batch::bytes).sum();
        waiting + self.filling.as_ref().map_or(0, Batch::bytes) + self.in_flight_bytes
    }

    pub(super) fn tick(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    pub(super) fn batches(&self) -> usize {
        self.waiting.len() + usize::from(self.filling.is_some()) + self.in_flight as usize
    }

    /// How many of these are stalled.
    pub(super) fn stalled_batches(&self) -> usize {
        let waiting = self.waiting.iter().filter(|batch| batch.stalled.is_some());
        waiting.count() + self.in_flight_batches.values().filter(|batch| batch.is_stalled).count()
    }

    /// Queries the target, when there is something to send and the target is unknown or may have changed.
    fn target_request(&mut self) -> Option<PendingRequest> {
        let is_needed = self.filling.is_some() || !self.waiting.is_empty();
        if self.is_held || !is_needed || self.now < self.paused_until || !self.target.needs_resolving(self.now) {
            return None;
        }
        let (path, query) = self.target.query(&self.settings.target);
        self.resolve_sent = Some(self.now);
        Some(PendingRequest { kind: RequestKind::Resolve(query), path, body: Vec::new(), sent: self.now })
    }

    fn can_send(&self) -> bool {
        !self.is_held
            && self.in_flight < self.window.size()
            && self.now >= self.paused_until
            && self.target.write(self.now).is_some()
    }

    fn batch_request(&mut self) -> Option<PendingRequest> {
        if !self.can_send() {
            return None;
        }
        let batch = self.pick()?;
        let bytes = batch.bytes();
        let (is_stalled, has_failed, sent) = (batch.stalled.is_some(), batch.failures > 0, self.now);
        let in_flight = |item: &Item| (item.sequence, InFlightBatch { id: item.id, is_stalled, has_failed, sent });
        let first = batch.items.first().map(in_flight);
        let request = self.prepare(batch)?;
        self.in_flight += 1;
        self.in_flight_batches.extend(first);
        self.in_flight_bytes += bytes;
        if request.documents() > 0 {
            self.stats.sent_bytes += bytes as u64;
        }
        Some(request)
    }

    /// The oldest batch that may be sent now.
    fn pick(&mut self) -> Option<Batch> {
        let oldest = |batches: &mut dyn Iterator<Item = (usize, &Batch)>| {
            batches.min_by_key(|(_, batch)| batch.first()).map(|(position, _)| position)
        };
        let now = self.now;
        // In order: a batch that is due waits for older ones, unless they are stalled.
        let next_in_order = self.next_in_order();
        let may_go = |position: usize, batch: &Batch| {
            batch.attempt_state != AttemptState::Unconfirmed
                && batch.due <= now
                && (!self.is_in_order() || batch.stalled.is_some() || next_in_order == Some(position))
        };
        if let Some(position) =
            oldest(&mut self.waiting.iter().enumerate().filter(|(position, batch)| may_go(*position, batch)))
        {
            return Some(self.waiting.swap_remove(position));
        }
        let is_held_back = self.is_in_order() && next_in_order.is_some();
        let is_ready = self.filling.as_ref().is_some_and(|batch| now >= self.ready_at(batch));
        if is_ready && !is_held_back { self.filling.take() } else { None }
    }

    pub(super) fn is_in_order(&self) -> bool {
        self.settings.max_in_flight == 1
    }

    /// The oldest batch that waits and is not stalled; where the order is kept, it goes first.
    fn next_in_order(&self) -> Option<usize> {
        let waiting = self.waiting.iter().enumerate().filter(|(_, batch)| batch.stalled.is_none());
        waiting.min_by_key(|(_, batch)| batch.first()).map(|(position, _)| position)
    }

    /// When a batch is sent although it is not full.
    fn ready_at(&self, batch: &Batch) -> Duration {
        if batch.failures > 0 || batch.attempt_state != AttemptState::NotStored || batch.first() <= self.flush_through {
            return Duration::ZERO;
        }
        batch.begun + self.settings.max_age
    }

    /// Turns a batch into a request; a batch whose intent cannot be recorded has to wait.
    ///
    /// The first attempt goes to the target by its name, and is assigned to the index that the target writes to now. An attempt
    /// that may have arrived is repeated at that index by its name, which the ids make harmless, as long as it is still the write
    /// index. Otherwise the documents may be in a later index too, and all of these are checked. That includes data streams, whose
    /// indices accept no `create` by name.
    fn prepare(&mut self, mut batch: Batch) -> Option<PendingRequest> {
        let target = self.target.get(self.now).expect("`can_send` checks it");
        let write = target.write_index();
        let can_repeat = target.kind() == TargetKind::Alias && batch.assigned_index.as_ref() == Some(write);
        let path = match batch.attempt_state {
            AttemptState::NotStored => {
                batch.assigned_index = Some(write.clone());
                target.bulk_path(&self.settings.target)
            }
            // The first attempt counts for the journal: every later index is checked.
            AttemptState::CheckedAbsent => target.bulk_path(&self.settings.target),
            AttemptState::Ambiguous if can_repeat => bulk_path_to_index(write),
            AttemptState::Ambiguous | AttemptState::RejectedAmbiguous | AttemptState::Unconfirmed => {
                let assigned_index = batch.assigned_index.clone().expect("it was sent there");
                let indices = batch.indices_to_check.get_or_insert_with(|| target.indices_since(&assigned_index));
                let index = indices.last().cloned().expect("a target has a write index at least");
                return Some(existence_check::request(&index, batch, self.now));
            }
        };
        let assigned_index = batch.assigned_index.clone().expect("it was just set, or the batch was sent there");
        if let Err(error) = self.journal.intend(&batch.ranges(), &assigned_index, &mut *self.source) {
            batch.due = self.now + LOCAL_PAUSE;
            self.waiting.push(batch);
            self.record_problem(Activity::Intending, Condition::Local, &error.to_string());
            return None;
        }
        self.problems.resolve(Activity::Intending);
        Some(PendingRequest { kind: RequestKind::Bulk(batch), path, body: Vec::new(), sent: self.now })
    }

    /// Finishes documents that the engine says it stored in an index that is now seen behind the target. Documents in another
    /// index are sent to the target again, unless they are found there.
    fn confirm(&mut self) {
        let Some(target) = self.target.get(self.now) else { return };
        let reported = self.waiting.extract_if(.., |batch| batch.attempt_state == AttemptState::Unconfirmed);
        let (stored, strays): (Vec<_>, Vec<_>) =
            reported.partition(|batch| batch.stored_in.as_ref().is_some_and(|index| target.has(index)));
        let has_stored = !stored.is_empty();
        for batch in stored {
            self.stats.delivered += batch.items.len() as u64;
            for (first, last) in batch.ranges() {
                self.finished.finish(first, last);
            }
            self.recycle(batch);
        }
        for mut batch in strays {
            self.stats.strays += batch.items.len() as u64;
            let index = batch.stored_in.take().unwrap_or_default();
            let name = &self.settings.target;
            let text = format!(
                "the engine has stored documents in `{index}`, which is not behind `{name}`; they are sent again. Bring \
                 back its other documents by `POST /_reindex {{\"conflicts\":\"proceed\",\"source\":{{\"index\":\"{index}\"}},\
                 \"dest\":{{\"index\":\"{name}\",\"op_type\":\"create\"}}}}`, then `DELETE /{index}`"
            );
            let is_logged = self.problems.record(Activity::Sending, Condition::Refused, &text, self.now, name);
            // Each such index is named at least once, whatever else was logged a moment ago.
            if !self.stray_indices.contains(&index) {
                if !is_logged {
                    tracing::warn!(destination = %name, "shipping: {text}");
                }
                self.stray_indices.push(index);
            }
            // A lifecycle action may have replaced the index by a copy. Where a pipeline sends documents elsewhere, this happens
            // every time.
            batch.attempt_state = AttemptState::Ambiguous;
            self.retry(batch);
        }
        if has_stored {
            self.note_success();
        }
    }

    /// When there may be something to do if no request completes before.
    fn next_moment(&self) -> Duration {
        let mut moment = self.now + LONG;
        if self.has_room() {
            moment = moment.min(self.read_due);
        }
        let has_batches = self.filling.is_some() || !self.waiting.is_empty();
        if self.is_held || !has_batches {
            return moment;
        }
        let gated = |moment: Duration| moment.max(self.paused_until);
        if !self.target.is_resolving && self.target.write(self.now).is_none() {
            return moment.min(gated(self.target.due));
        }
        if self.in_flight < self.window.size() && self.target.write(self.now).is_some() {
            let next = self.next_in_order().filter(|_| self.is_in_order());
            let may_go = |position, batch: &Batch| next.is_none_or(|next| next == position || batch.stalled.is_some());
            let waiting = self.waiting.iter().enumerate().filter(|(position, batch)| may_go(*position, batch));
            let waiting = waiting.map(|(_, batch)| batch.due);
            let filling = self.filling.iter().filter(|_| next.is_none());
            let filling = filling.map(|batch| self.ready_at(batch));
            moment = waiting.chain(filling).map(gated).fold(moment, Duration::min);
        }
        moment
    }

    /// Retries a batch after a delay that grows with its failures.
    pub(super) fn retry(&mut self, mut batch: Batch) {
        batch.failures = batch.failures.saturating_add(1);
        self.require_new_check(&mut batch);
        batch.due = self.now + self.delay(batch.failures);
        self.stats.retried += batch.items.len() as u64;
        self.waiting.push(batch);
    }

    /// The attempt after the last check was not conclusive, so the indices are checked again before the next one.
    pub(super) fn require_new_check(&mut self, batch: &mut Batch) {
        if batch.attempt_state == AttemptState::CheckedAbsent {
            batch.attempt_state = AttemptState::Ambiguous;
            self.target.invalidate();
        }
    }

    /// Retries a batch as soon as a request may be sent.
    pub(super) fn retry_now(&mut self, mut batch: Batch) {
        batch.due = self.now;
        self.waiting.push(batch);
    }

    pub(super) fn delay(&mut self, failures: u32) -> Duration {
        self.backoff.delay(failures, self.random.next())
    }

    /// Keeps the memory of a finished batch for another one.
    pub(super) fn recycle(&mut self, mut batch: Batch) {
        if self.spare.len() < self.settings.max_batches() {
            batch.reset();
            batch.body.shrink_to(self.settings.max_bytes);
            self.spare.push(batch);
        }
    }

    pub(super) fn acknowledge(&mut self) {
        let through = self.finished.through();
        if through > self.acknowledged {
            match self.source.acknowledge(through) {
                Ok(()) => {
                    self.acknowledged = through;
                    self.problems.resolve(Activity::Acknowledging);
                }
                Err(error) => self.record_problem(Activity::Acknowledging, Condition::Local, &error.to_string()),
            }
        }
    }

    /// Logs that documents were quarantined, unless that was logged within [`LOG_INTERVAL`]. This is not a problem of shipping.
    pub(super) fn log_rejection(&mut self, text: &str) {
        if self.rejection_logged.is_none_or(|logged| self.now >= logged + LOG_INTERVAL) {
            self.rejection_logged = Some(self.now);
            tracing::warn!(destination = %self.settings.target, "shipping: {text}");
        }
    }

    /// Records why documents wait; the only way to do so.
    pub(super) fn record_problem(&mut self, activity: Activity, condition: Condition, text: &str) {
        self.problems.record(activity, condition, text, self.now, &self.settings.target);
    }
}
