//! What the shell function of before sends, straight to the alias with `curl`, as it sends it: the event arrives as a
//! strict one through the default pipeline of the installed index. Each case of the pipeline is checked elsewhere.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use ecs_schema::validate_json;
use serde_json::Value;

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::Log;
use super::tally::Tally;
use crate::engines::{Engine, Running, reason_of, step};

/// What is sent: name, document, and the message that is stored.
const SENT: &[(&str, &str, &str)] = &[
    (
        "the form of today",
        r#"{"time": "1595258400000", "type": "deployment", "message": "Deploying 13.3.1", "env": "gprd", "username": "alice", "source": "https://gitlab.example.com/g/p/-/jobs/796"}"#,
        "Deploying 13.3.1",
    ),
    (
        "the first form",
        r#"{"time": "2020-07-20T15:20:00Z", "type": "deployment", "message": "Deploying 13.3.202007201240", "env": "gprd-cny", "user": "uknown", "source": "https://gitlab.example.com/g/p/-/jobs/1", "diff": "https://gitlab.example.com/g/p/-/compare/a0b1c2d...d3e4f5a"}"#,
        "Deploying 13.3.202007201240",
    ),
    (
        "quotes and a backslash",
        r#"{"time": "1595258401000", "type": "configuration", "message": "Revert \"Deploy C:\\web\"", "env": "gprd", "username": "unknown", "source": "https://gitlab.example.com/g/p/-/jobs/2"}"#,
        r#"Revert "Deploy C:\web""#,
    ),
    (
        "new lines",
        r#"{"time": "1595258402000", "type": "configuration", "message": "First line\nsecond line\r\n\tthird", "env": "gprd", "username": "bob", "source": "https://gitlab.example.com/g/p/-/jobs/3"}"#,
        "First line second line third",
    ),
];

/// What the pipeline or the engine cannot read, and a part of the reason that it gives.
const REFUSED: &[(&str, &str)] = &[
    (r#"{"time": "1595258400000", "type": "deployment", "env": "gprd"}"#, "no `message`"),
    (r#"{"message": "Deploying", "env": "gprd", "colour": "blue"}"#, "unknown field `colour`"),
    (r#"{"message": {"text": "Deploying"}, "env": "gprd"}"#, "field `message` must be a single value"),
    (r#"["Deploying"]"#, NO_OBJECT),
];

/// A part of the engine's own reason, which OpenSearch 2.15 gives with status 500.
const NO_OBJECT: &str = "xcontent";

/// Installs the log of infrastructure events and sends to its alias.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let log = Log::committed("infra-events")?;
    let installed = Installed::new(running.client(), &log, &mut Adapter::new(running.release()))?;
    let alias = &installed.targets()[0];
    let url = format!("{}/{alias}/_doc", running.url());
    for (name, document, message) in SENT {
        check_sent(running, &log, &url, document, message).with_context(|| (*name).to_owned())?;
    }
    tally.add("flat events sent with curl and stored as strict ones", SENT.len());
    for (document, wanted) in REFUSED {
        let (status, body) = curl(&url, document)?;
        let reason = reason_of(&body["error"]);
        let is_error_of_engine = *wanted == NO_OBJECT && running.release() == Engine::OpenSearch2;
        let expected = if is_error_of_engine { 500 } else { 400 };
        ensure!(status == expected && reason.contains(wanted), "`{document}` was answered {status}: {body}");
        step("Refused", &format!("{document}: {reason}"));
    }
    tally.add("unreadable events refused with a reason", REFUSED.len());
    Ok(())
}

fn check_sent(running: &Running, log: &Log, url: &str, document: &str, message: &str) -> Result<()> {
    let (status, body) = curl(url, document)?;
    ensure!(status == 201, "it was answered {status}: {body}");
    let (index, id) = (body["_index"].as_str().unwrap_or_default(), body["_id"].as_str().unwrap_or_default());
    let stored = running.client().send("GET", &format!("/{index}/_doc/{id}"))?.expect("read the event")?;
    let stored = &stored["_source"];
    if let Err(violations) = validate_json(log.rules(), stored) {
        bail!("what is stored is not a valid event: {violations}\n{stored:#}");
    }
    let found = stored["message"].as_str().unwrap_or_default();
    ensure!(found == message, "the message is {found:?}");
    ensure!(stored["event"]["id"] == id, "the event's id is not the document's");
    Ok(())
}

/// Posts with `curl`, with the arguments that the shell function has.
fn curl(url: &str, body: &str) -> Result<(u16, Value)> {
    let mut child = Command::new("curl")
        .args(["--silent", "--request", "POST", "--header", "Content-Type: application/json", "--data-binary", "@-"])
        .args(["--write-out", "\n%{http_code}", "--noproxy", "*", url])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run `curl`, with which the shell function sends\n  help: install it (`apt install curl`)")?;
    child.stdin.take().context("curl has no standard input")?.write_all(body.as_bytes())?;
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    let (body, status) = text.rsplit_once('\n').context("curl printed no status")?;
    Ok((status.parse()?, serde_json::from_str(body).unwrap_or(Value::Null)))
}
