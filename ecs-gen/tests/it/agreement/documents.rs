//! Random documents and changes, judged by all. `AGREEMENT_DOCUMENTS` says how many documents there are over all logs,
//! `AGREEMENT_SEED` which.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ecs_gen::model::Model;
use ecs_gen::sample::{DocumentMaker, Mutation, Verdict};
use ecs_schema::generated::{infra_events::InfraEvents, kibana_event_log::KibanaEventLog};
use serde_json::Value;

use super::generated::every_type::EveryType;
use super::judges::{Judges, Lenient, Opinions};
use super::shrink::shrink;
use super::typed::{self, Typed};
use super::{ALL_OF_ECS, EVERY_TYPE, INFRA, KIBANA, exceptions, load, meaning};

/// How many documents there are, each with a change of it besides.
const DOCUMENTS: u64 = 5_000;
/// As good as any other.
const SEED: u64 = 20_240_517;
/// The most disagreements that are shown.
const SHOWN: usize = 12;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("the setting is a number"))
}

/// One document on trial.
struct Trial<'t> {
    label: &'t str,
    path: &'t str,
    document: &'t Value,
    expected: Verdict,
}

struct Court<'m> {
    model: &'m Model,
    judges: Judges,
    /// Valid documents, and changes by label.
    counts: BTreeMap<&'static str, u64>,
    disagreements: BTreeMap<String, String>,
}

impl<'m> Court<'m> {
    fn of(model: &'m Model, typed: Option<Typed>) -> Self {
        let judges = Judges::of(model, typed);
        Self { model, judges, counts: BTreeMap::new(), disagreements: BTreeMap::new() }
    }

    fn judge(&mut self, trial: &Trial<'_>, text: &str) {
        let opinions = self.judges.ask(trial.document, text);
        let mut wrong = disagreement(trial, opinions);
        if wrong.is_none() && trial.expected == Verdict::Valid {
            wrong = self.reading_error(trial.document, text);
        }
        if let Some(wrong) = wrong {
            self.report(trial, opinions, &wrong);
        }
    }

    /// What goes wrong when a valid document is read and written.
    fn reading_error(&self, document: &Value, text: &str) -> Option<String> {
        match self.judges.round_trip(text)? {
            Ok(canonical) => meaning::difference(self.model, document, &canonical),
            Err(wrong) => Some(wrong),
        }
    }

    fn report(&mut self, trial: &Trial<'_>, opinions: Opinions, wrong: &str) {
        let key = format!("{} {wrong:.40}", trial.label);
        if self.disagreements.len() >= SHOWN || self.disagreements.contains_key(&key) {
            return;
        }
        let is_misread = |document: &Value| {
            opinions.value == Verdict::Valid && self.reading_error(document, &document.to_string()).is_some()
        };
        let was_misread = is_misread(trial.document);
        let smallest = shrink(trial.document, trial.path, |smaller| {
            self.judges.ask(smaller, &smaller.to_string()) == opinions && is_misread(smaller) == was_misread
        });
        let text = smallest.to_string();
        let mut shown = format!("{} at `{}`: {wrong}\n{opinions:?}\n", trial.label, trial.path);
        let _ = writeln!(shown, "{}", self.judges.complaints(&smallest, &text));
        let _ = writeln!(shown, "document: {}", text.chars().take(1_000).collect::<String>());
        self.disagreements.insert(key, shown);
    }
}

/// Which judge differs from what is expected.
fn disagreement(trial: &Trial<'_>, opinions: Opinions) -> Option<String> {
    let is_beyond = exceptions::is_beyond_the_schema(trial.label);
    let by_schema = if is_beyond { Verdict::Valid } else { trial.expected };
    let lenient = match trial.expected {
        Verdict::Valid => Lenient::Accepted,
        Verdict::Invalid => exceptions::lenient(trial.label),
    };
    let judges = [
        ("the schema", opinions.schema == by_schema),
        ("the rules for values", opinions.value == trial.expected),
        ("the rules for text", opinions.text == trial.expected),
        ("strict reading", opinions.strict.is_none_or(|verdict| verdict == trial.expected)),
        ("lenient reading", opinions.lenient.is_none_or(|outcome| outcome == lenient)),
    ];
    let differing: Vec<&str> = judges.iter().filter(|(_, agrees)| !agrees).map(|(name, _)| *name).collect();
    (!differing.is_empty()).then(|| format!("{:?} expected, but {} differs", trial.expected, differing.join(", ")))
}

/// Judges so many in a hundred of the documents, made of one log.
#[track_caller]
fn check(path: &str, typed: Option<Typed>, share: u64) {
    let documents = setting("AGREEMENT_DOCUMENTS", DOCUMENTS) * share / 100;
    let seed = setting("AGREEMENT_SEED", SEED);
    let model = load(path);
    let mut maker = DocumentMaker::new(&model, seed);
    let mut court = Court::of(&model, typed);
    for label in maker.labels() {
        court.counts.insert(label, 0);
    }
    for _ in 0..documents {
        let document = maker.document();
        let text = maker.text(&document);
        court.judge(&Trial { label: "document", path: "", document: &document, expected: Verdict::Valid }, &text);
        let mutation = maker.mutation(&document);
        let text = maker.text(&mutation.document);
        *court.counts.entry(mutation.label).or_default() += 1;
        let Mutation { label, path, document, expected } = &mutation;
        court.judge(&Trial { label, path, document, expected: *expected }, &text);
    }
    let found = court.disagreements.len();
    println!("{}: seed {seed}, {documents} documents, {documents} changes, {found} disagreements", model.log.name);
    println!("{:?}", court.counts);
    let shown: Vec<&str> = court.disagreements.values().map(String::as_str).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    let unused: Vec<_> = court.counts.iter().filter(|(_, count)| **count == 0).map(|(label, _)| label).collect();
    assert!(unused.is_empty() || documents < 1_000, "no document had the changes {unused:?}");
}

#[test]
fn all_judges_agree_on_the_kibana_event_log() {
    check(KIBANA, Some(typed::of::<KibanaEventLog>()), 30);
}

#[test]
fn all_judges_agree_on_infra_events() {
    check(INFRA, Some(typed::of::<InfraEvents>()), 30);
}

#[test]
fn all_judges_agree_on_every_type() {
    check(EVERY_TYPE, Some(typed::of::<EveryType>()), 35);
}

#[test]
fn all_judges_agree_on_all_of_ecs() {
    check(ALL_OF_ECS, None, 5);
}

#[test]
fn exceptions_are_about_changes_that_are_made() {
    let model = load(EVERY_TYPE);
    let labels: Vec<&str> = DocumentMaker::new(&model, SEED).labels().collect();
    for label in exceptions::labels() {
        assert!(labels.contains(&label), "no change is `{label}`");
    }
}

#[test]
fn duplicate_fields_are_found_in_text() {
    for (path, typed) in [(KIBANA, typed::of::<KibanaEventLog>()), (EVERY_TYPE, typed::of::<EveryType>())] {
        let model = load(path);
        let judges = Judges::of(&model, Some(typed));
        let mut maker = DocumentMaker::new(&model, SEED);
        for _ in 0..100 {
            let document = maker.document();
            for text in doubled(&document) {
                let opinions = judges.ask(&document, &text);
                assert_eq!(opinions.value, Verdict::Valid);
                assert_eq!((opinions.text, opinions.strict), (Verdict::Invalid, Some(Verdict::Invalid)), "{text}");
            }
        }
    }
}

#[test]
fn only_an_object_is_a_document() {
    let model = load(KIBANA);
    let judges = Judges::of(&model, Some(typed::of::<KibanaEventLog>()));
    for text in ["null", "[]", "{}", "[{}]", "1", "\"\"", "true"] {
        let opinions = judges.ask(&serde_json::from_str(text).unwrap(), text);
        let verdicts = (opinions.schema, opinions.value, opinions.text, opinions.strict.unwrap());
        let refused = Verdict::Invalid;
        assert_eq!(verdicts, (refused, refused, refused, refused), "{text}");
        assert_eq!(opinions.lenient, Some(Lenient::Unreadable), "{text}");
    }
}

/// The document's text with the first field of the document, and of each object directly in it, a second time.
fn doubled(document: &Value) -> Vec<String> {
    let text = document.to_string();
    let inner = document.as_object().into_iter().flat_map(|root| root.values());
    let objects = std::iter::once(document).chain(inner).filter_map(Value::as_object);
    let texts = objects.filter_map(|object| {
        let (name, value) = object.iter().next()?;
        let whole = Value::Object(object.clone()).to_string();
        let twice = format!("{{{}:{value},{}", Value::from(name.as_str()), &whole[1..]);
        Some(text.replacen(&whole, &twice, 1))
    });
    texts.collect()
}
