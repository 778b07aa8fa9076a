//! Shipping to real engines that are stopped, killed, rolled over and modified meanwhile: each logged event is stored once. Owns
//! the cases; logging, cutting connections and counting are in the submodules.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use super::engine_gaps::Adapter;
use super::installation::Installed;
use super::log::Log;
use super::tally::Tally;
use crate::engines::{Client, Cluster, Engine, Running, step};

mod ledger;
mod proxy;
mod pump;

use ledger::Document;
use proxy::Proxy;
use pump::{Pump, Scene};

/// The log that the pump ships.
const LOG: &str = "kibana-event-log";
/// The data stream of its other flavor.
const STREAM: &str = "event-log-test-shipping";
/// Enough for some dozen requests in each case, and few enough for every run.
pub const DEFAULT_EVENTS: u64 = 20_000;
/// Seconds over which a case logs its events when something happens in between: half again as long as a shipper relies on a
/// resolved alias, so that after a rollover there are events for the new index.
const SPREAD: u64 = 15;
/// Short, so that requests are in flight all the time.
const MAX_AGE: &str = "40";
/// The case for which there are several nodes.
const LOST_NODE: &str = "one of three nodes is killed";
/// How long an engine may take to get as far as a case wants it.
const PATIENCE: Duration = Duration::from_mins(4);
/// How often it is asked.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Runs every case that the engine can do and that has `chosen` in its name.
pub fn check(running: &mut Running, events: u64, chosen: &str, tally: &mut Tally) -> Result<()> {
    let pump = Pump::build()?;
    let client = running.client().clone();
    let (url, engine) = (running.url().to_owned(), running.release());
    let proxy = Proxy::start(&url)?;
    let has_streams = engine.family() == Engine::OpenSearch;
    let alias = &Log::committed(LOG)?.targets(engine)[0];
    for target in [Some(alias.as_str()), has_streams.then_some(STREAM)].into_iter().flatten() {
        let case = |urls: Vec<String>| Case { pump: &pump, urls, client: &client, engine, target, events, chosen };
        let direct = case(vec![url.clone()]);
        direct.run("nothing happens", tally, |scene| scene.log(&["--threads", "4"])?.finish().map(|()| Vec::new()))?;
        if running.is_owned() {
            let stop = |scene: &Scene<'_>| interrupt(scene, running, Running::stop);
            direct.run("the engine is stopped and started again", tally, stop)?;
            direct.run("the engine is killed", tally, |scene| interrupt(scene, running, Running::kill))?;
        } else {
            step("Left out", "stopping and killing the engine: it was not started here");
        }
        direct.run("the engine's disk is at the flood stage", tally, flood)?;
        let cut_off = case(vec![proxy.url().to_owned()]);
        for (name, after) in AFTER_ROLLOVER {
            cut_off.run(name, tally, |scene| roll_over(scene, &proxy, *after))?;
        }
        if target != STREAM {
            cut_off.run("it rolls over and leaves the old index", tally, |scene| roll_over(scene, &proxy, leave))?;
            cut_off.run("the write index is deleted between two tries", tally, |scene| delete(scene, &proxy))?;
        }
    }
    if has_streams && LOST_NODE.contains(chosen) {
        let mut cluster = Cluster::start(engine)?;
        let client = cluster.client()?.clone();
        let urls = cluster.urls();
        let shared = Case { pump: &pump, urls, client: &client, engine, target: alias, events, chosen };
        shared.run(LOST_NODE, tally, |scene| lose_node(scene, &mut cluster))?;
    }
    Ok(())
}

/// A case's surroundings.
struct Case<'e> {
    pump: &'e Pump,
    urls: Vec<String>,
    client: &'e Client,
    engine: Engine,
    target: &'e str,
    events: u64,
    chosen: &'e str,
}

impl Case<'_> {
    /// Installs the log, lets `act` log and disturb, ships what is left, and counts. `act` returns what readers saw in an
    /// index that it took from them.
    fn run(&self, name: &str, tally: &mut Tally, act: impl FnOnce(&Scene<'_>) -> Result<Vec<Document>>) -> Result<()> {
        let name = if self.target == STREAM { format!("{name}, data stream") } else { name.to_owned() };
        if name.contains(self.chosen) {
            let line = self.try_run(tally, act).with_context(|| format!("while {name}"))?;
            step("Shipped", &format!("{name}: {line}"));
        }
        Ok(())
    }

    fn try_run(&self, tally: &mut Tally, act: impl FnOnce(&Scene<'_>) -> Result<Vec<Document>>) -> Result<String> {
        let began = Instant::now();
        let log = if self.target == STREAM {
            let index = format!("index: {{data_stream: {STREAM}, shards: 1, auto_expand_replicas: 0-1}}");
            Log::with_keys(LOG, &[("index", &index), ("opensearch", "opensearch: {}")])?
        } else {
            Log::committed(LOG)?
        };
        let _installed = Installed::through_library(self.client, &self.urls[0], &log, &mut Adapter::new(self.engine))?;
        let scene = Scene::new(self.pump, self.client, &self.urls, self.target, self.events)?;
        let gone = act(&scene)?;
        let shipped = scene.drain()?;
        let stored = ledger::load(self.client, self.target)?;
        let counts = ledger::check(&scene.acknowledged()?, &stored, &gone)?;
        ensure!(shipped.quarantined == 0, "{} events are in quarantine", shipped.quarantined);
        ensure!(counts.issued == usize::try_from(self.events)?, "only {} events were logged", counts.issued);
        tally.add("events logged during faults of the engine", counts.issued);
        tally.add("of them stored once, and nothing twice or in quarantine", counts.delivered);
        tally.add(
            "documents sent or looked for a second time and known to the engine",
            usize::try_from(shipped.conflicts)?,
        );
        Ok(format!(
            "{counts}, quarantined 0; {} sent again, {} of them known to the engine; {:.0} s",
            shipped.retried,
            shipped.conflicts,
            began.elapsed().as_secs_f64()
        ))
    }
}

/// The engine goes while events are logged, and comes back.
fn interrupt(scene: &Scene<'_>, running: &mut Running, end: fn(&mut Running) -> Result<()>) -> Result<Vec<Document>> {
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    end(running)?;
    running.start_again()?;
    logging.finish().map(|()| Vec::new())
}

/// The engine puts the block of the flood stage on the index while events are logged, and takes it off. The program says at
/// once what its events wait for.
fn flood(scene: &Scene<'_>) -> Result<Vec<Document>> {
    let block = |is_on: Option<bool>| {
        let body = json!({"index.blocks.read_only_allow_delete": is_on});
        let path = format!("/{}/_settings", scene.target());
        scene.client().send_json("PUT", &path, &body)?.expect("block writes").map(drop)
    };
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    block(Some(true))?;
    let reason = "disk usage exceeded flood-stage watermark";
    wait_until("the pump did not say that the disk is full", || Ok(scene.problems().contains(reason)))?;
    ensure!(scene.problems().contains(" documents wait: 429 cluster_block_exception"), "{}", scene.problems());
    block(None)?;
    logging.finish().map(|()| Vec::new())
}

/// What happens to the index that may have the documents, besides the rollover. Returns what readers do not see any more.
type After = fn(&Client, &str, &str) -> Result<Vec<Document>>;

/// How the target leads elsewhere between two tries.
const AFTER_ROLLOVER: &[(&str, After)] = &[
    ("it rolls over between two tries", |_, _, _| Ok(Vec::new())),
    ("it rolls over and the old index takes no writes", |client, _, index| {
        let body = json!({"index.blocks.write": true});
        client.send_json("PUT", &format!("/{index}/_settings"), &body)?.expect("block writes")?;
        Ok(Vec::new())
    }),
];

/// Takes the alias off the old index.
fn leave(client: &Client, alias: &str, index: &str) -> Result<Vec<Document>> {
    let documents = ledger::load(client, index)?;
    let body = json!({"actions": [{"remove": {"index": index, "alias": alias}}]});
    client.send_json("POST", "/_aliases", &body)?.expect("take the alias off")?;
    Ok(documents)
}

/// A reply is lost, and the target leads elsewhere before the second try.
fn roll_over(scene: &Scene<'_>, proxy: &Proxy, after: After) -> Result<Vec<Document>> {
    let (client, target) = (scene.client(), scene.target());
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    cut_off(proxy)?;
    let rolled = client.send_json("POST", &format!("/{target}/_rollover"), &json!({}))?.expect("roll over")?;
    let old = rolled["old_index"].as_str().context("the rollover names no old index")?;
    let gone = after(client, target, old)?;
    proxy.open();
    logging.finish()?;
    let shipped = scene.drain()?;
    let stored = ledger::load(client, target)?;
    let in_old = stored.iter().filter(|document| document.index == old).count();
    ensure!(shipped.conflicts > 0 || !gone.is_empty(), "no document was sent or looked for a second time");
    ensure!(in_old < stored.len(), "nothing is stored in the new index");
    Ok(gone)
}

/// A reply is lost, the index is deleted before the second try, and a person makes the next one a while later.
fn delete(scene: &Scene<'_>, proxy: &Proxy) -> Result<Vec<Document>> {
    let client = scene.client();
    let alias = scene.target();
    let old = format!("{alias}-000001");
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    cut_off(proxy)?;
    let gone = ledger::load(client, alias)?;
    client.send("DELETE", &format!("/{old}"))?.expect("delete the write index")?;
    proxy.open();
    let missing = "there is no alias or data stream";
    wait_until("the pump did not say that the alias is gone", || Ok(scene.problems().contains(missing)))?;
    for name in [old.as_str(), alias] {
        let found = client.send("GET", &format!("/{name}"))?;
        ensure!(!found.is_success(), "a write has made an index `{name}`, which nobody reads");
    }
    let hidden = alias.starts_with('.').then_some(true);
    let body = json!({"aliases": {alias: {"is_write_index": true, "is_hidden": hidden}}});
    client.send_json("PUT", &format!("/{alias}-000002"), &body)?.expect("make the next index")?;
    logging.finish()?;
    Ok(gone)
}

/// Loses the reply to a bulk request, and everything after it.
fn cut_off(proxy: &Proxy) -> Result<()> {
    proxy.cut_next_bulk_reply();
    wait_until("no reply was cut off", || Ok(proxy.is_closed()))
}

/// A node of a cluster goes while events are logged.
fn lose_node(scene: &Scene<'_>, cluster: &mut Cluster) -> Result<Vec<Document>> {
    cluster.wait_until_whole()?;
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    cluster.kill_primary_of(&format!("{}-000001", scene.target()))?;
    logging.finish()?;
    scene.drain()?;
    cluster.heal().map(|()| Vec::new())
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !is_so()? {
        if began.elapsed() > PATIENCE {
            bail!("{what} within {} s", PATIENCE.as_secs());
        }
        thread::sleep(ASK_EVERY);
    }
    Ok(())
}
