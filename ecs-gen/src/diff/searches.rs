//! What a search over two indices answers when a field has another type in each, as it was measured. Owns the format of the
//! table beside this file; which rule follows from a row is in [`super::compare`].
//!
//! The table is written by `cargo xtask live searches --all-pairs --write`, which stores documents that the types take and
//! sends each search to both indices. A line has the release, the type of the old index, and then for one or several types of
//! the new index: what each search of [`SEARCHES`] came to, the `numeric_type`s with which a sort answers (joined by `+`), and
//! whether the new type takes every document that the old one takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::engine::Engine;

/// The searches, in the order of the columns.
pub const SEARCHES: [&str; 10] =
    ["sort", "term", "range", "exists", "terms", "cardinality", "max", "histogram", "date_histogram", "match"];

const TABLE: &str = include_str!("searches.csv");

/// The values of `numeric_type` that engines know.
pub const NUMERIC_TYPES: [&str; 4] = ["long", "double", "date", "date_nanos"];

/// What a search over both indices comes to, beside the same one where both have one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// With one type it fails as well, so nothing is lost.
    Absent,
    /// The same answer.
    Answers,
    /// Another answer, without a failure.
    Differs,
    /// A failure, of the request or of a shard.
    Fails,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Absent, Self::Answers, Self::Differs, Self::Fails];

    /// As it stands in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Absent => "–",
            Self::Answers => "answers",
            Self::Differs => "differs",
            Self::Fails => "fails",
        }
    }
}

/// What was measured of an old and a new type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answers {
    /// Of each of [`SEARCHES`].
    pub outcomes: [Outcome; SEARCHES.len()],
    /// The `numeric_type`s with which a sort over both answers.
    pub numeric_types: Vec<String>,
    /// Whether the new type takes every document that the old one takes.
    pub takes_documents: bool,
}

/// The release, such as `elasticsearch 9.1.4`, and the old and the new type by their names in a mapping.
pub type Key = (String, String, String);

/// The table.
pub type Table = BTreeMap<Key, Answers>;

impl Answers {
    /// What a change of the type costs those who search.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let outcome = |name: &str| SEARCHES.iter().position(|search| *search == name).map(|at| self.outcomes[at]);
        let is_worse = |name: &str, than: Outcome| outcome(name) > Some(than);
        // A value is counted once for each form that it has.
        let counts = ["terms", "cardinality"];
        let is_found = |name: &&str| *name == "sort" || counts.contains(name) || !is_worse(name, Outcome::Answers);
        let is_counted = counts.iter().all(|name| !is_worse(name, Outcome::Differs));
        let is_sorted = !is_worse("sort", Outcome::Answers);
        if !(SEARCHES.iter().all(is_found) && is_counted && (is_sorted || !self.numeric_types.is_empty())) {
            return Cost::Reindex;
        }
        let differs = counts.into_iter().filter(|name| is_worse(name, Outcome::Answers)).collect();
        // By whole numbers where that is the order, since those are exact.
        let mut preferred = ["long", "date", "double", "date_nanos"].into_iter();
        let sort_by = preferred.find(|name| self.numeric_types.iter().any(|known| known == name));
        Cost::Bearable { sort_by: sort_by.filter(|_| !is_sorted), differs }
    }

    /// The worse of both.
    fn worst(&self, other: &Self) -> Self {
        let mut outcomes = self.outcomes;
        for (outcome, other) in outcomes.iter_mut().zip(other.outcomes) {
            *outcome = (*outcome).max(other);
        }
        let numeric_types = self.numeric_types.iter().filter(|name| other.numeric_types.contains(name));
        Self {
            outcomes,
            numeric_types: numeric_types.cloned().collect(),
            takes_documents: self.takes_documents && other.takes_documents,
        }
    }
}

/// What a change of the type costs those who search over old and new indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// They do not find what is there.
    Reindex,
    /// They find everything, as long as they know this.
    Bearable {
        /// The `numeric_type` without which a sort fails or mixes up the order.
        sort_by: Option<&'static str>,
        /// Aggregations that count a value once for each type.
        differs: Vec<&'static str>,
    },
}

/// The worst of what was measured on the releases of an engine; nothing for types that none of them has.
#[must_use]
pub fn measured(engine: Engine, old: &str, new: &str) -> Option<Answers> {
    let is_of_pair =
        |key: &Key| key.0.split(' ').next() == Some(engine.name()) && (key.1.as_str(), key.2.as_str()) == (old, new);
    let found = committed().iter().filter(|(key, _)| is_of_pair(key)).map(|(_, answers)| answers.clone());
    found.reduce(|one, other| one.worst(&other))
}

/// Whether the new type takes every document of the old one, and nothing has to be reindexed, as far as was measured.
#[must_use]
pub fn is_widening(engine: Engine, old: &str, new: &str) -> bool {
    measured(engine, old, new).is_some_and(|answers| answers.takes_documents && answers.cost() != Cost::Reindex)
}

/// The table as it is committed.
#[must_use]
pub fn committed() -> &'static Table {
    static COMMITTED: LazyLock<Table> = LazyLock::new(|| parse(TABLE).expect("a test reads the committed table"));
    &COMMITTED
}

/// Reads a table; nothing when it is none.
#[must_use]
pub fn parse(text: &str) -> Option<Table> {
    let mut table = Table::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [release, old, new, outcomes @ .., numeric_types, documents] = cells.as_slice() else { return None };
        let outcome = |word: &&str| Outcome::ALL.into_iter().find(|outcome| outcome.word() == *word);
        let outcomes: Vec<Outcome> = outcomes.iter().map(outcome).collect::<Option<_>>()?;
        let answers = Answers {
            outcomes: outcomes.try_into().ok()?,
            numeric_types: numeric_types.split('+').filter(|name| *name != "–").map(str::to_owned).collect(),
            takes_documents: *documents == "taken",
        };
        for new in new.split(' ') {
            table.insert(((*release).to_owned(), (*old).to_owned(), new.to_owned()), answers.clone());
        }
    }
    Some(table)
}

/// Writes a table: types of the new index for which all is the same share a line.
#[must_use]
pub fn render(table: &Table) -> String {
    let mut text = format!("release,old,new,{},numeric_type,documents\n", SEARCHES.join(","));
    let mut lines: BTreeMap<(&str, &str, &Answers), Vec<&str>> = BTreeMap::new();
    for ((release, old, new), answers) in table {
        lines.entry((release, old, answers)).or_default().push(new);
    }
    for ((release, old, answers), new) in lines {
        let outcomes: Vec<&str> = answers.outcomes.iter().map(|outcome| outcome.word()).collect();
        let numeric_types = answers.numeric_types.join("+");
        let numeric_types = if numeric_types.is_empty() { "–" } else { &numeric_types };
        let documents = if answers.takes_documents { "taken" } else { "refused" };
        let (new, outcomes) = (new.join(" "), outcomes.join(","));
        let _ = writeln!(text, "{release},{old},{new},{outcomes},{numeric_types},{documents}");
    }
    text
}

#[test]
fn the_committed_table_is_read_and_written_alike() {
    assert_eq!(render(&parse(TABLE).unwrap()), TABLE);
}
