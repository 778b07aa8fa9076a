//! Queries, from texts and calls to conditions, JSON and cursors.

#![allow(clippy::needless_pass_by_value, reason = "a check takes what is written in its call")]

#[path = "../../examples/syntax/tree.rs"]
mod tree;

mod aggregations;
mod conformance;
mod cursors;
mod dates;
mod dsl;
mod evaluate;
mod filters;
mod kibana;
mod properties;
mod queries;
mod refusals;
mod strategies;
mod support;
