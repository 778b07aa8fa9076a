//! Engines that answer: starting, waiting until they are ready, guards that stop them, and `status`.

use std::env;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::catalogue::Engine;
use super::fetch::{self, FetchState, own_engine_help};
use super::http::Client;
use super::process::{Process, Record};
use super::progress::step;
use super::{layout, node};

/// How long an engine may take until it answers; a busy machine needs several times the usual 6 to 30 seconds.
const PATIENCE: Duration = Duration::from_mins(3);

/// How often an engine that is starting is asked.
const ASK_EVERY: Duration = Duration::from_millis(250);

/// Lines of the engine's own output that are shown when it does not start.
const LINES_OF_OUTPUT: usize = 15;

/// An engine that answers. Dropping it stops the engine if, and only if, [`start`] started it.
#[derive(Debug)]
pub struct Running {
    engine: Engine,
    url: String,
    client: Client,
    /// The process to end on drop.
    owned: Option<Process>,
}

impl Running {
    fn new(engine: Engine, url: String, owned: Option<Process>) -> Self {
        Self { engine, client: Client::new(&url), url, owned }
    }

    /// Which engine it is, whatever its release.
    pub const fn engine(&self) -> Engine {
        self.engine.family()
    }

    /// Which release of it.
    pub const fn release(&self) -> Engine {
        self.engine
    }

    /// Its URL, with `user:password@` when it wants that, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its URL for messages: without user and password.
    fn shown_url(&self) -> String {
        without_credentials(&self.url)
    }

    /// A client for it.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The version that the engine says it has; asked of its nodes, because a bare node of Elasticsearch 8 has no `GET /`.
    ///
    /// # Errors
    /// When the engine does not answer, or without a version.
    pub fn version(&self) -> Result<String> {
        let body =
            self.client.send("GET", "/_nodes/_local?filter_path=nodes.*.version")?.expect("ask for the version")?;
        let nodes = body["nodes"].as_object().context("the engine's answer has no `nodes`")?;
        let version = nodes.values().find_map(|node| node["version"].as_str());
        Ok(version.context("the engine's answer has no version")?.to_owned())
    }

    /// The folder with the engine's configuration; `None` for an engine of the developer's own.
    pub fn config_folder(&self) -> Option<PathBuf> {
        self.is_fetched().then(|| layout::node(self.engine).join("config"))
    }

    /// Whether it is one that `engines fetch` brings, and not of the developer's own.
    pub fn is_fetched(&self) -> bool {
        own_url(self.engine).is_none()
    }

    /// Whether it may be stopped and started again: this program started it.
    pub const fn is_owned(&self) -> bool {
        self.owned.is_some()
    }

    /// Lets the engine end in order; its data stays. [`start_again`](Self::start_again) is to follow.
    ///
    /// # Errors
    /// When it does not end, or was not started by this program.
    pub fn stop(&mut self) -> Result<()> {
        self.take_owned()?.end()?;
        step("Stopped", &format!("{}, in order", self.engine.name()));
        Ok(())
    }

    /// Kills the engine, so that it has no chance to write anything more; its data stays as it is at that moment.
    ///
    /// # Errors
    /// When it does not say which process it is, or was not started by this program.
    pub fn kill(&mut self) -> Result<()> {
        let pid = pid_of(&self.client)?;
        self.take_owned()?.kill(pid)?;
        step("Killed", &format!("{} (process {pid})", self.engine.name()));
        Ok(())
    }

    /// Starts the same node again, with the data that it had, and waits until it can do work.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&mut self) -> Result<()> {
        step("Starting", &format!("{} again, with its data", self.engine.name()));
        self.owned = Some(Process::start(node::resume(self.engine)?, layout::record(self.engine))?);
        self.wait_until_ready()
    }

    fn take_owned(&mut self) -> Result<Process> {
        self.owned.take().with_context(|| format!("{} was not started by this program", self.engine.name()))
    }

    /// Lets the engine go on after this value is gone; `cargo xtask engines stop` ends it.
    pub fn leave_running(mut self) {
        self.owned = None;
    }

    /// Waits until the engine can do work.
    fn wait_until_ready(&mut self) -> Result<()> {
        let Some(owned) = &mut self.owned else {
            return Ok(());
        };
        loop {
            if is_ready(&self.client) {
                let seconds = owned.age().as_secs_f64();
                step("Ready", &format!("{} at {} after {seconds:.1} s", self.engine.name(), self.shown_url()));
                return Ok(());
            }
            let ended = owned.ended()?;
            if ended.is_none() && owned.age() < PATIENCE {
                thread::sleep(ASK_EVERY);
                continue;
            }
            let what = ended.map_or_else(
                || format!("did not answer within {} s", PATIENCE.as_secs()),
                |status| format!("ended while it was starting ({status})"),
            );
            bail!("{} {what}; its last lines are\n{}", self.engine.name(), last_output(self.engine));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(owned) = self.owned.take() else {
            return;
        };
        match owned.end() {
            Ok(()) => step("Stopped", self.engine.name()),
            Err(error) => step("Warning", &format!("{} may still run: {error:#}", self.engine.name())),
        }
    }
}

/// Starts engines side by side and waits until all of them can do work. Fetches what is missing. An engine of the
/// developer's own, and one that an earlier `cargo xtask engines start` left running, is used as it is.
///
/// # Errors
/// When one cannot be fetched or started; those already started are stopped again.
pub fn start(engines: &[Engine]) -> Result<Vec<Running>> {
    let mut all = Vec::new();
    for &engine in engines {
        all.push(launch(engine).with_context(|| format!("cannot start {}", engine.name()))?);
    }
    for running in &mut all {
        running.wait_until_ready()?;
    }
    Ok(all)
}

fn launch(engine: Engine) -> Result<Running> {
    if let Some((variable, url)) = own_url(engine) {
        let running = Running::new(engine, url, None);
        if !is_ready(running.client()) {
            bail!("nothing answers at `{}`, which `{variable}` names", running.shown_url());
        }
        step("Using", &format!("{} at {} (`{variable}`)", engine.name(), running.shown_url()));
        return Ok(running);
    }
    let url = default_url(engine)?;
    if let Some(record) = Record::load_alive(&layout::record(engine))? {
        let running = Running::new(engine, url, None);
        if !is_ready(running.client()) {
            bail!(
                "process {} was started earlier but does not answer\n  help: `cargo xtask engines stop {}`, then start again",
                record.pid(),
                engine.name()
            );
        }
        step("Running", &format!("{} at {} (process {})", engine.name(), running.shown_url(), record.pid()));
        return Ok(running);
    }
    fetch::fetch(engine)?;
    check_port_is_free(engine)?;
    step("Starting", engine.name());
    let process = Process::start(node::prepare(engine)?, layout::record(engine));
    Ok(Running::new(engine, url, Some(process.with_context(|| last_output(engine))?)))
}

/// Stops an engine that `start` left running.
///
/// # Errors
/// When the process does not end.
pub fn stop(engine: Engine) -> Result<()> {
    let Some(record) = Record::load_alive(&layout::record(engine))? else {
        step("Idle", &format!("{} was not started here", engine.name()));
        return Ok(());
    };
    record.end().with_context(|| format!("cannot stop {}", engine.name()))?;
    fs::remove_file(layout::record(engine))?;
    step("Stopped", &format!("{} (process {})", engine.name(), record.pid()));
    Ok(())
}

/// Prints the state of an engine on standard output; tells whether it answers, or for a library whether it is there.
///
/// # Errors
/// When the POM or the record of the process cannot be read.
pub fn report(engine: Engine) -> Result<bool> {
    let (version, fetched) = fetch::state(engine)?;
    let fetched_text = match fetched {
        FetchState::Fetched => "fetched",
        FetchState::Stale => "another version fetched",
        FetchState::Absent => "not fetched",
    };
    let (serves, answers) =
        if engine.port().is_some() { report_server(engine)? } else { (String::new(), fetched == FetchState::Fetched) };
    println!("{:<15} {version:<9} {fetched_text}{serves}", engine.name());
    Ok(answers)
}

fn report_server(engine: Engine) -> Result<(String, bool)> {
    let (url, whose) = match (own_url(engine), Record::load_alive(&layout::record(engine))?) {
        (Some((variable, url)), _) => (url, format!("`{variable}`")),
        (None, Some(record)) => (default_url(engine)?, format!("process {}", record.pid())),
        (None, None) => return Ok((", not running".to_owned(), false)),
    };
    let answers = is_ready(&Client::new(&url));
    let verb = if answers { "answers" } else { "does not answer" };
    Ok((format!(", {verb} at {url} ({whose})"), answers))
}

/// What a log may show of a URL.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
}

fn own_url(engine: Engine) -> Option<(&'static str, String)> {
    let variable = engine.url_variable()?;
    let url = env::var(variable).ok().filter(|url| !url.trim().is_empty())?;
    Some((variable, url.trim().trim_end_matches('/').to_owned()))
}

fn default_url(engine: Engine) -> Result<String> {
    let Some(port) = engine.port() else { bail!("`{}` is a library and has nothing to start", engine.name()) };
    let credentials = if engine.family() == Engine::Elasticsearch {
        format!("{}:{}@", node::ADMIN_USER, node::ADMIN_PASSWORD)
    } else {
        String::new()
    };
    Ok(format!("http://{credentials}127.0.0.1:{port}"))
}

/// The process that does the engine's work, as the engine says.
pub(super) fn pid_of(client: &Client) -> Result<u32> {
    let body = client.send("GET", "/_nodes/_local/process?filter_path=nodes.*.process.id")?;
    let body = body.expect("ask for the process")?;
    let pid = body["nodes"].as_object().and_then(|nodes| nodes.values().next()?["process"]["id"].as_u64());
    Ok(u32::try_from(pid.context("the engine does not say which process it is")?)?)
}

fn is_ready(client: &Client) -> bool {
    // `yellow` means that every index can be written; a bare node of Elasticsearch 8 has no `GET /`.
    client.send("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s").is_ok_and(|answer| answer.is_success())
}

fn check_port_is_free(engine: Engine) -> Result<()> {
    let Some(port) = engine.port() else {
        return Ok(());
    };
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => bail!(
            "port {port} is taken by a process that this workspace did not start\n  \
             help: end that process (`ss -ltnp 'sport = :{port}'` names it){}",
            own_engine_help(engine)
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
    }
}

fn last_output(engine: Engine) -> String {
    let path = layout::directory(engine).join("output.log");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(LINES_OF_OUTPUT)..].join("\n    ");
    format!("    {tail}\n  the whole output is in `{}`", path.display())
}
