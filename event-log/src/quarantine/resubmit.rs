//! Resubmits entries to the spool of events, many at a time. The caller chooses which ones, and in which form.

use event_spool::{AppendError, Spool};

use super::store::{ClaimOutcome, Claims};
use super::{Entry, EntryKind, Quarantine, QuarantineError};
use crate::id::EventId;
use crate::record::EventRecord;

/// What to do with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resubmit {
    /// It stays in quarantine.
    Skip,
    /// Its document is logged again unchanged, under its own id. An entry stays in quarantine if it has no id, was never an
    /// event, is not kept in full, or is larger than a record of that spool may be.
    Unchanged,
    /// This document is logged in its place.
    Corrected {
        /// The event's id. Use the same one each time for the same entry: after a crash it may be resubmitted once more.
        id: EventId,
        /// The document, JSON in one line.
        document: Vec<u8>,
    },
}

impl Quarantine {
    /// Resubmits entries to a service's spool of events, the oldest first, so that they are shipped again; returns the
    /// numbers of those that were.
    ///
    /// Entries that another call is resubmitting at this moment are skipped. Entries are synced to the spool of events before they
    /// are settled here. After a crash in between they are still listed, and resubmitting them once more does no harm: the engine
    /// knows their ids.
    ///
    /// Nothing is validated here: an entry of [`EntryKind::Invalid`] that is still invalid is refused by the engine, and comes back
    /// as [`EntryKind::Rejected`]. The program `event-log quarantine retry` validates it first.
    ///
    /// # Errors
    /// When a spool fails. Entries resubmitted before that are settled all the same.
    ///
    /// # Examples
    /// ```
    /// use event_log::EventId;
    /// use event_log::quarantine::{Entry, EntryKind, Quarantine, Resubmit};
    /// use event_spool::Spool;
    ///
    /// let directory = tempfile::tempdir()?;
    /// let quarantine = Quarantine::open(directory.path().join("quarantine"))?;
    /// let events = Spool::builder().open(directory.path().join("events"))?;
    /// let entry = Entry { id: Some(EventId::new()), ..Entry::new(EntryKind::Rejected, "strict_dynamic_mapping", b"{}") };
    /// let number = quarantine.put(&entry)?;
    ///
    /// let resubmitted = quarantine.resubmit(&events, &mut |_, entry| match entry.kind {
    ///     EntryKind::Rejected => Resubmit::Unchanged,
    ///     _ => Resubmit::Skip,
    /// })?;
    /// assert_eq!((resubmitted, quarantine.count()?), (vec![number], 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn resubmit(
        &self,
        events: &Spool,
        choose: &mut dyn FnMut(u64, &Entry<'_>) -> Resubmit,
    ) -> Result<Vec<u64>, QuarantineError> {
        let mut taken = Vec::new();
        // Until they are settled.
        let mut claims = self.claims();
        let appended = self.append_chosen(events, choose, &mut claims, &mut taken);
        if !taken.is_empty() {
            events.flush().map_err(QuarantineError::Sync)?;
            for number in &taken {
                self.settle(*number).map_err(QuarantineError::Append)?;
            }
            self.forget_settled()?;
        }
        appended.map(|()| taken)
    }

    fn append_chosen(
        &self,
        events: &Spool,
        choose: &mut dyn FnMut(u64, &Entry<'_>) -> Resubmit,
        claims: &mut Claims<'_>,
        taken: &mut Vec<u64>,
    ) -> Result<(), QuarantineError> {
        let settled = self.settled()?;
        let mut outcome = Ok(());
        self.scan(&mut |number, entry| {
            let is_over = outcome.is_err() || entry.kind == EntryKind::Settled || settled.contains(&number);
            if is_over || claims.take(number) != ClaimOutcome::Taken {
                return;
            }
            let appended = match choose(number, entry) {
                Resubmit::Unchanged if !matches!(entry.kind, EntryKind::Unreadable | EntryKind::Truncated) => {
                    entry.id.map(|id| events.append_parts(&[&EventRecord::head(id), entry.document]))
                }
                Resubmit::Corrected { id, document } => Some(events.append_parts(&[&EventRecord::head(id), &document])),
                Resubmit::Unchanged | Resubmit::Skip => None,
            };
            match appended {
                Some(Ok(_)) => return taken.push(number),
                // An entry that is too large stays, and does not hold up the others.
                Some(Err(AppendError::TooLarge { .. })) | None => (),
                Some(Err(error)) => outcome = Err(QuarantineError::Events(error)),
            }
            claims.release(number);
        })?;
        outcome
    }
}
