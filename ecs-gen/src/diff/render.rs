//! Findings as text, JSON, workflow commands of GitHub, or Markdown; and which of them fail a run.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::finding::{Class, Finding, Position, PutMapping, Severity};

/// Exit code when something reaches what a run fails on.
pub const EXIT_FOUND: u8 = 3;

/// Which findings fail a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// None.
    Nothing,
    /// Those of this severity or worse.
    Severity(Severity),
    /// Those of these classes that are more than information.
    Classes(Vec<Class>),
}

impl FailOn {
    /// Reads `none`, `dangerous`, `breaking`, or classes joined by commas; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::Nothing);
        }
        if let Some(severity) = Severity::from_name(text) {
            return Some(Self::Severity(severity));
        }
        text.split(',').map(|name| Class::from_name(name.trim())).collect::<Option<Vec<_>>>().map(Self::Classes)
    }

    /// Whether the finding fails the run.
    #[must_use]
    pub fn is_reached(&self, finding: &Finding) -> bool {
        match self {
            Self::Nothing => false,
            Self::Severity(least) => finding.severity() >= *least,
            Self::Classes(classes) => classes.contains(&finding.spec().class) && finding.severity() > Severity::Info,
        }
    }
}

/// For people: each finding with its places, and a closing line.
#[must_use]
pub fn to_text(findings: &[Finding]) -> String {
    let mut text = String::new();
    let log_of = log_names(findings);
    for finding in findings {
        let spec = finding.spec();
        let log = log_of(finding);
        let _ = writeln!(text, "{}[{}]: {log}{}", finding.severity(), spec.id, finding.message);
        for (word, position) in [("old", &finding.old), ("new", &finding.new)] {
            if let Some(position) = position {
                let _ = writeln!(text, "  --> {word} {position}");
            }
        }
        let engine = finding.engine_words().map(|words| format!("; {words}")).unwrap_or_default();
        let allowed = if finding.allowed { "; allowed" } else { "" };
        let _ = writeln!(text, "  {}{engine}; {}{allowed}\n", spec.class, finding.action_words());
    }
    let _ = writeln!(text, "{}", summary(findings));
    text
}

/// What a message begins with: the name of the finding's log, where there are findings of several.
fn log_names(findings: &[Finding]) -> impl Fn(&Finding) -> String {
    let several = findings.iter().any(|finding| finding.log != findings[0].log);
    move |finding| if several { format!("{}: ", finding.log) } else { String::new() }
}

/// The message on one line with the names of its log and engine, where there are several.
fn message_of(finding: &Finding, log_of: &impl Fn(&Finding) -> String) -> String {
    let engine = finding.engine_words().map(|words| format!(" ({words})")).unwrap_or_default();
    format!("{}{}{engine}", log_of(finding), finding.message)
}

/// How many of each severity.
#[must_use]
pub fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing differs".to_owned();
    }
    let count = |severity| findings.iter().filter(|finding| finding.severity() == severity).count();
    format!(
        "{} breaking, {} dangerous, {} for information",
        count(Severity::Breaking),
        count(Severity::Dangerous),
        count(Severity::Info)
    )
}

/// `{"findings": […]}`.
#[must_use]
pub fn to_json(findings: &[Finding]) -> Json {
    json!({"findings": findings.iter().map(Finding::to_json).collect::<Vec<_>>()})
}

/// One workflow command for each finding, which GitHub shows beside the line.
///
/// What is gone stands in a file of the commit `against`, if there is one; GitHub knows files of the work tree only, so
/// that it is shown where the file is now.
#[must_use]
pub fn to_github(findings: &[Finding], against: Option<&str>) -> String {
    let mut text = String::new();
    let log_of = log_names(findings);
    let commit = against.map(|reference| format!("{reference}:"));
    let in_tree = |file: &str| {
        let inside = commit.as_deref().and_then(|commit| file.strip_prefix(commit));
        escaped_property(inside.unwrap_or(file))
    };
    for finding in findings {
        let level = match finding.severity() {
            Severity::Breaking => "error",
            Severity::Dangerous => "warning",
            Severity::Info => "notice",
        };
        let mut properties = Vec::new();
        match finding.new.as_ref().or(finding.old.as_ref()) {
            Some(Position::Text { file, line, column }) => {
                properties.push(format!("file={}", in_tree(file)));
                properties.push(format!("line={line},col={column}"));
            }
            Some(Position::Pointer { file, .. }) => properties.push(format!("file={}", in_tree(file))),
            None => {}
        }
        let spec = finding.spec();
        properties.push(format!("title={}", escaped_property(&format!("{} ({})", spec.id, spec.class))));
        let message = message_of(finding, &log_of);
        let message = format!("{message}; {}", finding.action_words());
        let _ = writeln!(text, "::{level} {}::{}", properties.join(","), escaped(&message));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escaped_property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// A table for a comment on a merge request.
#[must_use]
pub fn to_markdown(findings: &[Finding]) -> String {
    let mut text = format!("**{}**\n", summary(findings));
    if findings.is_empty() {
        return text;
    }
    text.push_str("\n| severity | class | rule | what | where | action | `PUT _mapping` |\n");
    text.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    let log_of = log_names(findings);
    let cell = |text: String| text.replace('|', "\\|").replace('\n', " ");
    for finding in findings {
        let spec = finding.spec();
        let position = finding.new.as_ref().or(finding.old.as_ref());
        let _ = writeln!(
            text,
            "| {} | {} | `{}` | {} | {} | {} | {} |",
            finding.severity(),
            spec.class,
            spec.id,
            cell(message_of(finding, &log_of)),
            position.map(|position| cell(format!("`{position}`"))).unwrap_or_default(),
            spec.action,
            finding.put_mapping.map_or("–", PutMapping::name)
        );
    }
    text
}
