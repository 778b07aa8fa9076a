//! What is found when a spool is opened: reads everything, one segment at a time, and then puts it in order.
//!
//! Reading changes nothing. What may be changed without knowing the next sequence by another way is changed at once, the
//! rest when the next segment has said with which sequence it begins (`format.rs`, "Sequences after a restart").

mod missing;
mod scan;

use std::{
    collections::{BTreeMap, VecDeque},
    io,
};

use crate::{
    OpenError, Sequence,
    acks::{self, Position},
    catalogue::Entry,
    disk::{self, Directory, uninterrupted},
    format::{self, Activation, FRAME_HEADER, Header, HeaderError, Salt},
    gaps::{self, Gaps},
    mapping::MAX_CAPACITY,
    segment::{self, set_aside},
    sync::Arc,
};
use missing::Missing;
pub(crate) use scan::next_frame;
use scan::{Gap, GapKind, Scan, scan};

/// Files of damaged bytes that one recovery keeps aside, at most: a disk that returns noise must not fill itself.
const MAX_SET_ASIDE: u64 = 64;

/// What was found when the spool was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovery {
    /// Segments with records.
    pub segments: u64,
    /// Records in them.
    pub records: u64,
    /// Bytes from the first to the last frame of each segment, together.
    pub bytes: u64,
    /// Places that were reserved and never published, with valid records behind them: a producer was killed there.
    pub holes: u64,
    /// Places with published bytes that are no valid record, with valid records behind them.
    pub corrupt: u64,
    /// Sequences that holes and corrupt places had, between valid records of a segment.
    pub missing_records: u64,
    /// Records that are lost by damage, that were not acknowledged, and that no earlier recovery has counted: those of corrupt
    /// places, of segments without a readable header, at the end of segments, and of holes that were not made in this boot
    /// of the machine. At the end of the newest segment of a process that was killed it is the least that there can have been.
    pub damaged_records: u64,
    /// Records that were being appended when a process was killed, that no earlier recovery has counted: no call that appends
    /// has returned for them.
    pub unfinished_records: u64,
    /// Segments whose last valid record was followed by something else than zeros, which was cut off.
    pub torn_tails: u64,
    /// Segments without a readable header. They were renamed to `damaged-…`.
    pub damaged_segments: u64,
    /// Files that were written to keep damaged bytes for inspection.
    pub set_aside: u64,
    /// Readers with a position.
    pub readers: u64,
    /// Readers whose file had damaged entries. Their position is that of the last valid one.
    pub damaged_readers: u64,
    /// Sequences left out because the machine may have failed before records with them were on disk.
    pub skipped_sequences: u64,
    /// Files that could not be shortened, removed or renamed. They are harmless, and tried again at the next open.
    pub file_failures: u64,
}

/// What the log begins with.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub entries: VecDeque<Entry>,
    pub readers: BTreeMap<String, Arc<Position>>,
    pub next_number: u64,
    pub next_sequence: u64,
    /// The sequences without a record, behind what is acknowledged.
    pub gaps: Gaps,
    /// Whether the file of gaps says something else.
    pub gaps_changed: bool,
    pub report: Recovery,
    pub cleanup: Cleanup,
}

/// What is left to be done to files.
#[derive(Debug, Default)]
pub(crate) struct Cleanup {
    /// Needs no new segment first.
    pub now: Vec<Task>,
    /// Would take away what tells the next sequence.
    pub later: Vec<Task>,
}

#[derive(Debug)]
pub(crate) enum Task {
    Truncate { file: String, length: u64 },
    Remove { file: String },
    Rename { file: String, to: String },
}

impl Recovered {
    /// Counts the space of segments that are, or are about to be, cut as free.
    pub fn note_truncated(&mut self, tasks: &[Task]) {
        for task in tasks {
            if let Task::Truncate { file, length } = task {
                let number = segment::parse_name(file);
                let entry = self.entries.iter_mut().find(|entry| Some(entry.number) == number);
                if let Some(entry) = entry {
                    entry.file_bytes = *length;
                }
            }
        }
    }
}

/// Reads what the directory has.
pub(crate) fn load(disk: &dyn Directory) -> Result<Recovered, OpenError> {
    let failed = |source| OpenError::File { file: ".".to_owned(), action: "listed", source };
    let names = uninterrupted(|| disk.names()).map_err(failed)?;
    let mut recovered = Recovered {
        entries: VecDeque::new(),
        readers: BTreeMap::new(),
        next_number: 1,
        next_sequence: Sequence::FIRST.get(),
        gaps: Gaps::default(),
        gaps_changed: false,
        report: Recovery::default(),
        cleanup: Cleanup::default(),
    };
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment::parse_name(name)).collect();
    numbers.sort_unstable();
    let mut missing = Missing::default();
    for &number in &numbers {
        load_segment(disk, number, &mut recovered, &mut missing)?;
    }
    let set_aside = names.iter().filter_map(|name| number_set_aside(name));
    recovered.next_number = numbers.iter().copied().chain(set_aside).max().unwrap_or(0) + 1;
    for name in &names {
        if let Some(reader) = acks::parse_file_name(name) {
            load_reader(disk, reader, &mut recovered)?;
        } else if is_temporary(name) {
            recovered.cleanup.now.push(Task::Remove { file: name.clone() });
        }
    }
    recovered.next_sequence += recovered.report.skipped_sequences;
    missing.settle(disk, &mut recovered);
    Ok(recovered)
}

/// Whether a file was to replace another, and the process died before it did.
fn is_temporary(name: &str) -> bool {
    name.strip_suffix(disk::NEW).is_some_and(|name| name.starts_with("reader-") || name == gaps::FILE)
}

fn load_reader(disk: &dyn Directory, name: &str, recovered: &mut Recovered) -> Result<(), OpenError> {
    let (position, damaged) = Position::load(disk, name)?;
    recovered.report.readers += 1;
    recovered.report.damaged_readers += u64::from(damaged);
    recovered.next_sequence = recovered.next_sequence.max(position.acknowledged().saturating_add(1));
    recovered.readers.insert(name.to_owned(), Arc::new(position));
    Ok(())
}

fn load_segment(
    disk: &dyn Directory,
    number: u64,
    recovered: &mut Recovered,
    missing: &mut Missing,
) -> Result<(), OpenError> {
    let name = segment::name(number);
    let failed = |source| OpenError::File { file: name.clone(), action: "read", source };
    let file = uninterrupted(|| disk.open(&name)).map_err(failed)?;
    let file_bytes = uninterrupted(|| file.length()).map_err(failed)?;
    let length = usize::try_from(file_bytes).unwrap_or(MAX_CAPACITY).min(MAX_CAPACITY);
    if length == 0 {
        recovered.cleanup.now.push(Task::Remove { file: name });
        return Ok(());
    }
    let bytes = file.map_frozen(length).map_err(failed)?;
    let header = match Header::decode(&bytes) {
        Ok(header) if header.number == number => header,
        Err(HeaderError::Version(version)) => {
            return Err(OpenError::Version { file: name, version, known: format::VERSION });
        }
        Ok(_) | Err(HeaderError::Damaged) => {
            refuse(&bytes, name, recovered, missing);
            return Ok(());
        }
    };
    let salt = Salt::new(header.salt);
    let activation = Activation::decode(&bytes, salt);
    let base = activation.map(|activation| activation.base);
    let is_of_this_boot = header.boot != 0 && header.boot == disk.boot();
    let mut gaps = Vec::new();
    let found = scan(&bytes, salt, base, &mut |gap| {
        note_gap(disk, number, &bytes, gap, &mut recovered.report);
        gaps.push(gap.clone());
    });
    if found.first.is_some_and(|first| recovered.entries.back().is_some_and(|entry| entry.last >= Some(first))) {
        // Not of this spool's making: its numbers would come a second time.
        refuse(&bytes, name, recovered, missing);
        return Ok(());
    }
    missing.note_segment(&bytes, base, &found, &gaps, is_of_this_boot);
    recovered.next_sequence = recovered.next_sequence.max(base.unwrap_or(0)).max(found.last.map_or(0, |last| last + 1));
    let cut = file_bytes > found.end as u64;
    // Even without an activation: it may have been current for a moment that did not reach the disk.
    let may_have_lost = cut && !is_of_this_boot;
    if may_have_lost {
        recovered.report.skipped_sequences += header.capacity.min(MAX_CAPACITY as u64) / FRAME_HEADER as u64;
    }
    // An empty one that was current tells the next sequence.
    let tells = may_have_lost || activation.is_some() && found.records == 0;
    let tasks = if tells { &mut recovered.cleanup.later } else { &mut recovered.cleanup.now };
    let (Some(first), Some(last)) = (found.first, found.last) else {
        tasks.push(Task::Remove { file: name });
        return Ok(());
    };
    if cut {
        tasks.push(Task::Truncate { file: name, length: found.end as u64 });
    }
    recovered.report.segments += 1;
    recovered.report.records += found.records;
    recovered.report.bytes += (found.end - format::FRAMES) as u64;
    recovered.entries.push_back(Entry {
        number,
        first,
        last: Some(last),
        records: found.records,
        end: found.end,
        file_bytes,
        activated_ms: activation.map(|activation| activation.unix_ms),
        live: None,
    });
    Ok(())
}

/// Takes a file for something else than a segment. One that is all zero was never written to.
fn refuse(bytes: &[u8], name: String, recovered: &mut Recovered, missing: &mut Missing) {
    if bytes.iter().all(|&byte| byte == 0) {
        recovered.cleanup.now.push(Task::Remove { file: name });
        return;
    }
    missing.note_refused(bytes);
    recovered.report.damaged_segments += 1;
    let to = format!("{SET_ASIDE}{name}");
    recovered.cleanup.now.push(Task::Rename { file: name, to });
}

fn note_gap(disk: &dyn Directory, number: u64, bytes: &[u8], gap: &Gap, report: &mut Recovery) {
    match gap.kind {
        GapKind::Hole => report.holes += 1,
        GapKind::Corrupt => report.corrupt += 1,
        GapKind::TornTail => report.torn_tails += 1,
    }
    report.missing_records += gap.missing.end - gap.missing.start;
    let published = format::u64_at(bytes, gap.range.start) != 0;
    if published && report.set_aside < MAX_SET_ASIDE {
        let name = format!("{SET_ASIDE}{}-{:09}", segment::name(number), gap.range.start);
        match set_aside(disk, &name, &bytes[gap.range.clone()]) {
            Ok(new) => report.set_aside += u64::from(new),
            Err(_) => report.file_failures += 1,
        }
    }
}

const SET_ASIDE: &str = "damaged-";

/// The number of the segment that bytes kept aside are from.
fn number_set_aside(name: &str) -> Option<u64> {
    segment::parse_name(name.strip_prefix(SET_ASIDE)?.get(..segment::name(0).len())?)
}

/// Does what is left to be done to files, and says how much of it failed.
pub(crate) fn apply(disk: &dyn Directory, tasks: &[Task]) -> u64 {
    if tasks.is_empty() {
        return 0;
    }
    let apply_one = |task: &Task| -> io::Result<()> {
        match task {
            Task::Truncate { file, length } => {
                let file = disk.open(file)?;
                file.truncate(*length)?;
                file.sync()
            }
            Task::Remove { file } => disk.remove(file),
            Task::Rename { file, to } => disk.rename(file, to),
        }
    };
    let failures = tasks.iter().filter(|task| uninterrupted(|| apply_one(task)).is_err()).count() as u64;
    failures + u64::from(disk.sync().is_err())
}
