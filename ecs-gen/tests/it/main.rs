//! The integration tests of the generator, one module for each part.

mod documents;
mod import;
