//! What is wrong with a mapping file, with the place of each problem.

use std::fmt;

/// A place in a mapping file; both numbers begin at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// One problem of a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// Where it is.
    pub place: Place,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// Everything that is wrong with a mapping file, sorted by place; one line for each, `FILE:LINE:COLUMN: MESSAGE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingErrors {
    file: String,
    errors: Vec<MappingError>,
}

impl MappingErrors {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), errors: Vec::new() }
    }

    pub(crate) fn add(&mut self, place: Place, message: impl Into<String>) {
        self.errors.push(MappingError { place, message: message.into() });
    }

    pub(crate) fn into_result<T>(mut self, value: Option<T>) -> Result<T, Self> {
        self.errors.sort_by_key(|error| error.place);
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    /// The problems, sorted by place; at least one.
    #[must_use]
    pub fn as_slice(&self) -> &[MappingError] {
        &self.errors
    }
}

impl fmt::Display for MappingErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, MappingError { place, message }) in self.errors.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(out, "{separator}{}:{}:{}: {message}", self.file, place.line, place.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for MappingErrors {}
