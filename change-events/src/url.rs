//! Addresses: which text is one, and what of it must not be stored. Knows no source.

/// Parts of names of query parameters whose values are secrets.
const SECRET: &[&str] = &["token", "secret", "password", "passwd", "signature", "api_key", "apikey", "credential"];

/// Longest address that is kept, as `ignore_above` of such fields.
pub const MAX_LENGTH: usize = 2083;

/// The address, when the text is one with `http` or `https`, is not too long to be found, and names a host; without a user
/// and a password, and without parameters whose names say that they are secret.
#[must_use]
pub fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    if !is_web || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let clean = format!("{scheme}://{host}{}", without_secrets(path));
    (!host.is_empty() && clean.chars().count() <= MAX_LENGTH).then_some(clean)
}

fn without_secrets(path: &str) -> String {
    // Fragments may have parameters too.
    let mut clean = String::with_capacity(path.len());
    for (at, piece) in path.split_inclusive(['?', '&', '#', ';']).enumerate() {
        let name = piece.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let is_secret = at > 0 && piece.contains('=') && SECRET.iter().any(|secret| name.contains(secret));
        if is_secret {
            clean.push_str(&piece[..=piece.find('=').unwrap_or(0)]);
            clean.push_str("***");
            clean.extend(piece.chars().last().filter(|last| matches!(last, '?' | '&' | '#' | ';')));
        } else {
            clean.push_str(piece);
        }
    }
    clean
}
