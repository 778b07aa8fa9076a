//! Tests of the generator through its public face.

mod engine_files;
mod lifecycle_findings;
mod policies;
