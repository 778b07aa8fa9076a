//! What is laid over every event of a logger: defaults that fill what an event lacks, fixed values that no event can
//! change, and stamps that are new for each event. Owns how the three combine, for structs (`overlay/walk.rs`) and for
//! JSON values (`overlay/value.rs`); what a valid document is, stands in the tables.
//!
//! An [`Overlay`] is built once, checked then, and kept as a tree that is sorted as the tables are. Laying it over a
//! struct, checking the result and writing its canonical JSON are one walk over the struct's fields, in which the next
//! place of the overlay costs each field one comparison of integers; nothing is cloned, and nothing is allocated unless
//! the output must grow or something is wrong.
//!
//! # How values combine
//! * Objects of the schema combine field by field, and an object that the event lacks is made from the overlay alone.
//! * A `flattened` field combines name by name, one level deep, because its names are data.
//! * Everything else, arrays above all, is replaced whole: the event's value stands instead of a default.
//! * What is fixed stands instead of what the event has there, whatever that is; but where the event has something else
//!   than the object that the schema asks for, that stays, and is refused.
//!
//! # What the event lacks
//! A field without a value in a struct is absent. A required field always has one, so there a placeholder counts as
//! absent too: an empty string, [`Timestamp::UNSET`], a [`AllowedEnum`](crate::AllowedEnum)'s `Other` of an empty string.
//! In JSON, null and an empty array are values that stand instead of a default and are then left out of the document, so
//! that a null removes a default; it removes no stamp.
//!
//! # Examples
//! ```
//! use ecs_schema::generated::kibana_event_log::KibanaEventLog;
//! use ecs_schema::{Overlay, Shape, Stamp, Stamps, Strength, Timestamp};
//! use serde_json::json;
//!
//! let overlay = Overlay::<KibanaEventLog>::builder()
//!     .stamp("@timestamp", Strength::Default, Stamp::Now)
//!     .defaults_json(&json!({"event": {"provider": "actions"}, "tags": ["canary"]}))
//!     .fixed_json(&json!({"ecs": {"version": "9.4.0"}}))
//!     .build()?;
//! let mut event = KibanaEventLog::blank();
//! event.event.action = "execute".to_owned();
//! let mut json = Vec::new();
//! let stamps = Stamps { now: Timestamp::UNIX_EPOCH, id: b"0190163d-8694-739b-aea5-966c26f8ad91" };
//! overlay.write_event(&event, &stamps, &mut json)?;
//! let expected = r#"{"@timestamp":"1970-01-01T00:00:00Z","ecs":{"version":"9.4.0"},"#.to_owned()
//!     + r#""event":{"action":"execute","provider":"actions"},"tags":["canary"]}"#;
//! assert_eq!(json, expected.as_bytes());
//! # Ok::<(), ecs_schema::Violations>(())
//! ```

mod build;
mod value;
mod walk;

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::Range;

use serde_json::Value;

use crate::checker::Checker;
use crate::path::Path;
use crate::prepared::Prepared;
use crate::shape::Log;
use crate::violation::{ViolationRule, Violations};
use crate::{JsonError, Timestamp, json};

pub use build::OverlayBuilder;
pub(crate) use walk::object;
pub use walk::{Layer, Merge};

/// How many fields can be marked.
pub const MARKS: usize = 4;

/// Defaults, fixed values and stamps for the events of the log `T`; see the module.
#[derive(Debug)]
pub struct Overlay<T> {
    root: Object,
    expands_dotted: bool,
    log: PhantomData<fn(&T)>,
}

/// Whether a value of the overlay gives way to the event's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// The event's value stands, if it has one.
    Default,
    /// The overlay's value stands.
    Fixed,
}

/// A value that is another for each event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// The moment, [`Stamps::now`]; for dates.
    Now,
    /// The event's id, [`Stamps::id`]; for strings.
    Id,
}

/// What the stamps of one event are.
#[derive(Clone, Copy, Debug)]
pub struct Stamps<'a> {
    /// The moment of the event.
    pub now: Timestamp,
    /// The event's id: ASCII without anything that JSON escapes.
    pub id: &'a [u8],
}

/// Where the values of marked fields stand in what was written: the range of each one's JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks([Option<Range<usize>>; MARKS]);

impl Marks {
    /// The JSON of the value of the field with mark `mark` in `written`; none when the event has none.
    #[must_use]
    pub fn find<'a>(&self, mark: usize, written: &'a [u8]) -> Option<&'a [u8]> {
        written.get(self.0.get(mark)?.clone()?)
    }
}

impl<T: Log> Overlay<T> {
    /// Begins an overlay without anything.
    #[must_use]
    pub fn builder() -> OverlayBuilder<T> {
        OverlayBuilder::new()
    }

    /// What `event` has as a JSON value, without the placeholders of required fields.
    #[must_use]
    pub fn sparse(event: &T) -> Value {
        build::sparse(event)
    }

    /// Lays the overlay over `event`, checks the result, and appends its canonical JSON to `out`.
    ///
    /// # Errors
    /// Every violation of the result. What was appended then is JSON too, and shows what was refused; it is no document.
    pub fn write_event(&self, event: &T, stamps: &Stamps<'_>, out: &mut Vec<u8>) -> Result<Marks, Violations> {
        let mut checker = Checker::default();
        let mut merge = Merge::new(out, &mut checker, stamps);
        object(event, Layer::fields(&self.root.nodes), &Path::ROOT, &mut merge);
        let marks = merge.into_marks();
        checker.finish().map(|()| marks)
    }

    /// The same for a JSON value: `event` becomes the result, and its canonical JSON is appended to `out`.
    ///
    /// # Errors
    /// Every violation of the result. What was appended then is the result as it is, nulls and unknown fields included.
    pub fn write_value(&self, event: &mut Value, stamps: &Stamps<'_>, out: &mut Vec<u8>) -> Result<(), Violations> {
        self.write_checked(event, Checker::default(), stamps, out)
    }

    /// The same for JSON text, of which the result is given back; also finds fields that one object has twice.
    ///
    /// # Errors
    /// [`JsonError::Syntax`] when `text` is no JSON, otherwise [`JsonError::Invalid`] with every violation of the result. What
    /// was appended then is the result as it is; nothing when the text is no JSON, or has a field twice, of which a result
    /// would have one.
    pub fn write_text(&self, text: &str, stamps: &Stamps<'_>, out: &mut Vec<u8>) -> Result<Value, JsonError> {
        let mut event: Value = serde_json::from_str(text).map_err(JsonError::Syntax)?;
        let mut checker = Checker::of_part();
        let mut parser = serde_json::Deserializer::from_str(text);
        json::check_document(T::RULES, &mut parser, &mut checker).map_err(JsonError::Syntax)?;
        // What else the text breaks, the result breaks too, unless the overlay mends it.
        checker.is_partial = false;
        checker.retain(|rule| matches!(rule, ViolationRule::DuplicateField));
        let (is_whole, before) = (checker.is_clean(), out.len());
        self.write_checked(&mut event, checker, stamps, out).map_err(|violations| {
            if !is_whole {
                out.truncate(before);
            }
            JsonError::Invalid(violations)
        })?;
        Ok(event)
    }

    fn write_checked(
        &self,
        event: &mut Value,
        mut checker: Checker,
        stamps: &Stamps<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Violations> {
        if self.expands_dotted {
            *event = json::expand_dotted(T::RULES, event.clone())
                .inspect_err(|_| out.extend_from_slice(event.to_string().as_bytes()))?;
        }
        let root = T::RULES.root();
        value::lay_over(&self.root, root, event, stamps);
        // A value in memory is always well-formed: only a text has errors of its own.
        let _ = json::check_document(T::RULES, &*event, &mut checker);
        checker.finish().inspect_err(|_| out.extend_from_slice(event.to_string().as_bytes()))?;
        json::write_canonical_object(root, event, out);
        Ok(())
    }
}

/// What the overlay has for one field.
#[derive(Debug)]
struct Node {
    /// The field's place in its table.
    place: usize,
    mark: Option<usize>,
    what: What,
    /// Whether what the event has is of no account; known when the overlay is complete.
    is_final: bool,
    /// The field's key and its value in an event that has none, when that is the same for each event, complete and right;
    /// known when the overlay is complete.
    text: Option<Prepared>,
    /// The event categories or types that the text is; empty for any other field.
    captured: Box<[String]>,
}

#[derive(Debug)]
enum What {
    /// Nothing but the mark.
    Nothing,
    Value(Leaf),
    Object(Object),
    Flattened(Flat),
    Stamp(Strength, Stamp),
}

/// A value that is replaced whole.
#[derive(Debug)]
struct Leaf {
    strength: Strength,
    value: Value,
    /// The stamp that a default replaces, and that an event gets whose null removes the default.
    stamp: Option<Stamp>,
}

/// An object of the schema.
#[derive(Debug, Default)]
struct Object {
    /// Sorted by place.
    nodes: Vec<Node>,
    /// Whether there is something to write, so that an event that lacks the object gets it.
    is_written: bool,
    /// Whether that cannot be removed by a null.
    is_fixed: bool,
}

/// A flattened object.
#[derive(Debug, Default)]
struct Flat {
    defaults: BTreeMap<String, Value>,
    fixed: BTreeMap<String, Value>,
}
