//! What `'*'` selects of each field set and at each of its places, beside the flat list of the release. That the list is the
//! published one is `cargo xtask ecs verify`.

use std::collections::{BTreeMap, BTreeSet};

use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::load_release;
use ecs_gen::input::log::Places;
use ecs_gen::model::Origin;
use ecs_gen::source::Sources;

use super::Run;

/// Fields of the release by each object that they are below, whether it is a set, a place of one or a plain object.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let release = load_release(&mut sources, "9.4.0", None, &mut diagnostics).unwrap();
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for field in release.documented_fields(&mut diagnostics) {
        let path = field.path.as_str();
        for (dot, _) in path.match_indices('.') {
            below.entry(path[..dot].to_owned()).or_default().insert(path.to_owned());
        }
    }
    below
}

#[test]
fn a_star_is_what_the_release_shows_there() {
    let documented = documented();
    assert!(documented.len() > 300, "{} objects", documented.len());
    for (object, expected) in &documented {
        let names: Vec<&str> = object.split('.').collect();
        let selected =
            names.iter().rev().fold("'*'".to_owned(), |inner, name| format!("{{{name}: {{fields: {inner}}}}}"));
        let fields = format!("  {}", &selected[1..selected.len() - 1]);
        let run = Run::new(&fields, &[]).with(|request| request.places = Some(Places::Released));
        let outcome = run.outcome();
        let model = outcome.model.unwrap_or_else(|| panic!("{object}: {}", outcome.printed));
        let declared = model.fields.iter().filter(|field| field.origin != Origin::Implied);
        let below = format!("{object}.");
        let found: BTreeSet<String> =
            declared.map(|field| field.path.to_string()).filter(|path| path.starts_with(&below)).collect();
        assert_eq!(found, *expected, "`'*'` of `{object}`");
    }
}
