//! That all judges of a document agree: what a document's maker says of it, the JSON Schema, the rules on a JSON value, the
//! rules on JSON text, and the typed structs. The maker is the one that states what is right.

mod committed;
mod counts;
mod documents;
mod exceptions;
#[rustfmt::skip] // As the generator prints it.
#[allow(dead_code, reason = "what is generated is for every program, and this one only reads and writes")]
mod generated;
mod judges;
mod meaning;
mod shrink;
mod tables;
mod typed;

use std::path::{Path, PathBuf};

use ecs_gen::emit::EMITTERS;
use ecs_gen::files::Files;
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use ecs_gen::model::Model;
use ecs_schema::LogRules;

/// The folder of the workspace.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The model of a log file, named from the folder of the workspace.
#[track_caller]
fn load(path: &str) -> Model {
    let mut loader = Loader::default();
    let request = Request { logs: vec![workspace().join(path)], ..Request::default() };
    let models = load_models(&request, &mut loader);
    models.unwrap_or_else(|| panic!("{}", loader.diagnostics.render(&loader.sources))).remove(0)
}

const KIBANA: &str = "logs/kibana-event-log.yaml";
const INFRA: &str = "logs/infra-events.yaml";
const ALL_OF_ECS: &str = "testkit/bench/all-ecs.yaml";
const EVERY_TYPE: &str = "ecs-gen/tests/it/agreement/every-type/log.yaml";

/// The files that the emitter of that name makes of a log.
fn emit(model: &Model, emitter: &str) -> Files {
    let emitter = EMITTERS.iter().copied().find(|known| known.name() == emitter).expect("the emitter is listed");
    emit_files(std::slice::from_ref(model), &[emitter])
}

/// The rules of a log, out of its `rules.json`: what the generated Rust must say too, and the only rules of logs that no
/// Rust is generated for.
fn rules_of(model: &Model) -> &'static LogRules {
    let files = emit(model, "rules");
    let (_, bytes) = files.iter().next().expect("the emitter writes a file");
    LogRules::from_json(std::str::from_utf8(bytes).expect("JSON is UTF-8")).expect("what is generated can be loaded")
}
