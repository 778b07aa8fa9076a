//! Canonical JSON into a byte buffer: no trees, no allocation per field, escapes exactly as `serde_json` writes them.
//! Owns the walk over a struct and the text forms; which fields there are is the struct's business.

use std::fmt::Display;
use std::io::Write;

use crate::element::FieldValue;
use crate::rule::FieldRule;
use crate::shape::{FieldVisitor, Shape};

/// Appends the object that `shape` is.
pub(crate) fn object<T: Shape>(shape: &T, out: &mut Vec<u8>) {
    let start = out.len();
    let mut writer = Writer { fields: T::rules().fields, out };
    shape.each(&mut writer);
    open(out, start, b'{');
    out.push(b'}');
}

struct Writer<'a> {
    fields: &'static [FieldRule],
    out: &'a mut Vec<u8>,
}

impl FieldVisitor for Writer<'_> {
    #[inline]
    fn field<T: FieldValue>(&mut self, index: usize, value: &T) {
        if !value.is_absent() {
            let rule = &self.fields[index];
            self.out.extend_from_slice(rule.key.as_bytes());
            value.write(rule, self.out);
        }
    }
}

/// Opens the object or array whose members have been written from `start` on, each after a comma: the bracket takes the
/// place of the first comma, so that no member has to know whether it is the first.
pub(crate) fn open(out: &mut Vec<u8>, start: usize, bracket: u8) {
    match out.get_mut(start) {
        Some(comma) => *comma = bracket,
        None => out.push(bracket),
    }
}

/// Appends a comma, the quoted name and a colon; for names that need no escapes.
pub(crate) fn key(name: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Appends what `serde_json` writes.
pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("numbers and JSON values can be written, and memory takes every byte");
}

/// Appends a text that needs no escapes, in quotes.
pub(crate) fn quoted(value: impl Display, out: &mut Vec<u8>) {
    write!(out, "\"{value}\"").expect("memory takes every byte");
}

/// Appends a text that needs no escapes, in quotes.
pub(crate) fn plain(text: &[u8], out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

/// Appends a string in quotes.
#[inline]
pub fn string(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = first_escaped(rest) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        escape(special[0], out);
        rest = &special[1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Where the first byte stands that must be escaped: a control character, a quote or a backslash.
fn first_escaped(bytes: &[u8]) -> Option<usize> {
    let (words, tail) = bytes.as_chunks::<8>();
    let is_dirty = |word: &[u8; 8]| has_escaped(u64::from_le_bytes(*word));
    let is_any = words.iter().any(is_dirty)
        || match bytes.last_chunk() {
            // The last eight bytes overlap with what was seen, which is cheaper than a loop over the tail.
            Some(last) => is_dirty(last),
            None => tail.iter().any(|byte| is_escaped(*byte)),
        };
    if is_any { bytes.iter().position(|byte| is_escaped(*byte)) } else { None }
}

const fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether one of eight bytes must be escaped, by the usual tests for a byte that is zero or below a limit.
const fn has_escaped(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    (control | (quote.wrapping_sub(ONES) & !quote) | (backslash.wrapping_sub(ONES) & !backslash)) & HIGH != 0
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}
