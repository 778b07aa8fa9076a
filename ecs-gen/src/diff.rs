//! What changes between two versions of a log, and what an installed engine, a query, a producer, a reader and the
//! generated crate make of it.

pub mod engine;
pub mod matrix;

pub use engine::Engine;
