//! What a plan comes to, in words and as data: the same for every command that checks or writes generated files.

use std::fmt::Write as _;
use std::io;

use serde_json::{Value as Json, json};
use similar::TextDiff;

use crate::plan::{Item, Outcome, Plan, State};

/// Exit code of a check that found something stale, missing or orphaned.
pub const EXIT_STALE: u8 = 3;

/// Most lines of a diff that are printed for one file.
const MAX_DIFF_LINES: usize = 40;

/// What was found, or done.
#[derive(Clone, Debug)]
pub struct Report {
    /// For people; one line for each path that is not fresh, and a closing line.
    pub text: String,
    /// Whether a check found the disk not as it should be.
    pub stale: bool,
    files: Vec<(String, String)>,
}

impl Report {
    /// `{"fresh": bool, "files": [{"path", "state"}]}`, without the paths that were fresh.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let files: Vec<Json> = self.files.iter().map(|(path, state)| json!({"path": path, "state": state})).collect();
        json!({ "fresh": !self.stale, "files": files })
    }
}

/// Says what is stale, missing or orphaned; touches nothing.
#[must_use]
pub fn check(plan: &Plan) -> Report {
    let mut report = Report { text: String::new(), stale: !plan.is_fresh(), files: Vec::new() };
    for item in &plan.items {
        match &item.state {
            State::Fresh => {}
            State::Missing => report.line("Missing", item),
            State::Orphaned => report.line("Orphaned", item),
            State::Stale { found } => {
                report.line("Stale", item);
                write_diff(&mut report.text, found, item.wanted.as_deref().unwrap_or_default());
            }
        }
    }
    let (count, total) = (report.files.len(), plan.items.len());
    let closing = if report.stale {
        format!("{count} of {total} files are not as the inputs say; regenerate, and move away what is not generated")
    } else {
        format!("{:>12} {total} files", "Fresh")
    };
    let _ = writeln!(report.text, "{closing}");
    report
}

/// Makes the disk as the plan wants it.
///
/// # Errors
/// At the first file that cannot be written; every file is then either as it was or as it should be.
pub fn apply(plan: &Plan) -> io::Result<Report> {
    let mut report = Report { text: String::new(), stale: false, files: Vec::new() };
    plan.apply(|item, outcome| match outcome {
        Outcome::Fresh => {}
        Outcome::Updated => report.line("Updated", item),
        Outcome::Created => report.line("Created", item),
        Outcome::Removed => report.line("Removed", item),
        Outcome::Kept => report.line("Kept", item),
    })?;
    let kept = report.files.iter().filter(|(_, state)| state == "kept").count();
    if kept > 0 {
        let _ = writeln!(report.text, "{kept} files are not generated and have been left alone; move them elsewhere");
    }
    let (changed, total) = (report.files.len() - kept, plan.items.len() - kept);
    let _ = writeln!(report.text, "{:>12} {total} files, {changed} changed", "Finished");
    Ok(report)
}

impl Report {
    fn line(&mut self, state: &str, item: &Item) {
        let _ = writeln!(self.text, "{state:>12} {}", item.path.display());
        self.files.push((item.path.display().to_string(), state.to_ascii_lowercase()));
    }
}

fn write_diff(out: &mut String, found: &[u8], wanted: &[u8]) {
    let (found, wanted) = (String::from_utf8_lossy(found), String::from_utf8_lossy(wanted));
    let diff = TextDiff::from_lines(found.as_ref(), wanted.as_ref());
    let text = diff.unified_diff().context_radius(1).header("on disk", "generated").to_string();
    let count = text.lines().count();
    for shown in text.lines().take(MAX_DIFF_LINES) {
        let _ = writeln!(out, "    {shown}");
    }
    if count > MAX_DIFF_LINES {
        let _ = writeln!(out, "    … {} more lines", count - MAX_DIFF_LINES);
    }
}
