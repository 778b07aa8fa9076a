//! `cargo xtask typescript`: generated bodies against the types of the engines' official clients, `event.d.ts` against
//! sample documents, and JSON Schemas under a strict validator. Knows file names and types; no field, and no engine that
//! runs.
//!
//! A body becomes the literal of its type, so that a key which the type does not know is an error. What the clients are
//! known to lack stands in `xtask/typescript/exceptions.ts`, and nowhere else.

mod body;
mod client;
mod compiler;
mod declarations;
mod packages;
mod refused;
mod schemas;
mod source;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use self::body::Role;
use self::client::Client;
use self::source::TypeScriptFile;
use crate::workspace;

/// Check generated bodies against the types of the engines' official clients, `event.d.ts` against sample documents, and
/// JSON Schemas under a strict validator.
///
/// Needs Node.js and npm; the first run installs the packages of `xtask/typescript/package-lock.json` from the network.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// What is compiled, and what to say of it when it passes.
#[derive(Default)]
struct Check {
    sources: Vec<TypeScriptFile>,
    passed: Vec<String>,
}

/// Runs the task.
pub fn run(_: &Args) -> Result<ExitCode> {
    let packages = packages::install()?;
    let mut check = Check::default();
    check.add_committed()?;
    let logs = generated_logs()?;
    for client in Client::ALL {
        let package = packages::installed(&packages, client.package())?;
        check.add_client(client, &package, &logs)?;
    }
    check.add_declarations(&logs)?;
    let (refused, schemas) = schemas::check(&packages, &logs)?;
    if !refused.is_empty() {
        eprint!("{refused}");
        return Ok(ExitCode::FAILURE);
    }
    let validator = packages::installed(&packages, "ajv")?;
    check.passed.push(format!("{schemas} JSON Schemas under {validator} in strict mode"));

    // Below the packages, where the compiler looks for them; gone when this ends.
    let folder = tempfile::Builder::new().prefix("check-").tempdir_in(&packages)?;
    let complaints = compiler::compile(&packages, folder.path(), &check.sources)?;
    if !complaints.is_empty() {
        eprint!("{complaints}");
        return Ok(ExitCode::FAILURE);
    }
    for passed in &check.passed {
        eprintln!("{:>12} {passed}", "Checked");
    }
    eprintln!("{:>12} {}", "Compiler", packages::installed(&packages, "typescript")?);
    Ok(ExitCode::SUCCESS)
}

impl Check {
    /// The modules that say which body has which type, and how to compile.
    fn add_committed(&mut self) -> Result<()> {
        for (name, text) in files(&packages::committed())? {
            if Path::new(&name).extension().is_some_and(|end| end == "ts") || name == "tsconfig.json" {
                let about = format!("xtask/typescript/{name}");
                self.sources.push(TypeScriptFile { path: name, text, about });
            }
        }
        Ok(())
    }

    fn add_client(&mut self, client: Client, package: &packages::Package, logs: &[String]) -> Result<()> {
        let mut bodies = 0;
        for log in logs {
            let folder = generated().join(log).join(client.folder());
            for (name, text) in files(&folder)? {
                match body::role(&name) {
                    Role::Body(kind) => self.sources.push(body::source(client, kind, log, &name, &text)),
                    Role::Aside => continue,
                    Role::Unknown => bail!(
                        "generated/{log}/{}/{name}: nothing says which type this has; say it in \
                         xtask/src/typescript/body.rs",
                        client.folder()
                    ),
                }
                bodies += 1;
            }
        }
        let (source, mistakes) = refused::source(client);
        self.sources.push(source);
        self.passed.push(format!("{bodies} bodies against {package}, which refuses all {mistakes} mistakes"));
        Ok(())
    }

    fn add_declarations(&mut self, logs: &[String]) -> Result<()> {
        for log in logs {
            let path = generated().join(log).join("event.d.ts");
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let declarations = declarations::parse_declarations(&text).with_context(|| path.display().to_string())?;
            let samples = files(&generated().join(log).join("samples"))?;
            for (name, json) in &samples {
                self.sources.push(declarations.fitting(log, name, json));
            }
            let (source, mistakes) = declarations.refused(log);
            self.sources.push(source);
            let about = format!("generated/{log}/event.d.ts");
            // Not as `event.d.ts`: the compiler skips mistakes in declarations, for those of the packages' sake.
            self.sources.push(TypeScriptFile { path: format!("{log}/event.ts"), text, about: about.clone() });
            let fitting = samples.len();
            self.passed.push(format!("{about}: {fitting} sample documents fit, {mistakes} mistakes are refused"));
        }
        Ok(())
    }
}

fn generated() -> std::path::PathBuf {
    workspace::root().join("generated")
}

/// Names of the logs that files were generated for.
fn generated_logs() -> Result<Vec<String>> {
    let mut logs = Vec::new();
    for path in workspace::logs()? {
        let name = path.file_stem().expect("a log file has a name").to_string_lossy().into_owned();
        if !generated().join(&name).is_dir() {
            bail!("nothing is generated for `{name}`: run `cargo xtask regenerate`");
        }
        logs.push(name);
    }
    Ok(logs)
}

/// Names and texts of a folder's files, in byte order of the names.
fn files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().expect("an entry has a name").to_string_lossy().into_owned();
        if path.is_file() {
            files.insert(name, std::fs::read_to_string(&path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(files)
}
