//! `install.json`: the requests that set a log up, in order, so that any tool can make them.

use std::fmt::Write as _;

use serde::Serialize;

use super::template::{Row, component_names};
use crate::model::{IndexTarget, Model};

/// Everything that is to be put, in order.
#[derive(Clone, Debug, Serialize)]
pub struct Install {
    log: String,
    version: u32,
    engine: &'static str,
    steps: Vec<Step>,
}

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    method: &'static str,
    path: String,
    /// File with the body, beside this one; none for a request without.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    note: &'static str,
    /// A question that is asked before: when its answer has that status, the step is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_if: Option<Probe>,
    /// An answer to the step itself that is as good as success: somebody else was faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    fine_if: Option<Answer>,
}

#[derive(Clone, Debug, Serialize)]
struct Probe {
    method: &'static str,
    path: String,
    status: u16,
}

#[derive(Clone, Debug, Serialize)]
struct Answer {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl Step {
    /// Puts the file `body` to `path`.
    pub fn put(path: impl Into<String>, body: impl Into<String>, note: &'static str) -> Self {
        Self { method: "PUT", path: path.into(), body: Some(body.into()), note, skip_if: None, fine_if: None }
    }

    /// Leaves the step out when `path` answers that it exists.
    pub fn unless_found(mut self, path: impl Into<String>) -> Self {
        self.skip_if = Some(Probe { method: "GET", path: path.into(), status: 200 });
        self
    }

    /// Takes that answer for success.
    pub fn or_status(mut self, status: u16, error: Option<&'static str>) -> Self {
        self.fine_if = Some(Answer { status, error });
        self
    }
}

impl Install {
    /// The steps of a log on an engine: its pipeline, what only that engine has (`policy`), templates, first indices.
    pub fn new(model: &Model, engine: &'static str, policy: Option<Step>, rows: &[Row<'_>]) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        if let Some(pipeline) = &model.log.pipeline {
            steps.push(Step::put(
                path("/_ingest/pipeline", &pipeline.name),
                "ingest-pipeline.json",
                "before the templates, which name it",
            ));
        }
        steps.extend(policy);
        let [mappings, settings] = component_names(model);
        let component = |name: &str| path("/_component_template", name);
        // The mapping first: when the limits move between the two, no composed template is ever without them.
        let note = "the strict mapping, with the limits that it needs";
        steps.push(Step::put(component(&mappings), "component-template-mappings.json", note));
        steps.push(Step::put(component(&settings), "component-template-settings.json", "index settings"));
        for row in rows {
            let path = path("/_index_template", &row.template);
            let body = format!("index-template{}.json", row.suffix);
            steps.push(Step::put(path, body, "after its components; holds for indices made from now on"));
        }
        steps.extend(first_steps(model, rows));
        Self { log: model.log.name.clone(), version: model.log.version, engine, steps }
    }
}

/// The path of a named thing below `folder`; what a path cannot hold is escaped.
pub fn path(folder: &str, name: &str) -> String {
    name.bytes().fold(format!("{folder}/"), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

const EXISTS: Option<&str> = Some("resource_already_exists_exception");

fn first_steps(model: &Model, rows: &[Row<'_>]) -> Vec<Step> {
    if let IndexTarget::DataStream(stream) = &model.log.target {
        let path = path("/_data_stream", &stream.name);
        let step = Step {
            body: None,
            ..Step::put(path.clone(), "", "after the template, so that its first index has the mapping")
        };
        return vec![step.unless_found(path).or_status(400, EXISTS)];
    }
    let aliases = rows.iter().filter_map(|row| Some((row, row.alias?)));
    let step = |(row, alias): (&Row<'_>, &crate::model::Alias)| {
        let body = format!("first-index{}.json", row.suffix);
        Step::put(path("", &alias.first_index), body, "makes the write alias; only when there is none")
            .unless_found(path("/_alias", &alias.name))
            .or_status(400, EXISTS)
    };
    aliases.map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn names_are_escaped_in_paths() {
        assert_eq!(path("", ".kibana-event-log-000001"), "/.kibana-event-log-000001");
        assert_eq!(path("/_alias", "a%b&é"), "/_alias/a%25b%26%C3%A9");
    }
}
