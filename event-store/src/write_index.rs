//! Which indices are behind an alias, and which of them it writes to: the one reading of the answer to `GET /_alias/NAME`.
//! Keeps nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::engine_error::Refusal;
use crate::name::path_segment;
use crate::transport::{Request, Transport, TransportError};

/// The indices behind an alias, at the moment of the question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasIndices {
    write: String,
    all: Vec<String>,
}

impl AliasIndices {
    /// Path of the question, which is a `GET`.
    #[must_use]
    pub fn path(alias: &str) -> String {
        format!("/_alias/{}", path_segment(alias))
    }

    /// Reads an answer with the status 200.
    ///
    /// # Errors
    /// When it is no engine's, or the alias has no write index.
    pub fn read(alias: &str, body: &[u8]) -> Result<Self, ResolveError> {
        let owned = || alias.to_owned();
        let indices: BTreeMap<String, Index> =
            serde_json::from_slice(body).map_err(|source| ResolveError::Malformed { alias: owned(), source })?;
        let flag = |index: &Index| index.aliases.get(alias).map(|alias| alias.is_write_index);
        let flags: Vec<(String, Option<bool>)> =
            indices.into_iter().filter_map(|(name, index)| flag(&index).map(|flag| (name, flag))).collect();
        let marked = flags.iter().find(|(_, is_write_index)| *is_write_index == Some(true));
        // An alias on one index writes to it unless it says that it does not.
        let only = || flags.first().filter(|(_, is_write_index)| flags.len() == 1 && is_write_index.is_none());
        match marked.or_else(only) {
            Some((write, _)) => {
                let write = write.clone();
                Ok(Self { write, all: flags.into_iter().map(|(name, _)| name).collect() })
            }
            None if flags.is_empty() => Err(ResolveError::NoAlias { alias: owned() }),
            None => {
                let names: Vec<String> = flags.iter().map(|(name, _)| format!("`{name}`")).collect();
                Err(ResolveError::NoWriteIndex { alias: owned(), indices: names.join(", ") })
            }
        }
    }

    /// The index that the alias writes to.
    #[must_use]
    pub fn write_index(&self) -> &str {
        &self.write
    }

    /// All indices behind it, that one among them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }
}

/// Why it is not known which index an alias writes to.
#[derive(thiserror::Error)]
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
    #[error("the answer about the alias `{alias}` is not an engine's: {source}")]
    Malformed {
        /// The alias.
        alias: String,
        /// What is wrong with it.
        r#source: serde_json::Error,
    },
    /// No answer.
    #[error("cannot ask what the alias `{alias}` writes to: {source}")]
    Transport {
        /// The alias.
        alias: String,
        /// Why not.
        r#source: TransportError,
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
    #[serde(default)]
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
pub fn resolve_write_index(transport: &dyn Transport, alias: &str) -> Result<String, ResolveError> {
    let path = AliasIndices::path(alias);
    let owned = || alias.to_owned();
    let response =
        transport.send(&Request::get(&path)).map_err(|source| ResolveError::Transport { alias: owned(), source })?;
    match response.refusal() {
        Some(refusal) if refusal.status == 404 => Err(ResolveError::NoAlias { alias: owned() }),
        Some(refusal) => Err(ResolveError::Refused { alias: owned(), refusal }),
        None => AliasIndices::read(alias, &response.body).map(|indices| indices.write),
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
        let found = found.as_deref().map_err(ToString::to_string);
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
        check(
            200,
            "<html>",
            Err("the answer about the alias `.log` is not an engine's: expected value at line 1 column 1"),
        );
    }
}
