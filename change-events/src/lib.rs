//! From what tools report to changes, in two steps; does no IO, and has no clock.
//!
//! * **Adapters**: [`Source::adapt`] makes documents of the log `infra-events` out of headers and bytes, or says why not. A
//!   source is a mapping file ([`mapping`](#the-format-of-mapping-files)), those of this crate as those of users.
//! * **The projection**: [`Projection`] folds events into changes: what started, what ended and how, what is in flight.
//!
//! # The format of mapping files
//! `docs/changes.md` has it, `mapping.schema.json` says it to editors, and `sources/` has examples.

mod error;
mod event;
mod fields;
mod flat;
mod mapping;
mod projection;
mod redact;
mod settings;
mod source;
mod text;
mod time;
mod url;
mod yaml;

pub use error::{MappingError, MappingErrors, Place};
pub use projection::{Attempt, Change, Incident, Projection, State, fold};
pub use settings::{Headers, Settings};
pub use source::{Outcome, Source};
pub use time::{parse as parse_time, parse_json as parse_json_time};
