//! Findings about the log's own version: never lower, and higher whenever something breaks.

use super::sink::{Place, Sink};
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;

pub(super) fn compare(engines: &[Engine], breaks: bool, sink: &mut Sink<'_>) {
    for engine in engines {
        let (Some(old), Some(new)) = (sink.old.version(*engine), sink.new.version(*engine)) else { continue };
        sink.turn_to(*engine);
        let document = format!("{}/mappings.json", engine.name());
        let place = Place::new("version", document, "/_meta/version");
        if new < old {
            sink.add(Rule::VersionDecreased, &place, format!("the version is {new} where it was {old}"));
        } else if new > old {
            sink.add(Rule::VersionRaised, &place, format!("the version is {new} where it was {old}"));
        } else if breaks {
            let message = format!("something breaks and the version is still {new}: raise `version` in the log file");
            sink.add(Rule::VersionNotRaised, &place, message);
        }
    }
}
