//! Programs that fork with a running service: events of the parent arrive once, events of the child are refused and counted, and a
//! daemon starts its own service on the directory of its dead parent.
//!
//! Each case is a separate process: this program, controlled by the environment.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio, exit};
use std::thread;
use std::time::{Duration, Instant};

use ecs_schema::Shape as _;
use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
use event_log::ship::Settings;
use event_log::{EventLogService, Health, Shipping, StartError};
use event_store::HttpTransport;
use fake_engine::{FakeEngine, Recording};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use serde_json::json;

const ALIAS: &str = ".kibana-event-log";
const CASE: &str = "EVENT_LOG_TEST_FORK";
/// Far more than any case needs.
const LIMIT: Duration = Duration::from_mins(5);

/// Runs a case against an engine, and returns the engine when the process and its child have ended.
#[track_caller]
fn run(case: &str) -> FakeEngine {
    let engine = FakeEngine::builder().alias(ALIAS).recording(Recording::Sequences).start().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let task = format!("{case}|{}|{}", directory.path().display(), engine.url());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "fork::case", "--nocapture"]).env(CASE, task);
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = String::new();
    // Ends when the child, too, has closed it.
    process.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(process.wait().unwrap().success(), "{printed}");
    assert!(printed.contains("all is as it should be"), "{printed}");
    engine
}

/// Runs the case that the environment selects; in a normal run, nothing.
#[test]
fn case() {
    let Ok(task) = std::env::var(CASE) else { return };
    let parts: Vec<&str> = task.split('|').collect();
    match parts[0] {
        "both-go-on" => both_go_on(Path::new(parts[1]), parts[2]),
        "daemon" => daemon(Path::new(parts[1]), parts[2]),
        other => panic!("`{other}` is no case"),
    }
}

fn fork_here() -> ForkResult {
    #[expect(unsafe_code, reason = "there is no safe fork")]
    // SAFETY: glibc makes the allocator usable in the child, which uses nothing else of the threads that are not there.
    unsafe { fork() }.unwrap()
}

fn start(directory: &Path, url: &str) -> Result<EventLogService<KibanaEventLog>, StartError> {
    let engine = HttpTransport::builder().host(url).build().unwrap();
    let shipping = Shipping::new(engine, Settings::new(ALIAS).max_age(Duration::from_millis(5)));
    EventLogService::builder().ship(shipping).start(directory)
}

fn log(service: &EventLogService<KibanaEventLog>, numbers: std::ops::RangeInclusive<i64>) {
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank()).unwrap();
    let mut event = KibanaEventLog::blank();
    for number in numbers {
        event.event.sequence = Some(number);
        logger.log_event(ActionsAction::Execute, &event);
    }
}

#[test]
fn parent_loses_nothing_and_the_child_is_refused() {
    let stats = run("both-go-on").stats();
    assert_eq!((stats.unique, stats.documents), (20_000, 20_000));
}

fn both_go_on(directory: &Path, url: &str) {
    let service = start(directory, url).unwrap();
    log(&service, 1..=5000);
    let invalid = service.logger_json(&json!({"event": {"provider": "actions", "action": "execute"}})).unwrap();
    invalid.log_json("{}}");
    assert_eq!(service.metrics().quarantined, 1);
    match fork_here() {
        ForkResult::Child => {
            log(&service, 100_001..=101_000);
            let metrics = service.metrics();
            assert_eq!(metrics.lost, [("forked", 1000)]);
            assert_eq!((metrics.accepted, metrics.invalid, metrics.quarantined), (0, vec![], 0), "the parent's");
            assert!(matches!(service.metrics().health(), Health::Impaired(_)));
            assert!(!service.flush(Instant::now() + LIMIT));
            // Neither waits for threads that are not here.
            let report = service.stop(Instant::now() + LIMIT);
            assert_eq!((report.lost, report.delivered, report.spooled, report.is_synced), (1000, 0, 0, false));
            drop(service);
            exit(0);
        }
        ForkResult::Parent { child } => {
            log(&service, 5001..=12_000);
            assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
            log(&service, 12_001..=20_000);
            let report = service.stop(Instant::now() + LIMIT);
            assert_eq!((report.delivered, report.spooled, report.lost), (20_000, 0, 0));
            println!("all is as it should be");
            exit(0);
        }
    }
}

#[test]
fn daemon_ships_what_its_parent_has_logged() {
    let stats = run("daemon").stats();
    assert_eq!((stats.unique, stats.documents), (2000, 2000));
}

fn daemon(directory: &Path, url: &str) {
    // Logged and not shipped when the parent ends.
    let inherited = EventLogService::<KibanaEventLog>::builder().start(directory).unwrap();
    log(&inherited, 1..=1000);
    if let ForkResult::Parent { .. } = fork_here() {
        exit(0);
    }
    let began = Instant::now();
    let service = loop {
        match start(directory, url) {
            Ok(service) => break service,
            Err(error) => assert!(began.elapsed() < LIMIT, "the parent has ended: {error}"),
        }
        thread::yield_now();
    };
    log(&inherited, 100_001..=100_010);
    drop(inherited);
    log(&service, 1001..=2000);
    let report = service.stop(Instant::now() + LIMIT);
    assert_eq!((report.delivered, report.spooled), (2000, 0));
    println!("all is as it should be");
    exit(0);
}
