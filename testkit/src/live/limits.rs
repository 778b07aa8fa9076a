//! A log above each default limit of the engines that a mapping can exceed: more fields, deeper, with more nested objects.
//! Its parts are put one by one, as any installation does, and read back.

use std::fmt::Write as _;
use std::fs;

use anyhow::Result;

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::Log;
use super::read_back;
use super::tally::Tally;
use crate::engines::Running;

/// Above the 1,000 of `index.mapping.total_fields.limit`.
const FIELDS: usize = 1_100;

/// Above the 50 of `index.mapping.nested_fields.limit`.
const NESTED: usize = 60;

const LOG: &str = "name: event-log-test-limits
ecs: 9.4.0
extensions: [wide.yaml]
fields: {base: {fields: {'@timestamp': {}}}, wide: {fields: '*'}}
field_budget: 2000
index: {alias: event-log-test-limits, auto_expand_replicas: 0-1}
";

/// Installs the log on an engine.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("wide.yaml"), extension())?;
    fs::write(folder.path().join("log.yaml"), LOG)?;
    let log = Log::from_file(&folder.path().join("log.yaml"))?;
    let mut adapter = Adapter::new(running.release());
    let installed = Installed::new(running.client(), &log, &mut adapter)?;
    read_back::check(running.client(), &installed.steps)?;
    tally.add("logs above every default limit installed", 1);
    Ok(())
}

fn extension() -> String {
    let mut text = "name: wide\nfields:\n".to_owned();
    for number in 0..FIELDS {
        let _ = writeln!(text, "  - {{name: f{number}, type: keyword}}");
    }
    for number in 0..NESTED {
        let _ = writeln!(text, "  - {{name: n{number}, type: nested}}\n  - {{name: n{number}.a, type: keyword}}");
    }
    // The limit of `index.mapping.depth.limit` is 20, and an object counts as deep as a field in it would be.
    let _ = writeln!(text, "  - {{name: deep{}, type: object, enabled: false}}", ".a".repeat(30));
    text
}
