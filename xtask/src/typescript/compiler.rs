//! The compiler: one run over all sources, and its complaints in terms of the generated files that they are about.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::source::TypeScriptFile;

/// The compiler's code for a directive that expects an error where there is none.
const UNUSED_EXPECTATION: &str = "TS2578";

/// Compiles the sources, which are to stand in a folder below that of the packages; the text says what is wrong, and is
/// empty when nothing is.
///
/// # Errors
///
/// When the compiler does not start, or fails without a word.
pub fn compile(packages: &Path, folder: &Path, sources: &[TypeScriptFile]) -> Result<String> {
    for source in sources {
        let path = folder.join(&source.path);
        let parent = path.parent().expect("a source stands in the folder or below it");
        std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        std::fs::write(&path, &source.text).with_context(|| path.display().to_string())?;
    }
    let output = Command::new("node")
        .arg(packages.join("node_modules/typescript/bin/tsc"))
        .args(["--project", ".", "--pretty", "false"])
        .current_dir(folder)
        .output()
        .context("cannot run `node`: is Node.js installed?")?;
    let complaints = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() && complaints.trim().is_empty() {
        bail!("the TypeScript compiler failed: {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(explain(&complaints, sources))
}

/// The compiler's complaints, each about the file that its source was made of.
fn explain(complaints: &str, sources: &[TypeScriptFile]) -> String {
    let mut text = String::new();
    for line in complaints.lines() {
        match Complaint::parse(line) {
            Some(complaint) => complaint.push_to(&mut text, sources),
            // The rest of a complaint of several lines, or one about no file.
            None => writeln!(text, "{line}").expect("a string takes everything"),
        }
    }
    text
}

/// `path(line,column): error code: message`
struct Complaint<'text> {
    path: &'text str,
    line: usize,
    column: usize,
    code: &'text str,
    message: &'text str,
}

impl<'text> Complaint<'text> {
    fn parse(line: &'text str) -> Option<Self> {
        let (place, rest) = line.split_once("): error ")?;
        let (path, place) = place.rsplit_once('(')?;
        let (line, column) = place.split_once(',')?;
        let (code, message) = rest.split_once(": ")?;
        Some(Self { path, line: line.parse().ok()?, column: column.parse().ok()?, code, message })
    }

    fn push_to(&self, text: &mut String, sources: &[TypeScriptFile]) {
        let Self { path, line, column, code, message } = self;
        let source = sources.iter().find(|source| source.path == *path);
        let about = source.map_or(*path, |source| &source.about);
        // The directive stands on the line before; lines count from 1.
        let expectation = source.and_then(|source| {
            let passed = source.text.lines().nth(*line)?;
            Some((source.text.lines().nth(line - 1)?.trim(), passed.trim()))
        });
        let said = match expectation {
            Some((directive, passed)) if *code == UNUSED_EXPECTATION => {
                let reason = directive.strip_prefix("// @ts-expect-error").unwrap_or_default().trim_start_matches(": ");
                let reason = if reason.is_empty() { "compiles, and must not" } else { reason };
                writeln!(text, "error: {about}: {reason}: {passed}")
            }
            _ => writeln!(text, "error: {about}:{line}:{column}: {message} ({path}, {code})"),
        };
        said.expect("a string takes everything");
    }
}
