//! The layout of an event in a record of the spool. Knows no spool and no JSON.
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | format, 1 |
//! | 16 | the event's id, big end first; the `_id` of its document |
//! | rest | the document, canonical JSON in UTF-8 |
//!
//! A record of another format was written by another release; it is refused, never guessed at.

use crate::id::EventId;

/// The only format so far.
const FORMAT: u8 = 1;

/// The bytes before the document.
pub(crate) const HEAD_BYTES: usize = 1 + 16;

/// An event in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventRecord<'a> {
    /// The event's id.
    pub id: EventId,
    /// The document, JSON.
    pub document: &'a [u8],
}

impl<'a> EventRecord<'a> {
    /// The bytes before the document in the record of the event `id`.
    #[must_use]
    pub(crate) fn head(id: EventId) -> [u8; HEAD_BYTES] {
        let mut head = [FORMAT; HEAD_BYTES];
        head[1..].copy_from_slice(id.as_bytes());
        head
    }

    /// The event in a record's bytes.
    ///
    /// # Errors
    /// When the record has another format or is shorter than its head.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RecordError> {
        match bytes.split_first_chunk::<HEAD_BYTES>() {
            Some(([FORMAT, id @ ..], document)) => Ok(Self { id: EventId::from_bytes(*id), document }),
            _ => Err(RecordError { format: bytes.first().copied(), bytes: bytes.len() }),
        }
    }
}

/// A record that is not an event of this format.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a record of {bytes} bytes and format `{}` holds no event", Shown(*format))]
pub struct RecordError {
    format: Option<u8>,
    bytes: usize,
}

struct Shown(Option<u8>);

impl std::fmt::Display for Shown {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(format) => format.fmt(out),
            None => out.write_str("none"),
        }
    }
}
