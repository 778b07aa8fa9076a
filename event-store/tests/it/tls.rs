//! Certificates of both sides: which are trusted, which are presented, and what a failure advises.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::thread;

use event_store::{HttpTransport, HttpTransportBuilder, Method, Request, Transport as _};
use fake_engine::FakeEngine;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tempfile::TempDir;

/// An authority, and the files that it signs.
struct Authority {
    folder: TempDir,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, in PEM form.
struct Pair {
    certificate: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { folder: tempfile::tempdir().unwrap(), pem, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Pair { certificate: params.signed_by(&key, &self.issuer).unwrap().pem(), key: key.serialize_pem() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Options with this authority's file.
    fn options(&self, url: &str) -> HttpTransportBuilder {
        HttpTransport::builder().host(url).ca_certificate(self.file("ca.pem", &self.pem))
    }
}

fn host(pair: &Pair, clients: Option<&str>) -> FakeEngine {
    FakeEngine::builder().tls_with(&pair.certificate, &pair.key, clients).start().unwrap()
}

#[track_caller]
fn check_advice(options: HttpTransportBuilder, wanted: &[&str]) {
    let transport = options.build().unwrap();
    let error = transport.send(&Request::new(Method::Get, "/")).unwrap_err().to_string();
    for text in wanted {
        assert!(error.contains(text), "{text}: {error}");
    }
}

#[test]
fn failed_handshakes_say_what_to_do() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let valid = host(&authority.sign("127.0.0.1", |_| ()), None);
    let reply = authority.options(&valid.url()).build().unwrap().send(&Request::new(Method::Get, "/"));
    assert!(reply.is_ok(), "{reply:?}");
    let untrusted = ["UnknownIssuer", "not the host's own, by `ca_certificate`"];
    check_advice(other.options(&valid.url()), &untrusted);
    check_advice(HttpTransport::builder().host(valid.url()), &untrusted);

    let expired = authority.sign("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1));
    check_advice(authority.options(&host(&expired, None).url()), &["expired", "renew the host's certificate"]);
    let early = authority.sign("127.0.0.1", |params| params.not_before = date_time_ymd(2090, 1, 1));
    check_advice(authority.options(&host(&early, None).url()), &["not valid yet", "set the clock"]);
    let elsewhere = authority.sign("elsewhere.example", |_| ());
    check_advice(authority.options(&host(&elsewhere, None).url()), &["elsewhere.example", "use a name of the host"]);

    let is_ca = |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = host(&authority.sign("127.0.0.1", is_ca), None);
    check_advice(authority.options(&own.url()), &["CaUsedAsEndEntity", "the certificate of an authority as its own"]);
}

#[test]
fn wrong_schemes_are_reported() {
    let authority = Authority::new("one");
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("https://{}", plain.local_addr().unwrap());
    let answering = thread::spawn(move || {
        let (mut socket, _) = plain.accept().unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").unwrap();
        // Until the client has read that and closes.
        let _ = socket.read_to_end(&mut Vec::new());
    });
    check_advice(
        authority.options(&url),
        &["what answers there does not speak TLS; if the port speaks HTTP, write `http://`"],
    );
    answering.join().unwrap();
    let secure = host(&authority.sign("127.0.0.1", |_| ()), None);
    check_advice(
        HttpTransport::builder().host(secure.url().replace("https://", "http://")),
        &["if the port speaks TLS, write `https://`"],
    );
}

#[test]
fn hosts_that_ask_for_a_certificate_get_it() {
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let engine = host(&authority.sign("127.0.0.1", |_| ()), Some(&authority.pem));
    let write = |authority: &Authority, name: &str| {
        let pair = authority.sign("program", |_| ());
        let files = [(format!("{name}.pem"), &pair.certificate), (format!("{name}.key"), &pair.key)];
        files.map(|(name, text)| authority.file(&name, text))
    };
    let [certificate, key] = write(&authority, "client");
    let options = || authority.options(&engine.url());
    let transport = options().client_certificate(&certificate, &key).build().unwrap();
    assert!(!format!("{transport:?}").contains("PRIVATE"));
    assert!(transport.send(&Request::new(Method::Get, "/")).is_ok());

    let advice = "by `client_certificate`";
    check_advice(options(), &["CertificateRequired", advice]);
    let [foreign, foreign_key] = write(&other, "foreign");
    check_advice(options().client_certificate(&foreign, &foreign_key), &[advice]);

    let refused = |certificate: &PathBuf, key: &PathBuf, wanted: &str| {
        let error = options().client_certificate(certificate, key).build().unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    };
    let none = authority.folder.path().join("none");
    refused(&none, &key, &format!("cannot read `{}`: No such file", none.display()));
    refused(&certificate, &none, &format!("cannot read `{}`: No such file", none.display()));
    refused(&key, &key, &format!("`{}` has no certificate in PEM form", key.display()));
    refused(&certificate, &certificate, &format!("`{}` has no private key in PEM form", certificate.display()));
    let locked = authority
        .file("locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    refused(&certificate, &locked, &format!("the private key in `{}` is encrypted", locked.display()));
    let pair = format!(
        "the certificate in `{}` and the private key in `{}` do not belong together",
        certificate.display(),
        foreign_key.display()
    );
    refused(&certificate, &foreign_key, &pair);
}
