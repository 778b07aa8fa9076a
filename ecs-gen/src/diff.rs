//! What changes between two versions of a log, and what an installed engine, a query, a producer, a reader and the
//! generated crate make of it.

mod compare;
pub mod engine;
mod finding;
mod mapping;
pub mod matrix;
mod plan;
pub mod render;
mod rules;
pub mod searches;
mod side;
mod verdict;

pub use compare::{Options, compare};
pub use engine::Engine;
pub use finding::{Action, Class, Finding, Position, PutMapping, Severity};
pub use plan::{OLD_INDEX, Plan, Step, plan};
pub use rules::{Answer, RULES, Rule, RuleSpec, to_markdown};
pub use side::{LoadError, LogSide, Side, check_sides, from_json, load, load_at};
pub(crate) use side::{load_with, mapping_of as mapping_of_answer};
pub use verdict::{Reason, Verdict, predict_put_mapping, predict_put_setting};
