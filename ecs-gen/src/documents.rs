//! Documents as people export them: one JSON object on each line (NDJSON). Reads a line at a time, so that memory does not
//! grow with the file; knows nothing of what the documents say.

use std::io::{self, BufRead, Read as _};

/// The longest line that is read: more than engines take in one request.
const MAX_LINE_BYTES: u64 = 100 * 1024 * 1024;

/// Reads lines.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
}

/// A line that holds something.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'b> {
    /// Its number, from 1; empty lines count.
    pub number: u64,
    /// Its length, and that of its end.
    pub bytes: u64,
    /// Its text, or why there is none.
    pub text: Result<&'b str, LineError>,
}

/// Why a line has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// It is longer than engines take.
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
}

impl LineError {
    /// For people.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::TooLong => "the line is longer than 100 MiB, which engines do not take",
            Self::NotUtf8 => "the line is not UTF-8",
        }
    }
}

impl<R: BufRead> Lines<R> {
    /// Lines of `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), number: 0 }
    }

    /// The next line that is not empty.
    ///
    /// # Errors
    /// When reading fails.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.buffer.clear();
            let bytes = (&mut self.reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut self.buffer)? as u64;
            if bytes == 0 {
                return Ok(None);
            }
            self.number += 1;
            if bytes == MAX_LINE_BYTES && self.buffer.last() != Some(&b'\n') {
                let skipped = skip_line(&mut self.reader)?;
                let text = Err(LineError::TooLong);
                return Ok(Some(Line { number: self.number, bytes: bytes + skipped, text }));
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let bytes = self.buffer.len() as u64;
        let text = str::from_utf8(&self.buffer).map(str::trim_ascii).map_err(|_| LineError::NotUtf8);
        // A byte order mark says how the file is encoded.
        let text = text.map(|text| if self.number == 1 { text.trim_start_matches('\u{feff}') } else { text });
        Ok(Some(Line { number: self.number, bytes, text }))
    }
}

/// Skips the rest of a line.
fn skip_line(reader: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let available = reader.fill_buf()?;
        let end = available.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(available.len(), |at| at + 1);
        let is_over = end.is_some() || used == 0;
        reader.consume(used);
        skipped += used as u64;
        if is_over {
            return Ok(skipped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(bytes: &[u8]) -> Vec<(u64, Result<String, LineError>)> {
        let mut lines = Lines::new(bytes);
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            found.push((line.number, line.text.map(str::to_owned)));
        }
        found
    }

    #[test]
    fn empty_lines_count_and_are_skipped() {
        let expected = [(1, Ok("{}".to_owned())), (4, Ok("[]".to_owned()))];
        assert_eq!(lines_of("\u{feff}{}\r\n\n  \n []".as_bytes()), expected);
        assert_eq!(lines_of(b""), []);
    }

    #[test]
    fn a_line_that_is_not_utf_8_is_told() {
        assert_eq!(lines_of(b"\xff\n{}"), [(1, Err(LineError::NotUtf8)), (2, Ok("{}".to_owned()))]);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped() {
        let long = io::repeat(b'x').take(MAX_LINE_BYTES + 5);
        let input = io::BufReader::new(long.chain(&b"\n{}\n"[..]));
        let mut lines = Lines::new(input);
        let line = lines.next_line().unwrap().unwrap();
        assert_eq!((line.number, line.bytes, line.text), (1, MAX_LINE_BYTES + 6, Err(LineError::TooLong)));
        assert_eq!(lines.next_line().unwrap().unwrap().text, Ok("{}"));
    }
}
