//! The account that an engine runs under, for engines that refuse root.
//!
//! A developer who is not root runs the engine under their own account. Root runs it as `nobody`, who is given the
//! folder that the node writes and nothing else.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::catalogue::Engine;
use super::layout;

/// An unprivileged account to change to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account to change to before starting `engine`; `None` when the developer's own will do.
    ///
    /// # Errors
    /// When root asks and the system has no unprivileged account `nobody`.
    pub fn for_engine(engine: Engine) -> Result<Option<Self>> {
        if !engine.refuses_root() || !is_root()? {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").context("cannot read `/etc/passwd`")?;
        match parse_nobody(&passwd) {
            Some(account) => Ok(Some(account)),
            None => bail!(
                "{} refuses to run as root, and this system has no account `nobody` to run it under\n  \
                 help: run the command as an ordinary user",
                engine.name()
            ),
        }
    }

    /// Makes the command run under this account, without root's groups.
    pub fn apply_to(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    /// Gives a folder and everything in it to this account.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn take_over(self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
            .with_context(|| format!("cannot give away `{}`", path.display()))?;
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                self.take_over(&entry?.path())?;
            }
        }
        Ok(())
    }

    /// Checks that the account may read a file; a workspace below `/root` is closed to others.
    ///
    /// # Errors
    /// When it may not, with the way out.
    pub fn check_reads(self, path: &Path) -> Result<()> {
        let mut command = Command::new("test");
        command.arg("-r").arg(path).stdin(Stdio::null()).current_dir("/");
        self.apply_to(&mut command);
        if command.status().context("cannot run `test`")?.success() {
            return Ok(());
        }
        bail!(
            "the unprivileged account that the engine runs under cannot read `{}`\n  \
             help: set `{}` to a folder that every account may enter, such as `/var/tmp/engines`, and fetch again",
            path.display(),
            layout::DIRECTORY_VARIABLE
        )
    }
}

/// Whether this process is root, told by the owner that the system gives its entry, or by `id` where there is none.
pub fn is_root() -> Result<bool> {
    let own = Path::new("/proc/self");
    if let Ok(metadata) = fs::metadata(own) {
        return Ok(metadata.uid() == 0);
    }
    let output = Command::new("id").arg("-u").output().context("cannot run `id`")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn parse_nobody(passwd: &str) -> Option<Account> {
    let line = passwd.lines().find(|line| line.starts_with("nobody:"))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    let (uid, gid) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (uid != 0).then_some(Account { uid, gid })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_found_by_name_and_never_is_root() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";
        assert_eq!(parse_nobody(passwd), Some(Account { uid: 65534, gid: 65533 }));
        assert_eq!(parse_nobody("root:x:0:0::/root:/bin/sh\n"), None);
        assert_eq!(parse_nobody("nobody:x:0:0::/:/bin/sh\n"), None);
    }
}
