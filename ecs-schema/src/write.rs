//! Canonical JSON into a byte buffer: no trees, no allocation per field, escapes exactly as `serde_json` writes them.
//! Owns the walk over a struct and the text forms; which fields there are is the struct's business.

use std::fmt::Display;
use std::io::Write;

use crate::element::FieldValue;
use crate::prepared::block;
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
            rule.key.write(self.out);
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
#[expect(clippy::inline_always, reason = "most strings are short, and a call costs a quarter of the work")]
#[inline(always)]
pub fn string(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    out.push(b'"');
    // Most strings of events are short. Two words that overlap say whether they are clean, and are what is written.
    let is_clean = match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            block(first, bytes.len() - 8, out);
            out.extend_from_slice(last);
            !(has_escaped(u64::from_le_bytes(*first)) || has_escaped(u64::from_le_bytes(*last)))
        }
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) if bytes.len() <= 8 => {
                block(first, bytes.len() - 4, out);
                out.extend_from_slice(last);
                let [first, last] = [first, last].map(|half| u64::from(u32::from_le_bytes(*half)));
                !has_escaped(first | (last << 32))
            }
            _ => {
                out.extend_from_slice(bytes);
                is_clean(bytes)
            }
        },
    };
    if !is_clean {
        out.truncate(out.len() - bytes.len());
        escaped(bytes, out);
    }
    out.push(b'"');
}

/// Whether no byte must be escaped.
#[inline(never)]
fn is_clean(bytes: &[u8]) -> bool {
    let is_dirty = |word: &[u8; 8]| has_escaped(u64::from_le_bytes(*word));
    match bytes.last_chunk() {
        // The last eight bytes overlap with others, which is cheaper than a loop over the tail.
        Some(last) => !bytes.as_chunks().0.iter().chain([last]).any(is_dirty),
        None => !bytes.iter().any(|byte| is_escaped(*byte)),
    }
}

/// Appends bytes of which some must be escaped.
#[cold]
fn escaped(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| is_escaped(*byte)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        escape(special[0], out);
        rest = &special[1..];
    }
    out.extend_from_slice(rest);
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
