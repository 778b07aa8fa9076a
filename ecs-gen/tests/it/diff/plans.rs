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
fn what_existing_indices_take_is_put_after_the_templates() {
    for engine in Engine::ALL {
        let plan = planned(engine, (&[], &[]), (&[], &[FIELD]));
        let put: Vec<String> = requests(&plan);
        let expected = [
            "PUT /_component_template/shop-log@settings",
            "PUT /_component_template/shop-log@mappings",
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
fn a_conflict_is_rolled_over_reindexed_and_put_in_place_of_the_old_index() {
    let plan = planned(Engine::OpenSearch, (&[], &[]), (&[], &[TYPE, GONE]));
    insta::assert_snapshot!(without_templates(&plan));
}

#[test]
fn a_data_stream_rolls_over_lazily_on_elasticsearch() {
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
fn a_pipeline_stands_before_the_setting_that_names_it() {
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
        "POST /_reindex?refresh=true&wait_for_completion=true",
    ];
    assert_eq!(put, expected);
}

#[test]
fn every_mapping_that_a_plan_puts_is_one_that_the_engine_takes() {
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

/// The steps behind the templates, as text.
fn without_templates(plan: &Plan) -> String {
    let steps = plan.steps.iter().filter(|step| !step.path.contains("_template/")).cloned().collect();
    Plan { engine: plan.engine, steps }.to_text()
}
