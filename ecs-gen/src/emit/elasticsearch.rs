//! Everything that Elasticsearch 8.x and 9.x take, under `elasticsearch/`.

mod ilm;
mod roles;

use super::Emitter;
use super::body::install::{Install, Step, path};
use super::body::mapping::{Mappings, Translated, is_default};
use super::body::meta::{self, Meta};
use super::body::overrides::with_template_settings;
use super::body::settings::SettingsBody;
use super::body::template::{
    self, ComponentTemplate, DataStreamOptions, FirstIndex, IndexTemplate, Row, StreamLifecycle, Template,
};
use crate::field_type::FieldType;
use crate::files::Files;
use crate::lifecycle::Manager;
use crate::model::{IndexTarget, Model};
use crate::parameter::Parameters;

/// Writes `elasticsearch/`.
pub struct Elasticsearch;

impl Emitter for Elasticsearch {
    fn name(&self) -> &'static str {
        "elasticsearch"
    }

    fn about(&self) -> &'static str {
        "elasticsearch/: mappings, templates, ILM policy, first index, roles, ingest pipeline, install steps"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        let rows = template::rows(model);
        emit_templates(model, &rows, out);
        for row in &rows {
            if let Some(alias) = row.alias {
                add(model, out, &format!("first-index{}", row.suffix), &FirstIndex::new(model, alias));
            }
        }
        if model.log.lifecycle.manager == Manager::Policy {
            add(model, out, "ilm-policy", &ilm::policy(model));
        }
        if let Some(pipeline) = &model.log.pipeline {
            add(model, out, "ingest-pipeline", &pipeline.body);
        }
        add(model, out, "roles", &roles::roles(model));
        add(model, out, "install", &Install::new(model, "elasticsearch", policy_step(model), &rows));
    }
}

fn add(model: &Model, out: &mut Files, name: &str, body: &impl serde::Serialize) {
    out.add_json(model, &format!("elasticsearch/{name}.json"), body);
}

fn emit_templates(model: &Model, rows: &[Row<'_>], out: &mut Files) {
    let mappings = Mappings::new(model, &translate);
    let settings = shared_settings(model);
    let own: Vec<Template> = rows.iter().map(|row| row_template(model, row)).collect();
    let makes_no_index = data_stream(model).is_none();
    let hash = meta::hash(model, &[&mappings, &settings, &own, &makes_no_index]);
    let mappings = mappings.with_meta(Meta::new(model, &hash));
    add(model, out, "mappings", &mappings);
    let (with_mapping, rest) = settings.clone().part();
    let component = Template { settings: Some(with_mapping), mappings: Some(mappings.clone()), ..Template::default() };
    add(model, out, "component-template-mappings", &ComponentTemplate::new(model, component, &hash));
    let component = Template { settings: Some(rest), ..Template::default() };
    add(model, out, "component-template-settings", &ComponentTemplate::new(model, component, &hash));
    for (row, own) in rows.iter().zip(own) {
        let body = IndexTemplate::new(model, row, data_stream(model), own, &hash).without_auto_create();
        add(model, out, &format!("index-template{}", row.suffix), &with_template_settings(model, body));
    }
}

/// Elasticsearch is where the types and parameters come from.
fn translate(field_type: FieldType, parameters: &Parameters) -> Translated {
    let said = parameters.iter().filter(|(parameter, value)| !is_default(**parameter, value));
    let parameters = said.map(|(parameter, value)| (parameter.name(), value.clone())).collect();
    Translated { name: field_type.name(), parameters }
}

fn shared_settings(model: &Model) -> SettingsBody {
    let mut settings = SettingsBody::new(model, &model.log.settings.elasticsearch, 0);
    if model.log.lifecycle.manager == Manager::Policy {
        settings.set_ilm_policy(&model.log.lifecycle.policy);
    }
    settings
}

/// Without a rollover there is no alias to move on.
fn rollover_alias<'m>(model: &Model, row: &Row<'m>) -> Option<&'m str> {
    model.log.lifecycle.rollover.as_ref().and(row.alias).map(|alias| alias.name.as_str())
}

fn row_template(model: &Model, row: &Row<'_>) -> Template {
    let lifecycle = &model.log.lifecycle;
    Template {
        settings: rollover_alias(model, row).map(SettingsBody::ilm_rollover),
        mappings: None,
        lifecycle: (lifecycle.manager == Manager::DataStream)
            .then(|| StreamLifecycle { data_retention: lifecycle.keep.clone() }),
    }
}

fn data_stream(model: &Model) -> Option<DataStreamOptions> {
    match &model.log.target {
        IndexTarget::DataStream(_) => Some(DataStreamOptions { hidden: model.log.settings.hidden.then_some(true) }),
        IndexTarget::Aliases(_) => None,
    }
}

fn policy_step(model: &Model) -> Option<Step> {
    let lifecycle = &model.log.lifecycle;
    (lifecycle.manager == Manager::Policy).then(|| {
        let path = path("/_ilm/policy", &lifecycle.policy);
        Step::put(path.clone(), "ilm-policy.json", "people may edit it: an existing one stays").unless_found(path)
    })
}
