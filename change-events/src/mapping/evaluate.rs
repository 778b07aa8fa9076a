//! Expressions and conditions on a payload. Everything that is not there is `None`; nothing fails.

use std::collections::HashMap;

use serde_json::{Map, Number, Value as Json};

use super::path::is_missing;
use super::template::Piece;
use super::{Condition, Expression, Template, Test};
use crate::settings::{Headers, Settings};
use crate::{time, url};

/// What expressions read from.
#[derive(Debug)]
pub struct Payload<'p> {
    pub body: &'p Json,
    pub headers: &'p Headers,
    pub settings: &'p Settings,
    /// Values of `let`, and what is built in.
    pub variables: HashMap<String, Json>,
}

impl Payload<'_> {
    /// Computes values of `let` in their order, so that later ones may use earlier ones.
    pub fn define(&mut self, variables: &[(String, Expression)]) {
        for (name, expression) in variables {
            if let Some(value) = self.value(expression) {
                self.variables.insert(name.clone(), value);
            }
        }
    }

    /// The value of an expression; of several values the first.
    pub fn value(&self, expression: &Expression) -> Option<Json> {
        self.values(expression).into_iter().next()
    }

    /// All values of an expression: more than one with `[*]` alone.
    fn values(&self, expression: &Expression) -> Vec<Json> {
        if let Expression::Template(Template(pieces)) = expression
            && let [Piece::Payload(path)] = pieces.as_slice()
        {
            return path.find(self.body).into_iter().cloned().collect();
        }
        self.single(expression).filter(|value| !is_missing(value)).into_iter().collect()
    }

    fn single(&self, expression: &Expression) -> Option<Json> {
        match expression {
            Expression::Constant(value) => Some(value.clone()),
            Expression::Template(template) => self.fill(template),
            Expression::First(choices) => choices.iter().find_map(|choice| self.value(choice)),
            Expression::Map { of, table, otherwise } => {
                let found = self.text(of).and_then(|text| table.get(&text));
                found.or(otherwise.as_deref()).and_then(|value| self.value(value))
            }
            Expression::If { condition, then, otherwise } => {
                let chosen = if self.holds(condition) { Some(then) } else { otherwise.as_ref() };
                chosen.and_then(|value| self.value(value))
            }
            Expression::Time(of) => time::parse_json(&self.value(of)?).map(|moment| moment.to_string().into()),
            Expression::Url(of) => url::parse(&self.text(of)?).map(Json::String),
            Expression::Number { of, times, plus } => number(&self.value(of)?, *times, *plus),
            Expression::Part { of, after, before, last } => {
                let text = self.text(of)?;
                part(&text, after.as_deref(), before.as_deref(), last.as_deref()).map(|part| part.to_owned().into())
            }
            Expression::Replace { of, from, to } => Some(self.text(of)?.replace(from, to).into()),
            Expression::Service(of) => Some(self.settings.service(&self.text(of)?).to_owned().into()),
            Expression::List(items) => {
                let values: Vec<Json> = items.iter().flat_map(|item| self.values(item)).collect();
                (!values.is_empty()).then_some(Json::Array(values))
            }
            Expression::Object { fields, needs } => {
                let values = fields.iter().filter_map(|(name, field)| Some((name.clone(), self.value(field)?)));
                let object: Map<String, Json> = values.collect();
                let is_whole = needs.iter().all(|name| object.contains_key(name)) && !object.is_empty();
                is_whole.then_some(Json::Object(object))
            }
        }
    }

    fn text(&self, expression: &Expression) -> Option<String> {
        self.value(expression).as_ref().and_then(text_of)
    }

    fn fill(&self, Template(pieces): &Template) -> Option<Json> {
        if let [piece] = pieces.as_slice() {
            return self.piece(piece);
        }
        let texts: Option<String> = pieces.iter().map(|piece| self.piece(piece).as_ref().and_then(text_of)).collect();
        texts.map(Json::String)
    }

    fn piece(&self, piece: &Piece) -> Option<Json> {
        match piece {
            Piece::Text(text) => Some(Json::String(text.clone())),
            Piece::Payload(path) => path.find(self.body).first().map(|value| (*value).clone()),
            Piece::Header(name) => self.headers.get(name).map(|value| Json::String(value.to_owned())),
            Piece::Variable(name) => self.variables.get(name).cloned(),
        }
        .filter(|value| matches!(piece, Piece::Text(_)) || !is_missing(value))
    }

    /// Whether a condition holds.
    pub fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(inner) => !self.holds(inner),
            Condition::Test { value, test } => {
                let values = self.values(value);
                match test {
                    Test::Present(expected) => values.is_empty() != *expected,
                    Test::In(choices) => {
                        let choices: Vec<String> = choices.iter().filter_map(|choice| self.text(choice)).collect();
                        values.iter().filter_map(text_of).any(|text| choices.contains(&text))
                    }
                    Test::Matches(glob) => values.iter().filter_map(text_of).any(|text| matches_glob(&text, glob)),
                }
            }
        }
    }
}

/// A scalar as text; `None` for null, lists and objects.
pub fn text_of(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(boolean) => Some(boolean.to_string()),
        _ => None,
    }
}

fn number(value: &Json, times: f64, plus: f64) -> Option<Json> {
    let text = text_of(value)?;
    let text = text.trim();
    // Whole numbers stay exact when nothing is computed.
    #[expect(clippy::float_cmp, reason = "the neutral elements are exact")]
    if times == 1.0 && plus == 0.0 {
        return text.parse::<i64>().map(Json::from).ok().or_else(|| to_number(text.parse().ok()?));
    }
    to_number(text.parse::<f64>().ok()?.mul_add(times, plus))
}

/// Whole numbers without a fraction, so that fields of whole numbers take them.
fn to_number(value: f64) -> Option<Json> {
    /// Beyond, neighbouring whole numbers are not told apart.
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    let rounded = value.round();
    // Durations in seconds times a billion are whole but for what binary fractions add.
    if (value - rounded).abs() < 1e-3 && rounded.abs() <= MAX_EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "the bound is checked")]
        return Some(Json::from(rounded as i64));
    }
    Number::from_f64(value).map(Json::Number)
}

fn part<'t>(text: &'t str, after: Option<&str>, before: Option<&str>, last: Option<&str>) -> Option<&'t str> {
    let mut rest = text;
    if let Some(mark) = after {
        rest = rest.split_once(mark)?.1;
    }
    if let Some(mark) = last {
        rest = rest.rsplit_once(mark)?.1;
    }
    if let Some(mark) = before {
        rest = rest.split_once(mark)?.0;
    }
    Some(rest)
}

/// Whether a text is what a pattern says, in which `*` is any text.
fn matches_glob(text: &str, glob: &str) -> bool {
    let mut parts = glob.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
