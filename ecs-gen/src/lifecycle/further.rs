//! The options `settings`: further index settings by name, for both engines and for OpenSearch alone.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::resolve::Findings;
use crate::diagnostic::{Code, Diagnostics};
use crate::index_setting::{ANALYSIS, SETTINGS, SettingEngine, SettingSpec, elsewhere, find};
use crate::input::Entries;
use crate::input::index::{IndexInput, OpenSearchInput};
use crate::source::{Span, Spanned};

/// What each engine gets.
pub(super) struct Further {
    pub(super) elasticsearch: BTreeMap<&'static str, Json>,
    pub(super) opensearch: BTreeMap<&'static str, Json>,
}

/// A setting as it was written, by its whole name.
struct Written<'i> {
    spec: &'static SettingSpec,
    value: &'i Json,
    span: Span,
}

impl Further {
    pub(super) fn resolve(
        index: &IndexInput,
        opensearch: Option<&OpenSearchInput>,
        findings: &mut Findings<'_>,
    ) -> Self {
        let (mut elasticsearch, mut on_opensearch) = (BTreeMap::new(), BTreeMap::new());
        for Written { spec, value, span } in read(&index.settings, findings) {
            if spec.engine == SettingEngine::OpenSearch {
                let help = match spec.name {
                    "codec" => {
                        "write `codec: best_compression` beside `settings`, or `opensearch: {settings: {codec: …}}` beside `index`"
                    }
                    _ => "write it under `opensearch: {settings: …}`, beside `index`",
                };
                let message = format!("Elasticsearch has no setting `index.{}` of this kind", spec.name);
                findings.error(Code::UnknownOption, span, message).help(help).done();
                continue;
            }
            if spec.engine == SettingEngine::Both {
                on_opensearch.insert(spec.name, value.clone());
            }
            elasticsearch.insert(spec.name, value.clone());
        }
        let there = opensearch.map(|input| read(&input.settings, findings)).unwrap_or_default();
        for Written { spec, value, span } in there {
            if spec.engine == SettingEngine::Elasticsearch {
                let message = format!("OpenSearch has no setting `index.{}`", spec.name);
                findings
                    .error(Code::UnknownOption, span, message)
                    .help("write it under `index: {settings: …}`: it is left out of the files for OpenSearch")
                    .done();
            } else {
                on_opensearch.insert(spec.name, value.clone());
            }
        }
        Self { elasticsearch, opensearch: on_opensearch }
    }
}

/// The settings that are right. Each may be given by its whole name, or as objects for the segments of its name.
fn read<'i>(settings: &'i Entries<Spanned<Json>>, findings: &mut Findings<'_>) -> Vec<Written<'i>> {
    let mut read: Vec<Written<'_>> = Vec::new();
    for (name, value) in &settings.0 {
        let mut found = Vec::new();
        flatten(&name.value, &value.value, &mut found);
        for (full, value) in found {
            let Some(spec) = find(&full) else {
                report_unknown(&full, name.span, findings);
                continue;
            };
            if let Err(problem) = spec.form.check(value) {
                let message = format!("`index.{}` {problem}", spec.name);
                findings.error(Code::InvalidValue, name.span, message).done();
            } else if read.iter().any(|other| other.spec.name == spec.name) {
                let message = format!("`index.{}` is given twice", spec.name);
                findings.error(Code::DuplicateKey, name.span, message).help("give it once").done();
            } else {
                read.push(Written { spec, value, span: name.span });
            }
        }
    }
    read
}

fn flatten<'v>(name: &str, value: &'v Json, found: &mut Vec<(String, &'v Json)>) {
    match value {
        Json::Object(entries) if find(name).is_none() && elsewhere(name).is_none() && !entries.is_empty() => {
            for (key, value) in entries {
                flatten(&format!("{name}.{key}"), value, found);
            }
        }
        _ => found.push((name.to_owned(), value)),
    }
}

fn report_unknown(name: &str, span: Span, findings: &mut Findings<'_>) {
    let bare = name.strip_prefix("index.").unwrap_or(name);
    let known = SETTINGS.iter().map(|spec| spec.name);
    let below = || bare.starts_with(ANALYSIS).then(|| format!("write `{ANALYSIS}` as one mapping"));
    let help = elsewhere(bare)
        .map(str::to_owned)
        .or_else(below)
        .or_else(|| Diagnostics::did_you_mean(bare, known.clone()))
        .unwrap_or_else(|| format!("the settings here are {}", known.collect::<Vec<_>>().join(", ")));
    findings.error(Code::UnknownOption, span, format!("`index.{bare}` is no setting here")).help(help).done();
}
