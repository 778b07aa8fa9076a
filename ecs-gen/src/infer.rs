//! From a mapping that is installed, from documents, or from both to a log file and an extension that accept them.
//!
//! A candidate is made, generated in memory, and held against what it comes from: `diff` against the mapping, the log's own
//! rules against every document. What does not fit moves from ECS into declarations of the log's own, and from there, as
//! the last resort, into an object that is kept as it is. Documents are read once for each candidate, line by line; memory
//! is bounded by [`MAX_PLACES`].

mod candidate;
mod declare;
mod judge;
mod mapped;
mod observe;
mod plan;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::declaration::FieldDeclaration;
use crate::diagnostic::Diagnostics;
use crate::diff::Engine;
use crate::ecs::{EcsRelease, load_release};
use crate::load::Loader;
use crate::source::Spanned;

use candidate::Candidate;
use tree::Place;

/// The most names that are remembered of documents; what is beyond makes its object one with open keys.
pub const MAX_PLACES: usize = 20_000;

/// The most candidates that are tried: each has fewer fields of ECS, or more objects that are kept as they are.
const MAX_ROUNDS: usize = 12;

/// What to infer from, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// Name of the log.
    pub name: String,
    /// The ECS release to select from, such as `9.4.0`.
    pub ecs: String,
    /// An installed mapping, in any form that an engine answers, with what it is called.
    pub mapping: Option<(String, Json)>,
    /// The engine that has the mapping.
    pub engine: Engine,
    /// Files of documents, one on each line.
    pub documents: Vec<PathBuf>,
    /// Whether fields that every document has become required.
    pub required: bool,
    /// Texts with at most so many different values become enumerations.
    pub allowed_values: Option<usize>,
    /// Whether comments show values of the documents.
    pub values: bool,
}

/// What was inferred.
#[derive(Clone, Debug)]
pub struct Inferred {
    /// Name and text of the log file.
    pub log: (String, String),
    /// Name and text of the extension, when the log needs one.
    pub extension: Option<(String, String)>,
    /// What a person must know: what is not taken over, and what was kept without being looked at.
    pub notes: Vec<String>,
    /// Documents that were read.
    pub documents: u64,
    /// Documents that the log refuses all the same, because the mapping or a name allows nothing else.
    pub refused: u64,
    /// Where the generated mapping differs from the given one in a way that existing indices do not take.
    pub differing: Vec<String>,
    /// Fields that come from ECS.
    pub of_ecs: usize,
    /// Fields that the extension declares.
    pub own: usize,
}

/// Infers a log. `progress` is told how many documents and bytes were read, over all rounds.
///
/// # Errors
/// When an input cannot be read, a line is no document, or ECS has no such release.
pub fn infer(request: &Request, mut progress: impl FnMut(u64, u64)) -> Result<Inferred, String> {
    let mut loader = Loader::default();
    let release = release(request, &mut loader)?;
    candidate::check_name(request, &loader)?;
    let ecs = Ecs::new(&release);
    let mut notes = Vec::new();
    let mut root = Place::default();
    let mapping = match &request.mapping {
        Some((label, document)) => Some(mapped::read(label, document, &mut root, &mut notes)?),
        None => None,
    };
    let options = observe::Options { values: request.values, distinct: request.allowed_values };
    let documents = observe::read(&request.documents, &mut root, options, &mut progress)?;
    if mapping.is_none() && documents == 0 {
        return Err("there is nothing to infer from: the files hold no document".to_owned());
    }
    if root.children.is_empty() {
        return Err(
            "there is nothing to infer from: no mapping and no document has a field that a log can declare".to_owned()
        );
    }
    let mut fallbacks = Fallbacks { documents, ..Fallbacks::default() };
    let mut rounds = 0;
    loop {
        rounds += 1;
        let is_last = rounds == MAX_ROUNDS;
        let candidate = Candidate::new(request, &root, &ecs, &fallbacks, mapping.as_ref());
        let judged = match candidate.load(&loader) {
            Ok(generated) => generated,
            Err(problems) if !is_last && fallbacks.leave_out(&problems.fields) => continue,
            Err(problems) if !is_last && forget(&problems.fields, &mut root, &mut notes) => continue,
            Err(_) if !is_last && fallbacks.own_all(&root, &ecs) => continue,
            Err(problems) => {
                return Err(format!("no log file could be made of this; please report it:\n{}", problems.text));
            }
        };
        let differing = match &mapping {
            Some(mapping) => judge::differing(mapping, &judged.side, request.engine),
            None => Vec::new(),
        };
        if fallbacks.own_contradicted(&differing, &ecs) && !is_last {
            continue;
        }
        let refused = judge::documents(judged.rules, &request.documents, &mut progress)?;
        if fallbacks.fall_back(&refused, &mut root, &ecs) && !is_last {
            continue;
        }
        notes.extend(candidate.notes.iter().cloned());
        notes.extend(fallbacks.keeps_unknown.iter().map(|path| {
            let place = if path.is_empty() { "documents".to_owned() } else { format!("objects at `{path}`") };
            format!(
                "{place} have names that no field can have, or more than are remembered: what the log does not name there \
                 is kept and not searchable (`dynamic: false`)"
            )
        }));
        let differing = differing.into_iter().map(|(path, what)| format!("`{path}`: {what}")).collect();
        return Ok(candidate.finish(notes, documents, refused.documents, differing));
    }
}

/// Forgets the fields that no parameters make right; whether there were any.
fn forget(fields: &[(String, String)], root: &mut Place, notes: &mut Vec<String>) -> bool {
    let before = notes.len();
    for (path, problem) in fields {
        if root.forget(path) {
            notes.push(format!("`{path}` is left out: {problem}"));
        }
    }
    notes.len() > before
}

fn release(request: &Request, loader: &mut Loader) -> Result<Arc<EcsRelease>, String> {
    let mut diagnostics = Diagnostics::default();
    let file = loader.sources.add("command line", "");
    let declared = Spanned::new(file.start(), request.ecs.clone());
    if load_release(&mut loader.sources, &request.ecs, None, &mut diagnostics).is_none() {
        return Err(diagnostics.render(&loader.sources));
    }
    loader
        .load_release(Some(&request.ecs), &declared, std::path::Path::new(""))
        .ok_or_else(|| "no such release".to_owned())
}

/// What a release of ECS has, by path.
pub(crate) struct Ecs {
    fields: BTreeMap<String, FieldDeclaration>,
    /// Names of all field sets, reused ones included.
    sets: BTreeSet<String>,
    /// First segment of a path → the set at the root that has it, such as `message` → `base`.
    at_root: BTreeMap<String, String>,
}

impl Ecs {
    fn new(release: &EcsRelease) -> Self {
        let mut diagnostics = Diagnostics::default();
        let fields = release.documented_fields(&mut diagnostics);
        let mut at_root = BTreeMap::new();
        for set in release.inputs.iter().filter(|set| set.root == Some(true)) {
            for field in &set.fields {
                let first = field.name.split('.').next().unwrap_or_default();
                at_root.insert(first.to_owned(), set.name.value.clone());
            }
        }
        Self {
            fields: fields.into_iter().map(|field| (field.path.as_str().to_owned(), field)).collect(),
            sets: release.inputs.iter().map(|set| set.name.value.clone()).collect(),
            at_root,
        }
    }

    /// The field or object of ECS at a path.
    fn field(&self, path: &str) -> Option<&FieldDeclaration> {
        self.fields.get(path)
    }

    /// Whether ECS has fields below a path.
    fn has_below(&self, path: &str) -> bool {
        let start = format!("{path}.");
        self.fields.range(start.clone()..).next().is_some_and(|(field, _)| field.starts_with(&start))
    }

    /// The set of ECS that a path belongs to; none when ECS has nothing there.
    fn set_of(&self, path: &str) -> Option<&str> {
        let first = path.split('.').next().unwrap_or(path);
        if let Some(set) = self.at_root.get(first) {
            return Some(set);
        }
        (self.fields.contains_key(first) || self.has_below(first)).then_some(())?;
        self.sets.get(first).map(String::as_str)
    }
}

/// What was given up so far, so that a candidate fits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fallbacks {
    /// Sets of ECS in whose place the log has its own.
    own: BTreeSet<String>,
    /// Objects that keep fields which the log does not have; empty is the root.
    keeps_unknown: BTreeSet<String>,
    /// Fields whose parameters a log file cannot have, with the reason.
    without_parameters: BTreeMap<String, String>,
    documents: u64,
}

impl Fallbacks {
    /// Leaves parameters of these fields out; whether that is anything new.
    fn leave_out(&mut self, fields: &[(String, String)]) -> bool {
        let before = self.without_parameters.len();
        self.without_parameters.extend(fields.iter().cloned());
        self.without_parameters.len() > before
    }

    /// Declares every set anew; whether that is anything new.
    fn own_all(&mut self, root: &Place, ecs: &Ecs) -> bool {
        let before = self.own.len();
        self.own.extend(root.children.keys().filter_map(|name| ecs.set_of(name)).map(str::to_owned));
        self.own.len() > before
    }

    /// Declares the sets anew that contradict the mapping.
    fn own_contradicted(&mut self, differing: &[(String, String)], ecs: &Ecs) -> bool {
        let before = self.own.len();
        self.own.extend(differing.iter().filter_map(|(path, _)| ecs.set_of(path)).map(str::to_owned));
        self.own.len() > before
    }

    /// Makes room for what documents were refused for; whether anything changed.
    fn fall_back(&mut self, refused: &judge::Refused, root: &mut Place, ecs: &Ecs) -> bool {
        let mut is_new = false;
        // The fields of a set that was of ECS are judged by their own declarations before any is given up.
        let own = self.own.clone();
        for (path, is_unknown) in &refused.places {
            if let Some(set) = ecs.set_of(path).filter(|set| !own.contains(*set)) {
                self.own.insert(set.to_owned());
                is_new = true;
            } else if *is_unknown && root.find(path).is_none() {
                let parent = root.nearest(path);
                is_new |= self.keeps_unknown.insert(parent.clone()) || root.keep_as_is(&parent);
            } else {
                is_new |= root.keep_as_is(path);
            }
        }
        is_new
    }
}
