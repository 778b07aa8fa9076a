//! Where a reader of hits is: one opaque text for pages, exports, tails and live streams, on every store.
//!
//! The text is base64 (URL-safe, without padding) of these bytes, integers big-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | the version, [`VERSION`] |
//! | 16 | the fingerprint of the query: of filter, times and order, not of page size and fields |
//! | 12 | what `now` was at the first page: seconds since 1970, and nanoseconds of a second |
//! | 1 | how many values follow |
//! | … | the sort values of the last hit: a byte for the form, then 0, 1 or 8 bytes, or 4 bytes of length and the text |
//! | 4 | the length of the point in time; 0 where there is none |
//! | … | the engine's name of the point in time |
//! | 8 | the start of the SHA-256 of everything before |
//!
//! So a cursor that was cut or changed is refused, as is one of another version or another query. It is not signed: whoever has
//! one may make another, and sees nothing by that which the query alone would not show.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::error::{ErrorKind, QueryError};
use crate::sort::SortValue;

/// The version of the format.
const VERSION: u8 = 1;
const CHECKSUM: usize = 8;
/// The longest cursor that is read. Keywords have at most 32,766 bytes.
const MAX_LENGTH: usize = 1024 * 1024;

/// What a query is, apart from pages.
pub(crate) type Fingerprint = [u8; 16];

/// The fingerprint of a query with this filter and order.
pub(crate) fn fingerprint(parts: &[&str]) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(&hash.finalize()[..16]);
    fingerprint
}

/// A place in the hits of a query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor {
    pub(crate) fingerprint: Fingerprint,
    pub(crate) now: Timestamp,
    pub(crate) after: Vec<SortValue>,
    pub(crate) point_in_time: Option<String>,
}

impl Cursor {
    pub(crate) fn encode(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.fingerprint);
        bytes.extend(self.now.as_second().to_be_bytes());
        bytes.extend(self.now.subsec_nanosecond().to_be_bytes());
        bytes.push(u8::try_from(self.after.len()).expect("a query has fewer than 256 sort keys"));
        for value in &self.after {
            match value {
                SortValue::Missing => bytes.push(0),
                SortValue::Text(text) => {
                    bytes.push(1);
                    push_text(&mut bytes, text);
                }
                SortValue::Integer(number) => {
                    bytes.push(2);
                    bytes.extend(number.to_be_bytes());
                }
                SortValue::Unsigned(number) => {
                    bytes.push(3);
                    bytes.extend(number.to_be_bytes());
                }
                SortValue::Float(number) => {
                    bytes.push(4);
                    bytes.extend(number.to_be_bytes());
                }
                SortValue::Boolean(flag) => bytes.extend([5, u8::from(*flag)]),
            }
        }
        push_text(&mut bytes, self.point_in_time.as_deref().unwrap_or_default());
        let checksum = Sha256::digest(&bytes);
        bytes.extend(&checksum[..CHECKSUM]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub(crate) fn decode(text: &str) -> Result<Self, QueryError> {
        let refuse = |reason| QueryError::new(ErrorKind::Cursor, format!("the cursor cannot be read: {reason}"));
        let damaged = || refuse("it is damaged");
        if text.len() > MAX_LENGTH {
            return Err(damaged());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
        let (body, checksum) = bytes.split_at_checked(bytes.len().saturating_sub(CHECKSUM)).ok_or_else(damaged)?;
        if Sha256::digest(body)[..CHECKSUM] != *checksum {
            return Err(damaged());
        }
        if body.first() != Some(&VERSION) {
            return Err(refuse("it is of another version; begin again without it"));
        }
        read(&body[1..]).ok_or_else(damaged)
    }
}

fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(u32::try_from(text.len()).expect("texts of hits are far below 4 GiB").to_be_bytes());
    bytes.extend(text.as_bytes());
}

fn read(mut bytes: &[u8]) -> Option<Cursor> {
    let bytes = &mut bytes;
    let fingerprint = take(bytes)?;
    let now = Timestamp::new(i64::from_be_bytes(take(bytes)?), i32::from_be_bytes(take(bytes)?)).ok()?;
    let [count] = take(bytes)?;
    let after = (0..count).map(|_| read_value(bytes)).collect::<Option<_>>()?;
    let point_in_time = Some(read_text(bytes)?).filter(|text| !text.is_empty());
    bytes.is_empty().then_some(Cursor { fingerprint, now, after, point_in_time })
}

fn read_value(bytes: &mut &[u8]) -> Option<SortValue> {
    let [form] = take(bytes)?;
    Some(match form {
        0 => SortValue::Missing,
        1 => SortValue::Text(read_text(bytes)?),
        2 => SortValue::Integer(i64::from_be_bytes(take(bytes)?)),
        3 => SortValue::Unsigned(u64::from_be_bytes(take(bytes)?)),
        4 => SortValue::Float(f64::from_be_bytes(take(bytes)?)),
        5 => SortValue::Boolean(take(bytes)? != [0]),
        _ => return None,
    })
}

fn read_text(bytes: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(u32::from_be_bytes(take(bytes)?)).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    String::from_utf8(text.to_vec()).ok()
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}
