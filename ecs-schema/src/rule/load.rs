//! The tables of a log from its `rules.json`, at run time: the same tables as those that are compiled in.
//!
//! # Format
//! A JSON object, as `ecs-gen` writes it into every generated folder:
//!
//! | key | what it is |
//! | --- | --- |
//! | `format` | 1. Another number is refused |
//! | `comment` | who wrote it; skipped |
//! | `log`, `ecs_version` | what [`LogRules::name`] and [`LogRules::ecs_version`] say |
//! | `root` | name of the document's shape |
//! | `lists` | name → the allowed values, in their order |
//! | `shapes` | name → `fields`, and optionally `expected_types`: a value of the field `category` → the values of `type` that it expects |
//!
//! A field has a `kind`, and what the kind needs: `shape` of `object` and `nested`, `target` of `alias`, optionally `value`
//! of `constant` and `format` of dates (`iso`, `iso_or_seconds`, `millis`, `seconds`). Besides, where it is so: `many`,
//! `required`, `uncoerced`; `allowed`, the name of a list; `pattern`, an expression of the crate `regex-lite`.

mod build;
mod file;

use std::fmt;

use super::LogRules;

impl LogRules {
    /// Loads the rules of a log from the text of its `rules.json`.
    ///
    /// Tables live as long as the program, those that are loaded as those that are compiled in: a log is to be loaded
    /// once, and a program that loads one again and again grows by it each time.
    ///
    /// # Errors
    /// When the text is no such file, is of another format, or contradicts itself.
    ///
    /// # Examples
    /// ```
    /// use ecs_schema::{LogRules, validate_json_str};
    ///
    /// let rules = LogRules::from_json(
    ///     r#"{"format": 1, "log": "orders", "ecs_version": "9.4.0", "root": "Orders", "lists": {}, "shapes": {
    ///         "Orders": {"fields": {"message": {"kind": "text"}}}}}"#,
    /// )?;
    /// assert!(validate_json_str(rules, r#"{"message": "hello"}"#).is_ok());
    /// assert!(validate_json_str(rules, r#"{"mesage": "hello"}"#).is_err());
    /// # Ok::<(), ecs_schema::RulesError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<&'static Self, RulesError> {
        file::parse(text).and_then(|file| build::build(&file))
    }
}

/// Why a text is not the rules of a log.
pub struct RulesError {
    message: String,
}

impl RulesError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "these are no rules of a log that this program can read: {}", self.message)
    }
}

impl std::error::Error for RulesError {}
