//! What an engine with the log's strict mapping says to a document that breaks a rule. The rules are knowingly stricter than
//! the engines; `docs/validation.md` has each difference and the reason, and the live suite tries them.

use ecs_schema::{Found, Violation, ViolationRule};

/// What the engines do with a document that breaks a rule, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EngineAnswer {
    /// They index it: the rule is the log's alone.
    Takes,
    /// That depends on the value, or on the engine.
    Depends,
    /// They refuse it too.
    Refuses,
}

impl EngineAnswer {
    /// For people and for tools.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Takes => "takes",
            Self::Depends => "depends",
            Self::Refuses => "refuses",
        }
    }

    /// The answer to a violation; the stricter one where the two engines differ.
    #[must_use]
    pub fn of(violation: &Violation) -> Self {
        match &violation.rule {
            // A document whose required field is absent is taken; a point without a latitude is not.
            ViolationRule::Missing if is_of_point(&violation.path) => Self::Depends,
            ViolationRule::InvalidVersion
            | ViolationRule::InvalidBinary
            | ViolationRule::Missing
            | ViolationRule::NotAllowed { .. }
            | ViolationRule::NullElement
            | ViolationRule::PatternMismatch { .. }
            | ViolationRule::UnexpectedEventType => Self::Takes,
            ViolationRule::UnknownField { .. }
            | ViolationRule::Alias { .. }
            | ViolationRule::TooLong { .. }
            | ViolationRule::NotConstant { .. }
            | ViolationRule::DuplicateField
            | ViolationRule::TooDeep { .. }
            | ViolationRule::NulInName => Self::Refuses,
            ViolationRule::WrongType { expected } => Self::of_wrong_type(expected, violation),
            ViolationRule::OutOfRange { expected } if expected.starts_with("an integer") => Self::Refuses,
            // One value or several are the same to an engine, if each is of the type; that was not looked at. A dotted name
            // is a path, which may be known.
            _ => Self::Depends,
        }
    }

    fn of_wrong_type(expected: &str, violation: &Violation) -> Self {
        let is_in_list = violation.path.ends_with(']');
        match (expected, violation.kind) {
            // An engine takes the text of a number, and `coerce` cuts fractions.
            ("a string" | "a version string", Found::Number | Found::Boolean)
            | ("an integer" | "a date", Found::Number) => Self::Takes,
            // Texts are parsed, and points have several forms.
            ("a boolean" | "an integer" | "a number", Found::String { .. }) | ("an object with `lat` and `lon`", _) => {
                Self::Depends
            }
            // Lists in lists are one list.
            (_, Found::Array) if is_in_list => Self::Depends,
            _ => Self::Refuses,
        }
    }
}

/// Whether a path may be that of a coordinate of a point.
fn is_of_point(path: &str) -> bool {
    matches!(path.rsplit_once('.'), Some((_, "lat" | "lon")))
}
