//! What is wrong with an input, as data: collected by every stage, sorted and printed once.

mod code;
mod lesson;
mod render;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub use code::Code;
pub use lesson::{ExampleFile, Lesson, lesson, lessons};

use crate::source::{Sources, Span};

/// Longest name for which a near miss is looked for; comparing takes the product of both lengths.
const MAX_NAME: usize = 200;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Something is surprising, and files are written all the same.
    Warning,
    /// Something that is worth knowing and nothing to change.
    Note,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its stable name.
    pub code: Code,
    /// What is wrong: lower case, no full stop, the offending value in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The other place, of a finding about two.
    pub also: Option<Span>,
    /// What to do about it.
    pub help: Option<String>,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In an input text.
    Span(Span),
    /// A file as a whole, such as one that cannot be read.
    File(PathBuf),
    /// The run as a whole, such as its arguments.
    Run,
}

impl Diagnostic {
    /// An error of the whole run; give it a place with [`at`](Self::at) or [`in_file`](Self::in_file).
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), place: Place::Run, also: None, help: None }
    }

    /// A warning of the whole run.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// A note on the whole run.
    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message) }
    }

    /// Sets the place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.place = Place::Span(span);
        self
    }

    /// Sets the place to a whole file.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        self.place = Place::File(path.to_owned());
        self
    }

    /// Sets the other place.
    #[must_use]
    pub fn and_at(mut self, span: Span) -> Self {
        self.also = Some(span);
        self
    }

    /// Sets the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the remedy when there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        if help.is_some() {
            self.help = help;
        }
        self
    }
}

/// The findings of a run.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: HashSet<Diagnostic>,
    /// Places at which something was reported and left out, so that something is missing there.
    incomplete: HashSet<Span>,
}

impl Diagnostics {
    /// Adds a finding; the same finding at the same place is kept once, and that something is missing is not said where
    /// something wrong was left out.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if let Place::Span(span) = diagnostic.place
            && diagnostic.code.says_missing()
            && self.incomplete.contains(&span)
        {
            return;
        }
        if self.seen.insert(diagnostic.clone()) {
            self.list.push(diagnostic);
        }
    }

    /// Remembers that something wrong was left out at `span`.
    pub(crate) fn mark_incomplete(&mut self, span: Span) {
        self.incomplete.insert(span);
    }

    /// Whether something wrong was left out at `span`.
    pub(crate) fn is_incomplete(&self, span: Span) -> bool {
        self.incomplete.contains(&span)
    }

    /// Adds the findings of a part of a run.
    pub(crate) fn extend(&mut self, other: Self) {
        self.incomplete.extend(other.incomplete);
        for diagnostic in other.list {
            self.push(diagnostic);
        }
    }

    /// How many of them forbid writing.
    #[must_use]
    pub fn count_errors(&self) -> usize {
        self.list.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// Takes every warning for an error.
    pub fn deny_warnings(&mut self) {
        for diagnostic in self.list.iter_mut().filter(|d| d.severity == Severity::Warning) {
            diagnostic.severity = Severity::Error;
        }
    }

    /// Whether any of them forbids writing.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// The findings by file, line, column, code.
    #[must_use]
    pub fn sorted(&self, sources: &Sources) -> Vec<&Diagnostic> {
        let mut list: Vec<&Diagnostic> = self.list.iter().collect();
        list.sort_by_cached_key(|d| {
            let (path, line, column) = match &d.place {
                Place::Run => (String::new(), 0, 0),
                Place::File(path) => (path.display().to_string(), 0, 0),
                Place::Span(span) => (sources.file(span.file).path.clone(), span.line, span.column),
            };
            (path, line, column, d.code.as_str(), d.message.clone())
        });
        list
    }

    /// All findings as text, in the form of compiler messages, and a closing line that counts them.
    #[must_use]
    pub fn render(&self, sources: &Sources) -> String {
        let mut out = String::new();
        for diagnostic in self.sorted(sources) {
            render::render_text(diagnostic, sources, &mut out);
        }
        let errors = self.count_errors();
        if errors > 0 {
            let noun = if errors == 1 { "error" } else { "errors" };
            let _ = writeln!(out, "{errors} {noun}; nothing was written");
        }
        out
    }

    /// All findings as JSON: `{"diagnostics": [{"severity", "code", "message", "file", "line", "column", "help"}]}`.
    #[must_use]
    pub fn to_json(&self, sources: &Sources) -> serde_json::Value {
        let list: Vec<_> = self.sorted(sources).into_iter().map(|d| render::to_json(d, sources)).collect();
        serde_json::json!({ "diagnostics": list })
    }

    /// The known name nearest to `name`, when one is near enough to be what was meant.
    #[must_use]
    pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let length = name.chars().count();
        if length > MAX_NAME {
            return None;
        }
        let reach = 1 + length / 3;
        known
            .into_iter()
            // Names whose lengths differ by more are farther apart than that; counting is much cheaper than comparing.
            .filter(|candidate| candidate.chars().count().abs_diff(length) <= reach)
            .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
            .filter(|(distance, _)| *distance <= reach)
            .min()
            .map(|(_, candidate)| candidate)
    }

    /// "did you mean `x`?" for the nearest known name.
    #[must_use]
    pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
        Self::nearest(name, known).map(|near| format!("did you mean `{near}`?"))
    }
}
