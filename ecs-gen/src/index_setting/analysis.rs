//! The setting `analysis`: analyzers and normalizers of a log's own, and the tokenizers and filters that they are made of.
//! What a filter takes is the engine's to check; its plug-ins bring filters of their own.

use serde_json::{Map, Value as Json, json};

/// Analyzers that every engine has without settings; from `arabic` on those of languages.
pub const ANALYZERS: &[&str] = &[
    "standard",
    "simple",
    "whitespace",
    "stop",
    "keyword",
    "pattern",
    "fingerprint",
    "arabic",
    "armenian",
    "basque",
    "bengali",
    "brazilian",
    "bulgarian",
    "catalan",
    "cjk",
    "czech",
    "danish",
    "dutch",
    "english",
    "estonian",
    "finnish",
    "french",
    "galician",
    "german",
    "greek",
    "hindi",
    "hungarian",
    "indonesian",
    "irish",
    "italian",
    "latvian",
    "lithuanian",
    "norwegian",
    "persian",
    "portuguese",
    "romanian",
    "russian",
    "sorani",
    "spanish",
    "swedish",
    "thai",
    "turkish",
];

/// Normalizers that every engine has without settings.
pub const NORMALIZERS: &[&str] = &["lowercase"];

/// The parts of `analysis`.
const PARTS: &[&str] = &["analyzer", "char_filter", "filter", "normalizer", "tokenizer"];

/// What an analyzer of type `custom` may have; the engines pass over anything else.
const CUSTOM_ANALYZER: &[&str] = &["type", "tokenizer", "filter", "char_filter", "position_increment_gap"];

/// What a normalizer may have.
const NORMALIZER: &[&str] = &["type", "filter", "char_filter"];

/// The names that a part of `analysis` declares, such as those under `analyzer`.
pub fn names<'a>(analysis: &'a Json, part: &str) -> impl Iterator<Item = &'a str> {
    analysis.get(part).and_then(Json::as_object).into_iter().flat_map(Map::keys).map(String::as_str)
}

pub(super) fn check(value: &Json) -> Result<(), String> {
    let Some(parts) = value.as_object() else { return Err(format!("takes a mapping, not `{value}`")) };
    for (part, definitions) in parts {
        if !PARTS.contains(&part.as_str()) {
            return Err(format!("has no part `{part}`: its parts are {}", PARTS.join(", ")));
        }
        let Some(definitions) = definitions.as_object() else {
            return Err(format!("takes a mapping from names to definitions under `{part}`, not `{definitions}`"));
        };
        for (name, definition) in definitions {
            check_definition(part, name, definition).map_err(|problem| format!("{problem}, in `{part}.{name}`"))?;
        }
    }
    let definitions = |part: &str| value.get(part).and_then(Json::as_object).into_iter().flatten();
    for part in ["analyzer", "normalizer"] {
        for (name, definition) in definitions(part) {
            check_references(value, definition).map_err(|problem| format!("{problem}, in `{part}.{name}`"))?;
        }
    }
    Ok(())
}

fn check_definition(part: &str, name: &str, definition: &Json) -> Result<(), String> {
    if name.starts_with('_') || name.is_empty() || name.contains('.') {
        return Err("takes no name that begins with `_`, has a dot or is empty".to_owned());
    }
    let Some(options) = definition.as_object() else { return Err(format!("takes a mapping, not `{definition}`")) };
    let kind = match options.get("type") {
        Some(Json::String(kind)) => Some(kind.as_str()),
        Some(other) => return Err(format!("takes text as `type`, not `{other}`")),
        None => None,
    };
    let takes = |known: &[&str]| match options.keys().find(|option| !known.contains(&option.as_str())) {
        Some(option) => Err(format!("has no `{option}`: it takes {}", known.join(", "))),
        None => Ok(()),
    };
    match (part, kind) {
        ("analyzer", None | Some("custom")) if !options.contains_key("tokenizer") => {
            Err("needs a `tokenizer`, or the `type` of a built-in analyzer".to_owned())
        }
        ("analyzer", None | Some("custom")) => takes(CUSTOM_ANALYZER),
        ("normalizer", None | Some("custom")) => takes(NORMALIZER),
        ("normalizer", Some(other)) => Err(format!("is of type `custom`, not `{other}`")),
        ("char_filter" | "filter" | "tokenizer", None) => Err("needs a `type`".to_owned()),
        _ => Ok(()),
    }
}

/// Names of filters are texts. Which of them an engine has is not known here, but a name that is nearly one of the log's own
/// is meant to be that.
fn check_references(analysis: &Json, definition: &Json) -> Result<(), String> {
    for (option, part) in [("tokenizer", "tokenizer"), ("filter", "filter"), ("char_filter", "char_filter")] {
        let listed = match definition.get(option) {
            None => continue,
            Some(Json::Array(list)) if option != "tokenizer" => list.as_slice(),
            Some(single) => std::slice::from_ref(single),
        };
        for name in listed {
            let Some(name) = name.as_str() else { return Err(format!("takes names under `{option}`, not `{name}`")) };
            let own: Vec<&str> = names(analysis, part).collect();
            let is_split_differently = |known: &&&str| {
                **known != name && known.replace(['-', '_'], "").eq_ignore_ascii_case(&name.replace(['-', '_'], ""))
            };
            if let Some(meant) = own.iter().find(is_split_differently).filter(|_| !own.contains(&name)) {
                return Err(format!("names `{name}` under `{option}`, where `{meant}` is declared"));
            }
        }
    }
    Ok(())
}

pub(super) fn schema() -> Json {
    let definitions = json!({ "type": "object", "additionalProperties": { "type": "object" } });
    let parts: Map<String, Json> = PARTS.iter().map(|part| ((*part).to_owned(), definitions.clone())).collect();
    json!({ "type": "object", "properties": parts, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::check;

    #[track_caller]
    fn refuses(analysis: &Json, expected: &str) {
        let problem = check(analysis).unwrap_err();
        assert!(problem.contains(expected), "{problem}");
    }

    #[test]
    fn definitions_have_the_engines_forms() {
        let fine = json!({
            "analyzer": {
                "path": {"tokenizer": "slashes", "filter": ["lowercase", "short"], "position_increment_gap": 0},
                "words": {"type": "standard", "max_token_length": 20},
            },
            "normalizer": {"folded": {"type": "custom", "filter": "lowercase"}},
            "tokenizer": {"slashes": {"type": "path_hierarchy"}},
            "filter": {"short": {"type": "truncate", "length": 20}},
        });
        assert_eq!(check(&fine), Ok(()));
        refuses(&json!([]), "takes a mapping");
        refuses(&json!({"analysers": {}}), "has no part `analysers`");
        refuses(&json!({"analyzer": {"a": {}}}), "needs a `tokenizer`");
        refuses(&json!({"analyzer": {"a": {"tokenizer": "standard", "filters": []}}}), "has no `filters`");
        refuses(&json!({"analyzer": {"_a": {"tokenizer": "standard"}}}), "begins with `_`");
        refuses(&json!({"normalizer": {"n": {"type": "lowercase"}}}), "is of type `custom`");
        refuses(&json!({"normalizer": {"n": {"tokenizer": "keyword"}}}), "has no `tokenizer`");
        refuses(&json!({"filter": {"f": {"length": 2}}}), "needs a `type`");
        refuses(&json!({"analyzer": {"a": {"tokenizer": "standard", "filter": [1]}}}), "takes names under `filter`");
        let misspelt = json!({"analyzer": {"a": {"tokenizer": "standard", "filter": "myFilter"}}, "filter": {"my_filter": {"type": "stop"}}});
        refuses(&misspelt, "`my_filter` is declared");
    }
}
