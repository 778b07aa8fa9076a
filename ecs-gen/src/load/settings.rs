//! The settings files of the official generator: a part of a template, or of a mapping, in JSON. What an engine would
//! refuse in the generated file is an error at its place.

use std::path::Path;

use serde_json::{Map, Value as Json};

use super::Loader;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::Overrides;
use crate::source::Spanned;
use crate::source::node::Node;

/// What may stand in a body, what is generated in it whatever a file says, and what to do about anything else.
struct Body {
    takes: &'static [&'static str],
    generated: &'static [&'static str],
    /// Whether names that begin with `_` are taken: the metadata fields of a mapping, those of plug-ins included.
    takes_metadata: bool,
    help: &'static str,
}

const TEMPLATE: Body = Body {
    takes: &[
        "index_patterns",
        "template",
        "priority",
        "version",
        "data_stream",
        "allow_auto_create",
        "ignore_missing_component_templates",
        "deprecated",
    ],
    generated: &["composed_of", "_meta"],
    takes_metadata: false,
    help: "write the body of a composable template: `{index_patterns, priority, template: {settings, aliases}}`",
};

const IN_TEMPLATE: Body = Body {
    takes: &["settings", "aliases", "lifecycle", "data_stream_options"],
    generated: &["mappings"],
    takes_metadata: false,
    help: "a template has `settings`, `aliases` and `lifecycle`; settings of the mapping go into `--mapping-settings`",
};

const MAPPING: Body = Body {
    takes: &[
        "dynamic",
        "date_detection",
        "numeric_detection",
        "dynamic_date_formats",
        "dynamic_templates",
        "runtime",
        "derived",
        "subobjects",
        "enabled",
    ],
    generated: &["properties", "_meta"],
    takes_metadata: true,
    help: "write what stands at the root of a mapping, such as `dynamic`, `date_detection` or `dynamic_templates`",
};

impl Body {
    fn takes(&self, name: &str) -> bool {
        self.takes.contains(&name) || (self.takes_metadata && name.starts_with('_'))
    }

    /// What of the entries is taken; everything else is reported.
    fn keep<'n>(
        &self,
        entries: &'n [(Spanned<String>, Node)],
        diagnostics: &mut Diagnostics,
    ) -> Vec<(&'n str, &'n Node)> {
        let mut kept = Vec::new();
        for (name, value) in entries {
            if self.generated.contains(&name.as_str()) {
                let message = format!("`{}` has no effect: it is generated", name.value);
                diagnostics.push(Diagnostic::warning(Code::NoEffect, message).at(name.span).help("drop it"));
            } else if self.takes(name) {
                kept.push((name.as_str(), value));
            } else {
                let message = format!("the engines refuse `{}` here", name.value);
                let problem = Diagnostic::error(Code::UnknownOption, message).at(name.span);
                diagnostics.push(problem.help(self.help));
            }
        }
        kept
    }
}

impl Loader {
    /// Reads both files, where they are given.
    pub(super) fn load_overrides(&mut self, template: Option<&Path>, mappings: Option<&Path>) -> Overrides {
        Overrides {
            template: template.and_then(|path| self.load_template(path)),
            mappings: mappings.and_then(|path| self.load_mapping(path)),
        }
    }

    fn load_mapping(&mut self, path: &Path) -> Option<Map<String, Json>> {
        let document = self.load_yaml(path, &Place::Run)?;
        let entries = entries(&document, &mut self.diagnostics)?;
        let kept = MAPPING.keep(entries, &mut self.diagnostics);
        Some(kept.into_iter().map(|(name, value)| (name.to_owned(), value.to_json())).collect())
    }

    fn load_template(&mut self, path: &Path) -> Option<Map<String, Json>> {
        let document = self.load_yaml(path, &Place::Run)?;
        let mut template = Map::new();
        for (name, value) in TEMPLATE.keep(entries(&document, &mut self.diagnostics)?, &mut self.diagnostics) {
            let json = match name {
                "template" => self.read_template(value)?,
                _ => value.to_json(),
            };
            template.insert(name.to_owned(), json);
        }
        Some(template)
    }

    fn read_template(&mut self, node: &Node) -> Option<Json> {
        let mut parts = Map::new();
        for (name, value) in IN_TEMPLATE.keep(entries(node, &mut self.diagnostics)?, &mut self.diagnostics) {
            let json = value.to_json();
            parts.insert(name.to_owned(), if name == "settings" { under_index(&json) } else { json });
        }
        Some(Json::Object(parts))
    }
}

fn entries<'n>(node: &'n Node, diagnostics: &mut Diagnostics) -> Option<&'n [(Spanned<String>, Node)]> {
    let entries = node.as_map();
    if entries.is_none() {
        let message = format!("expected a mapping, found {}", node.describe());
        diagnostics.push(Diagnostic::error(Code::WrongForm, message).at(node.span));
    }
    entries
}

/// Index settings as the generated ones are written, so that both name one setting alike: below `index`, one object for
/// each segment. The engines read `number_of_shards`, `index.number_of_shards` and nested objects as the same.
fn under_index(settings: &Json) -> Json {
    let mut index = Json::Object(Map::new());
    for (name, value) in settings.as_object().into_iter().flatten() {
        nest(&mut index, name, value);
    }
    let mut all = Map::new();
    if let Json::Object(index) = &mut index {
        let inner = index.remove("index");
        let mut own = Json::Object(std::mem::take(index));
        for (name, value) in inner.iter().filter_map(Json::as_object).flatten() {
            nest(&mut own, name, value);
        }
        all.insert("index".to_owned(), own);
    }
    Json::Object(all)
}

/// Puts a setting at its dotted name, and what is below it likewise.
fn nest(place: &mut Json, name: &str, value: &Json) {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    if !place.is_object() {
        *place = Json::Object(Map::new());
    }
    let Json::Object(entries) = place else { return };
    let below = entries.entry(first).or_insert(Json::Null);
    match (rest, value) {
        (Some(rest), _) => nest(below, rest, value),
        (None, Json::Object(values)) => {
            for (name, value) in values {
                nest(below, name, value);
            }
        }
        (None, _) => *below = value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::under_index;

    #[track_caller]
    fn check(settings: &Json, expected: &Json) {
        assert_eq!(under_index(settings), *expected);
    }

    #[test]
    fn every_way_to_write_a_setting_is_one() {
        let expected = json!({"index": {"number_of_shards": 2, "query": {"default_field": ["a", "b"]}}});
        check(&json!({"number_of_shards": 2, "query.default_field": ["a", "b"]}), &expected);
        check(&json!({"index.number_of_shards": 2, "index": {"query.default_field": ["a", "b"]}}), &expected);
        check(&json!({"index": {"number_of_shards": 2}, "query": {"default_field": ["a", "b"]}}), &expected);
        check(&json!({}), &json!({"index": {}}));
    }
}
