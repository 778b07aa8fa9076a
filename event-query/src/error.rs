//! Why a query is refused: a class, a message, the place in the text, and the names that may have been meant.

use std::fmt;

/// What is wrong with a query, so that a caller can choose an answer without reading the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not KQL.
    Syntax,
    /// A field is not in the mapping.
    UnknownField,
    /// A field cannot read the value that it is compared with.
    Value,
    /// A nested field outside its group, or a group around a field that is not nested in it.
    Nesting,
    /// The mapping does not permit the operation, for example sorting by analysed text.
    Unsupported,
    /// The query is larger or deeper than an engine takes.
    Limit,
    /// The cursor is damaged, of another version, or of another query.
    Cursor,
}

/// A place in a text, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// In bytes of UTF-8.
    pub bytes: usize,
    /// In UTF-16 code units, as JavaScript and Kibana count.
    pub utf16: usize,
}

impl Offset {
    /// The place `bytes` into `text`; `bytes` is on a character boundary.
    pub(crate) fn in_text(text: &str, bytes: usize) -> Self {
        let utf16 = text.get(..bytes).map_or(0, |before| before.encode_utf16().count());
        Self { bytes, utf16 }
    }
}

/// A refused query. Nothing has been sent when it is returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    kind: ErrorKind,
    message: String,
    offset: Option<Offset>,
    did_you_mean: Vec<String>,
}

impl QueryError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), offset: None, did_you_mean: Vec::new() }
    }

    pub(crate) fn suggesting(mut self, names: Vec<String>) -> Self {
        self.did_you_mean = names;
        self
    }

    /// The same error at a place in `text`, unless it has one already.
    pub(crate) fn at(mut self, text: &str, bytes: usize) -> Self {
        self.offset = self.offset.or_else(|| Some(Offset::in_text(text, bytes)));
        self
    }

    /// The class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What is wrong, in one sentence without place and suggestions.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in the KQL text; none for a filter that was built rather than parsed.
    #[must_use]
    pub fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// Names that may have been meant, the nearest first.
    #[must_use]
    pub fn did_you_mean(&self) -> &[String] {
        &self.did_you_mean
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        if let Some(offset) = self.offset {
            write!(out, " (at offset {})", offset.utf16)?;
        }
        match self.did_you_mean.as_slice() {
            [] => Ok(()),
            [one] => write!(out, "; did you mean `{one}`?"),
            several => write!(out, "; did you mean one of `{}`?", several.join("`, `")),
        }
    }
}

impl std::error::Error for QueryError {}
