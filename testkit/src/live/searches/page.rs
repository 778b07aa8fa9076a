//! What was measured, as the table of the generator and as a section of `docs/rule-table.md`. Without `--write` a run compares.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::diff::searches::{Answers, Cost, Key, SEARCHES, Table, committed, render};

use super::{Measured, Pairs};
use crate::engines::step;
use crate::live::rule_table::{PAGE, Page};
use crate::workspace;

const TABLE: &str = "ecs-gen/src/diff/searches.csv";

const HEADING: &str = "\n## Searches over two types\n";

/// Compares what was measured with the table, or writes it where all of it was measured.
///
/// # Errors
/// When they differ, and when something else than the whole table is to be written.
pub fn check_page(measured: Vec<Measured>, pairs: Pairs, page: Page) -> Result<()> {
    let (fetched, own): (Vec<Measured>, Vec<Measured>) = measured.into_iter().partition(|measured| measured.is_fetched);
    for measured in &own {
        step("Left out", &format!("the comparison of {}, your own, with `{TABLE}`", measured.release));
    }
    let releases: Vec<String> = fetched.iter().map(|measured| measured.release.clone()).collect();
    let table: Table = fetched.into_iter().flat_map(|measured| measured.table).collect();
    if page == Page::Compare {
        let differs = |(key, answers): &(&Key, &Answers)| committed().get(*key) != Some(*answers);
        let differing: Vec<String> = table.iter().filter(differs).map(|(key, answers)| shown(key, answers)).collect();
        if !differing.is_empty() {
            let help = "`cargo xtask live searches --all-pairs --write`, and read what changes";
            bail!("`{TABLE}` does not say what was answered:\n  {}\n  help: {help}", differing.join("\n  "));
        }
        return Ok(());
    }
    let help = "run it without the engines' URLs in the environment, for `--engine opensearch --engine opensearch2 \
                --engine elasticsearch --engine elasticsearch9`";
    ensure!(pairs == Pairs::All, "the table is written with `--all-pairs` only");
    ensure!(releases.len() == 4, "the table is of four releases, and {} were measured\n  help: {help}", releases.len());
    fs::write(workspace::root().join(TABLE), render(&table)).context(TABLE)?;
    step("Updated", TABLE);
    let path = workspace::root().join(PAGE);
    let text = fs::read_to_string(&path).context(PAGE)?;
    let (before, _) = text.split_once(HEADING).unwrap_or((&text, ""));
    fs::write(&path, format!("{before}{}", section(&table))).context(PAGE)?;
    step("Updated", PAGE);
    Ok(())
}

fn shown((release, old, new): &Key, answers: &Answers) -> String {
    format!("{release}: `{old}` to `{new}`: {}", cells(answers).join(", "))
}

fn cells(answers: &Answers) -> Vec<String> {
    let searches = SEARCHES.iter().zip(answers.outcomes);
    let mut cells: Vec<String> = searches.map(|(_, outcome)| outcome.word().to_owned()).collect();
    cells.push(if answers.numeric_types.is_empty() { "–".to_owned() } else { answers.numeric_types.join(", ") });
    cells.push(if answers.takes_documents { "taken" } else { "refused" }.to_owned());
    cells
}

/// The section of the page: the pairs that are not to be reindexed on that release, and how many are.
#[must_use]
pub fn section(table: &Table) -> String {
    let mut text = format!(
        "{HEADING}\nTwo indices whose field has another type in each, as a rollover makes them, for each pair of types: documents \
         that both types take, or one of them, were stored and each search was sent to both indices (`cargo xtask live searches`). \
         *answers*: the same as where both indices have one type; *differs*: something else, without a failure; *fails*: a failure \
         of the request or of a shard; –: fails with one type as well. `terms` and `cardinality` differ where a value is counted \
         once for each type. `numeric_type` has those with which a sort has the order that it should. The last column says \
         whether the new type takes every document that the old one takes. All other pairs, which \
         need a reindexing, are in `{TABLE}` with the rest.\n"
    );
    let releases: std::collections::BTreeSet<&String> = table.keys().map(|(release, ..)| release).collect();
    for release in releases {
        let mut rows: BTreeMap<(&str, &Answers), Vec<&str>> = BTreeMap::new();
        let mut reindexed = 0;
        for ((_, old, new), answers) in table.iter().filter(|((of, ..), _)| of == release) {
            if answers.cost() == Cost::Reindex {
                reindexed += 1;
            } else {
                rows.entry((old, answers)).or_default().push(new);
            }
        }
        let searches: Vec<String> = SEARCHES.iter().map(|search| format!("`{search}`")).collect();
        let _ = writeln!(text, "\n### {release}\n\n{reindexed} further pairs need a reindexing.\n");
        let _ = writeln!(text, "| old | new | {} | `numeric_type` | documents |", searches.join(" | "));
        let _ = writeln!(text, "| --- | --- |{}", " --- |".repeat(SEARCHES.len() + 2));
        for ((old, answers), new) in rows {
            let new: Vec<String> = new.iter().map(|name| format!("`{name}`")).collect();
            let _ = writeln!(text, "| `{old}` | {} | {} |", new.join(", "), cells(answers).join(" | "));
        }
    }
    text
}

#[test]
fn the_page_has_the_committed_table() {
    let page = fs::read_to_string(workspace::root().join(PAGE)).unwrap();
    assert!(page.ends_with(&section(committed())), "run `cargo xtask live searches --all-pairs --write`");
}
