//! Webhooks, in the shapes that their senders document, with the traps that are known of them.

use change_events::{Outcome, parse_json_time};
use serde_json::{Value as Json, json};

use crate::{adapt, check, event};

const GITLAB: &[(&str, &str)] = &[("X-Gitlab-Instance", "https://gitlab.example.com"), ("Idempotency-Key", "k-1")];

/// What no payload may leave anywhere.
const SECRETS: &[&str] = &["hunter2", "alice@example.com", "Alice Liddell", "555-0199", "glpat-1"];

fn gitlab_deployment(status: &str) -> Json {
    json!({
        "object_kind": "deployment", "status": status, "status_changed_at": "2026-08-02 09:59:54 +0200",
        "deployment_id": 15, "deployable_id": 796, "deployable_url": "https://gitlab.example.com/g/web/-/jobs/796?private_token=glpat-1",
        "environment": "gprd-cny", "environment_tier": "production", "environment_external_url": "https://user:hunter2@canary.example.com",
        "project": {"id": 30, "web_url": "https://gitlab.example.com/g/web", "path_with_namespace": "g/web"},
        "short_sha": "279484c0", "ref": "main",
        "user": {"id": 42, "name": "Alice Liddell", "username": "alice", "email": "alice@example.com"},
        "commit_url": "https://gitlab.example.com/g/web/-/commit/279484c09fbe69ededfced8c1bb6e6d24616b468",
        "commit_title": "Revert \"x\" for alice@example.com"
    })
}

#[test]
fn gitlab_deployment_becomes_an_event() {
    let running = event("gitlab", GITLAB, &gitlab_deployment("running"));
    check(
        &running,
        &[
            ("/@timestamp", json!("2026-08-02T07:59:54Z")),
            ("/change/phase", json!("started")),
            ("/change/stage", json!("cny")),
            ("/service/environment", json!("gprd")),
            ("/event/action", json!("deployment-started")),
            ("/event/type", json!(["change", "start"])),
            ("/event/id", json!("gitlab:k-1")),
            ("/change/group_id", json!("gitlab:gitlab.example.com:30:deployment:15")),
            ("/change/adapter", json!("gitlab.deployment/1")),
            ("/vcs/ref/head/revision", json!("279484c09fbe69ededfced8c1bb6e6d24616b468")),
            ("/event/outcome", Json::Null),
        ],
    );
    let failed = event("gitlab", GITLAB, &gitlab_deployment("failed"));
    check(
        &failed,
        &[
            ("/event/outcome", json!("failure")),
            ("/cicd/pipeline/result", json!("failure")),
            ("/event/end", json!("2026-08-02T07:59:54Z")),
            ("/change/fingerprint", running["change"]["fingerprint"].clone()),
            ("/tags", json!(["env:gprd", "stage:cny", "service:web", "type:deployment", "outcome:failure"])),
        ],
    );
    let cancelled = event("gitlab", GITLAB, &gitlab_deployment("canceled"));
    check(&cancelled, &[("/event/outcome", json!("unknown")), ("/cicd/pipeline/result", json!("cancellation"))]);
}

#[test]
fn gitlab_statuses_before_running_are_ignored() {
    for status in ["created", "blocked", "approved", "rejected"] {
        assert!(matches!(adapt("gitlab", GITLAB, &gitlab_deployment(status)), Outcome::Ignored { .. }), "{status}");
    }
}

fn gitlab_job(status: &str) -> Json {
    json!({
        "object_kind": "build", "build_id": 7, "build_name": "deploy-web", "build_stage": "deploy", "build_status": status,
        "build_started_at": "2026-08-02 07:00:00 UTC", "build_finished_at": "2026-08-02T07:01:30.000+00:00",
        "build_duration": 90.25, "build_failure_reason": "unknown_failure", "pipeline_id": 3, "retries_count": 1,
        "sha": "279484c09fbe69ededfced8c1bb6e6d24616b468", "ref": "main", "project_name": "g / web",
        "project": {"id": 30, "web_url": "https://gitlab.example.com/g/web", "path_with_namespace": "g/web"},
        "user": {"id": 42, "username": "project_30_bot_1", "email": "alice@example.com"},
        "environment": {"name": "gstg", "action": "start", "deployment_tier": "staging"},
        "commit": {"id": 3, "author_name": "Alice Liddell", "finished_at": "2022-10-01 00:00:00 UTC"}
    })
}

#[test]
fn gitlab_job_traps_are_known() {
    let good = event("gitlab", GITLAB, &gitlab_job("success"));
    check(
        &good,
        &[
            ("/event/duration", json!(90_250_000_000_i64)),
            ("/event/reason", Json::Null),
            ("/change/attempt", json!(2)),
            ("/change/actor/type", json!("bot")),
            ("/service/environment", json!("gstg")),
        ],
    );
    check(&event("gitlab", GITLAB, &gitlab_job("failed")), &[("/event/reason", json!("unknown_failure"))]);
    let mut backwards = gitlab_job("success");
    backwards["build_finished_at"] = json!("2026-08-02 06:00:00 UTC");
    check(
        &event("gitlab", GITLAB, &backwards),
        &[
            ("/change/time_source", json!("payload_inconsistent")),
            ("/event/end", json!("2026-08-02T06:00:00Z")),
            ("/event/start", json!("2026-08-02T06:00:00Z")),
            ("/event/duration", Json::Null),
        ],
    );
    let mut tests = gitlab_job("success");
    tests["build_name"] = json!("rspec");
    tests["environment"] = Json::Null;
    assert!(matches!(adapt("gitlab", GITLAB, &tests), Outcome::Ignored { .. }));
}

#[test]
fn gitlab_pipeline_flag_and_merge_are_read() {
    let project = json!({"id": 30, "web_url": "https://gitlab.example.com/g/web", "path_with_namespace": "g/web"});
    let mut pipeline = json!({
        "object_kind": "pipeline", "project": project, "user": {"username": "alice"},
        "object_attributes": {"id": 3, "status": "success", "sha": "b", "before_sha": "a", "ref": "main", "source": "push",
            "created_at": "2026-08-02 07:00:00 UTC", "finished_at": "2026-08-02 07:10:00 UTC", "duration": 600,
            "variables": [{"key": "TOKEN", "value": "hunter2"}]},
        "builds": [{"name": "rspec", "environment": null}, {"name": "deploy", "environment": {"name": "gstg"}}]
    });
    let done = event("gitlab", GITLAB, &pipeline);
    check(
        &done,
        &[
            ("/change/type", json!("pipeline")),
            ("/service/environment", json!("gstg")),
            ("/event/duration", json!(600_000_000_000_i64)),
            ("/change/diff_url", json!("https://gitlab.example.com/g/web/-/compare/a...b")),
        ],
    );
    assert!(!done.to_string().contains("hunter2"));
    pipeline["object_attributes"]["before_sha"] = json!("0".repeat(40));
    check(&event("gitlab", GITLAB, &pipeline), &[("/change/diff_url", Json::Null)]);
    pipeline["builds"] = json!([{"name": "rspec"}]);
    assert!(matches!(adapt("gitlab", GITLAB, &pipeline), Outcome::Ignored { .. }));

    let flag = json!({"object_kind": "feature_flag", "project": project, "user": {"username": "alice"},
        "object_attributes": {"id": 6, "name": "new_cart", "active": true}});
    check(
        &event("gitlab", GITLAB, &flag),
        &[
            ("/event/action", json!("feature-flag-enabled")),
            ("/change/time_source", json!("received")),
            ("/service/environment", json!("gprd")),
        ],
    );
    let release = json!({"object_kind": "release", "action": "create", "tag": "v1", "created_at": "2025-05-02 12:30:19 +0000",
        "url": "https://gitlab.example.com/g/web/-/releases/v1", "project": project, "commit": {"id": "abc"}});
    check(
        &event("gitlab", GITLAB, &release),
        &[
            ("/@timestamp", json!("2025-05-02T12:30:19Z")),
            ("/event/action", json!("event-recorded")),
            ("/service/version", json!("v1")),
        ],
    );
    let merge = json!({"object_kind": "merge_request", "project": project, "user": {"username": "alice"},
        "object_attributes": {"iid": 9, "title": "Cart", "action": "merge", "updated_at": "2025-05-02 12:30:19 UTC"}});
    check(&event("gitlab", GITLAB, &merge), &[("/vcs/change/id", json!("9"))]);
}

#[test]
fn github_events_become_changes() {
    let repository = json!({"full_name": "octo/web", "html_url": "https://github.com/octo/web"});
    let deployment = json!({"id": 5, "sha": "abc", "ref": "main", "task": "deploy", "environment": "production",
        "created_at": "2026-08-02T07:00:00Z", "creator": {"login": "deployer[bot]", "type": "Bot"}});
    let headers = &[("X-GitHub-Event", "deployment_status"), ("X-GitHub-Delivery", "d-1")];
    let status = |state: &str| {
        json!({"action": "created", "repository": repository, "deployment": deployment,
        "deployment_status": {"id": 8, "state": state, "created_at": "2026-08-02T07:05:00Z", "environment": "production",
            "description": "", "target_url": ""}})
    };
    check(
        &event("github", headers, &status("success")),
        &[
            ("/event/id", json!("github:d-1")),
            ("/change/phase", json!("finished")),
            ("/event/duration", json!(300_000_000_000_i64)),
            ("/change/actor/type", json!("bot")),
            ("/event/reason", Json::Null),
        ],
    );
    check(&event("github", headers, &status("error")), &[("/event/outcome", json!("failure"))]);
    for state in ["queued", "pending", "waiting", "inactive"] {
        assert!(matches!(adapt("github", headers, &status(state)), Outcome::Ignored { .. }), "{state}");
    }
    let created = json!({"action": "created", "repository": repository, "deployment": deployment});
    check(
        &event("github", &[], &created),
        &[("/change/phase", json!("started")), ("/change/group_id", json!("github:octo/web:deployment:5"))],
    );
    let run = |path: &str, conclusion: &str| {
        json!({"action": "completed", "repository": repository, "workflow_run": {
        "id": 1, "run_attempt": 2, "conclusion": conclusion, "path": path, "name": "Deploy", "head_sha": "abc",
        "run_started_at": "2026-08-02T07:00:00Z", "updated_at": "2026-08-02T07:01:00Z",
        "head_commit": {"author": {"email": "alice@example.com"}}}})
    };
    check(
        &event("github", &[], &run(".github/workflows/deploy.yml", "timed_out")),
        &[
            ("/cicd/pipeline/result", json!("timeout")),
            ("/event/outcome", json!("failure")),
            ("/change/attempt", json!(2)),
        ],
    );
    assert!(matches!(adapt("github", &[], &run(".github/workflows/test.yml", "success")), Outcome::Ignored { .. }));
    let release = json!({"action": "published", "repository": repository,
        "release": {"id": 1, "tag_name": "v1", "published_at": "2026-08-02T07:00:00Z"}});
    check(&event("github", &[], &release), &[("/service/version", json!("v1"))]);
    assert!(matches!(adapt("github", &[], &json!({"zen": "x"})), Outcome::Unmapped { .. }));
    // A check run names the deployment that it belongs to.
    assert!(matches!(adapt("github", &[("X-GitHub-Event", "check_run")], &created), Outcome::Unmapped { .. }));
}

fn pagerduty(kind: &str, data: &Json) -> Json {
    json!({"event": {"id": "01D", "event_type": kind, "resource_type": "incident", "occurred_at": "2026-08-02T07:00:00.000Z",
        "agent": {"id": "PU1", "type": "user_reference", "summary": "Alice Liddell"}, "data": data}})
}

#[test]
fn every_pagerduty_type_is_registered() {
    let incident = json!({"id": "Q1", "type": "incident", "number": 2, "title": "Errors", "status": "triggered", "urgency": "high",
        "priority": {"summary": "P2"}, "created_at": "2026-08-02T06:59:00Z", "service": {"id": "S", "summary": "Web shop"},
        "conference_bridge": {"conference_number": "+1 555-0199,,hunter2#"}});
    let note = json!({"id": "N", "type": "incident_note", "content": "Looking", "incident": {"id": "Q1", "summary": "Errors"}});
    for kind in [
        "triggered",
        "acknowledged",
        "unacknowledged",
        "escalated",
        "delegated",
        "reassigned",
        "reopened",
        "resolved",
        "annotated",
        "priority_updated",
        "service_updated",
        "status_update_published",
        "responder.added",
        "responder.replied",
        "incident_type.changed",
        "custom_field_values.updated",
        "conference_bridge.updated",
        "workflow.started",
        "workflow.completed",
    ] {
        let data = if kind == "annotated" || kind.contains('.') { &note } else { &incident };
        let event = event("pagerduty", &[], &pagerduty(&format!("incident.{kind}"), data));
        check(
            &event,
            &[
                ("/event/action", json!(format!("incident-{}", kind.replace('.', "-")))),
                ("/change/group_id", json!("pagerduty:incident:Q1")),
                ("/service/environment", json!("gprd")),
            ],
        );
        assert!(SECRETS.iter().all(|secret| !event.to_string().contains(secret)), "{event}");
    }
    for (kind, ecs) in [("created", "creation"), ("updated", "change"), ("deleted", "deletion")] {
        let data = json!({"id": "S", "type": "service", "summary": "Web shop"});
        let event = event("pagerduty", &[], &pagerduty(&format!("service.{kind}"), &data));
        check(&event, &[("/event/type", json!([ecs])), ("/event/action", json!(format!("service-{kind}")))]);
    }
    check(
        &event("pagerduty", &[], &pagerduty("incident.invented", &incident)),
        &[("/event/action", json!("event-recorded")), ("/labels/source_action", json!("incident-invented"))],
    );
    check(&event("pagerduty", &[], &pagerduty("other.thing", &incident)), &[("/change/type", json!("other"))]);
    assert!(matches!(adapt("pagerduty", &[], &pagerduty("pagey.ping", &json!({}))), Outcome::Ignored { .. }));
}

#[test]
fn generic_documents_are_read() {
    let document = json!({"message": "web\nto 17.4", "type": "deployment", "environment": "GSTG", "status": "failed",
        "start": 1_785_600_000, "end": "1785600060000", "user": "alice@example.com"});
    check(
        &event("generic", &[], &document),
        &[
            ("/message", json!("web to 17.4")),
            ("/event/action", json!("deployment-finished")),
            ("/event/outcome", json!("failure")),
            ("/event/duration", json!(60_000_000_000_i64)),
            ("/service/environment", json!("gstg")),
            ("/user", Json::Null),
        ],
    );
}

#[test]
fn secrets_reach_neither_events_nor_what_is_kept() {
    let mut payload = gitlab_deployment("running");
    let written = event("gitlab", GITLAB, &payload).to_string();
    payload["object_kind"] = json!("invented");
    payload["variables"] = json!([{"key": "PASSWORD", "value": "hunter2"}]);
    payload["phone"] = json!("555-0199");
    payload["status"] = json!("mail alice@example.com");
    let Outcome::Unmapped { kept, reason } = adapt("gitlab", GITLAB, &payload) else { panic!("it is unknown") };
    for secret in SECRETS {
        assert!(!written.contains(secret), "{secret} in {written}");
        assert!(!kept.to_string().contains(secret) && !reason.contains(secret), "{secret} in {kept}");
    }
    check(
        &kept,
        &[
            ("/body/object_kind", json!("invented")),
            ("/body/phone", json!("string(8)")),
            ("/body/variables/0/value", json!("string(7)")),
        ],
    );
}

#[test]
fn all_forms_of_time_are_read() {
    for form in [
        json!("2026-08-02T07:59:54.000+00:00"),
        json!("2026-08-02 07:59:54 +0000"),
        json!("2026-08-02 07:59:54 UTC"),
        json!("2026-08-02 09:59:54 +0200"),
        json!("2026-08-02T00:59:54-0700"),
        json!("2026-08-02T07:59:54Z"),
        json!(1_785_657_594),
        json!("1785657594000"),
        json!(1_785_657_594_000_000_i64),
        json!("1785657594000000000"),
    ] {
        let read = parse_json_time(&form).map(|moment| moment.to_string());
        assert_eq!(read.as_deref(), Some("2026-08-02T07:59:54Z"), "{form}");
    }
    for form in
        [json!("yesterday"), json!("2026-08-02"), json!("2026-08-02T07:59Z"), json!(17_856_575_940_i64), json!("")]
    {
        assert_eq!(parse_json_time(&form), None, "{form}");
    }
}
