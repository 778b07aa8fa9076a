//! rsyslog as a separate process: its configuration and its end. It reads a file of documents, passes them through a
//! disk-assisted queue, and retries indefinitely.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::ALIAS;

/// Writes the configuration and gives the arguments that start rsyslog with it. With `ids`, the number of an event is its
/// `_id`, else the engine gives one.
pub fn configure(folder: &Path, corpus: &Path, url: &str, ids: bool) -> Result<Vec<String>> {
    let work = folder.join("work");
    fs::create_dir_all(&work)?;
    let port = url.rsplit(':').next().context("a URL with a port")?;
    let id = if ids { "bulkid=\"id\" dynbulkid=\"on\"" } else { "" };
    let configuration = format!(
        r#"global(workDirectory="{work}")
module(load="imfile")
module(load="omelasticsearch")
template(name="document" type="string" string="%msg%")
template(name="id" type="string" string="%msg:R,ERE,1,FIELD:\"sequence\":([0-9]+)--end%")
input(type="imfile" file="{corpus}" tag="event" ruleset="ship" freshStartTail="off" persistStateInterval="1000")
ruleset(name="ship") {{
  action(type="omelasticsearch" server="127.0.0.1" serverport="{port}" searchIndex="{ALIAS}" searchType=""
    esVersion.major="8" template="document" bulkmode="on" writeoperation="create" maxbytes="1m" {id}
    queue.type="LinkedList" queue.filename="ship" queue.size="50000" queue.dequeueBatchSize="2000"
    queue.workerThreads="2" queue.maxDiskSpace="4g" queue.saveOnShutdown="on" queue.timeoutEnqueue="60000"
    action.resumeRetryCount="-1" action.resumeInterval="1")
}}
"#,
        work = work.display(),
        corpus = corpus.display(),
    );
    let path = folder.join("rsyslog.conf");
    fs::write(&path, configuration)?;
    let pid = pid_file(folder);
    // What was killed has left its number, and the next one might take it for a process that runs.
    if pid.exists() {
        fs::remove_file(&pid)?;
    }
    Ok(["-n".to_owned(), "-f".to_owned(), path.display().to_string(), "-i".to_owned(), pid.display().to_string()]
        .to_vec())
}

fn pid_file(folder: &Path) -> PathBuf {
    folder.join("rsyslog.pid")
}

/// Asks the rsyslog of that folder to end.
pub fn ask_to_end(folder: &Path) -> Result<()> {
    let id = fs::read_to_string(pid_file(folder)).context("rsyslog writes the file that names its process")?;
    Command::new("kill").arg(id.trim()).status().context("cannot run `kill`")?;
    Ok(())
}
