//! A semantic version, as semver.org defines it. Owns the grammar; knows nothing of order or ranges of versions.

use std::fmt;
use std::str::FromStr;

/// A semantic version `x.y.z[-pre][+build]`, checked on construction.
///
/// The grammar is that of semver.org, which `OpenSearch` requires; Elasticsearch takes any string.
///
/// # Examples
/// ```
/// use ecs_schema::Version;
///
/// let version: Version = "9.4.0-rc.1+build.5".parse()?;
/// assert_eq!(version.as_str(), "9.4.0-rc.1+build.5");
/// assert!("9.4".parse::<Version>().is_err());
/// # Ok::<(), ecs_schema::VersionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// Takes `text` as it is, when it is a semantic version.
    ///
    /// # Errors
    /// When `text` is no semantic version.
    pub fn new(text: impl Into<String>) -> Result<Self, VersionError> {
        let text = text.into();
        if is_version(&text) { Ok(Self(text)) } else { Err(VersionError) }
    }

    /// The version's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A placeholder for a required field that is still to be read.
    pub(crate) const fn blank() -> Self {
        Self(String::new())
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::new(text)
    }
}

impl AsRef<str> for Version {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

/// The text is no semantic version.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VersionError;

impl fmt::Display for VersionError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not a semantic version of the form `1.2.3`")
    }
}

impl std::error::Error for VersionError {}

/// Whether `text` is a semantic version.
pub(crate) fn is_version(text: &str) -> bool {
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, Some(build)),
        None => (text, None),
    };
    let (core, pre) = match text.split_once('-') {
        Some((core, pre)) => (core, Some(pre)),
        None => (text, None),
    };
    core.split('.').count() == 3
        && core.split('.').all(is_numeric)
        && pre.is_none_or(|pre| pre.split('.').all(|part| is_identifier(part) && !has_leading_zero(part)))
        && build.is_none_or(|build| build.split('.').all(is_identifier))
}

fn is_numeric(part: &str) -> bool {
    is_digits(part) && !has_leading_zero(part)
}

fn is_digits(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

fn has_leading_zero(part: &str) -> bool {
    part.len() > 1 && part.starts_with('0') && is_digits(part)
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
