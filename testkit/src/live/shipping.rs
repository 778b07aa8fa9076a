//! Shipping to real engines that are stopped, killed, rolled over and taken apart meanwhile: what was logged is there once.
//! Owns the cases; how events are logged, cut off and counted stands in the modules below.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use super::installation::Installed;
use super::lacking::Adapter;
use super::log::Log;
use super::tally::Tally;
use crate::engines::{Client, Cluster, Engine, Running, step};

mod ledger;
mod proxy;
mod pump;

use proxy::Proxy;
use pump::{Pump, Scene};

/// The log that the pump ships.
const LOG: &str = "kibana-event-log";
/// Its alias.
const ALIAS: &str = ".kibana-event-log";
/// Enough for some dozen requests in each case, and few enough for every run.
pub const DEFAULT_EVENTS: u64 = 20_000;
/// Seconds over which a case logs its events when something is to happen in between: half more than a shipper relies on
/// what it was told about the alias, so that after a rollover there is something for the new index.
const SPREAD: u64 = 15;
/// Short, so that requests are under way all the time.
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
    let (url, engine) = (running.url().to_owned(), running.engine());
    let case = |urls: Vec<String>| Case { pump: &pump, urls, client: &client, engine, events, chosen };
    let direct = case(vec![url.clone()]);
    direct.run("nothing happens", tally, |scene| scene.log(&["--threads", "4"])?.finish())?;
    if running.is_owned() {
        direct
            .run("the engine is stopped and started again", tally, |scene| interrupt(scene, running, Running::stop))?;
        direct.run("the engine is killed", tally, |scene| interrupt(scene, running, Running::kill))?;
    } else {
        step("Left out", "stopping and killing the engine: it was not started here");
    }
    let proxy = Proxy::start(&url)?;
    let cut_off = case(vec![proxy.url().to_owned()]);
    for (name, after) in AFTER_ROLLOVER {
        cut_off.run(name, tally, |scene| roll_over(scene, &proxy, *after))?;
    }
    if engine == Engine::OpenSearch && LOST_NODE.contains(chosen) {
        let mut cluster = Cluster::start()?;
        let client = cluster.client()?.clone();
        let shared = Case { pump: &pump, urls: cluster.urls(), client: &client, engine, events, chosen };
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
    events: u64,
    chosen: &'e str,
}

impl Case<'_> {
    /// Installs the log, lets `act` log and disturb, ships what is left, and counts.
    fn run(&self, name: &str, tally: &mut Tally, act: impl FnOnce(&Scene<'_>) -> Result<()>) -> Result<()> {
        if name.contains(self.chosen) {
            let line = self.try_run(tally, act).with_context(|| format!("while {name}"))?;
            step("Shipped", &format!("{name}: {line}"));
        }
        Ok(())
    }

    fn try_run(&self, tally: &mut Tally, act: impl FnOnce(&Scene<'_>) -> Result<()>) -> Result<String> {
        let began = Instant::now();
        let log = Log::committed(LOG)?;
        let _installed = Installed::through_library(self.client, &self.urls[0], &log, &mut Adapter::new(self.engine))?;
        let scene = Scene::new(self.pump, self.client, &self.urls, self.events)?;
        act(&scene)?;
        let shipped = scene.drain()?;
        let stored = ledger::load(self.client, ALIAS)?;
        let counts = ledger::check(&scene.acknowledged()?, &stored)?;
        ensure!(shipped.quarantined == 0, "{} events are in quarantine", shipped.quarantined);
        ensure!(counts.issued == usize::try_from(self.events)?, "only {} events were logged", counts.issued);
        tally.add("events logged during faults of the engine", counts.issued);
        tally.add("of them stored once, and nothing twice or in quarantine", counts.delivered);
        tally.add("documents sent a second time and known to the engine", usize::try_from(shipped.conflicts)?);
        Ok(format!(
            "{counts}, quarantined 0; {} sent again, {} of them known to the engine; {:.0} s",
            shipped.retried,
            shipped.conflicts,
            began.elapsed().as_secs_f64()
        ))
    }
}

/// The engine goes while events are logged, and comes back.
fn interrupt(scene: &Scene<'_>, running: &mut Running, end: fn(&mut Running) -> Result<()>) -> Result<()> {
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    end(running)?;
    running.start_again()?;
    logging.finish()
}

/// What happens to the index that may have the documents, besides the rollover.
type After = fn(&Client, &str) -> Result<()>;

/// How the alias leads elsewhere between two tries. What is in doubt goes to its own index by its name, or is looked for
/// there or behind the alias.
const AFTER_ROLLOVER: &[(&str, After)] = &[
    ("the alias rolls over between two tries", |_, _| Ok(())),
    ("the alias rolls over and the old index takes no writes", |client, index| {
        let body = json!({"index.blocks.write": true});
        client.send_json("PUT", &format!("/{index}/_settings"), &body)?.expect("block writes").map(drop)
    }),
    ("the alias rolls over and leaves the old index", |client, index| {
        let body = json!({"actions": [{"remove": {"index": index, "alias": ALIAS}}]});
        client.send_json("POST", "/_aliases", &body)?.expect("take the alias off").map(drop)
    }),
];

/// A reply is lost, and the alias leads elsewhere before the second try.
fn roll_over(scene: &Scene<'_>, proxy: &Proxy, after: After) -> Result<()> {
    let client = scene.client();
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    proxy.cut_next_bulk_reply();
    wait_until("no reply was cut off", || Ok(proxy.is_closed()))?;
    let before = ledger::load(client, ALIAS)?;
    let rolled = client.send_json("POST", &format!("/{ALIAS}/_rollover"), &json!({}))?.expect("roll over")?;
    let old = rolled["old_index"].as_str().context("the rollover names no old index")?;
    after(client, old)?;
    proxy.open();
    logging.finish()?;
    let shipped = scene.drain()?;
    let stored = ledger::load(client, ALIAS)?;
    let in_old = stored.iter().filter(|document| document.index == old).count();
    ensure!(shipped.conflicts > 0, "no document was sent a second time; {} were stored before", before.len());
    ensure!(in_old < stored.len(), "nothing is stored in the new index");
    Ok(())
}

/// A node of a cluster goes while events are logged.
fn lose_node(scene: &Scene<'_>, cluster: &mut Cluster) -> Result<()> {
    cluster.wait_until_whole()?;
    let logging = scene.log_slowly()?;
    scene.wait_for_stored(scene.events() / 5)?;
    cluster.kill_primary_of(&format!("{ALIAS}-000001"))?;
    logging.finish()?;
    scene.drain()?;
    cluster.heal()
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
