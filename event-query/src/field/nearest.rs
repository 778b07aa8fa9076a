//! Which names may have been meant.

/// How many names are suggested at most.
const MOST: usize = 3;
/// How like a name must be, from 0 to 1.
const LEAST_LIKENESS: f64 = 0.75;

/// The `names` nearest to `wanted`, the nearest first: those that end in it come before those that are spelt like it.
pub(super) fn nearest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let mut rated: Vec<(f64, &str)> = names
        .map(|name| (likeness(&wanted, &name.to_lowercase()), name))
        .filter(|&(likeness, _)| likeness >= LEAST_LIKENESS)
        .collect();
    rated.sort_by(|(left, left_name), (right, right_name)| {
        right.total_cmp(left).then(left_name.len().cmp(&right_name.len())).then(left_name.cmp(right_name))
    });
    rated.into_iter().take(MOST).map(|(_, name)| name.to_owned()).collect()
}

fn likeness(wanted: &str, name: &str) -> f64 {
    if name == wanted || name.strip_suffix(wanted).is_some_and(|before| before.ends_with('.')) {
        return 1.0;
    }
    // A misspelt last name may be written without the objects around it.
    let last = name.rsplit('.').next().filter(|_| !wanted.contains('.')).unwrap_or_default();
    spelling(wanted, name).max(spelling(wanted, last) * 0.95)
}

/// How like two spellings are. A single slip counts little in short names too.
fn spelling(wanted: &str, name: &str) -> f64 {
    let slip = wanted.len() > 1 && strsim::damerau_levenshtein(wanted, name) == 1;
    strsim::normalized_damerau_levenshtein(wanted, name).max(if slip { 0.9 } else { 0.0 })
}
