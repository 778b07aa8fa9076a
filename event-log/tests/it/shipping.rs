//! A service that installs its log and ships, with an engine that is up, starts later, or must not be written to.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use ecs_schema::Shape as _;
use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
use event_log::ship::Settings;
use event_log::{DeliveryMetrics, EventLogService, Health, InstallMetrics, Shipping, StartError};
use event_store::{Bundle, HttpTransport, Installer, Method, Request, Transport as _, resolve_write_index};
use fake_engine::{FakeEngine, Mode, Recording};

const ALIAS: &str = "kibana-event-log";
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../generated/kibana-event-log/opensearch");
/// Far more than any test needs; one that reaches it hangs.
const LIMIT: Duration = Duration::from_mins(5);

fn engine() -> fake_engine::Builder {
    FakeEngine::builder().recording(Recording::Sequences)
}

fn transport(url: &str) -> HttpTransport {
    HttpTransport::builder().host(url).build().unwrap()
}

fn start(directory: &Path, url: &str) -> EventLogService<KibanaEventLog> {
    let settings = Settings::new(ALIAS)
        .max_age(Duration::from_millis(5))
        .retry(Duration::from_millis(4), Duration::from_millis(100));
    let shipping = Shipping::new(transport(url), settings).install(Bundle::load(FILES).unwrap());
    EventLogService::builder().ship(shipping).start(directory).unwrap()
}

fn log(service: &EventLogService<KibanaEventLog>, numbers: std::ops::RangeInclusive<i64>) {
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank()).unwrap();
    let mut event = KibanaEventLog::blank();
    for number in numbers {
        event.event.sequence = Some(number);
        logger.log_event(ActionsAction::Execute, &event);
    }
}

fn delivery(service: &EventLogService<KibanaEventLog>) -> DeliveryMetrics {
    service.metrics().delivery.unwrap()
}

fn installation(service: &EventLogService<KibanaEventLog>) -> InstallMetrics {
    delivery(service).installation.unwrap()
}

#[track_caller]
fn wait(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LIMIT, "it never comes");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Stops the service, which has to deliver everything, and checks that each number is stored once, behind the alias.
#[track_caller]
fn check_delivered(
    service: &EventLogService<KibanaEventLog>,
    engine: &FakeEngine,
    numbers: std::ops::RangeInclusive<u64>,
) {
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.spooled == 0 && report.quarantined == 0, "{report:?}");
    let mut stored = engine.sequences();
    stored.sort_unstable();
    assert!(stored.iter().copied().eq(numbers), "{stored:?}");
    let index = resolve_write_index(&transport(&engine.url()), ALIAS).unwrap();
    assert_eq!(index, "kibana-event-log-000001");
    assert_eq!(engine.stats().documents, stored.len() as u64, "nothing is elsewhere");
}

/// The port of an engine that has not started yet.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

#[test]
fn failing_engine_gets_log_then_each_event_once() {
    let (directory, engine) =
        (tempfile::tempdir().unwrap(), engine().mode("503+all".parse().unwrap()).start().unwrap());
    let service = start(directory.path(), &engine.url());
    log(&service, 1..=100);
    wait(|| installation(&service).failures > 0);
    let state = installation(&service);
    assert!(!state.is_installed && !state.needs_person, "{state:?}");
    assert!(state.last_error.unwrap().contains("503"));
    assert_eq!(engine.stats().requests, 0, "no bulk request before the log is there");
    engine.set_mode(Mode::default());
    check_delivered(&service, &engine, 1..=100);
    let state = installation(&service);
    assert!(state.is_installed && state.last_error.is_none() && state.failures > 0, "{state:?}");
    assert_eq!(service.metrics().health(), Health::Good);
}

#[test]
fn event_from_before_the_engine_arrives_once() {
    let (directory, port) = (tempfile::tempdir().unwrap(), free_port());
    let service = start(directory.path(), &format!("http://127.0.0.1:{port}"));
    log(&service, 1..=1);
    wait(|| installation(&service).failures > 0);
    wait(|| delivery(&service).lag.is_some_and(|lag| lag > Duration::ZERO));
    assert_eq!(delivery(&service).waiting, 1);
    let engine = engine().port(port).start().unwrap();
    check_delivered(&service, &engine, 1..=1);
    assert_eq!((delivery(&service).delivered, delivery(&service).lag), (1, None));
}

#[test]
fn events_survive_a_stop_without_an_engine() {
    let (directory, port) = (tempfile::tempdir().unwrap(), free_port());
    let url = format!("http://127.0.0.1:{port}");
    {
        let service = start(directory.path(), &url);
        log(&service, 1..=20);
        let report = service.stop(Instant::now());
        assert_eq!((report.delivered, report.spooled, report.lost), (0, 20, 0), "{report:?}");
        assert!(report.is_synced && !report.is_delivered, "{report:?}");
    }
    let engine = engine().port(port).start().unwrap();
    let service = start(directory.path(), &url);
    log(&service, 21..=30);
    check_delivered(&service, &engine, 1..=30);
}

#[test]
fn ten_services_at_once_install_and_deliver() {
    let engine = engine().start().unwrap();
    thread::scope(|scope| {
        for place in 0..10 {
            let url = engine.url();
            scope.spawn(move || {
                let directory = tempfile::tempdir().unwrap();
                let service = start(directory.path(), &url);
                log(&service, place * 50 + 1..=place * 50 + 50);
                let report = service.stop(Instant::now() + LIMIT);
                assert_eq!((report.delivered, report.is_delivered), (50, true), "{report:?}");
                assert!(installation(&service).is_installed);
            });
        }
    });
    let mut stored = engine.sequences();
    stored.sort_unstable();
    assert!(stored.into_iter().eq(1..=500));
    let index = resolve_write_index(&transport(&engine.url()), ALIAS).unwrap();
    assert_eq!((index.as_str(), engine.stats().documents), ("kibana-event-log-000001", 500));
}

#[test]
fn index_in_place_of_alias_keeps_events_spooled() {
    let (directory, engine) = (tempfile::tempdir().unwrap(), engine().start().unwrap());
    let path = format!("/{ALIAS}");
    assert_eq!(transport(&engine.url()).send(&Request::new(Method::Put, &path)).unwrap().status, 200);
    let service = start(directory.path(), &engine.url());
    log(&service, 1..=10);
    wait(|| installation(&service).needs_person);
    let Health::Impaired(reasons) = service.metrics().health() else { panic!("its health is good") };
    let reason = "the log cannot be installed: there is an index `kibana-event-log` in place of the alias";
    assert!(reasons[0].starts_with(reason), "{reasons:?}");
    let report = service.stop(Instant::now());
    assert_eq!((report.spooled, report.is_delivered, engine.stats().requests), (10, false, 0), "{report:?}");
}

#[test]
fn older_program_keeps_writing_to_a_newer_log() {
    let (directory, engine) = (tempfile::tempdir().unwrap(), engine().start().unwrap());
    Installer::new(newer_bundle()).install(&transport(&engine.url())).unwrap();
    let service = start(directory.path(), &engine.url());
    log(&service, 1..=10);
    check_delivered(&service, &engine, 1..=10);
    let state = installation(&service);
    assert!(!state.is_installed && state.needs_person, "{state:?}");
    let Health::Impaired(reasons) = service.metrics().health() else { panic!("its health is good") };
    assert!(reasons[0].contains("deploy the newer version here"), "{reasons:?}");
}

/// The same files as a later version.
fn newer_bundle() -> Bundle {
    let installed = Bundle::load(FILES).unwrap();
    let version = |version: u64| format!("\"version\": {version}");
    let (old, new) = (version(installed.version()), version(installed.version() + 1));
    let files: Vec<(String, String)> = std::fs::read_dir(FILES)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            let text = text.replace(&old, &new).replace(installed.hash(), "of another mapping");
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let bundle = Bundle::from_files(&files).unwrap();
    assert_eq!(bundle.version(), installed.version() + 1);
    bundle
}

#[test]
fn removed_log_is_installed_again() {
    let (directory, engine) = (tempfile::tempdir().unwrap(), engine().start().unwrap());
    let service = start(directory.path(), &engine.url());
    wait(|| installation(&service).is_installed);
    let index = "/kibana-event-log-000001";
    assert_eq!(transport(&engine.url()).send(&Request::new(Method::Delete, index)).unwrap().status, 200);
    log(&service, 1..=10);
    check_delivered(&service, &engine, 1..=10);
}

#[test]
fn files_say_where_events_go() {
    for (folder, index) in [("elasticsearch", ".kibana-event-log-000001"), ("opensearch", "kibana-event-log-000001")] {
        let (directory, engine) = (tempfile::tempdir().unwrap(), engine().start().unwrap());
        let files = Path::new(FILES).with_file_name(folder);
        let shipping = Shipping::installing(transport(&engine.url()), Bundle::load(files).unwrap());
        let service = EventLogService::builder().ship(shipping).start(directory.path()).unwrap();
        log(&service, 1..=10);
        wait(|| delivery(&service).delivered == 10);
        let found = transport(&engine.url()).send(&Request::new(Method::Get, &format!("/{index}"))).unwrap();
        assert_eq!(found.status, 200, "{folder}");
    }
}

#[test]
fn bundle_without_the_alias_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let shipping = Shipping::new(transport("http://127.0.0.1:9"), "other").install(Bundle::load(FILES).unwrap());
    let started = EventLogService::<KibanaEventLog>::builder().ship(shipping).start(directory.path());
    assert!(matches!(&started, Err(StartError::Target { target, .. }) if target == "other"), "{started:?}");
    let message = started.unwrap_err().to_string();
    let text = "the files of the log `kibana-event-log` create no alias or data stream `other`, but `kibana-event-log`: ship \
                there, as `Shipping::installing` does";
    assert_eq!(message, text);
}

#[test]
fn no_write_recreates_a_deleted_index() {
    let (directory, engine) = (tempfile::tempdir().unwrap(), engine().alias(ALIAS).start().unwrap());
    let settings = Settings::new(ALIAS)
        .max_age(Duration::from_millis(5))
        .retry(Duration::from_millis(4), Duration::from_millis(100));
    let shipping = Shipping::new(transport(&engine.url()), settings);
    let service: EventLogService<KibanaEventLog> =
        EventLogService::builder().ship(shipping).start(directory.path()).unwrap();
    log(&service, 1..=10);
    wait(|| delivery(&service).delivered == 10);
    let client = transport(&engine.url());
    let send = |method, path: &str, body: &str| {
        client.send(&Request::new(method, path).with_json(body.as_bytes())).unwrap().status
    };
    assert_eq!(send(Method::Delete, "/kibana-event-log-000001", ""), 200);
    log(&service, 11..=20);
    wait(|| delivery(&service).last_error.is_some());
    let error = delivery(&service).last_error.unwrap();
    // Which of the two comes first depends on how long ago the alias was resolved.
    let reason = "no such index [kibana-event-log] and [require_alias]";
    assert!(error.contains("there is no alias or data stream") || error.contains(reason), "{error}");
    assert_eq!(send(Method::Get, "/kibana-event-log-000001", ""), 404, "no write makes it");
    assert_eq!(send(Method::Get, "/kibana-event-log", ""), 404, "nor an index of the alias's name");
    let alias = r#"{"aliases": {"kibana-event-log": {"is_write_index": true}}}"#;
    assert_eq!(send(Method::Put, "/kibana-event-log-000001", alias), 200);
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.quarantined == 0, "{report:?}");
    assert_eq!(engine.sequences(), (1..=20).collect::<Vec<_>>());
    assert_eq!(engine.stats().documents, 10, "what came after the deletion");
}

#[test]
fn service_installs_and_ships_to_a_data_stream() {
    let (directory, engine) = (tempfile::tempdir().unwrap(), engine().start().unwrap());
    let files = directory.path().join("files");
    std::fs::create_dir(&files).unwrap();
    let mapping = r#"{"_meta":{"hash":"h","log":"stream","version":1},"properties":{}}"#;
    let template = r#"{"index_patterns":["stream"],"data_stream":{},"template":{"mappings":MAPPING},"_meta":{"hash":"h","log":"stream","version":1}}"#;
    let steps = r#"{"log":"stream","version":1,"engine":"opensearch","steps":[
        {"method":"PUT","path":"/_index_template/stream","body":"index-template.json","note":"first"},
        {"method":"PUT","path":"/_data_stream/stream","note":"then"}]}"#;
    let template = template.replace("MAPPING", mapping);
    for (name, text) in [("mappings.json", mapping), ("index-template.json", &template), ("install.json", steps)] {
        std::fs::write(files.join(name), text).unwrap();
    }
    let settings = Settings::new("stream").max_age(Duration::from_millis(5));
    let shipping = Shipping::new(transport(&engine.url()), settings).install(Bundle::load(&files).unwrap());
    let service: EventLogService<KibanaEventLog> =
        EventLogService::builder().ship(shipping).start(directory.path().join("log")).unwrap();
    log(&service, 1..=10);
    wait(|| delivery(&service).delivered == 10);
    assert!(engine.rollover("stream").is_some());
    log(&service, 11..=20);
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.quarantined == 0, "{report:?}");
    assert_eq!(engine.sequences(), (1..=20).collect::<Vec<_>>());
}
