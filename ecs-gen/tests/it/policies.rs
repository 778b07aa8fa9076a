//! Whether the engines would take the policies: ISM by a strict schema of its bodies and by what no schema can say, ILM
//! by a table that was written for this test alone.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::engine_files::{LOGS, files, json};

#[test]
fn ism_policies_have_the_form_of_the_plugin() {
    let schema: Json = serde_json::from_str(include_str!("opensearch-ism.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for log in LOGS {
        let policy = json(files(log), "ism-policy.json");
        let problems: Vec<String> =
            validator.iter_errors(&policy).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert_eq!(problems, Vec::<String>::new(), "{log}");
    }
}

#[test]
fn ism_schema_refuses_what_the_plugin_refuses() {
    let schema: Json = serde_json::from_str(include_str!("opensearch-ism.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = json(files("alias"), "ism-policy.json");
    for (pointer, bad) in [
        ("/policy/states/0/transitions/0/conditions", serde_json::json!({})),
        ("/policy/states/0/transitions/0/conditions", serde_json::json!({"min_index_age": "1d", "min_size": "1gb"})),
        ("/policy/states/0/actions/0", serde_json::json!({"rollover": {}, "read_only": {}})),
        ("/policy/states/0/actions/1/rollover/min_index_age", serde_json::json!("1w")),
    ] {
        let mut policy = good.clone();
        *policy.pointer_mut(pointer).unwrap() = bad;
        assert!(!validator.is_valid(&policy), "{pointer}");
    }
}

#[test]
fn ism_states_lead_to_each_other_and_end() {
    for log in LOGS {
        let policy = &json(files(log), "ism-policy.json")["policy"];
        let states = policy["states"].as_array().unwrap();
        let names: Vec<&str> = states.iter().map(|state| state["name"].as_str().unwrap()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{log}: a name stands twice");
        assert!(names.contains(&policy["default_state"].as_str().unwrap()), "{log}");
        for state in states {
            for transition in state["transitions"].as_array().unwrap() {
                assert!(names.contains(&transition["state_name"].as_str().unwrap()), "{log}: {transition}");
            }
            let actions = state["actions"].as_array().unwrap();
            let deletes = actions.iter().position(|action| action.get("delete").is_some());
            assert!(deletes.is_none_or(|position| position + 1 == actions.len()), "{log}: {state}");
        }
        let rolls_over = states[0]["actions"].as_array().unwrap().iter().any(|action| action.get("rollover").is_some());
        let by_rollover = policy.to_string().contains("min_rollover_age");
        assert!(rolls_over || !by_rollover, "{log}: an age since a rollover that never comes");
        if let Some(last) = names.iter().position(|name| *name == "delete") {
            assert_eq!(last + 1, names.len(), "{log}");
            for state in &states[..last] {
                assert_eq!(state["transitions"][0]["state_name"], "delete", "{log}: {state}");
            }
        }
    }
}

#[test]
fn empty_index_is_left_alone_where_possible() {
    let rollover = |log: &str| {
        let policy = json(files(log), "ism-policy.json");
        let actions = policy["policy"]["states"][0]["actions"].as_array().unwrap().clone();
        actions.into_iter().find_map(|action| action.get("rollover").cloned()).unwrap()
    };
    assert_eq!(rollover("aliases")["prevent_empty_rollover"], true);
    assert_eq!(rollover("alias").get("prevent_empty_rollover"), None);
}

/// Actions by phase as Elasticsearch's documentation of index lifecycle actions has them.
const ALLOWED: &[(&str, &[&str])] = &[
    (
        "hot",
        &[
            "set_priority",
            "unfollow",
            "rollover",
            "readonly",
            "downsample",
            "shrink",
            "forcemerge",
            "searchable_snapshot",
        ],
    ),
    ("warm", &["set_priority", "unfollow", "readonly", "downsample", "allocate", "migrate", "shrink", "forcemerge"]),
    ("cold", &["set_priority", "unfollow", "readonly", "downsample", "searchable_snapshot", "allocate", "migrate"]),
    ("frozen", &["unfollow", "searchable_snapshot"]),
    ("delete", &["wait_for_snapshot", "delete"]),
];

#[test]
fn ilm_phases_have_only_actions_of_theirs() {
    for log in LOGS.iter().filter(|log| **log != "stream") {
        let policy = json(files(log), "ilm-policy.json");
        let phases = policy["policy"]["phases"].as_object().unwrap();
        for (name, phase) in phases {
            let (_, allowed) = ALLOWED.iter().find(|(known, _)| known == name).expect("a phase that ILM has");
            for action in phase["actions"].as_object().unwrap().keys() {
                assert!(allowed.contains(&action.as_str()), "{log}: {action} in {name}");
            }
            let number = phase["min_age"].as_str().unwrap().trim_end_matches(char::is_alphabetic);
            assert!(number.parse::<u64>().is_ok(), "{log}: {phase}");
        }
        let rollover = &phases["hot"]["actions"]["rollover"];
        assert!(rollover.as_object().is_some_and(|conditions| !conditions.is_empty()), "{log}");
        assert_eq!(policy["policy"]["_meta"]["managed"], false);
    }
}

#[test]
fn table_of_actions_agrees_with_the_docs() {
    for action in ecs_gen::lifecycle::ACTIONS {
        let here: BTreeSet<&str> = action.phases.iter().map(|phase| phase.name()).collect();
        let there: BTreeSet<&str> =
            ALLOWED.iter().filter(|(_, actions)| actions.contains(&action.name)).map(|(phase, _)| *phase).collect();
        assert_eq!(here, there, "{}", action.name);
        assert!(action.has_counterpart() || !action.loss.is_empty(), "{}", action.name);
    }
}

#[test]
fn retention_means_the_same_on_both_engines() {
    for (log, rollover, keep) in [("alias", "30d", "90d"), ("stream-policy", "7d", "30d")] {
        let files = files(log);
        let ilm = json(files, "ilm-policy.json");
        assert_eq!(ilm["policy"]["phases"]["hot"]["actions"]["rollover"]["max_age"], rollover);
        assert_eq!(ilm["policy"]["phases"]["delete"]["min_age"], keep);
        let ism = json(files, "ism-policy.json");
        let hot = &ism["policy"]["states"][0];
        assert!(hot["actions"].to_string().contains(&format!("\"min_index_age\":\"{rollover}\"")));
        assert_eq!(hot["transitions"][0]["conditions"]["min_rollover_age"], keep);
    }
}

/// ILM and ISM have `any of max and all of min` in different words; older plugins have no `all of`.
#[test]
fn a_rollover_is_held_back_where_the_engine_can() {
    let rollover = |log: &str| {
        let ilm = json(files(log), "ilm-policy.json")["policy"]["phases"]["hot"]["actions"]["rollover"].clone();
        let ism = json(files(log), "ism-policy.json")["policy"]["states"][0]["actions"].as_array().unwrap().clone();
        (ilm, ism.into_iter().find_map(|action| action.get("rollover").cloned()).unwrap())
    };
    let (ilm, ism) = rollover("aliases");
    assert_eq!((&ilm["min_age"], &ilm["min_docs"]), (&serde_json::json!("1d"), &serde_json::json!(1000)));
    let by_size = serde_json::json!({"min_primary_shard_size": "20gb", "min_index_age": "1d", "min_doc_count": 1000});
    let by_count = serde_json::json!({"min_index_age": "1d", "min_doc_count": 1_000_000});
    assert_eq!(ism, serde_json::json!({"any_of": [by_size, by_count], "prevent_empty_rollover": true}));
    let (ilm, ism) = rollover("alias");
    assert_eq!(ilm["min_age"], "1d");
    assert_eq!((&ism["min_index_age"], ism.get("any_of")), (&serde_json::json!("30d"), None));
    let replaced = files("alias").iter().find(|(path, _)| path.ends_with("REPLACED.md")).unwrap().1;
    assert!(
        std::str::from_utf8(replaced).unwrap().contains("- `min_age` is left out: an index rolls over at the first")
    );
}

/// An index that never reaches what is demanded never deletes its events.
#[test]
fn no_age_is_promised_where_growth_is_demanded() {
    let meta = |log: &str| json(files(log), "ilm-policy.json")["policy"]["_meta"].clone();
    assert_eq!(meta("alias")["worst_case_age"], "120d", "an age is reached in any case");
    assert_eq!(meta("aliases").get("worst_case_age"), None);
}

/// ISM has a count of documents, over all primary shards together.
#[test]
fn ism_counts_documents_over_all_shards() {
    let rollover = |file: &str, pointer: &str| json(files("alias"), file).pointer(pointer).unwrap().clone();
    let ilm = rollover("ilm-policy.json", "/policy/phases/hot/actions/rollover");
    assert_eq!(ilm["max_primary_shard_docs"], 150_000_000);
    let ism = json(files("alias"), "ism-policy.json");
    let actions = ism["policy"]["states"][0]["actions"].as_array().unwrap().clone();
    let ism = actions.into_iter().find_map(|action| action.get("rollover").cloned()).unwrap();
    assert_eq!(ism["min_doc_count"], 300_000_000, "two shards");
}
