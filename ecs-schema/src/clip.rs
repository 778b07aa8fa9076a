//! Showing a stranger's text: shortened, and without control characters.

use std::fmt::{self, Write};

/// Shows at most `limit` characters of `value`, then `…`; control characters are escaped as in Rust.
pub(crate) struct Clipped<T> {
    value: T,
    limit: usize,
}

impl<T: fmt::Display> Clipped<T> {
    pub(crate) const fn new(value: T, limit: usize) -> Self {
        Self { value, limit }
    }
}

impl<T: fmt::Display> fmt::Display for Clipped<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut window = Window { out, left: self.limit, is_full: false };
        match write!(window, "{}", self.value) {
            // The window stops a long text by an error of its own; what it has shown so far is the result.
            Err(_) if window.is_full => Ok(()),
            other => other,
        }
    }
}

struct Window<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    left: usize,
    is_full: bool,
}

impl Write for Window<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.left == 0 {
                self.is_full = true;
                self.out.write_char('…')?;
                return Err(fmt::Error);
            }
            self.left -= 1;
            if character.is_control() {
                write!(self.out, "{}", character.escape_default())?;
            } else {
                self.out.write_char(character)?;
            }
        }
        Ok(())
    }
}
