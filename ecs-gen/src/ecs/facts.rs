//! The committed form of an ECS release: what mappings, validation and docs need, one line for each field, and none of
//! ECS's sentences. [`parse_release`] and [`write_release`] are each other's inverse.
//!
//! # Format
//! YAML with three keys, written in this order:
//! * `ecs`: the version.
//! * `allowed_values`: every distinct list of allowed values, under the shortest path of the fields that have it (the
//!   first in byte order among equals). A list is a list of values, or a mapping from value to `expected_event_types`.
//! * `fields`: a mapping from path to a flow mapping of attributes, in byte order of the paths. An attribute has the
//!   name that ECS gives it. These are written in another way than in ECS:
//!   * `level` is left out when it is `extended`.
//!   * `ignore_above` of a `keyword` is left out when it is 1024, and `null` when there is none.
//!   * `beta` is `true`, without the sentence.
//!   * `allowed_values` is the name of a list.
//!   * `multi_fields` is a mapping from name to type, or to a mapping of `type` and parameters.
//!   * A mapping parameter called like an attribute (`format`) stands below `parameters`.
//!
//! Descriptions are not part of the form, so what is written has none.

mod read;
mod write;

pub use read::parse_release;
pub(super) use write::field_line;
pub use write::write_release;

/// The `ignore_above` of a keyword whose line has none; nearly every keyword of ECS has it.
const DEFAULT_IGNORE_ABOVE: u64 = 1024;

/// What the first lines of a file say.
const HEADER: &str = "\
# Facts of the Elastic Common Schema, made by `ecs-gen import`; do not edit. Names, types, mapping parameters and allowed
# values as released; no descriptions. Left out where it is the rule: `level: extended`, `ignore_above: 1024` of a keyword.
";
