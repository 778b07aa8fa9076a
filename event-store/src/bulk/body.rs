//! Builds the body of a bulk request from documents: NDJSON, an action line and a document line each. Inspects documents only for
//! bytes that would break this framing.

use std::ops::Range;

use memchr::memchr;

const BEFORE_ID: &[u8] = b"{\"create\":{\"_id\":\"";
const AFTER_ID: &[u8] = b"\"}}\n";

/// Bytes per document in a body besides its id and its content.
const FRAMING: usize = BEFORE_ID.len() + AFTER_ID.len() + 1;

/// The body of a bulk request, which is refilled without allocating once it has reached its largest size.
///
/// Each document is a `create` with an id, which an engine refuses with 409 when the index has that id: so a request that may
/// have arrived can be sent again.
///
/// # Examples
/// ```
/// let mut body = event_store::BulkBody::default();
/// body.push("a", br#"{"n":1}"#)?;
/// body.push("b", br#"{"n":2}"#)?;
/// assert_eq!(body.lines(1..2), b"{\"create\":{\"_id\":\"b\"}}\n{\"n\":2}\n");
/// # Ok::<(), event_store::PushError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct BulkBody {
    bytes: Vec<u8>,
    /// The end of each document.
    ends: Vec<usize>,
}

/// Why a document cannot be added to a body. The body is unchanged.
#[derive(thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushError {
    /// A newline in the document would end its line; JSON does not need newlines, and canonical JSON has none.
    #[error("the document has a raw newline at byte {at}")]
    Newline {
        /// Offset in the document, in bytes.
        at: usize,
    },
    /// An id is put between quotes as it is, so it is neither empty nor has quotes, backslashes or control characters.
    #[error("`{id}` cannot be an id")]
    Id {
        /// The id, escaped for printing.
        id: String,
    },
}

impl BulkBody {
    /// An empty body with room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::new() }
    }

    /// Bytes that a document will take, framing included.
    #[must_use]
    pub const fn cost(id: &str, document: &[u8]) -> usize {
        FRAMING + id.len() + document.len()
    }

    /// Adds a document under its id.
    ///
    /// # Errors
    /// What would break the framing of the lines is refused, and the body left as it was.
    pub fn push(&mut self, id: &str, document: &[u8]) -> Result<(), PushError> {
        if let Some(at) = memchr(b'\n', document) {
            return Err(PushError::Newline { at });
        }
        if id.is_empty() || breaks_quotes(id.as_bytes()) {
            return Err(PushError::Id { id: id.escape_debug().to_string() });
        }
        self.bytes.reserve(Self::cost(id, document));
        self.bytes.extend_from_slice(BEFORE_ID);
        self.bytes.extend_from_slice(id.as_bytes());
        self.bytes.extend_from_slice(AFTER_ID);
        self.bytes.extend_from_slice(document);
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
        Ok(())
    }

    /// How many documents it holds.
    #[must_use]
    pub fn documents(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The whole body.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The body of some of its documents, by their positions: a part of a request that was too large, without a copy.
    ///
    /// # Panics
    /// Like a slice, when the range ends beyond the documents or before it begins.
    #[must_use]
    pub fn lines(&self, documents: Range<usize>) -> &[u8] {
        let end_of = |count: usize| if count == 0 { 0 } else { self.ends[count - 1] };
        &self.bytes[end_of(documents.start)..end_of(documents.end)]
    }

    /// Removes all documents and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Frees memory above this many bytes, which a large batch may have left.
    pub fn shrink_to(&mut self, bytes: usize) {
        self.bytes.shrink_to(bytes);
    }
}

/// Whether a text cannot be put between quotes as it is. It looks at every byte in any case, which compilers do for many
/// bytes at once.
fn breaks_quotes(text: &[u8]) -> bool {
    let breaks = |byte: &u8| u8::from(*byte < b' ') | u8::from(*byte == b'"') | u8::from(*byte == b'\\');
    text.iter().fold(0, |found, byte| found | breaks(byte)) != 0
}

#[cfg(test)]
mod tests {
    use super::{BulkBody, PushError};

    #[test]
    fn documents_are_framed_by_action_lines() {
        let mut body = BulkBody::with_capacity(64);
        assert!(body.is_empty());
        body.push("a", br#"{"n":1}"#).unwrap();
        body.push("b", br#"{"n":2}"#).unwrap();
        let text = "{\"create\":{\"_id\":\"a\"}}\n{\"n\":1}\n{\"create\":{\"_id\":\"b\"}}\n{\"n\":2}\n";
        assert_eq!(body.as_bytes(), text.as_bytes());
        assert_eq!(body.documents(), 2);
        assert_eq!(body.as_bytes().len(), 2 * BulkBody::cost("a", br#"{"n":1}"#));
    }

    #[test]
    fn parts_are_bodies_of_their_own() {
        let mut body = BulkBody::default();
        for (id, document) in [("a", "{}"), ("b", "{\"x\":1}"), ("c", "{}")] {
            body.push(id, document.as_bytes()).unwrap();
        }
        assert_eq!([body.lines(0..2), body.lines(2..3)].concat(), body.as_bytes());
        assert_eq!(body.lines(1..2), b"{\"create\":{\"_id\":\"b\"}}\n{\"x\":1}\n");
        assert_eq!(body.lines(0..0), b"");
    }

    #[test]
    fn rejected_document_leaves_the_body_unchanged() {
        let mut body = BulkBody::default();
        body.push("a", b"{}").unwrap();
        let before = body.as_bytes().to_vec();
        assert_eq!(body.push("b", b"{\n}"), Err(PushError::Newline { at: 1 }));
        for id in ["", "a\"b", "a\\b", "a\nb", "a\u{7}"] {
            assert_eq!(body.push(id, b"{}"), Err(PushError::Id { id: id.escape_debug().to_string() }));
        }
        assert_eq!((body.as_bytes(), body.documents()), (before.as_slice(), 1));
    }

    #[test]
    fn cleared_body_keeps_its_memory() {
        let mut body = BulkBody::default();
        body.push("a", &[b'1'; 1000]).unwrap();
        let at = body.as_bytes().as_ptr();
        body.clear();
        assert!(body.is_empty());
        body.push("b", &[b'1'; 1000]).unwrap();
        assert_eq!(body.as_bytes().as_ptr(), at);
    }
}
