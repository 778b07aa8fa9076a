//! What a mapping says of its fields: which there are, and what of a value and an operation each of them permits.

mod mapping;
mod nearest;
mod table;

use std::fmt;
use std::sync::Arc;

pub(crate) use table::Entry;
pub use table::{FieldTable, MappingError};

/// A field that can be searched, sorted by or aggregated: one leaf of a mapping, or one key of a flattened field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub(crate) path: Arc<str>,
    pub(crate) multi_field_of: Option<Arc<str>>,
    pub(crate) kind: FieldKind,
    pub(crate) type_name: Arc<str>,
    pub(crate) nested: Option<Arc<str>>,
    pub(crate) key: Option<String>,
    pub(crate) indexed: bool,
    pub(crate) doc_values: bool,
    pub(crate) ignore_above: Option<usize>,
    pub(crate) null_value: Option<serde_json::Value>,
}

impl Field {
    /// The full path, a flattened key included.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where its values are in an event: at its own path, or, for a multi-field, at that of the field it belongs to.
    #[must_use]
    pub fn source_path(&self) -> &str {
        self.multi_field_of.as_deref().unwrap_or(&self.path)
    }

    /// What its values are.
    #[must_use]
    pub fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// The type's name in the mapping.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The path of the innermost nested field that it is inside of.
    #[must_use]
    pub fn nested(&self) -> Option<&str> {
        self.nested.as_deref()
    }

    /// The key within a flattened field; none for the flattened field itself, which is all its keys.
    #[must_use]
    pub fn flattened_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Whether `index` is not switched off.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        self.indexed
    }

    /// Whether values are kept in columns, for sorting and aggregating.
    #[must_use]
    pub fn has_doc_values(&self) -> bool {
        self.doc_values
    }

    /// The length in UTF-16 code units above which a value is in `_source` alone.
    #[must_use]
    pub fn ignore_above(&self) -> Option<usize> {
        self.ignore_above
    }

    /// What is indexed in place of an explicit null.
    #[must_use]
    pub fn null_value(&self) -> Option<&serde_json::Value> {
        self.null_value.as_ref()
    }

    /// Whether a query can find documents by the field's values.
    #[must_use]
    pub fn is_searchable(&self) -> bool {
        match self.kind {
            FieldKind::Text { .. } => self.indexed,
            FieldKind::GeoPoint | FieldKind::Binary | FieldKind::Other => false,
            _ => self.indexed || self.doc_values,
        }
    }
}

/// What the values of a field are, with the parameters that decide how they compare.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// One exact term, after the normalizer.
    Keyword {
        /// The normalizer's name, for example `lowercase`.
        normalizer: Option<String>,
    },
    /// One exact term, the same in every document.
    ConstantKeyword {
        /// The value, where the mapping has it.
        value: Option<String>,
    },
    /// One exact term for patterns.
    Wildcard,
    /// Analysed text.
    Text {
        /// The analyzer of a query's text.
        analyzer: String,
        /// Whether phrases can be found; for `match_only_text`, engines read the order of words from `_source`.
        positions: bool,
    },
    /// A signed integer of that many bits.
    Integer {
        /// 8, 16, 32 or 64.
        bits: u8,
    },
    /// An unsigned integer of 64 bits.
    UnsignedLong,
    /// A float.
    Float(FloatWidth),
    /// A decimal kept as an integer of value × factor.
    ScaledFloat {
        /// What values are multiplied by before they are rounded.
        factor: f64,
    },
    /// A point in time.
    Date(DateKind),
    /// True or false.
    Boolean,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A semantic version.
    Version,
    /// An object with any keys, or one key of it: exact terms.
    Flattened,
    /// A range of other values.
    Range(RangeOf),
    /// The document's `_id`.
    Id,
    /// A place on Earth: bounding boxes and existence.
    GeoPoint,
    /// Bytes: existence alone.
    Binary,
    /// A type that queries do not know: existence alone.
    Other,
}

/// The width of a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatWidth {
    /// 16 bits.
    Half,
    /// 32 bits.
    Single,
    /// 64 bits.
    Double,
}

/// How dates are kept, and how texts are read as dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateKind {
    /// What is kept of a date.
    pub resolution: Resolution,
    /// What a number is.
    pub epoch: Epoch,
}

/// What is kept of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Milliseconds: the type `date`.
    Milliseconds,
    /// Nanoseconds, from 1970 to 2262: the type `date_nanos`.
    Nanoseconds,
}

/// The unit of a date that is written as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epoch {
    /// `epoch_millis`, the default.
    Milliseconds,
    /// `epoch_second`.
    Seconds,
}

/// What a range is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeOf {
    /// Integers of that many bits.
    Integer(u8),
    /// Floats.
    Float(FloatWidth),
    /// Dates in milliseconds.
    Date(DateKind),
    /// Addresses.
    Ip,
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` ({})", self.path, self.type_name)
    }
}
