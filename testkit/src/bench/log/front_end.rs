//! The front ends that are measured: a row each.

use crate::bench::peers::{Ready, Toolchain, version};

/// A logging front end.
#[derive(Debug)]
pub struct FrontEnd {
    /// Its name for `--only`.
    pub name: &'static str,
    /// Its name in the table.
    title: &'static str,
    /// The argument that selects it in its program.
    pub argument: &'static str,
    pub toolchain: Toolchain,
    /// Threads that can call at the same time.
    pub threads: u32,
    pub kept: EventCounter,
    /// Where to find its version: a file below the peers, and the text before the version.
    pub version: Option<(&'static str, &'static str)>,
}

/// How events on disk are counted.
#[derive(Clone, Copy, Debug)]
pub enum EventCounter {
    /// Lines of `events.json`.
    Lines,
    /// The program counts them, with this argument.
    Counted { argument: &'static str },
}

impl FrontEnd {
    /// Name, version, and what it runs on if that is not Rust.
    pub fn title(&self, ready: Option<&Ready>) -> String {
        let version = self.version.map_or_else(String::new, |(file, name)| format!(" {}", version(file, name)));
        let runs_on = ready.map(|ready| ready.runs_on.as_str()).filter(|on| *on != "Rust");
        let (name, note) = self.title.split_once(", ").unwrap_or((self.title, ""));
        let notes: Vec<&str> =
            [note, runs_on.unwrap_or_default()].into_iter().filter(|note| !note.is_empty()).collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        format!("{name}{version}{notes}")
    }
}

/// In the order of the table.
pub const FRONT_ENDS: [FrontEnd; 8] = [
    FrontEnd {
        name: "ours",
        title: "event-log",
        argument: "--json",
        toolchain: Toolchain::Example("log_bench"),
        threads: 2,
        kept: EventCounter::Counted { argument: "--count" },
        version: None,
    },
    FrontEnd {
        name: "chronicle-queue",
        title: "Chronicle Queue, ready bytes",
        argument: "chronicle-queue",
        toolchain: Toolchain::Java,
        threads: 2,
        kept: EventCounter::Counted { argument: "count" },
        version: Some(("java/pom.xml", "chronicle-queue</artifactId>")),
    },
    FrontEnd {
        name: "tracing-appender",
        title: "tracing-appender",
        argument: "tracing-appender",
        toolchain: Toolchain::Cargo,
        threads: 2,
        kept: EventCounter::Lines,
        version: Some(("rust/Cargo.lock", "name = \"tracing-appender\"")),
    },
    FrontEnd {
        name: "slog-async",
        title: "slog-async",
        argument: "slog-async",
        toolchain: Toolchain::Cargo,
        threads: 2,
        kept: EventCounter::Lines,
        version: Some(("rust/Cargo.lock", "name = \"slog-async\"")),
    },
    FrontEnd {
        name: "zap",
        title: "zap",
        argument: "zap",
        toolchain: Toolchain::Go("log"),
        threads: 2,
        kept: EventCounter::Lines,
        version: Some(("go/go.mod", "go.uber.org/zap ")),
    },
    FrontEnd {
        name: "zap-buffered",
        title: "zap, buffered",
        argument: "zap-buffered",
        toolchain: Toolchain::Go("log"),
        threads: 2,
        kept: EventCounter::Lines,
        version: Some(("go/go.mod", "go.uber.org/zap ")),
    },
    FrontEnd {
        name: "pino",
        title: "pino, sync",
        argument: "pino",
        toolchain: Toolchain::Node,
        threads: 1,
        kept: EventCounter::Lines,
        version: Some(("node/package.json", "\"pino\"")),
    },
    FrontEnd {
        name: "pino-async",
        title: "pino, async",
        argument: "pino-async",
        toolchain: Toolchain::Node,
        threads: 1,
        kept: EventCounter::Lines,
        version: Some(("node/package.json", "\"pino\"")),
    },
];
