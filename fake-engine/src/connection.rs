//! One connection: its requests in turn, each answered or subjected to the current fault.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;

use crate::admin;
use crate::bulk::{self, BulkOptions, ReplyShape};
use crate::http::{Reply, RequestHead, RequestReader, Stream};
use crate::mode::{Fault, Mode};
use crate::server::EngineShared;
use crate::state::Refusal;

/// Serves a connection to its end.
pub fn serve(shared: &EngineShared, socket: &TcpStream, stream: &mut dyn Stream) -> io::Result<()> {
    let mut connection = Connection { shared, socket, stream, reply: Vec::new() };
    let mut reader = RequestReader::new();
    while let Some(head) = reader.head(connection.stream)? {
        let is_kept_open = connection.answer(&head, &mut reader)?;
        if !is_kept_open || head.closes() {
            break;
        }
    }
    Ok(())
}

struct Connection<'s> {
    shared: &'s EngineShared,
    socket: &'s TcpStream,
    stream: &'s mut dyn Stream,
    /// The buffer for the body of a reply, reused.
    reply: Vec<u8>,
}

impl Connection<'_> {
    /// Returns whether the connection stays open.
    fn answer(&mut self, head: &RequestHead, reader: &mut RequestReader) -> io::Result<bool> {
        let is_control = head.path.starts_with("/_control/");
        let is_bulk = head.path == "/_bulk" || head.path.ends_with("/_bulk");
        let fault = if is_control { Fault::Ok } else { self.shared.next_fault(is_bulk) };
        match &fault {
            Fault::Down => return self.reset(),
            Fault::HalfOpen => {
                // The body is not read, so that a large one fills the buffers in between and blocks the client.
                self.shared.wait_for_change(None);
                return self.reset();
            }
            _ => {}
        }
        let body = reader.body(head, self.stream)?;
        if is_control {
            let reply = self.shared.control(head, body);
            return self.send(&reply);
        }
        if !self.shared.is_authorized(head) {
            let refused =
                Refusal::new(401, "security_exception", "missing authentication credentials for REST request");
            return self.send(&refusal(&refused, None));
        }
        if let Fault::Slow { delay } = fault {
            self.shared.wait_for_change(Some(delay));
        }
        if fault == Fault::ResetBeforeApply {
            return self.reset();
        }
        if let Some(reply) = reply_without_applying(&fault, body.len()) {
            return self.send(&reply);
        }
        if !is_bulk {
            let reply = admin::answer(&mut self.shared.state(), head, body);
            return self.send(&if head.method == "HEAD" { Reply { body: Vec::new(), ..reply } } else { reply });
        }
        let applied = self.apply(head, body, &fault);
        match applied {
            Err(refused) => self.send(&refusal(&refused, None)),
            Ok(_) => self.finish(&fault),
        }
    }

    fn apply(&mut self, head: &RequestHead, body: &[u8], fault: &Fault) -> Result<usize, Refusal> {
        let target = admin::unescape(head.path.trim_end_matches("/_bulk"));
        let target = target.strip_prefix('/').filter(|target| !target.is_empty());
        let has = |parameter: &str| head.query.split('&').any(|given| given == parameter);
        let filter = head.query.split('&').find_map(|given| given.strip_prefix("filter_path="));
        let options = BulkOptions {
            target,
            require_alias: has("require_alias=true") || has("require_alias"),
            shape: match filter {
                Some(filter) if filter.contains("_id") => ReplyShape::Full,
                Some(filter) if filter.contains("_index") => ReplyShape::WithIndex,
                Some(_) => ReplyShape::Short,
                None => ReplyShape::Full,
            },
        };
        let mut state = self.shared.state();
        state.stats.bytes += body.len() as u64;
        state.stats.gzip_requests += u64::from(head.is_gzip);
        bulk::apply(&mut state, body, options, fault, &mut self.reply)
    }

    /// Sends the reply for stored documents, modified by a fault.
    fn finish(&mut self, fault: &Fault) -> io::Result<bool> {
        let body = std::mem::take(&mut self.reply);
        let mut reply = Reply::json(200, body);
        match fault {
            Fault::AppliedThenReset => return self.reset(),
            Fault::Hang => {
                // Until the client gives up; anything that it sends until then is read and discarded.
                while self.stream.read(&mut [0; 1024]).is_ok_and(|count| count > 0) {}
                return Ok(false);
            }
            Fault::Truncated => {
                self.stream.write_all(&reply.head(reply.body.len()))?;
                self.stream.write_all(&reply.body[..reply.body.len() / 2])?;
                self.stream.flush()?;
                self.socket.shutdown(Shutdown::Both)?;
                return Ok(false);
            }
            Fault::Malformed => {
                let half = reply.body.len() / 2;
                reply.body[half..].fill(b'}');
            }
            Fault::Html { status } => reply = html(*status),
            Fault::WrongCount => {
                let item = reply.body.windows(2).rposition(|pair| pair == b",{");
                let first = reply.body.iter().rposition(|byte| *byte == b'[').map(|at| at + 1);
                let end = reply.body.len() - 2;
                if let Some(at) = item.or(first) {
                    reply.body.drain(at..end);
                }
            }
            _ => {}
        }
        let sent = self.send(&reply);
        self.reply = reply.body;
        sent
    }

    fn send(&mut self, reply: &Reply) -> io::Result<bool> {
        let mut bytes = reply.head(reply.body.len());
        bytes.extend_from_slice(&reply.body);
        self.stream.write_all(&bytes)?;
        self.stream.flush()?;
        Ok(true)
    }

    /// Closes the connection abruptly, so that the client sees a reset.
    fn reset(&mut self) -> io::Result<bool> {
        SockRef::from(self.socket).set_linger(Some(Duration::ZERO))?;
        Ok(false)
    }
}

/// The reply of a fault that stores nothing.
fn reply_without_applying(fault: &Fault, length: usize) -> Option<Reply> {
    match fault {
        Fault::Status { status, retry_after } => {
            let (kind, reason) = match status {
                429 => ("es_rejected_execution_exception", "rejected execution of coordinating operation"),
                401 | 403 => ("security_exception", "action is unauthorized"),
                _ => ("cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]"),
            };
            Some(refusal(&Refusal::new(*status, kind, reason), retry_after.as_deref()))
        }
        Fault::TooLarge { bytes } if length > *bytes => {
            let mut reply = html(413);
            reply.body = b"<html><body><h1>413 Request Entity Too Large</h1></body></html>".to_vec();
            Some(reply)
        }
        Fault::Redirect => {
            let headers = "location: http://127.0.0.1:9/elsewhere\r\n".to_owned();
            Some(Reply { headers, ..Reply::json(307, "") })
        }
        _ => None,
    }
}

fn refusal(refused: &Refusal, retry_after: Option<&str>) -> Reply {
    let body = serde_json::json!({"error": refused.to_json(), "status": refused.status});
    let headers = retry_after.map_or_else(String::new, |wish| format!("retry-after: {wish}\r\n"));
    Reply { headers, ..Reply::json(refused.status, body.to_string()) }
}

fn html(status: u16) -> Reply {
    let body = format!("<html><head><title>{status} Bad Gateway</title></head><body></body></html>");
    Reply { content_type: "text/html", ..Reply::json(status, body) }
}

/// The fault for the request of this number, if there is one.
pub fn fault_of(mode: &Mode, number: u64, is_bulk: bool) -> Option<Fault> {
    let applies =
        mode.fault != Fault::Ok && (is_bulk || mode.everywhere || mode.fault == Fault::Down) && mode.applies_to(number);
    applies.then(|| mode.fault.clone())
}
