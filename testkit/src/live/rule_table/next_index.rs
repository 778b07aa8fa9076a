//! What the next index makes of each change: the new mapping in a template (`_simulate`), the rollover to an index that has
//! it, and whether a search over both indices sees two types (`_field_caps`). Must be what `ecs_gen::diff` says: a mapping
//! that is none, or a rollover, or a reindexing. Knows no verdict.

use anyhow::{Context as _, Result, ensure};
use ecs_gen::diff::matrix::Case;
use ecs_gen::diff::{self, Action, Finding, Options, Rule, Verdict, predict_put_mapping};
use serde_json::{Value, json};

use super::shared::{FIELDS, name, settings, together};
use crate::engines::{Client, Running, step};
use crate::live::engine_gaps::Adapter;
use crate::live::tally::Tally;

const TEMPLATE: &str = "event-log-test-next";

/// Above that of any template of the developer's that has the same pattern.
const PRIORITY: u32 = 1_000_000;

/// What was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Mappings put into a template.
    pub simulated: usize,
    /// Of those, refused.
    pub invalid: usize,
    /// Changes that came with a rollover.
    pub rolled_over: usize,
    /// Of those, seen by a search as two types.
    pub conflicts: usize,
    /// Predictions that were wrong.
    pub wrong: usize,
}

/// Tries the changes of one field; those of the root have no next index of their own.
pub fn check(running: &Running, engine: diff::Engine, cases: &[&Case]) -> Result<Counts> {
    let client = running.client();
    let mut adapter = Adapter::new(running.release());
    let mut counts = Counts::default();
    let (invalid, valid): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| is_predicted_invalid(engine, case));
    for case in invalid {
        let refused = simulate(client, &case.new_mapping)?.is_some();
        counts.simulated += 1;
        counts.invalid += usize::from(refused);
        counts.wrong += usize::from(!refused);
        if !refused {
            eprintln!("disagreement: {}: the engine takes a template that is predicted to be none", case.id);
        }
    }
    for (number, part) in valid.chunks(FIELDS).enumerate() {
        counts.simulated += part.len();
        let refused = refused_of(client, part)?;
        for (case, reason) in &refused {
            counts.wrong += 1;
            eprintln!("disagreement: {}: the engine refuses the template: {reason}", case.id);
        }
        let is_taken = |case: &&&Case| refused.iter().all(|(refused, _)| refused.id != case.id);
        let part: Vec<&Case> = part.iter().filter(is_taken).copied().collect();
        roll_over(client, (engine, &mut adapter), number, &part, &mut counts).context("the rollover")?;
    }
    Tally::replaced(running.release(), adapter.used());
    Ok(counts)
}

/// The next index begins empty: a mapping that cannot be put on nothing is none.
fn is_predicted_invalid(engine: diff::Engine, case: &Case) -> bool {
    predict_put_mapping(engine, &json!({}), &case.new_mapping) != Verdict::Accepted
}

/// Why the engine refuses a template with the mapping; nothing when it takes it.
fn simulate(client: &Client, mapping: &Value) -> Result<Option<String>> {
    let body = template(&format!("{TEMPLATE}-simulated"), mapping);
    let answer = client.send_json("POST", "/_index_template/_simulate", &body)?;
    Ok((!answer.is_success()).then(|| answer.reason()))
}

/// The changes whose new mapping the engine refuses, found by halving.
fn refused_of<'c>(client: &Client, cases: &[&'c Case]) -> Result<Vec<(&'c Case, String)>> {
    let Some(reason) = simulate(client, &together(cases, |case| &case.new_mapping))? else { return Ok(Vec::new()) };
    if let [case] = cases {
        return Ok(vec![(case, reason)]);
    }
    let (one, other) = cases.split_at(cases.len() / 2);
    let mut refused = refused_of(client, one)?;
    refused.extend(refused_of(client, other)?);
    ensure!(!refused.is_empty(), "the engine refuses changes only together: {reason}");
    Ok(refused)
}

fn template(pattern: &str, mapping: &Value) -> Value {
    json!({
        "index_patterns": [pattern],
        "priority": PRIORITY,
        "template": {"settings": settings(), "mappings": mapping},
    })
}

/// Removes what a rollover made.
struct Made<'e> {
    client: &'e Client,
    alias: String,
}

impl Made<'_> {
    fn index(&self, generation: u32) -> String {
        format!("{}-00000{generation}", self.alias)
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        let indices = (1..=2).map(|generation| format!("/{}", self.index(generation)));
        for path in indices.chain([format!("/_index_template/{TEMPLATE}")]) {
            if let Err(error) = self.client.send("DELETE", &path) {
                step("Warning", &format!("`{path}` may be left on the engine: {error:#}"));
            }
        }
    }
}

fn roll_over(
    client: &Client,
    (engine, adapter): (diff::Engine, &mut Adapter),
    number: usize,
    cases: &[&Case],
    counts: &mut Counts,
) -> Result<()> {
    let made = Made { client, alias: format!("{TEMPLATE}-{number}") };
    let alias = &made.alias;
    let first = json!({
        "settings": settings(),
        "mappings": together(cases, |case| &case.old_mapping),
        "aliases": {alias: {"is_write_index": true}},
    });
    client.send_json("PUT", &format!("/{}", made.index(1)), &first)?.expect("create the index")?;
    client.send_json("POST", &format!("/{alias}/_doc"), &json!({"target": "x"}))?.expect("store a document")?;
    let next = template(&format!("{alias}-*"), &together(cases, |case| &case.new_mapping));
    client.send_json("PUT", &format!("/_index_template/{TEMPLATE}"), &next)?.expect("put the template")?;
    let answer = client.send("POST", &format!("/{alias}/_rollover"))?.expect("roll over")?;
    ensure!(answer["rolled_over"] == true, "the alias did not roll over: {answer}");
    client.send_json("POST", &format!("/{alias}/_doc"), &json!({"target": "x"}))?.expect("store a document")?;
    let path = format!("/{}/_mapping", made.index(2));
    let mapping = client.send("GET", &path)?.expect("read the mapping")?;
    let held = &mapping[made.index(2)]["mappings"]["properties"];
    let path = format!("/{alias}/_field_caps?fields=f*");
    let searched = client.send("GET", &path)?.expect("ask for the fields")?;
    for (place, case) in cases.iter().enumerate() {
        let brought = with_field(case, &held[name(place)]);
        let wanted = adapter.shown(&case.new_mapping);
        let differing = diff::compare(&side(case, &brought)?, &side(case, &wanted)?, &options(engine));
        if let Some(finding) = differing.first() {
            counts.wrong += 1;
            eprintln!(
                "disagreement: {}: the next index is not as its template: {} ({brought})",
                case.id, finding.message
            );
        }
        let conflict = conflict(&searched["fields"], &name(place));
        counts.rolled_over += 1;
        counts.conflicts += usize::from(conflict.is_some());
        if conflict.is_some() != is_predicted_conflict(engine, case)? {
            counts.wrong += 1;
            let seen = conflict.map_or_else(|| "one type".to_owned(), ToString::to_string);
            eprintln!("disagreement: {}: over both indices a search sees {seen}", case.id);
        }
    }
    Ok(())
}

/// The types that a search sees of a field, or of something below it, when they are several.
fn conflict<'a>(fields: &'a Value, name: &str) -> Option<&'a Value> {
    let is_of_field = |path: &str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let mut fields = fields.as_object().into_iter().flatten();
    let found =
        fields.find(|(path, types)| is_of_field(path) && types.as_object().is_some_and(|types| types.len() > 1));
    found.map(|(_, types)| types)
}

/// The mapping of a case as an index holds it: with what the engine gives back of the field.
fn with_field(case: &Case, held: &Value) -> Value {
    let mut mapping = case.new_mapping.clone();
    if mapping["properties"].get("f").is_some() {
        mapping["properties"]["f"] = held.clone();
    }
    mapping
}

fn side(case: &Case, mapping: &Value) -> Result<diff::Side> {
    Ok(diff::from_json(&case.id, mapping)?)
}

fn options(engine: diff::Engine) -> Options {
    Options { engines: vec![engine], ..Options::default() }
}

/// Whether a search is said to see two types, whatever that costs.
fn is_predicted_conflict(engine: diff::Engine, case: &Case) -> Result<bool> {
    let findings = diff::compare(&side(case, &case.old_mapping)?, &side(case, &case.new_mapping)?, &options(engine));
    let is_conflict =
        |found: &Finding| found.spec().action == Action::Reindex || found.rule == Rule::TypeChangedSearchable;
    Ok(findings.iter().any(is_conflict))
}
