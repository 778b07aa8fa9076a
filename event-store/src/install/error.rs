//! Why an installation failed, each reason with what to do.

use crate::error::CauseSuffix;
use crate::refusal::Refusal;
use crate::transport::TransportError;

/// Why a log could not be installed or updated. Everything done before stays; the next installation continues from there.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// The engine did not reply.
    #[error("cannot send `{request}`: {source}")]
    Transport {
        /// Method and path.
        request: String,
        /// Why not.
        r#source: TransportError,
    },
    /// The engine refuses a request.
    #[error("the engine refuses `{request}`: {refusal}")]
    Refused {
        /// Method and path.
        request: String,
        /// What it says.
        refusal: Refusal,
    },
    /// The engine has no lifecycle management: Elasticsearch without ILM, OpenSearch without the Index Management plugin.
    #[error(
        "the engine has no lifecycle management, `{request}` is answered with {refusal}: add it to the engine, or install \
         without the policy (`Bundle::without_policy`), and take care of rollover and deletion yourself"
    )]
    NoLifecycle {
        /// Method and path.
        request: String,
        /// What it says.
        refusal: Refusal,
    },
    /// The reply does not have the form of an engine's.
    #[error("the reply to `{request}` is not an engine's{}", CauseSuffix::of(source.as_ref()))]
    Malformed {
        /// Method and path.
        request: String,
        /// What is wrong with it, when it is not JSON.
        r#source: Option<serde_json::Error>,
    },
    /// The installed version is newer. Older programs can keep writing to it; only their installation is skipped.
    #[error(
        "`{object}` is of version {installed} of the log, and this is version {version}: deploy the newer version here"
    )]
    Downgrade {
        /// Path of the template, or the index.
        object: String,
        /// Version on the engine.
        installed: u64,
        /// Version of the bundle.
        version: u64,
    },
    /// There is a template of that name that belongs to another log or program.
    #[error("`{object}` exists and is not of the log `{log}`: rename the log, or remove it if nobody needs it")]
    Foreign {
        /// Path of the template.
        object: String,
        /// The log.
        log: String,
    },
    /// An index has the name of the alias. Something wrote to the alias before it existed, and the engine created an index with a
    /// guessed mapping.
    #[error(
        "there is an index `{alias}` in place of the alias: reindex its documents into `{alias}-…`, delete it, and install again"
    )]
    IndexInPlaceOfAlias {
        /// The alias.
        alias: String,
    },
    /// The first index exists without the alias: somebody removed the alias, or a write to the index's own name recreated the index
    /// after it was deleted.
    #[error(
        "there is an index `{index}` and no alias `{alias}`: put the alias on the newest index, by `POST /_aliases \
         {{\"actions\": [{{\"add\": {{\"index\": \"{index}\", \"alias\": \"{alias}\", \"is_write_index\": true}}}}]}}`; the \
         installation continues from there, and rolls over if the index has another mapping"
    )]
    IndexWithoutAlias {
        /// The index.
        index: String,
        /// The alias.
        alias: String,
    },
    /// None of the alias's indices is its write index.
    #[error("the alias `{alias}` has no write index: set `is_write_index` on the newest of {indices}")]
    NoWriteIndex {
        /// The alias.
        alias: String,
        /// Its indices, in backticks.
        indices: String,
    },
    /// A new index would not get this log's mapping, because another template has precedence over this log's. A rollover would
    /// not help, so none is made.
    #[error("another template gives `{index}` its mapping: lower that template's priority")]
    Overridden {
        /// The index that would be created.
        index: String,
    },
}

impl InstallError {
    /// Whether the same installation may succeed later without a person acting.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Transport { source, .. } => !source.is_redirect(),
            Self::Refused { refusal, .. } => refusal.is_retryable(),
            Self::Malformed { .. } => true,
            _ => false,
        }
    }
}
