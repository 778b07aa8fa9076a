//! The options of [`HttpTransport`], checked before one is created.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ureq::Agent;
use ureq::config::AutoHeaderValue;
use ureq::http::HeaderValue;
use ureq::tls::{RootCerts, TlsConfig};

use super::hosts::Hosts;
use super::send_phase::{MarkingConnector, MarkingResolver};
use super::{Gzip, HttpTransport, tls, url};
use crate::secret::Secret;

/// How long connecting may take, including name resolution and TLS: some packets may be lost, and a host that is down is given up
/// well before the request times out.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a request may take to the last byte of its reply; half more than the minute after which an engine itself gives
/// up waiting for a shard.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(90);

/// Maximum size of a reply in bytes: ten thousand refused documents with the longest reasons.
pub const DEFAULT_MAX_REPLY_BYTES: u64 = 64 << 20;

/// Idle connections that are kept for each host.
const MAX_IDLE_PER_HOST: usize = 16;

/// Options of [`HttpTransport`].
#[derive(Clone, Debug)]
pub struct HttpTransportBuilder {
    hosts: Vec<String>,
    credentials: Option<Credentials>,
    ca_certificate: Option<PathBuf>,
    /// The certificate with its chain, and the key.
    client_certificate: Option<(PathBuf, PathBuf)>,
    connect_timeout: Duration,
    request_timeout: Duration,
    max_reply_bytes: u64,
    gzip: Gzip,
}

#[derive(Clone, Debug)]
enum Credentials {
    Basic { user: String, password: Secret },
    ApiKey(Secret),
}

/// Why a transport could not be built.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No host was given.
    #[error("no host is given")]
    NoHost,
    /// Not `http://HOST` or `https://HOST`, optionally with a port and a path prefix, and nothing else.
    #[error("`{url}` is not the URL of a host")]
    Url {
        /// The URL without anything that may be credentials.
        url: String,
    },
    /// Credentials are given twice and differ.
    #[error("several credentials are given")]
    SeveralCredentials,
    /// The credentials have characters that no header can have.
    #[error("the credentials cannot be sent in a header")]
    Credentials,
    /// A file with certificates or a key cannot be read.
    #[error("cannot read `{path}`: {source}")]
    ReadFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        r#source: io::Error,
    },
    /// The file has no certificate in PEM form.
    #[error("`{path}` has no certificate in PEM form")]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
    /// The file has no key in PEM form.
    #[error("`{path}` has no private key in PEM form")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key in the file needs a passphrase.
    #[error(
        "the private key in `{path}` is encrypted: pass a file with the key decrypted, that this program alone can read"
    )]
    EncryptedKey {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key of this program cannot be used together.
    #[error("the certificate in `{certificate}` and the private key in `{key}` do not belong together: {why}")]
    ClientCertificate {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl Default for HttpTransportBuilder {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            credentials: None,
            ca_certificate: None,
            client_certificate: None,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            request_timeout: DEFAULT_REQUEST_TIMEOUT,
            max_reply_bytes: DEFAULT_MAX_REPLY_BYTES,
            gzip: Gzip::Off,
        }
    }
}

impl HttpTransportBuilder {
    /// Adds a host: `http://` or `https://`, optionally with `user:password@`, a port, and a path prefix if a proxy needs one.
    #[must_use]
    pub fn host(mut self, url: impl Into<String>) -> Self {
        self.hosts.push(url.into());
        self
    }

    /// Sends a name and a password with each request.
    #[must_use]
    pub fn basic_auth(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.credentials = Some(Credentials::Basic { user: user.into(), password: password.into() });
        self
    }

    /// Sends an API key of Elasticsearch with each request, in the form that the engine calls `encoded`.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.credentials = Some(Credentials::ApiKey(key.into()));
        self
    }

    /// Trusts the certificates of a PEM file instead of the public authorities.
    #[must_use]
    pub fn ca_certificate(mut self, path: impl AsRef<Path>) -> Self {
        self.ca_certificate = Some(path.as_ref().to_owned());
        self
    }

    /// Presents a certificate to hosts that ask for one (mutual TLS). The files are in PEM form: the certificate followed by the
    /// intermediate ones up to an authority that the hosts trust, and its unencrypted private key.
    #[must_use]
    pub fn client_certificate(mut self, chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        self.client_certificate = Some((chain.as_ref().to_owned(), key.as_ref().to_owned()));
        self
    }

    /// How long a connection may take; [`DEFAULT_CONNECT_TIMEOUT`] if not set.
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a request may take to the end of its reply; [`DEFAULT_REQUEST_TIMEOUT`] if not set. The time starts again when a
    /// request is sent to another host.
    #[must_use]
    pub const fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Maximum size of a reply in bytes; [`DEFAULT_MAX_REPLY_BYTES`] if not set. A larger reply is an ambiguous error.
    #[must_use]
    pub const fn max_reply_bytes(mut self, bytes: u64) -> Self {
        self.max_reply_bytes = bytes;
        self
    }

    /// Whether bodies are compressed; by default they are not.
    #[must_use]
    pub const fn gzip(mut self, gzip: Gzip) -> Self {
        self.gzip = gzip;
        self
    }

    /// Checks the options. Does not connect.
    ///
    /// # Errors
    /// When the options are invalid.
    pub fn build(mut self) -> Result<HttpTransport, BuildError> {
        let mut bases = Vec::new();
        for host in std::mem::take(&mut self.hosts) {
            let host = url::parse(&host)?;
            if let Some((user, password)) = host.credentials {
                self.add_credentials(user, password)?;
            }
            bases.push(host.base);
        }
        if bases.is_empty() {
            return Err(BuildError::NoHost);
        }
        let authorization = self.credentials.as_ref().map(Credentials::to_header).transpose()?;
        Ok(HttpTransport {
            agent: self.agent()?,
            hosts: Hosts::new(bases),
            authorization,
            gzip: self.gzip,
            max_reply_bytes: self.max_reply_bytes,
            compressed: Mutex::default(),
        })
    }

    fn add_credentials(&mut self, user: String, password: Secret) -> Result<(), BuildError> {
        match &self.credentials {
            None => self.credentials = Some(Credentials::Basic { user, password }),
            Some(Credentials::Basic { user: u, password: p }) if *u == user && *p == password => {}
            Some(_) => return Err(BuildError::SeveralCredentials),
        }
        Ok(())
    }

    fn agent(&self) -> Result<Agent, BuildError> {
        let roots = match &self.ca_certificate {
            Some(path) => RootCerts::new_with_certs(&tls::load_certificates(path)?),
            None => RootCerts::WebPki,
        };
        let client = self.client_certificate.as_ref().map(|(chain, key)| tls::load_client(chain, key)).transpose()?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("event-store/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .accept_encoding(AutoHeaderValue::None)
            .timeout_connect(Some(self.connect_timeout))
            .timeout_global(Some(self.request_timeout))
            .max_idle_connections(usize::MAX)
            .max_idle_connections_per_host(MAX_IDLE_PER_HOST)
            .tls_config(TlsConfig::builder().root_certs(roots).client_cert(client).build())
            .build();
        Ok(Agent::with_parts(config, MarkingConnector::default(), MarkingResolver::default()))
    }
}

impl Credentials {
    fn to_header(&self) -> Result<HeaderValue, BuildError> {
        let text = match self {
            Self::Basic { user, password } => {
                format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.expose())))
            }
            Self::ApiKey(key) => format!("ApiKey {}", key.expose()),
        };
        let is_ascii = text.is_ascii();
        let mut value = HeaderValue::try_from(text).ok().filter(|_| is_ascii).ok_or(BuildError::Credentials)?;
        value.set_sensitive(true);
        Ok(value)
    }
}
