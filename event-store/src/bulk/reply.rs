//! Parses a bulk reply into outcomes, in one pass over its bytes, without a tree. Owns the outer structure; an item that does not
//! have the usual form is parsed by `serde_json` into a borrowed struct.
//!
//! Nearly all items of nearly all replies have the same bytes, which are compared instead of parsed.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::ItemOutcome;
use crate::transport::Response;

/// Why a reply says nothing about the documents of its request. They may be stored: repeat the request to the same index.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The reply is not a bulk reply but a refusal of the whole request, or not from an engine.
    #[error("the reply has status {status}")]
    Status {
        /// Status of the reply.
        status: u16,
    },
    /// Something in front of the engine answered, such as a proxy with an HTML page.
    #[error("the reply is `{content_type}` and not JSON")]
    ContentType {
        /// The reply's `Content-Type`; empty when it has none.
        content_type: String,
    },
    /// The reply is truncated or not JSON.
    #[error("the reply is not JSON from byte {at} on")]
    Malformed {
        /// Offset in the reply, in bytes.
        at: usize,
        /// The parser's error, if it found the problem. Not displayed, because it may quote the reply, which may quote the document.
        r#source: Option<serde_json::Error>,
    },
    /// The reply is JSON without a list of items.
    #[error("the reply has no list of items")]
    NoItems,
    /// The reply is about fewer or more documents than the request held.
    #[error("the reply has {found} items for {expected} documents")]
    Count {
        /// Documents of the request.
        expected: usize,
        /// Items of the reply.
        found: usize,
    },
    /// The reply says that nothing failed, and has an item that did.
    #[error("the reply says that there are no errors and has one")]
    Contradiction,
}

/// Called for each item of a reply: its position, its outcome, and the index that the reply names, if it is not the expected one.
/// The borrowed values live as long as the call.
type OnItem<'f> = dyn FnMut(usize, ItemOutcome<'_>, Option<&str>) + 'f;

/// Reads the reply to a bulk request of `expected` documents that should be stored in `index`, and calls `each` with the position of
/// each document, its outcome, and the index that was written to, if it is another one.
///
/// # Errors
/// When the reply is invalid. `each` may have been called for items before the error: its calls must have no effect before this
/// function returns `Ok`.
pub fn read_bulk_reply(
    response: &Response,
    expected: usize,
    index: &str,
    each: &mut OnItem<'_>,
) -> Result<(), ResponseError> {
    if response.status != 200 {
        return Err(ResponseError::Status { status: response.status });
    }
    if !response.is_json() {
        return Err(ResponseError::ContentType { content_type: response.content_type.clone().unwrap_or_default() });
    }
    let found = read_bulk_response(&response.body, index, &mut |place, outcome, elsewhere| {
        if place < expected {
            each(place, outcome, elsewhere);
        }
    })?;
    if found == expected { Ok(()) } else { Err(ResponseError::Count { expected, found }) }
}

/// Reads the body of a bulk reply, like [`read_bulk_reply`], for callers that have checked status, type and count themselves.
///
/// # Errors
/// When the bytes are not a bulk reply. Outcomes passed to `each` before are then invalid.
pub fn read_bulk_response(body: &[u8], index: &str, each: &mut OnItem<'_>) -> Result<usize, ResponseError> {
    // The form in which both engines write a stored item under the filter of paths.
    let stored = format!(r#"{{"create":{{"_index":"{index}","status":201}}}}"#);
    let mut reader = ReplyReader { bytes: body, at: 0, index, stored: stored.as_bytes() };
    let mut items = None;
    let mut says_none = false;
    let mut has_failures = false;
    reader.expect(b'{')?;
    let mut is_first = true;
    while !reader.take(b'}') {
        if !is_first {
            reader.expect(b',')?;
        }
        is_first = false;
        let Text(key) = reader.value()?;
        reader.expect(b':')?;
        match key.as_ref() {
            "items" if items.is_none() => {
                items = Some(reader.items(&mut |place, outcome, elsewhere| {
                    has_failures |= !outcome.is_stored();
                    each(place, outcome, elsewhere);
                })?);
            }
            "items" => return Err(reader.malformed(None)),
            "errors" => says_none = !reader.value::<bool>()?,
            _ => {
                reader.value::<IgnoredAny>()?;
            }
        }
    }
    reader.skip_space();
    if reader.at != body.len() {
        return Err(reader.malformed(None));
    }
    if says_none && has_failures {
        return Err(ResponseError::Contradiction);
    }
    items.ok_or(ResponseError::NoItems)
}

struct ReplyReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The index in which documents are expected to be stored.
    index: &'a str,
    /// The bytes of an item for a stored document.
    stored: &'a [u8],
}

impl<'a> ReplyReader<'a> {
    fn items(&mut self, each: &mut OnItem<'_>) -> Result<usize, ResponseError> {
        self.expect(b'[')?;
        if self.take(b']') {
            return Ok(0);
        }
        let mut count = 0;
        loop {
            if self.bytes[self.at..].starts_with(self.stored) {
                self.at += self.stored.len();
                each(count, ItemOutcome::Created, None);
            } else {
                let ItemReply { index, status, error } = self.value::<Item<'_>>()?.0;
                let (error_type, reason) = error.as_ref().map_or(("", ""), |error| (&error.kind.0, &error.reason.0));
                let elsewhere = index.as_ref().map(|index| &*index.0).filter(|index| *index != self.index);
                each(count, ItemOutcome::new(status, error_type, reason), elsewhere);
            }
            count += 1;
            // The usual next byte, without skipping space before it.
            if self.bytes.get(self.at) == Some(&b',') {
                self.at += 1;
            } else if self.take(b']') {
                return Ok(count);
            } else {
                self.expect(b',')?;
            }
        }
    }

    /// A whole JSON value.
    fn value<T: Deserialize<'a>>(&mut self) -> Result<T, ResponseError> {
        let mut values = serde_json::Deserializer::from_slice(&self.bytes[self.at..]).into_iter::<T>();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                Ok(value)
            }
            Some(Err(error)) => Err(self.malformed(Some(error))),
            None => Err(self.malformed(None)),
        }
    }

    fn skip_space(&mut self) {
        let space = self.bytes[self.at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        self.at += space.count();
    }

    fn take(&mut self, wanted: u8) -> bool {
        self.skip_space();
        let is_there = self.bytes.get(self.at) == Some(&wanted);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, wanted: u8) -> Result<(), ResponseError> {
        if self.take(wanted) { Ok(()) } else { Err(self.malformed(None)) }
    }

    const fn malformed(&self, source: Option<serde_json::Error>) -> ResponseError {
        ResponseError::Malformed { at: self.at, source }
    }
}

/// A text that is borrowed unless it has escapes.
#[derive(Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The content of an item, whatever its action is called.
struct Item<'a>(ItemReply<'a>);

#[derive(Deserialize)]
struct ItemReply<'a> {
    #[serde(rename = "_index", borrow)]
    index: Option<Text<'a>>,
    status: u16,
    #[serde(borrow)]
    error: Option<ItemErrorReply<'a>>,
}

#[derive(Deserialize)]
struct ItemErrorReply<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Text<'a>,
    #[serde(borrow, default, deserialize_with = "text_or_null")]
    reason: Text<'a>,
}

fn text_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text<'de>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl<'de: 'a, 'a> Deserialize<'de> for Item<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneAction;

        impl<'de> Visitor<'de> for OneAction {
            type Value = Item<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object with one action")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                map.next_key::<IgnoredAny>()?.ok_or_else(|| A::Error::custom("an item without an action"))?;
                let answer = map.next_value()?;
                if map.next_key::<IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom("an item with two actions"));
                }
                Ok(Item(answer))
            }
        }

        deserializer.deserialize_map(OneAction)
    }
}
