//! The format on disk, and the only code that knows it byte by byte; does no IO.
//!
//! # The directory
//! | name | what |
//! | --- | --- |
//! | `lock` | empty; `flock`ed exclusively by the process that has the spool open |
//! | `segment-<number>` | records; the number has 20 digits and rises with the sequences inside |
//! | `reader-<name>` | how far one reader has acknowledged; its format is in `acks.rs` |
//! | `gaps` | sequences without a record that are accounted for; its format is in `gaps.rs`; absent if there are none |
//! | `….new` | the replacement of one of these, not yet renamed; removed at open |
//! | `damaged-…` | damaged bytes that a recovery saved for inspection; never read again, may be deleted by anyone |
//!
//! Numbers are little-endian. Nothing else may be in the directory under these names; files of other names are ignored.
//!
//! # A segment
//! ```text
//! 0      header, first copy (64 bytes)       512    header, second copy
//! 1024   activation, first copy (32 bytes)   1536   activation, second copy
//! 4096   frames, without space between them, up to the end of the file
//! ```
//! Both copies are equal and in different sectors, so that damage to one of them is harmless. The file is fully allocated and
//! reads as zero before anything is written to it. It is truncated after its last frame when it is closed or recovered.
//!
//! ## Header
//! Written and synced, together with the name in the directory, before the first record.
//! ```text
//! 0   magic, b"EVSPOOL\0"      16  salt: random, of this segment alone
//! 8   version of the format    24  number of the segment, as in its name
//! 12  CRC-32C of the 60 other  32  capacity: length of the file when allocated
//!     bytes, in their order    40  identity of the boot in which it was made (16 bytes, zero: unknown)
//!                              56  zero
//! ```
//! Magic, version and checksum have the same offset in every version of the format, so that an unknown version can be
//! distinguished from damage.
//!
//! ## Activation
//! Written when the segment becomes the one that is appended to, synced no later than the first of its records.
//! ```text
//! 0   base: sequence of the first frame's record
//! 8   wall clock then, milliseconds since 1970
//! 16  CRC-32C of these 16 bytes, seeded (u32); the rest is zero
//! ```
//!
//! ## Frame
//! ```text
//! 0   CRC-32C (u32)                   ┐ together one aligned u64, the *publish word*: written last,
//! 4   length: 16 + payload (u32)      ┘ by one store with release ordering; zero before
//! 8   sequence XOR salt
//! 16  payload, then zeros up to a multiple of 8
//! ```
//! The checksum covers the length, the sequence and the payload, in this order, and is *seeded*: it continues the
//! CRC-32C of the salt. Because the author of a payload knows neither the salt nor the seed, bytes in a payload cannot pass
//! for a frame, and a scan may look for one at every eighth byte.
//!
//! # What a scan may find
//! Producers reserve their frames in order and publish them in any order. A producer that stops in between leaves a **hole**:
//! space that begins with a publish word of zero, followed by valid frames. Bytes that begin with another word, are not a valid
//! frame and are followed by valid frames are **corrupt**. Both are skipped up to the next valid frame whose sequence is greater
//! than the last one; the difference of the two sequences is the number of records in between. Nonzero bytes after the last valid
//! frame are a **torn tail**. Only that is truncated.
//!
//! # Sequences after a restart
//! The next sequence is greater than every sequence of a record, of an acknowledgement and of a base that is on disk. If
//! segments were created in another boot and not closed, records that somebody has seen may have been lost; as many sequences
//! are skipped as these segments could have had records, so that none is used twice.

use crate::{mapping::Mapping, sync::Ordering};

/// The version of the format that this code writes, and the only one that it reads.
pub const VERSION: u32 = 1;

/// The offset of the first frame.
pub(crate) const FRAMES_OFFSET: usize = 4096;
/// Bytes of a frame before its payload.
pub(crate) const FRAME_HEADER: usize = 16;
/// Frames are aligned to this many bytes.
pub(crate) const FRAME_ALIGNMENT: usize = 8;

const MAGIC: [u8; 8] = *b"EVSPOOL\0";
const HEADER_COPIES: [usize; 2] = [0, 512];
const HEADER: usize = 64;
const ACTIVATION_COPIES: [usize; 2] = [1024, 1536];

/// The header of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub salt: u64,
    pub number: u64,
    pub capacity: u64,
    pub boot: u128,
}

/// Why a header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderError {
    /// Written by a program that knows another version.
    Version(u32),
    /// Neither copy is intact.
    Damaged,
}

/// When a segment became current, and with which sequence it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Activation {
    pub base: u64,
    pub unix_ms: u64,
}

/// How a segment distinguishes its own frames from other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Salt {
    value: u64,
    seed: u32,
}

impl Salt {
    pub fn new(value: u64) -> Self {
        Self { value, seed: crc32c::crc32c(&value.to_le_bytes()) }
    }

    /// The second word of a frame.
    pub fn cover(self, sequence: u64) -> u64 {
        sequence ^ self.value
    }

    /// The publish word of a frame with this payload, given in parts that have `length` − 16 bytes together.
    pub fn publish_word(self, length: u32, sequence: u64, parts: &[&[u8]]) -> u64 {
        let mut head = [0; 12];
        head[..4].copy_from_slice(&length.to_le_bytes());
        head[4..].copy_from_slice(&sequence.to_le_bytes());
        let crc =
            parts.iter().fold(crc32c::crc32c_append(self.seed, &head), |crc, part| crc32c::crc32c_append(crc, part));
        u64::from(length) << 32 | u64::from(crc)
    }

    fn checksum(self, bytes: &[u8]) -> u32 {
        crc32c::crc32c_append(self.seed, bytes)
    }
}

/// The length of a frame, header included and padding not, that a publish word claims.
pub(crate) fn claimed_length(word: u64) -> usize {
    usize::try_from(word >> 32).expect("32 bits fit into an address")
}

/// The space that a frame of this length takes.
pub(crate) fn padded(length: usize) -> usize {
    length.next_multiple_of(FRAME_ALIGNMENT)
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.salt.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.number.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.capacity.to_le_bytes());
        bytes[40..56].copy_from_slice(&self.boot.to_le_bytes());
        let crc = header_checksum(&bytes);
        bytes[12..16].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The first page of a segment without records.
    pub fn encode_page(&self) -> Vec<u8> {
        let mut page = vec![0; FRAMES_OFFSET];
        for at in HEADER_COPIES {
            page[at..at + HEADER].copy_from_slice(&self.encode());
        }
        page
    }

    /// Reads the first intact copy at the beginning of a segment.
    pub fn decode(segment: &[u8]) -> Result<Self, HeaderError> {
        let mut outcome = Err(HeaderError::Damaged);
        for at in HEADER_COPIES {
            match segment.get(at..at + HEADER).map_or(Err(HeaderError::Damaged), Self::decode_copy) {
                Ok(header) => return Ok(header),
                Err(HeaderError::Damaged) => {}
                Err(other) => outcome = Err(other),
            }
        }
        outcome
    }

    fn decode_copy(bytes: &[u8]) -> Result<Self, HeaderError> {
        if bytes[..8] != MAGIC || u32_at(bytes, 12) != header_checksum(bytes) {
            return Err(HeaderError::Damaged);
        }
        match u32_at(bytes, 8) {
            VERSION => Ok(Self {
                salt: u64_at(bytes, 16),
                number: u64_at(bytes, 24),
                capacity: u64_at(bytes, 32),
                boot: u128::from(u64_at(bytes, 40)) | u128::from(u64_at(bytes, 48)) << 64,
            }),
            other => Err(HeaderError::Version(other)),
        }
    }
}

impl Activation {
    /// The two offsets of the activation, and its bytes.
    pub fn encode(&self, salt: Salt) -> ([usize; 2], [u8; 32]) {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.base.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.unix_ms.to_le_bytes());
        let crc = salt.checksum(&bytes[..16]);
        bytes[16..20].copy_from_slice(&crc.to_le_bytes());
        (ACTIVATION_COPIES, bytes)
    }

    /// Reads the first intact copy; `None` if the segment was never current, or the machine failed before that was synced.
    pub fn decode(segment: &[u8], salt: Salt) -> Option<Self> {
        ACTIVATION_COPIES.iter().find_map(|&at| {
            let bytes = segment.get(at..at + 32)?;
            (u32_at(bytes, 16) == salt.checksum(&bytes[..16]))
                .then(|| Self { base: u64_at(bytes, 0), unix_ms: u64_at(bytes, 8) })
        })
    }
}

/// A frame whose checksum is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub sequence: u64,
    /// From the first byte of its header.
    pub at: usize,
    /// Header and payload.
    pub length: usize,
}

impl Frame {
    /// Where the next frame begins.
    pub fn end(&self) -> usize {
        self.at + padded(self.length)
    }

    /// Where the payload lies.
    pub fn payload(&self) -> std::ops::Range<usize> {
        self.at + FRAME_HEADER..self.at + self.length
    }

    /// The frame at this offset in bytes without writers, if it is valid and its sequence is in `allowed`.
    ///
    /// The sequence is checked first: it depends on the salt, so that fake lengths in a payload cost no checksums.
    pub fn in_bytes(segment: &[u8], at: usize, salt: Salt, allowed: &std::ops::RangeInclusive<u64>) -> Option<Self> {
        let header = segment.get(at..at.checked_add(FRAME_HEADER)?)?;
        let word = u64_at(header, 0);
        let sequence = salt.cover(u64_at(header, 8));
        let length = claimed_length(word);
        if length < FRAME_HEADER || !allowed.contains(&sequence) {
            return None;
        }
        let payload = segment.get(at + FRAME_HEADER..at.checked_add(length)?)?;
        let length = u32::try_from(length).ok()?;
        (salt.publish_word(length, sequence, &[payload]) == word).then_some(Self {
            sequence,
            at,
            length: length as usize,
        })
    }

    /// The frame at this offset in a mapping that producers still write to: `None` before it is published.
    ///
    /// # Errors
    /// The published bytes are not a valid frame: something else has written to the mapping, or the page could not be read.
    pub fn in_mapping(mapping: &Mapping, at: usize, salt: Salt) -> Result<Option<Self>, Corrupt> {
        if at == mapping.length() {
            return Ok(None);
        }
        let word = mapping.load_word(at, Ordering::Acquire).ok_or(Corrupt)?;
        if word == 0 {
            return Ok(None);
        }
        let length = claimed_length(word);
        let payload_length = length.checked_sub(FRAME_HEADER).ok_or(Corrupt)?;
        let bytes = mapping.published(at + FRAME_ALIGNMENT, FRAME_ALIGNMENT + payload_length).ok_or(Corrupt)?;
        let sequence = salt.cover(u64_at(bytes, 0));
        let claimed = u32::try_from(length).map_err(|_| Corrupt)?;
        if salt.publish_word(claimed, sequence, &[&bytes[FRAME_ALIGNMENT..]]) != word {
            return Err(Corrupt);
        }
        Ok(Some(Self { sequence, at, length }))
    }
}

/// Published bytes that are not a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corrupt;

fn header_checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..HEADER])
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes were sliced"))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes were sliced"))
}
