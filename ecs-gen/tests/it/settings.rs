//! The options `settings`: what is taken, what is refused and where it belongs, and what comes out for each engine.

use ecs_gen::index_setting::{SETTINGS, SettingEngine};
use serde_json::{Value as Json, json};

use crate::diagnostics::{LOG, check, extension, log};
use crate::engine_files::{generate, json as file};

/// Line 5 of a log whose extension `x` has these fields.
fn log_with(index: &str, rest: &str) -> String {
    let fields = "{base: {fields: {'@timestamp': {}, message: {}}}, event: {fields: {id: {}}}, x: {fields: '*'}}";
    let text = log(fields).replace("index: {alias: log}", &format!("index: {{alias: log, settings: {index}}}"));
    format!("{text}extensions: [ext.yaml]\n{rest}")
}

const FIELDS: &str =
    "  - {name: code, type: keyword}\n  - {name: flag, type: keyword, parameters: {doc_values: false}}";

/// `settings` stands in line 3 from column 31.
#[track_caller]
fn check_settings(index: &str, expected: &[(&str, &str)]) {
    check(&[(LOG, &log_with(index, "")), ("ext.yaml", &extension(FIELDS))], expected);
}

#[test]
fn settings_are_taken_in_each_notation() {
    for settings in [
        "{max_result_window: 5}",
        "{index.max_result_window: 5}",
        "{index: {max_result_window: 5}}",
        "{sort.field: x.code, sort: {order: desc}}",
        "{sort: {field: ['@timestamp', event.id], order: [desc, asc]}}",
        "{translog: {durability: async, sync_interval: 100ms}, search.idle.after: 0s}",
        "{unassigned.node_left.delayed_timeout: 0, search.idle.after: 5m}",
        "{mode: logsdb, mapping.ignore_malformed: true, final_pipeline: tidy}",
    ] {
        check_settings(settings, &[]);
    }
}

#[test]
fn what_is_no_setting_says_where_it_belongs() {
    let unknown = [("unknown-option", "log.yaml:3:32")];
    for (settings, help) in [
        ("{max_result_windows: 5}", "did you mean `max_result_window`?"),
        ("{number_of_shards: 2}", "write `shards`"),
        ("{index: {number_of_replicas: 2}}", "write `replicas`"),
        ("{lifecycle: {name: p}}", "an option of the log, `lifecycle`"),
        ("{mapping.total_fields.limit: 2}", "`field_budget`"),
        ("{time_series.start_time: 2}", "no event log is a time series"),
        ("{codec: zstd}", "opensearch: {settings: {codec: …}}"),
        ("{analysis.analyzer.a.tokenizer: standard}", "write `analysis` as one mapping"),
    ] {
        check_settings(settings, &unknown);
        let files = [(LOG, log_with(settings, "")), ("ext.yaml", extension(FIELDS))];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        crate::diagnostics::check_says(&files, help);
    }
    for wrong in [
        "{mode: time_series}",
        "{max_result_window: many}",
        "{max_result_window: 0}",
        "{mapping.ignore_malformed: 'yes'}",
        "{sort: {field: x.code, order: down}}",
        "{search.idle.after: soon}",
        "{search.idle.after: -1}",
        "{translog.sync_interval: 99ms}",
        "{translog.sync_interval: 0s}",
        "{unassigned.node_left.delayed_timeout: -1}",
        "{analysis: {analysers: {}}}",
        "{translog: {}}",
    ] {
        let code = if wrong == "{translog: {}}" { "unknown-option" } else { "invalid-value" };
        check_settings(wrong, &[(code, "log.yaml:3:32")]);
    }
    check_settings("{priority: 1, index.priority: 2}", &[("duplicate-key", "log.yaml:3:45")]);
}

#[test]
fn index_is_sorted_by_what_engines_sort_by() {
    let invalid = [("invalid-value", "log.yaml:3:32")];
    for field in ["message", "x.flag", "x.gone", "x", "event"] {
        check_settings(&format!("{{sort.field: {field}}}"), &invalid);
    }
    check_settings("{sort: {field: [x.code, event.id], order: [asc]}}", &invalid);
    check_settings("{sort.order: asc}", &invalid);
    let nested = format!("{FIELDS}\n  - {{name: steps, type: nested}}\n  - {{name: steps.name, type: keyword}}");
    check(&[(LOG, &log_with("{sort.field: x.code}", "")), ("ext.yaml", &extension(&nested))], &invalid);
    let newer = log_with("{sort.field: x.code}", "opensearch: {since: '3.8'}");
    check(&[(LOG, &newer), ("ext.yaml", &extension(&nested))], &[]);
    let inside = newer.replace("sort.field: x.code", "sort.field: x.steps.name");
    check(&[(LOG, &inside), ("ext.yaml", &extension(&nested))], &invalid);
    let half = format!("{FIELDS}\n  - {{name: half, type: half_float}}");
    check(&[(LOG, &log_with("{sort.field: x.half}", "")), ("ext.yaml", &extension(&half))], &invalid);
    let text = log_with("{mode: logsdb}", "").replace("'@timestamp': {}, ", "");
    check(&[(LOG, &text), ("ext.yaml", &extension(FIELDS))], &[("required-not-selected", "log.yaml:3:32")]);
}

#[test]
fn fields_name_analyzers_that_are_there() {
    let fields = "  - {name: a, type: text, parameters: {analyzer: own}}\n  \
                  - {name: b, type: keyword, multi_fields: [{type: text, name: t, analyzer: own}], parameters: {normalizer: fold}}";
    let analysis = "{analysis: {analyzer: {own: {tokenizer: standard}}, normalizer: {fold: {filter: [lowercase]}}}}";
    let run = |index: &str, rest: &str, expected: &[(&str, &str)]| {
        check(&[(LOG, &log_with(index, rest)), ("ext.yaml", &extension(fields))], expected);
    };
    run(analysis, "", &[]);
    let (first, second) = (("invalid-value", "ext.yaml:3:12"), ("invalid-value", "ext.yaml:4:12"));
    run("{}", "", &[first, second, second]);
    // OpenSearch would lack them.
    run(analysis, "opensearch: {settings: {analysis: {analyzer: {own: {tokenizer: letter}}}}}", &[second]);
    check_settings("{analysis: {analyzer: {own: {filter: []}}}}", &[("invalid-value", "log.yaml:3:32")]);
}

#[test]
fn opensearch_has_settings_of_its_own() {
    let refused = [("unknown-option", "log.yaml:6:25")];
    for settings in ["{mode: logsdb}", "{shards: 2}"] {
        let text = log_with("{}", &format!("opensearch: {{settings: {settings}}}"));
        check(&[(LOG, &text), ("ext.yaml", &extension(FIELDS))], &refused);
    }
    let text = log_with(
        "{mode: logsdb, priority: 3, sort.field: x.code}",
        "opensearch: {settings: {codec: zstd_no_dict, priority: 4}}",
    );
    let files = generate(&[(LOG, &text), ("ext.yaml", &extension(FIELDS))]);
    let settings = |engine: &str, component: &str| -> Json {
        file(&files, &format!("{engine}/component-template-{component}.json"))["template"]["settings"]["index"].clone()
    };
    let limit = json!({"total_fields": {"limit": "100"}});
    let sorted = json!({"field": "x.code"});
    assert_eq!(settings("elasticsearch", "mappings"), json!({"mapping": limit, "mode": "logsdb", "sort": sorted}));
    assert_eq!(settings("opensearch", "mappings"), json!({"mapping": limit, "sort": sorted}));
    assert_eq!(settings("elasticsearch", "settings")["priority"], "3");
    let expected = json!({"codec": "zstd_no_dict", "number_of_shards": "1", "priority": "4"});
    assert_eq!(settings("opensearch", "settings"), expected);
    let replaced = files.iter().find(|(path, _)| path.ends_with("REPLACED.md")).expect("it is made").1;
    assert!(String::from_utf8_lossy(replaced).contains("no setting `index.mode`"));
}

#[test]
fn the_log_with_every_setting_has_every_setting() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/agreement/every-setting/log.yaml");
    let files = crate::engine_files::load_file(path);
    for engine in ["elasticsearch", "opensearch"] {
        let components = ["mappings", "settings"].map(|component| {
            let body = file(&files, &format!("{engine}/component-template-{component}.json"));
            body["template"]["settings"]["index"].clone()
        });
        for spec in SETTINGS {
            let pointer = format!("/{}", spec.name.replace('.', "/"));
            let [with_mapping, rest] = components.each_ref().map(|part| part.pointer(&pointer).is_some());
            let is_there = spec.engine == SettingEngine::Both
                || (spec.engine == SettingEngine::OpenSearch) == (engine == "opensearch");
            // Both engines have a codec that an option of its own says.
            let is_there = is_there || spec.name == "codec";
            assert_eq!(
                (with_mapping, rest),
                (is_there && spec.is_of_mapping, is_there && !spec.is_of_mapping),
                "{engine}: {}",
                spec.name
            );
        }
    }
}
