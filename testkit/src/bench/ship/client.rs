//! The clients that ship, a row each, and how each is started.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::{ALIAS, rsyslog};
use crate::bench::peers::{PeerBuilder, Ready, Toolchain, version};

/// Seconds after which our client gives up; no client is waited for longer.
pub const DEADLINE: u64 = 120;

/// A shipping client.
#[derive(Debug)]
pub struct Client {
    /// Its name for `--only`.
    pub name: &'static str,
    title: &'static str,
    pub kind: ClientKind,
}

/// The kind of client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// The example `pump`.
    Ours,
    /// With the number of the event as the document's `_id`, or without an `_id`.
    Esutil { ids: bool },
    /// The same.
    Rsyslog { ids: bool },
}

/// In the order of the tables.
pub const CLIENTS: [Client; 5] = [
    Client { name: "ours", title: "event-log", kind: ClientKind::Ours },
    Client { name: "esutil", title: "esutil.BulkIndexer", kind: ClientKind::Esutil { ids: false } },
    Client { name: "esutil-ids", title: "esutil.BulkIndexer, own `_id`", kind: ClientKind::Esutil { ids: true } },
    Client { name: "rsyslog", title: "rsyslog", kind: ClientKind::Rsyslog { ids: false } },
    Client { name: "rsyslog-ids", title: "rsyslog, own `_id`", kind: ClientKind::Rsyslog { ids: true } },
];

/// The programs that a client needs.
#[derive(Clone, Debug)]
pub struct Tools {
    pub ready: Ready,
    /// The program that counts the records of a spool, for our client.
    pub counter: Option<Ready>,
}

/// The files of a client that survive a restart.
#[derive(Clone, Copy, Debug)]
pub struct ClientFiles<'a> {
    pub folder: &'a Path,
    pub corpus: &'a Path,
}

impl ClientFiles<'_> {
    /// Numbers of the events whose call has returned.
    pub fn acknowledgements(&self) -> PathBuf {
        self.folder.join("acknowledged")
    }
}

impl Client {
    /// Builds what the client needs; the error is the reason for leaving it out.
    pub fn prepare(&self, peers: &mut PeerBuilder) -> Result<Tools, String> {
        let (toolchain, counter) = match self.kind {
            ClientKind::Ours => (Toolchain::Example("pump"), Some(peers.build(Toolchain::Example("log_bench"))?)),
            ClientKind::Esutil { .. } => (Toolchain::Go("ship"), None),
            ClientKind::Rsyslog { .. } => (Toolchain::Rsyslog, None),
        };
        Ok(Tools { ready: peers.build(toolchain)?, counter })
    }

    /// Name and version.
    pub fn title(&self, tools: Option<&Tools>) -> String {
        let version = match self.kind {
            ClientKind::Ours => return self.title.to_owned(),
            ClientKind::Esutil { .. } => version("go/go.mod", "go-elasticsearch/v9 "),
            ClientKind::Rsyslog { .. } => tools.map_or_else(|| "?".to_owned(), |tools| tools.ready.runs_on.clone()),
        };
        let (name, note) = self.title.split_once(", ").map_or((self.title, ""), |(name, note)| (name, note));
        let note = if note.is_empty() { String::new() } else { format!(", {note}") };
        format!("{name} {version}{note}")
    }

    /// The command that logs `events` events, or those that it has not logged yet, and ships them to `url`.
    pub fn command(&self, tools: &Tools, files: ClientFiles<'_>, url: &str, events: u32) -> Result<Vec<String>> {
        let mut words = tools.ready.words.clone();
        let shown = |path: &Path| path.display().to_string();
        match self.kind {
            ClientKind::Ours => words.extend(
                [
                    ["--spool", &shown(&files.folder.join("spool"))],
                    ["--url", url],
                    ["--events", &events.to_string()],
                    ["--ack", &shown(&files.acknowledgements())],
                    ["--deadline", &DEADLINE.to_string()],
                ]
                .concat()
                .into_iter()
                .map(str::to_owned),
            ),
            ClientKind::Esutil { ids } => {
                let first = read_acknowledged(&files.acknowledgements())? + 1;
                words.extend(
                    [
                        url,
                        ALIAS,
                        &shown(files.corpus),
                        &first.to_string(),
                        &shown(&files.acknowledgements()),
                        if ids { "ids" } else { "-" },
                    ]
                    .map(str::to_owned),
                );
            }
            ClientKind::Rsyslog { ids } => words.extend(rsyslog::configure(files.folder, files.corpus, url, ids)?),
        }
        Ok(words)
    }

    /// Whether it ends when everything is shipped.
    pub const fn ends(&self) -> bool {
        !matches!(self.kind, ClientKind::Rsyslog { .. })
    }
}

/// The number that esutil's program has left in its file.
fn read_acknowledged(path: &Path) -> Result<u64> {
    match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        bytes => Ok(u64::from_le_bytes(bytes?.try_into().ok().context("the file has 8 bytes")?)),
    }
}
