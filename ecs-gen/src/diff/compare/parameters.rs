//! Findings about parameters of fields, of objects and of the mapping's root.

use serde_json::Value as Json;

use super::fields::Mappings;
use super::finding_collector::{FindingCollector, Place, shown};
use crate::diff::mapping::{self, Change, ParameterChange};
use crate::diff::rules::Rule;

/// A longer keyword is refused by Lucene where nothing cuts it off.
const NO_LIMIT: u64 = 2_147_483_647;

pub(super) fn compare(
    mappings: &Mappings<'_>,
    change: &Change,
    parameter: &ParameterChange,
    findings: &mut FindingCollector<'_>,
) {
    let ParameterChange { field_type, name, old, new } = parameter;
    let (old, new) = (old.as_ref(), new.as_ref());
    if !parameter.is_change(mappings.engine, mappings.answered) {
        return;
    }
    let place = mappings.place(change).where_given(old, new);
    if name == "dynamic" {
        return dynamic(mappings, change, &place, findings);
    }
    let Some(rule) = rule_of(field_type, name, old, new) else { return };
    let what = if change.path.is_empty() { "the mapping" } else { change.path.as_str() };
    let subject = if change.path.is_empty() { what.to_owned() } else { format!("`{what}`") };
    findings.add(rule, &place, format!("`{name}` of {subject} is {} where it was {}", shown(new), shown(old)));
    if name == "ignore_above" && new.is_none() && field_type == "keyword" {
        let message = format!("a value of `{}` of more than 32,766 bytes now refuses its document", change.path);
        findings.add(Rule::LimitRemoved, &place, message);
    }
}

/// The rule for a parameter; none for what is no change for anybody.
fn rule_of(field_type: &str, name: &str, old: Option<&Json>, new: Option<&Json>) -> Option<Rule> {
    let off = |value: Option<&Json>| value.is_some_and(|value| *value == false || *value == "false");
    let on = |value: Option<&Json>| value.is_some_and(|value| *value == true || *value == "true");
    let pick = |is_first: bool, first: Rule, second: Rule| if is_first { first } else { second };
    Some(match name {
        "_meta" if meta(old) == meta(new) => return None,
        "_meta" | "meta" => Rule::MetaChanged,
        _ if field_type.is_empty()
            && !["_source", "_routing", "_size", "subobjects", "disable_objects"].contains(&name) =>
        {
            Rule::MappingOptionChanged
        }
        "ignore_above" => pick(limit(new) < limit(old), Rule::IgnoreAboveLowered, Rule::IgnoreAboveRaised),
        "norms" => pick(
            off(new) || (on(old) && new.is_none() && field_type == "keyword"),
            Rule::NormsDisabled,
            Rule::NormsEnabled,
        ),
        "copy_to" => Rule::CopyToChanged,
        "depth_limit" => pick(limit(new) < limit(old), Rule::ParsingTightened, Rule::ParsingLoosened),
        "synthetic_source_keep" if !["object", "nested"].contains(&field_type) => Rule::SourceKeepChanged,
        "eager_global_ordinals" => Rule::OrdinalsChanged,
        "index" => pick(off(new), Rule::IndexDisabled, Rule::IndexEnabled),
        "doc_values" => {
            let is_lost = off(new) || (field_type == "binary" && new.is_none());
            pick(is_lost, Rule::DocValuesDisabled, Rule::DocValuesEnabled)
        }
        "enabled" => pick(off(new), Rule::ObjectDisabled, Rule::ObjectEnabled),
        "fielddata" => pick(on(new), Rule::OrdinalsChanged, Rule::FielddataDisabled),
        "search_analyzer" | "search_quote_analyzer" | "split_queries_on_whitespace" => Rule::SearchAnalysisChanged,
        "path" => Rule::AliasPathChanged,
        "coerce" => pick(off(new), Rule::ParsingTightened, Rule::ParsingLoosened),
        "ignore_malformed" => pick(on(new), Rule::ParsingLoosened, Rule::ParsingTightened),
        "format" => format(field_type, old, new),
        "value" if new.is_none() => Rule::ConstantValueUnset,
        "value" => pick(old.is_none(), Rule::ConstantValueSet, Rule::ConstantValueChanged),
        "analyzer" | "normalizer" => Rule::AnalysisChanged,
        "null_value" => Rule::NullValueChanged,
        _ => Rule::StaticParameterChanged,
    })
}

/// Notes without what the generator writes there anew each time.
fn meta(value: Option<&Json>) -> Option<Json> {
    let mut notes = value?.clone();
    if let Some(notes) = notes.as_object_mut() {
        for name in ["hash", "version", "ecs", "description"] {
            notes.remove(name);
        }
    }
    Some(notes)
}

fn limit(value: Option<&Json>) -> u64 {
    value.and_then(Json::as_u64).unwrap_or(NO_LIMIT)
}

/// Formats are tried in turn: with all of the old ones among the new, every date of today is taken.
fn format(field_type: &str, old: Option<&Json>, new: Option<&Json>) -> Rule {
    let default = if field_type == "date_nanos" {
        "strict_date_optional_time_nanos||epoch_millis"
    } else {
        "strict_date_optional_time||epoch_millis"
    };
    let formats = |value: Option<&Json>| -> Vec<String> {
        let text = value.and_then(Json::as_str).unwrap_or(default);
        text.split("||").map(|format| format.trim().trim_end_matches("_nanos").to_owned()).collect()
    };
    let (old, new) = (formats(old), formats(new));
    let keeps_numbers = epoch(&old).is_none() || epoch(&old) == epoch(&new);
    let is_wider = old.iter().all(|format| new.contains(format)) && keeps_numbers;
    if is_wider { Rule::FormatWidened } else { Rule::FormatNarrowed }
}

/// What a number is, when it is anything: another unit is worse than a refusal.
fn epoch(formats: &[String]) -> Option<&String> {
    formats.iter().find(|format| format.starts_with("epoch_"))
}

/// `dynamic` by what counts: an object that does not say has that of the object around it.
fn dynamic(mappings: &Mappings<'_>, change: &Change, place: &Place<'_>, findings: &mut FindingCollector<'_>) {
    let below = if change.path.is_empty() { "x".to_owned() } else { format!("{}.x", change.path) };
    let (old, new) = (mapping::dynamic_at(mappings.old, &below), mapping::dynamic_at(mappings.new, &below));
    let is_strict = |value: &str| value.starts_with("strict");
    let rule = match (is_strict(&old), is_strict(&new)) {
        _ if old == new => return,
        (false, true) => Rule::DynamicTightened,
        (true, false) => Rule::DynamicLoosened,
        _ => Rule::MappingOptionChanged,
    };
    let subject = if change.path.is_empty() { "the mapping".to_owned() } else { format!("`{}`", change.path) };
    findings.add(rule, place, format!("`dynamic` of {subject} is `{new}` where it was `{old}`"));
}
