//! `event-log quarantine`: the quarantine of a stopped service. Owns arguments and printing; the work is done by
//! `event_log::quarantine`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use ecs_schema::generated::{infra_events::InfraEvents, kibana_event_log::KibanaEventLog};
use ecs_schema::{JsonError, Log, LogRules, validate_json_str};
use event_log::quarantine::{Entry, EntryKind, Quarantine, Resubmit};
use event_log::{EVENTS_DIRECTORY, EventId, FullPolicy, QUARANTINE_DIRECTORY, Spool, SpoolBuilder};
use serde_json::{Value, json};

/// Exit code when a requested entry does not exist or was not resubmitted.
const NOT_ALL: u8 = 3;

/// More than the bytes of a record of the spool besides the document.
const RECORD_HEAD: usize = 64;

/// List, show and resubmit the events that a service could not log or deliver
///
/// DIR is the directory of a stopped service: a running one locks its directory.
///
/// There are five kinds of entries. An `invalid` event violated rules of its log and was never sent; a `rejected` one was
/// permanently rejected by the engine; a `too-large` one exceeds the largest request that the engine accepts; an `unreadable`
/// record was written by another release; of a `truncated` event the quarantine has only the beginning.
///
/// Exits with 0 on success, with 3 when an entry does not exist or was not resubmitted, with 1 when the directory cannot be
/// used, with 2 when the arguments are wrong.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    task: Task,
    /// Print a JSON object for each entry, one per line
    #[arg(long, global = true)]
    json: bool,
}

const EXAMPLES: &str = "\
List the entries, show one, and resubmit the rejected ones once the engine's mapping is fixed:
  event-log quarantine ls /var/lib/orders/event-log
  event-log quarantine show /var/lib/orders/event-log 17
  event-log quarantine retry /var/lib/orders/event-log --all --kind rejected

Correct an invalid event:
  event-log quarantine show /var/lib/orders/event-log 18 > event.json
  $EDITOR event.json
  event-log quarantine retry /var/lib/orders/event-log 18 --document event.json --rules out/orders/rules.json";

#[derive(Debug, Subcommand)]
enum Task {
    /// List the entries, the oldest first
    Ls {
        /// The service's directory
        dir: PathBuf,
        /// Only entries of this kind
        #[arg(long)]
        kind: Option<KindArgument>,
    },
    /// Print the document of an entry unchanged; the reason goes to the error output
    Show {
        /// The service's directory
        dir: PathBuf,
        /// The number of the entry
        number: u64,
    },
    /// Resubmit entries to the spool of the service, which ships them after its next start
    ///
    /// Rejected events are resubmitted unchanged, under their own ids. Invalid events are resubmitted if they are valid by the
    /// rules that this program knows, or with a corrected document.
    Retry {
        /// The service's directory
        dir: PathBuf,
        /// The numbers of the entries
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        numbers: Vec<u64>,
        /// All entries
        #[arg(long)]
        all: bool,
        /// Only entries of this kind
        #[arg(long)]
        kind: Option<KindArgument>,
        /// A file with the corrected document of the one entry
        #[arg(long, value_name = "FILE", conflicts_with = "all")]
        document: Option<PathBuf>,
        /// The log whose rules an invalid or corrected document has to follow
        #[arg(long, value_enum, default_value_t = LogArgument::KibanaEventLog)]
        log: LogArgument,
        /// The `rules.json` of any other log, from its generated folder
        #[arg(long, value_name = "FILE", conflicts_with = "log")]
        rules: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindArgument {
    Invalid,
    Rejected,
    TooLarge,
    Unreadable,
    Truncated,
}

impl KindArgument {
    fn is(self, kind: EntryKind) -> bool {
        match self {
            Self::Invalid => kind == EntryKind::Invalid,
            Self::Rejected => kind == EntryKind::Rejected,
            Self::TooLarge => kind == EntryKind::TooLarge,
            Self::Unreadable => kind == EntryKind::Unreadable,
            Self::Truncated => kind == EntryKind::Truncated,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogArgument {
    KibanaEventLog,
    InfraEvents,
}

impl LogArgument {
    fn rules(self) -> &'static LogRules {
        match self {
            Self::KibanaEventLog => KibanaEventLog::RULES,
            Self::InfraEvents => InfraEvents::RULES,
        }
    }
}

/// Runs the subcommand, prints the result, and returns the exit code.
///
/// # Errors
/// When the directory or a file cannot be used.
pub fn run(arguments: &Arguments, out: &mut dyn Write) -> anyhow::Result<u8> {
    match &arguments.task {
        Task::Ls { dir, kind } => list(&open(dir)?, *kind, arguments.json, out),
        Task::Show { dir, number } => show(&open(dir)?, *number, arguments.json, out),
        Task::Retry { dir, numbers, all: _, kind, document, log, rules } => {
            anyhow::ensure!(document.is_none() || numbers.len() == 1, "a document replaces a single entry");
            let correction = document.as_deref().map(read).transpose()?;
            let rules = match rules {
                Some(path) => LogRules::from_json(&read(path)?)
                    .with_context(|| format!("`{}` does not have the rules of a log", path.display()))?,
                None => log.rules(),
            };
            let selection = Selection { numbers: numbers.iter().copied().collect(), kind: *kind, correction, rules };
            retry(dir, &selection, arguments.json, out)
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Opens the quarantine of a service, which has to exist: it is not created.
fn open(dir: &Path) -> anyhow::Result<Quarantine> {
    let path = dir.join(QUARANTINE_DIRECTORY);
    anyhow::ensure!(path.is_dir(), "`{}` is not the directory of a service", dir.display());
    Ok(Quarantine::over(open_unbounded(Quarantine::spool_builder(), &path)?))
}

/// Opens a spool without a size limit: the limit is the service's, and this program must not drop anything.
fn open_unbounded(builder: SpoolBuilder, path: &Path) -> anyhow::Result<Spool> {
    let builder = builder.max_bytes(u64::MAX).when_full(FullPolicy::Refuse);
    builder.open(path).with_context(|| format!("cannot open `{}`", path.display()))
}

fn list(quarantine: &Quarantine, kind: Option<KindArgument>, json: bool, out: &mut dyn Write) -> anyhow::Result<u8> {
    let mut written = Ok(());
    quarantine.entries(&mut |number, entry| {
        if written.is_ok() && kind.is_none_or(|kind| kind.is(entry.kind)) {
            written = if json { writeln!(out, "{}", to_json(number, entry)) } else { print_row(number, entry, out) };
        }
    })?;
    written?;
    Ok(0)
}

fn print_row(number: u64, entry: &Entry<'_>, out: &mut dyn Write) -> io::Result<()> {
    let status = entry.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let id = entry.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    writeln!(out, "{number:>6}  {:<10} {status:>3}  {id:<36}  {}", entry.kind.name(), entry.reason)
}

fn to_json(number: u64, entry: &Entry<'_>) -> Value {
    json!({
        "number": number,
        "kind": entry.kind.name(),
        "status": entry.status,
        "id": entry.id.map(|id| id.to_string()),
        "sequence": entry.sequence,
        "reason": entry.reason,
    })
}

fn show(quarantine: &Quarantine, number: u64, json: bool, out: &mut dyn Write) -> anyhow::Result<u8> {
    let shown = quarantine.show(number, &mut |entry| {
        if json {
            let mut object = to_json(number, entry);
            object["document"] = serde_json::from_slice(entry.document)
                .unwrap_or_else(|_| String::from_utf8_lossy(entry.document).into_owned().into());
            return writeln!(out, "{object}");
        }
        eprintln!("{}: {}", entry.kind.name(), entry.reason);
        out.write_all(entry.document)?;
        out.write_all(b"\n")
    })?;
    let Some(written) = shown else {
        eprintln!("event-log: there is no entry `{number}`");
        return Ok(NOT_ALL);
    };
    written?;
    Ok(0)
}

/// Which entries to resubmit, and in which form.
struct Selection {
    /// All when it is empty.
    numbers: BTreeSet<u64>,
    kind: Option<KindArgument>,
    correction: Option<String>,
    rules: &'static LogRules,
}

impl Selection {
    /// How to resubmit an entry, or why not; `None` when it is not selected.
    fn choose(&self, number: u64, entry: &Entry<'_>) -> Option<Result<Resubmit, String>> {
        let is_named = self.numbers.contains(&number);
        if !(self.numbers.is_empty() || is_named) {
            return None;
        }
        if self.kind.is_some_and(|kind| !kind.is(entry.kind)) {
            let reason = format!("it is of the kind `{}`, which `--kind` leaves out", entry.kind.name());
            return is_named.then_some(Err(reason));
        }
        Some(self.resubmit(entry))
    }

    fn resubmit(&self, entry: &Entry<'_>) -> Result<Resubmit, String> {
        match (&self.correction, entry.kind) {
            (Some(correction), _) => self.correct(correction, entry.id),
            (None, EntryKind::Rejected | EntryKind::TooLarge) => Ok(Resubmit::Unchanged),
            (None, EntryKind::Invalid) => match std::str::from_utf8(entry.document) {
                Ok(document) => self.correct(document, entry.id),
                Err(_) => Err("the document is not UTF-8".to_owned()),
            },
            (None, kind) => Err(format!("an entry of the kind `{}` cannot be resubmitted as it is", kind.name())),
        }
    }

    fn correct(&self, document: &str, id: Option<EventId>) -> Result<Resubmit, String> {
        validate_json_str(self.rules, document).map_err(|error| match error {
            JsonError::Invalid(violations) => violations.to_string().replace('\n', "; "),
            error => error.to_string(),
        })?;
        let value: Value = serde_json::from_str(document).map_err(|error| error.to_string())?;
        let own = value.pointer("/event/id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        let id = own.or(id).unwrap_or_else(EventId::new);
        Ok(Resubmit::Corrected { id, document: value.to_string().into_bytes() })
    }
}

fn retry(dir: &Path, selection: &Selection, json: bool, out: &mut dyn Write) -> anyhow::Result<u8> {
    let quarantine = open(dir)?;
    let mut largest = 0;
    quarantine.entries(&mut |_, entry| largest = largest.max(entry.document.len()))?;
    let events = open_unbounded(Spool::builder().fit_records(largest + RECORD_HEAD), &dir.join(EVENTS_DIRECTORY))?;
    let mut refused = Vec::new();
    let resubmitted = quarantine.resubmit(&events, &mut |number, entry| match selection.choose(number, entry) {
        None => Resubmit::Skip,
        Some(Ok(resubmitted)) => resubmitted,
        Some(Err(reason)) => {
            refused.push((number, reason));
            Resubmit::Skip
        }
    })?;
    let known = |number: &u64| resubmitted.contains(number) || refused.iter().any(|(of, _)| of == number);
    let missing = selection.numbers.iter().filter(|number| !known(number));
    let missing: Vec<_> = missing.map(|number| (*number, "there is no such entry".to_owned())).collect();
    refused.extend(missing);
    for number in &resubmitted {
        if json {
            writeln!(out, "{}", json!({"number": number, "is_handed_back": true}))?;
        } else {
            writeln!(out, "{number} is resubmitted")?;
        }
    }
    for (number, reason) in &refused {
        if json {
            writeln!(out, "{}", json!({"number": number, "is_handed_back": false, "reason": reason}))?;
        } else {
            eprintln!("event-log: `{number}` is not resubmitted: {reason}");
        }
    }
    Ok(if refused.is_empty() { 0 } else { NOT_ALL })
}
