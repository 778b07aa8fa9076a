//! The transport under each fault: what it returns, and what is known about the request.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use event_store::{
    BuildError, BulkBody, Gzip, HttpTransport, HttpTransportBuilder, Method, Refusal, RefusalKind, Request, Response,
    Secret, Transport, TransportError, bulk_path_to_alias, bulk_path_to_index, read_bulk_reply, resolve_write_index,
};
use fake_engine::{Builder, FakeEngine, Fault, Mode, Recording};

fn engine() -> Builder {
    FakeEngine::builder().alias("log")
}

fn builder(engine: &FakeEngine) -> HttpTransportBuilder {
    HttpTransport::builder().host(engine.url())
}

fn body_of(count: usize) -> BulkBody {
    let mut body = BulkBody::default();
    for n in 0..count {
        body.push(&format!("id-{n}"), format!(r#"{{"event":{{"sequence":{n}}}}}"#).as_bytes()).unwrap();
    }
    body
}

fn send(transport: &dyn Transport, body: &BulkBody) -> Result<Response, TransportError> {
    transport.send(&Request::bulk(&bulk_path_to_alias("log"), body.as_bytes()))
}

/// Sends one request to an engine in this mode.
fn send_in(mode: &str) -> (FakeEngine, Result<Response, TransportError>) {
    let engine = engine().mode(mode.parse().unwrap()).start().unwrap();
    let transport = builder(&engine).request_timeout(Duration::from_millis(300)).build().unwrap();
    let result = send(&transport, &body_of(3));
    (engine, result)
}

#[track_caller]
fn check_error(mode: &str, is_ambiguous: bool, stored: u64, text: &str) {
    let (engine, result) = send_in(mode);
    let error = result.unwrap_err();
    assert_eq!(error.is_ambiguous(), is_ambiguous, "{error}");
    let said = error.to_string().replace(&engine.url(), "URL");
    assert!(said.starts_with(text), "{said}");
    assert_eq!(engine.stats().documents, stored);
}

#[test]
fn documents_arrive_as_they_were_pushed() {
    let engine = engine().recording(Recording::Documents).start().unwrap();
    let transport = builder(&engine).build().unwrap();
    let body = body_of(2);
    for wanted in [201, 409] {
        let reply = send(&transport, &body).unwrap();
        let mut count = 0;
        read_bulk_reply(&reply, 2, "log-000001", &mut |_, outcome, _| {
            assert!(outcome.is_stored(), "{outcome:?} in place of {wanted}");
            count += 1;
        })
        .unwrap();
        assert_eq!(count, 2);
    }
    let index = "log-000001".to_owned();
    let documents = [br#"{"event":{"sequence":0}}"#.to_vec(), br#"{"event":{"sequence":1}}"#.to_vec()];
    assert_eq!(engine.documents(), documents.map(|document| (index.clone(), document)));
    assert_eq!(engine.stats().connections, 1, "the connection was not kept");
}

#[test]
fn failures_after_the_request_are_ambiguous() {
    check_error("applied-then-reset", true, 3, "the connection to `URL` broke before its reply was complete: ");
    check_error("reset-before-apply", true, 0, "the connection to `URL` broke before its reply was complete: ");
    check_error("truncated", true, 3, "the connection to `URL` broke before its reply was complete: ");
    check_error("hang", true, 3, "`URL` did not reply in time");
    check_error("half-open", true, 0, "`URL` did not reply in time");
}

#[test]
fn redirects_are_not_followed_and_say_so() {
    let text = "`URL` answered with a redirect (307), which is not followed; configure its target";
    check_error("redirect", true, 0, text);
}

#[test]
fn refusals_of_the_whole_request_are_replies() {
    let refusal = |mode: &str| -> (Refusal, Response) {
        let reply = send_in(mode).1.unwrap();
        (reply.refusal().unwrap(), reply)
    };
    let (refused, reply) = refusal("429:7");
    assert_eq!((refused.kind, refused.is_ambiguous()), (RefusalKind::Retryable, false));
    assert_eq!(reply.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(refusal("503").0.kind, RefusalKind::Retryable);
    assert_eq!(refusal("401").0.to_string(), "401 security_exception: action is unauthorized");
    assert_eq!(refusal("413:10").0.kind, RefusalKind::TooLarge);
    let (_, reply) = refusal("html");
    assert_eq!((reply.status, reply.is_json()), (502, false));
}

#[test]
fn spoilt_replies_are_replies_that_do_not_read() {
    let text = |mode: &str| {
        let (engine, reply) = send_in(mode);
        assert_eq!(engine.stats().documents, 3);
        read_bulk_reply(&reply.unwrap(), 3, "log-000001", &mut |_, _, _| {}).unwrap_err().to_string()
    };
    assert_eq!(text("html:200"), "the reply is `text/html` and not JSON");
    assert_eq!(text("wrong-count"), "the reply has 2 items for 3 documents");
    assert!(text("malformed").starts_with("the reply is not JSON from byte "));
}

#[test]
fn nothing_is_sent_without_a_connection() {
    // A port on which nothing listens: it was free a moment ago.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    for host in [format!("http://127.0.0.1:{port}"), "http://no-such-host.invalid".to_owned()] {
        let transport = HttpTransport::builder().host(&host).build().unwrap();
        let error = send(&transport, &body_of(1)).unwrap_err();
        assert!(!error.is_ambiguous(), "{error}");
        let said = error.to_string();
        let (what, why) = said.split_once("`: ").expect("the cause is said");
        assert_eq!(what, format!("no connection to `{host}"));
        assert!(why.contains("refused") || why.contains("lookup") || why.contains("name"), "{why}");
        assert_eq!(format!("{error:?}"), said);
    }
}

#[test]
fn untrusted_certificate_is_refused_first() {
    let engine = engine().tls().start().unwrap();
    let transport = builder(&engine).build().unwrap();
    let error = send(&transport, &body_of(1)).unwrap_err();
    assert!(!error.is_ambiguous(), "{error}");
    assert_eq!(engine.stats().requests, 0);
}

#[test]
fn certificates_of_the_ca_file_are_trusted() {
    let engine = engine().tls().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    std::fs::write(&path, engine.certificate().unwrap()).unwrap();
    let transport = builder(&engine).ca_certificate(&path).build().unwrap();
    let reply = send(&transport, &body_of(1)).unwrap();
    assert_eq!((reply.status, engine.stats().documents), (200, 1));

    std::fs::write(&path, "no certificate").unwrap();
    let refused = builder(&engine).ca_certificate(&path).build();
    assert!(matches!(refused, Err(BuildError::NoCertificate { .. })));
    let refused = builder(&engine).ca_certificate(folder.path().join("none.pem")).build();
    assert!(matches!(refused, Err(BuildError::ReadFile { .. })));
}

#[test]
fn credentials_are_sent_and_never_shown() {
    let engine = engine().authorization("Basic ZWxhc3RpYzpodW50ZXIy").start().unwrap();
    let with_url = HttpTransport::builder().host(engine.url().replace("://", "://elastic:hunter2@"));
    for options in [builder(&engine).basic_auth("elastic", "hunter2"), with_url] {
        let shown = format!("{:?}", options.clone().basic_auth("elastic", "hunter2"));
        assert!(!shown.replace("elastic:hunter2@", "").contains("hunter2"), "{shown}");
        let transport = options.build().unwrap();
        assert!(!format!("{transport:?}").contains("hunter2"));
        assert_eq!(send(&transport, &body_of(1)).unwrap().status, 200);
    }
    assert_eq!(send(&builder(&engine).build().unwrap(), &body_of(1)).unwrap().status, 401);

    let engine = FakeEngine::builder().alias("log").authorization("ApiKey a2V5").start().unwrap();
    let transport = builder(&engine).api_key("a2V5").build().unwrap();
    assert_eq!(send(&transport, &body_of(1)).unwrap().status, 200);
    assert_eq!(format!("{:?}", Secret::from("a2V5".to_owned())), "***");
    let both = builder(&engine).host("http://a:b@127.0.0.1:1").api_key("a2V5").build();
    assert!(matches!(both, Err(BuildError::SeveralCredentials)));
}

#[test]
fn hosts_have_names_too() {
    let engine = engine().start().unwrap();
    let transport = HttpTransport::builder().host(format!("http://localhost:{}", engine.port())).build().unwrap();
    for _ in 0..2 {
        assert_eq!(send(&transport, &body_of(1)).unwrap().status, 200);
    }
    assert_eq!(engine.stats().connections, 1);
}

#[test]
fn compressed_bodies_arrive_whole() {
    let engine = engine().start().unwrap();
    let transport = builder(&engine).gzip(Gzip::Fast).build().unwrap();
    let body = body_of(500);
    read_bulk_reply(&send(&transport, &body).unwrap(), 500, "log-000001", &mut |_, _, _| {}).unwrap();
    read_bulk_reply(&send(&transport, &body_of(1)).unwrap(), 1, "log-000001", &mut |_, _, _| {}).unwrap();
    let stats = engine.stats();
    assert_eq!((stats.documents, stats.gzip_requests, stats.requests), (500, 1, 2));
    assert_eq!(stats.bytes, (body.as_bytes().len() + body_of(1).as_bytes().len()) as u64);
}

#[test]
fn unsent_request_goes_to_the_next_host() {
    let engine = engine().start().unwrap();
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let transport =
        HttpTransport::builder().host(format!("http://127.0.0.1:{port}")).host(engine.url()).build().unwrap();
    for _ in 0..4 {
        assert_eq!(send(&transport, &body_of(1)).unwrap().status, 200);
    }
    assert_eq!(engine.stats().requests, 4);
}

#[test]
fn ambiguous_failure_suspends_host_without_retry() {
    let (first, second) = (engine().start().unwrap(), engine().start().unwrap());
    let transport = HttpTransport::builder().host(first.url()).host(second.url()).build().unwrap();
    first.set_mode(Mode::always(Fault::AppliedThenReset));
    assert!(send(&transport, &body_of(1)).unwrap_err().is_ambiguous());
    assert_eq!(second.stats().requests, 0);
    for _ in 0..3 {
        assert_eq!(send(&transport, &body_of(1)).unwrap().status, 200);
    }
    assert_eq!((first.stats().requests, second.stats().requests), (1, 3));
}

#[test]
fn gateway_without_an_engine_is_suspended() {
    let (first, second) = (engine().start().unwrap(), engine().start().unwrap());
    let transport = HttpTransport::builder().host(first.url()).host(second.url()).build().unwrap();
    first.set_mode(Mode::always(Fault::Html { status: 502 }));
    let statuses: Vec<u16> = (0..3).map(|_| send(&transport, &body_of(1)).unwrap().status).collect();
    assert_eq!(statuses, [502, 200, 200]);
}

#[test]
fn large_replies_are_not_read_to_the_end() {
    let engine = engine().start().unwrap();
    let transport = builder(&engine).max_reply_bytes(100).build().unwrap();
    let error = send(&transport, &body_of(100)).unwrap_err();
    assert!(error.is_ambiguous());
    assert_eq!(
        error.to_string(),
        format!(
            "the reply of `{}` is larger than allowed: the response body is larger than \
                 request limit: 100",
            engine.url()
        )
    );
}

#[test]
fn request_timeout_overrides_the_transport() {
    let engine = engine().mode(Mode::always(Fault::Hang)).start().unwrap();
    let transport = builder(&engine).build().unwrap();
    let (path, body) = (bulk_path_to_alias("log"), body_of(1));
    let request = Request::bulk(&path, body.as_bytes()).with_timeout(Duration::from_millis(100));
    assert!(transport.send(&request).unwrap_err().is_timeout());
}

#[test]
fn assigned_index_prevents_storing_twice() {
    let engine = engine().mode("applied-then-reset@1/2".parse().unwrap()).start().unwrap();
    let transport = builder(&engine).build().unwrap();
    let index = resolve_write_index(&transport, "log").unwrap();
    let (path, body) = (bulk_path_to_index(&index), body_of(5));
    let request = Request::bulk(&path, body.as_bytes());
    assert!(transport.send(&request).unwrap_err().is_ambiguous());
    assert_eq!(engine.rollover("log").as_deref(), Some("log-000002"));
    read_bulk_reply(&transport.send(&request).unwrap(), 5, &index, &mut |_, outcome, _| assert!(outcome.is_stored()))
        .unwrap();
    let stats = engine.stats();
    assert_eq!((stats.documents, stats.unique, stats.duplicates_refused), (5, 5, 5));

    // The same through the alias: this is what the index is resolved for.
    engine.set_mode(Mode::default());
    send(&transport, &body).unwrap();
    assert_eq!(engine.stats().duplicates_across_indices, 5);
    assert_eq!(resolve_write_index(&transport, "log").unwrap(), "log-000002");
}

#[test]
fn missing_alias_is_not_made_into_an_index() {
    let engine = FakeEngine::builder().start().unwrap();
    let transport = builder(&engine).build().unwrap();
    let reply = send(&transport, &body_of(1)).unwrap();
    read_bulk_reply(&reply, 1, "log-000001", &mut |_, outcome, _| assert!(!outcome.is_stored())).unwrap();
    let asked = transport.send(&Request::new(Method::Head, "/log")).unwrap();
    assert_eq!(asked.status, 404);
}
