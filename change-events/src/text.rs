//! Text as it may be stored: without control characters, not too long, without e-mail addresses.

/// Longest `message`, in characters.
pub const MAX_MESSAGE: usize = 4096;

/// Longest other text that is still found, as `ignore_above` of keywords.
pub const MAX_KEYWORD: usize = 1024;

/// What stands in a text where an e-mail address was.
pub const REMOVED: &str = "[e-mail]";

/// Spaces of all kinds, control characters, and two that are nothing but a gap: U+200B and U+FEFF.
pub fn is_gap(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}' | '\u{FEFF}')
}

/// One line: breaks and tabs become one space, other control characters vanish; what is too long ends in an ellipsis.
pub fn clean(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_control() {
            gap |= matches!(c, '\t'..='\r' | '\u{85}');
            continue;
        }
        if gap && !out.is_empty() {
            out.push(' ');
        }
        gap = false;
        out.push(c);
    }
    let clean = out.trim_matches(is_gap);
    if clean.chars().count() <= longest {
        return clean.to_owned();
    }
    clean.chars().take(longest - 1).chain(['…']).collect()
}

/// Whether the whole text is an e-mail address.
pub fn is_address(text: &str) -> bool {
    without_addresses(text.trim()) == REMOVED
}

/// The text with [`REMOVED`] in place of each e-mail address.
pub fn without_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let is_local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'');
        let local = rest[..at].trim_end_matches(is_local).len();
        let after = &rest[at + 1..];
        let end = after.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(after.len());
        let host = after[..end].trim_end_matches(['.', '-']);
        let top = host.rsplit_once('.').map_or("", |(_, top)| top);
        if local < at && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic) {
            out.push_str(&rest[..local]);
            out.push_str(REMOVED);
            rest = &after[host.len()..];
        } else {
            out.push_str(&rest[..=at]);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}
