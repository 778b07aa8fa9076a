//! One diagnostic as text or JSON; decides nothing about order or severity.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{Diagnostic, Place, Severity};
use crate::source::{Sources, Span};

/// Longest source line that is printed whole, in characters.
const MAX_LINE: usize = 160;

/// Longest message or help that is printed whole, in characters; a name in it may be as long as a file.
const MAX_MESSAGE: usize = 600;

pub(super) fn render_text(diagnostic: &Diagnostic, sources: &Sources, out: &mut String) {
    let _ = writeln!(out, "{}[{}]: {}", severity(diagnostic), diagnostic.code.as_str(), printable(&diagnostic.message));
    match &diagnostic.place {
        Place::Run => {}
        Place::File(path) => {
            let _ = writeln!(out, "  --> {}", path.display());
        }
        Place::Span(span) => render_span(*span, sources, out),
    }
    if let Some(span) = diagnostic.also {
        let _ = writeln!(out, "  ::: {}:{}:{}", sources.file(span.file).path, span.line, span.column);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  help: {}", printable(help));
    }
    out.push('\n');
}

fn render_span(span: Span, sources: &Sources, out: &mut String) {
    let file = sources.file(span.file);
    let _ = writeln!(out, "  --> {}:{}:{}", file.path, span.line, span.column);
    let Some(line) = file.line(span.line) else { return };
    let column = span.column.saturating_sub(1) as usize;
    // A long line is shown from a little before the place, so that the place is in sight.
    let skip = if line.chars().count() > MAX_LINE { column.saturating_sub(MAX_LINE / 2) } else { 0 };
    let shown: String = line.chars().skip(skip).take(MAX_LINE).map(|c| if c.is_control() { ' ' } else { c }).collect();
    // The caret is set by what is drawn: a wide character takes two columns, a combining mark none.
    let before: usize = shown.chars().take(column - skip).map(|c| c.width().unwrap_or(0)).sum();
    let number = span.line.to_string();
    let gutter = " ".repeat(number.len());
    let _ = writeln!(out, "{gutter} |");
    let _ = writeln!(out, "{number} | {}", shown.trim_end());
    let _ = writeln!(out, "{gutter} | {}^", " ".repeat(before));
}

/// The text on one line, without what a terminal would obey, and not longer than somebody reads.
fn printable(text: &str) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == MAX_MESSAGE {
            out.push('…');
            break;
        }
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

pub(super) fn to_json(diagnostic: &Diagnostic, sources: &Sources) -> serde_json::Value {
    let (file, line, column) = match &diagnostic.place {
        Place::Run => (None, None, None),
        Place::File(path) => (Some(path.display().to_string()), None, None),
        Place::Span(span) => (Some(sources.file(span.file).path.clone()), Some(span.line), Some(span.column)),
    };
    let mut document = serde_json::json!({
        "severity": severity(diagnostic),
        "code": diagnostic.code.as_str(),
        "message": diagnostic.message,
        "file": file,
        "line": line,
        "column": column,
        "help": diagnostic.help,
    });
    if let Some(span) = diagnostic.also {
        let file = &sources.file(span.file).path;
        document["also"] = serde_json::json!({ "file": file, "line": span.line, "column": span.column });
    }
    document
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
