//! Plausible values by the last segment of a field's path: reserved names and addresses (RFC 2606, RFC 5737, RFC 7042),
//! digests of no bytes. Knows names only; whether a value fits a field is asked elsewhere.

const TEXTS: &[(&str, &str)] = &[
    ("address", "192.0.2.10"),
    ("domain", "www.example.com"),
    ("email", "ada@example.com"),
    ("full", "https://www.example.com/"),
    ("hostname", "www.example.com"),
    ("id", "018f85b4-e1c0-7000-8000-000000000001"),
    ("ids", "018f85b4-e1c0-7000-8000-000000000001"),
    ("mac", "00-00-5E-00-53-23"),
    ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
    ("path", "/srv/example/run.log"),
    ("registered_domain", "example.com"),
    ("sha1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("sha384", "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"),
    (
        "sha512",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    ),
    ("timezone", "Europe/Berlin"),
    ("url", "https://www.example.com/"),
    ("uuid", "018f85b4-e1c0-7000-8000-000000000002"),
    ("version", "1.2.3"),
];

const NUMBERS: &[(&str, i64)] = &[("bytes", 1024), ("duration", 1_250_000_000), ("pid", 4242), ("port", 443)];

/// Values that are preferred where they are allowed.
const PREFERRED: &[&str] = &["event", "success"];

/// A text that a field of that name could hold, or else one whose name is the last word of it: `diff_url` is a `url`.
pub(super) fn text(name: &str) -> Option<&'static str> {
    find(TEXTS, name)
}

/// A whole number that a field of that name, or of its last word, could hold.
pub(super) fn number(name: &str) -> Option<i64> {
    find(NUMBERS, name)
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    let value = |name: &str| table.binary_search_by_key(&name, |(known, _)| known).ok().map(|at| table[at].1);
    value(name).or_else(|| value(name.rsplit_once('_')?.1))
}

/// Whether a value says that nothing special happened.
pub(super) fn is_preferred(value: &str) -> bool {
    PREFERRED.contains(&value)
}

#[cfg(test)]
pub(super) fn is_sorted() -> bool {
    TEXTS.is_sorted() && NUMBERS.is_sorted()
}
