//! Installations on the fake engine: repeated, concurrent, over older and newer versions, and with obstacles.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use event_store::{
    Bundle, HttpTransport, INSTALL_BACKOFF, IndexOutcome, InstallError, InstallProgress, InstallReport,
    InstallStepOutcome, Installer, Method, Request, RetryingInstaller, Transport as _,
};
use fake_engine::FakeEngine;
use serde_json::{Value, json};

const ENGINES: [&str; 2] = ["elasticsearch", "opensearch"];

fn folder(log: &str, engine: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated").join(log).join(engine)
}

/// The committed files of a log, to be changed.
struct Files(BTreeMap<String, Value>);

impl Files {
    /// The committed files as version 1, whatever the log's version is.
    fn load(log: &str, engine: &str) -> Self {
        let entries = std::fs::read_dir(folder(log, engine)).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        });
        Self(files.collect()).of_version(1)
    }

    /// The same as a later version of the log, with another hash.
    fn of_version(mut self, version: u64) -> Self {
        let hash = format!("hash of {version}");
        for (name, file) in &mut self.0 {
            let metas = ["/_meta", "/template/mappings/_meta"];
            for meta in metas {
                if let Some(meta) = file.pointer_mut(meta).filter(|_| !name.contains("policy")) {
                    meta["version"] = json!(version);
                    meta["hash"] = json!(hash);
                }
            }
        }
        self.0.get_mut("install.json").unwrap()["version"] = json!(version);
        self
    }

    fn with_field(mut self, name: &str, kind: &str) -> Self {
        let mapping = &mut self.0.get_mut("component-template-mappings.json").unwrap()["template"]["mappings"];
        mapping["properties"][name] = json!({"type": kind});
        self
    }

    fn installer(&self) -> Installer {
        let texts: Vec<(&str, String)> = self.0.iter().map(|(name, file)| (name.as_str(), file.to_string())).collect();
        let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Installer::new(Bundle::from_files(&files).unwrap())
    }
}

struct Engine {
    engine: FakeEngine,
    transport: HttpTransport,
}

impl Engine {
    fn start() -> Self {
        let engine = FakeEngine::builder().start().unwrap();
        let transport = HttpTransport::builder().host(engine.url()).build().unwrap();
        Self { engine, transport }
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string);
        let request = Request::new(method, path);
        let request = body.as_ref().map_or(request, |body| request.with_json(body.as_bytes()));
        let response = self.transport.send(&request).unwrap();
        assert!(response.is_success(), "{path}: {:?}", response.refusal());
        serde_json::from_slice(&response.body).unwrap_or_default()
    }

    fn get(&self, path: &str) -> Value {
        self.send(Method::Get, path, None)
    }

    fn install(&self, files: &Files) -> InstallReport {
        files.installer().install(&self.transport).unwrap()
    }

    #[track_caller]
    fn check_refused(&self, files: &Files, wanted: &str) -> InstallError {
        let error = files.installer().install(&self.transport).unwrap_err();
        assert_eq!(error.to_string(), wanted);
        error
    }
}

#[test]
fn everything_is_installed_once() {
    for log in ["kibana-event-log", "infra-events"] {
        for kind in ENGINES {
            let engine = Engine::start();
            let installer = Installer::new(Bundle::load(folder(log, kind)).unwrap());
            let first = installer.install(&engine.transport).unwrap();
            assert!(first.steps.iter().all(|step| step.outcome == InstallStepOutcome::Put), "{first:?}");
            assert!(first.indices.iter().all(|index| index.outcome == IndexOutcome::Created), "{first:?}");
            assert_eq!(first.indices.len(), installer.bundle().targets().count());
            for target in installer.bundle().targets() {
                assert_eq!(engine.engine.write_index(target), Some(format!("{target}-000001")));
            }
            let again = installer.install(&engine.transport).unwrap();
            assert!(!again.is_changed(), "{again:?}");
            assert_eq!(
                again.to_string(),
                format!("`{log}` version {} on {kind}: up to date", installer.bundle().version())
            );
        }
    }
}

#[test]
fn ten_installers_at_once_install_once() {
    let engine = Engine::start();
    let older = Files::load("kibana-event-log", "opensearch");
    let newer = Files::load("kibana-event-log", "opensearch").of_version(2).with_field("message", "long");
    for (files, index) in [(&older, "kibana-event-log-000001"), (&newer, "kibana-event-log-000002")] {
        let start = Barrier::new(10);
        let reports: Vec<InstallReport> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..10)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        engine.install(files)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(reports.iter().all(|report| report.indices[0].index == index), "{reports:?}");
        assert_eq!(engine.engine.write_index("kibana-event-log").as_deref(), Some(index));
        assert!(!engine.install(files).is_changed());
    }
    let indices = engine.get("/kibana-event-log-*/_mapping");
    assert_eq!(indices.as_object().unwrap().len(), 2, "rolled over more than once");
}

#[test]
fn edited_policy_stays() {
    for (kind, path) in
        [("elasticsearch", "/_ilm/policy/event_log_policy"), ("opensearch", "/_plugins/_ism/policies/event_log_policy")]
    {
        let engine = Engine::start();
        let edited = json!({"policy": {"edited": true}});
        engine.send(Method::Put, path, Some(&edited));
        let report = engine.install(&Files::load("kibana-event-log", kind));
        assert_eq!(report.steps[0].outcome, InstallStepOutcome::Kept);
        engine.install(&Files::load("kibana-event-log", kind).of_version(2));
        assert_eq!(engine.get(path)["event_log_policy"], edited);
    }
}

#[test]
fn new_fields_are_added_to_the_write_index() {
    let engine = Engine::start();
    engine.install(&Files::load("kibana-event-log", "elasticsearch"));
    let newer = Files::load("kibana-event-log", "elasticsearch").of_version(2).with_field("new", "ip");
    let report = engine.install(&newer);
    assert_eq!(report.indices[0].outcome, IndexOutcome::MappingUpdated);
    let mapping = engine.get("/.kibana-event-log/_mapping");
    let mapping = &mapping[".kibana-event-log-000001"]["mappings"];
    assert_eq!((&mapping["properties"]["new"]["type"], &mapping["_meta"]["version"]), (&json!("ip"), &json!(2)));
    assert!(!engine.install(&newer).is_changed());
}

#[test]
fn constants_that_the_index_has_learnt_stay() {
    let engine = Engine::start();
    let files = |version| Files::load("kibana-event-log", "elasticsearch").of_version(version);
    engine.install(&files(1).with_field("dataset", "constant_keyword"));
    // As the first document does it.
    let learnt = json!({"properties": {"dataset": {"type": "constant_keyword", "value": "orders"}}});
    engine.send(Method::Put, "/.kibana-event-log-000001/_mapping", Some(&learnt));
    let newer = files(2).with_field("dataset", "constant_keyword").with_field("new", "ip");
    let report = engine.install(&newer);
    assert_eq!(report.indices[0].outcome, IndexOutcome::MappingUpdated);
    let mapping = engine.get("/.kibana-event-log/_mapping");
    let fields = &mapping[".kibana-event-log-000001"]["mappings"]["properties"];
    assert_eq!((&fields["dataset"]["value"], &fields["new"]["type"]), (&json!("orders"), &json!("ip")));
    assert!(!engine.install(&newer).is_changed());
}

#[test]
fn log_is_installed_without_lifecycle_management() {
    for (kind, policy) in
        [("elasticsearch", "/_ilm/policy/event_log_policy"), ("opensearch", "/_plugins/_ism/policies/event_log_policy")]
    {
        let engine = FakeEngine::builder().without_lifecycle().start().unwrap();
        let transport = HttpTransport::builder().host(engine.url()).build().unwrap();
        let bundle = Bundle::load(folder("kibana-event-log", kind)).unwrap();
        let error = Installer::new(bundle.clone()).install(&transport).unwrap_err();
        let text = format!(
            "the engine has no lifecycle management, `GET {policy}` is answered with 400: no handler found for uri \
             [{policy}] and method [GET]: add it to the engine, or install without the policy (`Bundle::without_policy`), \
             and take care of rollover and deletion yourself"
        );
        assert_eq!(error.to_string(), text);
        assert!(!error.is_retryable());
        let without = Installer::new(bundle.clone().without_policy());
        let report = without.install(&transport).unwrap();
        assert_eq!(report.steps[0].outcome, InstallStepOutcome::LeftOut);
        let said = ", without its lifecycle policy: nothing rolls over or deletes its indices";
        assert!(report.to_string().contains(said), "{report}");
        assert!(!without.install(&transport).unwrap().is_changed());
        let target = without.bundle().targets().next().unwrap();
        assert_eq!(engine.write_index(target), Some(format!("{target}-000001")));
    }
}

/// As the plugin does it, it attaches no policy to an index that is hidden or begins with a dot, nor to one that is older
/// than the policy.
#[test]
fn unmanaged_index_is_logged() {
    let text = |index: &str| {
        format!(
            "`kibana-event-log` version 1 on opensearch: up to date, but `{index}` has no lifecycle policy: nothing rolls \
             it over or deletes it; see `GET _plugins/_ism/explain/{index}`, and attach the policy by `POST \
             _plugins/_ism/add/{index}`"
        )
    };
    let named = |alias: &str| {
        let mut files = Files::load("kibana-event-log", "opensearch");
        for file in files.0.values_mut() {
            *file = serde_json::from_str(&file.to_string().replace("\"kibana-event-log-0", &format!("\"{alias}-0")))
                .unwrap();
        }
        files
    };
    let engine = Engine::start();
    let files = named("kibana-event-log");
    assert!(engine.install(&files).indices.iter().all(|index| !index.is_unmanaged));
    let again = engine.install(&files);
    assert!(!again.is_changed() && !again.indices[0].is_unmanaged, "{again}");

    let engine = Engine::start();
    let hidden =
        json!({"settings": {"index": {"hidden": "true"}}, "aliases": {"kibana-event-log": {"is_write_index": true}}});
    engine.send(Method::Put, "/kibana-event-log-000001", Some(&hidden));
    let report = engine.install(&files);
    assert!(report.indices[0].is_unmanaged, "{report}");
    let again = engine.install(&files).to_string();
    assert_eq!(again, text("kibana-event-log-000001"));

    let engine = Engine::start();
    let dotted = json!({"aliases": {"kibana-event-log": {"is_write_index": true}}});
    engine.send(Method::Put, "/.kibana-event-log-000001", Some(&dotted));
    engine.install(&named(".kibana-event-log"));
    let again = engine.install(&named(".kibana-event-log")).to_string();
    assert_eq!(again, text(".kibana-event-log-000001"));
}

#[test]
fn policy_is_added_once_the_engine_accepts_it() {
    for kind in ENGINES {
        let engine = Engine::start();
        let bundle = Bundle::load(folder("infra-events", kind)).unwrap();
        Installer::new(bundle.clone().without_policy()).install(&engine.transport).unwrap();
        let template = engine.get("/_index_template/infra-events").to_string();
        assert!(!template.contains("lifecycle") && !template.contains("index_state_management"), "{template}");
        let report = Installer::new(bundle).install(&engine.transport).unwrap();
        assert!(report.steps.iter().all(|step| step.outcome == InstallStepOutcome::Put), "{report:?}");
        let template = engine.get("/_index_template/infra-events").to_string();
        assert!(template.contains("lifecycle") || template.contains("index_state_management"), "{template}");
    }
}

#[test]
fn mapping_that_cannot_be_merged_rolls_over() {
    let engine = Engine::start();
    engine.install(&Files::load("kibana-event-log", "elasticsearch"));
    let newer = Files::load("kibana-event-log", "elasticsearch").of_version(2).with_field("message", "long");
    let report = engine.install(&newer);
    let text = "`kibana-event-log` version 2 on elasticsearch: 3 of 4 objects put, `.kibana-event-log-000001` rolled over \
                to `.kibana-event-log-000002`";
    assert_eq!(report.to_string(), text);
    assert_eq!(engine.engine.write_index(".kibana-event-log").as_deref(), Some(".kibana-event-log-000002"));
    assert!(!engine.install(&newer).is_changed());
}

#[test]
fn older_bundle_is_refused_and_changes_nothing() {
    let engine = Engine::start();
    engine.install(&Files::load("kibana-event-log", "opensearch").of_version(3));
    let before = engine.get("/_index_template/kibana-event-log");
    let text = "`/_component_template/kibana-event-log@mappings` is of version 3 of the log, and this is version 1: deploy \
                the newer version here";
    let error = engine.check_refused(&Files::load("kibana-event-log", "opensearch"), text);
    assert!(!error.is_retryable());
    assert_eq!(engine.get("/_index_template/kibana-event-log"), before);
}

#[test]
fn interrupted_installation_is_completed() {
    let whole = Files::load("infra-events", "opensearch");
    let count = whole.0["install.json"]["steps"].as_array().unwrap().len();
    for taken in 0..count {
        let engine = Engine::start();
        let mut part = Files::load("infra-events", "opensearch");
        let steps = part.0.get_mut("install.json").unwrap()["steps"].as_array_mut().unwrap();
        for step in steps.drain(..).take(taken) {
            let body = &whole.0[step["body"].as_str().unwrap()];
            engine.send(Method::Put, step["path"].as_str().unwrap(), Some(body));
        }
        let report = engine.install(&whole);
        assert!(report.is_changed());
        assert!(!engine.install(&whole).is_changed(), "after {taken} steps");
        assert_eq!(engine.engine.write_index("events-gstg").as_deref(), Some("events-gstg-000001"));
    }
}

#[test]
fn template_of_somebody_else_stays() {
    let engine = Engine::start();
    let theirs = json!({"index_patterns": ["x-*"]});
    engine.send(Method::Put, "/_index_template/kibana-event-log", Some(&theirs));
    let text = "`/_index_template/kibana-event-log` exists and is not of the log `kibana-event-log`: rename the log, or \
                remove it if nobody needs it";
    engine.check_refused(&Files::load("kibana-event-log", "elasticsearch"), text);
    assert_eq!(engine.get("/_index_template/kibana-event-log")["index_templates"][0]["index_template"], theirs);
}

#[test]
fn index_with_the_alias_name_is_an_error() {
    let engine = Engine::start();
    engine.send(Method::Put, "/.kibana-event-log", Some(&json!({})));
    let text = "there is an index `.kibana-event-log` in place of the alias: reindex its documents into \
                `.kibana-event-log-…`, delete it, and install again";
    engine.check_refused(&Files::load("kibana-event-log", "elasticsearch"), text);
    engine.send(Method::Delete, "/.kibana-event-log", None);
    assert!(engine.install(&Files::load("kibana-event-log", "elasticsearch")).is_changed());
}

#[test]
fn first_index_without_its_alias_is_an_error() {
    let engine = Engine::start();
    engine.send(Method::Put, "/.kibana-event-log-000001", Some(&json!({})));
    let text = "there is an index `.kibana-event-log-000001` and no alias `.kibana-event-log`: put the alias on the newest \
                index, by `POST /_aliases {\"actions\": [{\"add\": {\"index\": \".kibana-event-log-000001\", \"alias\": \
                \".kibana-event-log\", \"is_write_index\": true}}]}`; the installation continues from there, and rolls over if \
                the index has another mapping";
    engine.check_refused(&Files::load("kibana-event-log", "elasticsearch"), text);
}

#[test]
fn alias_without_a_write_index_is_an_error() {
    let engine = Engine::start();
    let aliases = json!({"aliases": {".kibana-event-log": {"is_write_index": false}}});
    engine.send(Method::Put, "/.kibana-event-log-000001", Some(&aliases));
    let text = "the alias `.kibana-event-log` has no write index: set `is_write_index` on the newest of \
                `.kibana-event-log-000001`";
    engine.check_refused(&Files::load("kibana-event-log", "elasticsearch"), text);
}

#[test]
fn no_rollover_is_made_in_vain() {
    let engine = Engine::start();
    engine.install(&Files::load("kibana-event-log", "elasticsearch"));
    let above = json!({"index_patterns": [".kibana-*"], "priority": 9000, "template": {"mappings": {}}});
    engine.send(Method::Put, "/_index_template/above", Some(&above));
    let newer = Files::load("kibana-event-log", "elasticsearch").of_version(2).with_field("message", "long");
    let text = "another template gives `.kibana-event-log-000002` its mapping: lower that template's priority";
    engine.check_refused(&newer, text);
    assert_eq!(engine.engine.write_index(".kibana-event-log").as_deref(), Some(".kibana-event-log-000001"));
}

#[test]
fn data_stream_is_made_updated_and_rolled_over() {
    let stream = |version: u64| {
        let mut files = Files::load("kibana-event-log", "opensearch").of_version(version);
        let step = json!({
            "method": "PUT", "path": "/_data_stream/.kibana-event-log-000001", "note": "",
            "skip_if": {"method": "GET", "path": "/_data_stream/.kibana-event-log-000001", "status": 200},
            "fine_if": {"status": 400, "error": "resource_already_exists_exception"}
        });
        *files.0.get_mut("install.json").unwrap()["steps"].as_array_mut().unwrap().last_mut().unwrap() = step;
        files.0.get_mut("index-template.json").unwrap()["index_patterns"] = json!(["*.kibana-event-log-*"]);
        files
    };
    let engine = Engine::start();
    let report = engine.install(&stream(1));
    assert_eq!(report.indices[0].outcome, IndexOutcome::Created);
    assert!(!engine.install(&stream(1)).is_changed());
    let report = engine.install(&stream(2).with_field("new", "ip"));
    assert_eq!(report.indices[0].outcome, IndexOutcome::MappingUpdated);
    let from = report.indices[0].index.clone();
    let newer = stream(3).with_field("message", "long");
    assert_eq!(engine.install(&newer).indices[0].outcome, IndexOutcome::RolledOver { from });
    assert!(!engine.install(&newer).is_changed());
}

#[test]
fn refusals_say_whether_to_retry() {
    let engine = Engine::start();
    let files = Files::load("kibana-event-log", "elasticsearch");
    engine.engine.set_mode("503+all".parse().unwrap());
    let text = "the engine refuses `GET /_component_template/kibana-event-log@mappings`: 503 cluster_block_exception: \
                blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]";
    assert!(engine.check_refused(&files, text).is_retryable());
    engine.engine.set_mode("403+all".parse().unwrap());
    let text = "the engine refuses `GET /_component_template/kibana-event-log@mappings`: 403 security_exception: action is \
                unauthorized";
    assert!(!engine.check_refused(&files, text).is_retryable());
    engine.engine.set_mode("down".parse().unwrap());
    let error = files.installer().install(&engine.transport).unwrap_err();
    let text = "cannot send `GET /_component_template/kibana-event-log@mappings`: the connection to `http://127.0.0.1:";
    assert!(error.to_string().starts_with(text) && error.is_retryable(), "{error}");
}

#[test]
fn installation_is_retried_until_it_succeeds() {
    let engine = Engine::start();
    let mut installation = RetryingInstaller::new(Files::load("kibana-event-log", "opensearch").installer());
    let start = Instant::now();
    engine.engine.set_mode("503+all".parse().unwrap());
    let mut now = start;
    let mut waits = Vec::new();
    for _ in 0..12 {
        let InstallProgress::Failed { retry_in, error } = installation.poll(&engine.transport, now, u32::MAX) else {
            panic!()
        };
        assert!(error.is_retryable());
        let early = now + retry_in / 2;
        assert!(matches!(installation.poll(&engine.transport, early, 0), InstallProgress::Waiting { .. }));
        waits.push(retry_in.as_secs());
        now += retry_in;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);

    engine.engine.set_mode("401+all".parse().unwrap());
    let InstallProgress::Failed { retry_in, .. } = installation.poll(&engine.transport, now, 0) else { panic!() };
    assert_eq!(retry_in, INSTALL_BACKOFF.cap());

    engine.engine.set_mode("ok".parse().unwrap());
    now += retry_in;
    assert!(matches!(installation.poll(&engine.transport, now, 0), InstallProgress::Installed(_)));
    assert!(installation.is_done());
    assert!(matches!(installation.poll(&engine.transport, now, 0), InstallProgress::Done));
    installation.restart();
    assert!(matches!(
        installation.poll(&engine.transport, now + Duration::from_secs(1), 0),
        InstallProgress::Installed(_)
    ));
}

#[test]
fn invalid_bundles_are_refused() {
    let text = |files: &[(&str, &str)]| Bundle::from_files(files).unwrap_err().to_string();
    assert_eq!(text(&[]), "the file `install.json` is missing");
    assert_eq!(
        text(&[("install.json", "{}")]),
        "the file `install.json` does not have the form that `ecs-gen` writes: missing field `log` at line 1 column 2"
    );
    let install = r#"{"log":"a","version":1,"engine":"opensearch","steps":[
        {"method":"PUT","path":"/_index_template/a","body":"a.json","note":""}]}"#;
    assert_eq!(text(&[("install.json", install)]), "the file `a.json` is missing");
    let unknown =
        "the step `/_index_template/…` of `install.json` is of an unknown kind: no template has a `_meta.hash`";
    assert_eq!(text(&[("install.json", install), ("a.json", "{}")]), unknown);
    let error = Bundle::load("/no/such/folder").unwrap_err();
    assert_eq!(error.to_string(), "cannot read `/no/such/folder/install.json`: No such file or directory (os error 2)");
}
