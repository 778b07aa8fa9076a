//! Findings about the log's own version: never lower, and higher whenever something breaks.

use super::finding_collector::{FindingCollector, Place};
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;

pub(super) fn compare(engines: &[Engine], breaks: bool, findings: &mut FindingCollector<'_>) {
    for engine in engines {
        let (Some(old), Some(new)) = (findings.old.version(*engine), findings.new.version(*engine)) else { continue };
        findings.set_engine(*engine);
        let document = format!("{}/mappings.json", engine.name());
        let place = Place::new("version", document, "/_meta/version");
        if new < old {
            findings.add(Rule::VersionDecreased, &place, format!("the version is {new} where it was {old}"));
        } else if new > old {
            findings.add(Rule::VersionRaised, &place, format!("the version is {new} where it was {old}"));
        } else if breaks {
            let message = format!("something breaks and the version is still {new}: raise `version` in the log file");
            findings.add(Rule::VersionNotRaised, &place, message);
        }
    }
}
