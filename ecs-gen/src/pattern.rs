//! The `pattern` of a field, which three kinds of readers match: `ecs-schema` by `regex-lite`, validators of JSON Schema
//! by ECMA 262, with its flag `u` or without, and validators that hand it to the regular expressions of their own
//! language. Only what all of them understand is taken, and what they read differently is written out in the schema.
//!
//! | written | in the schema | because |
//! | --- | --- | --- |
//! | `\d`, `\w`, `\s` | `[0-9]`, `[0-9A-Za-z_]`, `[\t\n\v\f\r ]` | some readers take all of Unicode for them |
//! | `\D`, `\W`, `\S` | the same, negated | |
//! | `.` | `[^\n]` | ECMA 262 leaves out three more line ends |
//! | `\A`, `\z` | `^`, `$` | ECMA 262 has no such names |
//! | `(?P<name>…)` | `(…)` | a name has no meaning where nothing is captured |
//! | a bracket or brace that stands for itself | escaped | with `u` it must be |

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// Why a pattern is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// It is no regular expression at all.
    Syntax(String),
    /// Readers do not agree on a part of it.
    Dialect {
        /// The part, as it is written.
        part: String,
        /// What to write instead.
        help: &'static str,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(reason) => write!(f, "is no regular expression: {reason}"),
            Self::Dialect { part, .. } => {
                write!(f, "has `{part}`, which JSON Schema does not have or reads differently")
            }
        }
    }
}

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = "\\t\\n\\v\\f\\r ";

/// What must be escaped outside of a class to stand for itself.
const SYNTAX: &[char] = &['^', '$', '\\', '.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '/'];

/// The pattern as ECMA 262 and others read it the way `regex-lite` reads the one that was written.
///
/// # Errors
/// When it is no regular expression, or has a part that cannot be said so that all read the same.
///
/// # Examples
/// ```
/// use ecs_gen::pattern::to_ecma;
///
/// assert_eq!(to_ecma(r"^[^\s]+\.\d$").unwrap(), r"^[^\t\n\v\f\r ]+\.[0-9]$");
/// assert!(to_ecma("(?i)^a$").is_err());
/// ```
pub fn to_ecma(pattern: &str) -> Result<String, PatternError> {
    if let Err(error) = regex_lite::Regex::new(pattern) {
        return Err(PatternError::Syntax(error.to_string()));
    }
    let mut reader = Reader { rest: pattern.chars().peekable(), out: String::new(), last: Last::Nothing };
    reader.read_all()?;
    Ok(reader.out)
}

/// What stands before a quantifier.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing that can be repeated.
    Nothing,
    /// A character, a class or a group.
    Atom,
    /// A quantifier.
    Quantifier,
}

struct Reader<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    last: Last,
}

/// An escape that stands for one character.
fn literal(c: char, syntax: &[char]) -> Result<String, PatternError> {
    match c {
        'n' | 't' | 'r' | 'f' | 'v' => Ok(format!("\\{c}")),
        _ if syntax.contains(&c) => Ok(format!("\\{c}")),
        // An escape that says nothing.
        _ if c.is_ascii_punctuation() => Ok(c.to_string()),
        'b' | 'B' => differs(format!("\\{c}"), "say what may stand there, such as `(?:^|[^0-9A-Za-z_])`"),
        _ => differs(format!("\\{c}"), "write the character itself"),
    }
}

fn differs<T>(part: impl Into<String>, help: &'static str) -> Result<T, PatternError> {
    Err(PatternError::Dialect { part: part.into(), help })
}

impl Reader<'_> {
    fn read_all(&mut self) -> Result<(), PatternError> {
        while let Some(c) = self.rest.next() {
            match c {
                '\\' => self.read_escape()?,
                '[' => self.read_class()?,
                '(' => self.read_group()?,
                ')' => self.atom(")"),
                '|' => self.nothing("|"),
                '^' | '$' => self.nothing(c.encode_utf8(&mut [0; 4])),
                '.' => self.atom("[^\\n]"),
                '*' | '+' | '?' => self.read_quantifier(c.to_string())?,
                '{' => self.read_count()?,
                ']' | '}' => self.atom(&format!("\\{c}")),
                '/' => self.atom("\\/"),
                _ => self.atom(c.encode_utf8(&mut [0; 4])),
            }
        }
        Ok(())
    }

    fn atom(&mut self, text: &str) {
        self.out.push_str(text);
        self.last = Last::Atom;
    }

    fn nothing(&mut self, text: &str) {
        self.out.push_str(text);
        self.last = Last::Nothing;
    }

    fn read_quantifier(&mut self, mut text: String) -> Result<(), PatternError> {
        if self.rest.next_if_eq(&'?').is_some() {
            text.push('?');
        }
        if self.last != Last::Atom {
            return differs(text, "repeat a character, a class or a group, and once");
        }
        self.out.push_str(&text);
        self.last = Last::Quantifier;
        Ok(())
    }

    fn read_count(&mut self) -> Result<(), PatternError> {
        let mut text = "{".to_owned();
        for c in self.rest.by_ref() {
            text.push(c);
            if c == '}' {
                break;
            }
        }
        let inner = text.trim_start_matches('{').trim_end_matches('}');
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match inner.split_once(',') {
            Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
            None => is_number(inner),
        };
        if !fits {
            return differs(text, "write `{n}`, `{n,}` or `{n,m}`, and `\\{` for a brace");
        }
        self.read_quantifier(text)
    }

    fn read_group(&mut self) -> Result<(), PatternError> {
        if self.rest.next_if_eq(&'?').is_none() {
            self.nothing("(");
            return Ok(());
        }
        if self.rest.next_if_eq(&':').is_some() {
            self.nothing("(?:");
            return Ok(());
        }
        // `(?<name>` or `(?P<name>`; all else are flags.
        let mut text = "(?".to_owned();
        let is_named = self.rest.next_if_eq(&'P').is_some() | (self.rest.peek() == Some(&'<'));
        while let Some(c) = self.rest.next_if(|c| *c != ')') {
            text.push(c);
            if c == '>' || c == ':' {
                break;
            }
        }
        if !is_named {
            return differs(text, "JSON Schema has no flags: write the letters of both cases, such as `[Tt]ill`");
        }
        self.nothing("(");
        Ok(())
    }

    fn read_escape(&mut self) -> Result<(), PatternError> {
        let Some(c) = self.rest.next() else { return Ok(()) };
        match c {
            'A' => self.nothing("^"),
            'z' => self.nothing("$"),
            'd' => self.atom(&format!("[{DIGIT}]")),
            'w' => self.atom(&format!("[{WORD}]")),
            's' => self.atom(&format!("[{SPACE}]")),
            'D' => self.atom(&format!("[^{DIGIT}]")),
            'W' => self.atom(&format!("[^{WORD}]")),
            'S' => self.atom(&format!("[^{SPACE}]")),
            _ => {
                let text = literal(c, SYNTAX)?;
                self.atom(&text);
            }
        }
        Ok(())
    }

    fn read_class(&mut self) -> Result<(), PatternError> {
        let mut text = "[".to_owned();
        if self.rest.next_if_eq(&'^').is_some() {
            text.push('^');
        }
        let mut is_first = true;
        while let Some(c) = self.rest.next() {
            match c {
                ']' if !is_first => {
                    text.push(']');
                    self.atom(&text);
                    return Ok(());
                }
                '[' => return differs("[", "write `\\[` for a bracket; there are no classes in classes"),
                '&' | '~' | '-' if self.rest.peek() == Some(&c) => {
                    return differs(format!("{c}{c}"), "list the characters that are meant");
                }
                '\\' => {
                    let escaped = self.rest.next().unwrap_or_default();
                    match escaped {
                        'd' => text.push_str(DIGIT),
                        'w' => text.push_str(WORD),
                        's' => text.push_str(SPACE),
                        'D' | 'W' | 'S' => {
                            return differs(format!("\\{escaped}"), "list the characters that are meant");
                        }
                        _ => {
                            let literal = literal(escaped, &[SYNTAX, &['-']].concat())?;
                            text.push_str(&literal);
                        }
                    }
                }
                '-' if is_first || self.rest.peek() == Some(&']') => text.push_str("\\-"),
                '^' | ']' => text.extend(['\\', c]),
                _ => text.push(c),
            }
            is_first = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{PatternError, to_ecma};

    #[track_caller]
    fn check(written: &str, expected: &str) {
        assert_eq!(to_ecma(written).as_deref(), Ok(expected));
    }

    #[track_caller]
    fn check_refused(written: &str, expected: &str) {
        match to_ecma(written) {
            Err(PatternError::Dialect { part, .. }) => assert_eq!(part, expected),
            other => panic!("{written}: {other:?}"),
        }
    }

    #[test]
    fn what_readers_read_differently_is_written_out() {
        check(r"^[^\s]+$", r"^[^\t\n\v\f\r ]+$");
        check(r"\Aa.\d\W\z", r"^a[^\n][0-9][^0-9A-Za-z_]$");
        check(r"(?P<a>b)(?<c>d)(?:e)", "(b)(d)(?:e)");
        check(r"a]}/\-\@", r"a\]\}\/-@");
        check(r"[]a^-]", r"[\]a\^\-]");
        check(r"^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$", r"^[A-F0-9]{2}(-[A-F0-9]{2}){5,}$");
        check(r"[\w.\-]+?", r"[0-9A-Za-z_.\-]+?");
    }

    #[test]
    fn what_cannot_be_said_for_all_is_refused() {
        check_refused("(?i)^till$", "(?i");
        check_refused("a(?i:b)", "(?i:");
        check_refused(r"\ba", r"\b");
        check_refused("a**", "*");
        check_refused("^*a", "*");
        check_refused(r"\x41", r"\x");
        check_refused(r"[\S]", r"\S");
        check_refused("a{2}{3}", "{3}");
        assert!(matches!(to_ecma("(a"), Err(PatternError::Syntax(_))));
        assert!(to_ecma("a(?=c)").is_err());
    }
}
