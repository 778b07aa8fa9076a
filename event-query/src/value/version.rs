//! Semantic versions, by the grammar and the order of semver.org.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A semantic version `x.y.z[-pre][+build]`. It orders as Elasticsearch orders the type `version`: by precedence, and
/// versions that differ in the build alone by the text of that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(String);

/// A text that is not a semantic version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a semantic version")]
pub struct VersionError;

impl Version {
    /// The version's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The three numbers, the pre-release and the build, each of the latter empty where there is none.
    fn split(&self) -> (&str, Option<&str>, &str) {
        let (rest, build) = self.0.split_once('+').unwrap_or((&self.0, ""));
        let (main, pre_release) = rest.split_once('-').map_or((rest, None), |(main, pre)| (main, Some(pre)));
        (main, pre_release, build)
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let version = Self(text.to_owned());
        let (main, pre_release, build) = version.split();
        let numbers: Vec<&str> = main.split('.').collect();
        let valid = numbers.len() == 3
            && numbers.iter().all(|number| is_number(number))
            && pre_release.is_none_or(|pre| pre.split('.').all(is_pre_release))
            && (!text.contains('+') || build.split('.').all(is_identifier));
        if valid { Ok(version) } else { Err(VersionError) }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_pre_release(text: &str) -> bool {
    is_identifier(text) && (!text.bytes().all(|byte| byte.is_ascii_digit()) || is_number(text))
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let (main, pre_release, build) = self.split();
        let (other_main, other_pre_release, other_build) = other.split();
        identifiers(main, other_main)
            .then_with(|| match (pre_release, other_pre_release) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(left), Some(right)) => identifiers(left, right),
            })
            .then_with(|| build.cmp(other_build))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Dotted identifiers: numbers by value and before texts, the shorter list first.
fn identifiers(left: &str, right: &str) -> Ordering {
    let is_numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    for (left, right) in left.split('.').zip(right.split('.')) {
        let order = match (is_numeric(left), is_numeric(right)) {
            (true, true) => left.len().cmp(&right.len()).then_with(|| left.cmp(right)),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => left.cmp(right),
        };
        if order.is_ne() {
            return order;
        }
    }
    left.split('.').count().cmp(&right.split('.').count())
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}
