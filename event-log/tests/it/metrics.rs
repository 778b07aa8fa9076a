//! The values that a service shows.

use std::time::{Duration, Instant};

use event_log::{DeliveryMetrics, Health};

use crate::{blank, logger, service};

#[test]
fn page_has_each_value_once_with_help_and_type() {
    let service = service();
    let logger = logger(&service);
    logger.log_event(&blank());
    logger.log_json(r#"{"mesage":1}"#);
    let page = service.metrics().to_prometheus();
    assert!(page.contains("event_log_accepted_total 1\n"), "{page}");
    assert!(page.contains("event_log_invalid_total{reason=\"unknown-field\"} 1\n"), "{page}");
    assert!(page.contains("event_log_quarantined_total 1\n"), "{page}");
    assert!(page.contains("event_log_spool_events 1\n"), "{page}");
    assert!(page.contains("event_log_healthy 1\n"), "{page}");
    let names: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len());
    assert_eq!(page.lines().filter(|line| line.starts_with("# HELP ")).count(), names.len());
}

#[test]
fn flush_without_shipping_is_a_sync() {
    let service = service();
    logger(&service).log_event(&blank());
    assert!(service.flush(Instant::now()));
    let report = service.stop(Instant::now());
    assert_eq!((report.delivered, report.spooled, report.is_synced, report.is_delivered), (0, 1, true, false));
}

#[test]
fn delivery_that_is_behind_impairs_the_health() {
    let mut metrics = service().metrics();
    assert_eq!(metrics.health(), Health::Good);
    metrics.delivery = Some(DeliveryMetrics {
        lag: Some(Duration::from_secs(301)),
        last_error: Some("connection refused".to_owned()),
        ..Default::default()
    });
    let Health::Impaired(reasons) = metrics.health() else { panic!() };
    assert_eq!(reasons, ["delivery is 301 s behind: connection refused"]);
}
