//! Checks that the documentation is complete.

use std::collections::BTreeSet;
use std::path::Path;

use event_log::{DeliveryMetrics, InstallMetrics};

use crate::service;

fn load(page: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page)).unwrap()
}

#[test]
fn runtime_page_lists_exactly_the_metrics() {
    let mut metrics = service().metrics();
    let installation = Some(InstallMetrics::default());
    metrics.delivery = Some(DeliveryMetrics { installation, ..Default::default() });
    let text = metrics.to_prometheus();
    let metrics: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# HELP "))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(name, help)| format!("| `{name}` | {help} |"))
        .collect();
    let page = load("docs/runtime.md");
    let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| `event_log_")).collect();
    assert_eq!(listed, metrics, "docs/runtime.md has a row for each metric, in the order of `prometheus.rs`");
}

fn first_example(page: &str) -> String {
    let page = load(page);
    let (_, rest) = page.split_once("```rust,no_run\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn readme_and_runtime_page_have_one_example() {
    assert_eq!(first_example("README.md"), first_example("docs/runtime.md"));
}

#[test]
fn service_that_ships_depends_on_two_crates() {
    let example = first_example("README.md");
    let used = example.lines().filter_map(|line| line.strip_prefix("use ")?.split_once("::"));
    let crates: BTreeSet<&str> = used.map(|(name, _)| name).filter(|name| *name != "std").collect();
    assert_eq!(Vec::from_iter(crates), ["ecs_schema", "event_log"]);
}

#[test]
fn readme_names_crates_of_the_workspace() {
    let page = load("README.md");
    assert!(page.contains(&format!("Rust {} or newer", env!("CARGO_PKG_RUST_VERSION"))), "the least version of Rust");
    let rests = page.lines().filter_map(|line| Some(line.split_once("{ path = \"../event-log/")?.1));
    let paths: Vec<&str> = rests.map(|rest| rest.split_once('"').unwrap().0).collect();
    assert!(paths.contains(&"event-log") && paths.contains(&"ecs-schema"), "{paths:?}");
    for path in paths {
        assert!(load(&format!("{path}/Cargo.toml")).contains(&format!("name = \"{path}\"")), "{path}");
    }
}
