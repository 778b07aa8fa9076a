//! The process of an engine: recorded when started, recognised before it is signalled, ended or killed.
//!
//! A process id alone proves nothing, since the system gives it to another process later. The record therefore holds
//! the moment at which the process started too, and a process with the same id but another moment is not ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

/// How long an engine may take to close its indices before it is killed.
const GRACE: Duration = Duration::from_secs(20);

/// How often a process is looked at while it is expected to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A process that this command started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pid: u32,
    /// As the system tells it; compared, never interpreted.
    started: String,
}

impl Record {
    /// Describes a process that has just been started.
    ///
    /// # Errors
    /// When it is already gone.
    pub fn of(pid: u32) -> Result<Self> {
        let started = started_at(pid).context("the engine ended at once")?;
        Ok(Self { pid, started })
    }

    /// The record that an earlier start left at `path`, if it left one and its process still runs.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn load_alive(path: &Path) -> Result<Option<Self>> {
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let record: Self = serde_json::from_str(&text)
            .with_context(|| format!("`{}` is not a process record; remove it", path.display()))?;
        Ok(record.is_alive().then_some(record))
    }

    /// Writes the record, so that a later `stop` finds the process.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(&self, path: &Path) -> Result<()> {
        fs::write(path, serde_json::to_string_pretty(self)?)?;
        Ok(())
    }

    /// The process id.
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the process still runs, and is the one that was recorded.
    pub fn is_alive(&self) -> bool {
        started_at(self.pid).as_ref() == Some(&self.started)
    }

    /// Ends the process: asks first, kills after a grace period.
    ///
    /// # Errors
    /// When it survives even that.
    pub fn end(&self) -> Result<()> {
        for (signal, patience) in [(Signal::SIGTERM, GRACE), (Signal::SIGKILL, Duration::from_secs(5))] {
            if !self.is_alive() {
                return Ok(());
            }
            send_signal(signal, self.pid)?;
            let deadline = Instant::now() + patience;
            while self.is_alive() && Instant::now() < deadline {
                thread::sleep(LOOK_EVERY);
            }
        }
        if self.is_alive() {
            bail!("process {} does not end", self.pid);
        }
        Ok(())
    }
}

/// A process that this program started and is to end, and its record on disk.
#[derive(Debug)]
pub struct Process {
    record: Record,
    path: PathBuf,
    child: Child,
    since: Instant,
}

impl Process {
    /// Runs a command and records its process at `path`.
    ///
    /// # Errors
    /// When it cannot be run or recorded; it does not run then.
    pub fn start(mut command: Command, path: PathBuf) -> Result<Self> {
        let since = Instant::now();
        let mut child = command.spawn().context("cannot run the engine")?;
        match Record::of(child.id()).and_then(|record| record.save(&path).map(|()| record)) {
            Ok(record) => Ok(Self { record, path, child, since }),
            Err(error) => {
                // Without a record nobody could stop it later. It is our own child, so that its id cannot be another's.
                let _ = child.kill();
                let _ = child.wait();
                Err(error)
            }
        }
    }

    /// How long ago it was started.
    pub fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Ends it: asks first, kills after a grace period.
    ///
    /// # Errors
    /// When it survives even that.
    pub fn end(mut self) -> Result<()> {
        self.record.end()?;
        self.clean_up();
        Ok(())
    }

    /// Kills the process that does the engine's work, at once and without a chance to write anything more: this one, or the
    /// child of it that the engine says it is. A launcher then ends by itself.
    ///
    /// # Errors
    /// When `pid` is neither this process nor its child.
    pub fn kill(mut self, pid: u32) -> Result<()> {
        if pid != self.record.pid && parent_of(pid) != Some(self.record.pid) {
            bail!("process {pid} is not of the engine that was started as {}", self.record.pid);
        }
        send_signal(Signal::SIGKILL, pid)?;
        let deadline = Instant::now() + GRACE;
        while self.record.is_alive() && Instant::now() < deadline {
            thread::sleep(LOOK_EVERY);
        }
        self.record.end()?;
        self.clean_up();
        Ok(())
    }

    /// Both failures mean that there is nothing left to clean up.
    fn clean_up(&mut self) {
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.path);
    }
}

fn send_signal(signal: Signal, pid: u32) -> Result<()> {
    let id = i32::try_from(pid).with_context(|| format!("`{pid}` is no id of a process"))?;
    // Whether it arrived says no more than the next look does.
    let _ = kill(Pid::from_raw(id), signal);
    Ok(())
}

fn parent_of(pid: u32) -> Option<u32> {
    if fs::metadata("/proc/self/stat").is_ok() {
        return parse_parent(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    }
    let output = Command::new("ps").args(["-o", "ppid=", "-p", &pid.to_string()]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The parent from `/proc/PID/stat`: the fourth field, the second behind the name.
fn parse_parent(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(1)?.parse().ok()
}

/// When the process started, in whatever form the system tells it; `None` when there is no such process, or only its
/// exit status is left of it.
fn started_at(pid: u32) -> Option<String> {
    if fs::metadata("/proc/self/stat").is_ok() {
        return parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    }
    let output = Command::new("ps").args(["-o", "state=,lstart=", "-p", &pid.to_string()]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (state, started) = text.trim().split_once(' ')?;
    (!state.starts_with('Z')).then(|| started.trim().to_owned())
}

/// Start time from `/proc/PID/stat`; proc(5) numbers the fields from 1: state is the third, the number of threads the
/// 20th, start time the 22nd.
fn parse_stat(stat: &str) -> Option<String> {
    // The second field is the name in parentheses, which may hold spaces and parentheses of its own.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let (state, threads, started) = (fields.first()?, fields.get(17)?, fields.get(19)?);
    // The first thread of a Java process may be gone while others still close its files.
    let is_gone = matches!(*state, "Z" | "X") && matches!(*threads, "0" | "1");
    (!is_gone).then(|| (*started).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_time_follows_a_name_with_parentheses() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 30 0 987654 1 2";
        assert_eq!(parse_stat(stat), Some("987654".to_owned()));
        assert_eq!(parse_parent(stat), Some(1));
    }

    #[test]
    fn a_process_that_only_awaits_its_parent_is_gone() {
        let stat = "42 (java) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2";
        assert_eq!(parse_stat(stat), None);
    }

    #[test]
    fn process_with_running_threads_is_alive() {
        let stat = "42 (java) Z 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 30 0 987654 1 2";
        assert_eq!(parse_stat(stat), Some("987654".to_owned()));
    }

    #[test]
    fn a_process_of_others_is_not_killed() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sleep");
        command.arg("60");
        let path = folder.path().join("run.json");
        let process = Process::start(command, path.clone()).unwrap();
        let pid = process.record.pid;
        assert_eq!(parent_of(pid), Some(std::process::id()));
        assert!(process.kill(std::process::id()).is_err());
        let record = Record::load_alive(&path).unwrap().expect("it was left alone");
        record.end().unwrap();
    }

    #[test]
    fn killed_process_leaves_no_record() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sleep");
        command.arg("60");
        let path = folder.path().join("run.json");
        let process = Process::start(command, path.clone()).unwrap();
        let pid = process.record.pid;
        process.kill(pid).unwrap();
        assert!(!path.exists() && started_at(pid).is_none());
    }

    #[test]
    fn another_process_with_the_same_id_is_not_ours() {
        let own = Record::of(std::process::id()).unwrap();
        assert!(own.is_alive());
        let former = Record { started: "an earlier moment".to_owned(), ..own };
        assert!(!former.is_alive());
        former.end().unwrap();
    }
}
