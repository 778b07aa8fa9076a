//! What an engine answers to a `PUT _mapping`, and how its words tell the reason.

use std::fmt;

use serde_json::Value as Json;

use super::engine::Engine;
use super::finding::PutMapping;
use super::mapping;
use super::side::mapping_of;

/// An engine's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It takes the mapping.
    Accepted,
    /// It refuses it.
    Rejected(Reason),
}

/// Why an engine refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// `mapper [a] cannot be changed from type [x] to [y]`.
    Type,
    /// `Cannot update parameter [x] from [y] to [z]`.
    Parameter,
    /// An object and a field in one place.
    Object,
    /// A nested and a plain object in one place.
    Nested,
    /// A parameter of an object that stays as it was made.
    ObjectParameter,
    /// An alias and something else in one place, or an alias to nowhere.
    Alias,
    /// The new mapping is none, whatever the old one is.
    Invalid,
}

impl Verdict {
    /// The same without its reason.
    #[must_use]
    pub const fn put_mapping(self) -> PutMapping {
        match self {
            Self::Accepted => PutMapping::Accepted,
            Self::Rejected(_) => PutMapping::Rejected,
        }
    }
}

impl Reason {
    /// The reason in an engine's own words: `error.reason` of its answer, with `caused_by` where there is one.
    #[must_use]
    pub fn of_message(message: &str) -> Option<Self> {
        const WORDS: &[(&str, Reason)] = &[
            ("cannot be changed from type", Reason::Type),
            ("Cannot update parameter", Reason::Parameter),
            ("conflicts with existing mapping", Reason::Parameter),
            ("non object mapping", Reason::Object),
            ("non-nested", Reason::Nested),
            ("nested mapping", Reason::Nested),
            ("parameter can't be updated for the object mapping", Reason::ObjectParameter),
            ("field alias", Reason::Alias),
            ("mapper_parsing_exception", Reason::Invalid),
            ("Failed to parse mapping", Reason::Invalid),
        ];
        WORDS.iter().find(|(words, _)| message.contains(words)).map(|(_, reason)| *reason)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Rejected(reason) => write!(f, "rejected ({reason:?})"),
        }
    }
}

/// What `engine` answers to a `PUT _mapping` with the mapping `new` on an index that has the mapping `old`. Both may be
/// wrapped as [`super::Side`] takes them.
///
/// It knows the mapping only: a full `index.mapping.total_fields.limit` is the settings' affair.
///
/// # Examples
/// ```
/// use ecs_gen::diff::{Engine, Reason, Verdict, predict_put_mapping};
/// use serde_json::json;
///
/// let old = json!({"properties": {"count": {"type": "integer"}}});
/// let wider = json!({"properties": {"count": {"type": "long"}}});
/// assert_eq!(predict_put_mapping(Engine::OpenSearch, &old, &wider), Verdict::Rejected(Reason::Type));
/// ```
#[must_use]
pub fn predict_put_mapping(engine: Engine, old: &Json, new: &Json) -> Verdict {
    let changes = mapping::compare(engine, &mapping_of(old), &mapping_of(new));
    let rejected = changes.iter().map(|change| change.verdict).filter(|verdict| *verdict != Verdict::Accepted);
    // A mapping that is none is found before anything is compared.
    rejected.max().unwrap_or(Verdict::Accepted)
}

/// What an engine answers to a `PUT _settings` that gives an open index another value of the setting of that dotted name.
///
/// # Examples
/// ```
/// use ecs_gen::diff::{PutMapping, predict_put_setting};
///
/// assert_eq!(predict_put_setting("index.refresh_interval"), PutMapping::Accepted);
/// assert_eq!(predict_put_setting("index.number_of_shards"), PutMapping::Rejected);
/// ```
#[must_use]
pub fn predict_put_setting(name: &str) -> PutMapping {
    if super::compare::is_static_setting(name) { PutMapping::Rejected } else { PutMapping::Accepted }
}
