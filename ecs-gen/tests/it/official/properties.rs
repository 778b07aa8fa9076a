//! What holds for any custom field sets.

use ecs_gen::generate::Request;
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::Run;

/// Sets of custom files, and of ECS, by the names that the generated sets have.
const NAMES: &[&str] = &["alpha", "beta", "gamma", "user", "hash", "geo"];
const FIELDS: &[&str] = &["one", "two.three", "two.four", "name"];
const TYPES: &[&str] = &["keyword", "long", "short", "constant_keyword"];
const PLACES: &[&str] = &["alpha", "beta", "gamma", "host", "user", "alpha.two", "process.parent"];

/// A set as text: a name, fields, and places with their order.
fn set() -> impl Strategy<Value = String> {
    let name = prop::sample::select(NAMES);
    let field = (prop::sample::select(FIELDS), prop::sample::select(TYPES));
    let fields = prop::collection::vec(field, 0..4);
    let places = prop::collection::vec(prop::sample::select(PLACES), 0..3);
    (name, fields, places).prop_map(|(name, fields, places)| {
        let fields = fields.iter().map(|(name, kind)| format!("{{name: {name}, type: {kind}}}"));
        let fields = fields.collect::<Vec<_>>().join(", ");
        // The order belongs to the set, not to a file, or the last file would decide.
        let order = 1 + NAMES.iter().position(|known| *known == name).unwrap() % 3;
        let places: Vec<&str> = places.into_iter().filter(|place| !place.starts_with(name)).collect();
        let places = places.join(", ");
        format!("- name: {name}\n  reusable: {{order: {order}, expected: [{places}]}}\n  fields: [{fields}]\n")
    })
}

/// A release that has what the generated sets name, and reuses some of it.
const SMALL: &str = "\
ecs: 1.0.0
fieldsets:
- {name: base, root: true, fields: [{name: '@timestamp', type: date}]}
- {name: geo, reusable: {top_level: false, order: 2, expected: [host]}, fields: [{name: name, type: keyword}]}
- {name: hash, reusable: {top_level: false, order: 1, expected: [process, {at: host, as: sum}]}, fields: [{name: one, type: long}]}
- {name: host, fields: [{name: name, type: keyword}]}
- {name: process, reusable: {expected: [{at: process, as: parent}]}, fields: [{name: pid, type: long}]}
- {name: user, reusable: {expected: [host, process, {at: user, as: target}]}, fields: [{name: name, type: keyword}]}
";

/// All leaves of the document; nothing when it is refused.
fn run(customs: &[&str]) -> Option<Vec<String>> {
    let run = Run::new("", customs);
    let release = run.write("small.yaml", SMALL);
    let all = |request: &mut Request| {
        request.subsets.clear();
        request.name = Some("web".to_owned());
        request.ecs = Some(release.display().to_string());
    };
    let outcome = run.with(all).outcome();
    outcome.model.is_some().then(|| outcome.leaves())
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_order_of_files_and_sets_changes_nothing(sets in prop::collection::vec(set(), 1..5), seed in any::<u64>()) {
        let files: Vec<&str> = sets.iter().map(String::as_str).collect();
        let mut other = files.clone();
        let at = usize::try_from(seed % 7).unwrap() % other.len();
        other.rotate_left(at);
        if seed % 2 == 0 {
            other.reverse();
        }
        let apart = run(&files);
        prop_assert_eq!(&apart, &run(&other));
        prop_assert_eq!(&apart, &run(&[&other.concat()]));
    }

    #[test]
    fn merging_a_set_with_itself_changes_nothing(set in set(), other in set()) {
        prop_assert_eq!(run(&[&set, &other]), run(&[&set, &other, &set]));
    }

    #[test]
    fn a_set_without_fields_adds_only_places(set in set(), place in prop::sample::select(PLACES)) {
        let name = set.lines().next().unwrap().trim_start_matches("- name: ");
        prop_assume!(!place.starts_with(name));
        let Some(before) = run(&[&set]) else { return Ok(()) };
        let Some(after) = run(&[&set, &format!("- name: {name}\n  reusable: {{expected: [{place}]}}\n")]) else { return Ok(()) };
        prop_assert!(before.iter().all(|leaf| after.contains(leaf)), "nothing goes");
        let copied = format!(".{name}.");
        let added = after.iter().filter(|leaf| !before.contains(leaf));
        for leaf in added {
            prop_assert!(leaf.contains(&copied), "`{leaf}` is not in a copy of `{name}`");
        }
    }
}

#[test]
fn most_generated_sets_are_taken() {
    let set = "- name: alpha\n  reusable: {order: 1, expected: [user, process.parent]}\n  fields: [{name: one, type: long}]\n";
    let leaves = run(&[set]).unwrap();
    for leaf in
        ["alpha.one:long", "host.user.alpha.one:long", "process.parent.alpha.one:long", "user.target.alpha.one:long"]
    {
        assert!(leaves.contains(&leaf.to_owned()), "no `{leaf}` in {leaves:?}");
    }
}
