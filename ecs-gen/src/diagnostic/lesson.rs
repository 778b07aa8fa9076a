//! What `ecs-gen explain` teaches of a code besides its meaning: why, and an example that is wrong and one that is right.

use std::sync::LazyLock;

use super::{Code, Diagnostics};
use crate::source::Sources;
use crate::source::node::Node;
use crate::source::yaml::parse_document;

/// The file with the lessons.
const TEXT: &str = include_str!("lessons.yaml");

static LESSONS: LazyLock<Vec<Lesson>> = LazyLock::new(parse_lessons);

/// Why a finding is one, with examples.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The code's name.
    pub code: String,
    /// Why what it is about cannot stay as it is, in one or two sentences.
    pub why: String,
    /// Files with the finding.
    pub wrong: Vec<ExampleFile>,
    /// The same files without it.
    pub right: Vec<ExampleFile>,
}

/// A file of an example: what matters of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its name: `log.yaml` and `second.yaml` are log files, `shop.yaml` an extension.
    pub name: String,
    /// The part of its text that matters.
    pub text: String,
}

/// The lesson about a code, when there is one.
#[must_use]
pub fn lesson(code: Code) -> Option<&'static Lesson> {
    LESSONS.iter().find(|lesson| lesson.code == code.as_str())
}

/// All lessons.
#[must_use]
pub fn lessons() -> &'static [Lesson] {
    &LESSONS
}

fn parse_lessons() -> Vec<Lesson> {
    let mut sources = Sources::default();
    let file = sources.add("lessons.yaml", TEXT);
    let mut diagnostics = Diagnostics::default();
    let root = parse_document(&sources, file, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "the file is part of the binary: {}", diagnostics.render(&sources));
    let entries = root.as_ref().and_then(Node::as_map).unwrap_or_default();
    let parse = |code: &str, node: &Node| Lesson {
        code: code.to_owned(),
        why: node.get("why").and_then(Node::as_text).unwrap_or_default().to_owned(),
        wrong: parse_files(node.get("wrong")),
        right: parse_files(node.get("right")),
    };
    entries.iter().map(|(code, node)| parse(&code.value, node)).collect()
}

fn parse_files(node: Option<&Node>) -> Vec<ExampleFile> {
    let entries = node.and_then(Node::as_map).unwrap_or_default();
    let parse = |name: &str, text: &Node| ExampleFile {
        name: name.to_owned(),
        text: text.as_text().unwrap_or_default().trim_end().to_owned(),
    };
    entries.iter().map(|(name, text)| parse(&name.value, text)).collect()
}
