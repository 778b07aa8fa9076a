//! Filters and syntax trees to conditions on the fields of a mapping. Names are looked up here; what a type makes of a value is in
//! `by_type`.

mod by_type;
mod free_text;
mod names;
pub(crate) mod simplify;

use std::ops::Bound;
use std::sync::Arc;

use self::by_type::Predicate;
use self::names::Name;
use crate::error::{ErrorKind, QueryError};
use crate::field::{Entry, FieldTable};
use crate::filter::{Comparison, Filter, Kind, Operand};
use crate::kql::{self, Comparator, Literal, Node};
use crate::resolved::Condition;
use crate::value::Pattern;
use crate::value::date::Clock;

/// How deep conditions may be in one another, as engines limit `bool` (`indices.query.bool.max_nested_depth`), with room for
/// what a request puts around them.
pub const MAX_CONDITION_DEPTH: usize = 16;

/// How many conditions a filter may have, as Lucene limits clauses (`indices.query.bool.max_clause_count`). Values of one field that
/// are joined by `or` are one condition.
pub const MAX_CONDITIONS: usize = 1024;

/// Checks a filter against a mapping.
pub(crate) fn resolve(filter: &Filter, fields: &FieldTable, clock: &Clock) -> Result<Condition, QueryError> {
    let condition = Resolver { fields, clock }.filter(filter, None, 0)?;
    let limit = |message| Err(QueryError::new(ErrorKind::Limit, message));
    if condition.depth() > MAX_CONDITION_DEPTH {
        return limit(format!("conditions are more than {MAX_CONDITION_DEPTH} deep, which engines refuse"));
    }
    if condition.count() > MAX_CONDITIONS {
        return limit(format!("there are more than {MAX_CONDITIONS} conditions, which engines refuse"));
    }
    Ok(condition)
}

struct Resolver<'a> {
    fields: &'a FieldTable,
    clock: &'a Clock,
}

/// The nested group around a condition.
type Scope<'a> = Option<&'a Arc<str>>;

impl Resolver<'_> {
    fn filter(&self, filter: &Filter, scope: Scope<'_>, depth: usize) -> Result<Condition, QueryError> {
        if depth > kql::MAX_DEPTH {
            return Err(QueryError::new(ErrorKind::Limit, format!("filters are more than {} deep", kql::MAX_DEPTH)));
        }
        let all = |filters: &[Filter]| {
            filters.iter().map(|filter| self.filter(filter, scope, depth + 1)).collect::<Result<_, _>>()
        };
        Ok(match &filter.0 {
            Kind::All => Condition::All,
            Kind::And(filters) => simplify::and(all(filters)?),
            Kind::Or(filters) => simplify::or(all(filters)?),
            Kind::Not(filter) => simplify::not(self.filter(filter, scope, depth + 1)?),
            Kind::Nested { path, inner } => self.nested(path, scope, |group| self.filter(inner, group, depth + 1))?,
            Kind::Field { path, comparison } => self.comparison(path, comparison, scope)?,
            Kind::Kql(expression) => match expression.root() {
                None => Condition::All,
                Some(root) => self.node(root, scope, expression.text())?,
            },
        })
    }

    fn comparison(&self, path: &str, comparison: &Comparison, scope: Scope<'_>) -> Result<Condition, QueryError> {
        let name = Name::exact(path);
        let equals =
            |operand: &Operand| self.named(&name, &Predicate::Equals { text: &operand.0, phrase: true }, scope);
        match comparison {
            Comparison::Exists => self.named(&name, &Predicate::Exists, scope),
            Comparison::Equals(operand) => equals(operand),
            Comparison::OneOf(operands) => Ok(simplify::or(operands.iter().map(equals).collect::<Result<_, _>>()?)),
            Comparison::Range(lower, upper) => {
                let (lower, upper) = (text_of(lower), text_of(upper));
                self.named(&name, &Predicate::Range { lower, upper }, scope)
            }
            Comparison::Words(text) => self.named(&name, &Predicate::Equals { text, phrase: false }, scope),
            Comparison::Pattern(pattern) => self.named(&name, &Predicate::Pattern(pattern), scope),
            Comparison::Within(within) => self.named(&name, &Predicate::Within(*within), scope),
        }
    }

    fn node(&self, node: &Node, scope: Scope<'_>, text: &str) -> Result<Condition, QueryError> {
        let all = |nodes: &[Node]| nodes.iter().map(|node| self.node(node, scope, text)).collect::<Result<_, _>>();
        Ok(match node {
            Node::Or(nodes) => simplify::or(all(nodes)?),
            Node::And(nodes) => simplify::and(all(nodes)?),
            Node::Not(node) => simplify::not(self.node(node, scope, text)?),
            Node::Nested { path, inner } => {
                let inner = |group: Scope<'_>| self.node(inner, group, text);
                self.nested(&path.shown(), scope, inner).map_err(|error| error.at(text, path.offset()))?
            }
            Node::Is { field, value } => {
                self.is(field.as_ref(), value, scope).map_err(|error| placed(error, text, field.as_ref(), value))?
            }
            Node::Range { field, comparator, value } => {
                self.range(field, *comparator, value, scope).map_err(|error| placed(error, text, Some(field), value))?
            }
        })
    }

    fn is(&self, field: Option<&Literal>, value: &Literal, scope: Scope<'_>) -> Result<Condition, QueryError> {
        refuse_null(value)?;
        let Some(field) = field else { return self.any_field(value, scope) };
        let name = Name::of(field);
        if let Some(text) = value.as_text() {
            return self.named(&name, &Predicate::Equals { text, phrase: value.is_quoted() }, scope);
        }
        if value.is_lone_wildcard() {
            return self.named(&name, &Predicate::Exists, scope);
        }
        self.named(&name, &Predicate::Wildcards(value.parts()), scope)
    }

    fn range(
        &self,
        field: &Literal,
        comparator: Comparator,
        value: &Literal,
        scope: Scope<'_>,
    ) -> Result<Condition, QueryError> {
        refuse_null(value)?;
        // A bound is a text; a wildcard in it is an asterisk.
        let text = value.shown();
        let open = Bound::Unbounded;
        let (lower, upper) = match comparator {
            Comparator::Less => (open, Bound::Excluded(text.as_str())),
            Comparator::LessOrEqual => (open, Bound::Included(text.as_str())),
            Comparator::Greater => (Bound::Excluded(text.as_str()), open),
            Comparator::GreaterOrEqual => (Bound::Included(text.as_str()), open),
        };
        self.named(&Name::of(field), &Predicate::Range { lower, upper }, scope)
    }

    /// The full paths of the nested group that is named `path` within `scope`, and of the groups between them, the
    /// outermost first.
    fn groups_of(&self, path: &str, scope: Scope<'_>) -> Result<Vec<Arc<str>>, QueryError> {
        let full = names::full_path(path, scope);
        match self.fields.entry(&full) {
            Some(Entry::Nested { .. }) => Ok(self.fields.groups_between(scope.map(|group| &**group), &full.into())),
            Some(_) => Err(QueryError::new(
                ErrorKind::Nesting,
                format!("`{full}` is not nested; write its fields without braces, as `{full}.…: …`"),
            )),
            None => Err(self.unknown(path, &full, scope)),
        }
    }

    /// A condition on one element of the nested field `path`.
    fn nested(
        &self,
        path: &str,
        scope: Scope<'_>,
        inner: impl FnOnce(Scope<'_>) -> Result<Condition, QueryError>,
    ) -> Result<Condition, QueryError> {
        let groups = self.groups_of(path, scope)?;
        let condition = inner(groups.last())?;
        Ok(groups.into_iter().rev().fold(condition, |inner, path| simplify::nested(path, inner)))
    }
}

/// The error with its place: the value where that is wrong, else the field.
fn placed(error: QueryError, text: &str, field: Option<&Literal>, value: &Literal) -> QueryError {
    let literal = field.filter(|_| error.kind() != ErrorKind::Value).unwrap_or(value);
    error.at(text, literal.offset())
}

fn refuse_null(value: &Literal) -> Result<(), QueryError> {
    if value.is_quoted() || value.as_text() != Some("null") {
        return Ok(());
    }
    let message = "nothing equals `null`; write `not field: *` for what is missing, or \"null\" in quotes for the text";
    Err(QueryError::new(ErrorKind::Value, message))
}

fn text_of(bound: &Bound<Operand>) -> Bound<&str> {
    bound.as_ref().map(|operand| operand.0.as_str())
}

impl Pattern {
    fn of(parts: &[String]) -> Self {
        Self::new(parts.to_vec())
    }
}
