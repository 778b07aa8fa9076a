//! Reads certificates and keys from PEM files, and advises on connections that fail because of TLS.

use std::fs;
use std::path::Path;

use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{AlertDescription, CertificateError};
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, parse_pem};

use super::builder::BuildError;

/// The PEM header of a key that needs a passphrase.
const ENCRYPTED: &[&str] = &["BEGIN ENCRYPTED PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"];

fn load(path: &Path) -> Result<Vec<u8>, BuildError> {
    fs::read(path).map_err(|source| BuildError::ReadFile { path: path.to_owned(), source })
}

/// All certificates of a file.
pub(super) fn load_certificates(path: &Path) -> Result<Vec<Certificate<'static>>, BuildError> {
    let certificates: Vec<_> = parse_pem(&load(path)?)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(BuildError::NoCertificate { path: path.to_owned() });
    }
    Ok(certificates)
}

fn load_key(path: &Path) -> Result<PrivateKey<'static>, BuildError> {
    let pem = load(path)?;
    let key = parse_pem(&pem).find_map(|item| match item {
        Ok(PemItem::PrivateKey(key)) => Some(key),
        _ => None,
    });
    let text = String::from_utf8_lossy(&pem);
    if ENCRYPTED.iter().any(|mark| text.contains(mark)) {
        return Err(BuildError::EncryptedKey { path: path.to_owned() });
    }
    key.ok_or_else(|| BuildError::NoKey { path: path.to_owned() })
}

/// The client certificate with its chain, and its key. Checks that they belong together, rather than leaving that to the first
/// connection.
pub(super) fn load_client(chain: &Path, key: &Path) -> Result<ClientCert, BuildError> {
    let (certificates, private) = (load_certificates(chain)?, load_key(key)?);
    let ders = certificates.iter().map(|certificate| CertificateDer::from(certificate.der().to_vec())).collect();
    let no_pair = |why| BuildError::ClientCertificate { certificate: chain.to_owned(), key: key.to_owned(), why };
    let der = PrivateKeyDer::try_from(private.der().to_vec()).map_err(|why| no_pair(why.to_owned()))?;
    CertifiedKey::from_der(ders, der, &default_provider()).map_err(|error| no_pair(error.to_string()))?;
    Ok(ClientCert::new_with_certs(&certificates, private))
}

/// What to do about a failure caused by TLS, or by its absence.
pub(super) fn advice(error: &ureq::Error, host: &str) -> Option<&'static str> {
    match error {
        ureq::Error::Rustls(error) => of_tls(error),
        ureq::Error::Io(error) => {
            let inner = error.get_ref()?;
            let tls = inner.downcast_ref().or_else(|| inner.source()?.downcast_ref());
            tls.and_then(of_tls)
        }
        ureq::Error::Protocol(_) if host.starts_with("http:") => {
            Some("what answers there does not speak HTTP; if the port speaks TLS, write `https://`")
        }
        _ => None,
    }
}

fn of_tls(error: &rustls::Error) -> Option<&'static str> {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, Other, UnknownIssuer,
    };
    Some(match error {
        rustls::Error::InvalidCertificate(UnknownIssuer | BadSignature) => {
            "the host's certificate is signed by no authority that is trusted here: pass the file with the certificate of \
             that authority, not the host's own, by `ca_certificate`"
        }
        rustls::Error::InvalidCertificate(Expired | ExpiredContext { .. }) => {
            "renew the host's certificate; if it is valid, set the clock of this machine"
        }
        rustls::Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            "set the clock of this machine, or wait until the host's certificate is valid"
        }
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "use a name of the host that its certificate has, or give the host a certificate with this name"
        }
        rustls::Error::InvalidCertificate(Other(other)) if other.to_string().contains("CaUsedAsEndEntity") => {
            "the host shows the certificate of an authority as its own: sign one for the host with that authority, and pass \
             the file with the authority's certificate by `ca_certificate`"
        }
        rustls::Error::InvalidMessage(_) => {
            "what answers there does not speak TLS; if the port speaks HTTP, write `http://`"
        }
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::HandshakeFailure,
        ) => {
            "the host does not accept this program's certificate, or requires one: pass one that an authority which the host \
             trusts has signed, by `client_certificate`"
        }
        _ => return None,
    })
}
