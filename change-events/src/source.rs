//! A source: a mapping file that is applied to payloads. Decides what becomes of a payload; does no IO.

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::error::MappingErrors;
use crate::event::{Draft, Origin, hex};
use crate::mapping::{self, Action, Adapter, MappingFile, Payload};
use crate::settings::{Headers, Settings};
use crate::{flat, redact};

/// The mapping files of this crate, by the name of the source.
const SHIPPED: &[(&str, &str)] = &[
    ("generic", include_str!("../sources/generic.yaml")),
    ("github", include_str!("../sources/github.yaml")),
    ("gitlab", include_str!("../sources/gitlab.yaml")),
    ("legacy", include_str!("../sources/legacy.yaml")),
    ("pagerduty", include_str!("../sources/pagerduty.yaml")),
];

/// What became of a payload.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is these events; each is a valid document of `infra-events`.
    Events(Vec<Json>),
    /// It was understood, and is not stored.
    Ignored {
        /// Why, as the mapping file says it.
        reason: String,
    },
    /// No adapter could make an event of it.
    Unmapped {
        /// Why; has no value of the payload.
        reason: String,
        /// What of the payload may be kept: allow-listed values, and type and length of all others.
        kept: Json,
    },
}

/// A source of payloads, with its adapters.
#[derive(Debug)]
pub struct Source(MappingFile);

impl Source {
    /// Reads a mapping file; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with its places.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingErrors> {
        mapping::parse_file(file, text).map(Self)
    }

    /// The names of the sources that are part of this crate.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// A source that is part of this crate; `None` when there is none of that name.
    #[must_use]
    pub fn shipped(name: &str) -> Option<Self> {
        let text = Self::shipped_text(name)?;
        Self::parse(&format!("{name}.yaml"), text).ok()
    }

    /// The mapping file of a source that is part of this crate, as a model for one's own.
    #[must_use]
    pub fn shipped_text(name: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(own, _)| *own == name).map(|(_, text)| *text)
    }

    /// The source's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.source
    }

    /// Makes events of a payload. Takes any bytes, and never fails.
    ///
    /// # Examples
    /// ```
    /// use change_events::{Headers, Outcome, Settings, Source};
    /// use ecs_schema::Timestamp;
    ///
    /// let source = Source::shipped("legacy").expect("it is part of the crate");
    /// let settings = Settings::new(Timestamp::now());
    /// let body = br#"{"message": "web to 17.4", "type": "deployment", "env": "gprd-cny"}"#;
    /// let Outcome::Events(events) = source.adapt(&Headers::default(), body, &settings) else { panic!() };
    /// assert_eq!(events[0]["service"]["environment"], "gprd");
    /// assert_eq!(events[0]["change"]["stage"], "cny");
    /// ```
    #[must_use]
    pub fn adapt(&self, headers: &Headers, body: &[u8], settings: &Settings) -> Outcome {
        let Ok(json) = serde_json::from_slice::<Json>(body) else {
            return self.unmapped("the body is not JSON", &json!(format!("bytes({})", body.len())), headers);
        };
        let hash = hex(body);
        let variables = HashMap::from([("sha256".to_owned(), Json::String(hash.clone()))]);
        let mut payload = Payload { body: &json, headers, settings, variables };
        payload.define(&self.0.variables);
        let applies = |adapter: &&Adapter| adapter.when.as_ref().is_none_or(|when| payload.holds(when));
        let Some(adapter) = self.0.adapters.iter().find(applies) else {
            return self.unmapped("no adapter of the source takes this kind of payload", &json, headers);
        };
        payload.define(&adapter.variables);
        if let Some((_, reason)) = adapter.ignore.iter().find(|(when, _)| payload.holds(when)) {
            return Outcome::Ignored { reason: reason.clone() };
        }
        let name = format!("{}.{}/{}", self.0.source, adapter.name, self.0.version);
        let event = match &adapter.action {
            Action::Flat => flat::adapt(&payload, &name),
            Action::Set(fields) => {
                let mut draft = Draft::default();
                for (path, expression) in fields {
                    if let Some(value) = payload.value(expression) {
                        draft.set(path, value);
                    }
                }
                draft.finish(Origin { provider: &self.0.provider, adapter: &name, hash: &hash }, &payload)
            }
        };
        match event {
            Ok(event) => Outcome::Events(vec![event]),
            Err(reason) => self.unmapped(&reason, &json, headers),
        }
    }

    fn unmapped(&self, reason: &str, body: &Json, headers: &Headers) -> Outcome {
        let kept_headers: serde_json::Map<String, Json> = self
            .0
            .headers
            .iter()
            .filter_map(|name| Some((name.clone(), headers.get(name)?.chars().take(128).collect::<String>().into())))
            .collect();
        let kept = json!({"headers": kept_headers, "body": redact::redact(body, &self.0.keep)});
        Outcome::Unmapped { reason: reason.to_owned(), kept }
    }
}
