//! Scanning of one literal: escapes, wildcards, where it ends, and what is trimmed.

use super::{is_space, is_special};

/// A literal that was scanned, and how many bytes of the text it took.
pub(super) struct Scanned {
    pub(super) parts: Vec<String>,
    pub(super) quoted: bool,
    pub(super) length: usize,
}

/// Scans a literal at the start of `rest`; none where no literal begins or a quote is not closed.
pub(super) fn scan(rest: &str) -> Option<Scanned> {
    if rest.starts_with('"') { quoted(rest) } else { unquoted(rest) }
}

fn quoted(rest: &str) -> Option<Scanned> {
    let mut text = String::new();
    let mut at = 1;
    loop {
        let tail = &rest[at..];
        let c = tail.chars().next()?;
        if c == '"' {
            return Some(Scanned { parts: vec![text], quoted: true, length: at + 1 });
        }
        let (decoded, length) = match escape(tail) {
            Some(Escape::Char(decoded, length)) if c == '\\' => (decoded, length),
            // In quotes, any other backslash is itself.
            _ if tail.starts_with("\\\\") => ('\\', 2),
            _ if tail.starts_with("\\\"") => ('"', 2),
            _ => (c, c.len_utf8()),
        };
        text.push(decoded);
        at += length;
    }
}

fn unquoted(rest: &str) -> Option<Scanned> {
    let mut parts = vec![String::new()];
    let mut at = 0;
    let mut word_start = true;
    while let Some(c) = rest[at..].chars().next() {
        let tail = &rest[at..];
        if c == '*' {
            parts.push(String::new());
            at += 1;
        } else if c == '\\' {
            let Some((decoded, length)) = unquoted_escape(tail) else { break };
            current(&mut parts).push_str(&decoded);
            at += length;
        } else if is_special(c) || starts_with_keyword(tail, word_start) {
            break;
        } else {
            current(&mut parts).push(c);
            at += c.len_utf8();
        }
        word_start = is_space(c);
    }
    (at > 0).then(|| Scanned { parts: trimmed(parts), quoted: false, length: at })
}

fn current(parts: &mut [String]) -> &mut String {
    parts.last_mut().expect("there is one part from the beginning")
}

enum Escape {
    Char(char, usize),
}

/// `\t`, `\r`, `\n` and `\uXXXX`, which are read in quotes and outside. Half a surrogate pair is not a character, and is left
/// as it is written.
fn escape(tail: &str) -> Option<Escape> {
    let after = tail.strip_prefix('\\')?;
    match after.chars().next()? {
        't' => Some(Escape::Char('\t', 2)),
        'r' => Some(Escape::Char('\r', 2)),
        'n' => Some(Escape::Char('\n', 2)),
        'u' => {
            let first = code_unit(tail)?;
            if let Some(c) = char::from_u32(u32::from(first)) {
                return Some(Escape::Char(c, 6));
            }
            let second = code_unit(&tail[6..])?;
            let c = char::decode_utf16([first, second]).next()?.ok()?;
            Some(Escape::Char(c, 12))
        }
        _ => None,
    }
}

/// The code unit of `\uXXXX` at the start of `tail`.
fn code_unit(tail: &str) -> Option<u16> {
    let digits = tail.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

/// Any escape outside of quotes, and its length.
fn unquoted_escape(tail: &str) -> Option<(String, usize)> {
    let after = &tail[1..];
    // Kibana reads `\not` as a line feed and `ot`, against its own documentation; here the documentation holds.
    if starts_with_word(after, "not") && !after[3..].starts_with(|c: char| c.is_alphanumeric()) {
        return Some((after[..3].to_owned(), 4));
    }
    if let Some(Escape::Char(decoded, length)) = escape(tail) {
        return Some((decoded.to_string(), length));
    }
    if let Some(c) = after.chars().next().filter(|&c| is_special(c)) {
        return Some((c.to_string(), 2));
    }
    let keyword = ["or", "and"].into_iter().find(|keyword| starts_with_word(after, keyword))?;
    Some((after[..keyword.len()].to_owned(), keyword.len() + 1))
}

/// Whether `text` starts with `word` in any case.
pub(super) fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Whether an operator begins at `tail`: ` or ` and ` and ` with their spaces, `not ` at the start of a word. Kibana finds `not `
/// in the middle of a word too, and trips over `cannot reproduce`.
fn starts_with_keyword(tail: &str, word_start: bool) -> bool {
    let spaced = |rest: &str| rest.starts_with(is_space);
    if word_start && starts_with_word(tail, "not") && spaced(&tail[3..]) {
        return true;
    }
    let Some(after) = tail.strip_prefix(is_space) else { return false };
    ["or", "and"].into_iter().any(|word| starts_with_word(after, word) && spaced(&after[word.len()..]))
}

/// What JavaScript's `trim` removes.
pub(super) fn is_trimmed(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

fn trimmed(mut parts: Vec<String>) -> Vec<String> {
    if let Some(first) = parts.first_mut() {
        *first = first.trim_start_matches(is_trimmed).to_owned();
    }
    if let Some(last) = parts.last_mut() {
        last.truncate(last.trim_end_matches(is_trimmed).len());
    }
    parts
}
