//! What an audit found, for people and for tools.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use unicode_width::UnicodeWidthStr as _;

use super::{Audit, Counts, Row};

/// Rows that are printed for people; tools get all.
const MAX_SHOWN: usize = 100;

/// What an audit found.
#[derive(Clone, Debug)]
pub struct Report {
    log: String,
    files: Vec<String>,
    /// Most documents first.
    rows: Vec<((String, &'static str), Row)>,
    counts: Counts,
}

impl Report {
    pub(super) fn new(audit: Audit) -> Self {
        let mut rows: Vec<_> = audit.rows.into_iter().collect();
        rows.sort_by(|(one, first), (other, second)| second.documents.cmp(&first.documents).then(one.cmp(other)));
        Self { log: audit.rules.name().to_owned(), files: audit.files, rows, counts: audit.counts }
    }

    /// How many documents were judged, and how.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// A table, and a closing line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        if !self.rows.is_empty() {
            self.write_table(&mut text);
            text.push('\n');
        }
        let Counts { documents, refused, refused_by_engine, perhaps_by_engine, beyond, .. } = self.counts;
        if beyond > 0 {
            let _ = writeln!(text, "{} more violations stand in no row", grouped(beyond));
        }
        let log = &self.log;
        let _ = match (documents, refused) {
            (0, _) => writeln!(text, "no documents were read"),
            (1, 0) => writeln!(text, "1 document, accepted by `{log}`"),
            (_, 0) => writeln!(text, "{} documents, all accepted by `{log}`", grouped(documents)),
            _ => writeln!(
                text,
                "{} documents, {} refused by `{log}`: {} of them by an engine with its strict mapping too, {} perhaps",
                grouped(documents),
                grouped(refused),
                grouped(refused_by_engine),
                grouped(perhaps_by_engine),
            ),
        };
        text
    }

    fn write_table(&self, text: &mut String) {
        const HEAD: [&str; 5] = ["documents", "rule", "path", "engine", "first lines"];
        let cells: Vec<[String; 5]> = self.rows.iter().take(MAX_SHOWN).map(|row| self.cells(row)).collect();
        let widths: Vec<usize> = (0..HEAD.len())
            .map(|at| cells.iter().map(|row| row[at].width()).chain([HEAD[at].len()]).max().unwrap_or_default())
            .collect();
        let mut line = |row: [&str; 5]| {
            let mut line = format!("{:>width$}", row[0], width = widths[0]);
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                let _ = write!(line, "  {cell}{}", " ".repeat(width.saturating_sub(cell.width())));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        };
        line(HEAD);
        for row in &cells {
            line(row.each_ref().map(String::as_str));
        }
        if self.rows.len() > cells.len() {
            let _ = writeln!(text, "… and {} more rows; `--json` has all", self.rows.len() - cells.len());
        }
        text.push_str("\nThe first document of each row:\n");
        for ((_, rule), row) in self.rows.iter().take(MAX_SHOWN) {
            let _ = writeln!(text, "  line {}, {rule}: {}", self.line(row.lines[0]), row.message);
        }
    }

    fn cells(&self, ((path, rule), row): &((String, &'static str), Row)) -> [String; 5] {
        let mut lines: Vec<String> = row.lines.iter().map(|place| self.line(*place)).collect();
        if row.documents > row.lines.len() as u64 {
            lines.push("…".to_owned());
        }
        let path = if path.is_empty() { "(the document)".to_owned() } else { path.clone() };
        [grouped(row.documents), (*rule).to_owned(), path, row.engine.name().to_owned(), lines.join(", ")]
    }

    /// Where a document stands: its line, and its file where there are several.
    fn line(&self, (file, line): (usize, u64)) -> String {
        if self.files.len() > 1 { format!("{}:{line}", self.files[file]) } else { line.to_string() }
    }

    /// The same as data, with every row.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let rows: Vec<Json> = self
            .rows
            .iter()
            .map(|((path, rule), row)| {
                let lines: Vec<Json> =
                    row.lines.iter().map(|(file, line)| json!({"file": self.files[*file], "line": line})).collect();
                json!({
                    "path": path,
                    "rule": rule,
                    "documents": row.documents,
                    "engine": row.engine.name(),
                    "lines": lines,
                    "first": row.message,
                })
            })
            .collect();
        json!({
            "log": self.log,
            "documents": self.counts.documents,
            "refused": self.counts.refused,
            "refused_by_engine": self.counts.refused_by_engine,
            "perhaps_by_engine": self.counts.perhaps_by_engine,
            "violations_without_row": self.counts.beyond,
            "rows": rows,
        })
    }
}

/// `1234567` → `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
