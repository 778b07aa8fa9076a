//! Which documents that exist already a log would refuse, before anybody installs it. Reads documents line by line, judges
//! each by the log's rules, and counts by path and rule; memory is bounded by [`MAX_ROWS`], not by the documents.

mod engine;
mod report;
mod rules;

use std::collections::HashMap;
use std::io::{self, BufRead};

use ecs_schema::{JsonError, LogRules, Violation, validate_json_str};

use crate::documents::Lines;

pub use engine::EngineAnswer;
pub use report::Report;
pub use rules::load_rules;
pub(crate) use rules::rules_of;

/// The most pairs of path and rule that are told apart; the others are counted.
pub const MAX_ROWS: usize = 10_000;

/// Exit code of an audit that found refused documents.
pub const EXIT_REFUSED: u8 = 3;

/// Lines that are named for each row.
const MAX_LINES: usize = 5;

/// The code of a line that holds no JSON.
const NOT_JSON: &str = "not-json";

/// Whether a report shows values of the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// It does not, nor names that are data.
    Hidden,
    /// It shows the first one of each row.
    Shown,
}

/// An audit that is under way.
#[derive(Debug)]
pub struct Audit {
    rules: &'static LogRules,
    values: Values,
    files: Vec<String>,
    rows: HashMap<(String, &'static str), Row>,
    counts: Counts,
}

/// A path and a rule, in all documents.
#[derive(Clone, Debug)]
struct Row {
    documents: u64,
    engine: EngineAnswer,
    /// The first lines, each with the place of its file.
    lines: Vec<(usize, u64)>,
    /// What is wrong with the first.
    message: String,
    /// The document that was counted last, so that each is counted once.
    last: u64,
}

/// Documents by how they were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that were read.
    pub documents: u64,
    /// Those that the log refuses.
    pub refused: u64,
    /// Those of them that the engines refuse themselves, under the strict mapping.
    pub refused_by_engine: u64,
    /// Those of them that the engines may refuse.
    pub perhaps_by_engine: u64,
    /// Violations that stand in no row, because there are too many rows or too many violations in a document.
    pub beyond: u64,
    /// Bytes that were read.
    pub bytes: u64,
}

impl Audit {
    /// An audit by these rules.
    #[must_use]
    pub fn new(rules: &'static LogRules, values: Values) -> Self {
        Self { rules, values, files: Vec::new(), rows: HashMap::new(), counts: Counts::default() }
    }

    /// Reads all documents of a file; `progress` is told after each.
    ///
    /// # Errors
    /// When reading fails.
    pub fn read(&mut self, name: &str, input: impl BufRead, mut progress: impl FnMut(&Counts)) -> io::Result<()> {
        self.files.push(name.to_owned());
        let mut lines = Lines::new(input);
        while let Some(line) = lines.next_line()? {
            self.counts.documents += 1;
            self.counts.bytes += line.bytes;
            match line.text {
                Ok(text) => {
                    if let Err(error) = validate_json_str(self.rules, text) {
                        self.refuse(line.number, &error);
                    }
                }
                Err(error) => self.refuse_line(line.number, error.message().to_owned()),
            }
            progress(&self.counts);
        }
        Ok(())
    }

    /// What was found.
    #[must_use]
    pub fn finish(self) -> Report {
        Report::new(self)
    }

    #[cold]
    fn refuse(&mut self, line: u64, error: &JsonError) {
        let Some(violations) = error.violations() else { return self.refuse_line(line, without_line(error)) };
        let mut answer = EngineAnswer::Takes;
        for violation in violations {
            let engine = EngineAnswer::of(violation);
            answer = answer.max(engine);
            let path = if self.values == Values::Shown { &violation.path } else { violation.shown_path() };
            self.count(without_elements(path), violation.rule.code(), line, engine, |values| shown(violation, values));
        }
        self.counts.beyond += (violations.total() - violations.as_slice().len()) as u64;
        self.refused(answer);
    }

    #[cold]
    fn refuse_line(&mut self, line: u64, message: String) {
        self.count(String::new(), NOT_JSON, line, EngineAnswer::Refuses, |_| message);
        self.refused(EngineAnswer::Refuses);
    }

    fn refused(&mut self, answer: EngineAnswer) {
        self.counts.refused += 1;
        match answer {
            EngineAnswer::Refuses => self.counts.refused_by_engine += 1,
            EngineAnswer::Depends => self.counts.perhaps_by_engine += 1,
            EngineAnswer::Takes => {}
        }
    }

    fn count(
        &mut self,
        path: String,
        rule: &'static str,
        line: u64,
        engine: EngineAnswer,
        message: impl FnOnce(Values) -> String,
    ) {
        let is_full = self.rows.len() >= MAX_ROWS;
        let key = (path, rule);
        let row = match self.rows.get_mut(&key) {
            Some(row) => row,
            None if is_full => {
                self.counts.beyond += 1;
                return;
            }
            None => {
                let message = message(self.values);
                self.rows.entry(key).or_insert(Row { documents: 0, engine, lines: Vec::new(), message, last: 0 })
            }
        };
        row.engine = row.engine.max(engine);
        if row.last != self.counts.documents {
            row.last = self.counts.documents;
            row.documents += 1;
            if row.lines.len() < MAX_LINES {
                row.lines.push((self.files.len() - 1, line));
            }
        }
    }
}

/// A violation without its code, which has a column of its own.
fn shown(violation: &Violation, values: Values) -> String {
    let text = if values == Values::Shown { violation.with_value().to_string() } else { violation.to_string() };
    text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest).to_owned()
}

/// What the parser says, without the line, which counts from the start of the document.
fn without_line(error: &JsonError) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(cause, _)| cause).to_owned()
}

/// `items[12].name` → `items[].name`.
fn without_elements(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        out.push('[');
        rest = match after.split_once(']') {
            Some((number, behind)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                out.push(']');
                behind
            }
            _ => after,
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_elements_are_left_out() {
        assert_eq!(without_elements("a[12].b[0]"), "a[].b[]");
        assert_eq!(without_elements("a[b].c["), "a[b].c[");
        assert_eq!(without_elements(""), "");
    }
}
