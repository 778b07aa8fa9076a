//! Handing entries back to the spool of events, many at a time. Which ones, and as what, is the caller's to say.

use event_spool::{AppendError, Spool};

use super::store::{Claim, Claims};
use super::{Entry, Kind, Quarantine, QuarantineError};
use crate::id::EventId;
use crate::record::EventRecord;

/// What is to become of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandBack {
    /// It stays.
    Leave,
    /// Its document is logged again as it is, under its own id. What has no id, was never an event, or is not kept in full,
    /// stays; and so does what is larger than a record of that spool may be.
    AsItIs,
    /// This is logged in its place.
    Corrected {
        /// The event's id. The same each time for the same entry: after a crash it may be handed back once more.
        id: EventId,
        /// The document, JSON in one line.
        document: Vec<u8>,
    },
}

impl Quarantine {
    /// Hands entries back to a service's spool of events, the oldest first, so that they are shipped again; returns the
    /// numbers of those that were.
    ///
    /// What another call is handing back at this moment is left to it. Entries are synced there before they are settled here.
    /// After a crash in between they are still listed, and handing them back once more does no harm: the engine knows their ids.
    ///
    /// Nothing is validated here: an entry of [`Kind::Invalid`] that is still invalid is refused by the engine, and comes back
    /// as [`Kind::Rejected`]. The program `event-log quarantine retry` looks at it first.
    ///
    /// # Errors
    /// When a spool fails. What was handed back before is settled all the same.
    ///
    /// # Examples
    /// ```
    /// use event_log::EventId;
    /// use event_log::quarantine::{Entry, HandBack, Kind, Quarantine};
    /// use event_spool::Spool;
    ///
    /// let directory = tempfile::tempdir()?;
    /// let quarantine = Quarantine::open(directory.path().join("quarantine"))?;
    /// let events = Spool::builder().open(directory.path().join("events"))?;
    /// let entry = Entry { id: Some(EventId::new()), ..Entry::new(Kind::Rejected, "strict_dynamic_mapping", b"{}") };
    /// let number = quarantine.put(&entry)?;
    ///
    /// let handed_back = quarantine.hand_back(&events, &mut |_, entry| match entry.kind {
    ///     Kind::Rejected => HandBack::AsItIs,
    ///     _ => HandBack::Leave,
    /// })?;
    /// assert_eq!((handed_back, quarantine.count()?), (vec![number], 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn hand_back(
        &self,
        events: &Spool,
        choose: &mut dyn FnMut(u64, &Entry<'_>) -> HandBack,
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
        choose: &mut dyn FnMut(u64, &Entry<'_>) -> HandBack,
        claims: &mut Claims<'_>,
        taken: &mut Vec<u64>,
    ) -> Result<(), QuarantineError> {
        let settled = self.settled()?;
        let mut outcome = Ok(());
        self.scan(&mut |number, entry| {
            let is_over = outcome.is_err() || entry.kind == Kind::Settled || settled.contains(&number);
            if is_over || claims.take(number) != Claim::Taken {
                return;
            }
            let appended = match choose(number, entry) {
                HandBack::AsItIs if !matches!(entry.kind, Kind::Unreadable | Kind::Truncated) => {
                    entry.id.map(|id| events.append_parts(&[&EventRecord::head(id), entry.document]))
                }
                HandBack::Corrected { id, document } => Some(events.append_parts(&[&EventRecord::head(id), &document])),
                HandBack::AsItIs | HandBack::Leave => None,
            };
            match appended {
                Some(Ok(_)) => return taken.push(number),
                // What is too large stays, and keeps no other one back.
                Some(Err(AppendError::TooLarge { .. })) | None => (),
                Some(Err(error)) => outcome = Err(QuarantineError::Events(error)),
            }
            claims.release(number);
        })?;
        outcome
    }
}
