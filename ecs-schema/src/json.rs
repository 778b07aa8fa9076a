//! Checks JSON that no struct stands for, by the same tables as the structs, in one walk over the parser's events: no
//! tree is built. Owns the two entry points; the walk is in the modules below, and the canonical form of a
//! valid value in `json/canonical.rs`.

mod any;
mod canonical;
mod expand;
mod field;
mod flattened;
mod object;
mod parts;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer};
use serde_json::Value;

use crate::checker::Checker;
use crate::path::Path;
use crate::rule::{FieldRule, Kind, LogRules};
use crate::violation::Violations;

pub(crate) use any::check_any;
pub use expand::expand_dotted;

pub(crate) use canonical::{write_canonical, write_canonical_object};
pub(crate) use flattened::check_flattened;
pub(crate) use object::report_missing;

/// Checks a JSON value against a log's rules.
///
/// # Errors
/// Every violation.
///
/// # Examples
/// ```
/// use ecs_schema::{LogRules, ObjectRule, field_rule, validate_json};
///
/// static ROOT: ObjectRule = ObjectRule::new(&[field_rule!("message", Text)]);
/// static LOG: LogRules = LogRules::new("example", "9.4.0", &ROOT);
/// let violations = validate_json(&LOG, &serde_json::json!({"mesage": "hello"})).unwrap_err();
/// assert_eq!(
///     violations.to_string(),
///     "unknown-field: `mesage` is not a field; did you mean `message`?"
/// );
/// ```
pub fn validate_json(rules: &LogRules, value: &Value) -> Result<(), Violations> {
    let mut checker = Checker::default();
    // A value in memory is always well-formed: only the text has errors of its own.
    let _ = check_document(rules, value, &mut checker);
    checker.finish()
}

/// Checks JSON text against a log's rules; also finds fields that one object has twice.
///
/// Memory does not grow with the text: at most [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS) violations
/// are kept, each with a short quotation, and repetition is looked for among the first 10,000 names of
/// an object with free names. What can grow is the parser's own copy of a single string with escapes.
///
/// # Errors
/// [`JsonError::Syntax`] when `text` is no JSON, otherwise [`JsonError::Invalid`] with every violation.
///
/// # Examples
/// ```
/// use ecs_schema::{JsonError, LogRules, ObjectRule, field_rule, validate_json_str};
///
/// static ROOT: ObjectRule = ObjectRule::new(&[field_rule!("message", Text)]);
/// static LOG: LogRules = LogRules::new("example", "9.4.0", &ROOT);
/// assert!(validate_json_str(&LOG, r#"{"message":"hello"}"#).is_ok());
/// let Err(JsonError::Invalid(violations)) = validate_json_str(&LOG, r#"{"message":1}"#) else { panic!() };
/// assert_eq!(violations.as_slice()[0].rule.code(), "wrong-type");
/// ```
pub fn validate_json_str(rules: &LogRules, text: &str) -> Result<(), JsonError> {
    let mut checker = Checker::default();
    let mut parser = serde_json::Deserializer::from_str(text);
    check_document(rules, &mut parser, &mut checker).and_then(|()| parser.end()).map_err(JsonError::Syntax)?;
    checker.finish().map_err(JsonError::Invalid)
}

/// Checks a document, with what reads its JSON.
pub(crate) fn check_document<'de, D: Deserializer<'de>>(
    rules: &LogRules,
    from: D,
    out: &mut Checker,
) -> Result<(), D::Error> {
    let rule = FieldRule::nameless(Kind::Object(rules.root()));
    let is_present = field::ValueSeed::field(&rule, &Path::ROOT, out).deserialize(from)?;
    if !is_present && !out.is_partial {
        report_missing(&rule.required(), &Path::ROOT, out);
    }
    Ok(())
}

/// Why JSON text was refused. `Display` says everything but the offending values.
#[non_exhaustive]
pub enum JsonError {
    /// The text is no JSON, or nests beyond 127 levels; the error knows the line and the column.
    Syntax(serde_json::Error),
    /// The document breaks rules.
    Invalid(Violations),
}

impl JsonError {
    /// The violations, when the text is JSON.
    #[must_use]
    pub const fn violations(&self) -> Option<&Violations> {
        match self {
            Self::Syntax(_) => None,
            Self::Invalid(violations) => Some(violations),
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(out, "the text is not JSON: {error}"),
            Self::Invalid(violations) => write!(out, "the document breaks rules of its log: {violations}"),
        }
    }
}

impl std::error::Error for JsonError {}
