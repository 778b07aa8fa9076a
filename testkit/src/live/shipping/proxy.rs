//! A way to the engine that loses one reply: a bulk request arrives, the engine acts on it, and its answer is cut off. From
//! then on nothing gets through until the test says so. Owns connections; reads no more of them than the first line.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};

/// What happens to bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// They pass.
    #[default]
    Open,
    /// They pass until the engine answers a bulk request.
    Armed,
    /// Nothing passes: connections are closed as soon as they are made.
    Closed,
    /// The proxy is gone.
    Ended,
}

/// Passes bytes between a client and an engine, until it is to lose a reply.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Host and port of the engine.
    engine: String,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    state: State,
    /// Both ends of every connection.
    streams: Vec<TcpStream>,
}

impl Proxy {
    /// Listens on loopback for connections to the engine at `url`, which is not encrypted.
    ///
    /// # Errors
    /// When it cannot listen, or the URL is of another kind.
    pub fn start(url: &str) -> Result<Self> {
        let authority = url.strip_prefix("http://").with_context(|| format!("`{url}` is encrypted"))?;
        let (credentials, engine) = match authority.rsplit_once('@') {
            Some((credentials, host)) => (format!("{credentials}@"), host),
            None => (String::new(), authority),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { engine: engine.to_owned(), inner: Mutex::default() });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(&listener));
        Ok(Self { url: format!("http://{credentials}{address}"), address, shared })
    }

    /// Its URL, with the credentials of the engine's.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next bulk request that the engine answers gets no answer, and nothing passes after it.
    pub fn cut_next_bulk_reply(&self) {
        self.shared.inner().state = State::Armed;
    }

    /// Whether that has happened.
    pub fn is_closed(&self) -> bool {
        self.shared.inner().state == State::Closed
    }

    /// Lets everything pass again.
    pub fn open(&self) {
        self.shared.inner().state = State::Open;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.close(State::Ended);
        // Wakes the thread that accepts; when that fails there is none.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().flatten() {
            match self.inner().state {
                State::Open | State::Armed => {}
                State::Closed => continue,
                State::Ended => return,
            }
            // Whoever cannot be served is hung up on.
            let _ = self.connect(client);
        }
    }

    fn connect(self: &Arc<Self>, client: TcpStream) -> Result<()> {
        let engine = TcpStream::connect(&self.engine)?;
        let ends = [client.try_clone()?, engine.try_clone()?];
        let conversation = Arc::new(Conversation::default());
        self.inner().streams.extend([client.try_clone()?, engine.try_clone()?]);
        let (shared, spoken) = (Arc::clone(self), Arc::clone(&conversation));
        let [client_end, engine_end] = ends;
        thread::spawn(move || {
            pass(client_end, engine_end, |bytes| {
                conversation.hear_request(bytes);
                true
            });
        });
        thread::spawn(move || pass(engine, client, |_| !(spoken.hear_reply() && shared.cut())));
        Ok(())
    }

    /// Closes everything if a reply is to be lost; whether it was.
    fn cut(&self) -> bool {
        let is_armed = self.inner().state == State::Armed;
        if is_armed {
            self.close(State::Closed);
        }
        is_armed
    }

    fn close(&self, state: State) {
        let mut inner = self.inner();
        inner.state = state;
        for stream in inner.streams.drain(..) {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// What a connection is about at the moment: one request after the other, each answered before the next.
#[derive(Debug)]
struct Conversation {
    awaits_request: AtomicBool,
    is_bulk: AtomicBool,
}

impl Default for Conversation {
    fn default() -> Self {
        Self { awaits_request: AtomicBool::new(true), is_bulk: AtomicBool::new(false) }
    }
}

impl Conversation {
    fn hear_request(&self, bytes: &[u8]) {
        if self.awaits_request.swap(false, Ordering::SeqCst) {
            let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
            let is_bulk = line.starts_with(b"POST ") && line.windows(6).any(|part| part == b"/_bulk");
            self.is_bulk.store(is_bulk, Ordering::SeqCst);
        }
    }

    /// Whether it is the reply to a bulk request.
    fn hear_reply(&self) -> bool {
        self.awaits_request.store(true, Ordering::SeqCst);
        self.is_bulk.load(Ordering::SeqCst)
    }
}

/// Copies bytes until either end closes or `hear` says that they are not to be passed.
fn pass(mut from: TcpStream, mut to: TcpStream, mut hear: impl FnMut(&[u8]) -> bool) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !hear(&buffer[..count]) || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        // It may be closed already.
        let _ = end.shutdown(Shutdown::Both);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    /// A server that answers each line with a line, and counts them.
    fn echo() -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://a:b@{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hearing = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let hearing = Arc::clone(&hearing);
                thread::spawn(move || {
                    let mut answers = stream.try_clone().unwrap();
                    for line in BufReader::new(stream).lines().map_while(Result::ok) {
                        hearing.lock().unwrap().push(line.clone());
                        let _ = answers.write_all(format!("{line}\n").as_bytes());
                    }
                });
            }
        });
        (url, heard)
    }

    fn ask(proxy: &Proxy, line: &str) -> String {
        let mut stream = TcpStream::connect(proxy.address).unwrap();
        let mut answer = String::new();
        if stream.write_all(format!("{line}\n").as_bytes()).is_ok() {
            // A reset is an answer that did not come, too.
            let _ = BufReader::new(stream).read_line(&mut answer);
        }
        answer.trim().to_owned()
    }

    #[test]
    fn proxy_drops_the_bulk_reply_and_all_after_it() {
        let (url, heard) = echo();
        let proxy = Proxy::start(&url).unwrap();
        assert!(proxy.url().starts_with("http://a:b@127.0.0.1:"));
        assert_eq!(ask(&proxy, "POST /a/_bulk"), "POST /a/_bulk");
        proxy.cut_next_bulk_reply();
        assert_eq!(ask(&proxy, "GET /_alias/a"), "GET /_alias/a");
        assert!(!proxy.is_closed());
        assert_eq!(ask(&proxy, "POST /b/_bulk"), "");
        assert!(proxy.is_closed());
        assert_eq!(ask(&proxy, "GET /c"), "");
        proxy.open();
        assert_eq!(ask(&proxy, "GET /d"), "GET /d");
        let wanted = ["POST /a/_bulk", "GET /_alias/a", "POST /b/_bulk", "GET /d"];
        assert_eq!(*heard.lock().unwrap(), wanted);
    }
}
