//! Measures the cost of a call: `cargo run --release -p event-log --example log_bench -- [DIRECTORY] [CALLS]`.
//!
//! A typed event of the Kibana event log, whose document has about 300 bytes (the first line says how many), is logged into a spool in a directory of its
//! own below the given one (or the system's for temporary files): clock, id, merge, check, JSON, crash-safe record. Each
//! call is timed separately, so each figure includes the cost of one clock reading; that cost is printed first.
//! Burst: call after call. Paced: 5 µs between calls. The table is in nanoseconds. With CALLS, that many calls are made without
//! timing, for a profiler.
//!
//! For programs: `--json DIRECTORY CALLS WARM_UP PACE_NS THREADS` times one of these and prints one line of JSON; followed
//! by `kill`, the process kills itself with SIGKILL when the last call has returned. `--count DIRECTORY
//! [quarantine]` prints how many events are in the spool, or in the quarantine, that a process left behind.

use std::hint::black_box;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use ecs_schema::Shape;
use ecs_schema::generated::kibana_event_log::{ActionsAction, EventOutcome, KibanaEventLog, KibanaSavedObjects};
use event_log::{EVENTS_DIRECTORY, EventLogService, EventRecord, ProviderLogger};
use event_spool::Spool;
use serde_json::json;

type Logger = ProviderLogger<KibanaEventLog, ActionsAction>;

const WARM_UP: usize = 100_000;
const BURST: usize = 500_000;
const PACED: usize = 200_000;
const PACE: Duration = Duration::from_micros(5);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--json", directory, calls, warm_up, pace, threads, rest @ ..] => {
            let plan = Plan {
                calls: calls.parse()?,
                warm_up: warm_up.parse()?,
                pace: Duration::from_nanos(pace.parse()?),
                threads: threads.parse()?,
                is_killed: rest.contains(&"kill"),
            };
            return time_one(Path::new(directory), &plan);
        }
        ["--count", directory] => return count(&Path::new(directory).join(EVENTS_DIRECTORY)),
        ["--count", directory, name] => return count(&Path::new(directory).join(name)),
        _ => {}
    }
    let mut arguments = std::env::args_os().skip(1);
    let parent = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    if let Some(calls) = arguments.next() {
        let calls: usize = calls.to_string_lossy().parse()?;
        return with_logger(&parent, |_, logger| {
            let event = event();
            (0..calls).for_each(|_| log(logger, &event));
        });
    }
    with_logger(&parent, |service, logger| {
        log(logger, &event());
        println!("document: {} bytes", document_bytes(service).expect("the event is in the spool"));
    })?;
    println!("{:<24} {:>8} {:>8} {:>8} {:>10} {:>12}", "", "p50", "p99", "p99.9", "max", "events/s");
    let mut clock: Vec<u64> = (0..BURST).map(|_| nanoseconds(|| ())).collect();
    print_row("clock alone", &mut clock, None);
    for (name, count, pace) in [("burst", BURST, Duration::ZERO), ("paced", PACED, PACE)] {
        for threads in [1, 2] {
            with_logger(&parent, |service, logger| {
                let event = event();
                (0..WARM_UP).for_each(|_| log(logger, &event));
                let (mut times, elapsed) = run(logger, threads, count, pace);
                let rate = f64::from(u32::try_from(times.len()).expect("the counts above fit")) / elapsed.as_secs_f64();
                print_row(&format!("{name}, {threads} thread(s)"), &mut times, Some(rate));
                let metrics = service.metrics();
                assert_eq!(
                    metrics.accepted,
                    (WARM_UP + times.len()) as u64,
                    "every event is in the spool: {metrics:?}"
                );
            })?;
        }
    }
    Ok(())
}

struct Plan {
    calls: usize,
    warm_up: usize,
    pace: Duration,
    threads: usize,
    is_killed: bool,
}

fn time_one(directory: &Path, plan: &Plan) -> Result<(), Box<dyn std::error::Error>> {
    with_logger_at(directory, |_, logger| {
        let event = event();
        (0..plan.warm_up).for_each(|_| log(logger, &event));
        let (mut times, elapsed) = run(logger, plan.threads, plan.calls, plan.pace);
        if plan.is_killed {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)
                .expect("a process may kill itself");
        }
        times.sort_unstable();
        let [p50, p99, p999, max] = [500, 990, 999, 1000].map(|share| times[(times.len() - 1) * share / 1000]);
        let (calls, elapsed) = (times.len(), elapsed.as_nanos());
        println!(
            "{}",
            json!({"calls": calls, "p50": p50, "p99": p99, "p999": p999, "max": max, "elapsed_ns": elapsed})
        );
    })
}

/// Counts the timed events in the spool; the event that the service logs at its start is not one of them.
fn count(directory: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let spool = Spool::builder().open(directory)?;
    let mut reader = spool.reader("count")?;
    let mut count = 0;
    while let Some(record) = reader.next()? {
        let is_timed = record.bytes.windows(15).any(|part| part == b"action executed");
        count += u64::from(is_timed);
    }
    println!("{count}");
    Ok(())
}

fn with_logger(
    parent: &Path,
    work: impl FnOnce(&EventLogService<KibanaEventLog>, &Logger),
) -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir_in(parent)?;
    with_logger_at(directory.path(), work)
}

fn with_logger_at(
    directory: &Path,
    work: impl FnOnce(&EventLogService<KibanaEventLog>, &Logger),
) -> Result<(), Box<dyn std::error::Error>> {
    let service = EventLogService::<KibanaEventLog>::builder()
        .fixed_json(&json!({"kibana": {"version": "9.4.0"}}))
        .spool(Spool::builder().max_bytes(2 << 30))
        .start(directory)?;
    let logger = service.provider_logger(&KibanaEventLog::blank())?;
    work(&service, &logger);
    Ok(())
}

/// With what is laid over, a document of about 300 bytes.
fn event() -> KibanaEventLog {
    let mut event = KibanaEventLog::blank();
    event.event.outcome = Some(EventOutcome::Success);
    event.event.duration = Some(1_234_567);
    event.message = Some("action executed".to_owned());
    let object =
        KibanaSavedObjects { r#type: Some("action".to_owned()), id: Some("d3b07384".to_owned()), ..Default::default() };
    event.kibana_mut().saved_objects.push(object);
    event
}

/// The size of the last document in the spool.
fn document_bytes(service: &EventLogService<KibanaEventLog>) -> Option<usize> {
    let mut reader = service.spool().reader("size").ok()?;
    let mut last = None;
    while let Some(record) = reader.next().ok()? {
        last = Some(EventRecord::parse(record.bytes).ok()?.document.len());
    }
    last
}

fn log(logger: &Logger, event: &KibanaEventLog) {
    logger.log_event(ActionsAction::Execute, black_box(event));
}

fn run(logger: &Logger, threads: usize, count: usize, pace: Duration) -> (Vec<u64>, Duration) {
    let barrier = Barrier::new(threads);
    let began = Instant::now();
    let times = std::thread::scope(|scope| {
        let work = || {
            let event = event();
            let mut times = vec![0; count];
            barrier.wait();
            for time in &mut times {
                let next = Instant::now() + pace;
                *time = nanoseconds(|| log(logger, &event));
                while Instant::now() < next {
                    std::hint::spin_loop();
                }
            }
            times
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("logging does not panic")).collect()
    });
    (times, began.elapsed())
}

fn nanoseconds(call: impl FnOnce()) -> u64 {
    let began = Instant::now();
    call();
    u64::try_from(began.elapsed().as_nanos()).expect("a call is shorter than centuries")
}

fn print_row(name: &str, times: &mut [u64], rate: Option<f64>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    let rate = rate.map_or(String::new(), |rate| format!("{rate:.0}"));
    println!("{name:<24} {:>8} {:>8} {:>8} {:>10} {rate:>12}", at(500), at(990), at(999), at(1000));
}
