//! The indices behind an alias or a data stream, and which of them new documents go to: the only parser of the replies to
//! `GET /_alias/NAME` and `GET /_data_stream/NAME`. Keeps no state.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::bulk::{bulk_path_to_alias, bulk_path_to_stream};
use crate::name::path_segment;
use crate::refusal::Refusal;
use crate::transport::{Request, Transport, TransportError};

/// The kind of name that documents are sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TargetKind {
    /// An alias with a write index.
    #[default]
    Alias,
    /// A data stream, which writes to the newest of its backing indices.
    DataStream,
}

impl TargetKind {
    /// Path of the `GET` request for the indices behind a name.
    #[must_use]
    pub fn path(self, name: &str) -> String {
        match self {
            Self::Alias => format!("/_alias/{}", path_segment(name)),
            Self::DataStream => format!("/_data_stream/{}", path_segment(name)),
        }
    }

    /// The other kind.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Alias => Self::DataStream,
            Self::DataStream => Self::Alias,
        }
    }
}

/// The indices behind an alias or a data stream, at the time of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteTarget {
    kind: TargetKind,
    write: Arc<str>,
    /// Those of a data stream from the oldest to the newest, those of an alias by name.
    indices: Vec<Arc<str>>,
}

impl WriteTarget {
    /// Parses a reply with the status 200.
    ///
    /// # Errors
    /// When it is not an engine's, no target has that name, or an alias has no write index.
    pub fn parse(kind: TargetKind, name: &str, body: &[u8]) -> Result<Self, ResolveError> {
        match kind {
            TargetKind::Alias => Self::read_alias(name, body),
            TargetKind::DataStream => Self::read_stream(name, body),
        }
    }

    fn read_alias(alias: &str, body: &[u8]) -> Result<Self, ResolveError> {
        let indices: BTreeMap<String, IndexAliases> = parse(alias, body)?;
        let flag = |index: &IndexAliases| index.aliases.get(alias).map(|alias| alias.is_write_index);
        let flags: Vec<(Arc<str>, Option<bool>)> =
            indices.into_iter().filter_map(|(name, index)| flag(&index).map(|flag| (name.into(), flag))).collect();
        let marked = flags.iter().find(|(_, is_write_index)| *is_write_index == Some(true));
        // An alias on a single index writes to it unless `is_write_index` is false.
        let only = || flags.first().filter(|(_, is_write_index)| flags.len() == 1 && is_write_index.is_none());
        match marked.or_else(only) {
            Some((write, _)) => {
                let write = Arc::clone(write);
                let indices = flags.into_iter().map(|(name, _)| name).collect();
                Ok(Self { kind: TargetKind::Alias, write, indices })
            }
            None if flags.is_empty() => Err(ResolveError::Missing { name: alias.to_owned() }),
            None => {
                let names: Vec<String> = flags.iter().map(|(name, _)| format!("`{name}`")).collect();
                Err(ResolveError::NoWriteIndex { alias: alias.to_owned(), indices: names.join(", ") })
            }
        }
    }

    fn read_stream(stream: &str, body: &[u8]) -> Result<Self, ResolveError> {
        let DataStreamsReply { data_streams } = parse(stream, body)?;
        let found = data_streams.into_iter().find(|found| found.name == stream);
        let indices = found.into_iter().flat_map(|found| found.indices);
        let indices: Vec<Arc<str>> = indices.map(|index| index.index_name.into()).collect();
        match indices.last() {
            Some(write) => Ok(Self { kind: TargetKind::DataStream, write: Arc::clone(write), indices }),
            None => Err(ResolveError::Missing { name: stream.to_owned() }),
        }
    }

    /// Whether it is an alias or a data stream.
    #[must_use]
    pub fn kind(&self) -> TargetKind {
        self.kind
    }

    /// The index that new documents go to.
    #[must_use]
    pub fn write_index(&self) -> &Arc<str> {
        &self.write
    }

    /// Whether an index is behind the name.
    #[must_use]
    pub fn has(&self, index: &str) -> bool {
        self.indices.iter().any(|found| **found == *index)
    }

    /// All indices behind the name.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.indices.iter().map(|index| &**index)
    }

    /// Path of a bulk request that stores documents in the write index at the time when it arrives.
    #[must_use]
    pub fn bulk_path(&self, name: &str) -> String {
        match self.kind {
            TargetKind::Alias => bulk_path_to_alias(name),
            TargetKind::DataStream => bulk_path_to_stream(name),
        }
    }

    /// The indices that may have documents which were sent to this name while its write index was `index`: that index, and those
    /// that may have become the write index later, as far as they are still behind the name.
    ///
    /// In a data stream these are the ones after it. Behind an alias an index is excluded only when its name has the same stem and
    /// a smaller number; with another stem it may be a copy that a lifecycle action has made, such as `shrink-…`.
    #[must_use]
    pub fn indices_since(&self, index: &str) -> Vec<Arc<str>> {
        let place_of = |wanted: &str| self.indices.iter().position(|one| **one == *wanted);
        let may_have_been_written = |found: &&Arc<str>| match self.kind {
            TargetKind::DataStream => place_of(index) <= place_of(found),
            TargetKind::Alias => ***found == *self.write || !is_earlier(found, index),
        };
        self.indices.iter().filter(may_have_been_written).map(Arc::clone).collect()
    }
}

fn parse<'a, T: Deserialize<'a>>(name: &str, body: &'a [u8]) -> Result<T, ResolveError> {
    serde_json::from_slice(body).map_err(|source| ResolveError::Malformed { name: name.to_owned(), source })
}

/// Whether both names have the same stem followed by a number, and the first has the smaller one.
fn is_earlier(name: &str, than: &str) -> bool {
    let split = |name: &'_ str| {
        let (stem, number) = name.rsplit_once('-')?;
        Some((stem.to_owned(), number.parse::<u64>().ok()?))
    };
    matches!((split(name), split(than)), (Some((stem, number)), Some((other, limit))) if stem == other && number < limit)
}

/// Why the write index of a name is unknown.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No alias or data stream has that name; the log is not installed yet, or the name is that of an index.
    #[error("there is no alias or data stream `{name}`: install the log")]
    Missing {
        /// The name.
        name: String,
    },
    /// None of the alias's indices is its write index.
    #[error("the alias `{alias}` has no write index: set `is_write_index` on the newest of {indices}")]
    NoWriteIndex {
        /// The alias.
        alias: String,
        /// Its indices, in backticks.
        indices: String,
    },
    /// The engine refused the request.
    #[error("the engine refuses to resolve `{name}`: {refusal}")]
    Refused {
        /// The name.
        name: String,
        /// The refusal.
        refusal: Refusal,
    },
    /// The reply does not have the form of an engine's.
    #[error("the reply about `{name}` is not an engine's: {source}")]
    Malformed {
        /// The name.
        name: String,
        /// What is wrong with it.
        r#source: serde_json::Error,
    },
    /// No reply.
    #[error("cannot resolve `{name}`: {source}")]
    Transport {
        /// The name.
        name: String,
        /// Why not.
        r#source: TransportError,
    },
}

impl ResolveError {
    /// Whether the same request may succeed later without any change. A missing target counts as retryable, because it may be
    /// installed at this moment.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Missing { .. } | Self::Transport { .. } | Self::Malformed { .. } => true,
            Self::Refused { refusal, .. } => refusal.is_retryable(),
            Self::NoWriteIndex { .. } => false,
        }
    }
}

#[derive(Deserialize)]
struct IndexAliases {
    #[serde(default)]
    aliases: BTreeMap<String, AliasFlags>,
}

#[derive(Deserialize)]
struct AliasFlags {
    is_write_index: Option<bool>,
}

#[derive(Deserialize)]
struct DataStreamsReply {
    data_streams: Vec<DataStreamReply>,
}

#[derive(Deserialize)]
struct DataStreamReply {
    name: String,
    indices: Vec<BackingIndex>,
}

#[derive(Deserialize)]
struct BackingIndex {
    index_name: String,
}

/// Resolves an alias or a data stream; the writer's generated role has the privilege for that.
///
/// # Errors
/// See [`ResolveError`].
pub fn resolve_target(transport: &dyn Transport, kind: TargetKind, name: &str) -> Result<WriteTarget, ResolveError> {
    let path = kind.path(name);
    let owned = || name.to_owned();
    let response =
        transport.send(&Request::get(&path)).map_err(|source| ResolveError::Transport { name: owned(), source })?;
    match response.refusal() {
        Some(refusal) if refusal.status == 404 => Err(ResolveError::Missing { name: owned() }),
        Some(refusal) => Err(ResolveError::Refused { name: owned(), refusal }),
        None => WriteTarget::parse(kind, name, &response.body),
    }
}

/// Resolves the write index of an alias.
///
/// # Errors
/// See [`ResolveError`].
pub fn resolve_write_index(transport: &dyn Transport, alias: &str) -> Result<String, ResolveError> {
    resolve_target(transport, TargetKind::Alias, alias).map(|target| target.write_index().to_string())
}

#[cfg(test)]
mod tests {
    use super::{TargetKind, WriteTarget, resolve_write_index};
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
    fn only_index_is_written_to_unless_flagged_false() {
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
    fn missing_alias_differs_from_a_refusal() {
        let missing = "there is no alias or data stream `.log`: install the log";
        check(404, r#"{"error":"alias [.log] missing","status":404}"#, Err(missing));
        check(200, "{}", Err(missing));
        let refused = "the engine refuses to resolve `.log`: 403 security_exception: no";
        check(403, r#"{"error":{"type":"security_exception","reason":"no"}}"#, Err(refused));
        check(200, "<html>", Err("the reply about `.log` is not an engine's: expected value at line 1 column 1"));
    }

    #[track_caller]
    fn check_from(kind: TargetKind, body: &str, index: &str, wanted: &[&str]) {
        let target = WriteTarget::parse(kind, "log", body.as_bytes()).unwrap();
        let found = target.indices_since(index);
        assert_eq!(found.iter().map(|index| &**index).collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn later_indices_of_an_alias_have_higher_numbers() {
        let body = r#"{"log-000008":{"aliases":{"log":{}}},"log-000009":{"aliases":{"log":{}}},
            "log-000010":{"aliases":{"log":{"is_write_index":true}}},"shrink-log-000007":{"aliases":{"log":{}}}}"#;
        check_from(TargetKind::Alias, body, "log-000009", &["log-000009", "log-000010", "shrink-log-000007"]);
        check_from(TargetKind::Alias, body, "log-000010", &["log-000010", "shrink-log-000007"]);
        check_from(TargetKind::Alias, body, "log-000011", &["log-000010", "shrink-log-000007"]);
        let all = ["log-000008", "log-000009", "log-000010", "shrink-log-000007"];
        check_from(TargetKind::Alias, body, "other", &all);
    }

    #[test]
    fn later_indices_of_a_stream_follow_in_order() {
        let body = r#"{"data_streams":[{"name":"log","indices":[{"index_name":".ds-log-2026.11.01-000001"},
            {"index_name":".ds-log-000002"},{"index_name":".ds-log-2026.11.02-000003"}]}]}"#;
        let last = ".ds-log-2026.11.02-000003";
        check_from(TargetKind::DataStream, body, ".ds-log-000002", &[".ds-log-000002", last]);
        check_from(TargetKind::DataStream, body, last, &[last]);
        let first = ".ds-log-2026.11.01-000001";
        check_from(TargetKind::DataStream, body, "gone", &[first, ".ds-log-000002", last]);
    }

    #[test]
    fn stream_writes_to_its_newest_index() {
        let body = br#"{"data_streams":[{"name":"log","indices":[{"index_name":"a"},{"index_name":"b"}]}]}"#;
        let target = WriteTarget::parse(TargetKind::DataStream, "log", body).unwrap();
        assert_eq!((&**target.write_index(), target.has("a"), target.has("c")), ("b", true, false));
        assert_eq!(target.bulk_path("log").split('?').next(), Some("/log/_bulk"));
        let missing = WriteTarget::parse(TargetKind::DataStream, "log", br#"{"data_streams":[]}"#).unwrap_err();
        assert_eq!(missing.to_string(), "there is no alias or data stream `log`: install the log");
    }
}
