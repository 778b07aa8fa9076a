//! The path of a logged event: merging, stamps, ids.

use ecs_schema::generated::infra_events::InfraEvents;
use ecs_schema::generated::kibana_event_log::{EventLogAction, KibanaSavedObjects};
use ecs_schema::{Log, Shape, Timestamp};
use event_log::{EventId, EventLogService};
use serde_json::{Value, json};

use crate::{blank, builder, logged, logger, only_event, quarantined, service, service_of};

#[test]
fn empty_event_gets_defaults_and_stamps() {
    let service = service();
    let before = Timestamp::now();
    logger(&service).log_event(&blank());
    let after = Timestamp::now();
    let events = logged(&service);
    let [(id, event)] = events.as_slice() else { panic!("{events:?}") };

    let moment: Timestamp = event["@timestamp"].as_str().unwrap().parse().unwrap();
    assert!((before..=after).contains(&moment), "{moment}");
    let expected = json!({
        "@timestamp": event["@timestamp"],
        "ecs": {"version": "9.4.0"},
        "event": {"action": "action", "id": id.to_string(), "provider": "provider"},
        "kibana": {"server_uuid": "server-1", "version": "9.4.0"},
    });
    assert_eq!(*event, expected);
}

#[test]
fn event_overrides_defaults_but_not_fixed_fields() {
    let service = service();
    let mut event = blank();
    event.timestamp = "2999-01-01T00:00:00Z".parse().unwrap();
    event.ecs.version = "1.0.0".to_owned();
    event.event.action = "other".to_owned();
    event.kibana_mut().server_uuid = Some("somebody else".to_owned());
    event.kibana_mut().namespace = Some("default".to_owned());
    logger(&service).log_event(&event);
    let event = only_event(&service);
    assert_eq!(event["@timestamp"], json!("2999-01-01T00:00:00Z"));
    assert_eq!(event["ecs"], json!({"version": "9.4.0"}));
    assert_eq!(event["event"]["action"], json!("other"));
    assert_eq!(event["kibana"], json!({"namespace": "default", "server_uuid": "server-1", "version": "9.4.0"}));
}

#[test]
fn arrays_are_replaced_not_merged() {
    let service = service();
    let defaults = json!({
        "event": {"provider": "provider", "action": "action"},
        "tags": ["a", "b", "c"],
        "kibana": {"saved_objects": [{"type": "alert", "id": "1", "namespace": "space"}]},
    });
    let logger = service.logger_json(&defaults).unwrap();
    let mut event = blank();
    event.tags = vec!["x".to_owned()];
    event.kibana_mut().saved_objects.push(KibanaSavedObjects { id: Some("2".to_owned()), ..Default::default() });
    logger.log_event(&event);
    let event = only_event(&service);
    assert_eq!(event["tags"], json!(["x"]));
    assert_eq!(event["kibana"]["saved_objects"], json!([{"id": "2"}]));
}

#[test]
fn dotted_names_are_expanded_where_that_is_asked() {
    let event = r#"{"event.action": "other", "kibana": {"namespace": "default"}, "kibana.alerting.status": "ok"}"#;
    let service = service_of(builder().expand_dotted());
    logger(&service).log_json(event);
    logger(&service).log_value(&serde_json::from_str(event).unwrap());
    let events = logged(&service);
    assert_eq!(events.len(), 2);
    for (_, event) in events {
        assert_eq!(event["event"]["action"], json!("other"));
        let kibana = json!({"alerting": {"status": "ok"}, "namespace": "default", "server_uuid": "server-1", "version": "9.4.0"});
        assert_eq!(event["kibana"], kibana);
    }
    let twice = r#"{"event.action": "other", "event": {"action": "action"}}"#;
    let refused = logger(&service).check_json(twice).unwrap_err().to_string();
    assert!(refused.contains("`event.action` is given twice, at `/event/action` and at `/event.action`"), "{refused}");
    let service = service_of(builder());
    assert!(logger(&service).check_json(event).is_err(), "it is not asked");
}

#[test]
fn defaults_may_be_a_struct() {
    let service = service();
    let mut defaults = blank();
    defaults.event.provider = "provider".to_owned();
    defaults.tags = vec!["a".to_owned()];
    let mut event = blank();
    event.event.action = "action".to_owned();
    service.logger(&defaults).unwrap().log_event(&event);
    let event = only_event(&service);
    assert_eq!(event["event"]["provider"], json!("provider"));
    assert_eq!(event["tags"], json!(["a"]));
}

#[test]
fn null_removes_defaults_but_not_fixed_fields() {
    let service = service();
    let pair = json!({"provider": "provider", "action": "action"});
    let logger = service.logger_json(&json!({"event": pair, "tags": ["a"], "user": {"name": "ann"}})).unwrap();
    let event = json!({"tags": null, "user": {"name": null, "id": "1"}, "kibana": null, "@timestamp": null});
    logger.log_value(&event);
    logger.log_json(&event.to_string());
    let events = logged(&service);
    assert_eq!(events.len(), 2);
    for (_, event) in events {
        assert_eq!(event.get("tags"), None);
        assert_eq!(event["user"], json!({"id": "1"}));
        assert_eq!(event["kibana"], json!({"server_uuid": "server-1", "version": "9.4.0"}));
        assert!(event["@timestamp"].is_string());
    }
}

#[test]
fn id_of_the_caller_is_the_documents_id() {
    let service = service();
    let logger = logger(&service);
    let (first, second) = (EventId::new(), EventId::new());
    logger.log_event_as(first, &blank());
    let mut event = blank();
    event.event.id = Some(second.to_string());
    logger.log_event(&event);
    logger.log_json(&json!({"event": {"id": second.to_string()}}).to_string());
    let ids: Vec<(EventId, Value)> =
        logged(&service).into_iter().map(|(id, event)| (id, event["event"]["id"].clone())).collect();
    let expected = [first, second, second].map(|id| (id, json!(id.to_string())));
    assert_eq!(ids, expected);
}

#[test]
fn non_uuid_id_stays_in_the_event() {
    let service = service();
    let mut event = blank();
    event.event.id = Some("run-7".to_owned());
    logger(&service).log_event(&event);
    assert_eq!(only_event(&service)["event"]["id"], json!("run-7"));
}

#[test]
fn events_of_all_forms_are_canonical_and_alike() {
    let service = service();
    let logger = logger(&service);
    let text = r#"{ "tags": ["b"], "event": { "duration": "5", "id": "0190163d-8694-739b-aea5-966c26f8ad91" },
        "@timestamp": "2024-05-17T11:30:00+02:00" }"#;
    let value: Value = serde_json::from_str(text).unwrap();
    let mut event = blank();
    event.timestamp = "2024-05-17T09:30:00Z".parse().unwrap();
    event.event.duration = Some(5);
    event.event.id = Some("0190163d-8694-739b-aea5-966c26f8ad91".to_owned());
    event.tags = vec!["b".to_owned()];
    logger.log_json(text);
    logger.log_value(&value);
    logger.log_event(&event);
    let mut reader = service.spool().reader("test").unwrap();
    let mut records = Vec::new();
    while let Some(record) = reader.next().unwrap() {
        records.push(record.bytes.to_vec());
    }
    assert_eq!(records.len(), 3);
    assert_eq!(records[0], records[1]);
    assert_eq!(records[0], records[2]);
}

#[test]
fn every_sample_document_comes_back_equal() {
    let service = service();
    for (provider, actions) in ecs_schema::generated::kibana_event_log::PROVIDER_ACTIONS {
        service.register_provider_actions(provider, actions.iter().copied()).unwrap();
    }
    let logger = service.logger_json(&json!({})).unwrap();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/kibana-event-log/samples");
    let mut paths: Vec<_> = std::fs::read_dir(samples).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 5);
    for path in paths {
        let sample: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        logger.log_value(&sample);
        logger.log_event(&serde_json::from_value(sample.clone()).unwrap());
        let found = logged(&service);
        assert_eq!(quarantined(&service), [], "{}", path.display());
        assert_eq!(found.len(), 2, "{}", path.display());
        for (_, mut found) in found {
            // What the service fixes and stamps is its own.
            let mut sample = sample.clone();
            for event in [&mut found, &mut sample] {
                event["event"]["id"] = Value::Null;
                event["kibana"]["server_uuid"] = Value::Null;
                event["kibana"]["version"] = Value::Null;
                event["ecs"] = Value::Null;
            }
            let typed = |event: &Value| {
                let mut event = event.clone();
                event["ecs"] = json!({"version": "9.4.0"});
                serde_json::from_value::<ecs_schema::generated::kibana_event_log::KibanaEventLog>(event).unwrap()
            };
            assert_eq!(typed(&found), typed(&sample), "{}", path.display());
        }
    }
}

#[test]
fn service_logs_its_own_start_and_stop() {
    let service = service_of(builder().own_events(EventLogAction::Starting, EventLogAction::Stopping));
    let report = service.stop(std::time::Instant::now());
    let events: Vec<Value> = logged(&service).into_iter().map(|(_, event)| event).collect();
    let shown: Vec<[&Value; 3]> = events
        .iter()
        .map(|event| [&event["event"]["provider"], &event["event"]["action"], &event["message"]])
        .collect();
    assert_eq!(
        json!(shown),
        json!([["eventLog", "starting", "eventLog starting"], ["eventLog", "stopping", "eventLog stopping"]])
    );
    assert!(report.is_synced);
    assert_eq!((report.spooled, report.delivered, report.quarantined, report.lost), (2, 0, 0, 0));
    assert!(service.is_provider_action_registered("eventLog", "stopping"));
}

#[test]
fn events_after_stop_wait_for_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let service = builder().start(directory.path()).unwrap();
    service.register_provider_actions("provider", ["action"]).unwrap();
    let logger = service.logger_json(&json!({"event": {"provider": "provider", "action": "action"}})).unwrap();
    service.stop(std::time::Instant::now());
    logger.log_event(&blank());
    drop((service, logger));
    let service = builder().start(directory.path()).unwrap();
    assert_eq!(service.metrics().waiting(), 1);
}

#[test]
fn id_of_a_logged_event_is_known_at_once() {
    let service = service();
    let logger = logger(&service);
    let own = EventId::new();
    let ids = [
        logger.log_event(&blank()),
        logger.log_event_as(own, &blank()),
        logger.log_value(&json!({"message": "hello"})),
        logger.log_json(r#"{"event": {"id": "0190163d-8694-739b-aea5-966c26f8ad91"}}"#),
        logger.log_json(r#"{"event": {"id": "no UUID"}}"#),
    ];
    assert_eq!(ids[1], own);
    assert_eq!(ids[3].to_string(), "0190163d-8694-739b-aea5-966c26f8ad91");
    let spooled: Vec<EventId> = logged(&service).into_iter().map(|(id, _)| id).collect();
    assert_eq!(spooled, ids);
    let refused = logger.log_json(r#"{"mesage": "hello"}"#);
    let mut kept = Vec::new();
    service.quarantine().entries(&mut |_, entry| kept.push(entry.id)).unwrap();
    assert_eq!(kept, [Some(refused)]);
}

#[test]
fn durable_event_is_synced_and_says_its_id() {
    let service = service();
    let logger = logger(&service);
    let id = logger.log_event_durable(&blank()).unwrap();
    assert_eq!(logged(&service)[0].0, id);
    assert!(logger.log_json_durable(r#"{"mesage":"x"}"#).is_err());
    assert_eq!(quarantined(&service).len(), 1);
}

#[test]
fn log_without_providers_requires_its_fields() {
    let directory = tempfile::tempdir().unwrap();
    let service = EventLogService::<InfraEvents>::builder().start(directory.path()).unwrap();
    service.register_provider_actions("cli", ["deployment-started"]).unwrap();
    let logger = service.logger_json(&json!({"event": {"provider": "cli", "action": "deployment-started"}})).unwrap();
    let refused = logger.check_event(&InfraEvents::blank()).unwrap_err();
    assert_eq!(refused.code(), "missing");
    let sample = InfraEvents::RULES.name();
    let sample =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../generated/{sample}/samples/minimal.json"));
    let mut sample: Value = serde_json::from_slice(&std::fs::read(sample).unwrap()).unwrap();
    sample["event"]["provider"] = json!("cli");
    sample["event"]["action"] = json!("deployment-started");
    logger.check_json(&sample.to_string()).unwrap();
}
