//! The steady state: logging a struct allocates nothing.

use ecs_schema::generated::kibana_event_log::{ActionsAction, EventOutcome, KibanaSavedObjects};
use ecs_schema::{Flattened, Timestamp};
use event_spool::Spool;
use serde_json::json;

use crate::{blank, builder, service_of};

#[test]
fn logging_allocates_nothing_in_steady_state() {
    // All in one file: a file that is not ready in time is made by the caller, which allocates.
    let service = service_of(builder().spool(Spool::builder().segment_bytes(1 << 20).max_bytes(4 << 20)));
    let mut event = blank();
    event.event.outcome = Some(EventOutcome::Success);
    event.event.start = Some(Timestamp::now());
    event.event.duration = Some(5);
    event.event.category = vec!["web".into()];
    event.event.r#type = vec!["access".into()];
    event.tags = vec!["a".to_owned(), "b".to_owned()];
    event.message = Some("with \"quotes\"".to_owned());
    let labels: Flattened = [("alias", json!("one")), ("id", json!(7))].into_iter().collect();
    event.kibana_mut().cps_scope_linked_projects = vec![labels];
    event.kibana_mut().saved_objects.push(KibanaSavedObjects { id: Some("1".to_owned()), ..Default::default() });
    let defaults = json!({
        "event": {"provider": "provider", "action": "action", "kind": "event"},
        "rule": {"name": "a rule"},
        "user": {"name": "ann"},
    });
    let logger = service.logger_json(&defaults).unwrap();
    let typed = service.provider_logger::<ActionsAction>(&blank()).unwrap();
    logger.log_event(&event);
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            logger.log_event(&event);
            typed.log_event(ActionsAction::Execute, &event);
            logger.check_event(&event).unwrap();
        }
    });
    assert_eq!(counted.count_total, 0, "{counted:?}");
    assert_eq!(service.metrics().accepted, 201);
    // What counts does count.
    assert!(allocation_counter::measure(|| drop(vec![1_u8])).count_total > 0);
}
