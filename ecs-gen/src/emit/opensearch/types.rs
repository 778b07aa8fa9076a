//! What OpenSearch calls a field type, from which version on, and which parameters it has there.

use serde_json::Value as Json;

use crate::emit::body::mapping::{Translated, is_default};
use crate::field_type::{FieldType, OpenSearchType};
use crate::model::{Model, Version};
use crate::parameter::{Parameter, Parameters};

/// Longest string, in UTF-16 units, that is a keyword in place of a wildcard: a quarter of Lucene's limit of 32,766
/// bytes, so that no text is too long. A wildcard has no limit, and a document must not be refused for one.
const KEYWORD_LIMIT: u64 = 8191;

/// A type and its parameters on OpenSearch, and what became of them.
pub(super) struct Translation {
    /// As they stand in the mapping.
    pub(super) to: Translated,
    /// Why it is another type, and what that costs; none when it is the same.
    pub(super) replaced: Option<Replacement>,
    /// Parameters that the type does not have there.
    pub(super) dropped: Vec<Parameter>,
}

/// A type that is another on OpenSearch, or behaves differently.
pub(super) struct Replacement {
    /// The version that has the original; none when no version does.
    pub(super) since: Option<&'static str>,
    /// What it costs.
    pub(super) cost: &'static str,
}

pub(super) fn translate(field_type: FieldType, parameters: &Parameters, since: Version) -> Translation {
    let (target, name, replaced) = target(field_type, parameters, since);
    let kept = |parameter: Parameter| target.is_some_and(|target| has_parameter(target, parameter));
    let mut to = Translated { name, parameters: std::collections::BTreeMap::new() };
    let mut dropped = Vec::new();
    for (parameter, value) in parameters {
        if kept(*parameter) {
            to.parameters.insert(parameter.name(), value.clone());
        } else if !is_default(*parameter, value) {
            dropped.push(*parameter);
        }
    }
    if field_type == FieldType::Wildcard && target == Some(FieldType::Keyword) {
        let declared = to.parameters.get(Parameter::IgnoreAbove.name()).and_then(Json::as_u64);
        let limit = declared.map_or(KEYWORD_LIMIT, |declared| declared.min(KEYWORD_LIMIT));
        to.parameters.insert(Parameter::IgnoreAbove.name(), limit.into());
    }
    Translation { to, replaced, dropped }
}

/// Fields that OpenSearch makes and counts by itself: a `flat_object` has two behind it.
pub(super) fn unseen_fields(model: &Model) -> usize {
    2 * model.fields.iter().filter(|field| field.field_type == FieldType::Flattened).count()
}

type Target = (Option<FieldType>, &'static str, Option<Replacement>);

/// The type whose parameters count, none when it has none of ours; its name; and what is different.
fn target(field_type: FieldType, parameters: &Parameters, since: Version) -> Target {
    match field_type.spec().opensearch {
        OpenSearchType::Renamed(_, name) => {
            (None, name, Some(Replacement { since: None, cost: cost(field_type, name, since) }))
        }
        OpenSearchType::Since(..) if needs_value(field_type, parameters) => {
            let cost = "the value must be known when the index is made; as a keyword it may differ between documents";
            (Some(FieldType::Keyword), FieldType::Keyword.name(), Some(Replacement { since: None, cost }))
        }
        OpenSearchType::Since(first, other) if Version::parse(first).is_some_and(|first| since < first) => {
            let cost = cost(field_type, other.name(), since);
            (Some(other), other.name(), Some(Replacement { since: Some(first), cost }))
        }
        OpenSearchType::Instead(other) => {
            let cost = cost(field_type, other.name(), since);
            (Some(other), other.name(), Some(Replacement { since: None, cost }))
        }
        OpenSearchType::Same | OpenSearchType::Since(..) => (Some(field_type), field_type.name(), None),
    }
}

fn needs_value(field_type: FieldType, parameters: &Parameters) -> bool {
    field_type == FieldType::ConstantKeyword && !parameters.contains_key(&Parameter::Value)
}

fn cost(from: FieldType, to: &str, since: Version) -> &'static str {
    match (from, to) {
        (FieldType::Flattened, _) if Version::parse("2.17").is_some_and(|fixed| since < fixed) => {
            "values are found by exact text; they are neither sorted nor aggregated, and have no length limit of their own; \
             before 2.17 a document that has `null` in place of the object is refused"
        }
        (FieldType::Flattened, _) => {
            "values are found by exact text; they are neither sorted nor aggregated, and have no length limit of their own"
        }
        (FieldType::ConstantKeyword, _) => "every document stores the value, and one without it is not found by it",
        (FieldType::Wildcard, _) => "searches with a leading `*` are slow, and longer values than 8191 are not found",
        (FieldType::Version, _) => {
            "versions sort as text, `10.0.0` before `9.0.0`; the `version` of 3.2 to 3.8 makes a second field, or an \
             unreadable index, out of a `PUT _mapping`"
        }
        (FieldType::UnsignedLong, _) => "numbers above 2^53 lose their last digits in searches and sums",
        (FieldType::MatchOnlyText, _) => "the index is larger",
        _ => "searches may find other documents",
    }
}

/// Whether a type has a parameter in OpenSearch: all that it has in Elasticsearch, but for what came after the two parted
/// and for `constant_keyword`, which OpenSearch wrote anew.
pub(crate) fn has_parameter(field_type: FieldType, parameter: Parameter) -> bool {
    match parameter {
        Parameter::SyntheticSourceKeep => false,
        Parameter::Meta if field_type == FieldType::ConstantKeyword => false,
        _ => field_type.spec().parameters.contains(&parameter),
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldType, Parameter, Parameters, Version, translate};

    #[test]
    fn nulls_for_open_objects_are_warned_of() {
        for (since, warns) in [("2.7", true), ("2.15", true), ("2.16", true), ("2.17", false), ("3.8", false)] {
            let translation = translate(FieldType::Flattened, &Parameters::new(), Version::parse(since).unwrap());
            assert_eq!(translation.replaced.unwrap().cost.contains("`null`"), warns, "{since}");
        }
    }

    #[test]
    fn constants_become_keywords_if_values_are_lost() {
        let parameters = Parameters::from([(Parameter::Value, "a".into())]);
        for (since, name) in [("2.14", "keyword"), ("2.15", "keyword"), ("2.16", "constant_keyword")] {
            let since = Version::parse(since).unwrap();
            assert_eq!(translate(FieldType::ConstantKeyword, &parameters, since).to.name, name);
        }
    }
}
