//! `fake-engine`: the fake engine as a program, for benchmarks and for clients in other languages. Prints its URL and listens
//! until it is terminated.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::thread;

use clap::Parser;
use fake_engine::{FakeEngine, Mode, Recording};

/// A server that implements enough of the bulk API to test shipping, and injects faults on request.
#[derive(Debug, Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Fault to begin with, such as `ok`, `429:2`, `flapping`, `items-400:5`, `applied-then-reset@1/5`.
    #[arg(long, default_value = "ok")]
    mode: Mode,
    /// Alias to begin with, on `ALIAS-000001`; may be given several times.
    #[arg(long, default_value = ".kibana-event-log")]
    alias: Vec<String>,
    /// Begin with no alias.
    #[arg(long)]
    no_alias: bool,
    /// Keep the number behind `"sequence":` of each document.
    #[arg(long)]
    record_sequences: bool,
    /// Speak TLS, and write the certificate to this file.
    #[arg(long)]
    tls: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut builder = FakeEngine::builder().port(arguments.port).mode(arguments.mode);
    for alias in arguments.alias.iter().filter(|_| !arguments.no_alias) {
        builder = builder.alias(alias);
    }
    if arguments.record_sequences {
        builder = builder.recording(Recording::Sequences);
    }
    if arguments.tls.is_some() {
        builder = builder.tls();
    }
    let engine = builder.start()?;
    if let Some((path, certificate)) = arguments.tls.zip(engine.certificate()) {
        fs::write(path, certificate)?;
    }
    writeln!(io::stdout(), "{}", engine.url())?;
    loop {
        thread::park();
    }
}
