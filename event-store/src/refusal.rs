//! The refusal of a whole request by an engine, and what it requires of the sender.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;

use crate::ambiguity::may_have_acted;
use crate::bulk::{FailureCause, cause_of};
use crate::reason::{reason_without_values, write_error};
use crate::transport::Response;

/// Maximum length of an engine's sentence that is kept, in bytes: reasons can quote documents and nested causes.
const MAX_REASON: usize = 500;

/// A reply that is not a success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Status of the reply.
    pub status: u16,
    /// What to do about it.
    pub kind: RefusalKind,
    /// Name of the exception; empty when the reply is not an engine's.
    pub error_type: String,
    /// The engine's sentence in one line, cut to 500 bytes.
    pub reason: String,
}

/// What a refused request requires of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// Retry later: 408, 425, 429 and everything from 500 on. Some of these are [ambiguous](Refusal::is_ambiguous).
    Retryable,
    /// Send less at a time: 413.
    TooLarge,
    /// A person has to fix credentials or roles: 401 and 403. The request can be retried until then.
    Forbidden,
    /// What the path names does not exist: 404.
    Missing,
    /// It will be refused every time.
    Permanent,
}

impl Response {
    /// The engine's refusal; `None` for a success.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        if self.is_success() {
            return None;
        }
        let kind = match self.status {
            408 | 425 | 429 | 500.. => RefusalKind::Retryable,
            413 => RefusalKind::TooLarge,
            401 | 403 => RefusalKind::Forbidden,
            404 => RefusalKind::Missing,
            _ => RefusalKind::Permanent,
        };
        let (error_type, reason) = read_error(&self.body);
        Some(Refusal { status: self.status, kind, error_type, reason })
    }
}

impl Refusal {
    /// Whether the engine may have acted on the request all the same: 408, and everything outside of 400 to 499.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        may_have_acted(self.status)
    }

    /// Shows the refusal of a request with documents without what it may quote of them, see [`reason_without_values`].
    #[must_use]
    pub fn without_values(&self) -> impl fmt::Display {
        fmt::from_fn(|out| self.write(&reason_without_values(&self.error_type, &self.reason), out))
    }

    fn write(&self, reason: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_error(self.status, &self.error_type, reason, out)
    }

    /// Why the request was refused, by the same table as for single documents.
    #[must_use]
    pub fn cause(&self) -> FailureCause {
        cause_of(self.status, &self.error_type, &self.reason)
    }

    /// Whether the same request may succeed later without any change.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self.kind, RefusalKind::Retryable)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&self.reason, out)
    }
}

#[derive(Deserialize)]
struct RefusalBody<'a> {
    #[serde(borrow)]
    error: ErrorField<'a>,
}

/// Most refusals are an object; some, such as that of a missing alias, are a sentence.
#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorField<'a> {
    Sentence(#[serde(borrow)] Cow<'a, str>),
    Error {
        #[serde(rename = "type", default)]
        kind: Option<Cow<'a, str>>,
        #[serde(default)]
        reason: Option<Cow<'a, str>>,
    },
}

fn read_error(body: &[u8]) -> (String, String) {
    match serde_json::from_slice(body) {
        Ok(RefusalBody { error: ErrorField::Sentence(sentence) }) => (String::new(), in_one_line(&sentence)),
        Ok(RefusalBody { error: ErrorField::Error { kind, reason } }) => {
            (in_one_line(&kind.unwrap_or_default()), in_one_line(&reason.unwrap_or_default()))
        }
        Err(_) => (String::new(), String::new()),
    }
}

fn in_one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if line.len() + word.len() >= MAX_REASON {
            let room = word.char_indices().take_while(|(at, c)| line.len() + at + c.len_utf8() < MAX_REASON);
            let end = room.last().map_or(0, |(at, c)| at + c.len_utf8());
            line.extend([" ", &word[..end], "…"].into_iter().skip(usize::from(line.is_empty())));
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::RefusalKind;
    use crate::transport::Response;

    #[track_caller]
    fn check(status: u16, body: &str, kind: RefusalKind, text: &str) {
        let refusal = Response::json(status, body).refusal().unwrap();
        assert_eq!((refusal.kind, refusal.to_string().as_str()), (kind, text));
    }

    #[test]
    fn success_is_not_a_refusal() {
        assert_eq!(Response::json(201, "{}").refusal(), None);
    }

    #[test]
    fn refusals_have_a_kind_and_a_text() {
        let body = r#"{"error":{"type":"es_rejected_execution_exception","reason":"queue\n\tfull"},"status":429}"#;
        check(429, body, RefusalKind::Retryable, "429 es_rejected_execution_exception: queue full");
        check(404, r#"{"error":"alias [a] missing","status":404}"#, RefusalKind::Missing, "404: alias [a] missing");
        check(413, "", RefusalKind::TooLarge, "413");
        check(401, "<html>", RefusalKind::Forbidden, "401");
        check(502, r#"{"error":{"type":null}}"#, RefusalKind::Retryable, "502");
        check(400, "{}", RefusalKind::Permanent, "400");
        check(301, "{}", RefusalKind::Permanent, "301");
    }

    #[test]
    fn long_reasons_are_cut() {
        let body = format!(r#"{{"error":"{}"}}"#, "wörd ".repeat(1000));
        let reason = Response::json(400, body).refusal().unwrap().reason;
        assert!(reason.len() <= 510 && reason.ends_with('…'), "{reason}");
        let body = format!(r#"{{"error":"{}"}}"#, "ö".repeat(1000));
        let reason = Response::json(400, body).refusal().unwrap().reason;
        assert!((490..=510).contains(&reason.len()) && reason.ends_with('…'), "{reason}");
    }
}
