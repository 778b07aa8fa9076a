//! The generated roles as files on Elasticsearch 8: what each may do, and what it may not. Owns the users of the test; the
//! engine looks at its files every second.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::{self, Log};
use super::tally::Tally;
use crate::engines::{ADMIN_PASSWORD, ADMIN_PASSWORD_HASH, Client, Engine, Running, step};

/// How long the engine may take to see a changed file.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often the engine is asked.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// The roles that each log has, `LOG-ROLE`.
const ROLES: [&str; 3] = ["writer", "reader", "installer"];

/// The status of what somebody has no right to.
const FORBIDDEN: u16 = 403;

/// Privileges that a writer to an alias might have instead of the generated ones, and what the engine answers with each of
/// them to `POST /ALIAS/_doc`, to overwriting, and to a change of the mapping. The table in `docs/outputs.md` says the same.
/// None allows the first and forbids the others, so that the generated role has none of them.
const OTHERS: &[(&str, &[&str], [u16; 3])] = &[
    ("create_doc", &["create_doc"], [201, FORBIDDEN, 200]),
    ("create", &["create"], [201, 200, 200]),
    ("raw-index", &["indices:data/write/bulk", "indices:data/write/index"], [201, 200, FORBIDDEN]),
    (
        "raw-create",
        &["indices:data/write/bulk*", "indices:data/write/index:op_type/create"],
        [FORBIDDEN, FORBIDDEN, FORBIDDEN],
    ),
];

/// Checks the roles of every committed log.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let Some(config) = running.config_folder() else {
        step("Left out", "the roles: they are files, and only an engine that is started here has its files here");
        return Ok(());
    };
    let logs: Vec<Log> = log::COMMITTED.iter().map(|name| Log::committed(name)).collect::<Result<_>>()?;
    write_files(&config, &logs)?;
    for log in &logs {
        wait_for_users(running, log, &ROLES)?;
    }
    wait_for_users(running, &logs[0], &OTHERS.iter().map(|(name, ..)| *name).collect::<Vec<_>>())?;
    for (log, other) in [(&logs[0], &logs[1]), (&logs[1], &logs[0])] {
        check_log(running, log, other, tally).with_context(|| format!("the roles of `{}`", log.name()))?;
    }
    check_others(running, &logs[0], tally).context("privileges that the writer does not have")
}

/// Shows that no privileges allow a writer single documents without more.
fn check_others(running: &Running, log: &Log, tally: &mut Tally) -> Result<()> {
    let installed = Installed::new(running.client(), log, &mut Adapter::new(Engine::Elasticsearch))?;
    let target = &installed.targets()[0];
    let document = log.file("samples/minimal.json")?;
    for (name, privileges, wanted) in OTHERS {
        let client = user(running, log, name);
        let id = format!("/{target}/_doc/{name}");
        running.client().send_json("PUT", &id, document)?.expect("store a document")?;
        let found = [
            client.send_json("POST", &format!("/{target}/_doc"), document)?.status,
            client.send_json("PUT", &id, document)?.status,
            client.send_json("PUT", &format!("/{target}/_mapping"), &json!({"dynamic": "strict"}))?.status,
        ];
        ensure!(found == *wanted, "with {privileges:?} the answers were {found:?}, not {wanted:?}");
        tally.add("privileges that allow a writer too much or too little", 1);
    }
    Ok(())
}

/// Adds a user of each role beside the administrator. JSON is YAML, but the engine cuts its file at each line that is not
/// indented and reads one role from each part, so every role is a line.
fn write_files(config: &Path, logs: &[Log]) -> Result<()> {
    let mut roles = String::new();
    let mut users = without_ours(&fs::read_to_string(config.join("users"))?, logs);
    let mut users_roles = without_ours(&fs::read_to_string(config.join("users_roles"))?, logs);
    for (name, privileges, _) in OTHERS {
        let name = format!("{}-{name}", logs[0].name());
        let targets = logs[0].targets(Engine::Elasticsearch);
        let names: Vec<String> = targets.into_iter().flat_map(|target| [format!("{target}-*"), target]).collect();
        let indices = json!([{"names": names, "privileges": privileges}]);
        writeln!(roles, "{name}: {}", json!({"cluster": [], "indices": indices}))?;
        writeln!(users, "{name}:{ADMIN_PASSWORD_HASH}")?;
        writeln!(users_roles, "{name}:{name}")?;
    }
    for log in logs {
        let of_log = log.file("elasticsearch/roles.json")?.as_object().context("roles are an object")?;
        for (name, role) in of_log {
            writeln!(roles, "{name}: {role}")?;
        }
        for role in ROLES {
            let name = format!("{}-{role}", log.name());
            ensure!(of_log.contains_key(&name), "there is no role `{name}`");
            writeln!(users, "{name}:{ADMIN_PASSWORD_HASH}")?;
            writeln!(users_roles, "{name}:{name}")?;
        }
    }
    fs::write(config.join("roles.yml"), roles)?;
    fs::write(config.join("users_roles"), users_roles)?;
    fs::write(config.join("users"), users)?;
    Ok(())
}

/// The lines of others: an engine that is left running may have ours from an earlier run, and takes none twice.
fn without_ours(text: &str, logs: &[Log]) -> String {
    let is_ours = |line: &str| logs.iter().any(|log| line.starts_with(&format!("{}-", log.name())));
    text.lines().filter(|line| !is_ours(line)).flat_map(|line| [line, "\n"]).collect()
}

fn user(running: &Running, log: &Log, role: &str) -> Client {
    running.client().with_user(&format!("{}-{role}", log.name()), ADMIN_PASSWORD)
}

fn wait_for_users(running: &Running, log: &Log, roles: &[&str]) -> Result<()> {
    for role in roles {
        let client = user(running, log, role);
        let started = Instant::now();
        while !has_its_role(&client, &format!("{}-{role}", log.name()))? {
            if started.elapsed() > PATIENCE {
                bail!("the engine does not know the user of the role `{}-{role}`", log.name());
            }
            thread::sleep(ASK_EVERY);
        }
    }
    Ok(())
}

fn has_its_role(client: &Client, role: &str) -> Result<bool> {
    let answer = client.send("GET", "/_security/_authenticate")?;
    if answer.body["roles"] != json!([role]) {
        return Ok(false);
    }
    // The user is known; whether the role is, shows in what it may do.
    let privileges = client.send("GET", "/_security/user/_privileges")?;
    Ok(privileges.body["indices"].as_array().is_some_and(|indices| !indices.is_empty()))
}

fn check_log(running: &Running, log: &Log, other: &Log, tally: &mut Tally) -> Result<()> {
    let mut adapter = Adapter::new(Engine::Elasticsearch);
    let [writer, reader, admin] = ROLES.map(|role| user(running, log, role));
    // The step that this engine lacks is left out; all others are the installer's.
    let installed = Installed::by(running.client(), &admin, log, &mut adapter)?;
    super::installer::install(&admin, &installed.steps).context("the installer, a second time")?;
    tally.add("installations by the installer's role", 2);
    let document = log.file("samples/minimal.json")?;
    for target in installed.targets() {
        let mut asked = Asked { target: target.clone(), document: document.clone(), count: 0 };
        asked.of_writer(&writer).context("the writer")?;
        running.client().send("POST", &format!("/{target}/_refresh"))?.expect("refresh")?;
        asked.of_reader(&reader).context("the reader")?;
        asked.of_installer(&admin).context("the installer")?;
        tally.add("requests of the three roles allowed or forbidden as they should be", asked.count);
    }
    let elsewhere = format!("/{}/_doc", other.targets(Engine::Elasticsearch)[0]);
    let answer = writer.send_json("POST", &elsewhere, document)?;
    ensure!(answer.status == FORBIDDEN, "the writer may write `{elsewhere}`: {}", answer.status);
    Ok(())
}

/// Requests about one alias.
struct Asked {
    target: String,
    document: Value,
    count: usize,
}

impl Asked {
    fn of_writer(&mut self, writer: &Client) -> Result<()> {
        let target = self.target.clone();
        let document = self.document.clone();
        self.check_bulk(writer, "create", "a", 201)?;
        self.check_bulk(writer, "create", "b", 201)?;
        self.check_bulk(writer, "create", "b", 409)?;
        // A default pipeline is no barrier: whoever may write may pass it over. The strict mapping is one.
        let lines = format!("{}\n{document}\n", json!({"create": {}}));
        let answer = writer.send_lines("POST", &format!("/{target}/_bulk?pipeline=_none"), lines)?;
        ensure!(answer.body["items"][0]["create"]["status"] == json!(201), "without a pipeline: {}", answer.body);
        self.count += 1;
        // What allows one document at a time would allow overwriting, or changes of the mapping.
        self.check(writer, "PUT", &format!("/{target}/_create/c"), &document, FORBIDDEN)?;
        self.check(writer, "POST", &format!("/{target}/_doc"), &document, FORBIDDEN)?;
        self.check_bulk(writer, "index", "b", FORBIDDEN)?;
        self.check_bulk(writer, "delete", "b", FORBIDDEN)?;
        self.check_bulk(writer, "update", "b", FORBIDDEN)?;
        self.check(writer, "PUT", &format!("/{target}/_doc/a"), &document, FORBIDDEN)?;
        self.check(writer, "POST", &format!("/{target}/_update/a"), &json!({"doc": {}}), FORBIDDEN)?;
        self.check(writer, "DELETE", &format!("/{target}/_doc/a"), &Value::Null, FORBIDDEN)?;
        self.check(writer, "GET", &format!("/{target}/_doc/a"), &Value::Null, FORBIDDEN)?;
        self.check(writer, "GET", &format!("/{target}/_search"), &Value::Null, FORBIDDEN)?;
        // Whether a document is there whose id it knows.
        self.check(writer, "POST", &format!("/{target}-000001/_mget?_source=false"), &json!({"ids": ["a"]}), 200)?;
        // Which index the alias writes to, and nothing else about it.
        self.check(writer, "GET", &format!("/_alias/{target}"), &Value::Null, 200)?;
        self.check(writer, "GET", &format!("/{target}/_mapping"), &Value::Null, FORBIDDEN)?;
        self.check(writer, "GET", &format!("/{target}/_settings"), &Value::Null, FORBIDDEN)?;
        self.check_no_changes(writer)
    }

    fn of_reader(&mut self, reader: &Client) -> Result<()> {
        let target = self.target.clone();
        let document = self.document.clone();
        self.check(reader, "GET", &format!("/{target}/_doc/a"), &Value::Null, 200)?;
        self.check(reader, "GET", &format!("/{target}/_search"), &Value::Null, 200)?;
        self.check(reader, "GET", &format!("/{target}/_mapping"), &Value::Null, 200)?;
        self.check(reader, "PUT", &format!("/{target}/_create/c"), &document, FORBIDDEN)?;
        self.check_bulk(reader, "create", "c", FORBIDDEN)?;
        self.check(reader, "PUT", &format!("/{target}/_doc/a"), &document, FORBIDDEN)?;
        self.check(reader, "DELETE", &format!("/{target}/_doc/a"), &Value::Null, FORBIDDEN)?;
        self.check_no_changes(reader)
    }

    fn of_installer(&mut self, installer: &Client) -> Result<()> {
        let target = self.target.clone();
        let document = self.document.clone();
        self.check(installer, "PUT", &format!("/{target}/_mapping"), &json!({"properties": {}}), 200)?;
        self.check(installer, "PUT", &format!("/{target}/_create/d"), &document, FORBIDDEN)?;
        self.check(installer, "GET", &format!("/{target}/_doc/a"), &Value::Null, FORBIDDEN)?;
        self.check(installer, "GET", "/_security/_authenticate", &Value::Null, 200)
    }

    /// What neither writer nor reader may do to the index, the templates and the cluster.
    fn check_no_changes(&mut self, client: &Client) -> Result<()> {
        let target = self.target.clone();
        let field = json!({"properties": {"no_such_field": {"type": "keyword"}}});
        self.check(client, "PUT", &format!("/{target}/_mapping"), &field, FORBIDDEN)?;
        self.check(client, "DELETE", &format!("/{target}-000001"), &Value::Null, FORBIDDEN)?;
        self.check(client, "PUT", &format!("/{target}-000001/_settings"), &json!({"index.hidden": true}), FORBIDDEN)?;
        self.check(client, "POST", &format!("/{target}/_rollover"), &json!({}), FORBIDDEN)?;
        self.check(client, "PUT", "/_index_template/no-such", &json!({"index_patterns": ["no-such-*"]}), FORBIDDEN)
    }

    fn check(&mut self, client: &Client, method: &str, path: &str, body: &Value, status: u16) -> Result<()> {
        let answer = if body.is_null() { client.send(method, path)? } else { client.send_json(method, path, body)? };
        ensure!(
            answer.status == status,
            "{method} {path} was answered {}, not {status}: {}",
            answer.status,
            answer.reason()
        );
        self.count += 1;
        Ok(())
    }

    /// The same in a bulk request, whose items have a status each.
    fn check_bulk(&mut self, client: &Client, action: &str, id: &str, status: u16) -> Result<()> {
        let target = &self.target;
        let mut lines = format!("{}\n", json!({action: {"_index": target, "_id": id}}));
        match action {
            "delete" => {}
            "update" => lines += "{\"doc\":{}}\n",
            _ => writeln!(lines, "{}", self.document)?,
        }
        let answer = client.send_lines("POST", "/_bulk", lines)?;
        // One without any right to write is refused as a whole.
        let found =
            if answer.is_success() { &answer.body["items"][0][action]["status"] } else { &json!(answer.status) };
        ensure!(*found == json!(status), "`{action}` in bulk was answered {found}, not {status}: {}", answer.body);
        self.count += 1;
        Ok(())
    }
}
