//! An event log as the tests use it: its model, its rules, and the files that are installed. Committed logs are read from
//! `generated/`; a test that needs other conditions changes the log file's own keys and generates. Knows no engine.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use ecs_gen::model::Model;
use ecs_schema::LogRules;
use serde_json::Value;

use crate::engines::Engine;
use crate::workspace;

/// The logs of the workspace.
pub const COMMITTED: [&str; 2] = ["infra-events", "kibana-event-log"];

/// The log with each field type, which the generator's own tests have.
const EVERY_TYPE: &str = "ecs-gen/tests/it/agreement/every-type/log.yaml";

/// The log with each index setting, likewise.
const EVERY_SETTING: &str = "ecs-gen/tests/it/agreement/every-setting/log.yaml";

/// A log and what is generated for it.
#[derive(Debug)]
pub struct Log {
    /// The resolved log.
    pub model: Model,
    /// Content of the generated JSON files, such as `opensearch/install.json`, by path below the log's folder.
    files: BTreeMap<String, Value>,
}

impl Log {
    /// A log of the workspace, with the files as they are committed.
    pub fn committed(name: &str) -> Result<Self> {
        let model = load_model(&workspace::root().join(format!("logs/{name}.yaml")))?;
        let mut files = BTreeMap::new();
        let folder = workspace::root().join("generated").join(name);
        load_folder(&folder, "", &mut files)?;
        Ok(Self { model, files })
    }

    /// The log with every field type, generated now.
    pub fn of_every_type() -> Result<Self> {
        Self::from_file(&workspace::root().join(EVERY_TYPE))
    }

    /// The log with every index setting, generated now.
    pub fn of_every_setting() -> Result<Self> {
        Self::from_file(&workspace::root().join(EVERY_SETTING))
    }

    /// A log of the workspace with other lines: each `key: …` at the start of a line of its file is replaced.
    pub fn with_keys(name: &str, keys: &[(&str, &str)]) -> Result<Self> {
        let root = workspace::root();
        let text = fs::read_to_string(root.join(format!("logs/{name}.yaml")))?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (key, line) in keys {
            replace_key(&mut lines, key, line).with_context(|| format!("the log `{name}`"))?;
        }
        let above = format!("{}/", root.display());
        let samples = format!("{}/logs/samples/", root.display());
        let text = lines.join("\n").replace("../", &above).replace("- samples/", &format!("- {samples}"));
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(format!("{name}.yaml"));
        fs::write(&path, text)?;
        Self::from_file(&path)
    }

    /// The log of a file, generated now.
    pub fn from_file(path: &Path) -> Result<Self> {
        let model = load_model(path)?;
        let mut files = BTreeMap::new();
        let prefix = format!("generated/{}/", model.log.name);
        for (path, bytes) in emit_files(std::slice::from_ref(&model), &[]).iter() {
            if let Some(path) = path.strip_prefix(&prefix).filter(|path| is_json(path)) {
                files.insert(path.to_owned(), serde_json::from_slice(bytes)?);
            }
        }
        Ok(Self { model, files })
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.model.log.name
    }

    /// What is written to on an engine: the aliases or the data stream.
    pub fn targets(&self, engine: Engine) -> Vec<String> {
        let model = match engine.family() {
            Engine::OpenSearch => self.model.on_opensearch(),
            _ => Cow::Borrowed(&self.model),
        };
        model.log.target.names().map(str::to_owned).collect()
    }

    /// A generated file.
    pub fn file(&self, path: &str) -> Result<&Value> {
        self.files.get(path).with_context(|| format!("nothing generates `{path}` for `{}`", self.name()))
    }

    /// A generated file, to be changed into what the generator refuses to make.
    pub fn file_mut(&mut self, path: &str) -> Option<&mut Value> {
        self.files.get_mut(path)
    }

    /// The generated files of a folder, by name.
    pub fn folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let below = move |path: &'a String| path.strip_prefix(folder)?.strip_prefix('/');
        self.files.iter().filter_map(move |(path, content)| Some((below(path)?, content)))
    }

    /// What a valid document is: the generated table where the crate has one, else the one of `rules.json`.
    pub fn rules(&self) -> &'static LogRules {
        let generated = ecs_schema::generated::LOGS.iter().find(|rules| rules.name() == self.name());
        generated.copied().unwrap_or_else(|| {
            let file = self.file("rules.json").expect("every log has one").to_string();
            LogRules::from_json(&file).expect("what is generated can be loaded")
        })
    }
}

fn load_model(path: &Path) -> Result<Model> {
    let mut loader = Loader::default();
    let models = load_models(&Request { logs: vec![path.to_owned()], ..Request::default() }, &mut loader);
    match models {
        Some(mut models) if models.len() == 1 => Ok(models.remove(0)),
        _ => bail!("{}", loader.diagnostics.render(&loader.sources)),
    }
}

fn load_folder(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Value>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            load_folder(&path, &format!("{prefix}{name}/"), files)?;
        } else if is_json(&name) {
            let content = serde_json::from_str(&fs::read_to_string(&path)?);
            files.insert(format!("{prefix}{name}"), content.with_context(|| path.display().to_string())?);
        }
    }
    Ok(())
}

fn is_json(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "json")
}

/// Replaces the line that starts with `key:` and the indented lines below it.
fn replace_key(lines: &mut Vec<String>, key: &str, line: &str) -> Result<()> {
    let Some(start) = lines.iter().position(|line| line.starts_with(&format!("{key}:"))) else {
        bail!("there is no key `{key}`");
    };
    let is_below = |line: &&String| line.starts_with(' ') || line.is_empty();
    let count = lines[start + 1..].iter().take_while(is_below).count();
    lines.splice(start..=start + count, [line.to_owned()]);
    Ok(())
}

#[test]
fn a_key_is_replaced_with_all_that_is_below_it() {
    let mut lines = ["a: 1", "index:", "  alias: x", "", "lifecycle: {}"].map(str::to_owned).to_vec();
    replace_key(&mut lines, "index", "index: {alias: y}").unwrap();
    assert_eq!(lines, ["a: 1", "index: {alias: y}", "lifecycle: {}"]);
    assert!(replace_key(&mut lines, "indices", "").is_err());
}
