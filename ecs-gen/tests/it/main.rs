//! The integration tests of the generator, one module for each part.

mod agreement;
mod audit;
mod constants;
mod descriptions;
mod diagnostics;
mod diff;
mod docs;
mod documents;
mod dynamic;
mod engine_files;
mod extensions;
mod import;
mod infer;
mod lifecycle_findings;
mod mutations;
mod official;
mod own_fieldsets;
mod parts;
mod patterns;
mod plan;
mod policies;
mod selection;
mod settings;
mod workspace;
