//! The pipeline as Elasticsearch 6 can run it: the one Elasticsearch that Maven Central has with its script module.
//!
//! Its Painless is an ancestor of both targets'. Two things are replaced, and nothing else: the hash, which it cannot
//! compute, by the text that is hashed, in Base64; and the descriptions of the processors, which it does not know.
//! Identifiers therefore are required but not compared. There is no strict mapping for it, since it knows neither
//! `flattened` nor a mapping without a type, so that cases are only simulated.

use anyhow::{Result, bail};
use serde_json::Value;

use super::case::{Case, Expectation};

/// What is replaced, for the message that says so.
pub const REPLACED: &str = "hash by Base64, descriptions by nothing; simulated only, identifiers not compared";

/// What this engine cannot compute.
const HASH: &str = ".sha256()";

/// Replaces what the engine does not know.
///
/// # Errors
/// When there was nothing to replace: the pipeline is not the one that this was written for.
pub fn adapt(pipeline: &mut Value) -> Result<()> {
    let mut hashes = 0;
    let processors = pipeline["processors"].as_array_mut().into_iter().flatten();
    for processor in processors.filter_map(Value::as_object_mut).flat_map(|kinds| kinds.values_mut()) {
        if let Some(options) = processor.as_object_mut() {
            options.remove("description");
        }
        if let Some(Value::String(source)) = processor.get_mut("source") {
            hashes += source.matches(HASH).count();
            *source = source.replace(HASH, ".encodeBase64()");
        }
    }
    if hashes == 0 {
        bail!("the pipeline computes no `{HASH}`; adapt `{}` to what it does instead", file!());
    }
    Ok(())
}

/// Leaves the identifiers of every expected document open, as fields that depend on the moment are.
pub fn open_identifiers(cases: &mut [Case]) {
    for case in cases {
        let Expectation::Stored(expected) = &mut case.expectation else {
            continue;
        };
        if *expected == case.document {
            continue;
        }
        for (parent, name) in [("/event", "id"), ("/change", "group_id")] {
            if let Some(object) = expected.pointer_mut(parent).and_then(Value::as_object_mut) {
                object.remove(name);
            }
        }
    }
}
