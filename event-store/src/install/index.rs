//! The write index of a log: creates it, updates its mapping in place, or rolls over to an index that has it.

use serde_json::Value;

use super::bundle::InstallStep;
use super::constants;
use super::error::InstallError;
use super::report::{IndexOutcome, IndexReport, InstallStepOutcome};
use super::session::{InstallSession, InstalledState, describe, malformed, read_meta, refused};
use crate::name::path_segment;
use crate::refusal::Refusal;
use crate::transport::Method;
use crate::write_target::{ResolveError, TargetKind, resolve_write_index};

/// The exception for an alias whose name is that of an index.
const NAME_IS_TAKEN: &str = "invalid_alias_name_exception";

/// The exception for creating an index that exists.
const EXISTS: &str = "resource_already_exists_exception";

/// Creates or updates the write index of an alias.
pub(super) fn update_alias(
    session: InstallSession<'_>,
    step: &InstallStep,
    first: &str,
    alias: &str,
) -> Result<IndexReport, InstallError> {
    let report = |index, outcome| IndexReport { target: alias.to_owned(), index, outcome, is_unmanaged: false };
    let (index, is_created) = match session.write_index(alias)? {
        Some(index) => (index, false),
        None => session.create_first(step, first, alias)?,
    };
    let live = session.live_mapping(&index)?;
    if session.is_equal(&index, &live)? {
        let outcome = if is_created { IndexOutcome::Created } else { IndexOutcome::Unchanged };
        return Ok(report(index, outcome));
    }
    if session.put_mapping(&index, &live)? {
        let outcome = if is_created { IndexOutcome::Created } else { IndexOutcome::MappingUpdated };
        return Ok(report(index, outcome));
    }
    let next = next_name(&index);
    session.check_next(&next)?;
    let path = format!("/{}/_rollover/{}", path_segment(alias), path_segment(&next));
    let is_ours = session.roll_over(&path)?;
    // If another installer rolled over, the alias may have moved on since.
    let newest = if is_ours { None } else { session.write_index(alias)? };
    Ok(report(newest.unwrap_or(next), IndexOutcome::RolledOver { from: index }))
}

/// Creates or updates the write index of a data stream.
pub(super) fn update_data_stream(
    session: InstallSession<'_>,
    step: &InstallStep,
    name: &str,
) -> Result<IndexReport, InstallError> {
    let report = |index, outcome| IndexReport { target: name.to_owned(), index, outcome, is_unmanaged: false };
    let path = format!("/_data_stream/{}", path_segment(name));
    let mut is_created = false;
    let mut found = session.find(&path)?;
    if found.is_none() {
        is_created = session.send_step(step)? == InstallStepOutcome::Put;
        found = session.find(&path)?;
    }
    let found = found.ok_or_else(|| malformed(&path))?;
    let index = last_backing_index(&found).ok_or_else(|| malformed(&path))?;
    let live = session.live_mapping(&index)?;
    if session.is_equal(&index, &live)? {
        let outcome = if is_created { IndexOutcome::Created } else { IndexOutcome::Unchanged };
        return Ok(report(index, outcome));
    }
    if session.put_mapping(&index, &live)? {
        return Ok(report(index, IndexOutcome::MappingUpdated));
    }
    session.check_next(name)?;
    session.roll_over(&format!("/{}/_rollover", path_segment(name)))?;
    let found = session.find(&path)?.ok_or_else(|| malformed(&path))?;
    let next = last_backing_index(&found).ok_or_else(|| malformed(&path))?;
    Ok(report(next, IndexOutcome::RolledOver { from: index }))
}

fn last_backing_index(found: &Value) -> Option<String> {
    let indices = found.pointer("/data_streams/0/indices")?.as_array()?;
    Some(indices.last()?["index_name"].as_str()?.to_owned())
}

impl InstallSession<'_> {
    /// The index that an alias writes to; `None` when there is no alias.
    fn write_index(&self, alias: &str) -> Result<Option<String>, InstallError> {
        let path = TargetKind::Alias.path(alias);
        match resolve_write_index(self.transport, alias) {
            Ok(index) => Ok(Some(index)),
            Err(ResolveError::Missing { .. }) => Ok(None),
            Err(ResolveError::NoWriteIndex { alias, indices }) => Err(InstallError::NoWriteIndex { alias, indices }),
            Err(ResolveError::Refused { refusal, .. }) => Err(refused(Method::Get, &path, refusal)),
            Err(ResolveError::Malformed { source, .. }) => {
                Err(InstallError::Malformed { request: describe(Method::Get, &path), source: Some(source) })
            }
            Err(ResolveError::Transport { source, .. }) => {
                Err(InstallError::Transport { request: describe(Method::Get, &path), source })
            }
        }
    }

    /// Creates the first index with its alias, and returns whether this installer created it.
    fn create_first(&self, step: &InstallStep, first: &str, alias: &str) -> Result<(String, bool), InstallError> {
        let taken = || InstallError::IndexInPlaceOfAlias { alias: alias.to_owned() };
        // Checked first, because `PUT` of the index would be refused for its own name if that exists as well.
        if self.find(&format!("/{}/_settings", path_segment(alias)))?.is_some() && self.write_index(alias)?.is_none() {
            return Err(taken());
        }
        match self.send_step(step) {
            Ok(InstallStepOutcome::Put) => Ok((first.to_owned(), true)),
            Ok(_) => match self.write_index(alias)? {
                Some(index) => Ok((index, false)),
                None => Err(InstallError::IndexWithoutAlias { index: first.to_owned(), alias: alias.to_owned() }),
            },
            Err(InstallError::Refused { refusal, .. }) if refusal.error_type == NAME_IS_TAKEN => Err(taken()),
            Err(error) => Err(error),
        }
    }

    /// The current mapping of the index.
    fn live_mapping(&self, index: &str) -> Result<Value, InstallError> {
        let path = format!("/{}/_mapping", path_segment(index));
        let mut found = self.find(&path)?.ok_or_else(|| malformed(&path))?;
        Ok(found[index]["mappings"].take())
    }

    /// Whether the index has the bundle's mapping.
    fn is_equal(&self, index: &str, live: &Value) -> Result<bool, InstallError> {
        let meta = read_meta(&live["_meta"]).filter(|meta| meta.log == self.bundle.log());
        match meta {
            Some(meta) => Ok(self.compare(index, &meta)? == InstalledState::Equal),
            None => Ok(false),
        }
    }

    /// Puts the bundle's mapping on the index, with the constants that the index has learnt; `false` when it cannot be merged.
    fn put_mapping(&self, index: &str, live: &Value) -> Result<bool, InstallError> {
        let path = format!("/{}/_mapping", path_segment(index));
        let mut wanted = self.bundle.mapping().clone();
        constants::copy_values(&mut wanted, live);
        let response = self.send(Method::Put, &path, Some(wanted.to_string().as_bytes()))?;
        match response.refusal() {
            None => Ok(true),
            Some(refusal) if is_no_merge(&refusal) => Ok(false),
            Some(refusal) => Err(refused(Method::Put, &path, refusal)),
        }
    }

    /// Checks that an index of that name would have the bundle's mapping, so that no rollover is made in vain.
    fn check_next(&self, name: &str) -> Result<(), InstallError> {
        let path = format!("/_index_template/_simulate_index/{}", path_segment(name));
        let response = self.send(Method::Post, &path, None)?;
        if let Some(refusal) = response.refusal() {
            return Err(refused(Method::Post, &path, refusal));
        }
        let simulated: Value = serde_json::from_slice(&response.body).map_err(|source| InstallError::Malformed {
            request: describe(Method::Post, &path),
            source: Some(source),
        })?;
        match read_meta(&simulated["template"]["mappings"]["_meta"]) {
            Some(meta) if meta.log == self.bundle.log() && self.compare(name, &meta)? == InstalledState::Equal => {
                Ok(())
            }
            _ => Err(InstallError::Overridden { index: name.to_owned() }),
        }
    }

    /// Rolls over, and returns whether this installer did.
    fn roll_over(&self, path: &str) -> Result<bool, InstallError> {
        let response = self.send(Method::Post, path, None)?;
        match response.refusal() {
            None => Ok(true),
            Some(refusal) if refusal.error_type == EXISTS => Ok(false),
            Some(refusal) => Err(refused(Method::Post, path, refusal)),
        }
    }
}

/// Whether a refusal of a mapping means that it cannot be merged into the current one, as opposed to a temporary failure. A changed parameter of an object is answered with 500 (`MapperException` of Elasticsearch).
fn is_no_merge(refusal: &Refusal) -> bool {
    refusal.status == 400 || refusal.error_type == "mapper_exception"
}

/// The name that a rollover gives, from the documentation of the engines' rollover: the number at the end raised by one, to
/// six digits.
fn next_name(index: &str) -> String {
    let (stem, number) = index.rsplit_once('-').unwrap_or((index, ""));
    match number.parse::<u64>() {
        Ok(number) => format!("{stem}-{:06}", number.saturating_add(1)),
        Err(_) => format!("{index}-000002"),
    }
}

#[cfg(test)]
mod tests {
    use super::next_name;

    #[test]
    fn numbers_at_the_end_are_raised() {
        assert_eq!(next_name(".kibana-event-log-000001"), ".kibana-event-log-000002");
        assert_eq!(next_name("a-9"), "a-000010");
        assert_eq!(next_name("a-999999"), "a-1000000");
        assert_eq!(next_name("a"), "a-000002");
    }
}
