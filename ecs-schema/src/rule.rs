//! The tables that say what a valid document is: one [`ObjectRule`] for each object shape, one [`FieldRule`] for each
//! field. Owns their form only; what a rule means is said in `scalar.rs` and `json.rs`, where a generator puts them is
//! its own business. Everything here can be built in a `static`, and a table that contradicts itself does not compile.
//! The same tables are loaded from the `rules.json` of a generated folder: [`LogRules::from_json`].
//!
//! ```
//! use ecs_schema::{LogRules, ObjectRule, Pattern, field_rule};
//!
//! static HEX: Pattern = Pattern::new("^[0-9a-f]+$");
//! static HOST: ObjectRule = ObjectRule::new(&[
//!     field_rule!("hash", Keyword).pattern(&HEX),
//!     field_rule!("ip", Ip).array(),
//!     field_rule!("name", Keyword).required(),
//! ]);
//! static ROOT: ObjectRule = ObjectRule::new(&[field_rule!("host", Object(&HOST)).required()]);
//! static LOG: LogRules = LogRules::new("example", "9.4.0", &ROOT);
//! assert!(LOG.root().field("host").is_some());
//! ```

mod allowed;
mod expected;
mod kind;
mod load;
mod pattern;

pub use allowed::Allowed;
pub use expected::ExpectedTypes;
pub use kind::{DateFormat, Kind, RangeKind};
pub use load::RulesError;
pub use pattern::Pattern;

use crate::prepared::Key;

/// The rules of one event log: what one document may contain.
#[derive(Debug)]
pub struct LogRules {
    name: &'static str,
    ecs_version: &'static str,
    root: &'static ObjectRule,
}

impl LogRules {
    /// The rules of the log `name`, made from version `ecs_version` of the Elastic Common Schema.
    #[must_use]
    pub const fn new(name: &'static str, ecs_version: &'static str, root: &'static ObjectRule) -> Self {
        Self { name, ecs_version, root }
    }

    /// The log's name, for instance `kibana-event-log`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The version of the Elastic Common Schema, for instance `9.4.0`.
    #[must_use]
    pub const fn ecs_version(&self) -> &'static str {
        self.ecs_version
    }

    /// The rule of the document itself.
    #[must_use]
    pub const fn root(&self) -> &'static ObjectRule {
        self.root
    }
}

/// The fields that one object may have, sorted by the bytes of their names; every other field is refused, unless the object
/// takes unknown ones.
#[derive(Debug)]
pub struct ObjectRule {
    pub(crate) fields: &'static [FieldRule],
    pub(crate) expected_types: Option<&'static ExpectedTypes>,
    pub(crate) takes_unknown: bool,
}

impl ObjectRule {
    /// An object with these fields.
    ///
    /// # Panics
    /// While compiling, when `fields` are not in strictly ascending order of their names:
    /// ```compile_fail
    /// use ecs_schema::{ObjectRule, field_rule};
    ///
    /// static HOST: ObjectRule = ObjectRule::new(&[field_rule!("name", Keyword), field_rule!("ip", Ip)]);
    /// # HOST.fields();
    /// ```
    #[must_use]
    pub const fn new(fields: &'static [FieldRule]) -> Self {
        let mut at = 1;
        while at < fields.len() {
            assert!(
                is_before(fields[at - 1].name, fields[at].name),
                "fields must be sorted by name, without repetition"
            );
            at += 1;
        }
        Self { fields, expected_types: None, takes_unknown: false }
    }

    /// Adds the rule which event types each event category expects; for the object that holds `category` and `type`.
    #[must_use]
    pub const fn expected_types(mut self, expected: &'static ExpectedTypes) -> Self {
        self.expected_types = Some(expected);
        self
    }

    /// The object takes fields that are not in the table, with any value, as `dynamic: false` does in a mapping.
    #[must_use]
    pub const fn takes_unknown(mut self) -> Self {
        self.takes_unknown = true;
        self
    }

    /// The fields, sorted by name.
    #[must_use]
    pub const fn fields(&self) -> &'static [FieldRule] {
        self.fields
    }

    /// The rule of the field `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldRule> {
        self.position(name).map(|at| &self.fields[at])
    }

    /// Where the field `name` stands in [`fields`](Self::fields).
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.fields.binary_search_by(|field| field.name.cmp(name)).ok()
    }
}

/// The rule of one field; made by [`field_rule!`](crate::field_rule) and the builder methods.
#[derive(Debug)]
pub struct FieldRule {
    pub(crate) name: &'static str,
    /// `,"name":`, written in one copy; an object overwrites its first comma by the brace.
    pub(crate) key: Key,
    pub(crate) kind: Kind,
    pub(crate) is_array: bool,
    pub(crate) is_required: bool,
    pub(crate) takes_numeric_strings: bool,
    pub(crate) allowed: Option<&'static Allowed>,
    pub(crate) pattern: Option<&'static Pattern>,
    pub(crate) capture: Capture,
}

/// Whether a field's values take part in [`ExpectedTypes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capture {
    Nothing,
    Category,
    Type,
}

impl FieldRule {
    /// An optional, single-valued field; `key` is `,"name":`, which [`field_rule!`](crate::field_rule) makes.
    ///
    /// # Panics
    /// While compiling, when `key` has another form, or when the name would have to be escaped in JSON.
    #[must_use]
    pub const fn new(key: &'static str, kind: Kind) -> Self {
        Self { name: name_in(key), key: Key::new(key), ..Self::nameless(kind) }
    }

    /// An optional, single value that is no field of an object: the end of a range, or a value on its own.
    pub(crate) const fn nameless(kind: Kind) -> Self {
        Self {
            name: "",
            key: Key::new(""),
            kind,
            is_array: matches!(kind, Kind::Nested(_)),
            is_required: false,
            takes_numeric_strings: true,
            allowed: None,
            pattern: None,
            capture: Capture::Nothing,
        }
    }

    /// The field takes an array of values. `Kind::Nested` always does.
    #[must_use]
    pub const fn array(mut self) -> Self {
        self.is_array = true;
        self
    }

    /// The field must be present, not null, and not an empty array.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The field refuses 64-bit integers in strings, as `coerce: false` does in a mapping.
    #[must_use]
    pub const fn uncoerced(mut self) -> Self {
        self.takes_numeric_strings = false;
        self
    }

    /// The field takes these strings only.
    #[must_use]
    pub const fn allowed(mut self, allowed: &'static Allowed) -> Self {
        self.allowed = Some(allowed);
        self
    }

    /// The field takes only strings in which `pattern` finds a match.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The field holds the categories that the object's [`ExpectedTypes`] speaks of (`event.category`).
    #[must_use]
    pub const fn event_category(mut self) -> Self {
        self.capture = Capture::Category;
        self
    }

    /// The field holds the types that the object's [`ExpectedTypes`] speaks of (`event.type`).
    #[must_use]
    pub const fn event_type(mut self) -> Self {
        self.capture = Capture::Type;
        self
    }

    /// Whether a string of `bytes` bytes is valid whatever it says, and none of the rules between fields asks for it.
    pub(crate) const fn takes_any_text(&self, bytes: usize) -> bool {
        self.allowed.is_none() && self.is_free(bytes)
    }

    /// The same for a string of the list `allowed`, which has `bytes` bytes.
    #[doc(hidden)]
    #[must_use]
    pub fn takes_listed(&self, allowed: &'static Allowed, bytes: usize) -> bool {
        self.allowed.is_some_and(|own| std::ptr::eq(own, allowed)) && self.is_free(bytes)
    }

    /// Whether nothing but a list says which strings of `bytes` bytes are valid.
    const fn is_free(&self, bytes: usize) -> bool {
        let is_short = match self.kind {
            Kind::Text => true,
            Kind::Keyword => bytes <= crate::scalar::MAX_TERM,
            _ => false,
        };
        is_short && self.pattern.is_none() && matches!(self.capture, Capture::Nothing)
    }

    /// The field's own name, without its parents.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the field holds.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the field takes an array.
    #[must_use]
    pub const fn is_array(&self) -> bool {
        self.is_array
    }

    /// Whether a document without the field is refused.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        self.is_required
    }

    /// The strings that the field takes, when they are listed.
    #[must_use]
    pub const fn allowed_values(&self) -> Option<&'static [&'static str]> {
        match self.allowed {
            Some(allowed) => Some(allowed.values()),
            None => None,
        }
    }
}

/// One row of a table: `field_rule!("name", Keyword)`, followed by [`FieldRule`]'s builder methods.
///
/// After the name stands a variant or constant of [`Kind`](crate::Kind), without its path. A macro, because the key is
/// joined from the name while compiling.
#[macro_export]
macro_rules! field_rule {
    ($name:literal, $($kind:tt)+) => {
        $crate::FieldRule::new(::core::concat!(",\"", $name, "\":"), $crate::Kind::$($kind)+)
    };
}

const fn name_in(key: &'static str) -> &'static str {
    let bytes = key.as_bytes();
    let length = bytes.len();
    assert!(length >= 4, "a key is a comma, the quoted name and a colon");
    assert!(bytes[0] == b',' && bytes[1] == b'"', "a key starts with a comma and a quote");
    assert!(bytes[length - 2] == b'"' && bytes[length - 1] == b':', "a key ends with a quote and a colon");
    let mut at = 2;
    while at < length - 2 {
        assert!(
            bytes[at] >= 0x20 && bytes[at] != b'"' && bytes[at] != b'\\',
            "a name with characters that JSON escapes is not supported"
        );
        at += 1;
    }
    key.split_at(2).1.split_at(length - 4).0
}

const fn is_before(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut at = 0;
    while at < left.len() && at < right.len() {
        if left[at] != right[at] {
            return left[at] < right[at];
        }
        at += 1;
    }
    left.len() < right.len()
}
