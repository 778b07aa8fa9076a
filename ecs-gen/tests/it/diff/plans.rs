//! Plans: which requests, in which order, with which bodies.

use ecs_gen::diff::{Engine, Plan, Side, Verdict, matrix, plan, predict_put_mapping};
use serde_json::json;

use super::{Edit, Workspace, side};

fn planned(engine: Engine, old: (&[Edit], &[Edit]), new: (&[Edit], &[Edit])) -> Plan {
    let (old, new): (Side, Side) = (Workspace::with(old.0, old.1).load(), Workspace::with(new.0, new.1).load());
    plan(engine, &old, &new)
}

/// `METHOD path` of each step.
fn requests(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|step| format!("{} {}", step.method, step.path)).collect()
}

const FIELD: Edit = ("    - {name: sku", "    - {name: rebate, type: long, description: less}\n    - {name: sku");
const TYPE: Edit = ("total, type: long", "total, type: keyword");
const GONE: Edit = ("    - {name: till, type: keyword, description: which till}\n", "");
const KEEP: Edit = ("keep: 90d", "keep: 30d");
const STREAM: Edit = ("alias: shop,", "data_stream: shop,");
const PIPELINE: Edit = ("priority: 200}", "priority: 200, default_pipeline: {name: shop-in, file: pipeline.yaml}}");

#[test]
fn nothing_is_done_when_nothing_differs() {
    for engine in Engine::ALL {
        assert_eq!(requests(&planned(engine, (&[], &[]), (&[], &[]))), Vec::<String>::new());
    }
}

#[test]
fn mapping_updates_follow_the_templates() {
    for engine in Engine::ALL {
        let plan = planned(engine, (&[], &[]), (&[], &[FIELD]));
        let put: Vec<String> = requests(&plan);
        let expected = [
            "PUT /_component_template/shop-log@mappings",
            "PUT /_component_template/shop-log@settings",
            "PUT /_index_template/shop-log",
            "PUT /shop/_mapping",
        ];
        assert_eq!(put, expected);
        let body = plan.steps[3].body.clone().unwrap();
        assert_eq!(body["properties"], json!({"shop": {"properties": {"rebate": {"type": "long"}}}}));
        assert_eq!(body["_meta"]["version"], 3);
    }
}

#[test]
fn conflict_is_copied_into_new_indices() {
    let plan = planned(Engine::OpenSearch, (&[], &[]), (&[], &[TYPE, GONE]));
    insta::assert_snapshot!(without_templates(&plan));
}

#[test]
fn copies_on_elasticsearch_keep_their_age() {
    let hidden: Edit = ("alias: shop,", "alias: shop, hidden: true,");
    let plan = planned(Engine::Elasticsearch, (&[hidden], &[]), (&[hidden], &[TYPE]));
    insta::assert_snapshot!(without_templates(&plan));
    let state = plan.steps.iter().position(|step| step.path.starts_with("/_cluster/state")).unwrap();
    let rolled = plan.steps.iter().position(|step| step.path == "/shop/_rollover").unwrap();
    // What is written during the copying goes elsewhere, since the copy is older than that.
    assert!(rolled < state && !plan.steps[rolled].is_repeated && plan.steps[state].is_repeated);
    let alias = plan.steps[state + 1].body.as_ref().and_then(|body| body.pointer("/aliases/shop")).cloned();
    assert_eq!(alias, Some(json!({"is_write_index": false, "is_hidden": true})));
}

#[test]
fn streams_roll_over_lazily_on_elasticsearch() {
    let static_change: Edit = ("shards: 1", "shards: 2");
    for (engine, last) in
        [(Engine::Elasticsearch, "POST /shop/_rollover?lazy=true"), (Engine::OpenSearch, "POST /shop/_rollover")]
    {
        let plan = planned(engine, (&[STREAM], &[]), (&[STREAM, static_change], &[]));
        assert_eq!(requests(&plan).last().map(String::as_str), Some(last));
    }
}

#[test]
fn a_policy_is_changed_as_each_engine_wants_it() {
    insta::assert_snapshot!(
        "policy_on_elasticsearch",
        planned(Engine::Elasticsearch, (&[], &[]), (&[KEEP], &[])).to_text()
    );
    insta::assert_snapshot!("policy_on_opensearch", planned(Engine::OpenSearch, (&[], &[]), (&[KEEP], &[])).to_text());
    let own: Edit = ("policy: shop_policy", "data_stream: true");
    let plan = planned(Engine::Elasticsearch, (&[STREAM, own], &[]), (&[STREAM, own, KEEP], &[]));
    assert_eq!(requests(&plan).last().map(String::as_str), Some("PUT /_data_stream/shop/_lifecycle"));
}

#[test]
fn pipeline_comes_before_the_setting_naming_it() {
    let plan = planned(Engine::Elasticsearch, (&[], &[]), (&[PIPELINE], &[]));
    let put = requests(&plan);
    assert_eq!(put[0], "PUT /_ingest/pipeline/shop-in");
    let settings = plan.steps.iter().find(|step| step.path == "/shop/_settings").unwrap();
    assert_eq!(settings.body, Some(json!({"index.default_pipeline": "shop-in"})));
}

#[test]
fn a_new_alias_gets_its_first_index() {
    let two: Edit = ("alias: shop,", "aliases: [shop, market],");
    let put = requests(&planned(Engine::Elasticsearch, (&[], &[]), (&[two], &[])));
    assert!(put.contains(&"PUT /market-000001".to_owned()), "{put:?}");
    assert!(!put.contains(&"PUT /shop-000001".to_owned()), "{put:?}");
}

#[test]
fn a_mapping_of_its_own_is_put_or_reindexed() {
    let mapping = |kind: &str| side(&json!({"properties": {"a": {"type": kind}}}));
    let put = requests(&plan(Engine::OpenSearch, &mapping("long"), &mapping("keyword")));
    let expected = [
        "PUT /{index}-reindexed",
        "PUT /{index}/_block/write",
        "POST /{index}/_refresh",
        "POST /_reindex?refresh=true&wait_for_completion=false",
        "GET /_tasks/{task}",
    ];
    assert_eq!(put, expected);
}

#[test]
fn engines_take_every_mapping_of_a_plan() {
    for engine in Engine::ALL {
        for case in matrix::cases(engine) {
            let plan = plan(engine, &side(&case.old_mapping), &side(&case.new_mapping));
            for step in plan.steps.iter().filter(|step| step.path == "/{index}/_mapping") {
                let body = step.body.as_ref().unwrap();
                let verdict = predict_put_mapping(engine, &case.old_mapping, body);
                assert_eq!(verdict, Verdict::Accepted, "{engine} {}: {body}", case.id);
            }
        }
    }
}

/// The source of the script that copies.
fn script(plan: &Plan) -> String {
    let reindex = plan.steps.iter().find(|step| step.path.starts_with("/_reindex")).expect("something is copied");
    reindex.body.as_ref().and_then(|body| body.pointer("/script/source")).map(ToString::to_string).unwrap_or_default()
}

#[test]
fn data_stream_is_copied_into_itself() {
    for engine in Engine::ALL {
        let plan = planned(engine, (&[STREAM], &[]), (&[STREAM], &[TYPE]));
        let steps = requests(&plan);
        assert!(steps.contains(&"POST /shop/_rollover".to_owned()), "{steps:?}");
        assert_eq!(steps.last().map(String::as_str), Some("DELETE /{old_index}"));
        let copy = plan.steps.iter().find(|step| step.path.starts_with("/_reindex")).unwrap();
        assert_eq!(copy.body.as_ref().unwrap()["dest"]["index"], "shop");
    }
}

#[test]
fn nothing_is_copied_for_what_a_rollover_settles() {
    let wildcard: Edit = ("till, type: keyword", "till, type: wildcard");
    let steps = requests(&planned(Engine::Elasticsearch, (&[], &[]), (&[], &[wildcard])));
    assert_eq!(steps.last().map(String::as_str), Some("POST /shop/_rollover"), "{steps:?}");
}

#[test]
fn field_that_becomes_an_alias_is_moved() {
    let alias: Edit = (
        "    - {name: till, type: keyword, description: which till}\n",
        "    - {name: desk, type: keyword, description: which}\n    - {name: till, type: alias, path: shop.desk, description: old}\n",
    );
    let source = script(&planned(Engine::OpenSearch, (&[], &[]), (&[], &[TYPE, alias])));
    assert!(
        source.contains("move(ctx._source, new String[] {'shop', 'till'}, new String[] {'shop', 'desk'});"),
        "{source}"
    );
}

#[test]
fn removed_object_is_dropped_with_its_name() {
    let mapping = |number: &str, gone: bool| {
        let mut mapping =
            json!({"dynamic": "strict", "properties": {"a": {"type": number}, "kept": {"properties": {}}}});
        if gone {
            mapping["properties"]["user"] = json!({"properties": {"id": {"type": "keyword"}}});
            mapping["properties"]["kept"]["properties"]["b"] = json!({"type": "keyword"});
        }
        side(&mapping)
    };
    let source = script(&plan(Engine::OpenSearch, &mapping("long", true), &mapping("keyword", false)));
    assert!(source.contains("new String[] {'user'}, 0)"), "{source}");
    assert!(source.contains("new String[] {'kept', 'b'}, 0)"), "{source}");
}

#[test]
fn what_the_new_mapping_stores_is_not_dropped() {
    let old = json!({"dynamic": "strict", "properties": {
        "a": {"type": "long"}, "raw": {"properties": {"id": {"type": "keyword"}}}}});
    let unseen = json!({"dynamic": "strict", "properties": {
        "a": {"type": "keyword"}, "raw": {"type": "object", "enabled": false}}});
    let lax = json!({"dynamic": "false", "properties": {"a": {"type": "keyword"}}});
    for new in [unseen, lax] {
        assert_eq!(script(&plan(Engine::OpenSearch, &side(&old), &side(&new))), "");
    }
}

#[test]
fn a_first_index_that_exists_is_never_put() {
    let hidden: Edit = ("alias: shop,", "alias: shop, hidden: true,");
    let steps = requests(&planned(Engine::Elasticsearch, (&[], &[]), (&[hidden], &[])));
    assert!(!steps.iter().any(|step| step.contains("000001")), "{steps:?}");
}

#[test]
fn alias_without_writers_is_left_alone() {
    let other: Edit = ("alias: shop,", "alias: market,");
    let steps = requests(&planned(Engine::Elasticsearch, (&[], &[]), (&[other], &[TYPE])));
    assert!(!steps.iter().any(|step| step.starts_with("POST /shop/")), "{steps:?}");
    assert!(steps.contains(&"PUT /market-000001".to_owned()), "{steps:?}");
}

#[test]
fn template_makes_room_for_one_with_its_pattern() {
    let (one, other): (Edit, Edit) =
        (("alias: shop,", "aliases: [east, west],"), ("alias: shop,", "aliases: [west, east],"));
    let steps = requests(&planned(Engine::OpenSearch, (&[one], &[]), (&[other], &[])));
    let at =
        |wanted: &str| steps.iter().position(|step| step == wanted).unwrap_or_else(|| panic!("{wanted}: {steps:?}"));
    assert!(at("DELETE /_index_template/shop-log-west") < at("PUT /_index_template/shop-log"));
}

#[test]
fn renamed_policy_takes_the_pattern_over() {
    let other: Edit = ("policy: shop_policy", "policy: other_policy");
    let plan = planned(Engine::OpenSearch, (&[], &[]), (&[other], &[]));
    let steps = requests(&plan);
    let at =
        |wanted: &str| steps.iter().position(|step| step.starts_with(wanted)).unwrap_or_else(|| panic!("{steps:?}"));
    let detached = at("PUT /_plugins/_ism/policies/shop_policy?if_seq_no=");
    assert!(detached < at("PUT /_plugins/_ism/policies/other_policy"));
    assert_eq!(plan.steps[detached].body.as_ref().unwrap()["policy"].get("ism_template"), None);
}

#[test]
fn alias_that_becomes_a_stream_is_left_to_people() {
    for (old, new) in [(&[][..], &[STREAM][..]), (&[STREAM], &[])] {
        let plan = planned(Engine::Elasticsearch, (old, &[]), (new, &[]));
        assert_eq!(requests(&plan), Vec::<String>::new());
        assert_eq!(plan.unsolved.len(), 1);
        assert!(plan.to_text().contains("do not turn into each other"), "{}", plan.to_text());
    }
}

#[test]
fn an_alias_that_is_left_is_said_with_what_to_do() {
    let renamed: Edit = ("alias: shop,", "alias: store,");
    for (engine, setting) in [
        (Engine::Elasticsearch, "index.lifecycle.indexing_complete"),
        (Engine::OpenSearch, "index.plugins.index_state_management.rollover_skip"),
    ] {
        let plan = planned(engine, (&[], &[]), (&[renamed], &[]));
        let [said] = plan.unsolved.as_slice() else { panic!("{:?}", plan.unsolved) };
        assert!(said.contains("of the alias `shop` stay") && said.contains("producers to `store`"), "{said}");
        assert!(said.contains(setting), "{said}");
        assert!(requests(&plan).iter().any(|step| step == "PUT /store-000001"), "{:?}", requests(&plan));
    }
    let store: Edit = ("data_stream: shop,", "data_stream: store,");
    let plan = planned(Engine::OpenSearch, (&[STREAM], &[]), (&[STREAM, store], &[]));
    assert!(
        plan.unsolved[0].contains("the data stream `shop` stays with its events, and cannot roll over"),
        "{plan:?}"
    );
    assert_eq!(planned(Engine::OpenSearch, (&[], &[]), (&[KEEP], &[])).unsolved, Vec::<String>::new());
}

#[test]
fn renamed_log_with_the_same_alias_is_the_same() {
    let name: Edit = ("name: shop-log", "name: store-log");
    let steps = requests(&planned(Engine::Elasticsearch, (&[], &[]), (&[name], &[])));
    let at =
        |wanted: &str| steps.iter().position(|step| step == wanted).unwrap_or_else(|| panic!("{wanted}: {steps:?}"));
    assert!(at("DELETE /_index_template/shop-log") < at("PUT /_index_template/store-log"));
    assert!(!steps.iter().any(|step| step.contains("000001")), "{steps:?}");
}

#[test]
fn answered_mapping_is_brought_to_a_log() {
    let old = side(&json!({"dynamic": "strict", "properties": {"a": {"type": "long"}}}));
    let new = Workspace::with(&[], &[]).load();
    let steps = requests(&plan(Engine::Elasticsearch, &old, &new));
    assert_eq!(steps, ["PUT /shop/_mapping"]);
}

#[test]
fn a_changed_pipeline_stands_behind_the_mapping() {
    let (old, new) = (Workspace::with(&[PIPELINE], &[]), Workspace::with(&[PIPELINE], &[FIELD]));
    new.write("pipeline.yaml", "processors: [{set: {field: shop.rebate, value: 1}}]\n");
    let steps = requests(&plan(Engine::Elasticsearch, &old.load(), &new.load()));
    let at =
        |wanted: &str| steps.iter().position(|step| step == wanted).unwrap_or_else(|| panic!("{wanted}: {steps:?}"));
    assert!(at("PUT /shop/_mapping") < at("PUT /_ingest/pipeline/shop-in"));
}

#[test]
fn a_request_is_described_by_what_it_carries() {
    let plan = planned(
        Engine::Elasticsearch,
        (&[], &[]),
        (&[("version: 3", "version: 4"), ("shards: 1", "shards: 2")], &[FIELD, TYPE]),
    );
    let comment = |path: &str| &plan.steps.iter().find(|step| step.path == path).unwrap().comment;
    assert_eq!(
        comment("/_component_template/shop-log@mappings"),
        "holds for indices made from now on: `shop.rebate`, `shop.total`"
    );
    assert_eq!(comment("/_index_template/shop-log"), "holds for indices made from now on; only its notes differ");
    assert_eq!(comment("/shop/_mapping"), "as much of the new mapping as existing indices take: `shop.rebate`");
    let wildcard: Edit = ("till, type: keyword", "till, type: wildcard");
    let plan = planned(Engine::Elasticsearch, (&[], &[]), (&[("shards: 1", "shards: 2")], &[wildcard]));
    let roll = &plan.steps.last().unwrap().comment;
    assert_eq!(roll, "the next index has what existing ones do not take: `shop.till`, `index.number_of_shards`");
}

#[test]
fn only_changes_are_printed_when_asked_for() {
    let plan = planned(Engine::OpenSearch, (&[], &[]), (&[("version: 3", "version: 4"), KEEP], &[FIELD]));
    let (whole, changes) = (plan.to_text(), plan.to_text_of_changes());
    insta::assert_snapshot!(changes);
    assert!(whole.contains("index_patterns") && !changes.contains("index_patterns"), "{whole}");
}

#[test]
fn widening_rolls_over_with_a_word_to_searchers() {
    let wider: Edit = ("total, type: long", "total, type: double");
    let plan = planned(Engine::Elasticsearch, (&[], &[]), (&[], &[wider]));
    assert_eq!(requests(&plan).last().map(String::as_str), Some("POST /shop/_rollover"));
    let [said] = plan.unsolved.as_slice() else { panic!("{:?}", plan.unsolved) };
    assert!(said.contains("sort with `\"numeric_type\": \"double\"`"), "{said}");
    let plan = planned(Engine::OpenSearch, (&[], &[]), (&[], &[wider]));
    assert_eq!(requests(&plan).last().map(String::as_str), Some("POST /shop/_rollover"));
    assert_eq!(plan.unsolved, Vec::<String>::new());
}

#[test]
fn a_dynamic_that_is_only_inherited_is_not_put() {
    let mapping = |root: &str, own: Option<&str>| {
        let mut object = json!({"properties": {"x": {"type": "keyword"}}});
        if let Some(own) = own {
            object["dynamic"] = json!(own);
        }
        side(&json!({"dynamic": root, "properties": {"o": object}}))
    };
    for engine in Engine::ALL {
        for (old, new) in [(None, Some("strict")), (Some("strict"), None)] {
            let plan = plan(engine, &mapping("strict", old), &mapping("strict", new));
            assert_eq!(requests(&plan), Vec::<String>::new(), "{old:?} to {new:?}");
        }
        // An index that was never told inherits what changes around the object.
        for old in [None, Some("strict")] {
            let plan = plan(engine, &mapping("strict", old), &mapping("true", Some("strict")));
            let body = plan.steps[0].body.clone().unwrap();
            assert_eq!((&body["dynamic"], &body["properties"]["o"]["dynamic"]), (&json!("true"), &json!("strict")));
        }
        let plan = plan(engine, &mapping("strict", Some("true")), &mapping("strict", None));
        assert_eq!(plan.steps[0].body, Some(json!({"properties": {"o": {"dynamic": "strict"}}})), "{engine}");
    }
}

/// The steps behind the templates, as text.
fn without_templates(plan: &Plan) -> String {
    let steps = plan.steps.iter().filter(|step| !step.path.contains("_template/")).cloned().collect();
    Plan { steps, ..plan.clone() }.to_text()
}
