//! The JSON Schemas as editors read them: to what the structural check needs they add the names of ECS's field sets and
//! fields, the types, which parameter a type has, the forms of values that are texts, the actions of each phase, and what
//! excludes each other. A strict validator takes them as they are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::Diagnostics;
use crate::ecs::load_release;
use crate::ecs::releases::COMMITTED;
use crate::emit::DISPLAY_FORMATS;
use crate::field_type::{FieldType, TYPES, TypeSpec, ValueKind};
use crate::fieldset::{Cursor, METRIC_TYPES, UNITS};
use crate::index_setting::{ANALYZERS, NORMALIZERS, SETTINGS, SettingEngine};
use crate::lifecycle::{ACTIONS, ActionForm};
use crate::parameter::{Parameter, ParameterForm};
use crate::source::Sources;

/// A whole number above zero and a unit of time.
const DURATION: &str = "^0*[1-9][0-9]* *(d|h|m|s|ms|micros|nanos) *$";

/// A whole number above zero and a unit of size.
const SIZE: &str = "^0*[1-9][0-9]* *([bB]|[kKmMgGtTpP][bB]) *$";

/// Definitions whose names begin so hold names of ECS, and no options.
pub const ECS: &str = "ecs";

/// Texts with a form: definition, option, pattern.
const FORMS: &[(&str, &str, &str)] = &[
    ("LifecycleInput", "keep", DURATION),
    ("RolloverInput", "max_age", DURATION),
    ("RolloverInput", "max_size", SIZE),
    ("RolloverInput", "max_primary_shard_size", SIZE),
    ("RolloverInput", "min_age", DURATION),
    ("RolloverInput", "min_size", SIZE),
    ("RolloverInput", "min_primary_shard_size", SIZE),
    ("IndexInput", "auto_expand_replicas", "^[0-9]+-([0-9]+|all)$"),
    ("OpenSearchInput", "since", r"^[0-9]+(\.[0-9]+){0,2}$"),
];

/// Options of which at most one is there.
const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("IndexInput", &["alias", "aliases", "data_stream"]),
    ("IndexInput", &["replicas", "auto_expand_replicas"]),
    ("OpenSearchInput", &["alias", "aliases", "data_stream"]),
];

/// Adds to the schema of an input what editors can use.
#[must_use]
pub fn for_editors(mut schema: Json) -> Json {
    replace_formats(&mut schema);
    let mut definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
    for (definition, option, pattern) in FORMS {
        if let Some(property) = definitions.get_mut(*definition).and_then(|found| found["properties"].get_mut(*option))
        {
            property["pattern"] = (*pattern).into();
        }
    }
    for (definition, options) in EXCLUSIVE {
        if let Some(found) = definitions.get_mut(*definition).and_then(Json::as_object_mut) {
            let pairs = options.iter().enumerate().flat_map(|(index, one)| {
                options[index + 1..].iter().map(move |other| json!({ "not": given(&[one, other]) }))
            });
            let all = found.entry("allOf").or_insert_with(|| json!([])).as_array_mut();
            all.expect("`allOf` is a list").extend(pairs);
        }
    }
    if let Some(index) = definitions.get_mut("IndexInput") {
        let targets = ["alias", "aliases", "data_stream"].map(|name| given(&[name]));
        index["anyOf"] = targets.into();
        index["properties"]["refresh_interval"] = json!({
            "description": index["properties"]["refresh_interval"]["description"],
            "anyOf": [{ "type": "string", "pattern": format!("{DURATION}|^-1$") }, { "const": -1 }, { "type": "null" }],
        });
    }
    for (definition, not_there) in
        [("IndexInput", SettingEngine::OpenSearch), ("OpenSearchInput", SettingEngine::Elasticsearch)]
    {
        if let Some(input) = definitions.get_mut(definition) {
            complete_settings(&mut input["properties"]["settings"], not_there);
        }
    }
    if let Some(phases) = definitions.get_mut("Phases").and_then(|phases| phases["properties"].as_object_mut()) {
        complete_phases(phases);
    }
    if let Some(field) = definitions.get_mut("FieldInput") {
        complete_field(field);
    }
    if let Some(field) = definitions.get_mut("MultiFieldInput") {
        complete_multi_field(field);
    }
    if definitions.contains_key("SelectedFields") {
        definitions.extend(NAMES.clone());
        schema["properties"]["fields"]["$ref"] = format!("#/$defs/{ECS}").into();
    }
    if schema["properties"].get("ecs").is_some() {
        let versions: Vec<&str> = COMMITTED.iter().map(|(version, _)| *version).collect();
        schema["properties"]["ecs"] = json!({
            "description": schema["properties"]["ecs"]["description"],
            "anyOf": [{ "enum": versions }, { "type": "string", "pattern": r"\.ya?ml$" }],
        });
    }
    if schema["properties"].get("dynamic").is_some() {
        schema["properties"]["dynamic"]["additionalProperties"] = json!({ "enum": [false, "false", "strict"] });
    }
    if !definitions.is_empty() {
        schema["$defs"] = definitions.into();
    }
    schema
}

/// Formats of Rust's numbers, which no validator knows, as limits.
fn replace_formats(schema: &mut Json) {
    match schema {
        Json::Object(map) => {
            if map.get("format").and_then(Json::as_str).is_some_and(|format| format == "uint32") {
                map.insert("maximum".to_owned(), u32::MAX.into());
            }
            if map.get("format").is_some_and(Json::is_string) {
                map.remove("format");
            }
            map.values_mut().for_each(replace_formats);
        }
        Json::Array(list) => list.iter_mut().for_each(replace_formats),
        _ => {}
    }
}

/// The names of settings with their values; each may have `index.` before it, and may be parted at its dots.
fn complete_settings(settings: &mut Json, not_there: SettingEngine) {
    let mut named = Vec::new();
    for spec in SETTINGS.iter().filter(|spec| spec.engine != not_there) {
        let mut value = spec.form.schema();
        value["description"] = spec.about.into();
        named.push((spec.name.to_owned(), value.clone()));
        named.push((format!("index.{}", spec.name), value));
    }
    let description = settings["description"].take();
    *settings = parted(&named);
    settings["description"] = description;
}

/// An object in which each of these names stands whole, or parted at any of its dots.
fn parted(named: &[(String, Json)]) -> Json {
    let mut properties: Map<String, Json> = named.iter().cloned().collect();
    let mut below: BTreeMap<&str, Vec<(String, Json)>> = BTreeMap::new();
    for (name, value) in named {
        for (at, _) in name.match_indices('.') {
            below.entry(&name[..at]).or_default().push((name[at + 1..].to_owned(), value.clone()));
        }
    }
    properties.extend(below.into_iter().map(|(name, named)| {
        let mut part = parted(&named);
        part["minProperties"] = 1.into();
        (name.to_owned(), part)
    }));
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// Other keys of a phase are refused, and an age that begins one has its form.
fn complete_phases(phases: &mut Map<String, Json>) {
    for (name, phase) in phases {
        phase["additionalProperties"] = false.into();
        let Some(options) = phase["properties"].as_object_mut() else { continue };
        if matches!(name.as_str(), "hot" | "delete") {
            options.remove("after");
        }
        if let Some(after) = options.get_mut("after") {
            after["pattern"] = DURATION.into();
        }
        for action in ACTIONS {
            let Some(parameters) = options.get_mut(action.name).map(|action| &mut action["properties"]) else {
                continue;
            };
            for parameter in action.parameters {
                if let ActionForm::OneOf(list) = parameter.form {
                    parameters[parameter.name]["enum"] = json!(list);
                }
                if parameter.form == ActionForm::Text {
                    parameters[parameter.name]["minLength"] = 1.into();
                }
                if parameter.form == ActionForm::Size {
                    parameters[parameter.name]["pattern"] = SIZE.into();
                }
            }
            // Nothing is no mapping that lacks what is required.
            if action.parameters.iter().any(|parameter| parameter.required) {
                options[action.name]["type"] = "object".into();
            }
        }
    }
}

fn complete_field(field: &mut Json) {
    let properties = &mut field["properties"];
    let types = TYPES.iter().map(|spec| spec.name).chain(["group"]);
    restrict(&mut properties["type"], types.collect());
    restrict(&mut properties["format"], DISPLAY_FORMATS.to_vec());
    restrict(&mut properties["unit"], UNITS.to_vec());
    restrict(&mut properties["metric_type"], METRIC_TYPES.to_vec());
    describe_parameters(properties);
    let conditions: Vec<Json> = TYPES.iter().map(|spec| condition(spec, properties)).collect();
    field["allOf"] = conditions.into();
}

fn complete_multi_field(field: &mut Json) {
    let properties = &mut field["properties"];
    let types = || TYPES.iter().filter(|spec| spec.field_type.can_be_multi_field());
    restrict(&mut properties["type"], types().map(|spec| spec.name).collect());
    describe_parameters(properties);
    let conditions: Vec<Json> = types()
        .map(|spec| {
            let mut then = unfit(spec, properties);
            if let Some(names) = then["parameters"]["propertyNames"]["enum"].as_array_mut() {
                names.retain(|name| name != Parameter::CopyTo.name());
            }
            json!({ "if": is_of(&[spec.name]), "then": { "properties": then } })
        })
        .collect();
    field["allOf"] = conditions.into();
}

/// One of these texts, and what the option takes besides.
fn restrict(option: &mut Json, choices: Vec<&str>) {
    let mut choices: Vec<Json> = choices.into_iter().map(Json::from).collect();
    if option["type"].as_array().is_some_and(|types| types.contains(&"null".into())) {
        choices.push(Json::Null);
    }
    option["enum"] = choices.into();
}

/// What each mapping parameter takes, under `parameters` and beside it.
fn describe_parameters(properties: &mut Json) {
    let forms: Map<String, Json> =
        Parameter::ALL.iter().map(|parameter| (parameter.name().to_owned(), form(parameter.form()))).collect();
    let parameters = &mut properties["parameters"];
    parameters["properties"] = forms.into();
    parameters["additionalProperties"] = false.into();
}

fn form(form: ParameterForm) -> Json {
    match form {
        ParameterForm::Boolean => json!({ "type": "boolean" }),
        ParameterForm::Count => json!({ "type": ["integer", "null"], "minimum": 0, "maximum": i32::MAX }),
        ParameterForm::PositiveNumber => json!({ "type": "number", "exclusiveMinimum": 0 }),
        ParameterForm::Text | ParameterForm::Path => json!({ "type": "string" }),
        ParameterForm::Analyzer => named(ANALYZERS),
        ParameterForm::Normalizer => named(NORMALIZERS),
        ParameterForm::Scalar => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "number" }, { "type": "boolean" }] })
        }
        ParameterForm::OneOf(list) => json!({ "enum": list }),
        ParameterForm::Formats(list) => {
            let one = format!("({})", list.join("|"));
            json!({ "type": "string", "pattern": format!(r"^{one}(\|\|{one})*$") })
        }
        ParameterForm::Paths => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
        }
        ParameterForm::Meta => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
    }
}

/// A name of which these are known.
fn named(known: &[&str]) -> Json {
    json!({ "type": "string", "examples": known })
}

/// What a field of the type may have.
fn condition(spec: &TypeSpec, properties: &Json) -> Json {
    let names: &[&str] = if spec.field_type == FieldType::Object { &["object", "group"] } else { &[spec.name] };
    let mut then = unfit(spec, properties);
    if !matches!(spec.kind, ValueKind::Keyword | ValueKind::Text | ValueKind::Constant) {
        then["allowed_values"] = json!({ "maxItems": 0, "type": ["array", "null"] });
        then["pattern"] = json!({ "type": "null" });
    }
    if !spec.kind.is_number() {
        then["unit"] = json!({ "type": "null" });
        then["metric_type"] = json!({ "type": "null" });
    }
    if !spec.field_type.has_multi_fields() {
        then["multi_fields"] = json!({ "maxItems": 0, "type": "array" });
    }
    // Of a disabled object nothing is parsed, nested or not.
    if spec.field_type == FieldType::Nested {
        then["enabled"] = json!({ "const": false });
        then["parameters"] = json!({ "type": "object" });
    }
    json!({ "if": is_of(names), "then": { "properties": then } })
}

fn is_of(types: &[&str]) -> Json {
    json!({ "properties": { "type": { "enum": types } }, "required": ["type"] })
}

/// That these options are there. Strict validators want to be told of each that it is one.
fn given(options: &[&str]) -> Json {
    let properties: Map<String, Json> = options.iter().map(|option| ((*option).to_owned(), true.into())).collect();
    json!({ "properties": properties, "required": options })
}

/// The parameters that the type does not have, of which none may be given.
fn unfit(spec: &TypeSpec, properties: &Json) -> Json {
    let has = |parameter: &&Parameter| spec.parameters.contains(parameter);
    let beside = Parameter::ALL.iter().filter(|parameter| !has(parameter) && **parameter != Parameter::Format);
    let beside = beside.filter(|parameter| properties.get(parameter.name()).is_some());
    let mut unfit: Map<String, Json> =
        beside.map(|parameter| (parameter.name().to_owned(), json!({ "type": "null" }))).collect();
    let names: Vec<&str> = Parameter::ALL.iter().filter(has).map(|parameter| parameter.name()).collect();
    unfit.insert("parameters".to_owned(), json!({ "type": "object", "propertyNames": { "enum": names } }));
    unfit.into()
}

/// The names of ECS, as definitions: of the newest release, and of each of its objects once.
static NAMES: LazyLock<Map<String, Json>> = LazyLock::new(|| {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let newest = COMMITTED.last().map(|(version, _)| *version).expect("a release is part of the binary");
    let release = load_release(&mut sources, newest, None, &mut diagnostics).expect("the release is read by tests");
    let catalog = release.catalog(&mut diagnostics);
    let mut names = Names::default();
    let tops: Vec<(&str, Cursor<'_>)> = catalog.tops(&release.shown).filter(|(_, top)| !top.is_hidden()).collect();
    let mut sets: BTreeMap<String, Json> = BTreeMap::new();
    for (name, set) in catalog.sets().filter(|(_, set)| set.root) {
        let of_set = tops.iter().copied().filter(|(top, _)| set.tree.children.contains_key(*top));
        sets.insert(name.to_owned(), names.object(name, of_set));
    }
    for (name, top) in tops.iter().filter(|(name, _)| catalog.set(name).is_some_and(|set| !set.root)) {
        sets.insert((*name).to_owned(), names.place(name, *top));
    }
    let mut definitions = names.definitions;
    definitions.insert(ECS.to_owned(), fields(&sets.into_iter().collect()));
    definitions
});

#[derive(Default)]
struct Names {
    definitions: Map<String, Json>,
    /// The name of each definition, by its text: most objects are copies of a field set.
    known: BTreeMap<String, String>,
}

impl Names {
    fn place(&mut self, path: &str, place: Cursor<'_>) -> Json {
        let children: Vec<_> = place.children().filter(|(_, child)| !child.is_hidden()).collect();
        if children.is_empty() { json!({ "$ref": "#/$defs/Selected" }) } else { self.object(path, children) }
    }

    /// The options of an object with these fields.
    fn object<'c>(&mut self, path: &str, children: impl IntoIterator<Item = (&'c str, Cursor<'c>)>) -> Json {
        let children: Map<String, Json> = children
            .into_iter()
            .map(|(name, child)| (name.to_owned(), self.place(&format!("{path}.{name}"), child)))
            .collect();
        let option = |name: &str| json!({ "$ref": format!("#/$defs/Selection/properties/{name}") });
        let definition = json!({ "anyOf": [
            {
                "type": "object",
                "properties": {
                    "fields": fields(&children),
                    "index": option("index"), "enabled": option("enabled"), "docs_only": option("docs_only"),
                },
                "additionalProperties": false,
            },
            { "type": "null" }, { "type": "array", "maxItems": 0 }, { "type": "string", "const": "" },
        ] });
        let name = self.known.entry(definition.to_string()).or_insert_with(|| format!("{ECS}.{path}")).clone();
        self.definitions.insert(name.clone(), definition);
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

/// `'*'`, or some of these and of what custom files add.
fn fields(names: &Map<String, Json>) -> Json {
    json!({
        "description": "`'*'` for all fields, or a mapping that names them.",
        "anyOf": [
            { "type": "string", "const": "*" },
            { "type": "object", "properties": names, "additionalProperties": { "$ref": "#/$defs/Selected" } },
            { "type": "null" },
        ],
    })
}
