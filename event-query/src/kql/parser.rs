//! The parser: one pass, one function for each rule of the grammar, with a limit on depth so that no text can exhaust the
//! stack.

use std::str::FromStr;

use super::is_space;
use super::literal::{Scanned, scan, starts_with_word};
use super::syntax::{Comparator, Expression, Literal, Node};
use crate::error::{ErrorKind, QueryError};

/// How deep groups may be in one another. Engines stop at 20 levels of `bool`; redundant parentheses are not among those.
pub const MAX_DEPTH: usize = 100;

/// How long a text may be, in bytes. What is longer comes from programs, which build filters instead.
pub const MAX_LENGTH: usize = 256 * 1024;

impl FromStr for Expression {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        if text.len() > MAX_LENGTH {
            return Err(QueryError::new(ErrorKind::Limit, format!("the text is longer than {MAX_LENGTH} bytes")));
        }
        let mut parser = Parser { text, at: 0, depth: 0 };
        let root = parser.query().map_err(|error| error.at(text, parser.at))?;
        Ok(Self { text: text.into(), root })
    }
}

struct Parser<'t> {
    text: &'t str,
    /// In bytes. At an error, the place that could not be read.
    at: usize,
    depth: usize,
}

type Parsed<T> = Result<T, QueryError>;

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn query(&mut self) -> Parsed<Option<Node>> {
        self.skip_spaces();
        if self.rest().is_empty() {
            return Ok(None);
        }
        let root = self.or()?;
        self.skip_spaces();
        if self.rest().is_empty() { Ok(Some(root)) } else { Err(self.expected("`and`, `or` or the end")) }
    }

    fn or(&mut self) -> Parsed<Node> {
        self.chain("or", Node::Or, |parser| parser.chain("and", Node::And, Self::not))
    }

    fn not(&mut self) -> Parsed<Node> {
        if self.take_not() { Ok(Node::Not(Box::new(self.primary()?))) } else { self.primary() }
    }

    fn primary(&mut self) -> Parsed<Node> {
        if self.take("(") { self.group(")", Self::or) } else { self.clause() }
    }

    /// Whatever begins with a literal; what follows decides.
    fn clause(&mut self) -> Parsed<Node> {
        let first = self.literal("a field, a value, `not` or `(`")?;
        let after_first = self.at;
        self.skip_spaces();
        if let Some(comparator) = self.take_comparator() {
            self.skip_spaces();
            let value = self.literal("a value")?;
            return Ok(Node::Range { field: first, comparator, value });
        }
        if !self.take(":") {
            self.at = after_first;
            return Ok(Node::Is { field: None, value: first });
        }
        self.skip_spaces();
        if self.take("{") {
            let inner = Box::new(self.group("}", Self::or)?);
            return Ok(Node::Nested { path: first, inner });
        }
        self.values(&first)
    }

    /// A value of `field`, or a group of them.
    fn values(&mut self, field: &Literal) -> Parsed<Node> {
        if self.take("(") {
            return self.group(")", |parser| {
                parser.chain("or", Node::Or, |parser| parser.chain("and", Node::And, |parser| parser.not_values(field)))
            });
        }
        let value = self.literal("a value, `(` or `{`")?;
        Ok(Node::Is { field: Some(field.clone()), value })
    }

    fn not_values(&mut self, field: &Literal) -> Parsed<Node> {
        if self.take_not() { Ok(Node::Not(Box::new(self.values(field)?))) } else { self.values(field) }
    }

    /// The rest of a group, whose opening bracket has been taken.
    fn group(&mut self, close: &'static str, inner: impl FnOnce(&mut Self) -> Parsed<Node>) -> Parsed<Node> {
        if self.depth == MAX_DEPTH {
            return Err(QueryError::new(ErrorKind::Limit, format!("groups are more than {MAX_DEPTH} deep")));
        }
        self.depth += 1;
        self.skip_spaces();
        let node = inner(self)?;
        self.skip_spaces();
        if !self.take(close) {
            return Err(self.expected(if close == ")" { "`and`, `or` or `)`" } else { "`and`, `or` or `}`" }));
        }
        self.depth -= 1;
        Ok(node)
    }

    /// One or more `operand`s with `keyword` between them.
    fn chain(
        &mut self,
        keyword: &str,
        join: fn(Vec<Node>) -> Node,
        mut operand: impl FnMut(&mut Self) -> Parsed<Node>,
    ) -> Parsed<Node> {
        let first = operand(self)?;
        if !self.take_operator(keyword) {
            return Ok(first);
        }
        let mut nodes = vec![first, operand(self)?];
        while self.take_operator(keyword) {
            nodes.push(operand(self)?);
        }
        Ok(join(nodes))
    }

    fn literal(&mut self, expected: &str) -> Parsed<Literal> {
        let offset = self.at;
        let Some(Scanned { parts, quoted, length }) = scan(self.rest()) else { return Err(self.expected(expected)) };
        self.at += length;
        Ok(Literal { parts, quoted, offset })
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn take_comparator(&mut self) -> Option<Comparator> {
        let tokens = [
            ("<=", Comparator::LessOrEqual),
            (">=", Comparator::GreaterOrEqual),
            ("<", Comparator::Less),
            (">", Comparator::Greater),
        ];
        tokens.into_iter().find(|(token, _)| self.take(token)).map(|(_, comparator)| comparator)
    }

    /// A keyword with spaces on both sides.
    fn take_operator(&mut self, keyword: &str) -> bool {
        let start = self.at;
        let taken = self.skip_spaces() && self.take_word(keyword) && self.skip_spaces();
        self.at = if taken { self.at } else { start };
        taken
    }

    fn take_not(&mut self) -> bool {
        let start = self.at;
        let taken = self.take_word("not") && self.skip_spaces();
        self.at = if taken { self.at } else { start };
        taken
    }

    fn take_word(&mut self, word: &str) -> bool {
        let taken = starts_with_word(self.rest(), word);
        self.at += if taken { word.len() } else { 0 };
        taken
    }

    /// Whether there was a space.
    fn skip_spaces(&mut self) -> bool {
        let spaces = self.rest().len() - self.rest().trim_start_matches(is_space).len();
        self.at += spaces;
        spaces > 0
    }

    fn expected(&self, what: &str) -> QueryError {
        let message = match self.rest().chars().next() {
            None => format!("expected {what}, but the text ends"),
            Some('"') => format!("expected {what}, but a quote was found that is not closed or not expected"),
            Some(c) => format!("expected {what}, but `{c}` was found"),
        };
        QueryError::new(ErrorKind::Syntax, message)
    }
}
