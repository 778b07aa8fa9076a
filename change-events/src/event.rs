//! Fields that an adapter has set to a document of `infra-events`: what is computed from the rest, limits, and the check.

use ecs_schema::{Kind, Timestamp};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::mapping::Payload;
use crate::{fields, text, url};

/// Further ahead, a time is marked as wrong.
const MAX_AHEAD_NANOS: i128 = 300 * 1_000_000_000;
/// Most labels, links and impacted services of an event.
const MAX_LABELS: usize = 32;
const MAX_LINKS: usize = 10;
const MAX_SERVICES: usize = 100;

/// The fields of an event while it is made, by dotted path.
#[derive(Debug, Default)]
pub struct Draft(Map<String, Json>);

/// Where an event comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'o> {
    pub provider: &'o str,
    pub adapter: &'o str,
    pub hash: &'o str,
}

impl Draft {
    /// Sets a field; one that takes several gets a list, and text is brought into the field's limits.
    pub fn set(&mut self, path: &str, value: Json) {
        let Some(rule) = fields::rule(path) else { return };
        let value = match value {
            Json::Array(items) if rule.is_array() => items.iter().filter_map(|item| fit(path, item)).collect(),
            value => match fit(path, &value) {
                Some(value) if rule.is_array() => json!([value]),
                Some(value) => value,
                None => return,
            },
        };
        let value = match (rule.kind(), value) {
            (Kind::Keyword | Kind::Text, Json::Number(number)) => Json::String(number.to_string()),
            (Kind::Keyword | Kind::Text, Json::Bool(boolean)) => Json::String(boolean.to_string()),
            // What should be one value and is none cannot be a field; the rest of the event is worth keeping.
            (Kind::Keyword | Kind::Text, Json::Object(_) | Json::Null) => return,
            (Kind::Keyword | Kind::Text, Json::Array(_)) if !rule.is_array() => return,
            (_, value) => value,
        };
        self.0.insert(path.to_owned(), value);
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path)?.as_str()
    }

    fn time(&self, path: &str) -> Option<Timestamp> {
        self.text(path)?.parse().ok()
    }

    fn or_set(&mut self, path: &str, value: impl Into<Json>) {
        if !self.0.contains_key(path) {
            self.set(path, value.into());
        }
    }

    /// The finished document.
    ///
    /// # Errors
    /// Which rules of the log it breaks, without values.
    pub fn finish(mut self, origin: Origin<'_>, payload: &Payload<'_>) -> Result<Json, String> {
        self.set_place(payload);
        self.set_time(payload);
        self.set_person();
        self.set_kind(origin);
        self.set_identity(origin);
        self.set_related();
        self.set_tags(payload);
        self.limit();
        let mut document = json!({});
        for (path, value) in self.0 {
            put(&mut document, &path, value);
        }
        ecs_schema::validate_json(fields::rules(), &document).map_err(|violations| violations.to_string())?;
        Ok(document)
    }

    fn set_place(&mut self, payload: &Payload<'_>) {
        let (environment, stage) = payload.settings.split_environment(self.text("service.environment"));
        self.set("service.environment", environment.into());
        if let Some(stage) = stage {
            self.or_set("change.stage", stage);
        }
    }

    fn set_time(&mut self, payload: &Payload<'_>) {
        self.or_set("change.phase", "instant");
        let phase = self.text("change.phase").unwrap_or_default().to_owned();
        let given = |draft: &Self, path| draft.text(path).map(str::to_owned);
        let own = match phase.as_str() {
            "finished" => given(self, "@timestamp").or_else(|| given(self, "event.end")),
            _ => given(self, "@timestamp").or_else(|| given(self, "event.start")),
        };
        let source = if own.is_some() { "payload" } else { "received" };
        let time = own.unwrap_or_else(|| payload.settings.received().to_string());
        self.or_set("change.time_source", source);
        self.or_set("@timestamp", time.clone());
        if phase == "instant" {
            self.0.insert("event.start".to_owned(), time.into());
            self.0.remove("event.end");
        } else if phase == "started" {
            self.or_set("event.start", time);
            self.0.remove("event.end");
        } else {
            self.or_set("event.end", time.clone());
            self.or_set("event.start", time);
            self.set_duration();
        }
        self.set("event.created", payload.settings.received().to_string().into());
    }

    /// The duration; when the end is before the start, the start is what is left out.
    fn set_duration(&mut self) {
        let (Some(start), Some(end)) = (self.time("event.start"), self.time("event.end")) else { return };
        if end < start {
            self.set("event.start", end.to_string().into());
            self.set("change.time_source", "payload_inconsistent".into());
            self.0.remove("event.duration");
            return;
        }
        let is_given = self.0.get("event.duration").and_then(Json::as_i64).is_some_and(|nanos| nanos >= 0);
        if !is_given && let Ok(nanos) = i64::try_from(end.unix_nanos() - start.unix_nanos()) {
            self.set("event.duration", nanos.into());
        }
    }

    fn set_person(&mut self) {
        let name = self.text("user.name").map(str::to_owned);
        let is_nobody = |name: &str| matches!(name.to_ascii_lowercase().as_str(), "unknown" | "uknown");
        match name.as_deref() {
            Some(name) if is_nobody(name) || text::is_address(name) => {
                self.0.remove("user.name");
            }
            Some(name) if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.0.remove("user.name");
                self.or_set("user.id", name);
            }
            _ => {}
        }
        let actor = match self.text("user.name") {
            Some(name) if is_bot(name) => "bot",
            None if !self.0.contains_key("user.id") => "unknown",
            _ => "human",
        };
        self.or_set("change.actor.type", actor);
    }

    fn set_kind(&mut self, origin: Origin<'_>) {
        self.or_set("change.type", "other");
        let kind = self.text("change.type").unwrap_or_default().to_owned();
        let phase = self.text("change.phase").unwrap_or_default().to_owned();
        let base = if kind == "other" { "event".to_owned() } else { kind.replace('_', "-") };
        self.or_set("event.action", format!("{base}-{}", if phase == "instant" { "recorded" } else { &phase }));
        let action = self.text("event.action").unwrap_or_default().to_owned();
        if !fields::is_registered(origin.provider, &action) {
            self.set("event.action", "event-recorded".into());
            self.or_set("labels.source_action", action);
        }
        self.or_set("event.kind", if matches!(kind.as_str(), "incident" | "alert") { "alert" } else { "event" });
        let (categories, types) = classify(&kind, &phase);
        if !categories.is_empty() {
            self.or_set("event.category", json!(categories));
        }
        self.or_set("event.type", json!(types));
        self.set("event.provider", origin.provider.into());
        self.set("event.module", "infra".into());
        self.set("event.dataset", "infra.change".into());
        self.set("change.adapter", origin.adapter.into());
        self.set("ecs.version", fields::rules().ecs_version().into());
    }

    fn set_identity(&mut self, origin: Origin<'_>) {
        self.set("event.hash", format!("sha256:{}", origin.hash).into());
        self.or_set("event.id", format!("{}:sha256:{}", origin.provider, origin.hash));
        let id = self.text("event.id").unwrap_or_default().to_owned();
        self.or_set("change.group_id", id);
        if let Some(fingerprint) = self.fingerprint() {
            self.or_set("change.fingerprint", fingerprint);
        }
    }

    /// The same for the same change from whatever reporter: type, repository, revision, environment, stage.
    fn fingerprint(&self) -> Option<String> {
        let kind = self.text("change.type")?;
        if !matches!(kind, "deployment" | "rollback" | "configuration" | "database" | "infrastructure") {
            return None;
        }
        let repository = self.text("vcs.repository.name")?.trim_end_matches(".git").to_lowercase();
        let revision = self.text("vcs.ref.head.revision")?.to_lowercase();
        let environment = self.text("service.environment")?;
        let stage = self.text("change.stage").unwrap_or_default();
        let parts = [kind, &repository, &revision, environment, stage].join("\0");
        Some(format!("sha256:{}", hex(parts.as_bytes())))
    }

    fn set_related(&mut self) {
        if let Some(name) = self.text("user.name").map(str::to_owned) {
            self.or_set("related.user", name);
        }
        if let Some(revision) = self.text("vcs.ref.head.revision").map(str::to_owned) {
            self.or_set("related.hash", revision);
        }
    }

    fn set_tags(&mut self, payload: &Payload<'_>) {
        let named = [
            ("env", "service.environment"),
            ("stage", "change.stage"),
            ("service", "service.name"),
            ("type", "change.type"),
            ("outcome", "event.outcome"),
        ];
        let tag = |(name, path): (&str, &str)| self.text(path).map(|value| format!("{name}:{value}"));
        let mut tags: Vec<String> = named.into_iter().filter_map(tag).collect();
        let ahead = self.time("@timestamp").map(Timestamp::unix_nanos).unwrap_or_default()
            - payload.settings.received().unix_nanos();
        if ahead > MAX_AHEAD_NANOS {
            tags.push("clock_skew".to_owned());
        }
        self.set("tags", json!(tags));
    }

    fn limit(&mut self) {
        let labels: Vec<String> = self.0.keys().filter(|path| path.starts_with("labels.")).cloned().collect();
        for path in labels.iter().skip(MAX_LABELS) {
            self.0.remove(path);
        }
        for (path, most) in [("change.links", MAX_LINKS), ("change.impacted_services", MAX_SERVICES)] {
            if let Some(Json::Array(items)) = self.0.get_mut(path) {
                items.truncate(most);
            }
        }
    }
}

/// A value as its field may have it; `None` when nothing is left.
fn fit(path: &str, value: &Json) -> Option<Json> {
    match value {
        Json::Null => None,
        Json::String(own) => {
            let is_address = path.ends_with("url") || path.ends_with("url.full") || path == "event.reference";
            let longest = match path {
                "message" => text::MAX_MESSAGE,
                _ if is_address => url::MAX_LENGTH,
                _ => text::MAX_KEYWORD,
            };
            if is_address && own.chars().count() > longest {
                return None;
            }
            let clean = text::clean(&text::without_addresses(own), longest);
            (!clean.is_empty()).then(|| clean.into())
        }
        Json::Object(fields) => {
            let fitted = fields.iter().filter_map(|(name, value)| {
                let longer = format!("{path}.{name}");
                Some((name.clone(), fit(&longer, value)?))
            });
            Some(Json::Object(fitted.collect()))
        }
        Json::Array(items) => Some(items.iter().filter_map(|item| fit(path, item)).collect()),
        value => Some(value.clone()),
    }
}

/// Whether an account's name says that a program uses it.
fn is_bot(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_token = (name.starts_with("project_") || name.starts_with("group_")) && name.contains("_bot");
    is_token || name == "ghost" || name.ends_with("-bot") || name.ends_with("[bot]")
}

/// Categories and types of ECS by type and phase of the change.
fn classify(kind: &str, phase: &str) -> (&'static [&'static str], &'static [&'static str]) {
    let categories: &[&str] = match kind {
        "deployment" | "rollback" | "configuration" | "maintenance" => &["configuration", "process"],
        "feature_flag" | "traffic" => &["configuration"],
        "database" => &["database", "process"],
        "infrastructure" => &["host", "configuration"],
        "access" => &["iam"],
        _ => &[],
    };
    let types: &[&str] = match (kind, phase) {
        ("incident" | "alert", "started") => &["info", "start"],
        ("incident" | "alert", "finished") => &["info", "end"],
        ("feature_flag" | "traffic" | "access", _) => &["change"],
        _ if categories.is_empty() => &["info"],
        (_, "started") => &["change", "start"],
        (_, "finished") => &["change", "end"],
        _ => &["change"],
    };
    (categories, types)
}

/// Sets a value at a dotted path, with the objects on the way.
pub fn put(document: &mut Json, path: &str, value: Json) {
    let mut at = document;
    for name in path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name];
    }
    *at = value;
}

/// SHA-256 in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
