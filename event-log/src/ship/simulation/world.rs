//! One run: the events and their times, chosen by the seed, and the final check.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::num::NonZeroU32;
use std::time::Duration;

use event_store::{Response, TargetKind, TransportError};

use super::engine::{Engine, HEAVY, POISONOUS, TARGET, is_bad};
use super::faults::{RequestFault, SentRequest};
use super::local::Disk;
use super::random::Random;
use crate::id::EventId;
use crate::record::EventRecord;
use crate::ship::pending_request::PendingRequest;
use crate::ship::settings::{IntentSync, Settings};
use crate::ship::shipper::{Shipper, ShipperAction};

/// After the last fault everything has to be delivered within this time.
const TO_DRAIN: Duration = Duration::from_hours(4);
/// Late enough that a clock that is set back is not negative.
const START: Duration = Duration::from_secs(1_000);
/// Documents of a run that have to be passed by others.
const MAX_PASSED: u32 = 2;
const MAX_STEPS: u32 = 300_000;
/// In milliseconds; less than the time after which documents that the engine refuses are quarantined.
const MAX_UNKNOWN_REFUSALS: u64 = 50_000;

/// Counts over all runs, which show that the faults take place.
#[derive(Debug, Default)]
pub struct Totals {
    pub runs: u64,
    pub issued: u64,
    pub delivered: u64,
    pub quarantined: u64,
    pub conflicts: u64,
    pub requests: u64,
    pub crashes: u64,
    pub power_losses: u64,
    pub rollovers: u64,
    pub breakages: u64,
    pub strays: u64,
    pub faults: BTreeMap<&'static str, u64>,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.runs += 1;
        self.issued += other.issued;
        self.delivered += other.delivered;
        self.quarantined += other.quarantined;
        self.conflicts += other.conflicts;
        self.requests += other.requests;
        self.crashes += other.crashes;
        self.power_losses += other.power_losses;
        self.rollovers += other.rollovers;
        self.breakages += other.breakages;
        self.strays += other.strays;
        for (name, count) in &other.faults {
            *self.faults.entry(name).or_default() += count;
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, issued, delivered, quarantined, conflicts, requests, crashes, power_losses, .. } = self;
        let Self { rollovers, breakages, strays, faults, .. } = self;
        write!(
            out,
            "{runs} seeds: {issued} issued = {delivered} delivered + {quarantined} quarantined; {conflicts} second tries \
             found their first, {requests} requests, {crashes} deaths, {power_losses} of them with the machine, \
             {rollovers} rollovers, {breakages} times the target was broken, {strays} strays; requests met"
        )?;
        faults.iter().try_for_each(|(name, count)| write!(out, " {name} {count}"))
    }
}

enum Event {
    Arrive(u64),
    Finish(u64),
    /// The engine continues a request whose sender has given up, and which it had begun for that index.
    Late(SentRequest, String),
    Produce(u64),
    RollOver,
    ChangeOldIndex,
    /// Somebody deletes the write index, or removes the alias.
    BreakTarget,
    /// Somebody repairs that.
    Repair,
    Crash,
    Jump,
    /// The engine starts or stops refusing everything for an unknown reason.
    UnknownRefusals(bool),
    Calm,
}

/// A request in flight. `request` belongs to the process, `sent` to the network.
struct InFlightRequest {
    request: Option<PendingRequest>,
    sent: SentRequest,
    /// The write index of the target when it was sent.
    index: Option<String>,
    fault: RequestFault,
    outcome: Option<Result<Response, TransportError>>,
}

/// The faults that this run may have.
struct Hazards {
    /// Single items of a request fail.
    item_faults: bool,
    /// Some documents trigger an internal error of the engine, on every attempt.
    defects: bool,
    /// Which documents are refused for an unknown reason.
    strange: UnknownRefusals,
    loses_power: bool,
    /// How many documents are refused every time for a reason that is not theirs, or make whole requests fail. Fewer than fit into
    /// memory: if it were full of them, nothing could pass them.
    passed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnknownRefusals {
    Nothing,
    SomeDocuments,
    /// All documents, for a while.
    Everything,
}

pub struct World {
    random: Random,
    now: Duration,
    /// How far the clock of the process is off, in seconds.
    skew: i64,
    events: BTreeMap<(Duration, u64), Event>,
    in_flight: HashMap<u64, InFlightRequest>,
    count: u64,
    engine: Engine,
    disk: Disk,
    shipper: Shipper,
    settings: Settings,
    is_calm: bool,
    hazards: Hazards,
    largest: usize,
    issued: BTreeMap<u64, (Option<EventId>, Vec<u8>)>,
    next_sequence: u64,
    totals: Totals,
}

impl World {
    /// Runs a seed to its end.
    pub fn run(seed: u64) -> Result<Totals, String> {
        let mut world = Self::new(seed);
        world.plan();
        world.live()?;
        world.check_end()?;
        Ok(world.totals)
    }

    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let loses_power = random.one_in(2);
        let settings = settings(&mut random, loses_power, seed);
        let body_limit = if random.one_in(4) { 600 } else { usize::MAX };
        let kind = if random.one_in(3) { TargetKind::DataStream } else { TargetKind::Alias };
        let makes_indices = random.one_in(2);
        let strange = match random.within(0..6) {
            0 => UnknownRefusals::SomeDocuments,
            1 => UnknownRefusals::Everything,
            _ => UnknownRefusals::Nothing,
        };
        // With one request at a time, nothing passes a document.
        let can_be_passed = settings.in_flight_limit() > 1 && settings.retry_cap >= Duration::from_secs(20);
        let passed = if can_be_passed && random.one_in(20) { MAX_PASSED } else { 0 };
        let disk = Disk::new(seed);
        let shipper = Shipper::new(settings.clone(), disk.storage()).expect("the disk does not fail yet");
        Self {
            now: START,
            skew: 0,
            events: BTreeMap::new(),
            in_flight: HashMap::new(),
            count: 0,
            engine: Engine::new(kind, makes_indices, body_limit),
            disk,
            shipper,
            settings,
            is_calm: false,
            hazards: Hazards { item_faults: random.one_in(2), defects: random.one_in(8), strange, loses_power, passed },
            largest: 0,
            issued: BTreeMap::new(),
            next_sequence: 1,
            totals: Totals::default(),
            random,
        }
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        self.count += 1;
        self.events.insert((self.now + after, self.count), event);
    }

    /// Chooses what will happen.
    fn plan(&mut self) {
        let span = self.random.within(2_000..400_000);
        for _ in 0..self.random.within(1..12) {
            let (at, records) = (self.random.millis(0..span), self.random.within(1..60));
            self.schedule(at, Event::Produce(records));
        }
        for _ in 0..self.random.within(0..5) {
            let at = self.random.millis(0..span);
            self.schedule(at, Event::RollOver);
        }
        for _ in 0..self.random.within(0..4) {
            let at = self.random.millis(0..span);
            self.schedule(at, Event::ChangeOldIndex);
        }
        if self.random.one_in(2) {
            for _ in 0..self.random.within(1..4) {
                let at = self.random.millis(0..span);
                self.schedule(at, Event::BreakTarget);
            }
        }
        for _ in 0..self.random.within(0..5) {
            let at = self.random.millis(0..span);
            self.schedule(at, Event::Crash);
        }
        if self.hazards.strange == UnknownRefusals::Everything {
            // Without a jump of the clock, which would prolong the time in which nothing is stored.
            let (at, length) = (self.random.millis(0..span), self.random.millis(1..MAX_UNKNOWN_REFUSALS));
            self.schedule(at, Event::UnknownRefusals(true));
            self.schedule(at + length, Event::UnknownRefusals(false));
        } else if self.random.one_in(3) {
            let at = self.random.millis(0..span);
            self.schedule(at, Event::Jump);
        }
        if self.random.one_in(3) {
            self.disk.state().failing = self.random.within(5..60);
        }
        self.schedule(Duration::from_millis(span), Event::Calm);
    }

    /// The time as the process sees it.
    fn clock(&self) -> Duration {
        let seconds = Duration::from_secs(self.skew.unsigned_abs());
        if self.skew < 0 { self.now.saturating_sub(seconds) } else { self.now + seconds }
    }

    fn live(&mut self) -> Result<(), String> {
        let mut calm_since = None;
        for _ in 0..MAX_STEPS {
            let wake = self.poll()?;
            self.check_memory()?;
            if self.is_calm {
                let since = *calm_since.get_or_insert(self.now);
                if self.shipper.request_flush() <= self.shipper.finished_through() {
                    return Ok(());
                }
                if self.now > since + TO_DRAIN {
                    return Err(format!("does not drain: {:?}", self.shipper.stats()));
                }
            }
            let due = self.events.first_key_value().map(|((at, _), _)| *at);
            if due.is_some_and(|due| due <= wake) {
                let ((at, _), event) = self.events.pop_first().unwrap();
                self.now = self.now.max(at);
                self.handle(event)?;
            } else {
                self.now = wake;
            }
        }
        Err(format!("turns without end: {:?}", self.shipper.stats()))
    }

    /// Polls the shipper until it waits, and returns the time of the next poll.
    fn poll(&mut self) -> Result<Duration, String> {
        for _ in 0..1_000 {
            let clock = self.clock();
            match self.shipper.poll(clock) {
                ShipperAction::Send(request) => self.launch(*request),
                ShipperAction::Wait { until } => {
                    return Ok(self.now + until.saturating_sub(clock).max(Duration::from_nanos(1)));
                }
            }
        }
        Err("sends without end".to_owned())
    }

    fn launch(&mut self, request: PendingRequest) {
        self.totals.requests += 1;
        let fault = if self.is_calm {
            RequestFault::Fine
        } else {
            RequestFault::choose(&mut self.random, self.hazards.item_faults)
        };
        *self.totals.faults.entry(fault.name()).or_default() += 1;
        let sent = SentRequest::of(&request.request());
        let there = self.random.millis(0..40);
        let back =
            if fault == RequestFault::Slow { self.random.millis(1_000..20_000) } else { self.random.millis(1..60) };
        let id = self.count;
        let index = self.engine.write_target(TARGET).ok();
        self.in_flight.insert(id, InFlightRequest { request: Some(request), sent, index, fault, outcome: None });
        self.schedule(there, Event::Arrive(id));
        self.schedule(there + back, Event::Finish(id));
    }

    fn handle(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Arrive(id) => self.arrive(id),
            Event::Finish(id) => {
                let in_flight = self.in_flight.remove(&id).expect("a request in flight finishes once");
                if let Some(request) = in_flight.request {
                    let outcome = in_flight.outcome.expect("it has arrived");
                    self.shipper.complete(self.clock(), request, outcome);
                }
            }
            Event::Late(sent, index) => {
                // A limit of the guarantees: an attempt that is running while its documents are looked up, and stores them when
                // the next attempt goes to another index.
                let is_asked_for = self.engine.has_been_asked_for(sent.request().body.unwrap_or_default());
                if self.engine.write_target(TARGET).as_ref() == Ok(&index) && !is_asked_for {
                    self.engine.answer(&sent.request(), &mut |_| None);
                }
            }
            Event::Produce(records) => self.produce(records),
            Event::RollOver => {
                self.totals.rollovers += 1;
                self.engine.roll_over();
            }
            Event::ChangeOldIndex => self.change_old_index(),
            Event::BreakTarget => {
                self.totals.breakages += 1;
                if self.random.one_in(2) {
                    self.engine.delete_write_index();
                } else {
                    self.engine.remove_alias();
                }
                let after = self.random.millis(1..60_000);
                self.schedule(after, Event::Repair);
            }
            Event::Repair => self.engine.repair(),
            Event::Crash => return self.crash(),
            Event::Jump if self.random.one_in(2) => self.skew -= 200,
            Event::Jump => self.skew += 7 * 24 * 3600,
            Event::UnknownRefusals(is_strange) => self.engine.is_strange = is_strange,
            Event::Calm => {
                self.is_calm = true;
                self.engine.is_strange = false;
                self.engine.repair();
                self.disk.state().failing = 0;
                // The program continues.
                let last = if self.has_passed() { 200 } else { 60 };
                for minutes in 1..last {
                    self.schedule(Duration::from_mins(minutes), Event::Produce(1));
                }
            }
        }
        Ok(())
    }

    fn arrive(&mut self, id: u64) {
        let in_flight = self.in_flight.get_mut(&id).expect("it arrives before it finishes");
        if in_flight.request.is_none() && in_flight.index != self.engine.write_target(TARGET).ok() {
            // A limit of the guarantees: its sender is dead, and the next process has queried the engine in between.
            return;
        }
        let (outcome, late) = in_flight.fault.meet(&mut self.engine, &in_flight.sent, &mut self.random);
        in_flight.outcome = Some(outcome);
        // Other requests have no late effect. The name is that of the target or of an index.
        let bulk = in_flight.sent.request().path.split_once("/_bulk").map(|(name, _)| name[1..].to_owned());
        if late
            && let Some(name) = bulk
            && let Ok(index) = self.engine.write_target(&name)
        {
            let (sent, after) = (in_flight.sent.clone(), self.random.millis(1..100_000));
            self.schedule(after, Event::Late(sent, index));
        }
    }

    fn change_old_index(&mut self) {
        let choice = self.random.index(1_000);
        match self.random.within(0..4) {
            0 => self.engine.block(choice),
            1 => self.engine.delete(choice),
            2 => self.engine.shrink(choice),
            _ => self.engine.detach(choice),
        }
    }

    fn produce(&mut self, records: u64) {
        for _ in 0..records {
            if self.random.one_in(40) {
                // A frame that was corrupt, or never published.
                self.next_sequence += self.random.within(1..5);
            }
            let sequence = self.next_sequence;
            self.next_sequence += 1;
            let (id, document) = self.document(sequence);
            let mut record = EventRecord::head(id).to_vec();
            record.extend(&document);
            if self.random.one_in(60) {
                record = vec![9; self.random.index(30)];
                self.issued.insert(sequence, (None, record.clone()));
            } else {
                self.issued.insert(sequence, (Some(id), document));
            }
            self.disk.state().records.insert(sequence, record);
            self.totals.issued += 1;
        }
    }

    fn document(&mut self, sequence: u64) -> (EventId, Vec<u8>) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&sequence.to_be_bytes());
        bytes[8..].copy_from_slice(&self.random.next().to_be_bytes());
        let name = match self.random.within(0..100) {
            _ if self.is_calm => "n",
            12..16 if self.hazards.passed > 0 => {
                self.hazards.passed -= 1;
                if self.random.one_in(2) { "heavy" } else { "poison" }
            }
            0..5 => "bad",
            5 | 6 if self.hazards.defects => "sick",
            7 | 8 if self.hazards.defects => "odd",
            9..12 if self.hazards.strange == UnknownRefusals::SomeDocuments => "strange",
            _ => "n",
        };
        let length = if self.random.one_in(80) { 900 } else { self.random.index(120) };
        let document = format!("{{\"{name}\":{sequence},\"text\":\"{}\"}}", "x".repeat(length));
        self.largest = self.largest.max(document.len() + 64);
        (EventId::from_bytes(bytes), document.into_bytes())
    }

    fn crash(&mut self) -> Result<(), String> {
        self.totals.crashes += 1;
        for in_flight in self.in_flight.values_mut() {
            in_flight.request = None;
        }
        if self.hazards.loses_power && self.random.one_in(2) {
            self.totals.power_losses += 1;
            self.disk.lose_power();
        }
        self.check_acknowledged()?;
        for _ in 0..200 {
            if let Ok(shipper) = Shipper::new(self.settings.clone(), self.disk.storage()) {
                self.shipper = shipper;
                return Ok(());
            }
        }
        Err("does not start again".to_owned())
    }

    fn check_memory(&self) -> Result<(), String> {
        let stats = self.shipper.stats();
        // One that is filled, one that is postponed, and two that are passed by others.
        let batches = self.settings.in_flight_limit() as usize + 4;
        let most = batches * self.largest.max(self.settings.max_held_bytes() / batches + 1);
        if stats.held_bytes > most {
            return Err(format!("{} bytes are held, {most} are allowed", stats.held_bytes));
        }
        Ok(())
    }

    fn is_accounted_for(&self, sequence: u64) -> bool {
        let (id, document) = &self.issued[&sequence];
        let state = self.disk.state();
        let is_quarantined =
            state.quarantine.iter().any(|entry| entry.sequence == sequence && entry.document == *document);
        let stored = id.and_then(|id| self.engine.stored.get(&id.to_string()));
        is_quarantined ^ (stored == Some(document))
    }

    /// Acknowledged records are not read again, so they have to be stored or quarantined.
    fn check_acknowledged(&self) -> Result<(), String> {
        let acknowledged = self.disk.state().acknowledged;
        match self.issued.range(..=acknowledged).find(|(sequence, _)| !self.is_accounted_for(**sequence)) {
            Some((sequence, _)) => Err(format!("record {sequence} is acknowledged (to {acknowledged}) and nowhere")),
            None => Ok(()),
        }
    }

    /// Whether there are documents that others have to pass.
    fn has_passed(&self) -> bool {
        let is_one = |document: &[u8]| document.starts_with(HEAVY) || document.starts_with(POISONOUS);
        self.issued.values().any(|(_, document)| is_one(document))
    }

    /// Whether a healthy engine accepts the document.
    fn is_good(&self, document: &[u8]) -> bool {
        document.starts_with(b"{\"n\"") && document.len() + 64 <= self.engine.body_limit
    }

    fn check_end(&mut self) -> Result<(), String> {
        self.check_acknowledged()?;
        let mut broken = String::new();
        for (sequence, (id, document)) in &self.issued {
            if !self.is_accounted_for(*sequence) {
                let _ = write!(broken, "record {sequence} ({id:?}) is lost or in two places; ");
            }
            if is_bad(document) && id.is_some_and(|id| self.engine.stored.contains_key(&id.to_string())) {
                let _ = write!(broken, "record {sequence} should have been refused; ");
            }
        }
        for entry in self.disk.state().quarantine.iter().filter(|entry| self.is_good(&entry.document)) {
            let _ = write!(broken, "record {} should not have been put aside; ", entry.sequence);
        }
        if !self.engine.doubled.is_empty() {
            let _ = write!(broken, "stored twice: {:?}; ", self.engine.doubled);
        }
        self.totals.strays = self.engine.strays;
        self.totals.conflicts = self.shipper.stats().conflicts;
        let state = self.disk.state();
        let entries: HashSet<u64> = state.quarantine.iter().map(|entry| entry.sequence).collect();
        if entries.len() != state.quarantine.len() {
            let _ = write!(broken, "the quarantine has a record twice; ");
        }
        self.totals.delivered = self.engine.stored.len() as u64;
        self.totals.quarantined = state.quarantine.len() as u64;
        if self.totals.delivered + self.totals.quarantined != self.totals.issued {
            let _ = write!(broken, "{:?} do not add up; ", self.totals);
        }
        let is_kept_in_order = self.settings.in_flight_limit() == 1
            && !self.hazards.item_faults
            && !self.hazards.defects
            && self.hazards.strange == UnknownRefusals::Nothing;
        if is_kept_in_order && !self.engine.order.is_sorted() {
            let _ = write!(broken, "one at a time, and out of order: {:?}", self.engine.order);
        }
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }
}

fn settings(random: &mut Random, loses_power: bool, seed: u64) -> Settings {
    let nonzero = |number: u64| NonZeroU32::new(u32::try_from(number).unwrap()).unwrap();
    let in_flight = random.within(1..6);
    let sync = if loses_power || random.one_in(2) { IntentSync::BeforeSend } else { IntentSync::LeftToSystem };
    Settings::new(TARGET)
        .max_documents(nonzero(random.within(1..24)))
        .max_bytes(usize::try_from(random.within(200..4_000)).unwrap())
        .max_age(random.millis(1..3_000))
        .max_in_flight(nonzero(in_flight))
        .retry(random.millis(1..500), random.millis(500..60_000))
        .intent_sync(sync)
        .seed(seed)
}
