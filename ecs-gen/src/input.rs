//! The grammars of the input files, as types. One definition serves three readers: editors (the JSON Schema that
//! `schemars` derives), the structural check ([`check`]) and the decoder ([`decode`]).

mod check;
mod decode;
pub mod editor;
mod entries;
pub mod exclude;
pub mod fieldset;
mod form;
pub mod hints;
pub mod index;
pub mod lifecycle;
pub mod log;
mod schemas;
pub mod selection;

pub use check::{Dialect, Reader, read};
pub use entries::Entries;
pub use schemas::{GRAMMARS, add_schemas};
