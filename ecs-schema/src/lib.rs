//! Typed event structs and the validation that they share; knows nothing of YAML, engines or files.

// Generated modules name this crate `ecs_schema`, here and in the crates of others.
extern crate self as ecs_schema;

mod binary;
mod checker;
mod clip;
mod element;
mod flattened;
mod geo_point;
mod json;
mod nearest;
mod path;
mod range;
mod read;
mod rule;
mod seen_fields;
mod shape;
mod standalone;
mod timestamp;
mod token;
mod version;
mod violation;
mod write;

pub use binary::{Binary, BinaryError};
pub use checker::Checker;
pub use element::{Element, FieldValue};
pub use flattened::Flattened;
pub use geo_point::{GeoPoint, GeoPointError};
pub use json::{JsonError, validate_json, validate_json_str};
pub use path::Path;
pub use range::{Range, RangeEnd, RangeError};
pub use read::FieldReader;
pub use rule::{
    Allowed, DateFormat, ExpectedTypes, FieldRule, Kind, LogRules, ObjectRule, Pattern, RangeKind,
};
pub use shape::{FieldVisitor, Log, Shape, Vocabulary};
pub use timestamp::{Timestamp, TimestampError};
pub use token::Token;
pub use version::{Version, VersionError};
pub use violation::{Cardinality, MAX_VIOLATIONS, Violation, ViolationRule, Violations};

/// What the macros' expansions call; no part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use serde::de::{Deserialize, Deserializer, MapAccess};
    pub use serde::ser::{Serialize, Serializer};

    pub use crate::element::{check_string, text_of};
    pub use crate::shape::{
        check, deserialize_shape, deserialize_text, read_map, serialize, write,
    };
    pub use crate::write::string as write_string;
}
