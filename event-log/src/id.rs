//! The identity of an event: a version 7 UUID (RFC 9562), made without a system call and without allocation.
//!
//! The 48 bits of milliseconds are followed by 12 bits of the fraction of the millisecond (method 3 of section 6.2), so
//! that ids of one thread sort by the order in which they were made, also within a millisecond and when the clock steps
//! back: the next number is taken then. The last 62 bits are random. The generator of each thread is seeded from the
//! operating system's randomness and stirred with the clock's nanoseconds, so that a process that was forked off does
//! not repeat its parent.

use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;
use std::time::Duration;

use ecs_schema::Timestamp;

/// The characters of an id's text.
const ID_TEXT_BYTES: usize = 36;

/// The id of an event: its `event.id` and the `_id` of its document.
///
/// # Examples
/// ```
/// use event_log::EventId;
///
/// let id = EventId::new();
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId([u8; 16]);

impl EventId {
    /// A new id, of this moment.
    #[expect(clippy::new_without_default, reason = "each is another; no value is the default one")]
    #[must_use]
    pub fn new() -> Self {
        Self::at(Timestamp::now())
    }

    /// A new id of the moment `now`; moments before 1970 count as 1970.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
        let nanos = u64::from(now.subsec_nanos());
        let millis = seconds * 1_000 + nanos / 1_000_000;
        // 4,096 steps to a millisecond, so 244 nanoseconds each.
        let steps = (millis << 12) | ((nanos % 1_000_000) * 4_096 / 1_000_000);
        let (steps, random) = next(steps, nanos);
        let high = ((steps >> 12) << 16) | 0x7000 | (steps & 0xfff);
        let low = (random >> 2) | (1 << 63);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&high.to_be_bytes());
        bytes[8..].copy_from_slice(&low.to_be_bytes());
        Self(bytes)
    }

    /// How long ago the id was made; `None` when it is no UUID of version 7, which has no time.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Option<Duration> {
        let (time, rest) = self.0.split_at(6);
        let millis = time.iter().fold(0, |millis, byte| (millis << 8) | u64::from(*byte));
        let now = u64::try_from(now.unix_millis()).unwrap_or(0);
        (rest[0] >> 4 == 7).then(|| Duration::from_millis(now.saturating_sub(millis)))
    }

    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, in the order of the text.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The text: five groups of lower-case hexadecimal digits, joined by hyphens.
    #[must_use]
    pub(crate) fn text(&self) -> IdText {
        let mut text = [b'-'; ID_TEXT_BYTES];
        let mut at = 0;
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at..at + 2].copy_from_slice(&HEX_PAIRS[usize::from(*byte)]);
            at += 2;
        }
        IdText(text)
    }

    /// The id that `text` is, in the form of [`text`](Self::text); upper-case digits are taken too.
    #[must_use]
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != ID_TEXT_BYTES {
            return None;
        }
        let mut bytes = [0; 16];
        let mut at = 0;
        for (index, byte) in bytes.iter_mut().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                if text[at] != b'-' {
                    return None;
                }
                at += 1;
            }
            *byte = (digit(text[at])? << 4) | digit(text[at + 1])?;
            at += 2;
        }
        Some(Self(bytes))
    }
}

/// The two hexadecimal digits of each byte.
const HEX_PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

/// The text of an [`EventId`], on the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText([u8; ID_TEXT_BYTES]);

impl IdText {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("hexadecimal digits and hyphens are ASCII")
    }

    /// The text's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; ID_TEXT_BYTES] {
        &self.0
    }
}

impl fmt::Debug for IdText {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(out)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.text().as_str())
    }
}

impl FromStr for EventId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::parse(text.as_bytes()).ok_or(IdError)
    }
}

/// The text is no UUID.
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID of the form `0190163d-8694-739b-aea5-966c26f8ad91`")]
pub struct IdError;

/// What a thread remembers from id to id.
#[derive(Clone, Copy)]
struct Generator {
    /// The last id's time, in steps.
    last: u64,
    /// The state of the random numbers; 0 before the first.
    state: u64,
}

thread_local! {
    static GENERATOR: Cell<Generator> = const { Cell::new(Generator { last: 0, state: 0 }) };
}

/// The time of the next id, not before `steps`, and a random number.
fn next(steps: u64, nanos: u64) -> (u64, u64) {
    let mut generator = GENERATOR.get();
    if generator.state == 0 {
        generator.state = RandomState::new().hash_one(nanos);
    }
    generator.last = steps.max(generator.last + 1);
    // An odd constant with well-spread bits, the golden ratio of 64 bits; the nanoseconds stir.
    generator.state = generator.state.wrapping_add(0x9e37_79b9_7f4a_7c15) ^ nanos;
    GENERATOR.set(generator);
    (generator.last, mix(generator.state))
}

/// Spreads every bit of the state over all bits (Stafford's variant 13 of the finaliser of `MurmurHash3`).
const fn mix(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}
