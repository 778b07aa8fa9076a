//! What is wrong with a document: values that name the place, the rule and the offending value. Owns their wording and
//! codes; finding them is the checks' business.
//!
//! An event may hold what its owner would not want in a program's log. So `Display` and `Debug` say the place, the rule, and
//! the kind and length of the offending value, and never the value; names that are data, such as the keys of a flattened
//! field, are left out too. [`Violations::with_values`] says everything, for a place that is as well guarded as the events.

mod found;

use std::fmt;

pub use found::Found;
pub(crate) use found::Offending;

/// The most violations that are kept for one document; the others are counted.
///
/// Enough to mend a document, and a bound on what a hostile one costs: 64 violations of a few hundred bytes.
pub const MAX_VIOLATIONS: usize = 64;

/// The most characters of an offending value that a violation quotes.
pub(crate) const MAX_QUOTED: usize = 64;

/// One rule that a document breaks, and where.
///
/// Shown as `not-allowed: `event.outcome` is a string of 6 bytes, but one of `failure`, `success`, `unknown` is expected`;
/// [`with_value`](Self::with_value) shows the value.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field, such as `kibana.saved_objects[2].rel`; empty for the document itself. Its names may come from the event.
    pub path: String,
    /// The rule that is broken.
    pub rule: ViolationRule,
    /// The start of the offending value as text, at most 64 characters and `…`; empty where there is none.
    pub found: String,
    /// What the offending value is.
    pub kind: Found,
    /// The path without names that are data, where that is another.
    pub(crate) shown_path: Option<String>,
}

/// The rules that a document can break.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ViolationRule {
    /// The schema has no such field in this object.
    UnknownField {
        /// The object's field with the most similar name, when one is similar.
        nearest: Option<String>,
    },
    /// The field's name has dots: an unknown field, probably meant as objects in objects.
    DottedField,
    /// The field is an alias; engines refuse documents with values for it.
    Alias {
        /// The field that the alias stands for.
        target: &'static str,
    },
    /// The value has another JSON type than the field.
    WrongType {
        /// What the field takes, with its article: `a string`.
        expected: &'static str,
    },
    /// The number, date or coordinate is too large or too small for the field.
    OutOfRange {
        /// What the field takes: `an integer from -128 to 127`.
        expected: &'static str,
    },
    /// The value is no date in the field's formats.
    InvalidDate,
    /// The string is no IP address.
    InvalidIp,
    /// The string is no semantic version.
    InvalidVersion,
    /// The string is not padded base64.
    InvalidBinary,
    /// The range has no end, two lower or upper ends, or its lower end is above its upper end.
    InvalidRange,
    /// The string is longer than the engine can index as one term.
    TooLong {
        /// The length in UTF-8 bytes.
        bytes: usize,
        /// The greatest accepted length in UTF-8 bytes.
        limit: usize,
    },
    /// The string is not in the field's list.
    NotAllowed {
        /// The list.
        allowed: &'static [&'static str],
    },
    /// The field is constant, and the string another.
    NotConstant {
        /// The constant.
        value: &'static str,
    },
    /// The string does not match the field's pattern.
    PatternMismatch {
        /// The regular expression.
        pattern: &'static str,
    },
    /// A required field is absent, null or an empty array.
    Missing,
    /// One value where the field takes an array, or an array where it takes one value.
    Cardinality {
        /// What the field takes.
        expected: Cardinality,
    },
    /// An element of an array is null.
    NullElement,
    /// No `event.category` of the document expects this `event.type`.
    UnexpectedEventType,
    /// The text has the field twice in one object.
    DuplicateField,
    /// The field is given twice, with a dotted name and as objects in objects.
    TwoSpellings {
        /// JSON pointer of the value that came first.
        first: String,
        /// JSON pointer of the other.
        second: String,
    },
    /// Objects nest deeper than the engine indexes.
    TooDeep {
        /// The greatest accepted depth.
        limit: usize,
    },
    /// A name in a flattened object contains a NUL character, which the engine uses as a separator.
    NulInName,
}

/// How many values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cardinality {
    /// One value, without an array around it.
    One,
    /// An array.
    Many,
}

impl ViolationRule {
    /// The rule's stable name in kebab case, for metrics and for grouping.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownField { .. } | Self::DottedField => "unknown-field",
            Self::Alias { .. } => "alias",
            Self::WrongType { .. } => "wrong-type",
            Self::OutOfRange { .. } => "out-of-range",
            Self::InvalidDate => "invalid-date",
            Self::InvalidIp => "invalid-ip",
            Self::InvalidVersion => "invalid-version",
            Self::InvalidBinary => "invalid-binary",
            Self::InvalidRange => "invalid-range",
            Self::TooLong { .. } => "too-long",
            Self::NotAllowed { .. } => "not-allowed",
            Self::NotConstant { .. } => "not-constant",
            Self::PatternMismatch { .. } => "pattern-mismatch",
            Self::Missing => "missing",
            Self::Cardinality { .. } => "cardinality",
            Self::NullElement => "null-element",
            Self::UnexpectedEventType => "unexpected-event-type",
            Self::DuplicateField => "duplicate-field",
            Self::TwoSpellings { .. } => "two-spellings",
            Self::TooDeep { .. } => "too-deep",
            Self::NulInName => "nul-in-name",
        }
    }
}

impl Violation {
    /// Shows the offending value too, and the whole path.
    #[must_use]
    pub fn with_value(&self) -> impl fmt::Display {
        fmt::from_fn(|out| self.write(Values::Shown, out))
    }

    /// The path as `Display` says it: `*` for each name that is data.
    #[must_use]
    pub fn shown_path(&self) -> &str {
        self.shown_path.as_ref().unwrap_or(&self.path)
    }

    fn write(&self, values: Values, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.rule.code())?;
        let path = if values == Values::Hidden { self.shown_path() } else { &self.path };
        if path.is_empty() {
            out.write_str("the document ")?;
        } else {
            write!(out, "`{path}` ")?;
        }
        let found = fmt::from_fn(|out| match values {
            Values::Shown => write!(out, "`{}`", self.found),
            Values::Hidden => write!(out, "{}", self.kind),
        });
        match &self.rule {
            ViolationRule::UnknownField { nearest: Some(nearest) } => {
                write!(out, "is not a field; did you mean `{nearest}`?")
            }
            ViolationRule::UnknownField { nearest: None } => out.write_str("is not a field"),
            ViolationRule::DottedField => out.write_str("is not a field; write it as objects in objects"),
            ViolationRule::Alias { target } => write!(out, "is an alias; write `{target}` instead"),
            ViolationRule::WrongType { expected } | ViolationRule::OutOfRange { expected } => {
                write!(out, "is {found}, but {expected} is expected")
            }
            ViolationRule::InvalidDate => {
                write!(out, "is {found}, which is no date that the field takes")
            }
            ViolationRule::InvalidIp => write!(out, "is {found}, which is no IP address"),
            ViolationRule::InvalidVersion => {
                write!(out, "is {found}, which is no semantic version")
            }
            ViolationRule::InvalidBinary => write!(out, "is {found}, which is not padded base64"),
            ViolationRule::InvalidRange => {
                write!(out, "is {found}, but a range has one or two ends, the lower not above the upper")
            }
            ViolationRule::TooLong { bytes, limit } => {
                write!(out, "has {bytes} bytes, but at most {limit} can be indexed")?;
                if values == Values::Shown { write!(out, ": {found}") } else { Ok(()) }
            }
            ViolationRule::NotAllowed { allowed } => {
                write!(out, "is {found}, but one of ")?;
                write_list(allowed, out)?;
                out.write_str(" is expected")
            }
            ViolationRule::NotConstant { value } => {
                write!(out, "is {found}, but it is always `{value}`")
            }
            ViolationRule::PatternMismatch { pattern } => {
                write!(out, "is {found}, which does not match `{pattern}`")
            }
            ViolationRule::Missing => out.write_str("is missing"),
            ViolationRule::Cardinality { expected: Cardinality::One } => {
                write!(out, "is {found}, but one value without an array is expected")
            }
            ViolationRule::Cardinality { expected: Cardinality::Many } => {
                write!(out, "is {found}, but an array is expected")
            }
            ViolationRule::NullElement => out.write_str("is null, which an array must not contain"),
            ViolationRule::UnexpectedEventType => {
                write!(out, "is {found}, which no category of the event expects")
            }
            ViolationRule::DuplicateField => out.write_str("appears twice in its object"),
            // A name that is data is not shown.
            ViolationRule::TwoSpellings { .. } if path != self.path => {
                out.write_str("is given with a dotted name and as objects in objects")
            }
            ViolationRule::TwoSpellings { first, second } => {
                write!(out, "is given twice, at `{first}` and at `{second}`")
            }
            ViolationRule::TooDeep { limit } => write!(out, "nests deeper than {limit} levels"),
            ViolationRule::NulInName => out.write_str("has a NUL character in its name"),
        }
    }
}

/// Whether a text may have values of the event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Values {
    Shown,
    Hidden,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Values::Hidden, out)
    }
}

/// `a`, `b`, `c`; a long list ends in a count.
fn write_list(values: &[&str], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    /// Lists in the Elastic Common Schema are mostly shorter, and a line stays readable.
    const MAX_LISTED: usize = 24;
    for (at, value) in values.iter().take(MAX_LISTED).enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        write!(out, "{separator}`{value}`")?;
    }
    match values.len().saturating_sub(MAX_LISTED) {
        0 => Ok(()),
        more => write!(out, " and {more} more"),
    }
}

/// All rules that a document breaks, in the order of the document; at least one.
///
/// At most [`MAX_VIOLATIONS`] are kept, the others are counted. Shown in one line, joined by `; `, without the offending
/// values; [`with_values`](Self::with_values) shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Violations {
    pub(crate) kept: Vec<Violation>,
    pub(crate) total: usize,
}

impl Violations {
    /// The violations that were kept.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.kept
    }

    /// The violations that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.kept.iter()
    }

    /// How many there are, also those that were not kept.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.total
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

impl Violations {
    /// Shows the offending values too, and whole paths.
    #[must_use]
    pub fn with_values(&self) -> impl fmt::Display {
        fmt::from_fn(|out| self.write(Values::Shown, out))
    }

    fn write(&self, values: Values, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, violation) in self.kept.iter().enumerate() {
            out.write_str(if at == 0 { "" } else { "; " })?;
            violation.write(values, out)?;
        }
        match self.total - self.kept.len() {
            0 => Ok(()),
            more => write!(out, "; and {more} more"),
        }
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Values::Hidden, out)
    }
}

impl std::error::Error for Violations {}
