//! Certificates of a listener: a self-signed one, or a given one; and whether clients need certificates.

use std::io;
use std::sync::Arc;

use rcgen::CertifiedKey;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// The configuration of a listener and its certificate in PEM form.
pub fn make() -> io::Result<(Arc<ServerConfig>, String)> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    let config = configure(&cert.pem(), &signing_key.serialize_pem(), None)?;
    Ok((config, cert.pem()))
}

/// The configuration of a listener with a certificate and its key, and with the authority that signs client certificates, all in
/// PEM form. Without an authority, client certificates are not required.
pub fn configure(certificate: &str, key: &str, clients: Option<&str>) -> io::Result<Arc<ServerConfig>> {
    let read = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).map_err(io::Error::other);
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(io::Error::other)?;
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match clients {
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(read(authority)?).map_err(io::Error::other)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(io::Error::other)?)
        }
        None => builder.with_no_client_auth(),
    };
    let config = builder.with_single_cert(vec![read(certificate)?], key).map_err(io::Error::other)?;
    Ok(Arc::new(config))
}
