//! `REPLACED.md`: what is not the same on OpenSearch as on Elasticsearch, and what that costs.

use std::fmt::Write as _;

use super::ism::{self, DEMANDS_SEVERAL, PREVENTS_EMPTY_ROLLOVER};
use super::types::{Replacement, translate};
use crate::field_type::FieldType;
use crate::files::GENERATED_BY;
use crate::lifecycle::{Action, Manager, PhaseName, Rollover};
use crate::model::{IndexTarget, Model};
use crate::parameter::{Parameter, Parameters};

pub(super) fn report(model: &Model) -> String {
    let log = &model.log;
    let mut text = format!(
        "<!-- {GENERATED_BY} Source: {} -->\n# {} on OpenSearch\n\nWhat is not the same as on Elasticsearch, for \
         OpenSearch {} and later.\n\n## Lifecycle\n\n{}\n",
        log.source,
        log.title,
        log.opensearch_since,
        ism::lifecycle(log).describe(ism::INTERVAL)
    );
    push_types(&mut text, model);
    push_parameters(&mut text, model);
    push_rest(&mut text, model);
    text
}

/// Every field and multi-field with its path.
fn typed(model: &Model) -> impl Iterator<Item = (String, FieldType, &Parameters)> {
    model.fields.iter().flat_map(|field| {
        let own = std::iter::once((field.path.to_string(), field.field_type, &field.parameters));
        let multi = field.multi_fields.iter();
        let multi = multi.map(|multi| (format!("{}.{}", field.path, multi.name), multi.field_type, &multi.parameters));
        own.chain(multi)
    })
}

fn push_types(text: &mut String, model: &Model) {
    text.push_str("\n## Field types\n\n");
    let since = model.log.opensearch_since;
    let rows = typed(model).filter_map(|(path, field_type, parameters)| {
        let translation = translate(field_type, parameters, since);
        let Replacement { since, cost } = translation.replaced?;
        let there = since.unwrap_or("never");
        let (from, to) = (field_type.name(), translation.to.name);
        Some(format!("| `{path}` | `{from}` | `{to}` | {there} | {cost} |\n"))
    });
    let rows: String = rows.collect();
    if rows.is_empty() {
        text.push_str("Nothing is replaced.\n");
    } else {
        text.push_str("| field | Elasticsearch | OpenSearch | the original since | what it costs |\n");
        text.push_str("| --- | --- | --- | --- | --- |\n");
        text.push_str(&rows);
    }
}

fn push_parameters(text: &mut String, model: &Model) {
    text.push_str("\n## Mapping parameters\n\n");
    let since = model.log.opensearch_since;
    let before = text.len();
    for (path, field_type, parameters) in typed(model) {
        let dropped: Vec<Parameter> = translate(field_type, parameters, since).dropped;
        if !dropped.is_empty() {
            let names: Vec<String> = dropped.iter().map(|parameter| format!("`{}`", parameter.name())).collect();
            let _ = writeln!(text, "- `{path}` has no {} there.", names.join(", "));
        }
    }
    if text.len() == before {
        text.push_str("Nothing is left out.\n");
    }
}

fn push_rest(text: &mut String, model: &Model) {
    text.push_str("\n## Lifecycle actions, settings and roles\n\n");
    let lifecycle = &model.log.lifecycle;
    for phase in &lifecycle.phases {
        for action in &phase.actions {
            push_action(text, phase.name, action);
        }
    }
    if lifecycle.manager == Manager::DataStream {
        text.push_str(
            "- There is no data stream lifecycle; the ISM policy does the same, with a rollover of its own.\n",
        );
    }
    if lifecycle.rollover.as_ref().is_some_and(|rollover| rollover.max.age.is_some())
        && model.log.opensearch_since < PREVENTS_EMPTY_ROLLOVER
    {
        let _ = writeln!(
            text,
            "- An empty index rolls over at its age too. Only OpenSearch {PREVENTS_EMPTY_ROLLOVER} can leave it alone, as \
             Elasticsearch does."
        );
    }
    if let Some(rollover) = &lifecycle.rollover {
        push_rollover(text, rollover, model);
    }
    let settings = &model.log.settings;
    let left_out = settings.elasticsearch.keys().filter(|name| !settings.opensearch.contains_key(*name));
    for name in left_out {
        let _ = writeln!(text, "- There is no setting `index.{name}`; it is left out.");
    }
    text.push_str(
        "- An edited ISM policy holds for new indices only; `POST _plugins/_ism/change_policy` moves others.\n",
    );
    if model.log.opensearch_target.is_some() {
        let names: Vec<String> = model.log.target.names().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            text,
            "- Producers write to {}, and nothing is hidden: index state management attaches no policy to an index that is \
             hidden or whose name begins with a dot, and there are no data streams with such names.",
            names.join(", ")
        );
    }
    if model.log.settings.hidden && matches!(model.log.target, IndexTarget::DataStream(_)) {
        text.push_str("- There are no hidden data streams; the indices behind them are hidden.\n");
    }
    text.push_str("- The writer's role can also replace documents: creating alone is no permission of its own.\n");
}

fn push_rollover(text: &mut String, rollover: &Rollover, model: &Model) {
    let has_min = model.log.opensearch_since >= DEMANDS_SEVERAL;
    if !has_min && !rollover.min.is_empty() {
        let left_out: Vec<String> = rollover.min.named().map(|(name, _)| format!("`min_{name}`")).collect();
        let verb = if left_out.len() > 1 { "are" } else { "is" };
        let _ = writeln!(
            text,
            "- {} {verb} left out: an index rolls over at the first condition that it reaches. Only OpenSearch \
             {DEMANDS_SEVERAL} can demand more.",
            left_out.join(", ")
        );
    }
    for (prefix, conditions, is_there) in [("max", &rollover.max, true), ("min", &rollover.min, has_min)] {
        if is_there && conditions.primary_shard_docs.is_some() && model.log.settings.shards > 1 {
            let _ = writeln!(
                text,
                "- `{prefix}_primary_shard_docs` is counted over all primary shards together, as if each had as many \
                 documents."
            );
        }
    }
}

fn push_action(text: &mut String, phase: PhaseName, action: &Action) {
    let (name, phase) = (action.spec.name, phase.name());
    if !action.spec.has_counterpart() {
        let _ = writeln!(text, "- `{name}` in `{phase}` is left out: {}.", action.spec.loss);
        return;
    }
    for parameter in action.parameters.keys().filter(|parameter| !action.spec.takes_over(parameter)) {
        let _ = writeln!(text, "- `{name}` in `{phase}` has no `{parameter}` there.");
    }
}
