//! What a run did, in numbers: counted per engine while it runs, printed as it goes.

use std::collections::BTreeMap;

use crate::engines::{Engine, step};

/// Counts of one engine's run.
#[derive(Debug, Default)]
pub struct Tally {
    counts: BTreeMap<&'static str, usize>,
}

impl Tally {
    /// Adds to a count.
    pub fn add(&mut self, what: &'static str, count: usize) {
        *self.counts.entry(what).or_default() += count;
    }

    /// Says what an engine lacked and what stood in for it.
    pub fn replaced<'a>(engine: Engine, used: impl Iterator<Item = &'a str>) {
        for row in used {
            step("Replaced", &format!("on {}: {row}", engine.name()));
        }
    }

    /// Prints every count.
    pub fn print(&self) {
        for (what, count) in &self.counts {
            step("Passed", &format!("{count} {what}"));
        }
    }
}
