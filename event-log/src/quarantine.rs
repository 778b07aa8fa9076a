//! The quarantine: events that could not be logged or delivered and must not be lost, with the reason. Owns the layout of its
//! records; knows neither validation nor engines.
//!
//! # Layout of a record
//! The quarantine is a separate spool, and each of its records is:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | format, [`FORMAT`] |
//! | 1 | [`EntryKind`] |
//! | 2 | HTTP status that the engine gave the document, 0 when no engine was asked |
//! | 16 | the event's id, all zero when it has none |
//! | 8 | sequence: of the record in the spool of events, 0 when it never was in one; for [`EntryKind::Settled`], of the quarantine's record that is settled |
//! | 4 | length of the reason in bytes |
//! | … | the reason, UTF-8, one line |
//! | … | the document, to the end of the record; JSON unless the kind says otherwise |
//!
//! Numbers are little-endian. The spool frames each record and keeps its checksum, so the layout has none.

mod resubmit;
mod store;

use thiserror::Error;

use crate::id::EventId;

pub use resubmit::Resubmit;
pub use store::{DEFAULT_QUARANTINE_BYTES, Quarantine, QuarantineError, ResubmitError};

/// The first byte of each record.
pub const FORMAT: u8 = 1;
/// Bytes before the reason.
pub const HEAD_BYTES: usize = 32;
/// Longest reason that is kept, in bytes. Engines quote the offending value, which may be as long as the document.
pub const MAX_REASON_BYTES: usize = 4096;

/// Why a record is in the quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// Validation refused the event before it was spooled. The document is what would have been logged, with defaults, fixed
    /// fields and stamps; of a text that is not JSON, or has a field twice, it is the text. Entries of earlier releases have what
    /// the caller passed in.
    Invalid,
    /// The engine rejected the document permanently, for example because its mapping does not have a field.
    Rejected,
    /// The document alone is larger than the engine takes.
    TooLarge,
    /// A record of the spool of events that this release cannot read; the document is the whole record, byte for byte.
    Unreadable,
    /// An entry of another kind that is larger than the quarantine accepts. The document is the beginning of the event's; the
    /// reason says how long that is.
    Truncated,
    /// Not an entry: a marker that an earlier record was resubmitted and is no longer in quarantine.
    Settled,
}

impl EntryKind {
    const ALL: [(Self, u8, &'static str); 6] = [
        (Self::Invalid, 1, "invalid"),
        (Self::Rejected, 2, "rejected"),
        (Self::TooLarge, 3, "too-large"),
        (Self::Unreadable, 4, "unreadable"),
        (Self::Settled, 5, "settled"),
        (Self::Truncated, 6, "truncated"),
    ];

    /// In one word, as listings and metrics show it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }

    fn byte(self) -> u8 {
        Self::ALL.iter().find(|row| row.0 == self).map_or(0, |row| row.1)
    }

    fn of_byte(byte: u8) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == byte).map(|row| row.0)
    }
}

/// A record of the quarantine, borrowed.
///
/// # Examples
/// ```
/// use event_log::quarantine::{Entry, EntryKind};
///
/// let entry = Entry::new(EntryKind::Invalid, "unknown field `mesage`", br#"{"mesage":"hello"}"#);
/// let record = entry.head().into_iter().chain(entry.reason.bytes()).chain(entry.document.iter().copied());
/// let record: Vec<u8> = record.collect();
/// assert_eq!(Entry::parse(&record)?, entry);
/// # Ok::<(), event_log::quarantine::EntryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Why it is here.
    pub kind: EntryKind,
    /// HTTP status that the engine gave the document.
    pub status: Option<u16>,
    /// The event's id, a version 7 UUID, which is its `_id` where it is stored.
    pub id: Option<EventId>,
    /// Its sequence in the spool of events; for [`EntryKind::Settled`], the sequence of the quarantine's record that is settled.
    pub sequence: Option<u64>,
    /// One line for people, at most [`MAX_REASON_BYTES`].
    pub reason: &'a str,
    /// The document.
    pub document: &'a [u8],
}

impl<'a> Entry<'a> {
    /// An entry without status, id and sequence; a reason that is too long is cut.
    #[must_use]
    pub fn new(kind: EntryKind, reason: &'a str, document: &'a [u8]) -> Self {
        let reason = &reason[..reason.floor_char_boundary(MAX_REASON_BYTES)];
        Self { kind, status: None, id: None, sequence: None, reason, document }
    }

    /// The bytes before the reason and the document, so that the three can be appended as parts without a copy.
    #[must_use]
    pub fn head(&self) -> [u8; HEAD_BYTES] {
        let mut head = [0; HEAD_BYTES];
        head[0] = FORMAT;
        head[1] = self.kind.byte();
        head[2..4].copy_from_slice(&self.status.unwrap_or(0).to_le_bytes());
        if let Some(id) = self.id {
            head[4..20].copy_from_slice(id.as_bytes());
        }
        head[20..28].copy_from_slice(&self.sequence.unwrap_or(0).to_le_bytes());
        let reason = u32::try_from(self.reason.len()).expect("`new` cuts the reason");
        head[28..32].copy_from_slice(&reason.to_le_bytes());
        head
    }

    /// Reads a record.
    ///
    /// # Errors
    /// When the record has another layout; nothing is lost, the record stays where it is.
    pub fn parse(record: &'a [u8]) -> Result<Self, EntryError> {
        let (head, rest) = record.split_first_chunk::<HEAD_BYTES>().ok_or(EntryError::Short { bytes: record.len() })?;
        if head[0] != FORMAT {
            return Err(EntryError::Format { format: head[0] });
        }
        let kind = EntryKind::of_byte(head[1]).ok_or(EntryError::Kind { kind: head[1] })?;
        let reason_bytes = number(&head[28..32]);
        let (reason, document) = usize::try_from(reason_bytes)
            .ok()
            .and_then(|bytes| rest.split_at_checked(bytes))
            .ok_or(EntryError::Short { bytes: record.len() })?;
        let reason = std::str::from_utf8(reason).map_err(EntryError::Reason)?;
        let mut id = [0; 16];
        id.copy_from_slice(&head[4..20]);
        let status = u16::from_le_bytes([head[2], head[3]]);
        Ok(Self {
            kind,
            status: (status != 0).then_some(status),
            id: (id != [0; 16]).then_some(EventId::from_bytes(id)),
            sequence: Some(number(&head[20..28])).filter(|sequence| *sequence != 0),
            reason,
            document,
        })
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A record of the quarantine cannot be read.
#[derive(Error)]
#[non_exhaustive]
pub enum EntryError {
    /// It ends too early.
    #[error("a record of `{bytes}` bytes is shorter than its head says")]
    Short {
        /// Length of the record.
        bytes: usize,
    },
    /// A newer release wrote it.
    #[error("format `{format}` of a quarantined record is unknown")]
    Format {
        /// The first byte.
        format: u8,
    },
    /// A newer release wrote it.
    #[error("kind `{kind}` of a quarantined record is unknown")]
    Kind {
        /// The second byte.
        kind: u8,
    },
    /// The reason is not UTF-8.
    #[error("the reason of a quarantined record is not UTF-8: {0}")]
    Reason(std::str::Utf8Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(entry: Entry<'_>) {
        let record = [&entry.head()[..], entry.reason.as_bytes(), entry.document].concat();
        assert_eq!(Entry::parse(&record).unwrap(), entry);
        for end in 0..HEAD_BYTES + entry.reason.len() {
            assert!(matches!(Entry::parse(&record[..end]), Err(EntryError::Short { .. })), "cut at {end}");
        }
    }

    #[test]
    fn every_kind_round_trips() {
        for (kind, _, _) in EntryKind::ALL {
            check_round_trip(Entry::new(kind, "", b""));
            let mut entry = Entry::new(kind, "failed to parse field", b"{}");
            entry.status = Some(400);
            entry.id = Some(EventId::from_bytes([7; 16]));
            entry.sequence = Some(u64::MAX);
            check_round_trip(entry);
        }
    }

    #[test]
    fn long_reason_is_cut_between_characters() {
        let reason = "é".repeat(MAX_REASON_BYTES);
        let entry = Entry::new(EntryKind::Rejected, &reason, b"{}");
        assert_eq!(entry.reason.len(), MAX_REASON_BYTES);
        let reason = format!("x{reason}");
        assert_eq!(Entry::new(EntryKind::Rejected, &reason, b"{}").reason.len(), MAX_REASON_BYTES - 1);
    }

    #[test]
    fn unknown_format_and_kind_are_errors() {
        let mut head = Entry::new(EntryKind::Rejected, "", b"").head();
        head[1] = 99;
        assert_eq!(Entry::parse(&head).unwrap_err().to_string(), "kind `99` of a quarantined record is unknown");
        head[0] = 2;
        assert_eq!(Entry::parse(&head).unwrap_err().to_string(), "format `2` of a quarantined record is unknown");
    }
}
