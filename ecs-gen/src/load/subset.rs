//! Official subset files instead of a log file: several are united into one selection, and the log gets its name and
//! defaults from them.

use std::collections::BTreeSet;
use std::mem;
use std::path::Path;

use super::{DraftParts, Extension, Loader};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::draft::Draft;
use crate::generate::Request;
use crate::input::exclude::ExcludeInput;
use crate::input::log::{LogInput, Places};
use crate::input::selection::{Selected, SelectedFields, Selection, SubsetInput};
use crate::input::{Dialect, Entries, Reader};
use crate::source::{Span, Spanned};

/// Nothing is too many for somebody who brings a selection of their own; the engine's limit follows the count.
const NO_BUDGET: u32 = u32::MAX;

/// What stands for a file's name where the arguments are shown.
const COMMAND_LINE: &str = "<arguments>";

impl Loader {
    /// Reads the subset files and custom field sets of a request as one log.
    pub fn load_subsets(&mut self, request: &Request) -> Option<Draft> {
        let subsets = self.find_files(&request.subsets);
        let includes = self.find_files(&request.includes);
        let inputs: Vec<SubsetInput> = subsets.iter().filter_map(|path| self.load_subset(path)).collect();
        let mut extensions = Extension { fieldsets: Vec::new(), is_flawed: false };
        for path in &includes {
            extensions.add(self.load_extension(path, Dialect::Official, &Place::Run));
        }
        if inputs.len() < subsets.len() || (subsets.is_empty() && !request.subsets.is_empty()) {
            return None;
        }
        let Some(name) = self.log_name(request, &inputs) else {
            let problem = Diagnostic::error(Code::MissingOption, "the log has no name");
            self.diagnostics.push(problem.help("give it one with `--name`, or bring a subset file, which has one"));
            return None;
        };
        let Some(wanted) = request.ecs.as_deref() else {
            let problem =
                Diagnostic::error(Code::MissingOption, "a subset file does not say which ECS it selects from");
            self.diagnostics.push(problem.help("add `--ecs 9.4.0`, or `--ecs` with the path of an imported release"));
            return None;
        };
        let source = subsets.iter().chain(&includes).filter_map(|path| path.file_name());
        let source: BTreeSet<_> = source.map(|name| name.to_string_lossy()).collect();
        let source = source.into_iter().collect::<Vec<_>>().join(", ");
        let fields = inputs.into_iter().map(|input| input.fields).reduce(unite).unwrap_or(SelectedFields::All);
        let ecs = Spanned::new(name.span, wanted.to_owned());
        let release = self.load_release(Some(wanted), &ecs, Path::new(""))?;
        let log =
            LogInput { field_budget: Some(Spanned::new(name.span, NO_BUDGET)), ..LogInput::new(name, ecs, fields) };
        let places = request.places.unwrap_or(Places::All);
        let excludes = self.find_files(&request.excludes);
        let parts = DraftParts {
            source,
            extensions,
            descriptions: self.descriptions.clone(),
            is_selection_flawed: false,
            dialect: Dialect::Official,
            places,
            excludes: excludes.iter().flat_map(|path| self.load_excludes(path)).collect(),
            overrides: self.load_overrides(request.template_settings.as_deref(), request.mapping_settings.as_deref()),
            samples: Vec::new(),
            pipeline: None,
        };
        Some(parts.into_draft(log, release))
    }

    /// The name that was given, or that of the first subset.
    fn log_name(&mut self, request: &Request, inputs: &[SubsetInput]) -> Option<Spanned<String>> {
        let Some(name) = &request.name else { return inputs.first().map(|input| input.name.clone()) };
        // What is found wrong with the name is shown as if the command line were a file.
        let file = self.sources.add(COMMAND_LINE, format!("--name {name}"));
        Some(Spanned::new(Span { file, line: 1, column: 8 }, name.clone()))
    }

    fn load_excludes(&mut self, path: &Path) -> Vec<ExcludeInput> {
        let Some(document) = self.load_yaml(path, &Place::Run) else { return Vec::new() };
        Reader::new(Dialect::Official).read(&document, &mut self.diagnostics).unwrap_or_default()
    }

    fn load_subset(&mut self, path: &Path) -> Option<SubsetInput> {
        let document = self.load_yaml(path, &Place::Run)?;
        Reader::new(Dialect::Official).read(&document, &mut self.diagnostics)
    }
}

/// What either selects. An option that takes something away counts only when both say so.
fn unite(left: SelectedFields, right: SelectedFields) -> SelectedFields {
    let (SelectedFields::Some(left), SelectedFields::Some(right)) = (left, right) else { return SelectedFields::All };
    let mut entries = left.0;
    for (name, selected) in right.0 {
        match entries.iter_mut().find(|(known, _)| known.value == name.value) {
            Some((_, known)) => *known = unite_selected(mem::take(known), selected),
            None => entries.push((name, selected)),
        }
    }
    SelectedFields::Some(Entries(entries))
}

fn unite_selected(Selected(left): Selected, Selected(right): Selected) -> Selected {
    let both = |left: Option<Spanned<bool>>, right: Option<Spanned<bool>>| match (left, right) {
        (Some(left), Some(right)) if left.value == right.value => Some(left),
        _ => None,
    };
    Selected(Selection {
        fields: match (left.fields, right.fields) {
            (Some(left), Some(right)) => Some(unite(left, right)),
            (left, right) => left.or(right),
        },
        index: both(left.index, right.index),
        enabled: both(left.enabled, right.enabled),
        docs_only: both(left.docs_only, right.docs_only),
    })
}
