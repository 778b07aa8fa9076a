//! The Kibana Query Language: text to a syntax tree and back. Owns the grammar; knows no fields, types or values.
//!
//! The norm is the grammar of Kibana's `kbn-es-query`. In its own notation:
//!
//! ```text
//! query      = space* or? space*
//! or         = and (space+ "or" space+ and)*
//! and        = not (space+ "and" space+ not)*
//! not        = "not" space+ primary | primary
//! primary    = "(" space* or space* ")" | nested | range | is | value
//! nested     = field space* ":" space* "{" space* or space* "}"
//! range      = field space* ("<=" | ">=" | "<" | ">") space* literal
//! is         = field space* ":" space* (values | literal)
//! values     = "(" space* or-values space* ")"       or, and, not between literals and further values
//! literal    = '"' … '"' | unquoted
//! ```
//!
//! Keywords are read in any case. A space is a blank, tab, carriage return, line feed or no-break space. An unquoted literal
//! runs on over spaces up to a special character `\ ( ) : < > " { }`, or a keyword between spaces, and is trimmed; `*` in it
//! is a wildcard. The differences from Kibana are listed in `docs/kql.md`.
//!
//! The grammar needs no backtracking: whatever follows a literal decides what the literal is. So parsing is linear in the
//! text, where Kibana's parser repeats work, and the first place where the parser cannot go on is the place that Kibana
//! reports.

mod literal;
mod parser;
mod print;
mod syntax;

pub use parser::{MAX_DEPTH, MAX_LENGTH};
pub use syntax::{Comparator, Expression, Literal, Node};

/// Whether `c` separates words in KQL.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{a0}')
}

/// Whether `c` must be escaped in an unquoted literal.
pub(crate) fn is_special(c: char) -> bool {
    matches!(c, '\\' | '(' | ')' | ':' | '<' | '>' | '"' | '*' | '{' | '}')
}
