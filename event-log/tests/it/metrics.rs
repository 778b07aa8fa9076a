//! The values that a service shows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use event_log::{Delivery, DeliveryMetrics, Health};

use crate::{blank, logger, service};

/// A delivery that says what it is told.
#[derive(Default)]
struct Fake {
    metrics: DeliveryMetrics,
    is_stopped: AtomicBool,
}

impl Delivery for Fake {
    fn flush(&self, _deadline: Instant) -> bool {
        self.metrics.waiting == 0
    }

    fn stop(&self, _deadline: Instant) {
        self.is_stopped.store(true, Ordering::SeqCst);
    }

    fn metrics(&self) -> DeliveryMetrics {
        self.metrics.clone()
    }
}

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
fn delivery_is_asked_to_flush_and_to_stop() {
    let service = service();
    logger(&service).log_event(&blank());
    assert!(service.flush(Instant::now()), "without a delivery, a flush is a sync");
    let metrics = DeliveryMetrics { delivered: 7, waiting: 1, ..Default::default() };
    let fake = Arc::new(Fake { metrics, ..Default::default() });
    assert!(service.set_delivery(fake.clone()).is_ok());
    assert!(service.set_delivery(fake.clone()).is_err(), "there is one already");
    assert!(!service.flush(Instant::now()));
    let report = service.stop(Instant::now());
    assert!(fake.is_stopped.load(Ordering::SeqCst));
    assert_eq!((report.delivered, report.spooled, report.is_delivered), (7, 1, false));
    assert!(service.metrics().to_prometheus().contains("event_log_delivered_total 7\n"));
}

#[test]
fn delivery_that_is_behind_impairs_the_health() {
    let service = service();
    let metrics = DeliveryMetrics {
        lag: Some(Duration::from_secs(301)),
        last_error: Some("connection refused".to_owned()),
        ..Default::default()
    };
    assert_eq!(service.metrics().health(), Health::Good);
    let _ = service.set_delivery(Arc::new(Fake { metrics, ..Default::default() }));
    let Health::Impaired(reasons) = service.metrics().health() else { panic!() };
    assert_eq!(reasons, ["delivery is 301 s behind: connection refused"]);
}
