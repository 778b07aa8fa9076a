//! The field that a misspelt name probably means.

use crate::rule::ObjectRule;

/// Longer names are not compared, so that a hostile name costs nothing.
const MAX_LENGTH: usize = 64;

/// The field of `rules` whose name is most similar to `name`; the first of equally similar ones.
///
/// Similar is: the same without case, `_` and `-`, or a third of the letters or fewer are wrong (Damerau–Levenshtein).
pub(crate) fn nearest_field(rules: &ObjectRule, name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > MAX_LENGTH {
        return None;
    }
    let plain = plain(name);
    rules
        .fields
        .iter()
        .map(|field| field.name)
        .map(|candidate| (strsim::damerau_levenshtein(&plain, &self::plain(candidate)), candidate))
        .filter(|(distance, candidate)| distance * 3 <= candidate.chars().count().max(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn plain(name: &str) -> String {
    name.chars().filter(|letter| !matches!(letter, '_' | '-' | '@')).flat_map(char::to_lowercase).collect()
}
