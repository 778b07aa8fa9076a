//! The syntax tree of a KQL text.

use std::fmt;

/// A parsed KQL text. Its `Display` is the canonical text, which parses to an equal expression.
///
/// # Examples
/// ```
/// use event_query::kql::Expression;
///
/// let expression: Expression = "event.action:(a OR b)  and not event.outcome:failure".parse()?;
/// assert_eq!(expression.to_string(), "(event.action: a or event.action: b) and not event.outcome: failure");
/// # Ok::<(), event_query::QueryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression {
    pub(super) text: Box<str>,
    pub(super) root: Option<Node>,
}

impl Expression {
    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree; none where the text is blank, which matches everything.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }
}

/// Expressions are equal when their trees are, whatever the spelling.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

/// A node of the tree, in the shape that Kibana's parser gives it: `and` and `or` are flat, a group of values is spelt out.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// At least one of two or more.
    Or(Vec<Node>),
    /// All of two or more.
    And(Vec<Node>),
    /// The opposite.
    Not(Box<Node>),
    /// What is inside holds within one element of a nested field.
    Nested {
        /// The field, relative to an enclosing group.
        path: Literal,
        /// What holds of the element.
        inner: Box<Node>,
    },
    /// A field has a value; without a field, any field has.
    Is {
        /// The field, relative to an enclosing group.
        field: Option<Literal>,
        /// The value.
        value: Literal,
    },
    /// A field has a value on one side of a bound.
    Range {
        /// The field, relative to an enclosing group.
        field: Literal,
        /// The side, and whether the bound is included.
        comparator: Comparator,
        /// The bound.
        value: Literal,
    },
}

/// One of the four comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl fmt::Display for Comparator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

/// A field name or a value: text, with wildcards between its parts where it is unquoted.
#[derive(Clone, Debug)]
pub struct Literal {
    pub(super) parts: Vec<String>,
    pub(super) quoted: bool,
    pub(super) offset: usize,
}

impl Literal {
    /// The texts between wildcards; one where there is no wildcard.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Whether it was written in quotes.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// Where it begins in the text, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The text where there is no wildcard.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }

    /// Whether it is a single wildcard and nothing else.
    #[must_use]
    pub fn is_lone_wildcard(&self) -> bool {
        self.parts.len() == 2 && self.parts.iter().all(String::is_empty)
    }

    /// The text with `*` for each wildcard, as messages show it.
    #[must_use]
    pub fn shown(&self) -> String {
        self.parts.join("*")
    }
}

/// Literals are equal when they mean the same; where they were written does not count.
impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts && self.quoted == other.quoted
    }
}
