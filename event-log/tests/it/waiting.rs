//! Every reason for which documents wait is in the last error, the log, the metrics and the health, and no longer once it has
//! passed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use event_log::ship::{Condition, Settings};
use event_log::{DeliveryMetrics, EventLogService, Health, Shipping};
use event_store::{Request, Response, Transport, TransportError};
use serde_json::{Value, json};

use crate::lines::{collect, lines_with};
use crate::{Service, blank, builder, logger, service_of};

const LIMIT: Duration = Duration::from_mins(2);
const FLOOD: &str = "index [log-000001] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index \
                     has read-only-allow-delete block];";

/// An engine's reply to a request, or `None` for the usual one.
type Answer = fn(&Request<'_>) -> Option<Result<Response, TransportError>>;

/// An engine that fails until it is healed.
struct FailingEngine {
    answer: Answer,
    is_well: Arc<AtomicBool>,
}

impl Transport for FailingEngine {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let ill = if self.is_well.load(Ordering::SeqCst) { None } else { (self.answer)(request) };
        ill.unwrap_or_else(|| Ok(usual(request)))
    }
}

fn usual(request: &Request<'_>) -> Response {
    if is_bulk(request) {
        return items(request, &json!({"status": 201}));
    }
    if request.path.contains("_mget") {
        let asked: Value = serde_json::from_slice(request.body.unwrap_or_default()).unwrap();
        let docs: Vec<Value> =
            asked["ids"].as_array().unwrap().iter().map(|id| json!({"_id": id, "found": false})).collect();
        return Response::json(200, json!({"docs": docs}).to_string());
    }
    if request.path.starts_with("/_data_stream") {
        return Response::json(404, "{}");
    }
    let alias = request.path.strip_prefix("/_alias/").unwrap();
    Response::json(200, json!({"log-000001": {"aliases": {alias: {"is_write_index": true}}}}).to_string())
}

fn is_bulk(request: &Request<'_>) -> bool {
    request.path.contains("_bulk")
}

/// A bulk reply with the same item for each document.
fn items(request: &Request<'_>, item: &Value) -> Response {
    let documents = request.body.unwrap_or_default().split(|byte| *byte == b'\n').count() / 2;
    let mut item = item.clone();
    item["_index"] = json!("log-000001");
    let items = vec![json!({"create": item}); documents];
    Response::json(200, json!({"errors": item["status"] != json!(201), "items": items}).to_string())
}

fn failed(
    request: &Request<'_>,
    status: u16,
    error_type: &str,
    reason: &str,
) -> Option<Result<Response, TransportError>> {
    let error = json!({"status": status, "error": {"type": error_type, "reason": reason}});
    is_bulk(request).then(|| Ok(items(request, &error)))
}

fn refused(status: u16, error_type: &str, reason: &str) -> Response {
    Response::json(status, json!({"error": {"type": error_type, "reason": reason}, "status": status}).to_string())
}

/// The same for all requests about the target, or for all but these.
fn unresolved(request: &Request<'_>, response: Response) -> Option<Result<Response, TransportError>> {
    (request.path.contains("_alias") || request.path.contains("_data_stream")).then_some(Ok(response))
}

#[track_caller]
fn wait(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < LIMIT, "it never comes");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn delivery(service: &EventLogService<KibanaEventLog>) -> DeliveryMetrics {
    service.metrics().delivery.unwrap()
}

fn service(engine: FailingEngine, name: &str) -> Service {
    let settings =
        Settings::new(name).max_age(Duration::ZERO).retry(Duration::from_millis(1), Duration::from_millis(5));
    service_of(builder().ship(Shipping::new(engine, settings)))
}

/// The reason is shown everywhere while the one event waits, and nowhere after it has arrived.
#[track_caller]
fn check(name: &str, answer: Answer, condition: Condition, reason: &str) {
    collect();
    let is_well = Arc::new(AtomicBool::new(false));
    let service = service(FailingEngine { answer, is_well: Arc::clone(&is_well) }, name);
    logger(&service).log_event(&blank());
    wait(|| delivery(&service).problems.iter().any(|problem| problem.condition == condition));
    let said = delivery(&service);
    assert!(said.last_error.as_ref().is_some_and(|error| error.contains(reason)), "{name}: {said:?}");
    let lines = lines_with(&format!("destination={name} "));
    let told = lines.iter().filter(|line| line.contains(&format!("trouble=\"{}\"", condition.name()))).count();
    assert!(told == 1 && lines.iter().any(|line| line.contains(reason)), "{name}: once in an interval: {lines:?}");
    let gauge = |value| format!("event_log_delivery_impaired{{reason=\"{}\"}} {value}\n", condition.name());
    let health = service.metrics().health();
    if condition.needs_person() {
        assert!(matches!(&health, Health::Impaired(all) if all[0].contains(reason)), "{name}: {health:?}");
    } else {
        assert_eq!(health, Health::Good, "{name}: it may pass within a minute");
    }
    assert!(service.metrics().to_prometheus().contains(&gauge(1)), "{name}");
    is_well.store(true, Ordering::SeqCst);
    wait(|| delivery(&service).waiting == 0 && delivery(&service).problems.is_empty());
    assert!(service.metrics().to_prometheus().contains(&gauge(0)), "{name}");
    assert_eq!((delivery(&service).delivered, service.metrics().health()), (1, Health::Good), "{name}");
}

#[test]
fn documents_that_are_refused_one_by_one_say_why() {
    check(
        "item-flood",
        |request| failed(request, 429, "cluster_block_exception", FLOOD),
        Condition::Refused,
        "1 documents wait: 429 cluster_block_exception: index [log-000001] blocked by: [TOO_MANY_REQUESTS/12/disk usage \
         exceeded flood-stage watermark",
    );
    check(
        "item-blocked",
        |request| {
            failed(
                request,
                403,
                "cluster_block_exception",
                "index [log-000001] blocked by: [FORBIDDEN/8/index write (api)];",
            )
        },
        Condition::Refused,
        "[FORBIDDEN/8/index write (api)]",
    );
    check(
        "item-closed",
        |request| failed(request, 400, "index_closed_exception", "closed"),
        Condition::Refused,
        "400 index_closed_exception: closed; fix that in the engine, unless the index's lifecycle does",
    );
    check(
        "item-gone",
        |request| {
            failed(request, 404, "index_not_found_exception", "no such index [item-gone] and [require_alias] is set")
        },
        Condition::Refused,
        "404 index_not_found_exception: no such index [item-gone]",
    );
    check(
        "item-pipeline",
        |request| failed(request, 400, "illegal_argument_exception", "pipeline with id [missing] does not exist"),
        Condition::Refused,
        "pipeline with id [missing] does not exist",
    );
    check(
        "item-right",
        |request| failed(request, 403, "security_exception", "action [indices:data/write] is unauthorized"),
        Condition::Forbidden,
        "give their user the generated role of the writer",
    );
    check(
        "item-busy",
        |request| failed(request, 429, "es_rejected_execution_exception", "rejected execution of primary operation"),
        Condition::Overloaded,
        "429 es_rejected_execution_exception: rejected execution of primary operation",
    );
    check(
        "item-shard",
        |request| failed(request, 503, "unavailable_shards_exception", "primary shard is not active"),
        Condition::Overloaded,
        "503 unavailable_shards_exception",
    );
    check(
        "item-unknown",
        |request| failed(request, 400, "brand_new_exception", "never seen before"),
        Condition::Failing,
        "400 brand_new_exception: never seen before",
    );
    check(
        "item-defect",
        |request| failed(request, 500, "null_pointer_exception", "Cannot invoke"),
        Condition::Failing,
        "500 null_pointer_exception",
    );
}

#[test]
fn stray_documents_say_where_they_are_and_wait() {
    let stray = |request: &Request<'_>| {
        let reply = String::from_utf8(items(request, &json!({"status": 201})).body).unwrap();
        is_bulk(request).then(|| Ok(Response::json(200, reply.replace("log-000001", "elsewhere"))))
    };
    check(
        "item-stray",
        stray,
        Condition::Refused,
        "`POST /_reindex {\"conflicts\":\"proceed\",\"source\":{\"index\":\"elsewhere\"}",
    );
}

#[test]
fn bulk_requests_that_fail_say_why() {
    let check = |name, answer: Answer, condition, reason| check(name, answer, condition, reason);
    check(
        "bulk-key",
        |request| is_bulk(request).then(|| Ok(refused(401, "security_exception", "unable to authenticate user [u]"))),
        Condition::Forbidden,
        "401 security_exception: unable to authenticate user [u]; pass valid credentials",
    );
    check(
        "bulk-flood",
        |request| is_bulk(request).then(|| Ok(refused(429, "cluster_block_exception", FLOOD))),
        Condition::Refused,
        "flood-stage watermark",
    );
    check("bulk-503", |request| is_bulk(request).then(|| Ok(Response::json(503, ""))), Condition::Overloaded, "503");
    check("bulk-502", |request| is_bulk(request).then(|| Ok(Response::json(502, ""))), Condition::Unreachable, "502");
    check(
        "bulk-500",
        |request| is_bulk(request).then(|| Ok(refused(500, "null_pointer_exception", "Cannot invoke"))),
        Condition::Failing,
        "500 null_pointer_exception: Cannot invoke",
    );
    check(
        "bulk-gone",
        |request| is_bulk(request).then(|| Ok(refused(404, "index_not_found_exception", "no such index [log]"))),
        Condition::Refused,
        "404 index_not_found_exception: no such index [log]",
    );
    check(
        "bulk-203",
        |request| is_bulk(request).then(|| Ok(Response::json(203, "{}"))),
        Condition::Refused,
        "status 203",
    );
    check(
        "bulk-page",
        |request| is_bulk(request).then(|| Ok(Response::json(200, "<html>"))),
        Condition::Unreachable,
        "not JSON",
    );
    check(
        "bulk-away",
        |request| is_bulk(request).then(|| Err(TransportError::not_sent("engine:9200", "connection refused"))),
        Condition::Unreachable,
        "no connection to `engine:9200`: connection refused",
    );
}

#[test]
fn failed_target_queries_say_why() {
    check(
        "ask-key",
        |request| unresolved(request, refused(401, "security_exception", "missing authentication credentials")),
        Condition::Forbidden,
        "401 security_exception: missing authentication credentials; pass valid credentials",
    );
    check("ask-503", |request| unresolved(request, Response::json(503, "")), Condition::Overloaded, "503");
    check(
        "ask-missing",
        |request| unresolved(request, Response::json(404, "{}")),
        Condition::NotInstalled,
        "there is no alias or data stream `ask-missing`: install the log",
    );
    check(
        "ask-proxy",
        |request| {
            let page = Response { content_type: Some("text/html".to_owned()), ..Response::json(404, "<html>") };
            unresolved(request, page)
        },
        Condition::Refused,
        "cannot resolve `ask-proxy`: 404",
    );
    check(
        "ask-right",
        |request| {
            let is_alias = request.path.starts_with("/_alias");
            let missing = Response::json(404, r#"{"error":"alias [ask-right] missing","status":404}"#);
            let forbidden =
                refused(403, "security_exception", "action [indices:admin/data_stream/get] is unauthorized");
            unresolved(request, if is_alias { missing } else { forbidden })
        },
        Condition::NotInstalled,
        "install the log; the data stream of that name cannot be queried: 403 security_exception",
    );
    check(
        "ask-page",
        |request| unresolved(request, Response::json(200, "<html>")),
        Condition::NotInstalled,
        "is not an engine's",
    );
    check(
        "ask-away",
        |request| (!is_bulk(request)).then(|| Err(TransportError::timed_out("engine:9200"))),
        Condition::Unreachable,
        "`engine:9200` did not reply in time",
    );
}

#[test]
fn failed_existence_checks_say_why() {
    let answer: Answer = |request| {
        if is_bulk(request) {
            return Some(Err(TransportError::broken("engine:9200", "reset")));
        }
        if request.path.contains("_mget") {
            let reason = "action [indices:data/read/mget] is unauthorized";
            return Some(Ok(refused(403, "security_exception", reason)));
        }
        let stream = r#"{"data_streams":[{"name":"look-right","indices":[{"index_name":"log-000001"}]}]}"#;
        let is_stream = request.path.starts_with("/_data_stream");
        Some(Ok(if is_stream { Response::json(200, stream) } else { Response::json(404, "{}") }))
    };
    check("look-right", answer, Condition::Forbidden, "the writer needs the privilege for `_mget`");
}

#[test]
fn pause_requested_by_the_engine_is_reported() {
    collect();
    let answer: Answer = |request| {
        let retry_after = Some(Duration::from_mins(10));
        is_bulk(request).then(|| Ok(Response { retry_after, ..refused(429, "circuit_breaking_exception", "too much") }))
    };
    let service = service(FailingEngine { answer, is_well: Arc::default() }, "pause");
    logger(&service).log_event(&blank());
    wait(|| !delivery(&service).problems.is_empty());
    let said = delivery(&service).last_error.unwrap();
    assert!(said.contains("429 circuit_breaking_exception: too much"), "{said}");
    wait(|| delivery(&service).problems[0].duration > Duration::ZERO);
}
