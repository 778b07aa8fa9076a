//! The rules of a log, from whatever names one: its log file, its generated folder, or the `rules.json` in it.

use std::path::{Path, PathBuf};

use ecs_schema::LogRules;

use crate::emit::EMITTERS;
use crate::generate::{Request, emit_files, load_models};
use crate::load::Loader;

/// Name of the generated file.
const RULES_FILE: &str = "rules.json";

/// Loads the rules of a log file, a generated folder or a `rules.json`.
///
/// # Errors
/// Why it is none of these, or cannot be read; for a log file every diagnostic.
pub fn load_rules(path: &Path) -> Result<&'static LogRules, String> {
    let generated =
        if path.is_dir() { Some(path.join(RULES_FILE)) } else { is_generated(path).then(|| path.to_owned()) };
    match generated {
        Some(file) => {
            let text =
                std::fs::read_to_string(&file).map_err(|error| format!("error: `{}`: {error}\n", file.display()))?;
            LogRules::from_json(&text).map_err(|error| format!("error: `{}`: {error}\n", file.display()))
        }
        None => rules_of(path, &mut Loader::default()),
    }
}

fn is_generated(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == RULES_FILE)
}

/// The rules of a log file, whose texts the loader may hold already.
///
/// # Errors
/// Every diagnostic.
pub(crate) fn rules_of(path: &Path, loader: &mut Loader) -> Result<&'static LogRules, String> {
    let models = load_models(
        &Request { logs: vec![PathBuf::from(path)], without_opensearch: true, ..Request::default() },
        loader,
    );
    let models = models.ok_or_else(|| loader.diagnostics.render(&loader.sources))?;
    let rules: Vec<_> = EMITTERS.iter().copied().filter(|emitter| emitter.name() == "rules").collect();
    let files = emit_files(&models, &rules);
    let (_, bytes) = files.iter().next().expect("a log has rules");
    let text = str::from_utf8(bytes).expect("JSON is UTF-8");
    Ok(LogRules::from_json(text).expect("what is generated can be loaded"))
}
