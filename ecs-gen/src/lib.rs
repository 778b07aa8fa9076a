//! From declared event logs to mappings, templates, lifecycle policies and typed Rust.
//!
//! The flow is `YAML → Source → Draft –(passes)→ Model –(emitters)→ Files → Plan → disk`: each arrow is one
//! public function, each stage its own type, and only the two ends touch the disk.

pub mod audit;
mod date_formats;
pub mod declaration;
pub mod diagnostic;
pub mod diff;
pub mod documents;
pub mod draft;
pub mod ecs;
pub mod emit;
pub mod field_path;
pub mod field_type;
pub mod fieldset;
pub mod files;
pub mod generate;
pub mod index_setting;
pub mod infer;
pub mod input;
pub mod lifecycle;
pub mod load;
pub mod model;
pub mod parameter;
pub mod pass;
pub mod pattern;
pub mod plan;
pub mod report;
pub mod sample;
pub mod source;

#[cfg(test)]
mod testing;
