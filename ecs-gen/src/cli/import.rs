//! `ecs-gen import`: a published ECS release in, a facts file out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use ecs_gen::diagnostic::{Code, Diagnostic, Diagnostics};
use ecs_gen::ecs::{Imported, Texts, load_published, write_release};
use ecs_gen::source::Sources;

use super::output;

/// Import a release of ECS as a facts file
#[derive(Debug, Args)]
#[command(disable_version_flag = true)]
pub struct Import {
    /// An ECS checkout, its folder `schemas` or an `ecs_nested.yml`; or a flat list, which does not say where a field set
    /// may be reused: the npm package @elastic/ecs, packed or not, or an `ecs_flat.yml`
    path: PathBuf,
    /// The facts file to write; - is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The version, when the input does not say it or says another
    #[arg(long, value_name = "X.Y.Z")]
    version: Option<String>,
    /// Keep one line of ECS's description of each field set and field, for your own docs; they are under the Apache License,
    /// Version 2.0
    #[arg(long)]
    descriptions: bool,
}

/// Runs the command.
pub fn run(arguments: &Import) -> ExitCode {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let texts = if arguments.descriptions { Texts::Kept } else { Texts::Dropped };
    let version = arguments.version.as_deref();
    let imported = load_published(&mut sources, &arguments.path, version, texts, &mut diagnostics);
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
    let Imported { release, documented, allowed, dropped } = imported;
    let multi_fields: usize = documented.iter().map(|field| field.multi_fields.len()).sum();
    let mut out = format!("ECS {}: {} fields, {multi_fields} multi-fields\n", release.version, documented.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for field in documented {
        *counts.entry(field.field_type.name()).or_default() += 1;
    }
    let types: Vec<_> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let _ = writeln!(out, "types: {}", types.join(", "));
    let sets = release.fieldsets.len();
    let _ = if release.shown.0.is_some() {
        writeln!(out, "reuse: {sets} field sets, which allow {allowed} fields in all")
    } else {
        writeln!(
            out,
            "reuse: none. The input says which fields there are and not where else a field set may be; what a custom file \
             adds to a set is not where the set is reused. Import the folder `schemas` of a checkout for that"
        )
    };
    let dropped: Vec<_> = dropped.iter().map(|(name, count)| format!("{name} {count}")).collect();
    let _ = writeln!(out, "not kept: {}", if dropped.is_empty() { "nothing".to_owned() } else { dropped.join(", ") });
    out
}
