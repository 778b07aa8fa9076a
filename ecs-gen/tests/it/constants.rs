//! Values of constant keywords: from the log file, and from the name of a data stream.

use ecs_gen::parameter::Parameter;

use crate::diagnostics::{LOG, check};
use crate::selection::model;

/// A log that selects the constants of ECS and writes to `target`; `rest` is line 5.
fn log(target: &str, rest: &str) -> String {
    let fields = "{base: {fields: {'@timestamp': {}, message: {}}}, data_stream: {fields: '*'}}";
    format!("name: log\necs: 9.4.0\nindex: {{{target}}}\nfields: {fields}\n{rest}\n")
}

/// Asserts which values `data_stream.{dataset,namespace,type}` have.
#[track_caller]
fn check_values(target: &str, rest: &str, expected: [Option<&str>; 3]) {
    let model = model(&log(target, rest));
    let value = |name| {
        let field = model.find(&format!("data_stream.{name}")).unwrap();
        field.parameters.get(&Parameter::Value).map(|value| value.as_str().unwrap())
    };
    assert_eq!(["dataset", "namespace", "type"].map(value), expected, "{target} {rest}");
}

#[test]
fn the_streams_name_says_its_constants() {
    check_values("data_stream: logs-shop.web-prod", "", [Some("shop.web"), Some("prod"), Some("logs")]);
    check_values("data_stream: shop-web-prod", "", [None; 3]);
    check_values("data_stream: logs-shop", "", [None; 3]);
    check_values("alias: logs-shop-prod", "", [None; 3]);
}

#[test]
fn the_log_file_says_constants() {
    let rest = "constants: {data_stream.dataset: shop}";
    check_values("alias: shop", rest, [Some("shop"), None, None]);
    check_values("data_stream: logs-shop-prod", rest, [Some("shop"), Some("prod"), Some("logs")]);
}

#[test]
fn constants_that_contradict_are_refused() {
    let text = log("data_stream: logs-shop-prod", "constants: {data_stream.dataset: web}");
    check(&[(LOG, &text)], &[("invalid-value", "log.yaml:3:22")]);
}

#[test]
fn both_engines_have_one_constant() {
    let text = log("data_stream: logs-shop-prod", "opensearch: {data_stream: logs-shop-test}");
    check(&[(LOG, &text)], &[("invalid-value", "log.yaml:5:27")]);
}

#[test]
fn only_selected_constants_have_values() {
    let text = log("alias: shop", "constants: {message: a, data_stream.datset: b}");
    check(&[(LOG, &text)], &[("unknown-field", "log.yaml:5:13"), ("unknown-field", "log.yaml:5:25")]);
}
