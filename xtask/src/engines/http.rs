//! HTTP to an engine: JSON in, status and JSON out. Knows nothing of what is asked.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// Longer than any single request that tests make takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client for one engine.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    authorization: Option<String>,
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
}

impl Client {
    /// A client for the engine at `url`, which may carry `user:password@`.
    pub fn new(url: &str) -> Self {
        let (base, credentials) = split_credentials(url.trim_end_matches('/'));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            // The engine is on this machine or the developer's own; a proxy would only stand in the way.
            .proxy(None)
            .build()
            .into();
        Self {
            base,
            authorization: credentials.map(|credentials| format!("Basic {}", encode_base64(&credentials))),
            agent,
        }
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

    fn exchange(&self, method: &str, path: &str, body: String) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
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

/// Takes `user:password` out of a URL.
fn split_credentials(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    match rest[..authority_end].rsplit_once('@') {
        Some((credentials, host)) => {
            (format!("{scheme}://{host}{}", &rest[authority_end..]), Some(credentials.to_owned()))
        }
        None => (url.to_owned(), None),
    }
}

/// Base64 of RFC 4648, section 4, with padding.
fn encode_base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let sextet = ALPHABET[bits >> (18 - 6 * at) & 63];
            out.push(if at <= chunk.len() { char::from(sextet) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(encode_base64(text), expected);
        }
    }

    #[track_caller]
    fn check(url: &str, base: &str, credentials: Option<&str>) {
        assert_eq!(split_credentials(url), (base.to_owned(), credentials.map(str::to_owned)));
    }

    #[test]
    fn credentials_are_taken_out_of_the_url() {
        check("http://127.0.0.1:9200", "http://127.0.0.1:9200", None);
        check("http://a:b@127.0.0.1:9200/x", "http://127.0.0.1:9200/x", Some("a:b"));
        check("http://127.0.0.1:9200/x@y", "http://127.0.0.1:9200/x@y", None);
    }
}
