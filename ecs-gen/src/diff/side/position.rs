//! Where things stand: a line of a log file or of what it names, or a pointer into a generated file.

use std::collections::BTreeMap;

use crate::diff::finding::Position;
use crate::draft::Draft;
use crate::input::selection::SelectedFields;
use crate::source::{Sources, Span};

/// Finds the place of something.
#[derive(Clone, Debug)]
pub struct Positions {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// A folder of generated files.
    Folder(String),
    /// One file: the pointer of each document in it, and of what stands under another name there.
    File { file: String, pointers: BTreeMap<String, String>, moved: BTreeMap<String, String> },
    /// A log file: fields by path, options by the document that they make.
    LogFile { fields: BTreeMap<String, Position>, log: Position, index: Position, lifecycle: Position },
}

impl Positions {
    pub(super) fn folder(folder: String) -> Self {
        Self { source: Source::Folder(folder) }
    }

    pub(super) fn file(file: String, pointers: BTreeMap<String, String>, moved: BTreeMap<String, String>) -> Self {
        Self { source: Source::File { file, pointers, moved } }
    }

    pub(super) fn log_file(draft: &Draft, sources: &Sources, rename: &dyn Fn(&str) -> String) -> Self {
        let at = |span: Span| Position::Text {
            file: rename(&plain(&sources.file(span.file).path)),
            line: span.line,
            column: span.column,
        };
        let own = draft.log.name.span.file;
        // A field of ECS is declared in the facts; what people change is its selection.
        let facts = draft.release.inputs.first().map(|set| set.name.span.file);
        let is_fact = |span: Span| facts == Some(span.file);
        let mut fields = BTreeMap::new();
        draft.selected.walk(&mut |path, tree| {
            let declared = tree.span().filter(|span| !is_fact(*span));
            let span = declared.or_else(|| selection_span(&draft.log.fields, path));
            fields.insert(path.to_owned(), at(span.unwrap_or_else(|| own.start())));
        });
        let lifecycle = draft.log.lifecycle.as_ref().map_or(draft.log.name.span, |lifecycle| lifecycle.span);
        let (log, index, lifecycle) = (at(draft.log.name.span), at(draft.log.index.span), at(lifecycle));
        Self { source: Source::LogFile { fields, log, index, lifecycle } }
    }

    pub(super) fn find(&self, document: &str, pointer: &str, field: &str) -> Position {
        match &self.source {
            Source::Folder(folder) => {
                Position::Pointer { file: format!("{folder}/{document}"), pointer: pointer.to_owned() }
            }
            Source::File { file, pointers, moved } => {
                let start = pointers.get(document).map(String::as_str).unwrap_or_default();
                let written =
                    if document.ends_with("/mappings.json") { written(moved, pointer) } else { pointer.to_owned() };
                Position::Pointer { file: file.clone(), pointer: format!("{start}{written}") }
            }
            Source::LogFile { fields, log, index, lifecycle } => {
                let name = document.rsplit('/').next().unwrap_or(document);
                match name {
                    _ if !field.is_empty() => nearest(fields, field).unwrap_or(log).clone(),
                    "ilm-policy.json" | "ism-policy.json" => lifecycle.clone(),
                    _ if pointer.contains("lifecycle") => lifecycle.clone(),
                    "mappings.json" | "event.schema.json" | "" => log.clone(),
                    _ => index.clone(),
                }
            }
        }
    }
}

/// The pointer of a place of the mapping as it was written.
fn written(moved: &BTreeMap<String, String>, pointer: &str) -> String {
    let is_below = |now: &str| pointer.strip_prefix(now).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let found = moved.iter().rev().find_map(|(now, before)| Some(format!("{before}{}", is_below(now)?)));
    found.unwrap_or_else(|| pointer.to_owned())
}

/// A path without the `..` that it has where one file names another.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match parts.last() {
            Some(last) if part == ".." && !["", ".", ".."].contains(last) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The place of the field, or of the nearest object or field above it, as for a multi-field.
fn nearest<'f>(fields: &'f BTreeMap<String, Position>, path: &str) -> Option<&'f Position> {
    let mut rest = path;
    loop {
        if let Some(found) = fields.get(rest) {
            return Some(found);
        }
        (rest, _) = rest.rsplit_once('.')?;
    }
}

/// The entry of the selection that takes the field in.
fn selection_span(fields: &SelectedFields, path: &str) -> Option<Span> {
    let mut found = None;
    let mut level = fields;
    // Fields at the root of a document belong to the set `base`.
    let is_set = |name: &str| matches!(fields, SelectedFields::Some(entries) if entries.0.iter().any(|(known, _)| known.value == name));
    let first = path.split('.').next().unwrap_or(path);
    let rest = if is_set(first) { path.to_owned() } else { format!("base.{path}") };
    for segment in rest.split('.') {
        let SelectedFields::Some(entries) = level else { break };
        let Some((name, selection)) = entries.0.iter().find(|(name, _)| name.value == segment) else { break };
        found = Some(name.span);
        let Some(below) = selection.0.fields.as_ref() else { break };
        level = below;
    }
    found
}
