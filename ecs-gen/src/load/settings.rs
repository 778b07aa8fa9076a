//! The settings files of the official generator: a part of a template, or of a mapping, in JSON.

use std::path::Path;

use serde_json::{Map, Value as Json};

use super::Loader;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::Overrides;

/// What a generated template says itself, whatever its settings file says; and what a mapping does.
const OF_TEMPLATES: &[&str] = &["composed_of", "_meta"];
const OF_MAPPINGS: &[&str] = &["properties", "_meta"];

impl Loader {
    /// Reads both files, where they are given.
    pub(super) fn load_overrides(&mut self, template: Option<&Path>, mappings: Option<&Path>) -> Overrides {
        Overrides {
            template: template.and_then(|path| self.load_settings(path, OF_TEMPLATES)),
            mappings: mappings.and_then(|path| self.load_settings(path, OF_MAPPINGS)),
        }
    }

    fn load_settings(&mut self, path: &Path, generated: &[&str]) -> Option<Map<String, Json>> {
        let document = self.load_yaml(path, &Place::Run)?;
        let Some(entries) = document.as_map() else {
            let message = format!("expected a mapping, found {}", document.describe());
            self.diagnostics.push(Diagnostic::error(Code::WrongForm, message).at(document.span));
            return None;
        };
        let mut settings = Map::new();
        for (name, value) in entries {
            if generated.contains(&name.as_str()) {
                let message = format!("`{}` has no effect: it is generated", name.value);
                self.diagnostics.push(Diagnostic::warning(Code::NoEffect, message).at(name.span).help("drop it"));
            } else {
                settings.insert(name.value.clone(), value.to_json());
            }
        }
        Some(settings)
    }
}
