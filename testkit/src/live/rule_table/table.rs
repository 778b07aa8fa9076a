//! `docs/rule-table.md`: what the engines answered, by group of changes. Written by the run that measures; without
//! `--write` the run compares, so that the page cannot say what no engine said.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::diff::{Engine, Verdict};

use super::next_index::Counts;
use super::settings::Answered;
use crate::engines::step;
use crate::live::searches;
use crate::workspace;

/// The page, which ends with the section of the searches.
pub const PATH: &str = "docs/rule-table.md";

/// What one engine answered: for each group of changes the number of those that it took and that it refused.
#[derive(Debug)]
pub struct Measured {
    engine: Engine,
    version: String,
    /// Whether it is the engine that everybody gets.
    is_fetched: bool,
    groups: BTreeMap<String, (usize, usize)>,
    /// What the next index made of the changes.
    pub next: Counts,
    /// What it answered to changes of settings.
    pub settings: Vec<Answered>,
    /// How many changes were left out, by the type that it has no mapper for.
    pub not_tried: BTreeMap<String, usize>,
}

impl Measured {
    /// Nothing yet.
    pub fn new(engine: Engine, version: String, is_fetched: bool) -> Self {
        Self {
            engine,
            version,
            is_fetched,
            groups: BTreeMap::new(),
            next: Counts::default(),
            settings: Vec::new(),
            not_tried: BTreeMap::new(),
        }
    }

    /// Adds an answer to its group: `type/keyword`, `parameter/ignore_above`, `object`.
    pub fn add(&mut self, id: &str, verdict: Verdict) {
        let group = self.groups.entry(group(id)).or_default();
        if verdict == Verdict::Accepted { group.0 += 1 } else { group.1 += 1 }
    }
}

fn group(id: &str) -> String {
    let parts: Vec<&str> = id.split('/').collect();
    match parts[..] {
        ["type", from, to, ..] if from == to => "a type to itself".to_owned(),
        ["type", ..] => "a type to another".to_owned(),
        ["parameter", of, parameter, from, to] => {
            let change = if from == to { "unchanged" } else { "changed" };
            format!("`{parameter}` of `{of}`, {change}")
        }
        ["inside", _] => "a type inside an object, to itself".to_owned(),
        ["multi-field-type", from, to] if from == to => "a multi-field's type to itself".to_owned(),
        ["multi-field-type", ..] => "a multi-field's type to another".to_owned(),
        ["multi-field-parameter", _, parameter, from, to] => {
            let change = if from == to { "unchanged" } else { "changed" };
            format!("`{parameter}` of multi-fields, {change}")
        }
        [first, ..] => first.to_owned(),
        [] => String::new(),
    }
}

/// What is done with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// It must say what was measured.
    Compare,
    /// It is written.
    Write,
}

/// Writes the page, or compares it.
///
/// # Errors
/// When the page is not what was measured, and when it is to be written from an engine that nobody else has.
pub fn check_table(measured: &[Measured], page: Page) -> Result<()> {
    if let Some(own) = measured.iter().find(|measured| !measured.is_fetched) {
        let about = format!("{} {} is your own; `{PATH}` is of the engines that are fetched", own.engine, own.version);
        ensure!(page == Page::Compare, "{about}\n  help: run without the engine's URL in the environment");
        step("Left out", &format!("the comparison with the page: {about}"));
        return Ok(());
    }
    let path = workspace::root().join(PATH);
    let fresh = render(measured);
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed == fresh {
        step("Fresh", PATH);
        return Ok(());
    }
    if page == Page::Compare {
        bail!("`{PATH}` does not say what the engines answered\n  help: `cargo xtask live rules --write`");
    }
    fs::write(&path, fresh).with_context(|| path.display().to_string())?;
    step("Updated", PATH);
    Ok(())
}

fn render(measured: &[Measured]) -> String {
    let mut text = String::from(
        "# What engines answer to mapping changes\n\n\
         Measured by `cargo xtask live rules`, and written by it with `--write`; not believed. Each change that the \
         generator can make was put to an index with a document in it (`PUT _mapping`). The numbers are of changes, as \
         *taken / refused*; each answer is the one that `ecs-gen diff` predicts, or the run fails.\n\n",
    );
    text.push_str("| change |");
    for engine in measured {
        let _ = write!(text, " {} {} |", engine.engine.name(), engine.version);
    }
    text.push_str("\n| --- |");
    text.push_str(&" --- |".repeat(measured.len()));
    text.push('\n');
    let names: std::collections::BTreeSet<&String> = measured.iter().flat_map(|engine| engine.groups.keys()).collect();
    for name in names {
        let _ = write!(text, "| {name} |");
        for engine in measured {
            match engine.groups.get(name) {
                Some((taken, refused)) => {
                    let _ = write!(text, " {taken} / {refused} |");
                }
                None => text.push_str(" – |"),
            }
        }
        text.push('\n');
    }
    text.push_str(
        "\n## The next index\n\n\
         Each new mapping was put into a template (`_simulate`), and brought by a rollover; then the engine was asked \
         which types a search over both indices sees (`_field_caps`). What two types cost those who search is in the last \
         section.\n\n| engine | put into a template | refused there | rolled over | two types |\n| --- | --- | --- | --- | --- |\n",
    );
    for engine in measured {
        let next = engine.next;
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} | {} |",
            engine.engine.name(),
            engine.version,
            next.simulated,
            next.invalid,
            next.rolled_over,
            next.conflicts
        );
    }
    render_settings(&mut text, measured);
    render_not_tried(&mut text, measured);
    text + &searches::section(ecs_gen::diff::searches::committed())
}

fn render_settings(text: &mut String, measured: &[Measured]) {
    text.push_str(
        "\n## Settings\n\nEach setting that the generator emits was given another value on an open index \
         (`PUT _settings`).\n\n| setting |",
    );
    for engine in measured {
        let _ = write!(text, " {} {} |", engine.engine.name(), engine.version);
    }
    let _ = writeln!(text, "\n| --- |{}", " --- |".repeat(measured.len()));
    let answers = measured.iter().flat_map(|engine| &engine.settings);
    let names: std::collections::BTreeSet<&str> = answers.map(|(name, _)| *name).collect();
    for name in names {
        let _ = write!(text, "| `{name}` |");
        for engine in measured {
            let found = engine.settings.iter().find(|(other, _)| *other == name);
            let _ = write!(text, " {} |", found.map_or("–", |(_, answer)| answer.name()));
        }
        text.push('\n');
    }
}

fn render_not_tried(text: &mut String, measured: &[Measured]) {
    text.push_str(
        "\n## Not tried\n\nChanges with a type that the engine of the tests has no mapper for, by that type; and the \
         settings of plugins that it comes without, which have no row above.\n\n| engine | type | changes |\n\
         | --- | --- | --- |\n",
    );
    for engine in measured {
        if engine.not_tried.is_empty() {
            let _ = writeln!(text, "| {} {} | none | 0 |", engine.engine.name(), engine.version);
        }
        for (name, count) in &engine.not_tried {
            let _ = writeln!(text, "| {} {} | `{name}` | {count} |", engine.engine.name(), engine.version);
        }
    }
}

#[test]
fn changes_of_one_kind_are_one_row() {
    let mut measured = Measured::new(Engine::OpenSearch, "3".to_owned(), true);
    measured.add("type/keyword/long", Verdict::Rejected(ecs_gen::diff::Reason::Type));
    measured.add("type/keyword/keyword", Verdict::Accepted);
    measured.add("parameter/keyword/index/unset/false", Verdict::Rejected(ecs_gen::diff::Reason::Parameter));
    let text = render(&[measured]);
    assert!(text.contains("| a type to another | 0 / 1 |"), "{text}");
    assert!(text.contains("| a type to itself | 1 / 0 |"), "{text}");
    assert!(text.contains("| `index` of `keyword`, changed | 0 / 1 |"), "{text}");
}
