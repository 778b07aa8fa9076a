//! What a document costs in this crate: pushing it, reading its item, and sending it to the fake engine.
//!
//! `cargo bench -p event-store`. `DOCUMENTS` says how many are sent, a million if not set. Times are the processor's, of the
//! sending threads alone, so that the engine's is not in it though it runs in the same process, and other work on the
//! machine is not either.

use std::env;
use std::hint::black_box;
use std::thread;
use std::time::Instant;

use event_store::{
    BulkBody, Gzip, HttpTransport, Request, Transport as _, bulk_path_to_index, read_bulk_reply, read_bulk_response,
};
use fake_engine::FakeEngine;
use nix::sys::resource::{UsageWho, getrusage};

/// Items of a reply and documents of a request: about a megabyte of documents of 300 bytes.
const BATCH: usize = 3000;

/// How often a batch is gone over where one is too quick to be measured.
const ROUNDS: usize = 300;

fn main() {
    let documents: usize = env::var("DOCUMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    read_items("stored", r#"{"create":{"status":201}}"#);
    read_items(
        "conflict",
        r#"{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"[0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11]: version conflict, document already exists (current version [1])"}}}"#,
    );
    read_items(
        "full",
        r#"{"create":{"_index":".kibana-event-log-000001","_id":"0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11","_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}"#,
    );
    push();
    send("1 connection", 1, documents, Gzip::Off);
    send("2 connections", 2, documents, Gzip::Off);
    send("2 connections, gzip", 2, documents, Gzip::Fast);
}

fn read_items(name: &str, item: &str) {
    let body = format!(r#"{{"errors":true,"items":[{}]}}"#, vec![item; BATCH].join(","));
    let since = cpu_seconds();
    for _ in 0..ROUNDS {
        let mut stored = 0;
        let count = read_bulk_response(black_box(body.as_bytes()), ".kibana-event-log-000001", &mut |_, outcome, _| {
            stored += usize::from(outcome.is_stored());
        });
        assert_eq!((count.ok(), stored), (Some(BATCH), BATCH));
    }
    report(&format!("read an item, {name}"), since, ROUNDS * BATCH);
}

fn document(number: usize) -> String {
    let message = "a rule has been executed, and its alerts are active".repeat(3);
    format!(
        r#"{{"@timestamp":"2026-11-27T01:02:03.456Z","ecs":{{"version":"9.4.0"}},"event":{{"action":"execute","provider":"alerting","sequence":{number:08}}},"message":"{message}"}}"#
    )
}

fn id(number: usize) -> String {
    format!("0190b6a4-5e0c-7cc2-a1b7-{number:012x}")
}

fn push() {
    let (id, document) = (id(1), document(1));
    let mut body = BulkBody::default();
    let since = cpu_seconds();
    for _ in 0..ROUNDS {
        body.clear();
        for _ in 0..BATCH {
            body.push(black_box(&id), black_box(document.as_bytes())).expect("canonical JSON");
        }
    }
    report(&format!("push a document of {} bytes", document.len()), since, ROUNDS * BATCH);
}

fn report(what: &str, since: f64, count: usize) {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = (cpu_seconds() - since) / count as f64 * 1e9;
    println!("{what:<40} {each:8.1} ns of CPU");
}

fn cpu_seconds() -> f64 {
    cpu_seconds_of(UsageWho::RUSAGE_THREAD)
}

fn cpu_seconds_of(who: UsageWho) -> f64 {
    let usage = getrusage(who).expect("Linux knows threads");
    let seconds = |time: nix::sys::time::TimeVal| {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let seconds = time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        seconds
    };
    seconds(usage.user_time()) + seconds(usage.system_time())
}

fn send(name: &str, threads: usize, documents: usize, gzip: Gzip) {
    let engine = FakeEngine::builder().alias("log").start().expect("a free port");
    let transport = HttpTransport::builder().host(engine.url()).gzip(gzip).build().expect("a host");
    let batches = documents.div_ceil(BATCH).div_ceil(threads);
    // Batches are made before the time is taken.
    let prepared: Vec<Vec<BulkBody>> = (0..threads)
        .map(|thread| (0..batches).map(|batch| make_batch((thread * batches + batch) * BATCH)).collect())
        .collect();
    let (since, before) = (Instant::now(), cpu_seconds_of(UsageWho::RUSAGE_SELF));
    let cpu: f64 = thread::scope(|scope| {
        let senders: Vec<_> = prepared.iter().map(|bodies| scope.spawn(|| send_all(&transport, bodies))).collect();
        senders.into_iter().map(|sender| sender.join().expect("no sender panics")).sum()
    });
    let elapsed = since.elapsed().as_secs_f64();
    let engine_cpu = cpu_seconds_of(UsageWho::RUSAGE_SELF) - before - cpu;
    let sent = threads * batches * BATCH;
    assert_eq!(engine.stats().documents, sent as u64);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let (rate, millions) = (sent as f64 / elapsed / 1e6, sent as f64 / 1e6);
    let (cpu, engine_cpu) = (cpu / millions, engine_cpu / millions);
    println!("send, {name:<34} {rate:8.2} M documents/s, {cpu:.3} CPU s per M, and {engine_cpu:.3} of the engine's");
}

fn make_batch(first: usize) -> BulkBody {
    let mut body = BulkBody::default();
    for number in first..first + BATCH {
        body.push(&id(number), document(number).as_bytes()).expect("canonical JSON");
    }
    body
}

fn send_all(transport: &HttpTransport, bodies: &[BulkBody]) -> f64 {
    let before = cpu_seconds();
    let path = bulk_path_to_index("log-000001");
    for body in bodies {
        let reply = transport.send(&Request::bulk(&path, body.as_bytes())).expect("the engine has no faults");
        read_bulk_reply(&reply, BATCH, "log-000001", &mut |_, outcome, _| assert!(outcome.is_stored()))
            .expect("a bulk reply");
    }
    cpu_seconds() - before
}
