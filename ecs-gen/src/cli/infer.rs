//! `ecs-gen infer`: a log file out of what is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use ecs_gen::audit::EXIT_REFUSED;
use ecs_gen::diff::Engine;
use ecs_gen::ecs::releases::COMMITTED;
use ecs_gen::infer::{Inferred, Request, infer};
use serde_json::{Value as Json, json};

use super::output::{self, Progress};

/// Write a log file, and an extension, that accept what is there: an installed mapping, documents, or both.
///
/// Fields of ECS are recognised and selected; others are declared with the mapping's type, or with one that fits all values.
/// What was guessed is a comment at its line. What comes out is checked before it is written: its mapping against the given
/// one, as `diff` does, and every document, as `audit` does.
#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(
    after_help = "Exit codes: 0 written, and all is accepted; 1 an error; 2 wrong arguments; 3 written, but some \
                        documents are refused or the mapping differs, as the notes say.\n\n\
                        Examples:\n  curl -s localhost:9200/shop/_mapping | ecs-gen infer --mapping - --name shop\n  \
                        ecs-gen infer --name shop export.ndjson --required\n  \
                        ecs-gen infer --mapping mapping.json export.ndjson --out logs && ecs-gen generate --log logs/shop.yaml --out out"
)]
pub struct Arguments {
    /// An installed mapping: the answer of `GET INDEX/_mapping`, `GET INDEX` or a template, or a mapping; `-` is standard input
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Files of documents, one on each line; they are read several times
    #[arg(value_name = "DOCS", required_unless_present = "mapping")]
    documents: Vec<PathBuf>,
    /// Name of the log; by default that of the first file
    #[arg(long)]
    name: Option<String>,
    /// The ECS release to select from; by default the newest of those that are built in
    #[arg(long, value_name = "VERSION")]
    ecs: Option<String>,
    /// Folder that gets NAME.yaml and NAME-fields.yaml
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The engine that has the mapping
    #[arg(long, value_enum, default_value = "elasticsearch")]
    engine: EngineName,
    /// Make fields required that every document has
    #[arg(long)]
    required: bool,
    /// Make enumerations of texts with at most so many different values
    #[arg(long, value_name = "N")]
    allowed_values: Option<usize>,
    /// Show a value of the documents in the comments
    #[arg(long)]
    values: bool,
    /// Overwrite files that are there
    #[arg(long)]
    force: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineName {
    Elasticsearch,
    Opensearch,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> ExitCode {
    match write(arguments) {
        Ok(code) => code,
        Err(message) => {
            if arguments.json {
                output::print_line(&format!("{:#}", json!({ "error": message })));
            } else {
                output::print_error(&format!("error: {message}\n"));
            }
            ExitCode::FAILURE
        }
    }
}

fn write(arguments: &Arguments) -> Result<ExitCode, String> {
    let mapping = arguments.mapping.as_deref().map(read_mapping).transpose()?;
    let newest = COMMITTED.last().map(|(version, _)| (*version).to_owned()).unwrap_or_default();
    if let Some(stream) = arguments.documents.iter().find(|path| *path == Path::new("-")) {
        return Err(format!("`{}`: documents are read several times: write them to a file", stream.display()));
    }
    let request = Request {
        name: arguments.name.clone().map_or_else(|| name_of(arguments), Ok)?,
        ecs: arguments.ecs.clone().unwrap_or(newest),
        mapping,
        engine: match arguments.engine {
            EngineName::Elasticsearch => Engine::Elasticsearch,
            EngineName::Opensearch => Engine::OpenSearch,
        },
        documents: arguments.documents.clone(),
        required: arguments.required,
        allowed_values: arguments.allowed_values,
        values: arguments.values,
    };
    check_free(arguments, &request.name)?;
    let mut progress = Progress::new();
    let (mut documents, mut bytes) = (0, 0);
    let inferred = infer(&request, |more, read| {
        documents += more;
        bytes += read;
        progress.tell(documents, || format!("{documents} documents, {} MB read", bytes / 1_000_000));
    });
    progress.clear();
    let inferred = inferred?;
    let mut written = Vec::new();
    fs::create_dir_all(&arguments.out).map_err(|error| format!("`{}`: {error}", arguments.out.display()))?;
    for (name, text) in inferred.extension.iter().chain([&inferred.log]) {
        let path = arguments.out.join(name);
        fs::write(&path, text).map_err(|error| format!("`{}`: {error}", path.display()))?;
        written.push(path.display().to_string());
    }
    if arguments.json {
        output::print_line(&format!("{:#}", to_json(&inferred, &written)));
    } else {
        output::print_error(&to_text(&inferred, &written));
    }
    let is_whole = inferred.refused == 0 && inferred.differing.is_empty();
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(EXIT_REFUSED) })
}

fn read_mapping(path: &Path) -> Result<(String, Json), String> {
    let (label, text) = if path == Path::new("-") {
        ("standard input".to_owned(), io::read_to_string(io::stdin()))
    } else {
        (path.display().to_string(), fs::read_to_string(path))
    };
    let text = text.map_err(|error| format!("`{label}`: {error}"))?;
    let document = serde_json::from_str(&text).map_err(|error| format!("`{label}` is no JSON: {error}"))?;
    Ok((label, document))
}

/// The name of the first file, as a log's name.
fn name_of(arguments: &Arguments) -> Result<String, String> {
    let first = arguments.documents.first().or(arguments.mapping.as_ref());
    let stem = first.and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().to_lowercase());
    let stem = stem.unwrap_or_default();
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase());
    if is_name { Ok(name) } else { Err("no name for the log can be guessed: give one with `--name`".to_owned()) }
}

fn check_free(arguments: &Arguments, name: &str) -> Result<(), String> {
    for file in [format!("{name}.yaml"), format!("{name}-fields.yaml")] {
        let path = arguments.out.join(file);
        if !arguments.force && path.exists() {
            return Err(format!("`{}` is there: remove it, or overwrite it with `--force`", path.display()));
        }
    }
    Ok(())
}

fn to_json(inferred: &Inferred, written: &[String]) -> Json {
    json!({
        "written": written,
        "fields_of_ecs": inferred.of_ecs,
        "own_fields": inferred.own,
        "documents": inferred.documents,
        "refused": inferred.refused,
        "differing": inferred.differing,
        "notes": inferred.notes,
    })
}

fn to_text(inferred: &Inferred, written: &[String]) -> String {
    let Inferred { notes, differing, refused, documents, of_ecs, own, .. } = inferred;
    let mut lines: Vec<String> = notes.iter().map(|note| format!("note: {note}")).collect();
    lines.extend(
        differing
            .iter()
            .map(|difference| format!("warning: existing indices do not take the generated mapping: {difference}")),
    );
    if *refused > 0 {
        lines.push(format!(
            "warning: {refused} of {documents} documents are refused all the same; `ecs-gen audit` says why"
        ));
    }
    lines.extend(written.iter().map(|path| format!("     Created {path}")));
    let from = if *documents > 0 { format!(", from {documents} documents") } else { String::new() };
    lines.push(format!("    Finished {of_ecs} fields of ECS, {own} of its own{from}\n"));
    lines.join("\n")
}
