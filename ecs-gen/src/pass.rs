//! The passes that make a [`Draft`] complete and report what is wrong with it. To add one, add a file and a line in
//! [`PASSES`].

mod check_budget;
pub(crate) mod check_depth;
mod check_descriptions;
mod check_metadata;
mod check_name;
mod check_overlaps;
mod check_providers;
mod check_samples;
mod check_settings;
mod check_targets;
mod exclude_fields;
mod expand_fieldsets;
mod mark_required;
mod resolve_dynamic;
mod resolve_open_objects;
mod resolve_storage;
mod select_fields;
mod set_constants;
mod take_docs_only;

use serde_json::Value as Json;

use crate::diagnostic::Diagnostics;
use crate::draft::Draft;
use crate::lifecycle;

/// A step over a draft.
pub struct Pass {
    /// Kebab-case name.
    pub name: &'static str,
    /// What it does.
    pub run: fn(&mut Draft, &mut Diagnostics),
}

/// All passes, in order. Each may rely on those above it.
pub const PASSES: &[Pass] = &[
    Pass { name: "check-name", run: check_name::run },
    Pass { name: "expand-fieldsets", run: expand_fieldsets::run },
    Pass { name: "select-fields", run: select_fields::run },
    Pass { name: "exclude-fields", run: exclude_fields::run },
    Pass { name: "resolve-dynamic", run: resolve_dynamic::run },
    Pass { name: "resolve-open-objects", run: resolve_open_objects::run },
    Pass { name: "take-docs-only", run: take_docs_only::run },
    Pass { name: "set-constants", run: set_constants::run },
    Pass { name: "mark-required", run: mark_required::run },
    Pass { name: "check-metadata", run: check_metadata::run },
    Pass { name: "check-descriptions", run: check_descriptions::run },
    Pass { name: "check-targets", run: check_targets::run },
    Pass { name: "resolve-storage", run: resolve_storage::run },
    Pass { name: "check-settings", run: check_settings::run },
    Pass { name: "check-samples", run: check_samples::run },
    Pass { name: "check-providers", run: check_providers::run },
    Pass { name: "check-budget", run: check_budget::run },
    Pass { name: "check-depth", run: check_depth::run },
];

/// Runs every pass; a later pass runs even when an earlier one reported, so that one run shows all problems.
pub fn run_all(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    for pass in PASSES {
        (pass.run)(draft, diagnostics);
    }
}

/// The texts of a value that is a text or a list of them.
fn texts(value: &Json) -> Vec<&str> {
    match value {
        Json::String(text) => vec![text],
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Checks what only concerns logs whose files for OpenSearch are wanted.
pub fn check_opensearch(draft: &Draft, diagnostics: &mut Diagnostics) {
    let log = &draft.log;
    lifecycle::check_opensearch(&log.index, log.opensearch.as_ref(), diagnostics);
    check_settings::check_opensearch(draft, diagnostics);
}

/// Checks that stand between logs: names and index patterns.
pub fn check_logs(drafts: &[Draft], diagnostics: &mut Diagnostics) {
    check_overlaps::run(drafts, diagnostics);
}
