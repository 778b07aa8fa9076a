//! `samples/*.json`: a document with every field, one with only what is required, and the log's own documents.

use serde_json::Value;

use super::Emitter;
use crate::files::Files;
use crate::model::Model;
use crate::sample::{full_document, minimal_document};

/// Name of the sample with every field.
pub(crate) const FULL: &str = "full";

/// Name of the sample with only what is required.
pub(crate) const MINIMAL: &str = "minimal";

/// Emits sample documents.
pub struct Samples;

impl Emitter for Samples {
    fn name(&self) -> &'static str {
        "samples"
    }

    fn about(&self) -> &'static str {
        "samples/*.json: full.json, minimal.json and the log's own documents; pipeline-samples/*.json"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        let mut add = |folder: &str, name: &str, document: &Value| {
            out.add_json(model, &format!("{folder}/{name}.json"), document);
        };
        add("samples", FULL, &full_document(model));
        add("samples", MINIMAL, &minimal_document(model));
        for sample in &model.log.samples {
            // What the pipeline has yet to make a document of is none: a tool that reads all samples must not meet it.
            let folder = if sample.before_pipeline { "pipeline-samples" } else { "samples" };
            add(folder, &sample.name, &sample.document);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, Samples, Value};
    use crate::emit::Emitter;
    use crate::testing::small_model;

    #[test]
    fn own_documents_are_copied() {
        let model = small_model();
        let mut out = Files::default();
        Samples.emit(&model, &mut out);
        let paths: Vec<&str> = out.iter().map(|(path, _)| path).collect();
        let expected = ["pipeline-samples/old", "samples/first", "samples/full", "samples/minimal"]
            .map(|name| format!("generated/example/{name}.json"));
        assert_eq!(paths, expected);
        let first: Value = serde_json::from_slice(out.get(&expected[1]).unwrap()).unwrap();
        assert_eq!(first, model.log.samples[0].document);
    }
}
