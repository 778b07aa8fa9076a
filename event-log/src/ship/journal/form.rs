//! The bytes of a slot: encoding and decoding them.

use std::sync::Arc;

use thiserror::Error;

use super::super::index_assignments::IndexAssignments;

/// The first bytes of a slot; the last one is the version of the format.
pub const MAGIC: [u8; 8] = *b"evintnt\x01";
/// Bytes before the first entry.
pub const HEAD_BYTES: usize = 24;

const FRAME_BYTES: usize = 8;
const INTENT: u8 = 1;
const TAKEN_OVER: u8 = 2;

/// The journal has a format that this release does not know. Its intents may be needed, so it is left unchanged.
#[derive(Debug, Error)]
#[error("version `{version}` of the journal of intents is unknown; use the release that wrote it")]
pub(super) struct UnknownVersion {
    version: u8,
}

/// What a slot holds.
pub(super) struct Found {
    pub(super) generation: u64,
    pub(super) assignments: IndexAssignments,
}

/// The bytes of a whole slot with these intents.
pub(super) fn slot(generation: u64, assignments: &IndexAssignments) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(generation.to_le_bytes());
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    bytes.extend([0; 4]);
    for (first, last, index) in assignments.iter() {
        bytes.extend(intent(generation, index, &[(first, last)]));
    }
    bytes.extend(frame(generation, &[TAKEN_OVER, 0, 0]));
    bytes
}

/// The bytes of one intent.
pub(super) fn intent(generation: u64, index: &str, ranges: &[(u64, u64)]) -> Vec<u8> {
    let name_bytes = u16::try_from(index.len()).expect("engines allow 255 bytes for the name of an index");
    let mut body = vec![INTENT];
    body.extend(name_bytes.to_le_bytes());
    body.extend(index.as_bytes());
    for (first, last) in ranges {
        body.extend(first.to_le_bytes());
        body.extend(last.to_le_bytes());
    }
    frame(generation, &body)
}

fn frame(generation: u64, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FRAME_BYTES + body.len());
    bytes.extend(u32::try_from(body.len()).expect("a batch has few ranges").to_le_bytes());
    bytes.extend(checksum(generation, body).to_le_bytes());
    bytes.extend(body);
    bytes
}

fn checksum(generation: u64, body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&generation.to_le_bytes()), body)
}

/// Reads a slot; `None` when it was never taken into use.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Found>, UnknownVersion> {
    let Some((head, mut rest)) = bytes.split_at_checked(HEAD_BYTES) else { return Ok(None) };
    let (name, version) = (&head[..7], head[7]);
    if name != &MAGIC[..7] || number(&head[16..20]) != u64::from(crc32c::crc32c(&head[..16])) {
        return Ok(None);
    }
    if version != MAGIC[7] {
        return Err(UnknownVersion { version });
    }
    let generation = number(&head[8..16]);
    let mut assignments = IndexAssignments::default();
    let mut is_in_use = false;
    while let Some((body, after)) = split_entry(generation, rest) {
        rest = after;
        if body.first() == Some(&TAKEN_OVER) {
            is_in_use = true;
        } else if let Some((index, ranges)) = split_intent(body) {
            for range in ranges.chunks_exact(16) {
                assignments.set(number(&range[..8]), number(&range[8..]), &index);
            }
        }
    }
    Ok(is_in_use.then_some(Found { generation, assignments }))
}

fn split_entry(generation: u64, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (frame, rest) = bytes.split_at_checked(FRAME_BYTES)?;
    let (body, rest) = rest.split_at_checked(usize::try_from(number(&frame[..4])).ok()?)?;
    (!body.is_empty() && number(&frame[4..]) == u64::from(checksum(generation, body))).then_some((body, rest))
}

fn split_intent(body: &[u8]) -> Option<(Arc<str>, &[u8])> {
    let (head, rest) = body.split_at_checked(3)?;
    let (name, ranges) = rest.split_at_checked(usize::try_from(number(&head[1..])).ok()?)?;
    (head[0] == INTENT).then_some((Arc::from(std::str::from_utf8(name).ok()?), ranges))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
