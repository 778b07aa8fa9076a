//! Logs numbered events and ships them, so that one can kill it, break the connection, stop the engine, and count the events
//! afterwards. Owns the numbers and the file of acknowledgements; everything else is as in any program.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use ecs_schema::Shape as _;
use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
use event_log::ship::Settings;
use event_log::{EventLogService, ProviderLogger, Shipping};
use event_spool::Spool;
use event_store::{HttpTransport, HttpTransportBuilder};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Exit code when the spool was not drained before the deadline.
const AT_DEADLINE: u8 = 5;
/// Space of the spool; loggers wait when three quarters are taken, so that no event is refused.
const SPOOL_BYTES: u64 = 1 << 30;
/// How often a logger checks the space.
const LOOK_AFTER: u64 = 512;
/// A day: effectively no deadline.
const NO_DEADLINE: u64 = 24 * 3600;

/// Log numbered events into a spool and ship them to an engine.
///
/// Each event has its number, from 1, in `event.sequence`. When `log_event` has returned for it, and not before, its number
/// is appended as a line to the file of acknowledgements: every number in that file has to be in the engine exactly once,
/// however often this program was killed in between.
///
/// Started again with the same spool and file, it goes on behind the highest number in the file. Numbers that were under
/// way when it was killed, one for each thread at most, may or may not have been logged; they are left out.
///
/// Exits with 0 when all is shipped (with `--no-ship`: logged), with 5 at the deadline, with 1 when something is wrong.
#[derive(Debug, Parser)]
#[command(name = "pump", after_help = EXAMPLES)]
pub struct Arguments {
    /// Directory of the spool; made when absent
    #[arg(long, value_name = "DIR")]
    spool: PathBuf,
    /// The engine, such as <http://127.0.0.1:9200>; once for each node of a cluster
    #[arg(long, required_unless_present = "no_ship")]
    url: Vec<String>,
    /// The alias or data stream that is shipped to; the log's name on OpenSearch is `kibana-event-log`
    #[arg(long, value_name = "NAME", default_value = ".kibana-event-log")]
    target: String,
    /// The number of the last event to log
    #[arg(long, value_name = "N", required_unless_present = "drain", default_value_t = 0)]
    events: u64,
    /// Threads that log at the same time
    #[arg(long, value_name = "T", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=64))]
    threads: u64,
    /// File that the numbers of logged events are appended to
    #[arg(long, value_name = "FILE", required_unless_present = "drain")]
    ack: Option<PathBuf>,
    /// Events that are logged in a second, by all threads together; as many as possible when absent
    #[arg(long, value_name = "PER_SECOND", value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    /// Only log; the engine, if one is named, is not asked for anything
    #[arg(long, conflicts_with = "drain")]
    no_ship: bool,
    /// Only ship what the spool holds
    #[arg(long)]
    drain: bool,
    /// Seconds after which to give up, with 5 as the exit code; nothing is lost by that
    #[arg(long, value_name = "SECONDS", default_value_t = NO_DEADLINE)]
    deadline: u64,
    /// Milliseconds that a request may take
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    timeout: u64,
    /// Milliseconds that an event may wait for others to share its request
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    max_age: u64,
    /// Bytes of a file of the spool
    #[arg(long, value_name = "BYTES", default_value_t = event_spool::DEFAULT_SEGMENT_BYTES)]
    segment: u64,
}

const EXAMPLES: &str = "\
Log a million events, kill it in the middle, and see that nothing is lost:
  pump --spool /tmp/s --url http://127.0.0.1:9200 --events 1000000 --threads 4 --ack /tmp/acks &
  sleep 1; kill -9 $!
  pump --spool /tmp/s --url http://127.0.0.1:9200 --drain
  wc -l /tmp/acks; curl 'http://127.0.0.1:9200/.kibana-event-log/_count'";

/// As a program.
#[allow(dead_code, reason = "the tests take `run` alone")]
fn main() -> ExitCode {
    tracing::subscriber::set_global_default(ProblemPrinter).expect("nobody else listens");
    match run(&Arguments::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("pump: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the arguments say, and returns the exit code.
///
/// # Errors
/// When spool, file or settings cannot be used, or an event was refused.
pub fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let deadline = Instant::now() + Duration::from_secs(arguments.deadline);
    let spool = Spool::builder().segment_bytes(arguments.segment).max_bytes(SPOOL_BYTES);
    let mut builder = EventLogService::<KibanaEventLog>::builder().spool(spool);
    if !arguments.no_ship {
        let timeout = Duration::from_millis(arguments.timeout);
        let transport = arguments.url.iter().fold(HttpTransport::builder(), HttpTransportBuilder::host);
        let transport = transport.request_timeout(timeout).build()?;
        let settings = Settings::new(arguments.target.as_str()).max_age(Duration::from_millis(arguments.max_age));
        builder = builder.ship(Shipping::new(transport, settings));
    }
    let service = builder.start(&arguments.spool)?;
    let is_logged = arguments.drain || log_all(&service, arguments, deadline)?;
    let report = service.stop(deadline);
    println!("{report:?}");
    if let Some(delivery) = service.metrics().delivery {
        println!("{delivery:?}");
    }
    anyhow::ensure!(report.lost == 0, "`{}` events were refused by the spool", report.lost);
    let is_done = is_logged && (arguments.no_ship || report.is_delivered);
    Ok(if is_done { 0 } else { AT_DEADLINE })
}

/// Logs all events that are missing; whether it could before the deadline.
fn log_all(
    service: &EventLogService<KibanaEventLog>,
    arguments: &Arguments,
    deadline: Instant,
) -> anyhow::Result<bool> {
    let path = arguments.ack.as_deref().expect("required unless `--drain`");
    let highest = highest_acknowledged(path)?;
    // What one thread each had under way is left out; there is none before the first start.
    let first = if highest == 0 { 1 } else { highest + arguments.threads + 1 };
    let next = AtomicU64::new(first);
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank())?;
    let pace = Pace { first, began: Instant::now(), rate: arguments.rate, deadline };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..arguments.threads)
            .map(|_| scope.spawn(|| log_some(service, &logger, &next, arguments.events, &pace, &file)))
            .collect();
        threads.into_iter().try_fold(true, |all, thread| {
            let is_done = thread.join().map_err(|_| anyhow::anyhow!("a logger panicked"))??;
            Ok(all && is_done)
        })
    })
}

/// The highest number in the file. A last line without its end was being written when the process died.
fn highest_acknowledged(path: &Path) -> anyhow::Result<u64> {
    let text = if path.exists() { fs::read_to_string(path)? } else { String::new() };
    let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    lines.map(str::parse).try_fold(0, |highest: u64, number| Ok(highest.max(number?)))
}

struct Pace {
    first: u64,
    began: Instant,
    rate: Option<u64>,
    deadline: Instant,
}

impl Pace {
    /// Waits until the event with this number is due; false at the deadline.
    fn wait(&self, number: u64) -> bool {
        if let Some(rate) = self.rate {
            let due = self.began + Duration::from_micros((number - self.first) * 1_000_000 / rate);
            let pause = due.min(self.deadline).saturating_duration_since(Instant::now());
            if !pause.is_zero() {
                thread::sleep(pause);
            }
            return Instant::now() < self.deadline;
        }
        !number.is_multiple_of(LOOK_AFTER) || Instant::now() < self.deadline
    }
}

fn log_some(
    service: &EventLogService<KibanaEventLog>,
    logger: &ProviderLogger<KibanaEventLog, ActionsAction>,
    next: &AtomicU64,
    last: u64,
    pace: &Pace,
    mut acknowledgements: &File,
) -> anyhow::Result<bool> {
    let mut event = KibanaEventLog::blank();
    event.message = Some("action executed: .server-log:9a8b7c6d".to_owned());
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number > last {
            return Ok(true);
        }
        if !pace.wait(number) || !wait_for_space(service, number, pace.deadline) {
            return Ok(false);
        }
        event.event.sequence = Some(i64::try_from(number)?);
        logger.log_event(ActionsAction::Execute, &event);
        // One write for one line: the file is open for appending, so lines of threads do not mix.
        acknowledgements.write_all(format!("{number}\n").as_bytes())?;
    }
}

/// Waits while the spool is nearly full; false at the deadline.
fn wait_for_space(service: &EventLogService<KibanaEventLog>, number: u64, deadline: Instant) -> bool {
    if !number.is_multiple_of(LOOK_AFTER) {
        return true;
    }
    while service.spool().stats().bytes > SPOOL_BYTES / 4 * 3 {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
    true
}

/// Prints the warnings of the libraries: each kind of problem in shipping once a minute.
#[allow(dead_code, reason = "the tests take `run` alone")]
struct ProblemPrinter;

impl Subscriber for ProblemPrinter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        struct Message;
        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                if field.name() == "message" {
                    eprintln!("pump: {value:?}");
                }
            }
        }
        event.record(&mut Message);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
