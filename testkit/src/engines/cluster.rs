//! A cluster of `OpenSearch` with a process for each node, so that one of them can be killed. Owns their folders, ports and
//! settings; knows nothing of what is stored in it.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::catalogue::Engine;
use super::fetch::fetch;
use super::http::Client;
use super::process::{Process, Record};
use super::progress::step;
use super::{layout, node, running};

/// Nodes: the smallest number of which one can go and leave a majority.
const NODES: u16 = 3;

/// Ports of the nodes, from that of the single engine on.
const PORTS_BEHIND: u16 = 10;

/// How long the cluster may take to form, or to heal; three times what one node takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(8);

/// How often it is asked.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// Nodes that form a cluster; dropping it ends them.
#[derive(Debug)]
pub struct Cluster {
    engine: Engine,
    nodes: Vec<Member>,
}

/// A node.
#[derive(Debug)]
struct Member {
    port: u16,
    client: Client,
    process: Option<Process>,
}

impl Cluster {
    /// Starts empty nodes of a release and waits until they have found each other.
    ///
    /// # Errors
    /// When one does not start.
    pub fn start(engine: Engine) -> Result<Self> {
        fetch(engine)?;
        let first = engine.port().context("the engine listens on a port")? + PORTS_BEHIND;
        let ports: Vec<u16> = (first..first + NODES).collect();
        let mut cluster = Self { engine, nodes: Vec::new() };
        step("Starting", &format!("a cluster of {NODES} nodes"));
        for port in &ports {
            cluster
                .nodes
                .push(start_member(engine, *port, &ports).with_context(|| format!("the node on port {port}"))?);
        }
        cluster.wait_until_whole()?;
        Ok(cluster)
    }

    /// The URL of each node.
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(|member| url(member.port)).collect()
    }

    /// A client for the last node that is alive.
    pub fn client(&self) -> Result<&Client> {
        let alive = self.nodes.iter().rev().find(|member| member.process.is_some());
        Ok(&alive.context("no node is alive")?.client)
    }

    /// Kills the node that has the primary shard of an index. Returns its URL.
    ///
    /// # Errors
    /// When the cluster does not say which that is.
    pub fn kill_primary_of(&mut self, index: &str) -> Result<String> {
        let path = format!("/_cat/shards/{index}?format=json&h=prirep,node");
        let shards = self.client()?.send("GET", &path)?.expect("ask where the shards are")?;
        let primary = shards.as_array().into_iter().flatten().find(|shard| shard["prirep"] == "p");
        let name =
            primary.and_then(|shard| shard["node"].as_str()).context("the index has no primary shard")?.to_owned();
        let is_it = |member: &&mut Member| node::opensearch_name(member.port) == name;
        let member = self.nodes.iter_mut().find(is_it).with_context(|| format!("there is no node `{name}`"))?;
        let pid = running::pid_of(&member.client)?;
        member.process.take().context("the node is gone")?.kill(pid)?;
        step("Killed", &format!("`{name}` (process {pid}), which has the primary shard"));
        Ok(url(member.port))
    }

    /// Starts a node again that was killed, and waits until all is as before.
    ///
    /// # Errors
    /// When it does not come back.
    pub fn heal(&mut self) -> Result<()> {
        let ports: Vec<u16> = self.nodes.iter().map(|member| member.port).collect();
        for member in self.nodes.iter_mut().filter(|member| member.process.is_none()) {
            member.process = Some(run_member(self.engine, member.port, &ports)?);
        }
        self.wait_until_whole()
    }

    /// Waits until all nodes are there, and every replica.
    ///
    /// # Errors
    /// When a node ends meanwhile, or they do not find each other.
    pub fn wait_until_whole(&mut self) -> Result<()> {
        let began = Instant::now();
        let path = format!("/_cluster/health?wait_for_nodes={NODES}&wait_for_status=green&timeout=1s");
        while began.elapsed() < PATIENCE {
            if self.client()?.send("GET", &path).is_ok_and(|answer| answer.is_success()) {
                step("Ready", &format!("the cluster, after {:.1} s", began.elapsed().as_secs_f64()));
                return Ok(());
            }
            for member in &mut self.nodes {
                if let Some(process) = &mut member.process {
                    let ended = process.ended()?;
                    ensure!(ended.is_none(), "the node on port {} ended while it was starting", member.port);
                }
            }
            thread::sleep(ASK_EVERY);
        }
        bail!("the cluster was not ready within {} s", PATIENCE.as_secs())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for member in &mut self.nodes {
            let outcome = member.process.take().map_or(Ok(()), Process::end);
            if let Err(error) = outcome {
                step("Warning", &format!("the node on port {} may still run: {error:#}", member.port));
            }
        }
        step("Stopped", "the cluster");
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn folder(engine: Engine, port: u16) -> PathBuf {
    layout::directory(engine).join("cluster").join(node::opensearch_name(port))
}

fn start_member(engine: Engine, port: u16, ports: &[u16]) -> Result<Member> {
    // One that an earlier run could not end.
    if let Some(record) = Record::load_alive(&folder(engine, port).join("run.json"))? {
        record.end()?;
    }
    node::empty(&folder(engine, port))?;
    Ok(Member { port, client: Client::new(&url(port)), process: Some(run_member(engine, port, ports)?) })
}

fn run_member(engine: Engine, port: u16, ports: &[u16]) -> Result<Process> {
    let seeds: Vec<String> = ports.iter().map(|port| format!("127.0.0.1:{}", port + 100)).collect();
    let names: Vec<String> = ports.iter().map(|port| node::opensearch_name(*port)).collect();
    let settings = format!(
        "cluster.name: event-log-cluster\n{}discovery.seed_hosts: [{}]\ncluster.initial_cluster_manager_nodes: [{}]\n",
        node::ports(port),
        seeds.join(", "),
        names.join(", ")
    );
    let folder = folder(engine, port);
    let member = node::OpenSearchNode { engine, folder: &folder, heap: "512m", port, discovery: "zen", settings };
    let mut command = node::opensearch_command(&member)?;
    node::detach(&mut command, &folder.join("output.log"))?;
    Process::start(command, folder.join("run.json"))
}
