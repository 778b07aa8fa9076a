//! Checks what settings and fields say of each other: what an index is sorted by, what `logsdb` needs, and that analyzers
//! and normalizers that a field names are there.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::texts;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, ValueKind};
use crate::index_setting::{ANALYSIS, ANALYZERS, NORMALIZERS, analysis_names};
use crate::input::Entries;
use crate::model::Version;
use crate::parameter::{Parameter, Parameters};
use crate::source::{Span, Spanned};

type Settings = BTreeMap<&'static str, Json>;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let Some(storage) = &draft.storage else { return };
    let (own, there) = (&storage.settings.elasticsearch, &storage.settings.opensearch);
    let index = &draft.log.index;
    let mut sides = vec![(own, &index.settings)];
    if let Some(input) = draft.log.opensearch.as_ref().filter(|input| !input.settings.0.is_empty()) {
        sides.push((there, &input.settings));
    }
    for (settings, written) in sides {
        let span = |name: &str| span_of(written, name).unwrap_or(index.span);
        check_sort(draft, settings, span("sort"), diagnostics);
        if settings.get("mode").is_some_and(|mode| mode == "logsdb") {
            check_logsdb(draft, span("mode"), diagnostics);
        }
    }
    check_analysis(draft, own, there, diagnostics);
}

/// Where a setting that begins so was written.
fn span_of(written: &Entries<Spanned<Json>>, name: &str) -> Option<Span> {
    let begins = |written: &str| written.strip_prefix("index.").unwrap_or(written).starts_with(name);
    written.0.iter().find(|(written, _)| begins(written)).map(|(written, _)| written.span)
}

fn check_sort(draft: &Draft, settings: &Settings, span: Span, diagnostics: &mut Diagnostics) {
    let fields = settings.get("sort.field").map(texts).unwrap_or_default();
    for name in ["sort.order", "sort.mode", "sort.missing"] {
        let Some(value) = settings.get(name) else { continue };
        let count = texts(value).len();
        if count != fields.len() {
            let message =
                format!("`index.{name}` has {count} values for {} fields of `index.sort.field`", fields.len());
            let problem = Diagnostic::error(Code::InvalidValue, message).at(span);
            diagnostics.push(problem.help("give one value for each field, in the same order"));
        }
    }
    for field in &fields {
        if let Some(why) = unsortable(draft, field).filter(|_| !draft.may_select(field)) {
            let message = format!("an index cannot be sorted by `{field}`: {why}");
            let help = "sort by a selected keyword, date, boolean, address, integer, `float` or `double` that has doc values and is in no nested object";
            diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(span).help(help));
        }
    }
}

/// The first OpenSearch that is known to sort an index that has nested objects; 2.15 refuses it (measured).
const SORTS_NESTED: Version = Version { major: 3, minor: 8 };

/// Checks what only concerns logs whose files for OpenSearch are wanted.
pub(super) fn check_opensearch(draft: &Draft, diagnostics: &mut Diagnostics) {
    let (Some(storage), Some(since)) = (&draft.storage, draft.opensearch_since) else { return };
    if !storage.settings.opensearch.contains_key("sort.field") || since >= SORTS_NESTED {
        return;
    }
    let mut nested = None;
    draft.selected.walk(&mut |path, place| {
        if place.field_type() == FieldType::Nested && !is_disabled(place) {
            nested.get_or_insert_with(|| path.to_owned());
        }
    });
    if let Some(path) = nested {
        let there = draft.log.opensearch.as_ref().and_then(|input| span_of(&input.settings, "sort"));
        let span = there.or_else(|| span_of(&draft.log.index.settings, "sort")).unwrap_or(draft.log.index.span);
        let message = format!("OpenSearch {since} sorts no index that has nested objects, such as `{path}`");
        let help =
            format!("write `opensearch: {{since: \"{SORTS_NESTED}\"}}`, select no nested objects, or drop `sort`");
        diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(span).help(help));
    }
}

fn is_disabled(place: &FieldTree) -> bool {
    let parameters = place.field.as_ref().map(|field| &field.declaration.parameters);
    parameters.is_some_and(|parameters| parameters.get(&Parameter::Enabled) == Some(&Json::Bool(false)))
}

/// Why the engines sort no index by a field.
fn unsortable(draft: &Draft, name: &str) -> Option<&'static str> {
    let place = FieldPath::parse(name).ok().and_then(|path| draft.selected.get(&path));
    let Some(field) = place.and_then(|place| place.field.as_ref()) else { return Some("it is no selected field") };
    let declaration = &field.declaration;
    let is_sortable = match declaration.field_type {
        FieldType::UnsignedLong | FieldType::HalfFloat | FieldType::ScaledFloat => false,
        FieldType::Keyword => true,
        other => matches!(
            other.kind(),
            ValueKind::Integer(_)
                | ValueKind::Double
                | ValueKind::Float
                | ValueKind::Boolean
                | ValueKind::Date
                | ValueKind::DateNanos
                | ValueKind::Ip
        ),
    };
    if !is_sortable {
        return Some("its type is not one that indices are sorted by");
    }
    if declaration.parameters.get(&Parameter::DocValues) == Some(&Json::Bool(false)) {
        return Some("it has no doc values");
    }
    is_in_nested(draft, name).then_some("it is in nested objects")
}

fn is_in_nested(draft: &Draft, name: &str) -> bool {
    let mut above = name.match_indices('.').filter_map(|(end, _)| FieldPath::parse(&name[..end]).ok());
    above.any(|path| draft.selected.get(&path).is_some_and(|place| place.field_type() == FieldType::Nested))
}

/// Elasticsearch: an index in this mode has a date `@timestamp`.
fn check_logsdb(draft: &Draft, span: Span, diagnostics: &mut Diagnostics) {
    let timestamp = draft.selected.children.get("@timestamp").map(FieldTree::field_type);
    if !matches!(timestamp, Some(FieldType::Date | FieldType::DateNanos)) && !draft.may_select("@timestamp") {
        let message = "the mode `logsdb` needs the date `@timestamp`, which is not selected";
        let help = "add `base: {fields: {\"@timestamp\": {}}}` to `fields`";
        diagnostics.push(Diagnostic::error(Code::RequiredNotSelected, message).at(span).help(help));
    }
}

/// A field that names an analyzer or a normalizer finds it on both engines.
fn check_analysis(draft: &Draft, own: &Settings, there: &Settings, diagnostics: &mut Diagnostics) {
    let declared = |settings: &'_ Settings, part: &str| -> Vec<String> {
        let analysis = settings.get(ANALYSIS).unwrap_or(&Json::Null);
        analysis_names(analysis, part).map(str::to_owned).collect()
    };
    let of_part = |part: &str, built_in: &[&str]| -> Vec<String> {
        let on_opensearch = declared(there, part);
        let on_both = declared(own, part).into_iter().filter(|name| on_opensearch.contains(name));
        built_in.iter().map(|name| (*name).to_owned()).chain(on_both).collect()
    };
    let (analyzers, normalizers) = (of_part("analyzer", ANALYZERS), of_part("normalizer", NORMALIZERS));
    let mut check = |path: &str, parameters: &Parameters, span: Span| {
        for (parameter, part, known) in [
            (Parameter::Analyzer, "analyzer", &analyzers),
            (Parameter::SearchAnalyzer, "analyzer", &analyzers),
            (Parameter::Normalizer, "normalizer", &normalizers),
        ] {
            let Some(name) = parameters.get(&parameter).and_then(Json::as_str) else { continue };
            if !known.iter().any(|known| known == name) {
                let message = format!("`{path}` names the {part} `{name}`, which is not there");
                let help = Diagnostics::did_you_mean(name, known.iter().map(String::as_str)).unwrap_or_else(|| {
                    format!(
                        "declare it in the log file, under `index: {{settings: {{analysis: {{{part}: {{{name}: …}}}}}}}}`, or \
                         name one of {}",
                        known.join(", ")
                    )
                });
                diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(span).help(help));
            }
        }
    };
    draft.selected.walk(&mut |path, place| {
        let Some(field) = &place.field else { return };
        let declaration = &field.declaration;
        check(path, &declaration.parameters, declaration.span);
        for multi in &declaration.multi_fields {
            check(&format!("{path}.{}", multi.name), &multi.parameters, declaration.span);
        }
    });
}
