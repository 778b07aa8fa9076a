//! A log file: loaded, generated in memory, with the place of each of its fields.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use super::{LoadError, LogSide, Positions, read_json};
use crate::draft::into_model;
use crate::emit::EMITTERS;
use crate::files::Files;
use crate::generate::Request;
use crate::generate::emit_files;
use crate::load::Loader;
use crate::model::Model;
use crate::pass;

/// Emitters whose files are compared.
const COMPARED: &[&str] = &["elasticsearch", "opensearch", "json-schema"];

/// What every log file has at its top, and no mapping or template.
const MEMBERS: &[&str] = &["name", "ecs", "fields"];

/// Whether a JSON file is a log file. One that cannot be read is none, which is reported where it is read as a mapping.
pub(super) fn is_json_log(path: &Path) -> bool {
    let document = read_json(path);
    document.is_ok_and(|document| MEMBERS.iter().all(|member| document.get(member).is_some()))
}

pub(super) fn load_log(
    path: &Path,
    loader: &mut Loader,
    rename: &dyn Fn(&str) -> String,
) -> Result<BTreeMap<String, LogSide>, LoadError> {
    load(path, loader, rename).map(|(model, positions)| {
        let log = LogSide::whole(documents(&model), Some(model.log.providers.clone()), positions);
        BTreeMap::from([(model.log.name, log)])
    })
}

fn load(path: &Path, loader: &mut Loader, rename: &dyn Fn(&str) -> String) -> Result<(Model, Positions), LoadError> {
    let mut finished = None;
    if let Some(mut draft) = loader.load_log(path, &Request::default()) {
        pass::run_all(&mut draft, &mut loader.diagnostics);
        let positions = Positions::log_file(&draft, &loader.sources, rename);
        if !loader.diagnostics.has_errors() {
            finished = into_model(draft).map(|model| (model, positions));
        }
    }
    finished.ok_or_else(|| {
        let text = loader.diagnostics.render(&loader.sources);
        LoadError::new(format!("`{}` has errors\n{text}", rename(&path.display().to_string())))
    })
}

fn documents(model: &Model) -> BTreeMap<String, Json> {
    let emitters: Vec<_> = EMITTERS.iter().copied().filter(|emitter| COMPARED.contains(&emitter.name())).collect();
    let files: Files = emit_files(std::slice::from_ref(model), &emitters);
    let folder = format!("generated/{}/", model.log.name);
    let inside = files.iter().filter_map(|(path, bytes)| Some((path.strip_prefix(&folder)?, bytes)));
    let parsed = inside.filter_map(|(path, bytes)| Some((path.to_owned(), serde_json::from_slice(bytes).ok()?)));
    parsed.collect()
}
