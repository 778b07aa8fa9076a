//! Typed event structs and the validation that they share; knows nothing of YAML, engines or files.
//!
//! Two ways to check a document, by the same tables ([`ObjectRule`]) and the same rules (`scalar.rs`):
//!
//! * **Typed**: a generated struct, a [`Shape`]. [`Shape::validate`] reports all [`Violations`], [`Shape::write_json`]
//!   writes the canonical JSON; `serde` writes the same bytes and reads leniently.
//! * **Untyped**: [`validate_json_str`] and [`validate_json`] walk JSON text or a JSON value without building a tree.
//!
//! * **Laid over**: an [`Overlay`] merges defaults and fixed values into either, and checks and writes in the same walk.
//!
//! Strict where we write: what a mapping with `dynamic: strict` would refuse is refused, and what the Elastic Common
//! Schema forbids besides. Lenient where we read: unknown fields are skipped, unknown enum values kept as `Other`, an
//! array of one and its element are the same, and so are a number and its decimal string; null is no value.
//!
//! # The form of generated code
//! Paths are written out in full, because a schema may call its shapes `Log`, `Kind` or `Range`. For each object shape:
//!
//! ```
//! use ecs_schema::field_rule;
//!
//! /// `host`.
//! #[derive(Clone, Debug, Default, PartialEq)]
//! pub struct Host {
//!     /// `host.ip` (ip, array).
//!     pub ip: Vec<std::net::IpAddr>,
//!     /// `host.name` (keyword).
//!     pub name: Option<String>,
//! }
//!
//! static HOST_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
//!     field_rule!("ip", Ip).array(),
//!     field_rule!("name", Keyword),
//! ]);
//!
//! ecs_schema::impl_shape!(Host, HOST_RULES, { 0 ip, 1 name });
//!
//! let host: Host = serde_json::from_str(r#"{"ip":"10.0.0.1","name":"web-1"}"#)?;
//! let mut json = Vec::new();
//! ecs_schema::Shape::write_json(&host, &mut json);
//! assert_eq!(json, br#"{"ip":["10.0.0.1"],"name":"web-1"}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! The numbers are the fields' places in the table, which has the fields in the byte order of their names; an alias is
//! in the table but not in the struct, so its number is left out. A struct with required fields has no `Default` but a
//! `new` that takes them. An optional object is `Option<Box<T>>`, a required one `T`, several are `Vec<T>`; any other
//! field is `Option<X>`, `X` when required, or `Vec<X>`; an object that is not enabled is `Option<Json>`, whatever its
//! cardinality. For each list of allowed values there is an enum with a variant `Other(String)` and an
//! [`impl_allowed_enum!`] line; for each log a `static` [`LogRules`] and an implementation of [`Log`]; for each provider
//! an enum of its actions and an [`impl_action!`] line. `tests/it/example.rs` is a whole module of this form.

// Generated modules name this crate `ecs_schema`, here and in the crates of others.
extern crate self as ecs_schema;

mod action;
mod binary;
mod checker;
mod clip;
mod element;
mod error;
mod flattened;
#[cfg(feature = "shipped-logs")]
#[rustfmt::skip] // As the generator prints it.
pub mod generated;
mod geo_point;
mod json;
mod nearest;
mod overlay;
mod path;
mod prepared;
mod range;
mod read;
mod rule;
mod scalar;
mod seen_fields;
mod shape;
mod standalone;
mod timestamp;
mod version;
mod violation;
mod write;

pub use action::ProviderAction;
pub use binary::{Binary, BinaryError};
pub use checker::Checker;
pub use element::{Element, FieldValue};
pub use flattened::Flattened;
pub use geo_point::{GeoPoint, GeoPointError};
pub use json::{JsonError, expand_dotted, validate_json, validate_json_str};
pub use overlay::{MARKS, Marks, Overlay, OverlayBuilder, Stamp, Stamps, Strength};
pub use path::Path;
pub use range::{Range, RangeEnd, RangeError};
pub use read::FieldReader;
pub use rule::{
    Allowed, DateFormat, ExpectedTypes, FieldRule, Kind, LogRules, ObjectRule, Pattern, RangeKind, RulesError,
};
pub use scalar::Scalar;
/// What [`Shape::read_field`] reads from; named here so that generated code needs no crate but this.
pub use serde::de::MapAccess;
/// The value of a field that takes any JSON; named here for the same reason.
pub use serde_json::Value as Json;
pub use shape::{AllowedEnum, FieldVisitor, Log, Shape};
pub use timestamp::{Timestamp, TimestampError};
pub use version::{Version, VersionError};
pub use violation::{Cardinality, Found, MAX_VIOLATIONS, Violation, ViolationRule, Violations};

/// What the macros' expansions call; no part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use serde::de::{Deserialize, Deserializer, MapAccess};
    pub use serde::ser::{Serialize, Serializer};

    pub use crate::element::{check_string, text_of};
    pub use crate::overlay::{Layer, Merge};
    pub use crate::shape::{
        check_shape, deserialize_shape, deserialize_text, merge_shape, read_shape_map, serialize_shape, write_shape,
    };
    pub use crate::write::string as write_string;
}
