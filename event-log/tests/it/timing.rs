//! Timings: exact, monotonic, and in agreement with each other.

use ecs_schema::Timestamp;
use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use serde_json::json;

use crate::{blank, logger, only_event, service};

fn times(event: &KibanaEventLog) -> (i128, i128, i128) {
    let nanos = |moment: Option<Timestamp>| moment.unwrap().unix_nanos();
    (nanos(event.event.start), nanos(event.event.end), i128::from(event.event.duration.unwrap()))
}

#[test]
fn end_is_start_and_duration_to_the_nanosecond() {
    let service = service();
    let logger = logger(&service);
    let mut event = blank();
    let before = std::time::Instant::now();
    let timing = logger.start_timing(&mut event);
    let begun = std::time::Instant::now();
    while begun.elapsed().as_micros() < 500 {}
    logger.stop_timing(timing, &mut event);
    let (start, end, duration) = times(&event);
    assert_eq!(end - start, duration);
    assert!(duration >= 500_000, "{duration}");
    assert!(duration <= i128::try_from(before.elapsed().as_nanos()).unwrap(), "{duration}");
}

#[test]
fn explicit_start_is_kept_exactly() {
    let mut event = blank();
    let start: Timestamp = "2024-05-17T09:30:00.000000001Z".parse().unwrap();
    let service = service();
    let logger = logger(&service);
    let timing = logger.start_timing_at(&mut event, start);
    logger.stop_timing(timing, &mut event);
    assert_eq!(event.event.start, Some(start));
    let (start, end, duration) = times(&event);
    assert_eq!(end - start, duration);
    // More than two years ago, so beyond what a float holds exactly.
    assert!(duration > 1 << 53, "{duration}");
}

#[test]
fn future_start_gives_no_negative_duration() {
    let mut event = blank();
    let service = service();
    let logger = logger(&service);
    let timing = logger.start_timing_at(&mut event, "2999-01-01T00:00:00Z".parse().unwrap());
    logger.stop_timing(timing, &mut event);
    let (start, end, duration) = times(&event);
    assert!(duration >= 0 && end - start == duration);
}

#[test]
fn untimed_event_has_no_times() {
    let service = service();
    logger(&service).log_event(&blank());
    let event = only_event(&service);
    for field in ["start", "end", "duration"] {
        assert_eq!(event["event"].get(field), None);
    }
}

#[test]
fn long_durations_are_exact() {
    let service = service();
    let mut event = blank();
    event.event.duration = Some(9_007_199_254_740_993);
    logger(&service).log_event(&event);
    assert_eq!(only_event(&service)["event"]["duration"], json!(9_007_199_254_740_993_i64));
}

#[test]
fn elements_of_number_arrays_are_checked() {
    use ecs_schema::{LogRules, ObjectRule, field_rule, validate_json};

    static ROOT: ObjectRule = ObjectRule::new(&[field_rule!("numbers", Long).array()]);
    static LOG: LogRules = LogRules::new("numbers", "9.4.0", &ROOT);
    assert!(validate_json(&LOG, &json!({"numbers": [1, i64::MAX]})).is_ok());
    assert!(validate_json(&LOG, &json!({"numbers": [1, "x"]})).is_err());
}
