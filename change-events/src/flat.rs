//! The flat documents that the `sendEvent` shell function posts, in both of their shapes. A function, because ids are made
//! of lengths, values that have no place of their own become labels, and the result must be that of the ingest pipeline
//! `infra-events-legacy` to the letter; its cases are the tests of both.

use std::collections::BTreeMap;

use ecs_schema::Timestamp;
use serde_json::{Value as Json, json};

use crate::event::{hex, put};
use crate::mapping::Payload;
use crate::{fields, text, time, url};

/// The name that mapping files call it by.
pub const FUNCTION: &str = "flat";

/// The fields, in the order in which ids are made of them.
const FIELDS: &[&str] = &["time", "type", "message", "env", "stage", "username", "user", "source", "diff_url", "diff"];

/// Further ahead, a time is marked as wrong.
const MAX_AHEAD_NANOS: i128 = 300 * 1_000_000_000;

/// Makes a strict document of a flat one; a document with `ecs.version` is strict already and stays as it is.
///
/// # Errors
/// Why it cannot be read, without values.
pub fn adapt(payload: &Payload<'_>, adapter: &str) -> Result<Json, String> {
    let mut document = if payload.body.get("ecs.version").is_some() || payload.body.pointer("/ecs/version").is_some() {
        strict(payload.body)
    } else {
        Flat::read(payload)?.document(payload, adapter)
    };
    remove_addresses(&mut document);
    ecs_schema::validate_json(fields::rules(), &document).map_err(|violations| violations.to_string())?;
    Ok(document)
}

/// A strict document without what is personal; `ecs.version` as an object.
fn strict(body: &Json) -> Json {
    let mut document = body.clone();
    if let Some(version) = document.as_object_mut().and_then(|fields| fields.remove("ecs.version")) {
        put(&mut document, "ecs.version", version);
    }
    if let Some(user) = document.get_mut("user").and_then(Json::as_object_mut) {
        user.remove("email");
        user.remove("full_name");
    }
    document
}

/// Takes credentials and secret parameters out of web addresses, and e-mail addresses out of all texts.
fn remove_addresses(value: &mut Json) {
    match value {
        Json::String(own) => {
            if let Some(clean) = url::parse(own) {
                *own = clean;
            }
            if own.contains('@') {
                *own = text::without_addresses(own);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(remove_addresses),
        Json::Object(fields) => fields.values_mut().for_each(remove_addresses),
        _ => {}
    }
}

struct Flat {
    values: BTreeMap<&'static str, String>,
    environment: String,
    labels: BTreeMap<&'static str, String>,
    out: Json,
}

impl Flat {
    fn read(payload: &Payload<'_>) -> Result<Self, String> {
        let empty = serde_json::Map::new();
        let body = payload.body.as_object().unwrap_or(&empty);
        let unknown: Vec<String> =
            body.keys().filter(|name| !FIELDS.contains(&name.as_str())).map(|name| format!("`{name}`")).collect();
        if unknown.len() == body.len() {
            let what = match unknown.as_slice() {
                [] => "the document is empty".to_owned(),
                names => format!("the document has only {}", names.join(", ")),
            };
            return Err(format!(
                "neither a flat event, which has a `message`, nor a strict one, which has `ecs.version`; {what}"
            ));
        }
        let mut values = BTreeMap::new();
        for name in FIELDS {
            let Some(value) = body.get(*name) else { continue };
            if value.is_array() || value.is_object() {
                return Err(format!("field `{name}` must be a single value, not an object or a list"));
            }
            let Some(text) = text_of(value) else { continue };
            if *name != "message" && utf16(&text) > longest(name) {
                return Err(format!("field `{name}` is longer than {} characters", longest(name)));
            }
            values.insert(*name, text);
        }
        if !unknown.is_empty() {
            return Err(format!(
                "unknown field {}; a flat event may have only {}. To send more, send a strict document, with `ecs.version`",
                unknown.join(", "),
                FIELDS.join(", ")
            ));
        }
        if values.get("message").is_none_or(|message| is_blank(&text::clean(message, text::MAX_MESSAGE))) {
            return Err("no `message`; a flat event needs one".to_owned());
        }
        let environment = values.get("env").cloned().or_else(|| environment_of(payload));
        let environment = environment.ok_or(
            "no `env`, and the index is not of the form `events-ENV`, which would tell it; the source has no default",
        )?;
        let environment = environment.to_lowercase();
        if utf16(&environment) > longest("env") {
            return Err(format!("field `env` is longer than {} characters", longest("env")));
        }
        Ok(Self { values, environment, labels: BTreeMap::new(), out: json!({}) })
    }

    fn document(mut self, payload: &Payload<'_>, adapter: &str) -> Json {
        let hashed: String = FIELDS
            .iter()
            .filter_map(|name| self.values.get(name).map(|text| format!("{name}:{}:{text};", utf16(text))))
            .collect();
        let stage = self.put_place();
        let kind = self.put_kind(adapter);
        let (moment, received) = self.put_time(payload.settings.received());
        self.put_person();
        self.put_addresses();
        let id = format!("legacy:{}", hex(format!("{hashed}{received}").as_bytes()));
        self.put("event.id", id.clone());
        self.put("change.group_id", id);
        self.put("ecs.version", fields::rules().ecs_version());
        let message = text::clean(&self.values["message"], text::MAX_MESSAGE);
        self.put("message", message);
        let mut tags = vec![format!("env:{}", self.environment)];
        tags.extend(stage.map(|stage| format!("stage:{stage}")));
        tags.push(format!("type:{kind}"));
        if moment.unix_nanos() - payload.settings.received().unix_nanos() > MAX_AHEAD_NANOS {
            tags.push("clock_skew".to_owned());
        }
        self.put("tags", tags);
        if !self.labels.is_empty() {
            let labels = json!(self.labels);
            self.put("labels", labels);
        }
        self.out
    }

    fn put(&mut self, path: &str, value: impl Into<Json>) {
        put(&mut self.out, path, value.into());
    }

    /// A value that was taken out of another one; not when it is too long to be found.
    fn put_part(&mut self, path: &str, part: Option<String>) {
        if let Some(part) = part.filter(|part| utf16(part) <= text::MAX_KEYWORD) {
            self.put(path, part);
        }
    }

    fn put_place(&mut self) -> Option<&'static str> {
        let mut stage = None;
        if let Some(rest) = self.environment.strip_suffix("-cny").filter(|rest| !rest.is_empty()) {
            stage = Some("cny");
            self.environment = rest.to_owned();
        }
        if let Some(given) = self.values.get("stage") {
            let own = match given.to_lowercase().as_str() {
                "main" => Some("main"),
                "cny" | "canary" => Some("cny"),
                _ => None,
            };
            if own.is_none() {
                self.labels.insert("legacy_stage", given.clone());
            } else {
                if let Some(env) = self.values.get("env").filter(|_| stage.is_some() && stage != own) {
                    self.labels.insert("legacy_env", env.clone());
                }
                stage = own;
            }
        }
        self.put("service.environment", self.environment.clone());
        if let Some(stage) = stage {
            self.put("change.stage", stage);
        }
        stage
    }

    fn put_kind(&mut self, adapter: &str) -> &'static str {
        let given = self.values.get("type").map(|kind| kind.to_lowercase());
        let kind = match given.as_deref() {
            Some("deployment") => "deployment",
            Some("configuration") => "configuration",
            Some("alert") => "alert",
            Some("feature_flag" | "feature-flag" | "flag" | "feature") => "feature_flag",
            _ => "other",
        };
        if kind == "other" {
            self.labels.extend(self.values.get("type").map(|given| ("legacy_type", given.clone())));
        }
        let categories: &[&str] = match kind {
            "deployment" | "configuration" => &["configuration", "process"],
            "feature_flag" => &["configuration"],
            _ => &[],
        };
        if !categories.is_empty() {
            self.put("event.category", categories);
        }
        self.put("event.type", vec![if categories.is_empty() { "info" } else { "change" }]);
        self.put("event.kind", if kind == "alert" { "alert" } else { "event" });
        let base = if kind == "other" { "event".to_owned() } else { kind.replace('_', "-") };
        self.put("event.action", format!("{base}-recorded"));
        for (path, value) in [
            ("event.provider", "legacy"),
            ("event.module", "infra"),
            ("event.dataset", "infra.change"),
            ("change.type", kind),
            ("change.phase", "instant"),
            ("change.adapter", adapter),
        ] {
            self.put(path, value);
        }
        kind
    }

    /// The moment, and what the id gets besides when the document does not say it.
    fn put_time(&mut self, received: Timestamp) -> (Timestamp, String) {
        let given = self.values.get("time").cloned();
        let moment = given.as_deref().and_then(time::parse);
        self.put("change.time_source", if moment.is_some() { "payload" } else { "received" });
        let mut hashed = String::new();
        if moment.is_none() {
            self.labels.extend(given.map(|given| ("legacy_time", given)));
            hashed = format!("received:{received};");
        }
        let moment = moment.unwrap_or(received);
        self.put("@timestamp", moment.to_string());
        self.put("event.start", moment.to_string());
        self.put("event.created", received.to_string());
        (moment, hashed)
    }

    fn put_person(&mut self) {
        let (mut id, mut name): (Option<String>, Option<String>) = (None, None);
        for field in ["username", "user"] {
            let Some(given) = self.values.get(field).cloned() else { continue };
            if given.eq_ignore_ascii_case("unknown") || given.eq_ignore_ascii_case("uknown") || text::is_address(&given)
            {
                continue;
            }
            let part = if is_digits(&given) { &mut id } else { &mut name };
            match part {
                Some(earlier) if *earlier != given => {
                    self.labels.insert("legacy_user", given);
                }
                Some(_) => {}
                None => *part = Some(given),
            }
        }
        self.put("change.actor.type", if id.is_some() || name.is_some() { "human" } else { "unknown" });
        if let Some(id) = id {
            self.put("user.id", id);
        }
        if let Some(name) = name {
            self.put("related.user", vec![name.clone()]);
            self.put("user.name", name);
        }
    }

    fn put_addresses(&mut self) {
        let mut repository = None;
        if let Some(source) = self.values.get("source").cloned() {
            if let Some(address) = url::parse(&source) {
                repository = repository_in(&address);
                self.put_part("cicd.pipeline.task.run.id", number_after(&address, "/-/jobs/"));
                self.put_part("cicd.pipeline.run.id", number_after(&address, "/-/pipelines/"));
                self.put("event.url", address);
            } else {
                self.put("change.source_text", source);
            }
        }
        let mut difference: Option<String> = None;
        for field in ["diff_url", "diff"] {
            let Some(given) = self.values.get(field).cloned() else { continue };
            if difference.as_ref() == Some(&given) {
                continue;
            }
            let number =
                given.strip_prefix('!').filter(|digits| is_digits(digits) && digits.len() <= text::MAX_KEYWORD);
            if let Some(address) = url::parse(&given).filter(|_| difference.is_none()) {
                repository = repository.or_else(|| repository_in(&address));
                if let Some((base, head)) = comparison_in(&address) {
                    self.put_part("vcs.ref.base.revision", Some(base));
                    self.put_part("vcs.ref.head.revision", Some(head));
                }
                self.put_part("vcs.change.id", number_after(&address, "/-/merge_requests/"));
                self.put("change.diff_url", address);
            } else if let Some(number) = number.filter(|_| difference.is_none()) {
                self.put("vcs.change.id", number);
            } else {
                self.labels.insert("legacy_diff", given);
                continue;
            }
            difference = Some(given);
        }
        self.put_part("vcs.repository.name", repository);
    }
}

/// `ENV` of the path `/events-ENV/…` or `/events-ENV-000001/…` that the document was posted to, otherwise the default.
fn environment_of(payload: &Payload<'_>) -> Option<String> {
    let index = payload.headers.get(":path").and_then(|path| path.trim_start_matches('/').split('/').next());
    let environment = index.and_then(|index| index.strip_prefix("events-"));
    let environment = environment.map(|environment| match environment.rsplit_once('-') {
        Some((name, number)) if !name.is_empty() && is_digits(number) => name,
        _ => environment,
    });
    environment.or(payload.settings.given_environment()).map(str::to_owned)
}

/// The text of a single value; `None` for null, blank text, lists and objects.
fn text_of(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Bool(boolean) => boolean.to_string(),
        // Without an exponent and a fraction of zero.
        Json::Number(number) if number.is_f64() => format!("{}", number.as_f64()?),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    let text = text.trim_matches(text::is_gap);
    (!is_blank(text)).then(|| text.to_owned())
}

/// How long a value may be, in UTF-16 units, so that it is found where it is stored.
fn longest(name: &str) -> usize {
    match name {
        "env" => 1020,
        "username" | "user" => 1024,
        "source" | "diff_url" | "diff" => url::MAX_LENGTH,
        _ => 8000,
    }
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// Whether nothing is drawn for the character by itself: gaps, format characters, fillers, variation selectors.
fn is_invisible(c: char) -> bool {
    text::is_gap(c)
        || matches!(c, '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}')
        || matches!(c, '\u{8E2}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{2066}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}')
        || matches!(c, '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}')
        || matches!(c, '\u{E0001}' | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}' | '\u{34F}')
        || matches!(c, '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}')
}

/// `g/p` of `https://host/g/p/-/jobs/1`.
fn repository_in(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    let (repository, _) = path.split_once("/-/")?;
    (!repository.is_empty()).then(|| repository.to_owned())
}

/// `1` of `https://host/g/p/-/jobs/1#L3`.
fn number_after(address: &str, marker: &str) -> Option<String> {
    let (_, rest) = address.split_once(marker)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// `A` and `B` of `https://host/g/p/-/compare/A...B?x#y`.
fn comparison_in(address: &str) -> Option<(String, String)> {
    let (_, range) = address.split_once("/-/compare/")?;
    let range = range.split(['?', '#']).next()?;
    let (base, head) = range.split_once("...")?;
    (!base.is_empty() && !head.is_empty()).then(|| (base.to_owned(), head.to_owned()))
}
