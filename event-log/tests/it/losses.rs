//! Accounting: whatever is damaged or dropped, issued + resubmitted = delivered + spooled + quarantined + lost + dropped +
//! damaged, and each loss is in the metrics, the health and the log.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use event_log::StopReport;
use event_log::ship::Settings;
use event_log::{EVENTS_DIRECTORY, EventLogService, Health, Metrics, QUARANTINE_DIRECTORY, ServiceBuilder, Shipping};
use event_spool::{FullPolicy, Spool};
use event_store::HttpTransport;
use fake_engine::{FakeEngine, Recording};
use serde_json::json;

use crate::lines::{FILE_SYSTEM, collect, lines_with};
use crate::{blank, builder};

const ALIAS: &str = ".kibana-event-log";
const CASE: &str = "EVENT_LOG_TEST_LOSSES";
const ISSUED: u64 = 600;
/// Far more than any case needs.
const LIMIT: Duration = Duration::from_mins(5);

/// Logs in a separate process, and ends as the environment selects; in a normal run, does nothing.
#[test]
fn case() {
    let Ok(task) = std::env::var(CASE) else { return };
    let (ending, directory) = task.split_once('|').unwrap();
    let service = builder().start(directory).unwrap();
    log(&service, ISSUED);
    match ending {
        "stopped" => assert_eq!(service.stop(Instant::now()).spooled, ISSUED),
        "killed" => std::process::abort(),
        other => panic!("`{other}` is no case"),
    }
}

fn run(ending: &str, directory: &Path) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "losses::case", "--nocapture"]).env(CASE, format!("{ending}|{}", directory.display()));
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.success(), ending == "stopped", "{status}");
}

fn log(service: &EventLogService<KibanaEventLog>, events: u64) {
    let _ = service.register_provider_actions("provider", ["action"]);
    let logger = service.logger_json(&json!({"event": {"provider": "provider", "action": "action"}})).unwrap();
    for _ in 0..events {
        logger.log_event(&blank());
    }
}

fn engine() -> FakeEngine {
    FakeEngine::builder().alias(ALIAS).recording(Recording::Sequences).start().unwrap()
}

fn shipping(engine: &FakeEngine) -> Shipping {
    let transport = HttpTransport::builder().host(engine.url()).build().unwrap();
    let retry = Duration::from_millis(2)..Duration::from_millis(20);
    Shipping::new(transport, Settings::new(ALIAS).max_age(Duration::from_millis(5)).retry(retry.start, retry.end))
}

/// The counts of all issued events.
fn accounted(report: &StopReport) -> u64 {
    let StopReport { delivered, spooled, quarantined, resubmitted, lost, dropped, damaged, .. } = *report;
    delivered + spooled + quarantined + lost + dropped + damaged - resubmitted
}

/// The first file of a spool with something in it.
fn first_segment(directory: &Path) -> PathBuf {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let is_segment = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("segment-");
    names.filter(is_segment).min().unwrap()
}

fn overwrite(directory: &Path, bytes: usize, at: u64) {
    let file = OpenOptions::new().write(true).open(first_segment(directory)).unwrap();
    file.write_all_at(&vec![0xa5; bytes], at).unwrap();
}

#[track_caller]
fn check_said(metrics: &Metrics, reason: &str, row: &str) {
    let Health::Impaired(reasons) = metrics.health() else { panic!("the health is good") };
    assert!(reasons.iter().any(|line| line.contains(reason)), "{reasons:?}");
    let page = metrics.to_prometheus();
    assert!(page.lines().any(|line| line.starts_with(row) && !line.ends_with(" 0")), "{page}");
}

#[test]
fn damage_on_disk_is_counted_and_logged_once() {
    collect();
    for ending in ["stopped", "killed"] {
        let directory = tempfile::tempdir().unwrap();
        run(ending, directory.path());
        overwrite(&directory.path().join(EVENTS_DIRECTORY), 3000, 30_000);

        let service = builder().start(directory.path()).unwrap();
        check_said(&service.metrics(), "in the spool are damaged and lost", "event_log_spool_damaged_total");
        let report = service.stop(Instant::now());
        let damaged = report.damaged;
        assert!((2..50).contains(&damaged), "{report:?}");
        assert_eq!((accounted(&report), report.spooled), (ISSUED, ISSUED - damaged), "{ending}: {report:?}");
        drop(service);

        let service = builder().start(directory.path()).unwrap();
        let report = service.stop(Instant::now());
        assert_eq!((report.damaged, report.spooled), (0, ISSUED - damaged), "{ending}, again: {report:?}");
        drop(service);

        let engine = engine();
        let service = builder().ship(shipping(&engine)).start(directory.path()).unwrap();
        let report = service.stop(Instant::now() + LIMIT);
        assert!(report.is_delivered, "{report:?}");
        assert_eq!((report.damaged, report.delivered), (0, ISSUED - damaged), "{ending}, shipped: {report:?}");
        let lines = lines_with(directory.path().to_str().unwrap());
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains(&format!("count={damaged} ")), "{lines:?}");
    }
}

#[test]
fn damage_found_while_shipping_is_counted() {
    collect();
    let directory = tempfile::tempdir().unwrap();
    run("stopped", directory.path());
    let engine = engine();
    engine.set_mode("503".parse().unwrap());
    // So small that it holds little of the spool in memory.
    let transport = HttpTransport::builder().host(engine.url()).build().unwrap();
    let settings = Settings::new(ALIAS).max_documents(1.try_into().unwrap());
    let settings = settings.retry(Duration::from_millis(2), Duration::from_millis(20));
    let service = builder().ship(Shipping::new(transport, settings)).start(directory.path()).unwrap();
    overwrite(&directory.path().join(EVENTS_DIRECTORY), 3000, 30_000);
    engine.set_mode("ok".parse().unwrap());
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.damaged > 1, "{report:?}");
    assert_eq!((accounted(&report), report.spooled), (ISSUED, 0), "{report:?}");
    check_said(&service.metrics(), "in the spool are damaged and lost", "event_log_spool_damaged_total");
    drop(service);
    assert_eq!(lines_with(directory.path().to_str().unwrap()).len(), 1);
}

#[test]
fn damage_to_the_quarantine_is_logged() {
    collect();
    let directory = tempfile::tempdir().unwrap();
    let service = builder().start(directory.path()).unwrap();
    let logger = service.logger_json(&json!({})).unwrap();
    for _ in 0..100 {
        logger.log_json(r#"{"mesage":"x"}"#);
    }
    drop((logger, service));
    let quarantine = directory.path().join(QUARANTINE_DIRECTORY);
    overwrite(&quarantine, 1000, 5000);
    let service = builder().start(directory.path()).unwrap();
    let damaged = service.metrics().quarantine_damaged;
    assert_eq!(service.quarantine().count().unwrap(), 100 - damaged);
    check_said(&service.metrics(), "in the quarantine are damaged and lost", "event_log_quarantine_damaged_total");
    assert_eq!(lines_with(quarantine.to_str().unwrap()).len(), 1);
}

fn dropping() -> ServiceBuilder<KibanaEventLog> {
    let spool = Spool::builder().segment_bytes(8192).max_bytes(3 * 8192).when_full(FullPolicy::DropOldest);
    builder().spool(spool)
}

#[test]
fn dropped_events_are_counted_and_logged() {
    collect();
    let directory = tempfile::tempdir().unwrap();
    let engine = engine();
    engine.set_mode("503".parse().unwrap());
    let service = dropping().ship(shipping(&engine)).start(directory.path()).unwrap();
    log(&service, ISSUED);
    check_said(&service.metrics(), "were dropped from a full spool", "event_log_spool_dropped_total");
    let first = service.stop(Instant::now() + Duration::from_millis(50));
    assert!(first.dropped > 0 && first.spooled > 0 && !first.is_delivered, "{first:?}");
    assert_eq!(accounted(&first), ISSUED, "{first:?}");
    drop(service);
    let lines = lines_with(directory.path().join(EVENTS_DIRECTORY).to_str().unwrap());
    assert_eq!(lines.iter().filter(|line| line.contains("dropped")).count(), 1, "{lines:?}");

    engine.set_mode("ok".parse().unwrap());
    let service = dropping().ship(shipping(&engine)).start(directory.path()).unwrap();
    let second = service.stop(Instant::now() + LIMIT);
    // A start needs a file of its own, which may cost the oldest.
    assert_eq!((accounted(&second), second.spooled), (first.spooled, 0), "{second:?}");
}

#[test]
fn event_dropped_while_shipping_is_counted_once() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine();
    let service = dropping().ship(shipping(&engine)).start(directory.path()).unwrap();
    let mut issued = 0;
    // Until both have happened: which is faster depends on the machine.
    while service.metrics().spool.dropped_records == 0 || engine.stats().documents < 100 {
        log(&service, ISSUED);
        issued += ISSUED;
    }
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.dropped > 0, "{report:?}");
    assert_eq!((accounted(&report), report.delivered), (issued, engine.stats().documents), "{report:?}");
    drop(service);
    let spool = Spool::builder().segment_bytes(8192).open(directory.path().join(EVENTS_DIRECTORY)).unwrap();
    assert_eq!(spool.records_after(spool.reader("shipper").unwrap().acknowledged()), 0);
}

#[test]
fn non_reserving_file_system_is_logged_once() {
    collect();
    let directory = tempfile::tempdir().unwrap();
    let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| directory.path().join(name));
    for path in [&lower, &upper, &work, &merged] {
        fs::create_dir(path).unwrap();
    }
    let layers = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let mounted = Command::new("mount").args(["-t", "overlay", "-o", &layers, "none"]).arg(&merged).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("left out: mounting an overlay is not permitted here");
        return;
    }
    let started = builder().start(merged.join("log")).map(drop);
    assert!(Command::new("umount").arg(&merged).status().unwrap().success());
    started.unwrap();
    let lines = lines_with(FILE_SYSTEM);
    let lines: Vec<_> = lines.iter().filter(|line| line.contains(merged.to_str().unwrap())).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("is on an overlay file system, which may not keep the space"), "{lines:?}");
}
