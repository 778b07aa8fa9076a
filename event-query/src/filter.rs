//! Filters built by programs: the same conditions that KQL has, with values in place of texts.

use std::net::IpAddr;
use std::ops::{Bound, RangeBounds};

use jiff::Timestamp;

use crate::kql::Expression;
use crate::resolved::GeoBox;
use crate::value::{Decimal, Pattern};

/// A condition on events, not yet checked against a mapping.
///
/// # Examples
/// ```
/// use event_query::Filter;
///
/// let primary = Filter::nested("kibana.saved_objects", Filter::all_of([
///     Filter::equals("type", "alert"),
///     Filter::one_of("id", ["a", "b"]),
///     Filter::equals("rel", "primary"),
///     Filter::missing("namespace"),
/// ]));
/// let slow = Filter::range("event.duration", 5_000_000_000_i64..);
/// let filter = Filter::all_of([primary, slow, Filter::kql("not event.outcome: success")?]);
/// # let _ = filter;
/// # Ok::<(), event_query::QueryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Filter(pub(crate) Kind);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    All,
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Nested { path: String, inner: Box<Filter> },
    Field { path: String, comparison: Comparison },
    Kql(Expression),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparison {
    Exists,
    Equals(Operand),
    OneOf(Vec<Operand>),
    Range(Bound<Operand>, Bound<Operand>),
    Words(String),
    Pattern(Pattern),
    Within(GeoBox),
}

/// A value to compare with. Texts are read by the type of the field, so dates may be written as in KQL, and numbers as texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand(pub(crate) String);

impl From<&str> for Operand {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<f64> for Operand {
    fn from(value: f64) -> Self {
        Self(Decimal::from_f64(value).map_or_else(|| value.to_string(), |number| number.to_string()))
    }
}

macro_rules! operands {
    ($($type:ty)*) => {$(
        impl From<$type> for Operand {
            fn from(value: $type) -> Self {
                Self(value.to_string())
            }
        }
    )*};
}

operands!(String i32 i64 u32 u64 bool Timestamp IpAddr);

impl Filter {
    /// Every event.
    #[must_use]
    pub fn all() -> Self {
        Self(Kind::All)
    }

    /// What a KQL text asks for.
    ///
    /// # Errors
    /// When the text is not KQL.
    pub fn kql(text: &str) -> Result<Self, crate::QueryError> {
        text.parse().map(|expression| Self(Kind::Kql(expression)))
    }

    /// All of the filters; of none, every event.
    #[must_use]
    pub fn all_of(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Kind::And(filters.into_iter().collect()))
    }

    /// At least one of the filters; of none, no event.
    #[must_use]
    pub fn any_of(filters: impl IntoIterator<Item = Self>) -> Self {
        Self(Kind::Or(filters.into_iter().collect()))
    }

    /// Events that the filter does not find.
    #[allow(clippy::should_implement_trait, reason = "it builds a filter, beside `all_of` and `any_of`")]
    #[must_use]
    pub fn not(filter: Self) -> Self {
        Self(Kind::Not(Box::new(filter)))
    }

    /// One element of the nested field at `path` fulfils `inner`, whose fields are named relative to it.
    #[must_use]
    pub fn nested(path: impl Into<String>, inner: Self) -> Self {
        Self(Kind::Nested { path: path.into(), inner: Box::new(inner) })
    }

    /// A value of the field equals; a text field has the words in a row.
    #[must_use]
    pub fn equals(path: impl Into<String>, value: impl Into<Operand>) -> Self {
        Self::field(path, Comparison::Equals(value.into()))
    }

    /// A value of the field equals one of `values`, however many.
    #[must_use]
    pub fn one_of<V: Into<Operand>>(path: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
        Self::field(path, Comparison::OneOf(values.into_iter().map(Into::into).collect()))
    }

    /// A value of the field is in the range. Dates that are not exact are rounded outwards where the bound is included.
    #[must_use]
    pub fn range<V: Into<Operand> + Clone>(path: impl Into<String>, range: impl RangeBounds<V>) -> Self {
        let bound = |bound: Bound<&V>| bound.cloned().map(Into::into);
        Self::field(path, Comparison::Range(bound(range.start_bound()), bound(range.end_bound())))
    }

    /// The field has a value; of an object, any field in it.
    #[must_use]
    pub fn exists(path: impl Into<String>) -> Self {
        Self::field(path, Comparison::Exists)
    }

    /// The field has no value.
    #[must_use]
    pub fn missing(path: impl Into<String>) -> Self {
        Self::not(Self::exists(path))
    }

    /// A text field has at least one of the words; any other field equals the text.
    #[must_use]
    pub fn words(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::field(path, Comparison::Words(text.into()))
    }

    /// A term of the field matches the pattern.
    #[must_use]
    pub fn pattern(path: impl Into<String>, pattern: Pattern) -> Self {
        Self::field(path, Comparison::Pattern(pattern))
    }

    /// A place of a `geo_point` is in the box.
    #[must_use]
    pub fn within(path: impl Into<String>, within: GeoBox) -> Self {
        Self::field(path, Comparison::Within(within))
    }

    fn field(path: impl Into<String>, comparison: Comparison) -> Self {
        Self(Kind::Field { path: path.into(), comparison })
    }
}

impl From<Expression> for Filter {
    fn from(expression: Expression) -> Self {
        Self(Kind::Kql(expression))
    }
}
