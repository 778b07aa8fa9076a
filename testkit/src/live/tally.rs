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

    /// Prints every count; of a run that failed they say only how far it came.
    pub fn print(&self, has_passed: bool) {
        let verb = if has_passed { "Passed" } else { "Counted" };
        for (what, count) in &self.counts {
            step(verb, &format!("{count} {what}"));
        }
    }
}
