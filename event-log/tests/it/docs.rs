//! Whether the pages say what there is.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use event_log::{Delivery, DeliveryMetrics, InstallationMetrics};

use crate::service;

fn load(page: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page)).unwrap()
}

/// A delivery that has all values.
struct Full;

impl Delivery for Full {
    fn flush(&self, _deadline: Instant) -> bool {
        true
    }

    fn stop(&self, _deadline: Instant) {}

    fn metrics(&self) -> DeliveryMetrics {
        DeliveryMetrics { installation: Some(InstallationMetrics::default()), ..Default::default() }
    }
}

#[test]
fn runtime_page_lists_exactly_the_metrics() {
    let service = service();
    assert!(service.set_delivery(Arc::new(Full)).is_ok());
    let text = service.metrics().to_prometheus();
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

#[test]
fn example_of_the_readme_is_that_of_the_runtime_page() {
    let first_example = |page: &str| {
        let (_, rest) = page.split_once("```rust,no_run\n").unwrap();
        rest.split_once("```").unwrap().0.to_owned()
    };
    assert_eq!(first_example(&load("README.md")), first_example(&load("docs/runtime.md")));
}
