//! What a receiver knows besides the payload: headers, its names for environments and services, the time of arrival.

use std::collections::BTreeMap;

use ecs_schema::Timestamp;

/// The headers of a request; names are compared without regard to case.
#[derive(Clone, Debug, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The value of the first header of that name, without spaces around it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// What a receiver is configured with, and when it received the payload.
#[derive(Clone, Debug)]
pub struct Settings {
    received: Timestamp,
    default_environment: Option<String>,
    environments: BTreeMap<String, String>,
    services: BTreeMap<String, String>,
}

impl Settings {
    /// The environment of payloads without one: that the source has no default is visible, and the event is not lost.
    pub const DEFAULT_ENVIRONMENT: &'static str = "unknown";

    /// Settings for a payload that was received at that time, without names of one's own.
    #[must_use]
    pub fn new(received: Timestamp) -> Self {
        Self { received, default_environment: None, environments: BTreeMap::new(), services: BTreeMap::new() }
    }

    /// Sets the environment of payloads without one.
    #[must_use]
    pub fn default_environment(mut self, environment: impl Into<String>) -> Self {
        self.default_environment = Some(environment.into());
        self
    }

    /// Says what an environment of the source is called here, such as `production` → `gprd`, or `canary` → `gprd-cny`.
    #[must_use]
    pub fn environment(mut self, theirs: impl Into<String>, ours: impl Into<String>) -> Self {
        self.environments.insert(theirs.into(), ours.into());
        self
    }

    /// Says what a repository, application or service of the source is called here, such as `g/web` → `web`.
    #[must_use]
    pub fn service_name(mut self, theirs: impl Into<String>, ours: impl Into<String>) -> Self {
        self.services.insert(theirs.into(), ours.into());
        self
    }

    /// When the payload was received.
    #[must_use]
    pub const fn received(&self) -> Timestamp {
        self.received
    }

    /// Environment and, where its name says it, stage.
    pub(crate) fn split_environment(&self, theirs: Option<&str>) -> (String, Option<&'static str>) {
        let theirs = theirs.or(self.given_environment()).unwrap_or(Self::DEFAULT_ENVIRONMENT).trim();
        let ours = self.environments.get(theirs).map_or(theirs, String::as_str).to_lowercase();
        match ours.strip_suffix("-cny") {
            Some(environment) if !environment.is_empty() => (environment.to_owned(), Some("cny")),
            _ => (ours, None),
        }
    }

    /// The environment that was set for payloads without one.
    pub(crate) fn given_environment(&self) -> Option<&str> {
        self.default_environment.as_deref()
    }

    /// The configured name, otherwise the last segment of a path.
    pub(crate) fn service<'s>(&'s self, theirs: &'s str) -> &'s str {
        let last = || theirs.trim_end_matches('/').rsplit('/').next().unwrap_or(theirs);
        self.services.get(theirs).map_or_else(last, String::as_str)
    }
}
