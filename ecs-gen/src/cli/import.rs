//! `ecs-gen import`: a published ECS release in, a facts file out.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ecs_gen::diagnostic::{Code, Diagnostic, Diagnostics};
use ecs_gen::ecs::{Imported, load_published, write_release};
use ecs_gen::source::Sources;

use super::output;

/// Import a release of ECS as a facts file
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct Import {
    /// Unpacked npm package @elastic/ecs, its packed .tgz, an ECS checkout, or an `ecs_flat.yml`
    path: PathBuf,
    /// The facts file to write; - is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The version, when the input does not say it or says another
    #[arg(long, value_name = "X.Y.Z")]
    version: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Import) -> ExitCode {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let imported = load_published(&mut sources, &arguments.path, arguments.version.as_deref(), &mut diagnostics);
    let written = imported.and_then(|imported| apply_import(&imported, &arguments.out, &mut diagnostics));
    output::print_error(&diagnostics.render(&sources));
    if written.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes the facts and the summary; `None` when a problem was reported.
fn apply_import(imported: &Imported, out: &Path, diagnostics: &mut Diagnostics) -> Option<()> {
    let text = write_release(&imported.release);
    let to_stdout = out == Path::new("-");
    let written = if to_stdout { output::write_out(text.as_bytes()) } else { write_atomically(out, &text) };
    if let Err(cause) = written {
        let problem = Diagnostic::error(Code::FileUnreadable, format!("the file cannot be written: {cause}"));
        diagnostics.push(problem.in_file(out));
        return None;
    }
    if to_stdout {
        // Standard output is the file.
        output::print_error(&summary(imported));
    } else {
        output::print(&summary(imported));
    }
    Some(())
}

/// Replaces the file as a whole or leaves it as it was; a file with the same text is not touched.
fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("the path names no file"))?;
    let mut draft_name = std::ffi::OsString::from(".");
    draft_name.push(name);
    draft_name.push(format!(".{}.tmp", std::process::id()));
    let draft = path.with_file_name(draft_name);
    let written = write_synced(&draft, text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // What is reported is why the writing failed; a draft that cannot be removed either adds nothing to it.
        let _ = fs::remove_file(&draft);
    }
    written
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn summary(imported: &Imported) -> String {
    let release = &imported.release;
    let multi_fields: usize = release.fields.iter().map(|field| field.multi_fields.len()).sum();
    let mut out = format!("ECS {}: {} fields, {multi_fields} multi-fields\n", release.version, release.fields.len());
    let types: Vec<_> =
        imported.type_counts().iter().map(|(field_type, count)| format!("{} {count}", field_type.name())).collect();
    let _ = writeln!(out, "types: {}", types.join(", "));
    let dropped: Vec<_> = imported.dropped.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let _ = writeln!(out, "not kept: {}", if dropped.is_empty() { "nothing".to_owned() } else { dropped.join(", ") });
    out
}
