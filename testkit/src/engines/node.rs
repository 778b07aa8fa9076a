//! What each engine is started with: command line, configuration files, accounts of its own.
//!
//! Knows neither how a process is recorded nor how readiness is told. Every engine begins empty: the folder that it
//! may write is removed first, so that no test sees what another left; only a node that is resumed keeps what it has.

use std::fs::{self, File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::account::Account;
use super::catalogue::Engine;
use super::{java, layout};

/// User that may do everything on the secured engine. No secret: the engine listens on loopback alone, for tests.
pub const ADMIN_USER: &str = "event-log-admin";

/// Password of [`ADMIN_USER`].
pub const ADMIN_PASSWORD: &str = "event-log-admin";

/// [`ADMIN_PASSWORD`] as `bin/elasticsearch-users` writes it. Running that at each start would start a Java of its own.
pub const ADMIN_PASSWORD_HASH: &str = "$2a$10$OmFiVK0SC/lT2ldF.XrzV.5jgY3bs.Mo3GaREXC.el8WNtvZq5lV2";

/// Settings that all engines understand; disk thresholds are off because a developer's disk is often nearly
/// full, and the engine would then refuse writes.
const COMMON_SETTINGS: &str = "\
network.host: 127.0.0.1
cluster.routing.allocation.disk.threshold_enabled: false
";

/// A node that looks for no others.
const SINGLE_NODE: &str = "discovery.type: single-node\n";

/// Security from files, without certificates: traffic never leaves the machine. A test adds users and roles to those
/// files, which are looked at every second.
const ELASTICSEARCH_SETTINGS: &str = "\
xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.autoconfiguration.enabled: false
xpack.security.http.ssl.enabled: false
xpack.security.transport.ssl.enabled: false
xpack.security.authc.realms.file.file1.order: 0
resource.reload.interval.high: 1s
";

/// Lifecycle steps run every two seconds, so that a test sees a rollover while it waits.
const ELASTICSEARCH6_SETTINGS: &str = "\
xpack.security.enabled: false
xpack.ml.enabled: false
xpack.watcher.enabled: false
xpack.monitoring.enabled: false
indices.lifecycle.poll_interval: 2s
";

/// Prepares the node's folder and returns the command that starts it.
///
/// # Errors
/// When no Java fits, a file cannot be written, or nothing can be run.
pub fn prepare(engine: Engine) -> Result<Command> {
    let node = layout::node(engine);
    empty(&node)?;
    File::create(output(engine))?;
    command(engine, &node)
}

/// Returns the command that starts the node of before again, with the data that it has.
///
/// # Errors
/// As [`prepare`].
pub fn resume(engine: Engine) -> Result<Command> {
    command(engine, &layout::node(engine))
}

/// Makes an empty folder out of whatever is there.
pub(super) fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))
}

/// Where an engine's own output goes.
pub(super) fn output(engine: Engine) -> PathBuf {
    layout::directory(engine).join("output.log")
}

fn command(engine: Engine, node: &Path) -> Result<Command> {
    let mut command = match engine {
        Engine::OpenSearch | Engine::OpenSearch2 => {
            let settings = settings(engine, SINGLE_NODE)?;
            let discovery = "single-node";
            let port = http_port(engine)?;
            let node = OpenSearchNode { engine, folder: node, heap: "2g", port, discovery, settings };
            opensearch_command(&node)?
        }
        Engine::Elasticsearch | Engine::Elasticsearch9 | Engine::Elasticsearch6 => prepare_elasticsearch(engine, node)?,
        Engine::IlmParser => bail!("`{}` is a library and has nothing to start", engine.name()),
    };
    detach(&mut command, &output(engine))?;
    Ok(command)
}

/// Leaves the terminal to others, and adds what the engine prints to a file.
pub(super) fn detach(command: &mut Command, output: &Path) -> Result<()> {
    let output = OpenOptions::new().create(true).append(true).open(output)?;
    command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        // A group of its own: an interrupt typed at the terminal must not reach an engine that is to go on.
        .process_group(0);
    Ok(())
}

fn settings(engine: Engine, own: &str) -> Result<String> {
    let port = http_port(engine)?;
    let name = engine.name();
    Ok(format!("cluster.name: event-log-{name}\n{}{own}", ports(port)))
}

/// What nodes of every kind have: ports, and [`COMMON_SETTINGS`].
pub(super) fn ports(http: u16) -> String {
    format!("http.port: {http}\ntransport.port: {}\n{COMMON_SETTINGS}", http + 100)
}

fn http_port(engine: Engine) -> Result<u16> {
    engine.port().with_context(|| format!("`{}` listens on no port", engine.name()))
}

/// A node that is called after its port.
pub(super) struct OpenSearchNode<'a> {
    /// Which release of it.
    pub(super) engine: Engine,
    /// What it may write.
    pub(super) folder: &'a Path,
    /// Largest heap, as Java takes it.
    pub(super) heap: &'a str,
    pub(super) port: u16,
    /// The setting `discovery.type`, which the runner has an opinion on.
    pub(super) discovery: &'a str,
    /// All other settings, as YAML.
    pub(super) settings: String,
}

pub(super) fn opensearch_command(node: &OpenSearchNode<'_>) -> Result<Command> {
    let OpenSearchNode { engine, folder, heap, port, discovery, settings } = node;
    // The runner keeps a configuration that it finds.
    let config = folder.join("node_1/config");
    fs::create_dir_all(&config)?;
    fs::write(config.join("opensearch.yml"), settings)?;
    let mut command = Command::new(java::find_program(*engine)?);
    command
        .arg(format!("-Xmx{heap}"))
        .arg(format!("-Dnode.name={}", opensearch_name(*port)))
        .arg(format!("-Ddiscovery.type={discovery}"))
        .args(["--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp"])
        .arg(layout::jars(*engine).join("*"))
        .arg(layout::opensearch_program())
        .arg("-basePath")
        .arg(folder)
        .args(["-clusterName", "event-log-opensearch", "-numOfNode", "1", "-printOnFailure"])
        // The runner adds the number of the node, from 1.
        .args(["-baseHttpPort", &(port - 1).to_string()]);
    Ok(command)
}

/// What the node on a port is called.
pub(super) fn opensearch_name(port: u16) -> String {
    format!("node-{port}")
}

fn prepare_elasticsearch(engine: Engine, node: &Path) -> Result<Command> {
    let home = java::find_home(engine)?;
    let distribution = layout::distribution(engine)?;
    let account = Account::for_engine(engine)?;
    if let Some(account) = account {
        account.check_reads(&distribution.join("bin/elasticsearch"))?;
    }
    write_config(engine, &distribution, node)?;
    if let Some(account) = account {
        account.take_over(node)?;
    }
    let mut command = Command::new(distribution.join("bin/elasticsearch"));
    command
        .current_dir(node)
        .env("JAVA_HOME", &home)
        .env("ES_JAVA_HOME", &home)
        .env("ES_PATH_CONF", node.join("config"))
        .env("ES_TMPDIR", node.join("tmp"))
        .env("ES_JAVA_OPTS", "-Xms1g -Xmx1g");
    if let Some(account) = account {
        account.apply_to(&mut command);
    }
    Ok(command)
}

/// Copies the configuration of the distribution, with our settings in place of its own.
fn write_config(engine: Engine, distribution: &Path, node: &Path) -> Result<()> {
    let config = node.join("config");
    for folder in ["config", "config/jvm.options.d", "data", "logs", "tmp"] {
        fs::create_dir_all(node.join(folder))?;
    }
    for file in ["log4j2.properties", "users", "users_roles", "roles.yml", "role_mapping.yml"] {
        fs::copy(distribution.join("config").join(file), config.join(file))
            .with_context(|| format!("cannot copy `{file}`"))?;
    }
    if engine.family() == Engine::Elasticsearch {
        write_admin(&config)?;
    }
    let options = fs::read_to_string(distribution.join("config/jvm.options"))?;
    fs::write(config.join("jvm.options"), without_log_files(&options))?;
    let own = if engine.family() == Engine::Elasticsearch { ELASTICSEARCH_SETTINGS } else { ELASTICSEARCH6_SETTINGS };
    let paths = format!("path.data: {}\npath.logs: {}\n", node.join("data").display(), node.join("logs").display());
    fs::write(config.join("elasticsearch.yml"), settings(engine, SINGLE_NODE)? + own + &paths)?;
    Ok(())
}

/// The options without those that write below the distribution, which the node's account may only read.
fn without_log_files(options: &str) -> String {
    let keeps = |line: &&str| !line.contains("logs/") && !line.contains("HeapDump");
    options.lines().filter(keeps).flat_map(|line| [line, "\n"]).collect()
}

/// Adds the administrator to the files of the `file` realm.
fn write_admin(config: &Path) -> Result<()> {
    fs::write(config.join("users"), format!("{ADMIN_USER}:{ADMIN_PASSWORD_HASH}\n"))?;
    fs::write(config.join("users_roles"), format!("superuser:{ADMIN_USER}\n"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::without_log_files;

    #[test]
    fn options_for_log_files_are_left_out() {
        let options = "-Xss1m\n9-:-Xlog:gc*:file=logs/gc.log:utctime\n-XX:ErrorFile=logs/hs_err.log\n-XX:HeapDumpPath=data\n-Da=b\n";
        assert_eq!(without_log_files(options), "-Xss1m\n-Da=b\n");
    }
}
