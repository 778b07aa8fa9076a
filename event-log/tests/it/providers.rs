//! The registry, and loggers of typed providers.

use ecs_schema::ProviderAction;
use ecs_schema::generated::kibana_event_log::{ActionsAction, AlertingAction};
use event_log::{Invalid, RegisterError};
use serde_json::{Value, json};

use crate::{blank, logged, only_event, quarantined, service};

#[test]
fn provider_without_actions_is_refused() {
    let error = service().register_provider_actions("empty", []).unwrap_err();
    assert_eq!(error, RegisterError::NoActions { provider: "empty".to_owned() });
    assert_eq!(error.to_string(), "no actions are given for the provider `empty`");
}

#[test]
fn second_registration_is_refused() {
    let service = service();
    let error = service.register_provider_actions("provider", ["third"]).unwrap_err();
    assert_eq!(error.to_string(), "the provider `provider` is already registered");
    assert!(service.is_provider_action_registered("provider", "action"));
    assert!(!service.is_provider_action_registered("provider", "third"));
}

#[test]
fn only_registered_actions_are_found() {
    let service = service();
    service.register_provider_actions("second", ["b", "a", "b"]).unwrap();
    assert!(service.is_provider_action_registered("second", "a"));
    assert!(!service.is_provider_action_registered("second", "action"));
    assert!(!service.is_provider_action_registered("third", "a"));
    let expected = [("provider", vec!["action", "other"]), ("second", vec!["a", "b"])];
    let found = service.provider_actions();
    assert_eq!(json!(found), json!(expected));
}

#[test]
fn providers_register_from_many_threads() {
    let service = service();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let service = &service;
            scope.spawn(move || {
                for number in 0..50 {
                    let name = format!("provider-{}", number + thread % 2 * 100);
                    let _ = service.register_provider_actions(&name, ["action"]);
                    assert!(service.is_provider_action_registered(&name, "action"));
                }
            });
        }
    });
    assert_eq!(service.provider_actions().len(), 101);
}

#[test]
fn unregistered_actions_are_refused_by_name() {
    let service = service();
    let logger = service.logger_json(&json!({})).unwrap();
    let cases = [
        (
            json!({"provider": "nobody", "action": "action"}),
            "the action `action` of the provider `nobody` is not registered",
        ),
        (json!({"provider": "provider", "action": "?"}), "the action `?` of the provider `provider` is not registered"),
        (json!({"provider": "provider"}), "the event breaks rules of its log: missing: `event.action` is missing"),
        (json!({"action": "action"}), "the event breaks rules of its log: missing: `event.provider` is missing"),
    ];
    for (event, reason) in cases {
        let text = json!({"event": event}).to_string();
        logger.log_json(&text);
        let entries = quarantined(&service);
        assert_eq!((entries.len(), entries[0].0.as_str()), (1, reason));
        let document: Value = serde_json::from_str(&entries[0].1).unwrap();
        for name in ["provider", "action"] {
            assert_eq!(document["event"].get(name), event.get(name), "{document}");
        }
        let mut typed = blank();
        typed.event.provider = event["provider"].as_str().unwrap_or_default().to_owned();
        typed.event.action = event["action"].as_str().unwrap_or_default().to_owned();
        logger.log_event(&typed);
        let entries = quarantined(&service);
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].0, reason);
    }
    assert_eq!(logged(&service), []);
    let counts = service.metrics().invalid;
    assert_eq!(counts, [("missing", 4), ("unregistered", 4)]);
}

#[test]
fn names_that_json_escapes_are_looked_up_too() {
    let service = service();
    service.register_provider_actions("a \"b\"", ["c\\d\n"]).unwrap();
    let mut event = blank();
    event.event.provider = "a \"b\"".to_owned();
    event.event.action = "c\\d\n".to_owned();
    let logger = service.logger_json(&json!({})).unwrap();
    logger.log_event(&event);
    assert_eq!(only_event(&service)["event"]["action"], json!("c\\d\n"));
    event.event.action = "c\\d".to_owned();
    let Err(Invalid::Unregistered { provider, action, is_provider_known: true }) = logger.check_event(&event) else {
        panic!()
    };
    assert_eq!((provider.as_str(), action.as_str()), ("a \"b\"", "c\\d"));
}

#[test]
fn typed_provider_logs_without_a_lookup() {
    let service = service();
    let logger = service.provider_logger::<AlertingAction>(&blank()).unwrap();
    let mut event = blank();
    event.event.provider = "somebody else".to_owned();
    for action in AlertingAction::ALL {
        logger.log_event(*action, &event);
    }
    let events = logged(&service);
    let actions: Vec<_> = events.iter().map(|(_, event)| event["event"]["action"].as_str().unwrap()).collect();
    assert_eq!(actions, AlertingAction::ALL.iter().map(|action| action.as_str()).collect::<Vec<_>>());
    assert!(events.iter().all(|(_, event)| event["event"]["provider"] == json!("alerting")));
    assert!(service.is_provider_action_registered("alerting", "execute"));
}

#[test]
fn typed_provider_registers_for_untyped_events() {
    let service = service();
    service.register_provider::<ActionsAction>().unwrap();
    assert!(service.register_provider::<ActionsAction>().is_err());
    let logger = service.logger_json(&json!({"event": {"provider": "actions"}})).unwrap();
    logger.check_json(r#"{"event":{"action":"execute"}}"#).unwrap();
}
