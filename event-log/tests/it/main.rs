//! The tests of the runtime, through its public interface.

mod docs;
mod errors;
mod faults;
mod fork;
mod ids;
mod kill;
mod layer;
mod lines;
mod logger;
mod losses;
mod metrics;
mod providers;
mod quarantined;
mod resubmit;
mod secrets;
mod shipping;
mod sizes;
mod steady;
mod timing;
mod waiting;

use ecs_schema::Shape;
use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use event_log::quarantine::Entry;
use event_log::{EventId, EventLogService, EventLogger, EventRecord, ServiceBuilder};
use event_spool::Spool;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A service in a temporary directory.
struct Service {
    service: EventLogService<KibanaEventLog>,
    _directory: TempDir,
}

impl std::ops::Deref for Service {
    type Target = EventLogService<KibanaEventLog>;

    fn deref(&self) -> &Self::Target {
        &self.service
    }
}

/// Small spools, because each test makes its own.
fn builder() -> ServiceBuilder<KibanaEventLog> {
    let small = || Spool::builder().segment_bytes(64 << 10).max_bytes(1 << 20);
    EventLogService::builder()
        .spool(small())
        .quarantine(small())
        .fixed_json(&json!({"kibana": {"server_uuid": "server-1", "version": "9.4.0"}}))
}

/// A service with the provider `provider` and its action `action`.
fn service() -> Service {
    service_of(builder())
}

fn service_of(builder: ServiceBuilder<KibanaEventLog>) -> Service {
    let directory = tempfile::tempdir().unwrap();
    let service = builder.start(directory.path()).unwrap();
    service.register_provider_actions("provider", ["action", "other"]).unwrap();
    Service { service, _directory: directory }
}

/// A logger with `provider` and `action` as defaults.
fn logger(service: &Service) -> EventLogger<KibanaEventLog> {
    service.logger_json(&json!({"event": {"provider": "provider", "action": "action"}})).unwrap()
}

fn blank() -> KibanaEventLog {
    KibanaEventLog::blank()
}

/// The events in the spool that no earlier call has returned: ids and documents.
fn logged(service: &Service) -> Vec<(EventId, Value)> {
    let mut reader = service.spool().reader("test").unwrap();
    let mut events = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        let event = EventRecord::parse(record.bytes).unwrap();
        events.push((event.id, serde_json::from_slice(event.document).unwrap()));
        let sequence = record.sequence;
        reader.acknowledge(sequence).unwrap();
    }
    events
}

/// The only event in the spool.
#[track_caller]
fn only_event(service: &Service) -> Value {
    let mut events = logged(service);
    assert_eq!(events.len(), 1, "{events:?}");
    events.remove(0).1
}

/// The entries of the quarantine: reasons and documents.
fn quarantined(service: &Service) -> Vec<(String, String)> {
    let mut reader = service.quarantine().spool().reader("test").unwrap();
    let mut entries = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        let entry = Entry::parse(record.bytes).unwrap();
        entries.push((entry.reason.to_owned(), String::from_utf8(entry.document.to_vec()).unwrap()));
        let sequence = record.sequence;
        reader.acknowledge(sequence).unwrap();
    }
    entries
}
