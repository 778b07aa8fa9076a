//! HTTP to an engine: JSON in, status and JSON out. Knows nothing of what is asked.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// Longer than any single request that tests make takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client for one engine.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    agent: Agent,
}

/// What an engine answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body; `null` when it was empty or not JSON.
    pub body: Value,
}

impl Answer {
    /// Whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body of a success.
    ///
    /// # Errors
    /// When the engine refused what was asked, with its reason.
    pub fn expect(self, doing: &str) -> Result<Value> {
        if !self.is_success() {
            bail!("cannot {doing}: the engine answered {}: {}", self.status, self.reason());
        }
        Ok(self.body)
    }

    /// Why the engine refused: type and reason, with the innermost cause.
    pub fn reason(&self) -> String {
        let Some(error) = self.body.get("error") else { return self.body.to_string() };
        reason_of(error)
    }
}

/// Type and reason of an error as engines write it, with the innermost cause.
pub fn reason_of(error: &Value) -> String {
    let text = |error: &Value, key| error[key].as_str().unwrap_or_default().to_owned();
    let mut shown = format!("{}: {}", text(error, "type"), text(error, "reason"));
    let mut inner = error;
    while let Some(cause) = inner.get("caused_by") {
        inner = cause;
    }
    if !std::ptr::eq(inner, error) {
        shown = format!("{shown} ({}: {})", text(inner, "type"), text(inner, "reason"));
    }
    shown
}

impl Client {
    /// A client for the engine at `url`, which may carry `user:password@`.
    pub fn new(url: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            // The engine is on this machine or the developer's own; a proxy would only stand in the way.
            .proxy(None)
            .build()
            .into();
        Self { base: url.trim_end_matches('/').to_owned(), agent }
    }

    /// Sends a request without a body.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub fn send(&self, method: &str, path: &str) -> Result<Answer> {
        self.exchange(method, path, String::new())
    }

    /// Sends a request with a JSON body.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub fn send_json(&self, method: &str, path: &str, body: &Value) -> Result<Answer> {
        self.exchange(method, path, body.to_string())
    }

    /// Sends a request with a body of one JSON value on each line.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub fn send_lines(&self, method: &str, path: &str, lines: String) -> Result<Answer> {
        self.exchange(method, path, lines)
    }

    /// The same engine, as another user.
    pub fn with_user(&self, user: &str, password: &str) -> Self {
        let (scheme, rest) = self.base.split_once("://").unwrap_or(("http", &self.base));
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        Self { base: format!("{scheme}://{user}:{password}@{host}"), agent: self.agent.clone() }
    }

    fn exchange(&self, method: &str, path: &str, body: String) -> Result<Answer> {
        let request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        let outcome = if body.is_empty() {
            self.agent.run(request.body(())?)
        } else {
            self.agent.run(request.header("content-type", "application/json").body(body)?)
        };
        let mut response = outcome.with_context(|| format!("{method} {path}"))?;
        let text = response.body_mut().read_to_string()?;
        Ok(Answer { status: response.status().as_u16(), body: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }
}
