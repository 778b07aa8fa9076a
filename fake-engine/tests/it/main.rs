//! The fake engine over a socket, as clients in other languages see it.

use fake_engine::{FakeEngine, Recording};
use serde_json::{Value, json};
use ureq::Agent;

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent()
}

fn read(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, Value) {
    let mut response = response.unwrap();
    (response.status().as_u16(), response.body_mut().read_json().unwrap_or_default())
}

fn bulk(url: &str, id: &str) -> (u16, Value) {
    let body = format!("{{\"create\":{{\"_id\":\"{id}\"}}}}\n{{\"event\":{{\"sequence\":1}}}}\n");
    read(agent().post(format!("{url}/log/_bulk")).send(&body))
}

#[test]
fn controls_set_the_mode_and_return_counts() {
    let engine = FakeEngine::builder().alias("log").start().unwrap();
    let url = engine.url();
    let control = |name: &str, body: &str| read(agent().put(format!("{url}/_control/{name}")).send(body));
    assert_eq!(bulk(&url, "a").0, 200);
    assert_eq!(control("mode", "503").0, 200);
    assert_eq!(bulk(&url, "b").0, 503);
    assert_eq!(control("mode", "nonsense"), (400, json!({"error": "`nonsense` is not a mode"})));
    assert_eq!(control("mode", "ok").0, 200);
    let rolled = read(agent().post(format!("{url}/_control/rollover/log")).send(""));
    assert_eq!(rolled, (200, json!({"old_index": "log-000001", "new_index": "log-000002"})));
    assert_eq!(bulk(&url, "a").0, 200);
    let (_, stats) = read(agent().get(format!("{url}/_control/stats")).call());
    assert_eq!(stats["documents"], 2);
    assert_eq!(stats["unique"], 1);
    assert_eq!(stats["duplicates_across_indices"], 1);
    assert_eq!((&stats["requests"], &stats["struck"]), (&json!(3), &json!(1)));
    let (_, count) = read(agent().get(format!("{url}/log/_count")).call());
    assert_eq!(count["count"], 2);
}

#[test]
fn shares_of_items_are_refused() {
    let engine = FakeEngine::builder().alias("log").recording(Recording::Sequences).start().unwrap();
    let status = |id: &str| bulk(&engine.url(), id).1["items"][0]["create"]["status"].clone();
    engine.set_mode("items-400:100".parse().unwrap());
    assert_eq!([status("a"), status("a")], [400, 400]);
    engine.set_mode("items-429:100".parse().unwrap());
    assert_eq!([status("a"), status("a"), status("a")], [429, 201, 409]);
    assert_eq!(engine.sequences(), [1]);
    engine.reset();
    assert_eq!((engine.stats().documents, engine.sequences().len()), (0, 0));
}

#[test]
fn chunked_bodies_are_accepted() {
    let engine = FakeEngine::builder().alias("log").start().unwrap();
    let mut body: &[u8] = b"{\"create\":{\"_id\":\"a\"}}\n{}\n";
    let body = ureq::SendBody::from_reader(&mut body);
    assert_eq!(read(agent().post(format!("{}/log/_bulk", engine.url())).send(body)).0, 200);
    assert_eq!(engine.stats().documents, 1);
}

#[test]
fn stopping_releases_waiting_clients() {
    let engine = FakeEngine::builder().alias("log").mode("half-open".parse().unwrap()).start().unwrap();
    let url = engine.url();
    let client =
        std::thread::spawn(move || agent().post(format!("{url}/log/_bulk")).send("{\"create\":{}}\n{}\n").map(drop));
    while engine.stats().requests == 0 {
        std::thread::yield_now();
    }
    drop(engine);
    assert!(client.join().unwrap().is_err());
}
