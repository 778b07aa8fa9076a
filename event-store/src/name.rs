//! Names of indices, aliases and streams in paths of requests.

use std::fmt::Write as _;

/// A name as one segment of a path; what a path cannot hold is escaped.
pub fn escape(name: &str) -> String {
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
    use super::escape;

    #[test]
    fn names_cannot_leave_their_segment() {
        assert_eq!(escape(".kibana-event-log-000001"), ".kibana-event-log-000001");
        assert_eq!(escape("a/b?c&é"), "a%2Fb%3Fc%26%C3%A9");
    }
}
