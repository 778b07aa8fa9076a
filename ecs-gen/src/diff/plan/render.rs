//! A plan as text or JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Plan, Step};

impl Plan {
    /// Comments, requests and bodies as the consoles of both engines take them.
    #[must_use]
    pub fn to_text(&self) -> String {
        if self.steps.is_empty() {
            return format!("# {}: nothing to do\n", self.engine);
        }
        let count = self.steps.len();
        let noun = if count == 1 { "request" } else { "requests, in this order" };
        let mut text = format!("# {}: {count} {noun}\n", self.engine);
        for (at, step) in self.steps.iter().enumerate() {
            let _ = writeln!(text, "\n# {}. {}", at + 1, step.comment);
            let _ = writeln!(text, "{} {}", step.method, step.path);
            if let Some(body) = &step.body {
                let _ = writeln!(text, "{body:#}");
            }
            for (name, pointer) in &step.take {
                let _ = writeln!(text, "# {{{name}}} below is `{pointer}` of the answer");
            }
        }
        text
    }

    /// `{"engine", "steps": [{"method", "path", "body", "comment", "take": {name: pointer}}]}`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let step = |step: &Step| {
            let take: serde_json::Map<String, Json> =
                step.take.iter().map(|(name, pointer)| ((*name).to_owned(), json!(pointer))).collect();
            json!({
                "method": step.method,
                "path": step.path,
                "body": step.body,
                "comment": step.comment,
                "take": take,
            })
        };
        json!({"engine": self.engine.name(), "steps": self.steps.iter().map(step).collect::<Vec<_>>()})
    }
}
