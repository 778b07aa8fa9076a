//! What parts cost: time on the wall, processor time of all processes that have ended, and room on the disk.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::workspace::target_folder;

/// The kernel counts processor time for `/proc` in hundredths of a second, whatever its own clock is.
const TICKS: u64 = 100;

/// What was used until a moment.
#[derive(Debug)]
pub(super) struct Usage {
    at: Instant,
    /// None where there is no `/proc`.
    cpu: Option<Duration>,
    disk: u64,
}

/// What was used between two moments.
#[derive(Debug)]
pub(super) struct Used {
    wall: Duration,
    cpu: Option<Duration>,
    /// Bytes that came to the folder that cargo builds into.
    disk: u64,
}

impl Usage {
    pub(super) fn now() -> Self {
        let cpu = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| parse_cpu(&stat));
        Self { at: Instant::now(), cpu, disk: folder_bytes(&target_folder(), &mut HashSet::new()) }
    }

    pub(super) fn since(&self, before: &Self) -> Used {
        Used {
            wall: self.at - before.at,
            cpu: self.cpu.zip(before.cpu).map(|(now, before)| now.saturating_sub(before)),
            disk: self.disk.saturating_sub(before.disk),
        }
    }
}

/// The processor time of a process and of its children that have ended (`man 5 proc_pid_stat`, fields 14 to 17).
fn parse_cpu(stat: &str) -> Option<Duration> {
    // The name of the program stands in parentheses and may have spaces in it; the state behind it is field 3.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks: Option<u64> = fields.get(11..15)?.iter().map(|field| field.parse::<u64>().ok()).sum();
    ticks.map(|ticks| Duration::from_millis(ticks * 1000 / TICKS))
}

/// Bytes that a folder takes on the disk; a file with several names counts once.
fn folder_bytes(folder: &Path, seen: &mut HashSet<(u64, u64)>) -> u64 {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() {
            bytes += folder_bytes(&entry.path(), seen);
        } else if metadata.nlink() == 1 || seen.insert((metadata.dev(), metadata.ino())) {
            bytes += metadata.blocks() * 512;
        }
    }
    bytes
}

/// One row for each part, and one for all.
pub(super) fn to_table(rows: &[(&'static str, Used)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max("altogether".len());
    let mut table = format!("{:<width$} {:>8} {:>8} {:>8}\n", "part", "wall s", "CPU s", "disk MB");
    let mut push = |name: &str, used: &Used| {
        let cpu = used.cpu.map_or_else(|| "-".to_owned(), |cpu| format!("{:.1}", cpu.as_secs_f64()));
        let (wall, disk) = (used.wall.as_secs_f64(), used.disk / 1_000_000);
        writeln!(table, "{name:<width$} {wall:>8.1} {cpu:>8} {disk:>8}").expect("a string takes everything");
    };
    let all = Used {
        wall: rows.iter().map(|(_, used)| used.wall).sum(),
        cpu: rows.iter().map(|(_, used)| used.cpu).sum(),
        disk: rows.iter().map(|(_, used)| used.disk).sum(),
    };
    for (name, used) in rows {
        push(name, used);
    }
    push("altogether", &all);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_includes_child_processes() {
        let stat = "4711 (a (b) c) S 1 4711 4711 0 -1 4194560 100 200 0 0 150 50 1000 300 20 0 1 0 12345 1 2 3";
        assert_eq!(parse_cpu(stat), Some(Duration::from_secs(15)));
        assert_eq!(parse_cpu("4711 (a) S 1"), None);
        assert_eq!(parse_cpu(""), None);
    }

    #[test]
    fn table_has_a_row_for_each_part_and_one_for_all() {
        let used = |seconds, disk| Used {
            wall: Duration::from_secs(seconds),
            cpu: Some(Duration::from_secs(2 * seconds)),
            disk,
        };
        let table = to_table(&[("format", used(1, 0)), ("tests", used(2, 3_000_000))]);
        assert_eq!(
            table,
            "part         wall s    CPU s  disk MB\nformat          1.0      2.0        0\ntests           2.0      4.0        \
             3\naltogether      3.0      6.0        3\n"
        );
    }

    #[test]
    fn file_with_two_names_counts_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("one"), vec![1; 100_000]).unwrap();
        let once = folder_bytes(folder.path(), &mut HashSet::new());
        fs::hard_link(folder.path().join("one"), folder.path().join("two")).unwrap();
        assert!(once >= 100_000, "{once}");
        assert_eq!(folder_bytes(folder.path(), &mut HashSet::new()), once);
    }
}
