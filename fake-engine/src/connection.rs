//! One connection: requests in turn, each answered or struck by the fault of the hour.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;

use crate::admin;
use crate::bulk::{self, Options, Shape};
use crate::http::{Head, Reader, Reply, Stream};
use crate::mode::{Fault, Mode};
use crate::server::Shared;
use crate::state::Refused;

/// Serves a connection to its end.
pub fn serve(shared: &Shared, socket: &TcpStream, stream: &mut dyn Stream) -> io::Result<()> {
    let mut connection = Connection { shared, socket, stream, reply: Vec::new() };
    let mut reader = Reader::new();
    while let Some(head) = reader.head(connection.stream)? {
        let goes_on = connection.answer(&head, &mut reader)?;
        if !goes_on || head.closes() {
            break;
        }
    }
    Ok(())
}

struct Connection<'s> {
    shared: &'s Shared,
    socket: &'s TcpStream,
    stream: &'s mut dyn Stream,
    /// The body of a reply, kept for the next one.
    reply: Vec<u8>,
}

impl Connection<'_> {
    /// Whether the connection goes on.
    fn answer(&mut self, head: &Head, reader: &mut Reader) -> io::Result<bool> {
        let is_control = head.path.starts_with("/_control/");
        let is_bulk = head.path == "/_bulk" || head.path.ends_with("/_bulk");
        let fault = if is_control { Fault::Ok } else { self.shared.next_fault(is_bulk) };
        match &fault {
            Fault::Down => return self.reset(),
            Fault::HalfOpen => {
                // The body is left where it is, so that a large one fills the buffers between and the client is stuck.
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
                Refused::new(401, "security_exception", "missing authentication credentials for REST request");
            return self.send(&refusal(&refused, None));
        }
        if let Fault::Slow { delay } = fault {
            self.shared.wait_for_change(Some(delay));
        }
        if fault == Fault::ResetBeforeApply {
            return self.reset();
        }
        if let Some(reply) = in_place_of_applying(&fault, body.len()) {
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

    fn apply(&mut self, head: &Head, body: &[u8], fault: &Fault) -> Result<usize, Refused> {
        let target = admin::unescape(head.path.trim_end_matches("/_bulk"));
        let target = target.strip_prefix('/').filter(|target| !target.is_empty());
        let has = |parameter: &str| head.query.split('&').any(|given| given == parameter);
        let filter = head.query.split('&').find_map(|given| given.strip_prefix("filter_path="));
        let options = Options {
            target,
            require_alias: has("require_alias=true") || has("require_alias"),
            shape: match filter {
                Some(filter) if filter.contains("_id") => Shape::Full,
                Some(filter) if filter.contains("_index") => Shape::WithIndex,
                Some(_) => Shape::Short,
                None => Shape::Full,
            },
        };
        let mut state = self.shared.state();
        state.stats.bytes += body.len() as u64;
        state.stats.gzip_requests += u64::from(head.is_gzip);
        bulk::apply(&mut state, body, options, fault, &mut self.reply)
    }

    /// Sends the reply to documents that are stored, or what a fault makes of it.
    fn finish(&mut self, fault: &Fault) -> io::Result<bool> {
        let body = std::mem::take(&mut self.reply);
        let mut reply = Reply::json(200, body);
        match fault {
            Fault::AppliedThenReset => return self.reset(),
            Fault::Hang => {
                // Until the client has had enough; what it may send till then is read and forgotten.
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

    /// Closes without the farewell, so that the client reads a reset.
    fn reset(&mut self) -> io::Result<bool> {
        SockRef::from(self.socket).set_linger(Some(Duration::ZERO))?;
        Ok(false)
    }
}

/// What a fault answers in place of storing anything.
fn in_place_of_applying(fault: &Fault, length: usize) -> Option<Reply> {
    match fault {
        Fault::Status { status, retry_after } => {
            let (kind, reason) = match status {
                429 => ("es_rejected_execution_exception", "rejected execution of coordinating operation"),
                401 | 403 => ("security_exception", "action is unauthorized"),
                _ => ("cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]"),
            };
            Some(refusal(&Refused::new(*status, kind, reason), retry_after.as_deref()))
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

fn refusal(refused: &Refused, retry_after: Option<&str>) -> Reply {
    let body = serde_json::json!({"error": refused.to_json(), "status": refused.status});
    let headers = retry_after.map_or_else(String::new, |wish| format!("retry-after: {wish}\r\n"));
    Reply { headers, ..Reply::json(refused.status, body.to_string()) }
}

fn html(status: u16) -> Reply {
    let body = format!("<html><head><title>{status} Bad Gateway</title></head><body></body></html>");
    Reply { content_type: "text/html", ..Reply::json(status, body) }
}

/// The fault of the request of that number, and whether it is one.
pub fn fault_of(mode: &Mode, number: u64, is_bulk: bool) -> Option<Fault> {
    let strikes =
        mode.fault != Fault::Ok && (is_bulk || mode.everywhere || mode.fault == Fault::Down) && mode.strikes(number);
    strikes.then(|| mode.fault.clone())
}
