//! The state machine: what is to be sent, and when. What is read is in `intake`, what came of requests in `complete`.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use event_store::{Backoff, TargetKind, bulk_path_to_index};

use super::batch::{Arrival, Batch, Item};
use super::errand::{Errand, Job};
use super::intake::{SHORTEST_IDLE, Unplaced};
use super::journal::Journal;
use super::look;
use super::ports::{EntryKey, PortError, Ports, Sink, Source};
use super::probe::Probes;
use super::progress::Progress;
use super::random::Random;
use super::settings::Settings;
use super::stats::{Condition, Stats};
use super::target::Target;
use super::troubles::{Activity, Troubles};
use super::window::Window;
use crate::id::EventId;

/// Pause after spool, quarantine or journal failed.
pub(super) const LOCAL_PAUSE: Duration = Duration::from_secs(1);
/// How long a request may be without a reply before that is said.
const LONG_SILENCE: Duration = Duration::from_secs(30);
/// How long it waits for completions when there is nothing else to wait for.
const LONG: Duration = Duration::from_mins(1);
/// How often rejections are logged.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// A batch that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flying {
    /// Its first document.
    id: EventId,
    is_stalled: bool,
    /// Whether an earlier try failed, or this one goes without a reply for long.
    has_failed: bool,
    sent: Duration,
}

/// What a shipper wants next.
#[derive(Debug)]
pub enum Step {
    /// Send this, and hand it to [`Shipper::complete`] with what came of it. Then ask again at once.
    Send(Box<Errand>),
    /// Nothing before this moment, unless a request ends before.
    Wait {
        /// On the clock that the shipper is told.
        until: Duration,
    },
}

/// Ships records. See the [module](super) for what it promises.
///
/// Time is a duration since any moment, on a clock that does not go backwards; if it does, it stands still here.
pub struct Shipper {
    pub(super) settings: Settings,
    pub(super) source: Box<dyn Source>,
    pub(super) quarantine: Box<dyn Sink>,
    pub(super) journal: Journal,
    pub(super) now: Duration,
    random: Random,
    backoff: Backoff,
    pub(super) target: Target,
    pub(super) window: Window,
    pub(super) progress: Progress,
    pub(super) filling: Option<Batch>,
    pub(super) waiting: Vec<Batch>,
    pub(super) spare: Vec<Batch>,
    /// Requests about documents that are under way, and the bytes of their batches.
    pub(super) in_flight: u32,
    pub(super) flying_bytes: usize,
    /// The batches that are under way, by the sequence of their first documents.
    pub(super) flying: BTreeMap<u64, Flying>,
    /// When the question that is under way was asked.
    pub(super) asked: Option<Duration>,
    /// When the latest of the requests was sent that stored something.
    pub(super) stored_at: Option<Duration>,
    pub(super) probes: Probes,
    /// Nothing is sent before the release.
    is_held: bool,
    /// The engine has asked to be left alone until then.
    pub(super) gate: Duration,
    /// Bytes of a body that the endpoint was found to take.
    pub(super) max_bytes: usize,
    /// How many requests there had been when that last changed.
    pub(super) grown_at: u64,
    flush_through: u64,
    /// What stands in the quarantine already and is not finished: from before a restart, or because a sync failed.
    pub(super) put_before: HashSet<EntryKey>,
    /// Indices outside of the target that the engine has stored documents in.
    stray_indices: Vec<Arc<str>>,
    /// A record that could be put neither into a batch nor into the quarantine.
    pub(super) unplaced: Option<Unplaced>,
    pub(super) read_through: u64,
    pub(super) read_due: Duration,
    pub(super) idle: Duration,
    acknowledged: u64,
    pub(super) stats: Stats,
    pub(super) troubles: Troubles,
    rejection_logged: Option<Duration>,
}

impl Shipper {
    /// Begins where the acknowledgements end.
    ///
    /// # Errors
    /// When the journal or the quarantine cannot be read.
    pub fn new(settings: Settings, ports: Ports) -> Result<Self, PortError> {
        let Ports { mut source, mut quarantine, journal } = ports;
        let journal = Journal::open(journal, settings.intent_sync, &mut *source)?;
        let acknowledged = source.acknowledged();
        quarantine.sync()?;
        let put_before = quarantine.entries_behind(acknowledged)?;
        Ok(Self {
            journal,
            now: Duration::ZERO,
            random: Random::new(settings.seed),
            backoff: Backoff::new(settings.retry_base, settings.retry_cap),
            target: Target::default(),
            window: Window::new(settings.max_in_flight),
            progress: Progress::new(acknowledged),
            filling: None,
            waiting: Vec::new(),
            spare: Vec::new(),
            in_flight: 0,
            flying_bytes: 0,
            flying: BTreeMap::new(),
            asked: None,
            stored_at: None,
            probes: Probes::default(),
            is_held: false,
            gate: Duration::ZERO,
            max_bytes: settings.max_bytes,
            grown_at: 0,
            flush_through: 0,
            put_before,
            stray_indices: Vec::new(),
            unplaced: None,
            read_through: acknowledged,
            read_due: Duration::ZERO,
            idle: SHORTEST_IDLE,
            acknowledged,
            stats: Stats::default(),
            troubles: Troubles::default(),
            rejection_logged: None,
            settings,
            source,
            quarantine,
        })
    }

    /// What to do now. To be asked until it says [`Step::Wait`].
    pub fn poll(&mut self, now: Duration) -> Step {
        self.tick(now);
        self.note_silence();
        self.confirm();
        self.fill();
        self.refill();
        let errand = self.question().or_else(|| self.delivery());
        self.acknowledge();
        match errand {
            Some(errand) => {
                self.stats.requests += 1;
                Step::Send(Box::new(errand))
            }
            None => Step::Wait { until: self.next_moment().max(self.now + Duration::from_nanos(1)) },
        }
    }

    /// Sends nothing, not even a question, until the [`release`](Self::release): the log is not installed yet. Records are
    /// read meanwhile, as far as there is room.
    pub fn hold(&mut self) {
        self.is_held = true;
    }

    /// Sends from now on.
    pub fn release(&mut self) {
        self.is_held = false;
    }

    /// Sends what is in the spool now without waiting for batches to fill. Returns the sequence of the last such record;
    /// it is done when [`finished_through`](Self::finished_through) has come that far.
    pub fn hurry(&mut self) -> u64 {
        self.flush_through = self.flush_through.max(self.source.newest());
        self.read_due = Duration::ZERO;
        self.flush_through
    }

    /// All records up to and including this one are stored, in quarantine, or not there any more.
    #[must_use]
    pub fn finished_through(&self) -> u64 {
        self.progress.through()
    }

    /// Counts and state.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = Stats {
            in_flight: self.in_flight,
            window: self.window.size(),
            held_bytes: self.held_bytes(),
            finished_ranges: self.progress.ranges(),
            finished_through: self.progress.through(),
            lag_records: self.source.records_after(self.progress.through()),
            oldest: self.oldest(),
            ..self.stats.clone()
        };
        self.troubles.fill(&mut stats, self.now);
        stats
    }

    /// Sending goes well again when no batch waits, or is under way once more, after a failure.
    pub(super) fn note_success(&mut self) {
        let waits = self.waiting.iter().chain(&self.filling).any(|batch| batch.failures > 0);
        if !waits && !self.flying.values().any(|flying| flying.has_failed) {
            self.troubles.end(Activity::Sending);
            self.troubles.end(Activity::Quarantining);
        }
    }

    /// Says that requests have had no reply for long.
    fn note_silence(&mut self) {
        let Some(before) = self.now.checked_sub(LONG_SILENCE) else { return };
        let mut is_silent = false;
        for flying in self.flying.values_mut().filter(|flying| flying.sent <= before) {
            // Until it ends, whatever becomes of others.
            flying.has_failed = true;
            is_silent = true;
        }
        let text = format!("a request has had no reply for {} s, and is waited for", LONG_SILENCE.as_secs());
        if is_silent {
            self.trouble(Activity::Sending, Condition::Unreachable, &text);
        }
        if self.asked.is_some_and(|asked| asked <= before) {
            self.trouble(Activity::Resolving, Condition::Unreachable, &text);
        }
    }

    /// The oldest document in memory.
    fn oldest(&self) -> Option<EventId> {
        let batches = self.waiting.iter().chain(&self.filling);
        let waiting = batches.filter_map(|batch| batch.items.first()).map(|item| (item.sequence, item.id));
        let flying = self.flying.first_key_value().map(|(sequence, flying)| (*sequence, flying.id));
        waiting.chain(flying).min().map(|(_, id)| id)
    }

    /// Bytes of documents in memory.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let waiting: usize = self.waiting.iter().map(Batch::bytes).sum();
        waiting + self.filling.as_ref().map_or(0, Batch::bytes) + self.flying_bytes
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
        waiting.count() + self.flying.values().filter(|flying| flying.is_stalled).count()
    }

    /// Asks what is behind the target, when there is something to send and that is not known, or not for sure.
    fn question(&mut self) -> Option<Errand> {
        let is_needed = self.filling.is_some() || !self.waiting.is_empty();
        if self.is_held || !is_needed || self.now < self.gate || !self.target.wants_asking(self.now) {
            return None;
        }
        let (path, question) = self.target.question(&self.settings.target);
        self.asked = Some(self.now);
        Some(Errand { job: Job::Resolve(question), path, question: Vec::new(), sent: self.now })
    }

    fn can_send(&self) -> bool {
        !self.is_held
            && self.in_flight < self.window.size()
            && self.now >= self.gate
            && self.target.write(self.now).is_some()
    }

    fn delivery(&mut self) -> Option<Errand> {
        if !self.can_send() {
            return None;
        }
        let batch = self.pick()?;
        let bytes = batch.bytes();
        let (is_stalled, has_failed, sent) = (batch.stalled.is_some(), batch.failures > 0, self.now);
        let flying = |item: &Item| (item.sequence, Flying { id: item.id, is_stalled, has_failed, sent });
        let first = batch.items.first().map(flying);
        let errand = self.prepare(batch)?;
        self.in_flight += 1;
        self.flying.extend(first);
        self.flying_bytes += bytes;
        if errand.documents() > 0 {
            self.stats.sent_bytes += bytes as u64;
        }
        Some(errand)
    }

    /// The oldest batch that may be sent now.
    fn pick(&mut self) -> Option<Batch> {
        let oldest = |batches: &mut dyn Iterator<Item = (usize, &Batch)>| {
            batches.min_by_key(|(_, batch)| batch.first()).map(|(place, _)| place)
        };
        let now = self.now;
        // In order: what is due waits for what is older, unless that is stalled.
        let next_in_order = self.next_in_order();
        let may_go = |place: usize, batch: &Batch| {
            batch.arrival != Arrival::Reported
                && batch.due <= now
                && (!self.is_in_order() || batch.stalled.is_some() || next_in_order == Some(place))
        };
        if let Some(place) = oldest(&mut self.waiting.iter().enumerate().filter(|(place, batch)| may_go(*place, batch)))
        {
            return Some(self.waiting.swap_remove(place));
        }
        let is_held_back = self.is_in_order() && next_in_order.is_some();
        let is_ready = self.filling.as_ref().is_some_and(|batch| now >= self.ready_at(batch));
        if is_ready && !is_held_back { self.filling.take() } else { None }
    }

    pub(super) fn is_in_order(&self) -> bool {
        self.settings.max_in_flight == 1
    }

    /// The oldest batch that waits and is not stalled, which goes first where the order is kept.
    fn next_in_order(&self) -> Option<usize> {
        let waiting = self.waiting.iter().enumerate().filter(|(_, batch)| batch.stalled.is_none());
        waiting.min_by_key(|(_, batch)| batch.first()).map(|(place, _)| place)
    }

    /// When a batch that is not full is sent all the same.
    fn ready_at(&self, batch: &Batch) -> Duration {
        if batch.failures > 0 || batch.arrival != Arrival::None || batch.first() <= self.flush_through {
            return Duration::ZERO;
        }
        batch.begun + self.settings.max_age
    }

    /// Makes a request of a batch; a batch whose intent cannot be written down has to wait.
    ///
    /// The first try goes to the target by its name, and is assigned to the index that it writes to now. One that may have
    /// arrived there is repeated there by name, which the id makes harmless, as long as that is the write index. Otherwise the
    /// first may have landed in a later index too, and all of these are asked. That includes data streams, whose indices take
    /// nothing by name.
    fn prepare(&mut self, mut batch: Batch) -> Option<Errand> {
        let target = self.target.get(self.now).expect("`can_send` looks");
        let write = target.write_index();
        let can_repeat = target.kind() == TargetKind::Alias && batch.pin.as_ref() == Some(write);
        let path = match batch.arrival {
            Arrival::None => {
                batch.pin = Some(write.clone());
                target.bulk_path(&self.settings.target)
            }
            // The first of its tries counts for the journal: whatever index came after that one is asked.
            Arrival::Asked => target.bulk_path(&self.settings.target),
            Arrival::InDoubt if can_repeat => bulk_path_to_index(write),
            Arrival::InDoubt | Arrival::Refused | Arrival::Reported => {
                let pin = batch.pin.clone().expect("it was sent there");
                let indices = batch.to_ask.get_or_insert_with(|| target.from_index_on(&pin));
                let index = indices.last().cloned().expect("a target has a write index at least");
                return Some(look::errand(&index, batch, self.now));
            }
        };
        let pin = batch.pin.clone().expect("it was just set, or the batch was sent there");
        if let Err(error) = self.journal.intend(&batch.ranges(), &pin, &mut *self.source) {
            batch.due = self.now + LOCAL_PAUSE;
            self.waiting.push(batch);
            self.trouble(Activity::Intending, Condition::Local, &error.to_string());
            return None;
        }
        self.troubles.end(Activity::Intending);
        Some(Errand { job: Job::Bulk(batch), path, question: Vec::new(), sent: self.now })
    }

    /// Finishes what the engine has said it stored, in indices that are seen now to be behind the target. What is in another
    /// one is sent again, to the target, unless it is found there.
    fn confirm(&mut self) {
        let Some(target) = self.target.get(self.now) else { return };
        let reported = self.waiting.extract_if(.., |batch| batch.arrival == Arrival::Reported);
        let (stored, strays): (Vec<_>, Vec<_>) =
            reported.partition(|batch| batch.stored_in.as_ref().is_some_and(|index| target.has(index)));
        let has_stored = !stored.is_empty();
        for batch in stored {
            self.stats.delivered += batch.items.len() as u64;
            for (first, last) in batch.ranges() {
                self.progress.finish(first, last);
            }
            self.recycle(batch);
        }
        for mut batch in strays {
            self.stats.strays += batch.items.len() as u64;
            let index = batch.stored_in.take().unwrap_or_default();
            let name = &self.settings.target;
            let text = format!(
                "the engine has stored documents in `{index}`, which is not behind `{name}`; they are sent again. Whatever \
                 else is in it is brought back by `POST /_reindex {{\"conflicts\":\"proceed\",\"source\":{{\"index\":\"{index}\"}},\
                 \"dest\":{{\"index\":\"{name}\",\"op_type\":\"create\"}}}}`, then `DELETE /{index}`"
            );
            let is_logged = self.troubles.begin(Activity::Sending, Condition::Refused, &text, self.now, name);
            // Each such index is named once at least, whatever else was logged a moment ago.
            if !self.stray_indices.contains(&index) {
                if !is_logged {
                    tracing::warn!(destination = %name, "shipping: {text}");
                }
                self.stray_indices.push(index);
            }
            // A lifecycle may have put a copy of the index in its place. Where a pipeline sends documents elsewhere, this comes
            // again each time.
            batch.arrival = Arrival::InDoubt;
            self.retry(batch);
        }
        if has_stored {
            self.note_success();
        }
    }

    /// When there may be something to do, if no request ends before.
    fn next_moment(&self) -> Duration {
        let mut moment = self.now + LONG;
        if self.has_room() {
            moment = moment.min(self.read_due);
        }
        let has_batches = self.filling.is_some() || !self.waiting.is_empty();
        if self.is_held || !has_batches {
            return moment;
        }
        let gated = |moment: Duration| moment.max(self.gate);
        if !self.target.is_asking && self.target.write(self.now).is_none() {
            return moment.min(gated(self.target.due));
        }
        if self.in_flight < self.window.size() && self.target.write(self.now).is_some() {
            let next = self.next_in_order().filter(|_| self.is_in_order());
            let may_go = |place, batch: &Batch| next.is_none_or(|next| next == place || batch.stalled.is_some());
            let waiting = self.waiting.iter().enumerate().filter(|(place, batch)| may_go(*place, batch));
            let waiting = waiting.map(|(_, batch)| batch.due);
            let filling = self.filling.iter().filter(|_| next.is_none());
            let filling = filling.map(|batch| self.ready_at(batch));
            moment = waiting.chain(filling).map(gated).fold(moment, Duration::min);
        }
        moment
    }

    /// Sends a batch again after a delay that grows with its failures.
    pub(super) fn retry(&mut self, mut batch: Batch) {
        batch.failures = batch.failures.saturating_add(1);
        self.ask_once_more(&mut batch);
        batch.due = self.now + self.delay(batch.failures);
        self.stats.retried += batch.items.len() as u64;
        self.waiting.push(batch);
    }

    /// A try after the indices were asked has not settled it, so they are asked again before the next one.
    pub(super) fn ask_once_more(&mut self, batch: &mut Batch) {
        if batch.arrival == Arrival::Asked {
            batch.arrival = Arrival::InDoubt;
            self.target.forget();
        }
    }

    /// Sends a batch again as soon as there is a place.
    pub(super) fn retry_now(&mut self, mut batch: Batch) {
        batch.due = self.now;
        self.waiting.push(batch);
    }

    pub(super) fn delay(&mut self, failures: u32) -> Duration {
        self.backoff.delay(failures, self.random.next())
    }

    /// Takes the memory of a batch that is finished.
    pub(super) fn recycle(&mut self, mut batch: Batch) {
        if self.spare.len() < self.settings.max_batches() {
            batch.reset();
            batch.body.shrink_to(self.settings.max_bytes);
            self.spare.push(batch);
        }
    }

    pub(super) fn acknowledge(&mut self) {
        let through = self.progress.through();
        if through > self.acknowledged {
            match self.source.acknowledge(through) {
                Ok(()) => {
                    self.acknowledged = through;
                    self.troubles.end(Activity::Acknowledging);
                }
                Err(error) => self.trouble(Activity::Acknowledging, Condition::Local, &error.to_string()),
            }
        }
    }

    /// Logs that documents were put aside, unless that was logged a moment ago. It is no trouble of shipping itself.
    pub(super) fn log_rejection(&mut self, text: &str) {
        if self.rejection_logged.is_none_or(|logged| self.now >= logged + LOG_INTERVAL) {
            self.rejection_logged = Some(self.now);
            tracing::warn!(destination = %self.settings.target, "shipping: {text}");
        }
    }

    /// Notes why documents wait; the one way to say so.
    pub(super) fn trouble(&mut self, activity: Activity, condition: Condition, text: &str) {
        self.troubles.begin(activity, condition, text, self.now, &self.settings.target);
    }
}
