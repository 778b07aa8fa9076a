//! The URL of a host as people write it, taken apart: where to connect, and the credentials that may be in it.

use ureq::http::Uri;

use super::builder::BuildError;
use crate::secret::Secret;

/// A host's URL without its credentials, and those.
#[derive(Debug)]
pub(super) struct HostUrl {
    /// Scheme, host, port and prefix of the path, without a slash at the end.
    pub(super) base: String,
    /// User and password, decoded.
    pub(super) credentials: Option<(String, Secret)>,
}

pub(super) fn parse(url: &str) -> Result<HostUrl, BuildError> {
    let (scheme, rest) = url.split_once("://").ok_or_else(|| BuildError::Url { url: without_credentials(url) })?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (credentials, host) = match authority.rsplit_once('@') {
        Some((credentials, host)) => (Some(credentials), host),
        None => (None, authority),
    };
    // A slash in a password ends the authority too early, and then anything may be a part of the password.
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if path.contains('@') || !is_scheme {
        return Err(BuildError::Url { url: without_credentials(url) });
    }
    let base = format!("{scheme}://{host}{}", path.trim_end_matches('/'));
    let refused = || BuildError::Url { url: base.clone() };
    let parsed: Uri = base.parse().map_err(|_| refused())?;
    let is_known = matches!(scheme, "http" | "https");
    // An invalid port would be replaced by the default port of the scheme.
    let has_port = parsed.authority().is_some_and(|authority| Some(authority.as_str()) != parsed.host());
    if has_port && parsed.port_u16().is_none_or(|port| port == 0) {
        return Err(refused());
    }
    if !is_known || parsed.host().is_none_or(str::is_empty) || parsed.query().is_some() || url.contains('#') {
        return Err(refused());
    }
    let credentials = credentials.map(|text| {
        let (user, password) = text.split_once(':').unwrap_or((text, ""));
        let (user, password) = (decode(user), decode(password));
        user.zip(password).map(|(user, password)| (user, Secret::from(password))).ok_or_else(refused)
    });
    Ok(HostUrl { credentials: credentials.transpose()?, base })
}

fn without_credentials(url: &str) -> String {
    url.rsplit_once('@').map_or(url, |(_, rest)| rest).to_owned()
}

/// Percent-decodes.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(url: &str, base: &str, credentials: Option<(&str, &str)>) {
        let found = parse(url).unwrap();
        assert_eq!(found.base, base);
        let found = found.credentials.as_ref().map(|(user, password)| (user.as_str(), password.expose()));
        assert_eq!(found, credentials);
    }

    #[test]
    fn credentials_are_extracted() {
        check("http://127.0.0.1:9200", "http://127.0.0.1:9200", None);
        check("https://proxy.example/engine/", "https://proxy.example/engine", None);
        check("http://[::1]:9200/", "http://[::1]:9200", None);
        check("https://a:b%40c@host", "https://host", Some(("a", "b@c")));
        check("https://a:b@c@host:1", "https://host:1", Some(("a", "b@c")));
    }

    #[test]
    fn invalid_urls_are_refused_without_credentials() {
        for url in
            ["host:9200", "ftp://u:pw@host", "http://", "http://u:pw@", "http://host?q=pw", "u:pw@host", "http://h#pw"]
        {
            let text = parse(url).unwrap_err().to_string();
            assert!(!text.contains("u:pw"), "{text}");
        }
        assert_eq!(parse("ftp://u:pw@host").unwrap_err().to_string(), "`ftp://host` is not the URL of a host");
        assert!(parse("http://a%zz:b@host").is_err());
    }

    #[test]
    fn slash_in_a_password_is_refused_unquoted() {
        for url in ["http://u:se/cret@host:9", "http://u:12/cret@host", "u:secret@h/http://x", "http://u:s/c@host/a@b"]
        {
            let text = parse(url).unwrap_err().to_string();
            assert!(!text.contains("se") && !text.contains("cret") && !text.contains("u:"), "{text}");
        }
    }

    #[test]
    fn invalid_port_is_refused() {
        for url in ["http://127.0.0.1:99999", "http://host:0", "http://host:", "http://host:x", "http://[::1]:70000"] {
            assert!(parse(url).is_err(), "{url}");
        }
        check("http://[::1]", "http://[::1]", None);
    }
}
