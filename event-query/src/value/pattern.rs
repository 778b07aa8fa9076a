//! Texts with wildcards.

/// A pattern over a whole term: texts with anything, or nothing, between them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// The pattern of `parts` with a wildcard between each two; a single part matches itself alone.
    #[must_use]
    pub fn new(parts: Vec<String>) -> Self {
        Self { parts: if parts.is_empty() { vec![String::new()] } else { parts } }
    }

    /// The texts between wildcards, at least one.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The text that every match begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.parts[0]
    }

    /// Whether the pattern is a prefix and a wildcard.
    #[must_use]
    pub fn is_prefix(&self) -> bool {
        self.parts.len() == 2 && self.parts[1].is_empty()
    }

    /// Whether the whole of `term` matches.
    #[must_use]
    pub fn matches(&self, term: &str) -> bool {
        let [first, middle @ .., last] = self.parts.as_slice() else { return term == self.parts[0] };
        let Some(mut rest) = term.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(found) = rest.find(part.as_str()) else { return false };
            rest = &rest[found + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}
