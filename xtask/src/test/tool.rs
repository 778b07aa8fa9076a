//! The programs that parts of the tests need beside Rust and a linker: whether they are installed, and what brings them.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::jdk;

/// A program that is not Rust's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Git,
    Node,
    Npm,
    Curl,
    Maven,
    /// What Elasticsearch runs on, and Elasticsearch's parser of policies is compiled by.
    OlderJdk,
    /// What OpenSearch runs on.
    NewerJdk,
}

impl Tool {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Node => "Node.js",
            Self::Npm => "npm",
            Self::Curl => "curl",
            Self::Maven => "Maven",
            Self::OlderJdk => "a JDK of 17 to 23",
            Self::NewerJdk => "a JDK of 21 or newer",
        }
    }

    /// The package of Debian.
    pub(super) const fn package(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Node => "nodejs",
            Self::Npm => "npm",
            Self::Curl => "curl",
            Self::Maven => "maven",
            Self::OlderJdk | Self::NewerJdk => "openjdk-21-jdk-headless",
        }
    }

    pub(super) fn is_installed(self) -> bool {
        match self {
            Self::Git => is_on_path("git"),
            Self::Node => is_on_path("node"),
            Self::Npm => is_on_path("npm"),
            Self::Curl => is_on_path("curl"),
            Self::Maven => is_on_path("mvn"),
            Self::OlderJdk => has_jdk(17..=23),
            Self::NewerJdk => has_jdk(21..=u32::MAX),
        }
    }
}

fn has_jdk(majors: RangeInclusive<u32>) -> bool {
    let fits = |(major, home): &(u32, PathBuf)| majors.contains(major) && home.join("bin/javac").is_file();
    jdk::installed().iter().any(fits)
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).any(|path| path.is_file())
}
