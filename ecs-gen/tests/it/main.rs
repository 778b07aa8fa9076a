//! The integration tests of the generator, one module for each part.

mod diff;
mod documents;
mod engine_files;
mod import;
mod lifecycle_findings;
mod policies;
