//! The subset of HTTP/1.1 that clients of a bulk API use: bodies with a length or in chunks, gzip, `Expect`, and persistent
//! connections. Reads into a buffer that is reused.

use std::io::{self, Read, Write};

use flate2::read::GzDecoder;
use memchr::memmem;

/// Largest head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// Largest body, in bytes.
const MAX_BODY: usize = 512 << 20;

/// How many bytes are read at a time while the length is unknown.
const STEP: usize = 64 << 10;

/// A bidirectional byte stream.
pub trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// The head of a request.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are headers, which come in any combination")]
pub struct RequestHead {
    pub method: String,
    /// Path without the query.
    pub path: String,
    pub query: String,
    pub authorization: Option<String>,
    pub is_gzip: bool,
    length: usize,
    is_chunked: bool,
    expects_continue: bool,
    closes: bool,
}

impl RequestHead {
    /// Whether the client closes the connection after this request.
    pub const fn closes(&self) -> bool {
        self.closes
    }
}

/// Reads requests from a connection.
pub struct RequestReader {
    buffer: Vec<u8>,
    /// The start of the unused bytes in the buffer.
    start: usize,
    /// The end of the unused bytes in the buffer.
    end: usize,
    unpacked: Vec<u8>,
}

impl RequestReader {
    pub fn new() -> Self {
        Self { buffer: vec![0; STEP], start: 0, end: 0, unpacked: Vec::new() }
    }

    /// The head of the next request; `None` when the client has closed.
    pub fn head(&mut self, stream: &mut dyn Stream) -> io::Result<Option<RequestHead>> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        loop {
            if let Some(length) = memmem::find(&self.buffer[..self.end], b"\r\n\r\n") {
                let head = parse_head(&self.buffer[..length])?;
                self.start = length + 4;
                return Ok(Some(head));
            }
            if self.end >= MAX_HEAD {
                return Err(invalid("a head of a request that is too long"));
            }
            if self.fill(stream)? == 0 {
                return if self.end == 0 { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// The body of the request with this head, decompressed.
    pub fn body(&mut self, head: &RequestHead, stream: &mut dyn Stream) -> io::Result<&[u8]> {
        if head.expects_continue {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let body = if head.is_chunked { self.chunks(stream)? } else { self.whole(head.length, stream)? };
        if !head.is_gzip {
            return Ok(&self.buffer[body]);
        }
        self.unpacked.clear();
        GzDecoder::new(&self.buffer[body]).take(MAX_BODY as u64).read_to_end(&mut self.unpacked)?;
        Ok(&self.unpacked)
    }

    fn whole(&mut self, length: usize, stream: &mut dyn Stream) -> io::Result<std::ops::Range<usize>> {
        if length > MAX_BODY {
            return Err(invalid("a body that is too long"));
        }
        let wanted = self.start + length;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        while self.end < wanted {
            if self.fill(stream)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let body = self.start..wanted;
        self.start = wanted;
        Ok(body)
    }

    /// Moves the chunks together in place.
    fn chunks(&mut self, stream: &mut dyn Stream) -> io::Result<std::ops::Range<usize>> {
        let begin = self.start;
        let mut filled = begin;
        loop {
            let line = loop {
                if let Some(length) = memmem::find(&self.buffer[self.start..self.end], b"\r\n") {
                    break self.start..self.start + length;
                }
                if self.fill(stream)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            let text = std::str::from_utf8(&self.buffer[line.clone()]).unwrap_or_default();
            let size = text.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a chunk without a size"))?;
            self.start = line.end + 2;
            let chunk = self.whole(size + 2, stream)?;
            self.buffer.copy_within(chunk.start..chunk.start + size, filled);
            filled += size;
            if size == 0 {
                return Ok(begin..filled);
            }
        }
    }

    fn fill(&mut self, stream: &mut dyn Stream) -> io::Result<usize> {
        if self.end == self.buffer.len() {
            self.buffer.resize(self.end + STEP, 0);
        }
        let count = stream.read(&mut self.buffer[self.end..])?;
        self.end += count;
        Ok(count)
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn parse_head(bytes: &[u8]) -> io::Result<RequestHead> {
    let text = std::str::from_utf8(bytes).map_err(|_| invalid("a head of a request that is no text"))?;
    let mut lines = text.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (first.next(), first.next()) else {
        return Err(invalid("a request without a target"));
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut head = RequestHead {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        ..RequestHead::default()
    };
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header without a colon"))?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => head.length = value.parse().map_err(|_| invalid("a length that is no number"))?,
            "transfer-encoding" => head.is_chunked = value.eq_ignore_ascii_case("chunked"),
            "content-encoding" => head.is_gzip = value.eq_ignore_ascii_case("gzip"),
            "expect" => head.expects_continue = value.eq_ignore_ascii_case("100-continue"),
            "connection" => head.closes = value.eq_ignore_ascii_case("close"),
            "authorization" => head.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    Ok(head)
}

/// A reply.
pub struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    /// Further headers, each with its line end.
    pub headers: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "application/json", headers: String::new(), body: body.into() }
    }

    /// The head, with the length that is announced.
    pub fn head(&self, length: usize) -> Vec<u8> {
        let (status, kind, headers) = (self.status, self.content_type, &self.headers);
        format!("HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{headers}\r\n").into_bytes()
    }
}
