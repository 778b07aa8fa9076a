//! Everything that OpenSearch takes, from the version that the log names on, under `opensearch/`; and `REPLACED.md`, which
//! says what is not the same as on Elasticsearch.
//!
//! The write alias stands on the first index only: with the alias in the template, every rollover fails. What moves on
//! at rollover is named by `index.plugins.index_state_management.rollover_alias`, in the template, so that each
//! successor has it too.

mod index_pattern;
mod ism;
mod replaced;
mod roles;
mod types;

pub(crate) use types::has_parameter;

use super::Emitter;
use super::body::install::{Install, Step, path};
use super::body::mapping::Mappings;
use super::body::meta::{self, Meta};
use super::body::overrides::with_template_settings;
use super::body::settings::SettingsBody;
use super::body::template::{self, ComponentTemplate, DataStreamOptions, FirstIndex, IndexTemplate, Row, Template};
use crate::files::Files;
use crate::model::{IndexTarget, Model};

/// Writes `opensearch/`.
pub struct OpenSearch;

impl Emitter for OpenSearch {
    fn name(&self) -> &'static str {
        "opensearch"
    }

    fn about(&self) -> &'static str {
        "opensearch/: mappings, templates, ISM policy, first index, roles, ingest pipeline, install steps, index pattern of OpenSearch \
         Dashboards, what differs"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        let model = &*model.on_opensearch();
        let rows = template::rows(model);
        emit_templates(model, &rows, out);
        for row in &rows {
            if let Some(alias) = row.alias {
                add(model, out, &format!("first-index{}", row.suffix), &FirstIndex::new(model, alias));
            }
        }
        add(model, out, "ism-policy", &ism::policy(model));
        if let Some(pipeline) = &model.log.pipeline {
            add(model, out, "ingest-pipeline", &pipeline.body);
        }
        add(model, out, "roles", &roles::roles(model));
        add(model, out, "install", &Install::new(model, "opensearch", Some(policy_step(model)), &rows));
        out.add_output(model, "opensearch/index-pattern.ndjson", index_pattern::file(model));
        out.add_output(model, "opensearch/REPLACED.md", replaced::report(model));
    }
}

fn add(model: &Model, out: &mut Files, name: &str, body: &impl serde::Serialize) {
    out.add_json(model, &format!("opensearch/{name}.json"), body);
}

fn emit_templates(model: &Model, rows: &[Row<'_>], out: &mut Files) {
    let since = model.log.opensearch_since;
    let mappings = Mappings::new(model, &|field_type, parameters| types::translate(field_type, parameters, since).to);
    let settings = SettingsBody::new(model, &model.log.settings.opensearch, types::unseen_fields(model));
    let own: Vec<Template> = rows.iter().map(|row| row_template(model, row)).collect();
    let hash = meta::hash(model, &[&mappings, &settings, &own]);
    let mappings = mappings.with_meta(Meta::new(model, &hash));
    add(model, out, "mappings", &mappings);
    let (with_mapping, rest) = settings.clone().part();
    let component = Template { settings: Some(with_mapping), mappings: Some(mappings.clone()), ..Template::default() };
    add(model, out, "component-template-mappings", &ComponentTemplate::new(model, component, &hash));
    let component = Template { settings: Some(rest), ..Template::default() };
    add(model, out, "component-template-settings", &ComponentTemplate::new(model, component, &hash));
    for (row, own) in rows.iter().zip(own) {
        let body = IndexTemplate::new(model, row, data_stream(model), own, &hash);
        add(model, out, &format!("index-template{}", row.suffix), &with_template_settings(model, body));
    }
}

/// Without a rollover there is no alias to move on.
fn rollover_alias<'m>(model: &Model, row: &Row<'m>) -> Option<&'m str> {
    model.log.lifecycle.rollover.as_ref().and(row.alias).map(|alias| alias.name.as_str())
}

fn row_template(model: &Model, row: &Row<'_>) -> Template {
    Template { settings: rollover_alias(model, row).map(SettingsBody::ism_rollover), ..Template::default() }
}

/// There is no hidden data stream: `hidden` would be refused.
fn data_stream(model: &Model) -> Option<DataStreamOptions> {
    matches!(model.log.target, IndexTarget::DataStream(_)).then_some(DataStreamOptions { hidden: None })
}

fn policy_step(model: &Model) -> Step {
    let path = path("/_plugins/_ism/policies", &model.log.lifecycle.policy);
    let note = "before the first index: it holds for indices made after it. People may edit it: an existing one stays";
    Step::put(path.clone(), "ism-policy.json", note).unless_found(path).or_status(409, None)
}
