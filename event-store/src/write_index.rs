//! Which concrete index an alias writes to. Asks one question and keeps nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::engine_error::Refusal;
use crate::name::escape;
use crate::transport::{Request, Transport, TransportError};

/// The index that an alias writes to, at the moment of the question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WriteIndex(String);

impl WriteIndex {
    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its name.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Why it is not known which index an alias writes to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No alias has that name; the log is not installed yet, or the name is that of an index or a data stream.
    #[error("there is no alias `{alias}`: install the log")]
    NoAlias {
        /// The alias.
        alias: String,
    },
    /// The alias stands on several indices and on none of them for writing, or on one and not for writing.
    #[error("the alias `{alias}` has no write index: set `is_write_index` on the newest of {indices}")]
    NoWriteIndex {
        /// The alias.
        alias: String,
        /// The indices that it stands on, in backticks.
        indices: String,
    },
    /// The engine refuses to say.
    #[error("the engine does not say what the alias `{alias}` writes to: {refusal}")]
    Refused {
        /// The alias.
        alias: String,
        /// What it said.
        refusal: Refusal,
    },
    /// The answer has another form than that of an engine.
    #[error("the answer about the alias `{alias}` is not an engine's")]
    Malformed {
        /// The alias.
        alias: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// No answer.
    #[error("cannot ask what the alias `{alias}` writes to")]
    Transport {
        /// The alias.
        alias: String,
        /// Why not.
        source: TransportError,
    },
}

impl ResolveError {
    /// Whether asking later may succeed without anybody changing anything. A missing alias may be: somebody may be
    /// installing it.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::NoAlias { .. } | Self::Transport { .. } | Self::Malformed { .. } => true,
            Self::Refused { refusal, .. } => refusal.is_retryable(),
            Self::NoWriteIndex { .. } => false,
        }
    }
}

#[derive(Deserialize)]
struct Index {
    aliases: BTreeMap<String, Alias>,
}

#[derive(Deserialize)]
struct Alias {
    is_write_index: Option<bool>,
}

/// Asks the engine which index an alias writes to, by `GET /_alias/NAME`; the writer's generated role may ask that.
///
/// A request that is repeated because it may have arrived goes to this index by its own name: a rollover between the two
/// tries would otherwise lead the second one to an index that does not know the ids of the first. A data stream has no alias
/// and takes no creation in its indices by name, so that there a rollover between the tries can store twice.
///
/// # Errors
/// See [`ResolveError`].
pub fn resolve_write_index(transport: &dyn Transport, alias: &str) -> Result<WriteIndex, ResolveError> {
    let path = format!("/_alias/{}", escape(alias));
    let owned = || alias.to_owned();
    let response =
        transport.send(&Request::get(&path)).map_err(|source| ResolveError::Transport { alias: owned(), source })?;
    if let Some(refusal) = response.refusal() {
        return Err(match refusal.status {
            404 => ResolveError::NoAlias { alias: owned() },
            _ => ResolveError::Refused { alias: owned(), refusal },
        });
    }
    let indices: BTreeMap<String, Index> =
        serde_json::from_slice(&response.body).map_err(|source| ResolveError::Malformed { alias: owned(), source })?;
    let flags = || indices.iter().map(|(name, index)| (name, index.aliases.get(alias).and_then(|a| a.is_write_index)));
    let marked = flags().find(|(_, is_write_index)| *is_write_index == Some(true));
    // An alias on one index writes to it unless it says that it does not.
    let only = || flags().next().filter(|(_, is_write_index)| indices.len() == 1 && is_write_index.is_none());
    match marked.or_else(only) {
        Some((name, _)) => Ok(WriteIndex(name.clone())),
        None if indices.is_empty() => Err(ResolveError::NoAlias { alias: owned() }),
        None => {
            let names: Vec<String> = indices.keys().map(|name| format!("`{name}`")).collect();
            Err(ResolveError::NoWriteIndex { alias: owned(), indices: names.join(", ") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::resolve_write_index;
    use crate::transport::{Request, Response, Transport, TransportError};

    struct Answering(u16, &'static str);

    impl Transport for Answering {
        fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
            assert_eq!((request.method.as_str(), request.path), ("GET", "/_alias/.log"));
            Ok(Response::json(self.0, self.1))
        }
    }

    #[track_caller]
    fn check(status: u16, body: &'static str, wanted: Result<&str, &str>) {
        let found = resolve_write_index(&Answering(status, body), ".log");
        let found = found.as_ref().map(super::WriteIndex::as_str).map_err(ToString::to_string);
        assert_eq!(found, wanted.map_err(str::to_owned));
    }

    #[test]
    fn marked_index_is_the_write_index() {
        let body = r#"{".log-000001":{"aliases":{".log":{"is_write_index":false,"is_hidden":true}}},
            ".log-000002":{"aliases":{".log":{"is_write_index":true,"is_hidden":true}}}}"#;
        check(200, body, Ok(".log-000002"));
    }

    #[test]
    fn only_index_is_the_write_index_unless_it_denies_it() {
        check(200, r#"{".log-000001":{"aliases":{".log":{}}}}"#, Ok(".log-000001"));
        let none = "the alias `.log` has no write index: set `is_write_index` on the newest of `.log-000001`";
        check(200, r#"{".log-000001":{"aliases":{".log":{"is_write_index":false}}}}"#, Err(none));
    }

    #[test]
    fn several_unmarked_indices_are_an_error() {
        let none = "the alias `.log` has no write index: set `is_write_index` on the newest of `a`, `b`";
        check(200, r#"{"a":{"aliases":{".log":{}}},"b":{"aliases":{".log":{}}}}"#, Err(none));
    }

    #[test]
    fn missing_alias_is_told_from_a_refusal() {
        let missing = "there is no alias `.log`: install the log";
        check(404, r#"{"error":"alias [.log] missing","status":404}"#, Err(missing));
        check(200, "{}", Err(missing));
        let refused = "the engine does not say what the alias `.log` writes to: 403 security_exception: no";
        check(403, r#"{"error":{"type":"security_exception","reason":"no"}}"#, Err(refused));
        check(200, "<html>", Err("the answer about the alias `.log` is not an engine's"));
    }
}
