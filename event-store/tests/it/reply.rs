//! Replies: those of engines, and malformed ones.

use event_store::{ItemError, ItemOutcome, Response, ResponseError, read_bulk_reply, read_bulk_response};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use serde_json::{Value, json};

/// A short note of each outcome.
fn read(body: &[u8]) -> Result<Vec<String>, ResponseError> {
    let mut notes = Vec::new();
    let count = read_bulk_response(body, "log-1", &mut |place, outcome, _| {
        assert_eq!(place, notes.len());
        notes.push(match outcome {
            ItemOutcome::Created => "created".to_owned(),
            ItemOutcome::AlreadyStored => "there".to_owned(),
            ItemOutcome::Retry { error, .. } => format!("retry {}", text(error)),
            ItemOutcome::Rejected { error } => format!("rejected {}", text(error)),
        });
    })?;
    assert_eq!(count, notes.len());
    Ok(notes)
}

fn text(ItemError { status, error_type, reason }: ItemError<'_>) -> String {
    format!("{status} {error_type} {reason}")
}

#[track_caller]
fn check(body: &str, wanted: &[&str]) {
    assert_eq!(read(body.as_bytes()).unwrap(), wanted);
}

#[track_caller]
fn check_refused(body: &str, wanted: &str) {
    assert_eq!(read(body.as_bytes()).unwrap_err().to_string(), wanted);
}

#[test]
fn short_and_full_items_are_read_equally() {
    check(r#"{"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}"#, &["created", "created"]);
    check(
        r#"{"took":30,"errors":false,"items":[{"create":{"_index":"a","_id":"b","_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}]}"#,
        &["created"],
    );
    check(
        " { \"items\" : [ { \"create\" : { \"status\" : 201 } } , {\"index\":{\"status\":200}} ] } \n",
        &["created", "created"],
    );
    check(r#"{"items":[],"errors":false}"#, &[]);
}

#[test]
fn item_errors_have_their_reasons() {
    check(
        r#"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[a]: version conflict"}}},{"create":{"error":{"reason":"say \"why\"\n","type":"document_parsing_exception","caused_by":{"type":"x"}},"status":400}},{"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":null}}}]}"#,
        &[
            "created",
            "there",
            "rejected 400 document_parsing_exception say \"why\"\n",
            "retry 429 es_rejected_execution_exception ",
        ],
    );
}

#[test]
fn invalid_reply_is_refused() {
    check_refused("", "the reply is not JSON from byte 0 on");
    check_refused("<html>", "the reply is not JSON from byte 0 on");
    check_refused("[]", "the reply is not JSON from byte 0 on");
    check_refused("{}", "the reply has no list of items");
    check_refused(r#"{"error":{"type":"x"},"status":400}"#, "the reply has no list of items");
    check_refused(r#"{"items":[{"create":{"status":201}}"#, "the reply is not JSON from byte 35 on");
    check_refused(r#"{"items":[{"create":{"status":201}}]"#, "the reply is not JSON from byte 36 on");
    check_refused(r#"{"items":[{"create":{"status":201}},]}"#, "the reply is not JSON from byte 36 on");
    check_refused(
        r#"{"items":[{"create":{"status":201}}{"create":{"status":201}}]}"#,
        "the reply is not JSON from byte 35 on",
    );
    check_refused(r#"{"items":[]}{}"#, "the reply is not JSON from byte 12 on");
    check_refused(r#"{"items":[],"items":[]}"#, "the reply is not JSON from byte 20 on");
    check_refused(r#"{"items":[{}]}"#, "the reply is not JSON from byte 10 on");
    check_refused(r#"{"items":[{"create":{}}]}"#, "the reply is not JSON from byte 10 on");
    check_refused(
        r#"{"items":[{"create":{"status":201},"index":{"status":201}}]}"#,
        "the reply is not JSON from byte 10 on",
    );
    check_refused(r#"{"items":[{"create":{"status":99999}}]}"#, "the reply is not JSON from byte 10 on");
    check_refused(
        r#"{"errors":false,"items":[{"create":{"status":400}}]}"#,
        "the reply says that there are no errors and has one",
    );
}

#[test]
fn status_type_and_count_are_checked() {
    let body = r#"{"items":[{"create":{"status":201}}]}"#;
    let check = |response: &Response, expected, wanted: &str| {
        let mut told = 0;
        let error = read_bulk_reply(response, expected, "log-1", &mut |_, _, _| told += 1).unwrap_err();
        assert_eq!(error.to_string(), wanted);
        assert!(told <= expected);
    };
    assert!(read_bulk_reply(&Response::json(200, body), 1, "log-1", &mut |_, _, _| {}).is_ok());
    check(&Response::json(200, body), 2, "the reply has 1 items for 2 documents");
    check(&Response::json(200, body), 0, "the reply has 1 items for 0 documents");
    check(&Response::json(503, body), 1, "the reply has status 503");
    let html = Response { content_type: Some("text/html".to_owned()), ..Response::json(200, "<html>") };
    check(&html, 1, "the reply is `text/html` and not JSON");
}

#[test]
fn reply_cut_anywhere_is_refused() {
    let body = br#"{"took":1,"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,"error":{"type":"a","reason":"b\u00e9"}}}]}"#;
    assert_eq!(read(body).unwrap().len(), 2);
    for end in 0..body.len() {
        assert!(read(&body[..end]).is_err(), "cut at {end}");
    }
}

/// An item and the note of its outcome.
fn item() -> impl Strategy<Value = (Value, String)> {
    (0..4_u8, "[a-z_]{0,8}", any::<String>()).prop_map(|(kind, error_type, reason)| match kind {
        0 => (json!({"create": {"status": 201}}), "created".to_owned()),
        1 => (json!({"create": {"status": 409}}), "there".to_owned()),
        2 => {
            let note = format!("retry 503 {error_type} {reason}");
            (json!({"create": {"status": 503, "error": {"type": error_type, "reason": reason}}}), note)
        }
        _ => {
            let note = format!("rejected 413 {error_type} {reason}");
            (json!({"create": {"error": {"type": error_type, "reason": reason}, "status": 413}}), note)
        }
    })
}

proptest! {
    #[test]
    fn every_reply_of_an_engine_is_read(items in vec(item(), 0..20), is_pretty: bool) {
        let (items, notes): (Vec<Value>, Vec<String>) = items.into_iter().unzip();
        let reply = json!({"took": 3, "errors": true, "items": items});
        let text = if is_pretty { format!("{reply:#}") } else { reply.to_string() };
        prop_assert_eq!(read(text.as_bytes()).unwrap(), notes);
    }

    #[test]
    fn arbitrary_bytes_never_panic(body: Vec<u8>) {
        let _ = read(&body);
    }

    #[test]
    fn spoilt_replies_never_panic(items in vec(item(), 1..6), at: proptest::sample::Index, byte: u8) {
        let items: Vec<Value> = items.into_iter().map(|(item, _)| item).collect();
        let mut body = json!({"errors": true, "items": items}).to_string().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        let _ = read(&body);
    }
}
