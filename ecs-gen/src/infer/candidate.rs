//! A log file and its extension as texts, and what they come to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use ecs_schema::LogRules;
use serde_json::Value as Json;

use super::declare::Context;
use super::mapped::Mapping;
use super::plan::{Plan, plan};
use super::tree;
use super::{Ecs, Fallbacks, Inferred, Request};
use crate::audit::rules_of;
use crate::diagnostic::{Place, Severity};
use crate::diff::{Engine, Side, load_with};
use crate::ecs::{flow, scalar};
use crate::lifecycle::DEFAULT_OPENSEARCH;
use crate::load::Loader;

/// The texts of a log.
pub(super) struct Candidate {
    log: (String, String),
    extension: Option<(String, String)>,
    /// The path of the field in each line of the extension.
    fields: BTreeMap<u32, String>,
    of_ecs: usize,
    own: usize,
    /// What a person must know of it.
    pub(super) notes: Vec<String>,
}

/// Why a candidate is no log.
pub(super) struct Problems {
    /// All that is wrong.
    pub(super) text: String,
    /// Path of a field, and what is wrong with it.
    pub(super) fields: Vec<(String, String)>,
}

/// Checks that a log, and the alias that is guessed, can have the name that was asked for.
///
/// # Errors
/// Why none can.
pub(super) fn check_name(request: &Request, loader: &Loader) -> Result<(), String> {
    let path = format!("{}.yaml", request.name);
    let (name, ecs) = (scalar(&request.name), scalar(&request.ecs));
    let least = format!(
        "name: {name}\necs: {ecs}\nfields: {{base: {{fields: {{message: {{}}}}}}}}\nindex: {{alias: {name}}}\n"
    );
    let mut loader = loader.clone();
    loader.sources.hold(&path, least.as_str());
    let Err(problem) = load_with(Path::new(&path), &mut loader) else { return Ok(()) };
    let errors = loader.diagnostics.sorted(&loader.sources);
    let message = errors.into_iter().find(|found| found.severity == Severity::Error).map(|found| found.message.clone());
    Err(format!("{}: give another name with `--name`", message.unwrap_or_else(|| problem.to_string())))
}

/// What a candidate comes to.
pub(super) struct Loaded {
    pub(super) side: Side,
    pub(super) rules: &'static LogRules,
}

impl Candidate {
    pub(super) fn new(
        request: &Request,
        root: &tree::Place,
        ecs: &Ecs,
        fallbacks: &Fallbacks,
        mapping: Option<&Mapping>,
    ) -> Self {
        let analysis = mapping.and_then(|mapping| mapping.analysis.as_ref());
        let context = Context {
            allowed_values: request.allowed_values,
            analysis,
            without_parameters: &fallbacks.without_parameters,
        };
        let plan = plan(root, ecs, fallbacks, context);
        let (extension, fields) = write_extension(&plan).unzip();
        let extension_name = format!("{}-fields.yaml", request.name);
        let log =
            write_log(request, root, ecs, fallbacks, &plan, mapping, extension.is_some().then_some(&extension_name));
        let own = plan.sets.values().map(|set| set.lines.len()).sum();
        Self {
            log: (format!("{}.yaml", request.name), log),
            extension: extension.map(|text| (extension_name, text)),
            fields: fields.unwrap_or_default(),
            of_ecs: plan.of_ecs,
            own,
            notes: plan.notes,
        }
    }

    /// Generates the candidate in memory.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn load(&self, loader: &Loader) -> Result<Loaded, Problems> {
        let with_texts = || {
            let mut loader = loader.clone();
            for (name, text) in std::iter::once(&self.log).chain(&self.extension) {
                loader.sources.hold(name, text.as_str());
            }
            loader
        };
        let path = Path::new(&self.log.0);
        let mut judged = with_texts();
        let side = load_with(path, &mut judged)
            .map_err(|error| Problems { text: error.to_string(), fields: self.fields_with_problems(&judged) })?;
        let rules = rules_of(path, &mut with_texts()).map_err(|text| Problems { text, fields: Vec::new() })?;
        Ok(Loaded { side, rules })
    }

    /// The fields at whose lines of the extension an error was reported, with what it says.
    fn fields_with_problems(&self, loader: &Loader) -> Vec<(String, String)> {
        let extension = self.extension.as_ref().map(|(name, _)| name.as_str());
        let errors = loader.diagnostics.sorted(&loader.sources).into_iter();
        let errors = errors.filter(|found| found.severity == Severity::Error);
        let of_field = errors.filter_map(|found| match found.place {
            Place::Span(span) if Some(loader.sources.file(span.file).path.as_str()) == extension => {
                Some((self.fields.get(&span.line)?.clone(), found.message.clone()))
            }
            _ => None,
        });
        of_field.collect()
    }

    pub(super) fn finish(self, notes: Vec<String>, documents: u64, refused: u64, differing: Vec<String>) -> Inferred {
        let Self { log, extension, of_ecs, own, .. } = self;
        Inferred { log, extension, notes, documents, refused, differing, of_ecs, own }
    }
}

fn write_log(
    request: &Request,
    root: &tree::Place,
    ecs: &Ecs,
    fallbacks: &Fallbacks,
    plan: &Plan,
    mapping: Option<&Mapping>,
    extension: Option<&String>,
) -> String {
    let mut sources = Vec::new();
    if let Some((label, _)) = &request.mapping {
        sources.push(format!("the mapping `{label}`"));
    }
    if fallbacks.documents > 0 {
        sources.push(format!("{} documents", fallbacks.documents));
    }
    let mut text = format!(
        "# Inferred by `ecs-gen infer` from {}. It is yours: what was guessed is said beside it.\nname: {}\necs: {}\n",
        sources.join(" and "),
        scalar(&request.name),
        scalar(&request.ecs),
    );
    if let Some(version) = mapping.and_then(|mapping| mapping.version) {
        let _ = writeln!(text, "version: {version} # that of the mapping");
    }
    if let Some(extension) = extension {
        let _ = writeln!(text, "extensions: [{}]", scalar(extension));
    }
    if !plan.own.is_empty() {
        let own: Vec<String> = plan.own.iter().map(|set| scalar(set)).collect();
        let _ = writeln!(
            text,
            "# Something in these field sets is not as ECS has it, so that the extension declares them whole."
        );
        let _ = writeln!(text, "own_fieldsets: [{}]", own.join(", "));
    }
    text.push_str("fields:\n");
    for (set, selection) in &plan.selected {
        let whose = if plan.own.contains(set) || !plan.sets.contains_key(set) && !selection.ends_with("\"*\"}") {
            if plan.own.contains(set) { "declared here in place of ECS" } else { "of ECS" }
        } else if selection == "{fields: \"*\"}" {
            "declared by the extension"
        } else {
            "of ECS, with fields of the extension"
        };
        let _ = writeln!(text, "  {}: {selection} # {whose}", scalar(set));
    }
    if request.required {
        let mut required = Vec::new();
        let is_of_ecs = |path: &str| {
            let is_field = ecs.field(path).is_some() && !ecs.has_below(path);
            is_field && ecs.set_of(path).is_some_and(|set| !plan.own.contains(set))
        };
        collect_required(root, "", fallbacks.documents, &is_of_ecs, &mut required);
        if !required.is_empty() {
            let _ = writeln!(text, "required: [{}] # every document has them", required.join(", "));
        }
    }
    write_dynamic(root, fallbacks, mapping, &mut text);
    write_index(request, root, mapping, &mut text);
    text
}

fn write_dynamic(root: &tree::Place, fallbacks: &Fallbacks, mapping: Option<&Mapping>, text: &mut String) {
    let mut entries: Vec<(String, String)> = Vec::new();
    if mapping.is_some_and(|mapping| mapping.dynamic == "false") || fallbacks.keeps_unknown.contains("") {
        entries.push(("*".to_owned(), "false".to_owned()));
    }
    let mut add = |path: &str, place: &tree::Place| {
        let mapped = place.mapped.as_ref().and_then(|body| body.get("dynamic"));
        let mapped = mapped.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let kept = fallbacks.keeps_unknown.contains(path).then(|| "false".to_owned());
        let value = kept.or(mapped).filter(|value| value == "false" || value == "strict");
        if let Some(value) = value.filter(|_| !place.is_kept && !place.children.is_empty()) {
            entries.push((path.to_owned(), value));
        }
    };
    visit(root, "", &mut add);
    if !entries.is_empty() {
        let entries: Vec<String> = entries.iter().map(|(path, value)| format!("{}: {value}", scalar(path))).collect();
        let _ = writeln!(text, "dynamic: {{{}}} # fields that these lack are kept and not indexed", entries.join(", "));
    }
}

fn visit(place: &tree::Place, path: &str, take: &mut impl FnMut(&str, &tree::Place)) {
    for (name, child) in &place.children {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        take(&path, child);
        // Nothing is looked at in what is kept as it is.
        if !child.is_kept {
            visit(child, &path, take);
        }
    }
}

fn write_index(request: &Request, root: &tree::Place, mapping: Option<&Mapping>, text: &mut String) {
    let fields = root.count();
    if fields > 1_000 {
        let _ = writeln!(
            text,
            "field_budget: {} # there are {fields} fields, objects and multi-fields",
            fields.div_ceil(1_000) * 1_000
        );
    }
    let since = mapping.and_then(|mapping| mapping.since).filter(|_| request.engine == Engine::OpenSearch);
    if let Some(since) = since.filter(|since| *since > DEFAULT_OPENSEARCH) {
        let _ = writeln!(text, "opensearch: {{since: \"{since}\"}} # the first with all types of the mapping");
    }
    let analysis = mapping.and_then(|mapping| mapping.analysis.as_ref());
    let settings = analysis.map(|analysis: &Json| format!(", settings: {{analysis: {}}}", flow(analysis)));
    let _ = writeln!(
        text,
        "index: {{alias: {}{}}} # a guess: name what producers write to, and say under `lifecycle` how long events are kept",
        scalar(&request.name),
        settings.unwrap_or_default()
    );
}

fn collect_required(
    place: &tree::Place,
    path: &str,
    documents: u64,
    is_of_ecs: &impl Fn(&str) -> bool,
    required: &mut Vec<String>,
) {
    for (name, child) in &place.children {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let is_disabled = child.mapped.as_ref().is_some_and(|body| body.get("enabled") == Some(&Json::Bool(false)));
        if child.seen.present != documents || child.is_kept || is_disabled {
            continue;
        }
        // Below a field whose values are objects there are no fields.
        let is_value = child.children.is_empty()
            || is_of_ecs(&path)
            || child.mapped.as_ref().is_some_and(|body| !matches!(tree::type_of(body), "object" | "nested"));
        if is_value {
            required.push(scalar(&path));
        } else if child.seen.lists == 0 {
            collect_required(child, &path, documents, is_of_ecs, required);
        }
    }
}

/// The text, and the path of the field in each of its lines.
fn write_extension(plan: &Plan) -> Option<(String, BTreeMap<u32, String>)> {
    if plan.sets.is_empty() {
        return None;
    }
    let mut fields = BTreeMap::new();
    let mut text =
        "# Fields that ECS does not have, or has otherwise; each says what it was guessed from.\n".to_owned();
    for (name, set) in &plan.sets {
        let _ = writeln!(text, "- name: {}", scalar(name));
        if set.is_root {
            text.push_str("  root: true\n");
        }
        text.push_str("  fields:\n");
        for (path, line) in &set.lines {
            let _ = writeln!(text, "    - {line}");
            fields.insert(u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX), path.clone());
        }
    }
    Some((text, fields))
}
