//! The listener, its threads, and the handle that stops them.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use crate::connection::{fault_of, serve};
use crate::http::{Reply, RequestHead};
use crate::mode::{Fault, Mode};
use crate::state::State;
use crate::stats::Stats;
use crate::tls;

/// Maximum number of connections; further ones are closed at once.
pub const MAX_CONNECTIONS: usize = 256;

/// What is kept of each document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    /// Its id.
    #[default]
    Ids,
    /// Also the number after `"sequence":` in it.
    Sequences,
    /// Also the document itself.
    Documents,
}

/// Options of a [`FakeEngine`].
#[derive(Clone, Debug, Default)]
pub struct Builder {
    port: u16,
    aliases: Vec<String>,
    streams: Vec<String>,
    mode: Mode,
    recording: Recording,
    is_tls: bool,
    /// Certificate, key and the authority of clients, in PEM form.
    certificates: Option<(String, String, Option<String>)>,
    authorization: Option<String>,
    lacks_lifecycle: bool,
}

impl Builder {
    /// Listens on this port; by default on a free one.
    #[must_use]
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Starts with an alias of this name on `NAME-000001`.
    #[must_use]
    pub fn alias(mut self, name: impl Into<String>) -> Self {
        self.aliases.push(name.into());
        self
    }

    /// Starts with a data stream of this name.
    #[must_use]
    pub fn data_stream(mut self, name: impl Into<String>) -> Self {
        self.streams.push(name.into());
        self
    }

    /// Starts with a fault.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// What is kept of each document; by default its id.
    #[must_use]
    pub const fn recording(mut self, recording: Recording) -> Self {
        self.recording = recording;
        self
    }

    /// Uses TLS, with a self-signed certificate.
    #[must_use]
    pub const fn tls(mut self) -> Self {
        self.is_tls = true;
        self
    }

    /// Uses TLS, with this certificate and its key, and requires client certificates signed by this authority, if one is given; all
    /// in PEM form.
    #[must_use]
    pub fn tls_with(mut self, certificate: &str, key: &str, clients: Option<&str>) -> Self {
        self.certificates = Some((certificate.to_owned(), key.to_owned(), clients.map(str::to_owned)));
        self
    }

    /// Has no lifecycle management, like an engine without that plugin or module.
    #[must_use]
    pub const fn without_lifecycle(mut self) -> Self {
        self.lacks_lifecycle = true;
        self
    }

    /// Refuses requests without this `Authorization` header.
    #[must_use]
    pub fn authorization(mut self, header: impl Into<String>) -> Self {
        self.authorization = Some(header.into());
        self
    }

    /// Starts listening.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(self) -> io::Result<FakeEngine> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        let address = listener.local_addr()?;
        let (tls, certificate) = match &self.certificates {
            Some((certificate, key, clients)) => {
                (Some(tls::configure(certificate, key, clients.as_deref())?), Some(certificate.clone()))
            }
            None if self.is_tls => tls::make().map(|(tls, pem)| (Some(tls), Some(pem)))?,
            None => (None, None),
        };
        let mut state = State { recording: self.recording, lacks_lifecycle: self.lacks_lifecycle, ..State::default() };
        for alias in &self.aliases {
            let aliases = json!({"aliases": {alias.as_str(): {"is_write_index": true}}});
            state
                .create_index(&format!("{alias}-000001"), &aliases)
                .map_err(|refused| io::Error::other(refused.reason))?;
        }
        for stream in &self.streams {
            state.create_stream(stream).map_err(|refused| io::Error::other(refused.reason))?;
        }
        let shared = Arc::new(EngineShared {
            state: Mutex::new(state),
            control: Mutex::new(ControlState {
                mode: self.mode,
                seen: 0,
                changes: 0,
                is_stopped: false,
                sockets: HashMap::new(),
            }),
            changed: Condvar::new(),
            authorization: self.authorization,
        });
        let accepting = thread::Builder::new().name("fake-engine".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared, tls.as_ref())
        })?;
        Ok(FakeEngine { shared, address, certificate, accepting: Some(accepting) })
    }
}

/// A running fake engine; it stops when this is dropped.
pub struct FakeEngine {
    shared: Arc<EngineShared>,
    address: SocketAddr,
    certificate: Option<String>,
    accepting: Option<JoinHandle<()>>,
}

impl FakeEngine {
    /// The default options: a free port, no alias, no fault.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The port on which it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Its certificate in PEM form, if it uses TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Sets the fault, from the next request on. Requests that wait in the current fault are released.
    pub fn set_mode(&self, mode: Mode) {
        self.shared.set_mode(mode);
    }

    /// The current fault.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.shared.lock_control().mode.clone()
    }

    /// What it has received and stored.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.state().stats()
    }

    /// Rolls an alias or data stream over and returns the name of the new index; `None` when there is no such alias.
    #[must_use]
    pub fn rollover(&self, name: &str) -> Option<String> {
        self.shared.state().rollover(name, None, &serde_json::Value::Null).ok().map(|(_, new)| new)
    }

    /// The index that an alias writes to.
    #[must_use]
    pub fn write_index(&self, alias: &str) -> Option<String> {
        self.shared.state().write_index(alias)
    }

    /// Clears documents and counts, and keeps indices and aliases.
    pub fn reset(&self) {
        self.shared.state().reset();
    }

    /// Numbers of the stored documents in order of arrival, with [`Recording::Sequences`].
    #[must_use]
    pub fn sequences(&self) -> Vec<u64> {
        self.shared.state().records.sequences.clone()
    }

    /// Stored documents with their index, in order of arrival, with [`Recording::Documents`].
    #[must_use]
    pub fn documents(&self) -> Vec<(String, Vec<u8>)> {
        self.shared.state().records.documents.clone()
    }
}

impl Drop for FakeEngine {
    fn drop(&mut self) {
        {
            let mut control = self.shared.lock_control();
            control.is_stopped = true;
            for socket in control.sockets.values() {
                // One that is closed already needs nothing.
                let _ = socket.shutdown(Shutdown::Both);
            }
        }
        self.shared.changed.notify_all();
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

/// What threads share.
pub struct EngineShared {
    state: Mutex<State>,
    control: Mutex<ControlState>,
    changed: Condvar,
    authorization: Option<String>,
}

struct ControlState {
    mode: Mode,
    /// Requests to which the mode was applied.
    seen: u64,
    /// Changes of mode so far.
    changes: u64,
    is_stopped: bool,
    /// Open connections, so that they can be shut.
    sockets: HashMap<u64, TcpStream>,
}

impl EngineShared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        // A panic in another thread is reported there.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_control(&self) -> MutexGuard<'_, ControlState> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_mode(&self, mode: Mode) {
        let mut control = self.lock_control();
        control.mode = mode;
        control.seen = 0;
        control.changes += 1;
        drop(control);
        self.changed.notify_all();
    }

    /// The fault of the next request; `Ok` if it has none.
    pub fn next_fault(&self, is_bulk: bool) -> Fault {
        let mut control = self.lock_control();
        let fault = fault_of(&control.mode, control.seen, is_bulk);
        control.seen += u64::from(is_bulk || control.mode.everywhere);
        drop(control);
        let mut state = self.state();
        state.stats.requests += u64::from(is_bulk);
        state.stats.struck += u64::from(fault.is_some());
        fault.unwrap_or_default()
    }

    /// Waits for another mode, the end, or this time.
    pub fn wait_for_change(&self, limit: Option<Duration>) {
        let mut control = self.lock_control();
        let (changes, until) = (control.changes, limit.map(|limit| Instant::now() + limit));
        while control.changes == changes && !control.is_stopped {
            let wait = until.map_or(Duration::from_hours(1), |until| until.saturating_duration_since(Instant::now()));
            if wait.is_zero() {
                return;
            }
            control = self.changed.wait_timeout(control, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub fn is_authorized(&self, head: &RequestHead) -> bool {
        self.authorization.is_none() || self.authorization == head.authorization
    }

    /// Handles requests to the fake engine itself.
    pub fn control(&self, head: &RequestHead, body: &[u8]) -> Reply {
        let text = String::from_utf8_lossy(body);
        match (head.method.as_str(), &head.path["/_control/".len()..]) {
            ("GET", "stats") => Reply::json(200, self.state().stats().to_json().to_string()),
            ("PUT" | "POST", "mode") => match text.parse() {
                Ok(mode) => {
                    self.set_mode(mode);
                    Reply::json(200, "{}")
                }
                Err(error) => Reply::json(400, json!({"error": error.to_string()}).to_string()),
            },
            ("POST", "reset") => {
                self.state().reset();
                Reply::json(200, "{}")
            }
            ("POST", path) if path.starts_with("rollover/") => {
                let alias = crate::admin::unescape(&path["rollover/".len()..]);
                match self.state().rollover(&alias, None, &serde_json::Value::Null) {
                    Ok((old, new)) => Reply::json(200, json!({"old_index": old, "new_index": new}).to_string()),
                    Err(refused) => Reply::json(refused.status, json!({"error": refused.to_json()}).to_string()),
                }
            }
            _ => Reply::json(404, r#"{"error":"no such control"}"#),
        }
    }

    /// Registers a connection; returns whether it is accepted, which it is not if there are too many or the engine is stopping.
    fn admit(&self, number: u64, socket: &TcpStream) -> bool {
        let mut control = self.lock_control();
        let is_admitted = !control.is_stopped && control.sockets.len() < MAX_CONNECTIONS;
        if is_admitted && let Ok(socket) = socket.try_clone() {
            control.sockets.insert(number, socket);
            drop(control);
            self.state().stats.connections += 1;
        }
        is_admitted
    }
}

fn accept(listener: &TcpListener, shared: &Arc<EngineShared>, tls: Option<&Arc<ServerConfig>>) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    for (number, socket) in (0..).zip(listener.incoming()) {
        threads.retain(|thread| !thread.is_finished());
        if shared.lock_control().is_stopped {
            break;
        }
        let Ok(socket) = socket else { continue };
        if !shared.admit(number, &socket) {
            continue;
        }
        let (shared, tls) = (Arc::clone(shared), tls.cloned());
        threads.push(thread::spawn(move || {
            // However a connection ends, the client has to notice.
            let _ = handle(&shared, &socket, tls);
            shared.lock_control().sockets.remove(&number);
        }));
    }
    for thread in threads {
        let _ = thread.join();
    }
}

fn handle(shared: &EngineShared, socket: &TcpStream, tls: Option<Arc<ServerConfig>>) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut other = socket.try_clone()?;
    match tls {
        None => serve(shared, socket, &mut other),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            serve(shared, socket, &mut StreamOwned::new(connection, other))
        }
    }
}
