//! Names of indices, aliases and streams in paths of requests.

use std::fmt::Write as _;

/// A name as one segment of a path; what a path cannot hold is escaped.
#[must_use]
pub fn path_segment(name: &str) -> String {
    name.bytes().fold(String::with_capacity(name.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::path_segment;

    #[test]
    fn names_cannot_leave_their_segment() {
        assert_eq!(path_segment(".kibana-event-log-000001"), ".kibana-event-log-000001");
        assert_eq!(path_segment("a/b?c&é"), "a%2Fb%3Fc%26%C3%A9");
    }
}
