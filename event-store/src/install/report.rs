//! The report of an installation.

use std::fmt;

use super::EngineKind;

/// What was done for each step and each index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallReport {
    /// The log.
    pub log: String,
    /// Its version.
    pub version: u64,
    /// The engine that the files were for.
    pub engine: EngineKind,
    /// Templates, policies and pipelines, in order.
    pub steps: Vec<InstallStepReport>,
    /// The write index of each alias, or of the data stream.
    pub indices: Vec<IndexReport>,
}

/// What was done for one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallStepReport {
    /// Path of the object.
    pub path: String,
    /// What was done.
    pub outcome: InstallStepOutcome,
}

/// What was done about a template, a policy or a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstallStepOutcome {
    /// It was put, either new or replacing an older one.
    Put,
    /// It was up to date.
    Unchanged,
    /// It exists and is kept, because people may have edited it.
    Kept,
    /// Another installer put it at the same moment.
    Raced,
    /// It is a lifecycle policy, and the caller left it out: [`Bundle::without_policy`](super::Bundle::without_policy).
    LeftOut,
}

/// The index behind an alias or data stream, after the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexReport {
    /// Alias or data stream.
    pub target: String,
    /// The write index.
    pub index: String,
    /// What was done.
    pub outcome: IndexOutcome,
    /// Whether Index State Management of OpenSearch has no policy for it, so that nothing rolls it over or deletes it.
    /// Reported for existing indices only, since the plugin takes a while to attach a policy.
    pub is_unmanaged: bool,
}

/// What was done about the write index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexOutcome {
    /// It was created.
    Created,
    /// It has the mapping already.
    Unchanged,
    /// It got the mapping in place.
    MappingUpdated,
    /// The previous index could not get the mapping, so this one was created.
    RolledOver {
        /// The previous index.
        from: String,
    },
}

impl IndexOutcome {
    /// Whether the index is older than the installation.
    pub(super) const fn existed_before(&self) -> bool {
        matches!(self, Self::Unchanged | Self::MappingUpdated)
    }
}

impl InstallReport {
    /// Whether anything on the engine was changed.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.steps.iter().any(|step| step.outcome == InstallStepOutcome::Put)
            || self.indices.iter().any(|index| index.outcome != IndexOutcome::Unchanged)
    }
}

impl fmt::Display for InstallReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { log, version, engine, .. } = self;
        write!(out, "`{log}` version {version} on {engine}: ")?;
        let put = self.steps.iter().filter(|step| step.outcome == InstallStepOutcome::Put).count();
        match put {
            0 => out.write_str("up to date")?,
            _ => write!(out, "{put} of {} objects put", self.steps.len())?,
        }
        if self.steps.iter().any(|step| step.outcome == InstallStepOutcome::LeftOut) {
            out.write_str(", without its lifecycle policy: nothing rolls over or deletes its indices")?;
        }
        for IndexReport { index, outcome, is_unmanaged, .. } in &self.indices {
            match outcome {
                IndexOutcome::Created => write!(out, ", `{index}` created")?,
                IndexOutcome::Unchanged => {}
                IndexOutcome::MappingUpdated => write!(out, ", mapping of `{index}` updated")?,
                IndexOutcome::RolledOver { from } => write!(out, ", `{from}` rolled over to `{index}`")?,
            }
            if *is_unmanaged {
                write!(
                    out,
                    ", but `{index}` has no lifecycle policy: nothing rolls it over or deletes it; see `GET \
                     _plugins/_ism/explain/{index}`, and attach the policy by `POST _plugins/_ism/add/{index}`"
                )?;
            }
        }
        Ok(())
    }
}
