//! The clients that ship: a row each, and how each is started.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::{ALIAS, rsyslog};
use crate::bench::peers::{Ready, Toolchain, Workshop, version};

/// Seconds after which ours gives up, as no client is waited for longer.
pub const DEADLINE: u64 = 120;

/// A way to ship.
#[derive(Debug)]
pub struct Client {
    /// As `--only` takes it.
    pub name: &'static str,
    title: &'static str,
    pub kind: Kind,
}

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The example `pump`.
    Ours,
    /// Documents get the number of the event as `_id`, or none.
    Esutil { ids: bool },
    /// The same.
    Rsyslog { ids: bool },
}

/// In the order of the tables.
pub const CLIENTS: [Client; 5] = [
    Client { name: "ours", title: "event-log", kind: Kind::Ours },
    Client { name: "esutil", title: "esutil.BulkIndexer", kind: Kind::Esutil { ids: false } },
    Client { name: "esutil-ids", title: "esutil.BulkIndexer, own `_id`", kind: Kind::Esutil { ids: true } },
    Client { name: "rsyslog", title: "rsyslog", kind: Kind::Rsyslog { ids: false } },
    Client { name: "rsyslog-ids", title: "rsyslog, own `_id`", kind: Kind::Rsyslog { ids: true } },
];

/// What a client is run with.
#[derive(Clone, Debug)]
pub struct Tools {
    pub ready: Ready,
    /// The program that counts what a spool holds, for ours.
    pub counter: Option<Ready>,
}

/// Files of a client: what stays between two starts.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub folder: &'a Path,
    pub corpus: &'a Path,
}

impl Place<'_> {
    /// Numbers of the events whose call has returned.
    pub fn acknowledgements(&self) -> PathBuf {
        self.folder.join("acknowledged")
    }
}

impl Client {
    /// Makes what the client needs; the error is the reason why it is left out.
    pub fn prepare(&self, workshop: &mut Workshop) -> Result<Tools, String> {
        let (toolchain, counter) = match self.kind {
            Kind::Ours => (Toolchain::Example("pump"), Some(workshop.make(Toolchain::Example("log_bench"))?)),
            Kind::Esutil { .. } => (Toolchain::Go("ship"), None),
            Kind::Rsyslog { .. } => (Toolchain::Rsyslog, None),
        };
        Ok(Tools { ready: workshop.make(toolchain)?, counter })
    }

    /// Name and version.
    pub fn title(&self, tools: Option<&Tools>) -> String {
        let version = match self.kind {
            Kind::Ours => return self.title.to_owned(),
            Kind::Esutil { .. } => version("go/go.mod", "go-elasticsearch/v9 "),
            Kind::Rsyslog { .. } => tools.map_or_else(|| "?".to_owned(), |tools| tools.ready.runs_on.clone()),
        };
        let (name, note) = self.title.split_once(", ").map_or((self.title, ""), |(name, note)| (name, note));
        let note = if note.is_empty() { String::new() } else { format!(", {note}") };
        format!("{name} {version}{note}")
    }

    /// The command that logs `events` events, or those that it has not logged yet, and ships them to `url`.
    pub fn command(&self, tools: &Tools, place: Place<'_>, url: &str, events: u32) -> Result<Vec<String>> {
        let mut words = tools.ready.words.clone();
        let shown = |path: &Path| path.display().to_string();
        match self.kind {
            Kind::Ours => words.extend(
                [
                    ["--spool", &shown(&place.folder.join("spool"))],
                    ["--url", url],
                    ["--events", &events.to_string()],
                    ["--ack", &shown(&place.acknowledgements())],
                    ["--deadline", &DEADLINE.to_string()],
                ]
                .concat()
                .into_iter()
                .map(str::to_owned),
            ),
            Kind::Esutil { ids } => {
                let first = read_acknowledged(&place.acknowledgements())? + 1;
                words.extend(
                    [
                        url,
                        ALIAS,
                        &shown(place.corpus),
                        &first.to_string(),
                        &shown(&place.acknowledgements()),
                        if ids { "ids" } else { "-" },
                    ]
                    .map(str::to_owned),
                );
            }
            Kind::Rsyslog { ids } => words.extend(rsyslog::configure(place.folder, place.corpus, url, ids)?),
        }
        Ok(words)
    }

    /// Whether it ends when everything is shipped.
    pub const fn ends(&self) -> bool {
        !matches!(self.kind, Kind::Rsyslog { .. })
    }
}

/// The number that esutil's program has left in its file.
fn read_acknowledged(path: &Path) -> Result<u64> {
    match fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        bytes => Ok(u64::from_le_bytes(bytes?.try_into().ok().context("the file has 8 bytes")?)),
    }
}
