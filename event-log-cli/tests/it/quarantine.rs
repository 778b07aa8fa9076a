//! `event-log quarantine` lists, shows and resubmits, on what a real service has left in its quarantine.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use ecs_schema::Shape as _;
use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
use event_log::ship::Settings;
use event_log::{EventLogService, HttpTransport, Shipping};
use fake_engine::{FakeEngine, Recording};
use serde_json::{Value, json};

const ALIAS: &str = ".kibana-event-log";
const LIMIT: Duration = Duration::from_mins(5);

#[test]
fn refused_events_are_fixed_and_delivered_once() {
    let directory = tempfile::tempdir().unwrap();
    let engine = FakeEngine::builder()
        .alias(ALIAS)
        .mode("items-400:100".parse().unwrap())
        .recording(Recording::Sequences)
        .start()
        .unwrap();
    leave_three_rejected_and_one_invalid(directory.path(), &engine);
    check_help(directory.path());
    check_listed(directory.path());
    check_resubmitted(directory.path());
    check_refused_again(directory.path(), &engine);
    engine.set_mode("ok".parse().unwrap());
    let service = start(directory.path(), &engine);
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.quarantined == 0, "{report:?}");
    let mut stored = engine.sequences();
    stored.sort_unstable();
    assert_eq!(stored, [1, 2, 3, 4]);
}

fn start(directory: &Path, engine: &FakeEngine) -> EventLogService<KibanaEventLog> {
    let transport = HttpTransport::builder().host(engine.url()).build().unwrap();
    let shipping = Shipping::new(transport, Settings::new(ALIAS).max_age(Duration::from_millis(5)));
    EventLogService::builder().ship(shipping).start(directory).unwrap()
}

fn leave_three_rejected_and_one_invalid(directory: &Path, engine: &FakeEngine) {
    let service = start(directory, engine);
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank()).unwrap();
    for number in 1..=3 {
        let mut event = KibanaEventLog::blank();
        event.event.sequence = Some(number);
        logger.log_event(ActionsAction::Execute, &event);
    }
    assert!(service.flush(Instant::now() + LIMIT));
    service.logger(&KibanaEventLog::blank()).unwrap().log_json(r#"{"mesage": "hello"}"#);
    let report = service.stop(Instant::now() + LIMIT);
    assert_eq!((report.delivered, report.quarantined, report.spooled), (0, 4, 0), "{report:?}");
    let running = program(&["ls", directory.to_str().unwrap()]);
    assert_eq!(running.code, 1, "a running service has its directory to itself");
    assert!(running.errors.contains("cannot open"), "{}", running.errors);
}

fn check_help(directory: &Path) {
    let help = program(&["--help"]);
    assert_eq!(help.code, 0);
    for lesson in ["retry /var/lib/orders/event-log --all", "invalid", "Exits with 0"] {
        assert!(help.text.contains(lesson), "{}", help.text);
    }
    assert_eq!(program(&["retry", "somewhere"]).code, 2, "neither numbers nor `--all`");
    let nowhere = directory.join("nowhere");
    let outcome = program(&["ls", nowhere.to_str().unwrap()]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.errors.contains("is not the directory of a service") && !nowhere.exists(), "{}", outcome.errors);
}

fn check_listed(directory: &Path) {
    let dir = directory.to_str().unwrap();
    let listed = program(&["ls", dir]);
    let rows: Vec<&str> = listed.text.lines().collect();
    assert_eq!((listed.code, rows.len()), (0, 4), "{}", listed.text);
    assert!(rows[0].contains("rejected") && rows[0].contains("400"), "{}", rows[0]);
    assert!(rows[3].contains("invalid") && rows[3].contains("`mesage` is not a field"), "{}", rows[3]);
    assert_eq!(program(&["ls", dir, "--kind", "invalid"]).text.lines().count(), 1);
    let objects = program(&["ls", dir, "--json"]).objects();
    assert_eq!((objects.len(), &objects[3]["kind"], &objects[0]["status"]), (4, &json!("invalid"), &json!(400)));
    let shown = program(&["show", dir, &objects[3]["number"].to_string()]);
    let document: Value = serde_json::from_str(&shown.text).unwrap();
    assert_eq!((shown.code, &document["mesage"], &document["event"]["id"]), (0, &json!("hello"), &objects[3]["id"]));
    let shown = program(&["show", dir, &objects[0]["number"].to_string(), "--json"]).objects();
    assert_eq!(shown[0]["document"]["event"]["id"], shown[0]["id"]);
    assert_eq!(program(&["show", dir, "99"]).code, 3);
}

fn check_resubmitted(directory: &Path) {
    let dir = directory.to_str().unwrap();
    let all = program(&["retry", dir, "--all", "--json"]);
    let outcomes: Vec<bool> = all.objects().iter().map(|one| one["is_handed_back"] == true).collect();
    assert_eq!((all.code, outcomes), (3, vec![true, true, true, false]), "{}", all.text);
    let left = program(&["ls", dir, "--json"]).objects();
    assert_eq!(left.len(), 1);
    let number = left[0]["number"].to_string();
    let other_kind = program(&["retry", dir, &number, "--kind", "rejected"]);
    assert_eq!(other_kind.code, 3);
    assert!(
        other_kind.errors.contains("it is of the kind `invalid`, which `--kind` leaves out"),
        "{}",
        other_kind.errors
    );
    let corrected = directory.join("corrected.json");
    let event = json!({
        "@timestamp": "2026-01-01T00:00:00Z",
        "ecs": {"version": "9.4.0"},
        "event": {"provider": "actions", "action": "execute", "sequence": 4},
        "message": "hello",
    });
    std::fs::write(&corrected, format!("{event:#}")).unwrap();
    let generated = concat!(env!("CARGO_MANIFEST_DIR"), "/../generated");
    let retry = ["retry", dir, &number, "--document", corrected.to_str().unwrap(), "--rules"];
    let other = program(&[&retry[..], &[&format!("{generated}/infra-events/rules.json")]].concat());
    assert_eq!(other.code, 3, "the rules of another log refuse it");
    let outcome = program(&[&retry[..], &[&format!("{generated}/kibana-event-log/rules.json")]].concat());
    assert_eq!((outcome.code, outcome.text), (0, format!("{number} is resubmitted\n")));
    assert_eq!(program(&["ls", dir]).text, "");
    assert_eq!(program(&["retry", dir, &number]).code, 3, "it is not there any more");
}

/// The engine's mind has not changed.
fn check_refused_again(directory: &Path, engine: &FakeEngine) {
    let report = start(directory, engine).stop(Instant::now() + LIMIT);
    assert_eq!((report.delivered, report.quarantined, report.spooled), (0, 4, 0), "{report:?}");
    let dir = directory.to_str().unwrap();
    assert_eq!(program(&["ls", dir, "--kind", "rejected"]).text.lines().count(), 4);
    // Two at once: one finds the directory in use, or nothing left to do.
    let outcomes = [spawn(&["retry", dir, "--all"]), spawn(&["retry", dir, "--all"])].map(finish);
    let lines: usize = outcomes.iter().map(|outcome| outcome.text.lines().count()).sum();
    assert_eq!(lines, 4, "{} {}", outcomes[0].errors, outcomes[1].errors);
    assert!(outcomes.iter().all(|outcome| outcome.code == 0 || outcome.errors.contains("cannot open")));
}

struct Outcome {
    code: i32,
    text: String,
    errors: String,
}

impl Outcome {
    fn objects(&self) -> Vec<Value> {
        self.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn program(arguments: &[&str]) -> Outcome {
    finish(spawn(arguments))
}

fn spawn(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
        .arg("quarantine")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn finish(child: Child) -> Outcome {
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let [text, errors] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    Outcome { code: status.code().unwrap(), text, errors }
}

#[test]
fn completions_know_the_subcommands() {
    let output = Command::new(env!("CARGO_BIN_EXE_event-log")).args(["completions", "bash"]).output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && script.contains("retry") && script.contains("--document"), "{script}");
}
