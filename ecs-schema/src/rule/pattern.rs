//! A regular expression in a `static`, compiled at its first use.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that a field's strings must contain a match of; it is anchored only where it says so.
///
/// The syntax is that of the crate `regex-lite`. A text that is no expression matches nothing: whoever makes tables
/// must refuse it earlier.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The expression `text`, not compiled yet.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// The expression's text.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Whether the expression matches somewhere in `value`.
    #[must_use]
    pub fn is_match(&self, value: &str) -> bool {
        self.compiled.get_or_init(|| Regex::new(self.text).ok()).as_ref().is_some_and(|regex| regex.is_match(value))
    }
}
