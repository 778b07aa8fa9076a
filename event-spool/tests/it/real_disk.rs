//! On the disk of the machine: reopening, locks, permissions, full disks.

use std::{fs, os::unix::fs::FileExt, path::Path, process::Command};

use event_spool::{AppendError, OpenError, ReadError, Sequence, Spool};

use crate::support::{append, drain, expected, small};

fn file_names(directory: &Path, prefix: &str) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(prefix)).collect();
    names.sort();
    names
}

#[test]
fn records_survive_closing_and_opening() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    append(&spool, 1..=100);
    drop(spool);
    let spool = small().open(directory.path()).unwrap();
    assert_eq!(spool.recovery().records, 100);
    assert_eq!(spool.recovery().torn_tails + spool.recovery().holes + spool.recovery().corrupt, 0);
    append(&spool, 101..=120);
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=120));
}

#[test]
fn closing_gives_back_unused_space() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::builder().open(directory.path()).unwrap();
    spool.append(b"small").unwrap();
    drop(spool);
    let names = file_names(directory.path(), "segment-");
    let length = |name: &String| fs::metadata(directory.path().join(name)).unwrap().len();
    assert_eq!(length(&names[0]), 4096 + 24);
    // The spare, if it was ready, says with which number to go on.
    assert!(names.len() <= 2 && names[1..].iter().all(|name| length(name) == 4096), "{names:?}");
}

#[test]
fn reader_resumes_after_its_acknowledgement() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    append(&spool, 1..=50);
    let mut reader = spool.reader("one").unwrap();
    for _ in 0..30 {
        reader.next().unwrap().unwrap();
    }
    reader.acknowledge(Sequence::new(20)).unwrap();
    drop((spool, reader));
    let spool = small().open(directory.path()).unwrap();
    let mut reader = spool.reader("one").unwrap();
    assert_eq!(reader.acknowledged(), Some(Sequence::new(20)));
    assert_eq!(drain(&mut reader), expected(21..=50));
}

#[test]
fn acknowledged_segments_go_in_the_background() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    let mut reader = spool.reader("one").unwrap();
    append(&spool, 1..=200);
    assert_eq!(drain(&mut reader).len(), 200);
    assert!(file_names(directory.path(), "segment-").len() > 5);
    reader.acknowledge(Sequence::new(200)).unwrap();
    while file_names(directory.path(), "segment-").len() > 2 {
        std::thread::yield_now();
    }
    append(&spool, 201..=210);
    assert_eq!(drain(&mut reader), expected(201..=210));
}

#[test]
fn threads_append_once_and_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::builder().segment_bytes(64 << 10).open(directory.path()).unwrap();
    let mut reader = spool.reader("one").unwrap();
    let threads = 4_u64;
    let each = 5_000_u64;
    let handles: Vec<_> = (0..threads)
        .map(|thread| {
            let spool = spool.clone();
            std::thread::spawn(move || {
                for number in 0..each {
                    let filler = vec![7; usize::try_from(number % 90).unwrap()];
                    spool.append_parts(&[&thread.to_le_bytes(), &number.to_le_bytes(), &filler]).unwrap();
                }
            })
        })
        .collect();
    let mut next = vec![0; usize::try_from(threads).unwrap()];
    let mut read = 0;
    while read < threads * each {
        let Some(record) = reader.next().unwrap() else {
            std::thread::yield_now();
            continue;
        };
        read += 1;
        assert_eq!(record.sequence.get(), read);
        let thread = usize::try_from(u64::from_le_bytes(record.bytes[..8].try_into().unwrap())).unwrap();
        let number = u64::from_le_bytes(record.bytes[8..16].try_into().unwrap());
        assert_eq!(number, next[thread]);
        assert_eq!(record.bytes.len() as u64, 16 + number % 90);
        next[thread] += 1;
        if read % 1000 == 0 {
            let sequence = record.sequence;
            reader.acknowledge(sequence).unwrap();
        }
    }
    for handle in handles {
        handle.join().unwrap();
    }
    assert!(reader.next().unwrap().is_none());
}

#[test]
fn second_spool_of_a_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let first = small().open(directory.path()).unwrap();
    let error = small().open(directory.path()).unwrap_err();
    assert!(matches!(&error, OpenError::OpenHere { directory: named } if named == directory.path()));
    assert!(error.to_string().contains(&*directory.path().to_string_lossy()));
    drop(first);
    small().open(directory.path()).unwrap();
}

#[test]
fn reader_keeps_the_spool_open() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    append(&spool, 1..=3);
    let mut reader = spool.reader("one").unwrap();
    drop(spool);
    assert!(matches!(small().open(directory.path()), Err(OpenError::OpenHere { .. })));
    assert_eq!(drain(&mut reader), expected(1..=3));
}

/// Starts the second process of a test: this same program, controlled by the environment.
const CHILD: &str = "EVENT_SPOOL_TEST_CHILD";

/// Runs the case that the environment selects when this program is the second process; in a normal run, nothing.
#[test]
fn child() {
    let Ok(task) = std::env::var(CHILD) else { return };
    let (task, directory) = task.split_once(':').unwrap();
    match task {
        "open" => match small().open(directory) {
            Ok(_) => std::process::exit(10),
            Err(OpenError::Locked { .. }) => std::process::exit(11),
            Err(_) => std::process::exit(12),
        },
        "die" => {
            let spool = small().open(directory).unwrap();
            append(&spool, 1..=100);
            spool.abandon(b"never published").unwrap();
            assert_eq!(spool.append(&crate::support::record(102)).unwrap(), Sequence::new(102));
            // SIGABRT: nothing is dropped, nothing is synced.
            std::process::abort();
        }
        other => panic!("`{other}` is no task"),
    }
}

fn run_child(task: &str, directory: &Path) -> std::process::ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "real_disk::child", "--nocapture"])
        .env(CHILD, format!("{task}:{}", directory.display()))
        .output()
        .unwrap()
        .status
}

#[test]
fn lock_holds_between_processes() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    assert_eq!(run_child("open", directory.path()).code(), Some(11));
    drop(spool);
    assert_eq!(run_child("open", directory.path()).code(), Some(10));
}

#[test]
fn killed_process_leaves_records_and_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(run_child("die", directory.path()).code(), None);
    let spool = small().open(directory.path()).unwrap();
    let mut records = expected(1..=100);
    records.push((102, crate::support::record(102)));
    assert_eq!(drain(&mut spool.reader("one").unwrap()), records);
    assert_eq!((spool.recovery().holes, spool.recovery().missing_records), (1, 1));
    assert_eq!((spool.recovery().torn_tails, spool.recovery().corrupt, spool.recovery().skipped_sequences), (0, 0, 0));
    append(&spool, 103..=104);
}

#[test]
fn unwritable_directory_is_a_clear_error() {
    // Nobody makes files in there, not even root.
    let directory = Path::new("/proc/self");
    let error = small().open(directory).unwrap_err();
    assert!(matches!(error, OpenError::Directory { .. }), "{error:?}");
    assert!(error.to_string().contains("/proc/self"));
}

#[test]
fn file_instead_of_directory_is_a_clear_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    assert!(matches!(small().open(file.path()), Err(OpenError::Directory { .. })));
}

#[test]
fn newer_format_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    spool.append(b"one").unwrap();
    drop(spool);
    let name = &file_names(directory.path(), "segment-")[0];
    let path = directory.path().join(name);
    let mut bytes = fs::read(&path).unwrap();
    for copy in [0, 512] {
        bytes[copy + 8..copy + 12].copy_from_slice(&9_u32.to_le_bytes());
        let crc = crc32c::crc32c_append(crc32c::crc32c(&bytes[copy..copy + 12]), &bytes[copy + 16..copy + 64]);
        bytes[copy + 12..copy + 16].copy_from_slice(&crc.to_le_bytes());
    }
    fs::write(&path, &bytes).unwrap();
    let error = small().open(directory.path()).unwrap_err();
    assert!(matches!(&error, OpenError::Version { version: 9, known: 1, file } if file == name), "{error:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn record_damaged_while_running_is_skipped() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    append(&spool, 1..=3);
    let mut reader = spool.reader("one").unwrap();
    assert_eq!(reader.next().unwrap().unwrap().sequence, Sequence::FIRST);
    let path = directory.path().join(&file_names(directory.path(), "segment-")[0]);
    let bytes = fs::read(&path).unwrap();
    let second = crate::support::record(2);
    let at = bytes.windows(second.len()).position(|window| window == second).unwrap();
    // A mapping and its file are the same memory.
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_at(&[bytes[at] ^ 1], at as u64).unwrap();
    assert!(matches!(reader.next(), Err(ReadError::Damaged { at: damaged, .. }) if damaged == at as u64 - 16));
    append(&spool, 4..=60);
    assert_eq!(drain(&mut reader), expected(3..=60));
    assert_eq!(spool.stats().damaged_reads, 1);
}

#[test]
fn record_damaged_while_it_waits_is_counted_once() {
    let directory = tempfile::tempdir().unwrap();
    let spool = small().open(directory.path()).unwrap();
    append(&spool, 1..=40);
    drop(spool);
    let spool = small().open(directory.path()).unwrap();
    let record = crate::support::record(30);
    let find = |path: &Path| fs::read(path).unwrap().windows(record.len()).position(|window| window == record);
    let mut paths = file_names(directory.path(), "segment-").into_iter().map(|name| directory.path().join(name));
    let (path, at) = paths.find_map(|path| Some((path.clone(), find(&path)?))).unwrap();
    fs::OpenOptions::new().write(true).open(path).unwrap().write_at(b"?", at as u64).unwrap();
    assert_eq!(spool.recovery().damaged_records, 0);
    assert_eq!(drain(&mut spool.reader("one").unwrap()).len(), 39);
    assert_eq!((spool.stats().damaged_records, spool.records_after(None)), (1, 39));
    assert_eq!(drain(&mut spool.reader("two").unwrap()).len(), 39);
    assert_eq!(spool.stats().damaged_records, 1, "two readers met it");
    drop(spool);
    let spool = small().open(directory.path()).unwrap();
    assert_eq!((spool.recovery().corrupt, spool.recovery().damaged_records), (1, 0));
}

#[test]
fn losses_are_reported_on_a_thread_of_the_spool() {
    let (sender, losses) = std::sync::mpsc::channel();
    let report = move |stats: &event_spool::Stats| _ = sender.send(stats.dropped_records);
    let directory = tempfile::tempdir().unwrap();
    let builder = small().max_bytes(3 * 8192).when_full(event_spool::FullPolicy::DropOldest).on_loss(report);
    let spool = builder.open(directory.path()).unwrap();
    append(&spool, 1..=200);
    let dropped = spool.stats().dropped_records;
    assert!(dropped > 0);
    drop(spool);
    // The last is from when the spool was closed.
    assert!(losses.iter().last().is_some_and(|last| last >= dropped));
}

/// A separate small file system; `None` where mounting is not permitted.
fn small_file_system(directory: &Path) -> Option<impl Drop> {
    mount(&["-t", "tmpfs", "-o", "size=48k", "none"], directory)
}

/// A directory mounted by `mount`; `None` where that is not permitted.
fn mount(arguments: &[&str], directory: &Path) -> Option<impl Drop + use<>> {
    struct Mounted(std::path::PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(&self.0).status();
        }
    }
    let mounted =
        Command::new("mount").args(arguments).arg(directory).output().is_ok_and(|output| output.status.success());
    mounted.then(|| Mounted(directory.to_owned()))
}

#[test]
fn file_system_that_may_not_reserve_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let [lower, upper, work, merged] = ["lower", "upper", "work", "merged"].map(|name| directory.path().join(name));
    for path in [&lower, &upper, &work, &merged] {
        fs::create_dir(path).unwrap();
    }
    let Some(_mounted) = small_file_system(&lower) else {
        eprintln!("left out: mounting a file system is not permitted here");
        return;
    };
    assert_eq!(small().open(lower.join("spool")).unwrap().file_system_without_reservation(), None, "tmpfs");
    let layers = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let Some(_mounted) = mount(&["-t", "overlay", "-o", &layers, "none"], &merged) else {
        eprintln!("left out: overlays are not permitted here");
        return;
    };
    let spool = small().open(merged.join("own")).unwrap();
    assert_eq!(spool.file_system_without_reservation(), Some("an overlay file system"));
}

#[test]
fn full_disk_recovers_when_space_is_back() {
    let directory = tempfile::tempdir().unwrap();
    let Some(_mounted) = small_file_system(directory.path()) else {
        eprintln!("left out: mounting a file system is not permitted here");
        return;
    };
    let spool = small().open(directory.path()).unwrap();
    let mut reader = spool.reader("one").unwrap();
    let mut appended = 0;
    let error = loop {
        match spool.append(&crate::support::record(appended + 1)) {
            Ok(sequence) => appended = sequence.get(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, AppendError::NoSegment { .. }) && error.is_temporary(), "{error:?}");
    let reason = "No space left on device (os error 28)";
    // The first is refused by the file system, those after it by what is known of that.
    let again = spool.append(&crate::support::record(appended + 1)).unwrap_err();
    for said in [error.to_string(), again.to_string()] {
        assert_eq!(said, format!("no further segment can be created for the spool: {reason}"));
    }
    assert_eq!(spool.stats().cannot_grow.map(|cause| cause.to_string()).as_deref(), Some(reason));
    assert!(spool.stats().refused > 0);
    assert_eq!(drain(&mut reader), expected(1..=appended));
    reader.acknowledge(Sequence::new(appended)).unwrap();
    while spool.append(&crate::support::record(appended + 1)).is_err() {
        std::thread::yield_now();
    }
    assert_eq!(drain(&mut reader), expected(appended + 1..=appended + 1));
}
