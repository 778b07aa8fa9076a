//! Where ours is knowingly stricter than an engine: each rule with its reason and a document that shows it, which the
//! engine takes and we refuse. A violation that no row covers must be the engine's too. Owns finding the row of a
//! violation and showing each row; the rows stand in `rows.rs`.

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::field_type::ValueKind;
use ecs_gen::model::Field;
use ecs_schema::{Violation, ViolationRule, validate_json};
use serde_json::Value;

use super::{Index, violation_path};
use crate::engines::Engine;

mod rows;

/// What a row decides by: a violation, its field, the value there, and the engine.
struct Seen<'a> {
    kind: Option<ValueKind>,
    /// Whether the engine has another type for the field.
    is_replaced: bool,
    value: Option<&'a Value>,
    rule: &'a ViolationRule,
    path: &'a str,
}

/// What the engine does where ours is stricter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// It takes every such document.
    Always,
    /// It takes some, by rules that are its own.
    Sometimes,
}

/// One rule.
#[derive(Clone, Copy)]
struct Row {
    code: &'static str,
    engines: &'static [Engine],
    when: fn(&Seen<'_>) -> bool,
    leniency: Leniency,
    reason: &'static str,
    /// Merged into a minimal document of the log with every type.
    example: &'static str,
}

/// What the engine does with the rule that a violation breaks; `None` when it has the rule too.
pub fn leniency(index: &Index<'_>, document: &Value, violation: &Violation) -> Option<Leniency> {
    find(index, document, violation).map(|row| row.leniency)
}

fn find(index: &Index<'_>, document: &Value, violation: &Violation) -> Option<&'static Row> {
    let field = violation_path::field(&index.log.model, &violation.path);
    let seen = Seen {
        kind: field.map(Field::kind),
        is_replaced: field.is_some_and(|field| index.has_another_type(field)),
        value: violation_path::value(document, &violation.path),
        rule: &violation.rule,
        path: &violation.path,
    };
    let mut rows = rows::ROWS.iter().filter(|row| index.is_of(row.engines));
    rows.find(|row| row.code == violation.rule.code() && (row.when)(&seen))
}

/// Shows each row that holds for the engine: it takes the example, and we refuse it for that row alone.
pub fn check(indices: &[Index<'_>]) -> Result<usize> {
    let mut shown = 0;
    for row in rows::ROWS {
        let example: Value = serde_json::from_str(row.example)?;
        let names: Vec<&String> = example.as_object().into_iter().flat_map(|example| example.keys()).collect();
        let has = |index: &&Index<'_>, name: &str| {
            let root = name.split('.').next();
            index.log.model.fields.iter().any(|field| field.path.as_str().split('.').next() == root)
        };
        let index = indices.iter().find(|index| names.iter().all(|name| has(index, name)));
        let index = index.with_context(|| format!("no log has the fields of `{}`", row.example))?;
        shown += usize::from(show(index, row).with_context(|| format!("the rule that {}", row.reason))?);
    }
    ensure!(shown > 0, "no rule was shown");
    Ok(shown)
}

/// Tells whether the row is one of this engine.
fn show(index: &Index<'_>, row: &Row) -> Result<bool> {
    if !index.is_of(row.engines) {
        return Ok(false);
    }
    let mut document = ecs_gen::sample::minimal_document(&index.log.model);
    merge(&mut document, serde_json::from_str(&row.example.replace("LONG", &"x".repeat(ALMOST_A_TERM)))?);
    let Err(violations) = validate_json(index.log.rules(), &document) else {
        bail!("we are said to refuse `{}`, and do not", row.example);
    };
    let mut is_shown = false;
    for violation in violations.as_slice() {
        let Some(found) = find(index, &document, violation) else {
            bail!("`{}` is refused for something that no rule here covers: {violation}", row.example);
        };
        is_shown |= std::ptr::eq(found, row);
    }
    ensure!(is_shown, "`{}` falls under other rules: {violations}", row.example);
    match index.send_one(&document)? {
        Some(reason) => bail!("the engine refuses `{}` too, so that ours is not stricter: {reason}", row.example),
        None => Ok(true),
    }
}

/// A length at which the text is a term, and the text with the path of a field is too long for one.
const ALMOST_A_TERM: usize = 32_755;

/// Puts what an example has into a document; null removes.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use ecs_gen::audit::EngineAnswer;
    use ecs_schema::validate_json;
    use serde_json::Value;

    use super::{ALMOST_A_TERM, merge, rows};
    use crate::engines::Engine;
    use crate::live::log::Log;

    #[test]
    fn audit_says_of_no_row_that_engines_refuse_it() {
        let logs = [Log::of_every_type().unwrap(), Log::committed("infra-events").unwrap()];
        for row in rows::ROWS.iter().filter(|row| row.engines.len() == Engine::ALL.len()) {
            let example = serde_json::from_str(&row.example.replace("LONG", &"x".repeat(ALMOST_A_TERM))).unwrap();
            let mut answers = logs.iter().flat_map(|log| {
                let mut document = ecs_gen::sample::minimal_document(&log.model);
                merge(&mut document, Value::clone(&example));
                let violations = validate_json(log.rules(), &document).err().into_iter().flatten();
                let of_row = violations.filter(|violation| violation.rule.code() == row.code);
                of_row.map(|violation| EngineAnswer::of(&violation)).collect::<Vec<_>>()
            });
            // Only some of these logs have the example's fields; of another its names are unknown.
            assert!(answers.any(|answer| answer != EngineAnswer::Refuses), "{}: {}", row.code, row.example);
        }
    }

    /// The codes in the second column of the page's table.
    fn codes_of_the_page() -> BTreeSet<String> {
        let page = fs::read_to_string(crate::workspace::root().join("docs/validation.md")).unwrap();
        let (_, table) = page.split_once("| we refuse | code |").unwrap();
        let (table, _) = table.split_once("\n\n").unwrap();
        let cells = table.lines().skip(2).filter_map(|row| row.split(" | ").nth(1));
        cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
    }

    #[test]
    fn the_page_and_the_rows_name_the_same_rules() {
        let rows: BTreeSet<String> = rows::ROWS.iter().map(|row| row.code.to_owned()).collect();
        assert_eq!(codes_of_the_page(), rows);
    }
}
