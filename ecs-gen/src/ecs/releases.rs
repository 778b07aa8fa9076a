//! The releases that the binary carries, and loading one by its version or by the path of a facts file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::EcsRelease;
use super::facts::parse_release;
use super::load::load_text;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};

/// Names the committed releases, each a file `ecs/<version>.yaml`. To add one, add its version.
macro_rules! committed {
    ($($version:literal)+) => {
        &[$(($version, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ecs/", $version, ".yaml"))),)+]
    };
}

/// The committed releases: version and facts.
pub const COMMITTED: &[(&str, &str)] = committed!["8.11.0" "9.4.0"];

/// The releases of a run, each read once, however many logs use it.
#[derive(Clone, Debug, Default)]
pub struct Releases {
    loaded: BTreeMap<String, Option<Arc<EcsRelease>>>,
}

impl Releases {
    /// As [`load_release`]; a release that was loaded before is not read again, and its problems are reported once.
    pub fn load(
        &mut self,
        sources: &mut Sources,
        wanted: &str,
        at: Option<Span>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<EcsRelease>> {
        if let Some(known) = self.loaded.get(wanted) {
            return known.clone();
        }
        let release = load_release(sources, wanted, at, diagnostics).map(Arc::new);
        self.loaded.insert(wanted.to_owned(), release.clone());
        release
    }
}

/// Loads a committed version, or the facts file at a path; `None` when a problem was reported. `at` is where the release
/// was asked for.
pub fn load_release(
    sources: &mut Sources,
    wanted: &str,
    at: Option<Span>,
    diagnostics: &mut Diagnostics,
) -> Option<EcsRelease> {
    let file = find_facts(sources, wanted, at, diagnostics)?;
    parse_release(sources, file, diagnostics)
}

fn find_facts(sources: &mut Sources, wanted: &str, at: Option<Span>, diagnostics: &mut Diagnostics) -> Option<FileId> {
    if let Some((version, text)) = COMMITTED.iter().find(|(version, _)| *version == wanted) {
        return Some(sources.add(format!("ecs/{version}.yaml"), *text));
    }
    let path = Path::new(wanted);
    let names_file = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    if names_file && path.is_file() {
        return load_text(sources, path, diagnostics);
    }
    diagnostics.push(unknown_version(wanted, at, names_file));
    None
}

fn unknown_version(wanted: &str, at: Option<Span>, names_file: bool) -> Diagnostic {
    let versions: Vec<_> = COMMITTED.iter().map(|(version, _)| *version).collect();
    let known = versions.join(", ");
    let message = if names_file {
        format!("there is no file `{wanted}` with the facts of an ECS release")
    } else {
        format!("the ECS version `{wanted}` is not known")
    };
    let help = match Diagnostics::nearest(wanted, versions.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? Known: {known}; others can be made with `ecs-gen import`"),
        None => format!("known: {known}; others can be made with `ecs-gen import` and named by their path"),
    };
    let problem = Diagnostic::error(Code::UnknownEcsVersion, message).help(help);
    match at {
        Some(span) => problem.at(span),
        None => problem,
    }
}
