//! A plan as text or JSON.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{OLD_INDEX, Plan, Step, carried};

impl Plan {
    /// Comments, requests and bodies as the consoles of both engines take them.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.to_text_with(|step| step.body.clone().map(|body| (None, body)))
    }

    /// The same to be read, not to be sent: of a body that replaces another only what differs.
    #[must_use]
    pub fn to_text_of_changes(&self) -> String {
        self.to_text_with(|step| match (&step.replaces, &step.body) {
            (Some(old), Some(new)) => {
                let note = "of the body only what differs; null is what is gone";
                carried::difference(old, new).map(|body| (Some(note), body))
            }
            (_, body) => body.clone().map(|body| (None, body)),
        })
    }

    fn to_text_with(&self, body_of: impl Fn(&Step) -> Option<(Option<&'static str>, Json)>) -> String {
        let mut text = String::new();
        for unsolved in &self.unsolved {
            let _ = writeln!(text, "# {}: no request for this: {unsolved}\n", self.engine);
        }
        if self.steps.is_empty() {
            return text + &format!("# {}: nothing to do\n", self.engine);
        }
        let count = self.steps.len();
        let noun = if count == 1 { "request" } else { "requests, in this order" };
        let _ = writeln!(text, "# {}: {count} {noun}", self.engine);
        for (at, step) in self.steps.iter().enumerate() {
            let _ = writeln!(text, "\n# {}. {}", at + 1, step.comment);
            let _ = writeln!(text, "{} {}", step.method, step.path);
            if let Some((note, body)) = body_of(step) {
                if let Some(note) = note {
                    let _ = writeln!(text, "# {note}");
                }
                let _ = writeln!(text, "{body:#}");
            }
            for (name, pointer) in &step.take {
                let _ = writeln!(text, "# {{{name}}} below is `{pointer}` of the answer");
            }
            if let Some((pointer, value)) = &step.until {
                let _ = writeln!(text, "# again until `{pointer}` of the answer is {value}");
            }
            if let Some((pointer, value)) = &step.expect {
                let _ = writeln!(text, "# go on only when `{pointer}` of the answer is {value}");
            }
            if step.lists {
                let behind = &self.steps[at + 1..];
                let first = at + 1 + behind.iter().take_while(|step| !step.is_repeated).count();
                let last = first + self.steps[first..].iter().take_while(|step| step.is_repeated).count();
                let _ = writeln!(
                    text,
                    "# {{{OLD_INDEX}}} below is each name at the top of the answer: requests {} to {last} for the first of \
                     them, then for the next",
                    first + 1
                );
            }
        }
        text
    }

    /// `{"engine", "steps": [{"method", "path", "body", "comment", "take": {name: pointer}, "until": {pointer: value},
    /// "expect": {pointer: value}, "lists", "is_repeated"}], "unsolved": [text]}`.
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
                "until": at_pointer(step.until.as_ref()),
                "expect": at_pointer(step.expect.as_ref()),
                "lists": step.lists,
                "is_repeated": step.is_repeated,
            })
        };
        let steps: Vec<Json> = self.steps.iter().map(step).collect();
        json!({"engine": self.engine.name(), "steps": steps, "unsolved": self.unsolved})
    }
}

fn at_pointer(wanted: Option<&(&'static str, Json)>) -> serde_json::Map<String, Json> {
    wanted.into_iter().map(|(pointer, value)| ((*pointer).to_owned(), value.clone())).collect()
}
