//! Recovery when a spool is opened: reads everything, one segment at a time, and then cleans up.
//!
//! Reading changes nothing. Changes that do not affect how the next sequence is determined are made at once, the others after the
//! next segment has recorded its first sequence (`format.rs`, "Sequences after a restart").

mod missing;
mod scan;

use std::{
    collections::{BTreeMap, VecDeque},
    io,
};

use crate::{
    OpenError, Sequence,
    acks::{self, ReaderPosition},
    catalogue::SegmentEntry,
    disk::{self, Directory, uninterrupted},
    format::{self, Activation, FRAME_HEADER, Header, HeaderError, Salt},
    gaps::{self, Gaps},
    mapping::MAX_CAPACITY,
    segment::{self, set_aside},
    sync::Arc,
};
use missing::MissingRecords;
pub(crate) use scan::next_frame;
use scan::{ScanGap, ScanGapKind, SegmentScan, scan};

/// Maximum number of files of damaged bytes that one recovery saves: a disk that returns noise must not fill itself.
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
    /// Places that were reserved and never published, followed by valid records: a producer was killed there.
    pub holes: u64,
    /// Places with published bytes that are not a valid record, followed by valid records.
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
    /// Files that could not be shortened, removed or renamed. They are harmless, and retried at the next open.
    pub file_failures: u64,
}

/// The state with which the log begins.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub entries: VecDeque<SegmentEntry>,
    pub readers: BTreeMap<String, Arc<ReaderPosition>>,
    pub next_number: u64,
    pub next_sequence: u64,
    /// The sequences without a record, after the acknowledged ones.
    pub gaps: Gaps,
    /// Whether the file of gaps differs.
    pub gaps_changed: bool,
    pub report: Recovery,
    pub cleanup: Cleanup,
}

/// The changes to files that remain to be made.
#[derive(Debug, Default)]
pub(crate) struct Cleanup {
    /// Those that do not need a new segment first.
    pub now: Vec<CleanupTask>,
    /// Those that would remove what determines the next sequence.
    pub later: Vec<CleanupTask>,
}

#[derive(Debug)]
pub(crate) enum CleanupTask {
    Truncate { file: String, length: u64 },
    Remove { file: String },
    Rename { file: String, to: String },
}

impl Recovered {
    /// Counts the space of segments that are, or are about to be, truncated as free.
    pub fn note_truncated(&mut self, tasks: &[CleanupTask]) {
        for task in tasks {
            if let CleanupTask::Truncate { file, length } = task {
                let number = segment::parse_name(file);
                let entry = self.entries.iter_mut().find(|entry| Some(entry.number) == number);
                if let Some(entry) = entry {
                    entry.file_bytes = *length;
                }
            }
        }
    }
}

/// Reads the directory.
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
    let mut missing = MissingRecords::default();
    for &number in &numbers {
        load_segment(disk, number, &mut recovered, &mut missing)?;
    }
    let set_aside = names.iter().filter_map(|name| number_set_aside(name));
    recovered.next_number = numbers.iter().copied().chain(set_aside).max().unwrap_or(0) + 1;
    for name in &names {
        if let Some(reader) = acks::parse_file_name(name) {
            load_reader(disk, reader, &mut recovered)?;
        } else if is_temporary(name) {
            recovered.cleanup.now.push(CleanupTask::Remove { file: name.clone() });
        }
    }
    recovered.next_sequence += recovered.report.skipped_sequences;
    missing.count_into(disk, &mut recovered);
    Ok(recovered)
}

/// Whether a file was meant to replace another one, and the process died before it did.
fn is_temporary(name: &str) -> bool {
    name.strip_suffix(disk::NEW).is_some_and(|name| name.starts_with("reader-") || name == gaps::FILE)
}

fn load_reader(disk: &dyn Directory, name: &str, recovered: &mut Recovered) -> Result<(), OpenError> {
    let (position, damaged) = ReaderPosition::load(disk, name)?;
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
    missing: &mut MissingRecords,
) -> Result<(), OpenError> {
    let name = segment::name(number);
    let failed = |source| OpenError::File { file: name.clone(), action: "read", source };
    let file = uninterrupted(|| disk.open(&name)).map_err(failed)?;
    let file_bytes = uninterrupted(|| file.length()).map_err(failed)?;
    let length = usize::try_from(file_bytes).unwrap_or(MAX_CAPACITY).min(MAX_CAPACITY);
    if length == 0 {
        recovered.cleanup.now.push(CleanupTask::Remove { file: name });
        return Ok(());
    }
    let bytes = file.map_read_only(length).map_err(failed)?;
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
        // Not written by this spool: its numbers would occur twice.
        refuse(&bytes, name, recovered, missing);
        return Ok(());
    }
    missing.note_segment(&bytes, base, &found, &gaps, is_of_this_boot);
    recovered.next_sequence = recovered.next_sequence.max(base.unwrap_or(0)).max(found.last.map_or(0, |last| last + 1));
    let cut = file_bytes > found.end as u64;
    // Even without an activation: it may have been current without that reaching the disk.
    let may_have_lost = cut && !is_of_this_boot;
    if may_have_lost {
        recovered.report.skipped_sequences += header.capacity.min(MAX_CAPACITY as u64) / FRAME_HEADER as u64;
    }
    // An empty segment that was current determines the next sequence.
    let tells = may_have_lost || activation.is_some() && found.records == 0;
    let tasks = if tells { &mut recovered.cleanup.later } else { &mut recovered.cleanup.now };
    let (Some(first), Some(last)) = (found.first, found.last) else {
        tasks.push(CleanupTask::Remove { file: name });
        return Ok(());
    };
    if cut {
        tasks.push(CleanupTask::Truncate { file: name, length: found.end as u64 });
    }
    recovered.report.segments += 1;
    recovered.report.records += found.records;
    recovered.report.bytes += (found.end - format::FRAMES_OFFSET) as u64;
    recovered.entries.push_back(SegmentEntry {
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

/// Sets aside a file that is not a segment. A file of zeros was never written to, and is removed.
fn refuse(bytes: &[u8], name: String, recovered: &mut Recovered, missing: &mut MissingRecords) {
    if bytes.iter().all(|&byte| byte == 0) {
        recovered.cleanup.now.push(CleanupTask::Remove { file: name });
        return;
    }
    missing.note_refused(bytes);
    recovered.report.damaged_segments += 1;
    let to = format!("{SET_ASIDE}{name}");
    recovered.cleanup.now.push(CleanupTask::Rename { file: name, to });
}

fn note_gap(disk: &dyn Directory, number: u64, bytes: &[u8], gap: &ScanGap, report: &mut Recovery) {
    match gap.kind {
        ScanGapKind::Hole => report.holes += 1,
        ScanGapKind::Corrupt => report.corrupt += 1,
        ScanGapKind::TornTail => report.torn_tails += 1,
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

/// The number of the segment from which saved bytes are.
fn number_set_aside(name: &str) -> Option<u64> {
    segment::parse_name(name.strip_prefix(SET_ASIDE)?.get(..segment::name(0).len())?)
}

/// Makes the remaining changes to files, and returns how many failed.
pub(crate) fn apply(disk: &dyn Directory, tasks: &[CleanupTask]) -> u64 {
    if tasks.is_empty() {
        return 0;
    }
    let apply_one = |task: &CleanupTask| -> io::Result<()> {
        match task {
            CleanupTask::Truncate { file, length } => {
                let file = disk.open(file)?;
                file.truncate(*length)?;
                file.sync()
            }
            CleanupTask::Remove { file } => disk.remove(file),
            CleanupTask::Rename { file, to } => disk.rename(file, to),
        }
    };
    let failures = tasks.iter().filter(|task| uninterrupted(|| apply_one(task)).is_err()).count() as u64;
    failures + u64::from(disk.sync().is_err())
}
