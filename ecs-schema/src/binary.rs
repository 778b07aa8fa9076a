//! Bytes as base64 (RFC 4648, section 4: standard alphabet, padded). Owns the coding; knows no fields.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes, kept as the base64 text that a `binary` field holds; checked on construction.
///
/// # Examples
/// ```
/// use ecs_schema::Binary;
///
/// let binary = Binary::encode(b"hello");
/// assert_eq!(binary.as_str(), "aGVsbG8=");
/// assert_eq!(binary.decode(), b"hello");
/// assert!(Binary::from_base64("aGVsbG8").is_err());
/// # Ok::<(), ecs_schema::BinaryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Binary(String);

impl Binary {
    /// Takes `text` as it is, when it is padded base64 in the standard alphabet.
    ///
    /// # Errors
    /// When it is not.
    pub fn from_base64(text: impl Into<String>) -> Result<Self, BinaryError> {
        let text = text.into();
        if is_base64(&text) { Ok(Self(text)) } else { Err(BinaryError) }
    }

    /// The base64 text of `bytes`.
    #[must_use]
    pub fn encode(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for chunk in bytes.chunks(3) {
            let group = chunk.iter().fold(0, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let letter = ALPHABET[(group >> (18 - 6 * place) & 63) as usize];
                text.push(if place <= chunk.len() { char::from(letter) } else { '=' });
            }
        }
        Self(text)
    }

    /// The bytes.
    #[must_use]
    pub fn decode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() / 4 * 3);
        for chunk in self.0.as_bytes().chunks(4) {
            let group = chunk.iter().fold(0, |group, letter| group << 6 | value_of(*letter).unwrap_or(0));
            let padding = chunk.len() - chunk.iter().position(|letter| *letter == b'=').unwrap_or(chunk.len());
            bytes.extend_from_slice(&group.to_be_bytes()[1..4 - padding]);
        }
        bytes
    }

    /// The base64 text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Binary {
    type Err = BinaryError;

    fn from_str(text: &str) -> Result<Self, BinaryError> {
        Self::from_base64(text)
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

/// The text is not padded base64 in the standard alphabet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BinaryError;

impl fmt::Display for BinaryError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("not padded base64 in the standard alphabet")
    }
}

impl std::error::Error for BinaryError {}

/// Whether `text` is padded base64 in the standard alphabet; the unused bits of the last letter may be anything.
pub(crate) fn is_base64(text: &str) -> bool {
    let letters = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    text.len().is_multiple_of(4) && letters.bytes().all(|letter| value_of(letter).is_some())
}

fn value_of(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}
