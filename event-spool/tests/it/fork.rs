//! Processes that fork with an open spool: the child is refused and does no harm, and can open its own spools.
//!
//! Each case is a separate process, this program controlled by the environment, because a fork copies the whole process, which
//! has the threads of other tests.

use std::{
    io::Read as _,
    path::Path,
    process::{Command, Stdio, exit},
};

use event_spool::{AcknowledgeError, AppendError, OpenError, ReadError, SpoolBuilder};
use nix::{
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};

use crate::support::{append, drain, expected, record};

const CASE: &str = "EVENT_SPOOL_TEST_FORK";

/// Runs a case on a directory, and returns what it and its child have printed when both have ended.
#[track_caller]
fn run(case: &str, directory: &Path) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "fork::case", "--nocapture"]).env(CASE, format!("{case}:{}", directory.display()));
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut printed = String::new();
    // Ends when the child, too, has closed it.
    process.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(process.wait().unwrap().success(), "{printed}");
    printed
}

/// Runs the case that the environment selects; in a normal run, nothing.
#[test]
fn case() {
    let Ok(case) = std::env::var(CASE) else { return };
    let (case, directory) = case.split_once(':').unwrap();
    let directory = Path::new(directory);
    match case {
        "both-go-on" => both_go_on(directory),
        "daemon" => daemon(directory),
        other => panic!("`{other}` is no case"),
    }
}

/// A spool of small segments with room for all records of a case.
fn roomy() -> SpoolBuilder {
    crate::support::small().max_bytes(16 << 20)
}

/// Whether this is the child.
fn fork_here() -> ForkResult {
    #[expect(unsafe_code, reason = "there is no safe fork; the child calls nothing that a lost thread could hold")]
    // SAFETY: the threads of this process are those of the spool, which hold no lock of the allocator over a fork (glibc
    // takes it in `fork`), and the child uses nothing else of theirs.
    unsafe { fork() }.unwrap()
}

#[test]
fn parent_continues_and_the_child_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    run("both-go-on", directory.path());
    let spool = roomy().open(directory.path().join("parent")).unwrap();
    let recovery = spool.recovery();
    assert_eq!((recovery.missing_records, recovery.holes, recovery.corrupt), (0, 0, 0), "{recovery:?}");
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=5000));
    let spool = roomy().open(directory.path().join("child")).unwrap();
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=50));
}

fn both_go_on(directory: &Path) {
    let spool = roomy().open(directory.join("parent")).unwrap();
    let mut reader = spool.reader("early").unwrap();
    append(&spool, 1..=1000);
    let first = reader.next().unwrap().unwrap().sequence;
    match fork_here() {
        ForkResult::Child => {
            for number in 0..1000 {
                assert!(matches!(spool.append(&record(number)), Err(AppendError::Forked)));
            }
            assert!(spool.is_forked() && spool.stats().is_forked);
            assert!(spool.flush().is_err());
            assert!(matches!(spool.reader("other"), Err(OpenError::Forked)));
            assert!(matches!(spool.forget_reader("early"), Err(OpenError::Forked)));
            assert!(matches!(reader.next(), Err(ReadError::Forked)));
            assert!(matches!(reader.acknowledge(first), Err(AcknowledgeError::Forked)));
            assert!(matches!(roomy().open(directory.join("parent")), Err(OpenError::Locked { .. })));
            let own = roomy().open(directory.join("child")).unwrap();
            append(&own, 1..=50);
            drop((spool, reader, own));
            exit(0);
        }
        ForkResult::Parent { child } => {
            append(&spool, 1001..=3000);
            assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
            assert!(!spool.is_forked());
            append(&spool, 3001..=5000);
        }
    }
}

#[test]
fn daemon_opens_the_directory_of_its_dead_parent() {
    let directory = tempfile::tempdir().unwrap();
    assert!(run("daemon", directory.path()).contains("the daemon has all"));
    let spool = roomy().open(directory.path()).unwrap();
    assert_eq!(drain(&mut spool.reader("one").unwrap()), expected(1..=100));
}

fn daemon(directory: &Path) {
    let inherited = roomy().open(directory).unwrap();
    append(&inherited, 1..=50);
    let (mut alive, parent_has) = std::io::pipe().unwrap();
    if let ForkResult::Parent { .. } = fork_here() {
        // As daemons begin: the parent ends and drops nothing.
        exit(0);
    }
    drop(parent_has);
    alive.read_to_end(&mut Vec::new()).unwrap();
    // The parent is about to end, or has.
    let own = loop {
        match roomy().open(directory) {
            Ok(spool) => break spool,
            Err(OpenError::Locked { .. }) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    };
    assert!(matches!(inherited.append(&record(0)), Err(AppendError::Forked)));
    drop(inherited);
    append(&own, 51..=100);
    // The lock is still there after what was inherited is gone.
    let second = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "real_disk::child", "--nocapture"])
        .env("EVENT_SPOOL_TEST_CHILD", format!("open:{}", directory.display()))
        .env_remove(CASE)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(second.code(), Some(11), "a second process is refused");
    assert!(matches!(roomy().open(directory), Err(OpenError::OpenHere { .. })));
    println!("the daemon has all");
    drop(own);
    exit(0);
}
