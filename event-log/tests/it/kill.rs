//! Real processes that are killed with SIGKILL while they log and ship: in the end every acknowledged number is stored exactly
//! once, and after each death it is either stored or still in the spool.
//!
//! `EVENT_LOG_KILLS=2000` is the long form.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser as _;
use event_log::EventRecord;
use event_log::quarantine::Quarantine;
use event_log::{EVENTS_DIRECTORY, QUARANTINE_DIRECTORY};
use event_spool::Spool;
use fake_engine::{FakeEngine, Recording};

#[path = "../../examples/pump.rs"]
mod pump;
#[path = "../../src/ship/simulation/random.rs"]
mod random;

use random::Random;

const ALIAS: &str = ".kibana-event-log";
const DEFAULT_KILLS: u64 = 200;
/// The arguments of a pump, in the process that is to be one.
const CHILD: &str = "EVENT_LOG_TEST_PUMP";
const SEPARATOR: char = '\u{1f}';
const THREADS: &str = "3";
/// Events per second: enough that one is always in flight, and few enough that a start, which reads all acknowledged numbers,
/// stays short.
const RATE: &str = "5000";
/// How long a process may take until it sends something, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);
/// The engine's faults alternate, so that requests fail in each of them.
const MODES: [&str; 6] = ["ok", "applied-then-reset@1/4", "503@1/4", "slow:30", "hang@1/4", "truncated@1/4"];

/// How many events may be left before one process is allowed to ship them all: each death is followed by a check of all
/// that is left, so that a long run would otherwise do little else.
const MOST_PENDING: usize = 100_000;

fn kills() -> u64 {
    std::env::var("EVENT_LOG_KILLS").map_or(DEFAULT_KILLS, |text| text.parse().expect("a number of kills"))
}

#[test]
fn killed_processes_lose_and_double_nothing() {
    // This test runs itself as the process that it kills.
    if let Ok(arguments) = std::env::var(CHILD) {
        let arguments = pump::Arguments::parse_from(arguments.split(SEPARATOR));
        std::process::exit(pump::run(&arguments).map_or(1, i32::from));
    }
    Campaign::start().run(kills());
}

struct Campaign {
    engine: FakeEngine,
    directory: tempfile::TempDir,
    random: Random,
    read: u64,
    seen: usize,
    acknowledged: u64,
    stored: HashSet<u64>,
    /// Acknowledged and not stored so far.
    pending: HashSet<u64>,
    most_pending: usize,
    stored_before_end: u64,
}

impl Campaign {
    fn start() -> Self {
        Self {
            engine: FakeEngine::builder().alias(ALIAS).recording(Recording::Sequences).start().unwrap(),
            directory: tempfile::tempdir().unwrap(),
            random: Random::new(20),
            read: 0,
            seen: 0,
            acknowledged: 0,
            stored: HashSet::new(),
            pending: HashSet::new(),
            most_pending: 0,
            stored_before_end: 0,
        }
    }

    fn run(mut self, kills: u64) {
        let began = Instant::now();
        for kill in 1..=kills {
            let mode = MODES[self.random.index(MODES.len())];
            self.engine.set_mode(mode.parse().unwrap());
            let mut child = self.spawn(&["--events", "1000000000", "--threads", THREADS, "--rate", RATE]);
            self.let_it_live(&mut child);
            if self.random.one_in(3) {
                assert!(self.engine.rollover(ALIAS).is_some());
            }
            assert!(is_running(&mut child), "it ended by itself in mode `{mode}`");
            child.kill().unwrap();
            child.wait().unwrap();
            self.check(&format!("kill {kill} in mode `{mode}`"));
            if self.pending.len() > MOST_PENDING {
                self.drain();
            }
            if kill.is_multiple_of(100) {
                println!("{kill} kills, {} acknowledged, {} stored", self.acknowledged, self.stored.len());
            }
        }
        self.stored_before_end = self.stored.len() as u64;
        self.drain();
        assert!(self.pending.is_empty(), "lost: {:?}", self.pending);
        assert!(self.acknowledged > kills, "the processes died before they did anything");
        assert!(self.stored_before_end > kills, "the processes died before they shipped anything");
        let stats = self.engine.stats();
        assert_eq!((stats.documents, stats.duplicates_across_indices), (stats.unique, 0));
        println!(
            "figures: {kills} kills: {} acknowledged, {} stored, 0 lost, 0 doubled, {} second tries refused as doubles, at \
             most {} in the spool at a death, {:.1} s",
            self.acknowledged,
            stats.unique,
            stats.duplicates_refused,
            self.most_pending,
            began.elapsed().as_secs_f64(),
        );
    }

    /// Ships all that is left.
    fn drain(&mut self) {
        self.engine.set_mode("ok".parse().unwrap());
        let ended = self.spawn(&["--drain", "--deadline", "120"]).wait().unwrap();
        assert!(ended.success(), "does not drain: {ended}");
        self.check("a whole spool was shipped");
    }

    /// Half of the processes die at any moment of their beginning, half of them soon after they have sent something.
    fn let_it_live(&mut self, child: &mut Child) {
        let (before, patience) = (self.engine.stats().requests, Instant::now() + PATIENCE);
        if self.random.one_in(2) {
            while self.engine.stats().requests == before && Instant::now() < patience && is_running(child) {
                thread::sleep(self.random.millis(1..3));
            }
        }
        thread::sleep(self.random.millis(5..200));
    }

    fn spool(&self) -> PathBuf {
        self.directory.path().join("spool")
    }

    fn acks(&self) -> PathBuf {
        self.directory.path().join("acks")
    }

    fn spawn(&self, more: &[&str]) -> Child {
        let (spool, acks, url) = (self.spool(), self.acks(), self.engine.url());
        let paths = ["pump", "--spool", spool.to_str().unwrap(), "--ack", acks.to_str().unwrap(), "--url", &url];
        let small = ["--segment", "262144", "--timeout", "300", "--max-age", "4"];
        let arguments: Vec<&str> = paths.iter().chain(&small).chain(more).copied().collect();
        Command::new(std::env::current_exe().unwrap())
            .args(["kill::killed_processes_lose_and_double_nothing", "--exact", "--nocapture"])
            .env(CHILD, arguments.join(&SEPARATOR.to_string()))
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Takes in what was acknowledged and stored since the last time, and looks for what is missing in the spool.
    fn check(&mut self, when: &str) {
        // The spool first: what leaves it afterwards is stored by then.
        let spooled =
            if self.spool().join(EVENTS_DIRECTORY).exists() { spooled(&self.spool()) } else { HashSet::new() };
        for number in self.new_acknowledgements() {
            self.acknowledged += 1;
            assert!(
                self.stored.contains(&number) || self.pending.insert(number),
                "{when}: {number} acknowledged twice"
            );
        }
        let sequences = self.engine.sequences();
        for number in &sequences[self.seen..] {
            assert!(self.stored.insert(*number), "{when}: {number} is stored twice");
            self.pending.remove(number);
        }
        self.seen = sequences.len();
        self.most_pending = self.most_pending.max(self.pending.len());
        let lost: Vec<&u64> = self.pending.iter().filter(|number| !spooled.contains(number)).collect();
        assert!(lost.is_empty(), "{when}: neither stored nor in the spool: {lost:?}");
    }

    fn new_acknowledgements(&mut self) -> Vec<u64> {
        let Ok(mut file) = File::open(self.acks()) else { return Vec::new() };
        file.seek(SeekFrom::Start(self.read)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.read += whole as u64;
        text[..whole].lines().map(|line| line.parse().unwrap()).collect()
    }
}

/// The numbers of the events that a dead process has left in its spool; its quarantine has to be empty.
fn spooled(directory: &Path) -> HashSet<u64> {
    let quarantine = Quarantine::open(directory.join(QUARANTINE_DIRECTORY)).unwrap();
    assert_eq!(quarantine.count().unwrap(), 0);
    let spool = Spool::builder().segment_bytes(262_144).open(directory.join(EVENTS_DIRECTORY)).unwrap();
    assert_eq!(spool.recovery().corrupt, 0);
    let mut reader = spool.reader("shipper").unwrap();
    let mut numbers = HashSet::new();
    while let Some(record) = reader.next().unwrap() {
        let number = number_of(EventRecord::parse(record.bytes).unwrap().document);
        assert!(numbers.insert(number), "twice in the spool");
    }
    numbers
}

/// The number after `"sequence":`; whole documents are compared elsewhere.
fn number_of(document: &[u8]) -> u64 {
    let text = std::str::from_utf8(document).unwrap();
    let (_, rest) = text.split_once("\"sequence\":").unwrap();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
    rest[..end].parse().unwrap()
}

fn is_running(child: &mut Child) -> bool {
    let status: Option<ExitStatus> = child.try_wait().unwrap();
    status.is_none()
}
