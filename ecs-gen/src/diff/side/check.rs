//! Whether two sides can be compared at all. What is silently absent from one would be taken for what is the same, or
//! for what is gone.

use super::{LoadError, Side, mappings};
use crate::diff::engine::Engine;

/// Refuses sides that do not go together: a folder without one of the engines, or one mapping and several logs.
///
/// # Errors
/// Names the side, what it lacks, and what to give instead.
pub fn check_sides(old: &Side, new: &Side, engines: &[Engine]) -> Result<(), LoadError> {
    for side in [old, new] {
        check_engines(side, engines)?;
    }
    check_number(old, new)?;
    check_number(new, old)
}

fn check_engines(side: &Side, engines: &[Engine]) -> Result<(), LoadError> {
    // A mapping alone may be of either engine.
    for (name, log) in side.logs.iter().filter(|(_, log)| log.is_whole) {
        let has = |engine: &Engine| log.documents.contains_key(mappings(*engine));
        let Some(absent) = engines.iter().find(|engine| !has(engine)) else { continue };
        let others: Vec<String> = Engine::ALL
            .iter()
            .filter(|engine| has(engine))
            .map(|engine| format!("`--engine {}`", engine.name()))
            .collect();
        return Err(LoadError::new(format!(
            "`{}` holds nothing for {absent}: the log `{name}` has no `{}` there; compare with {}, or generate it",
            side.label,
            mappings(*absent),
            others.join(" or ")
        )));
    }
    Ok(())
}

/// A mapping does not say which log it is of.
fn check_number(one: &Side, other: &Side) -> Result<(), LoadError> {
    let is_mapping = one.logs.values().any(|log| !log.is_whole);
    if !is_mapping || other.logs.len() < 2 {
        return Ok(());
    }
    let names: Vec<&str> = other.logs.keys().map(String::as_str).collect();
    Err(LoadError::new(format!(
        "`{}` is the mapping of one log and `{}` holds several ({}): give the folder of the one, such as `{}/{}`",
        one.label,
        other.label,
        names.join(", "),
        other.label.trim_end_matches('/'),
        names[0]
    )))
}
