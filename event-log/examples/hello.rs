//! Logs typed events without a server, and shows what is in the spool: `cargo run -p event-log --example hello`.

use ecs_schema::Shape;
use ecs_schema::generated::kibana_event_log::{ActionsAction, EventOutcome, KibanaEventLog};
use event_log::{EventLogService, EventRecord, Timing};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let service = EventLogService::<KibanaEventLog>::builder()
        .fixed_json(&json!({"kibana": {"server_uuid": "hello-1", "version": "9.4.0"}}))
        .start(directory.path())?;
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank())?;

    let mut event = KibanaEventLog::blank();
    let timing = Timing::start(&mut event);
    event.message = Some("hello, event log".to_owned());
    event.event.outcome = Some(EventOutcome::Success);
    timing.stop(&mut event);
    logger.log_event(ActionsAction::Execute, &event);
    logger.log_event(ActionsAction::ExecuteTimeout, &KibanaEventLog::blank());

    let mut reader = service.spool().reader("hello")?;
    while let Some(record) = reader.next()? {
        let event = EventRecord::parse(record.bytes)?;
        println!("{} {}", event.id, String::from_utf8_lossy(event.document));
    }
    println!("{} events, no server", service.metrics().accepted);
    Ok(())
}
