//! When indices roll over, change phase and go: one declaration, from which ILM, data stream lifecycle and ISM follow.

/// What is declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifecycle {}
