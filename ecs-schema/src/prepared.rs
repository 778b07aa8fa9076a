//! Texts that are written into every event, kept in blocks of a fixed size: a copy of a size that the compiler knows is a
//! few moves, one of any other size is a call. Knows nothing of what the texts say.

/// The bytes of a block; most keys fit into one.
const BLOCK: usize = 32;

/// Appends the first `length` bytes of `block`, which is copied whole.
#[inline]
pub(crate) fn block<const N: usize>(block: &[u8; N], length: usize, out: &mut Vec<u8>) {
    let end = out.len() + length;
    out.extend_from_slice(block);
    out.truncate(end);
}

/// A text known while compiling.
#[derive(Debug)]
pub(crate) struct Key {
    text: &'static str,
    /// The text and zeros, when it fits.
    block: [u8; BLOCK],
}

impl Key {
    pub(crate) const fn new(text: &'static str) -> Self {
        let mut block = [0; BLOCK];
        let mut at = 0;
        while at < text.len() && at < BLOCK {
            block[at] = text.as_bytes()[at];
            at += 1;
        }
        Self { text, block }
    }

    /// Bytes.
    pub(crate) const fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends the text.
    #[inline]
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if self.text.len() <= BLOCK {
            block(&self.block, self.text.len(), out);
        } else {
            out.extend_from_slice(self.text.as_bytes());
        }
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        self.text.into()
    }
}

/// A text made once and written often.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// The text, and zeros up to the end of the last block.
    blocks: Box<[[u8; BLOCK]]>,
    length: usize,
}

impl Prepared {
    /// Appends the text.
    #[inline]
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let end = out.len() + self.length;
        for block in &self.blocks {
            out.extend_from_slice(block);
        }
        out.truncate(end);
    }
}

impl From<Vec<u8>> for Prepared {
    fn from(mut text: Vec<u8>) -> Self {
        let length = text.len();
        text.resize(length.next_multiple_of(BLOCK), 0);
        Self { blocks: text.as_chunks().0.into(), length }
    }
}
