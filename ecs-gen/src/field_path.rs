//! The dotted path of a field and the rules for its segments; knows nothing of types or files.

use std::fmt;

/// Dotted path of a field from the root of the document, such as `event.action`; never empty, no empty segment.
///
/// # Examples
/// ```
/// use ecs_gen::field_path::FieldPath;
///
/// let path = FieldPath::parse("http.request.method").unwrap();
/// assert_eq!(path.name(), "method");
/// assert_eq!(path.parent().unwrap().as_str(), "http.request");
/// assert!(FieldPath::parse("http..method").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(String);

/// Why a text is not a field path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// A segment has no character: a leading, trailing or doubled dot, or an empty text.
    EmptySegment,
    /// A segment holds a space or another character that no ECS name has.
    BadCharacter(char),
    /// A segment has more characters than engines read in one name of a document.
    TooLong,
}

/// Longest segment: OpenSearch's JSON parser takes no longer name (measured on 3.8.0).
pub const MAX_SEGMENT: usize = 50_000;

/// Names that no field at the root can have: engines keep data of their own under them, and refuse mappings that declare
/// them and documents that have them (measured on OpenSearch 3.8.0).
pub const METADATA: &[&str] = &[
    "_doc_count",
    "_field_names",
    "_id",
    "_ignored",
    "_index",
    "_nested_path",
    "_routing",
    "_seq_no",
    "_source",
    "_version",
];

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptySegment => f.write_str("has an empty segment"),
            Self::BadCharacter(' ') => f.write_str("has a space"),
            Self::TooLong => write!(f, "has a segment of more than {MAX_SEGMENT} characters"),
            Self::BadCharacter(c) => write!(f, "has the character `{}`", c.escape_default()),
        }
    }
}

impl std::error::Error for PathError {}

impl FieldPath {
    /// Checks `text` as a path of one or more segments of `[A-Za-z0-9_-]`, each of which may begin with `@`.
    ///
    /// # Errors
    /// Says what is wrong with the first bad segment.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        for segment in text.split('.') {
            check_segment(segment)?;
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether `name` can be one segment of a path.
    #[must_use]
    pub fn is_segment(name: &str) -> bool {
        !name.contains('.') && Self::parse(name).is_ok()
    }

    /// The whole path with dots.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or(&self.0)
    }

    /// The path without its last segment; `None` at the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rsplit_once('.').map(|(parent, _)| Self(parent.to_owned()))
    }

    /// This path followed by `rest`.
    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self(format!("{}.{}", self.0, rest.0))
    }

    /// The path of `name`, a segment of a path, below this one; `None` is the root.
    pub(crate) fn below(parent: Option<&Self>, name: &str) -> Self {
        Self(parent.map_or_else(|| name.to_owned(), |parent| format!("{}.{name}", parent.0)))
    }

    /// What is left of this path below `above`; `None` when it is not below it.
    #[must_use]
    pub fn relative_to(&self, above: &Self) -> Option<Self> {
        Some(Self(self.0.strip_prefix(above.as_str())?.strip_prefix('.')?.to_owned()))
    }

    /// The segments from the root on.
    #[must_use]
    pub fn segments(&self) -> std::str::Split<'_, char> {
        self.0.split('.')
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_segment(segment: &str) -> Result<(), PathError> {
    let body = segment.strip_prefix('@').unwrap_or(segment);
    if body.is_empty() {
        return Err(PathError::EmptySegment);
    }
    if segment.len() > MAX_SEGMENT {
        return Err(PathError::TooLong);
    }
    match body.chars().find(|c| !matches!(c, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-')) {
        None => Ok(()),
        Some(c) => Err(PathError::BadCharacter(c)),
    }
}
