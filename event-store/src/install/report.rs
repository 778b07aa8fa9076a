//! What an installation did.

use std::fmt;

use super::EngineKind;

/// What became of each step and each index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallReport {
    /// The log.
    pub log: String,
    /// Its version.
    pub version: u64,
    /// The engine that the files were for.
    pub engine: EngineKind,
    /// Templates, policies and pipelines, in order.
    pub steps: Vec<StepReport>,
    /// For each alias, or the data stream, the index that is written to.
    pub indices: Vec<IndexReport>,
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// Path of what it makes.
    pub path: String,
    /// What was done.
    pub outcome: StepOutcome,
}

/// What was done about a template, a policy or a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It was put, new or in place of an older one.
    Put,
    /// It was up to date.
    Unchanged,
    /// It exists and belongs to people, who may have edited it.
    Kept,
    /// Another installer put it at the same moment.
    Raced,
    /// It is a lifecycle policy, and the caller wants none: [`Bundle::without_policy`](super::Bundle::without_policy).
    LeftOut,
}

/// The index behind an alias or data stream, after the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexReport {
    /// Alias or data stream.
    pub target: String,
    /// The index that is written to.
    pub index: String,
    /// What was done.
    pub outcome: IndexOutcome,
    /// Whether Index State Management of OpenSearch has no policy for it, so that nothing rolls it over or deletes it.
    /// Said of indices that were there before, since the plugin takes a while to attach a policy.
    pub is_unmanaged: bool,
}

/// What was done about the index that is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexOutcome {
    /// It was made.
    Made,
    /// It has the mapping.
    Unchanged,
    /// It got the mapping in place.
    MappingUpdated,
    /// The one before could not get the mapping, so this one was made.
    RolledOver {
        /// The one before.
        from: String,
    },
}

impl IndexOutcome {
    /// Whether the index is older than the installation.
    pub(super) const fn was_there(&self) -> bool {
        matches!(self, Self::Unchanged | Self::MappingUpdated)
    }
}

impl InstallReport {
    /// Whether anything on the engine is other than before.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.steps.iter().any(|step| step.outcome == StepOutcome::Put)
            || self.indices.iter().any(|index| index.outcome != IndexOutcome::Unchanged)
    }
}

impl fmt::Display for InstallReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { log, version, engine, .. } = self;
        write!(out, "`{log}` version {version} on {engine}: ")?;
        let put = self.steps.iter().filter(|step| step.outcome == StepOutcome::Put).count();
        match put {
            0 => out.write_str("up to date")?,
            _ => write!(out, "{put} of {} objects put", self.steps.len())?,
        }
        if self.steps.iter().any(|step| step.outcome == StepOutcome::LeftOut) {
            out.write_str(", without its lifecycle policy: nothing rolls over or deletes its indices")?;
        }
        for IndexReport { index, outcome, is_unmanaged, .. } in &self.indices {
            match outcome {
                IndexOutcome::Made => write!(out, ", `{index}` made")?,
                IndexOutcome::Unchanged => {}
                IndexOutcome::MappingUpdated => write!(out, ", mapping of `{index}` updated")?,
                IndexOutcome::RolledOver { from } => write!(out, ", `{from}` rolled over to `{index}`")?,
            }
            if *is_unmanaged {
                write!(
                    out,
                    ", but no lifecycle policy holds for `{index}`: nothing rolls it over or deletes it; see `GET \
                     _plugins/_ism/explain/{index}`, and attach the policy by `POST _plugins/_ism/add/{index}`"
                )?;
            }
        }
        Ok(())
    }
}
