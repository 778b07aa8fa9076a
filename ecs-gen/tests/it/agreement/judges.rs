//! Everything that judges a document of one log, asked at once.

use ecs_gen::model::Model;
use ecs_gen::sample::Verdict;
use ecs_schema::{LogRules, validate_json, validate_json_str};
use jsonschema::Validator;
use serde_json::Value;

use super::typed::Typed;
use super::{emit, rules_of};

/// The judges of one log.
pub struct Judges {
    schema: Validator,
    rules: &'static LogRules,
    typed: Option<Typed>,
}

/// What each judge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opinions {
    /// The JSON Schema.
    pub schema: Verdict,
    /// The rules, asked for a JSON value.
    pub value: Verdict,
    /// The rules, asked for JSON text.
    pub text: Verdict,
    /// The typed struct, read strictly.
    pub strict: Option<Verdict>,
    /// The typed struct, read leniently and then asked for its own validity; nothing when it cannot be read.
    pub lenient: Option<Lenient>,
}

/// What comes of lenient reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lenient {
    /// The text cannot be read.
    Unreadable,
    /// It was read, and the struct says that it breaks rules.
    Reported,
    /// It was read, and the struct is valid.
    Accepted,
    /// It was read, and the struct says another thing of itself than the rules say of the JSON that it writes.
    Contradictory,
}

impl Judges {
    /// The judges of a log; `typed` where Rust is generated for it.
    pub fn of(model: &Model, typed: Option<Typed>) -> Self {
        let files = emit(model, "json-schema");
        let schema: Value = serde_json::from_slice(files.iter().next().unwrap().1).unwrap();
        let rules = typed.as_ref().map_or_else(|| rules_of(model), |typed| typed.rules);
        Self { schema: jsonschema::draft202012::new(&schema).unwrap(), rules, typed }
    }

    /// What the judges say of a document, given as a value and as text.
    pub fn ask(&self, value: &Value, text: &str) -> Opinions {
        Opinions {
            schema: verdict(self.schema.is_valid(value)),
            value: verdict(validate_json(self.rules, value).is_ok()),
            text: verdict(validate_json_str(self.rules, text).is_ok()),
            strict: self.typed.as_ref().map(|typed| verdict((typed.is_taken_strictly)(text))),
            lenient: self.typed.as_ref().map(|typed| (typed.read_leniently)(text)),
        }
    }

    /// Reads a valid text into the struct and writes it: the canonical JSON, or what is wrong with it.
    pub fn round_trip(&self, text: &str) -> Option<Result<Vec<u8>, String>> {
        self.typed.as_ref().map(|typed| (typed.round_trip)(text))
    }

    /// Everything that the judges complain of, for people.
    pub fn complaints(&self, value: &Value, text: &str) -> String {
        let schema: Vec<String> =
            self.schema.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        let by_value = validate_json(self.rules, value).err().map(|found| found.to_string());
        let by_text = validate_json_str(self.rules, text).err().map(|found| format!("{found:?}"));
        let shown = format!("schema: {schema:?}\nvalue: {by_value:?}\ntext: {by_text:?}");
        shown.chars().take(2_000).collect()
    }
}

fn verdict(is_valid: bool) -> Verdict {
    if is_valid { Verdict::Valid } else { Verdict::Invalid }
}
