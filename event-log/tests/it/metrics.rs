//! The metrics of a service.

use std::time::{Duration, Instant};

use event_log::ship::{Condition, DeliveryProblem};
use event_log::{DeliveryMetrics, Health, InstallMetrics};

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

#[track_caller]
fn check_health(metrics: DeliveryMetrics, wanted: &[&str]) {
    let mut all = service().metrics();
    assert_eq!(all.health(), Health::Good);
    all.delivery = Some(metrics);
    match all.health() {
        Health::Good => assert!(wanted.is_empty(), "its health is good"),
        Health::Impaired(reasons) => assert_eq!(reasons, wanted),
    }
}

#[test]
fn delivery_that_is_behind_impairs_the_health() {
    let lag = Some(Duration::from_secs(301));
    let behind = DeliveryMetrics { lag, ..Default::default() };
    check_health(
        behind.clone(),
        &["delivery is 301 s behind: no request fails; more events are logged than the engine accepts"],
    );
    let failed = DeliveryMetrics { last_error: Some("connection refused".to_owned()), ..behind.clone() };
    let line = "delivery is 301 s behind: no request fails now; the last failure was: connection refused";
    check_health(failed, &[line]);
    let fails = DeliveryProblem::new(Condition::Unreachable, "connection refused", Duration::from_secs(1));
    check_health(
        DeliveryMetrics { problems: vec![fails], ..behind },
        &["delivery is 301 s behind: connection refused"],
    );
}

#[test]
fn problem_impairs_health_long_before_lag() {
    let problem = |condition, seconds| DeliveryMetrics {
        problems: vec![DeliveryProblem::new(condition, "no disk left", Duration::from_secs(seconds))],
        ..Default::default()
    };
    for condition in Condition::ALL.into_iter().filter(|condition| *condition != Condition::Well) {
        let at_once: &[&str] =
            if condition.needs_person() { &["events have been waiting for 0 s: no disk left"] } else { &[] };
        check_health(problem(condition, 0), at_once);
        check_health(problem(condition, 61), &["events have been waiting for 61 s: no disk left"]);
    }
}

#[test]
fn slow_installation_impairs_the_health() {
    let pending = |seconds, last_error: Option<&str>, needs_person| DeliveryMetrics {
        installation: Some(InstallMetrics {
            last_error: last_error.map(str::to_owned),
            needs_person,
            pending_for: Some(Duration::from_secs(seconds)),
            ..Default::default()
        }),
        ..Default::default()
    };
    check_health(pending(60, Some("503"), false), &[]);
    check_health(pending(61, Some("503"), false), &["the log has not been installed for 61 s: 503"]);
    check_health(
        pending(61, None, false),
        &["the log has not been installed for 61 s: the engine has not answered yet"],
    );
    check_health(
        pending(1, Some("an index is in the way"), true),
        &["the log cannot be installed: an index is in the way"],
    );
}
