//! What a JSON document holds, in any of the forms that engines take and give: the mapping, the settings and the templates
//! in it, each with its place in the document. Knows no log and no comparison.

use serde_json::{Map, Value as Json, json};

use crate::diff::mapping::canonical::{Canonical, canonical};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// The mapping as the engine stores it.
    pub(crate) mapping: Option<(Canonical, String)>,
    /// The other parts: the document of a generated folder that it is, its content, and its pointer.
    pub(crate) parts: Vec<(String, Json, String)>,
}

/// The document that holds an index's own settings; no generated folder has it.
pub(crate) const INDEX: &str = "index.json";

/// What only a mapping has at its top.
const OF_MAPPING: &[&str] = &["properties", "dynamic", "_meta", "dynamic_templates", "_source"];

/// What only an index has at its top.
const OF_INDEX: &[&str] = &["mappings", "settings"];

/// Reads a document.
///
/// # Errors
/// When it is none of the known forms, or has several mappings of which none is the newer; what to give instead.
pub(crate) fn read(document: &Json) -> Result<Held, String> {
    let mut held = Held::default();
    let has = |name: &str| document.get(name).is_some();
    if let Some(listed) = listed(document, "index_templates", "index_template") {
        held.index_templates(&listed)?;
    } else if let Some(listed) = listed(document, "component_templates", "component_template") {
        held.components(&listed)?;
    } else if has("index_patterns") {
        held.index_templates(&[("", document, String::new())])?;
    } else if document.get("template").is_some_and(Json::is_object) {
        held.components(&[("", document, String::new())])?;
    } else if OF_INDEX.iter().any(|name| has(name)) {
        held.index("", document, "")?;
    } else if is_mapping(document) {
        held.set_mapping(document, String::new())?;
    } else if let Some(legacy) = named(document, |value| value.get("index_patterns").is_some()) {
        held.index_templates(&legacy)?;
    } else if let Some(indices) = named(document, |value| OF_INDEX.iter().any(|name| value.get(name).is_some())) {
        let (name, index, pointer) = newest(&indices).ok_or(FORMS)?;
        held.index(name, index, pointer)?;
    }
    if held.mapping.is_none() && held.parts.is_empty() {
        return Err(FORMS.to_owned());
    }
    Ok(held)
}

const FORMS: &str = "is none of a mapping, `{\"mappings\"}`, an answer to `GET INDEX`, `GET INDEX/_mapping`, \
                     `GET INDEX/_settings`, `GET _index_template/NAME` or `GET _component_template/NAME`, a template, or a \
                     log file";

/// The mapping in a document, as the engine stores it; the document itself when it is none of the known forms.
pub(crate) fn mapping_of(document: &Json) -> Json {
    let held = read(document).ok().and_then(|held| held.mapping);
    held.map_or_else(|| canonical(document).mapping, |(found, _)| found.mapping)
}

/// A part of an answer: its name, itself, and its pointer.
type Named<'j> = (&'j str, &'j Json, String);

fn is_mapping(value: &Json) -> bool {
    OF_MAPPING.iter().any(|key| value.get(key).is_some()) || value.as_object().is_some_and(Map::is_empty)
}

/// `{"index_templates": [{"name", "index_template"}]}`, and the same of components.
fn listed<'j>(document: &'j Json, list: &str, member: &str) -> Option<Vec<Named<'j>>> {
    let entries = document.get(list)?.as_array()?.iter().enumerate();
    let entry = |(at, entry): (usize, &'j Json)| {
        Some((entry.get("name")?.as_str()?, entry.get(member)?, format!("/{list}/{at}/{member}")))
    };
    Some(entries.filter_map(entry).collect())
}

/// `{"NAME": {…}}` where all are of one form.
fn named(document: &Json, is_of_form: impl Fn(&Json) -> bool) -> Option<Vec<Named<'_>>> {
    let entries = document.as_object()?;
    let pointer = |name: &str| format!("/{}", name.replace('~', "~0").replace('/', "~1"));
    let is_all = !entries.is_empty() && entries.values().all(is_of_form);
    is_all.then(|| entries.iter().map(|(name, value)| (name.as_str(), value, pointer(name))).collect())
}

/// Of several indices the one that is written to, or the one made last: by its date, by its number, by its name.
fn newest<'n, 'j>(indices: &'n [Named<'j>]) -> Option<&'n Named<'j>> {
    let is_written_to = |index: &Json| {
        let aliases = index.get("aliases").and_then(Json::as_object);
        aliases.is_some_and(|aliases| aliases.values().any(|alias| alias.get("is_write_index") == Some(&json!(true))))
    };
    let date = |index: &Json| {
        let date = ["/settings/index/creation_date", "/settings/index.creation_date"];
        date.iter().find_map(|pointer| index.pointer(pointer)?.as_str()?.parse::<u64>().ok())
    };
    let number = |name: &str| name.rsplit('-').next().and_then(|end| end.parse::<u64>().ok());
    indices.iter().max_by_key(|(name, index, _)| (is_written_to(index), date(index), number(name), *name))
}

impl Held {
    fn set_mapping(&mut self, mapping: &Json, pointer: String) -> Result<(), String> {
        if let Some((_, other)) = &self.mapping {
            return Err(format!("has a mapping at `{other}` and another at `{pointer}`: give the one that is meant"));
        }
        self.mapping = Some((canonical(mapping), pointer));
        Ok(())
    }

    fn set_mapping_below(&mut self, body: &Json, member: &str, pointer: &str) -> Result<(), String> {
        match body.pointer(member) {
            Some(found) => self.set_mapping(found, format!("{pointer}{member}")),
            None => Ok(()),
        }
    }

    /// Composable and legacy ones; all have the composable form afterwards, without their mapping.
    fn index_templates(&mut self, templates: &[Named<'_>]) -> Result<(), String> {
        for (at, (name, template, pointer)) in templates.iter().enumerate() {
            self.set_mapping_below(template, "/template/mappings", pointer)?;
            self.set_mapping_below(template, "/mappings", pointer)?;
            let document =
                if at == 0 { "index-template.json".to_owned() } else { format!("index-template.{name}.json") };
            self.parts.push((document, composable(template), pointer.clone()));
        }
        Ok(())
    }

    /// Which component is which is said by what it holds.
    fn components(&mut self, components: &[Named<'_>]) -> Result<(), String> {
        for (_, component, pointer) in components {
            self.set_mapping_below(component, "/template/mappings", pointer)?;
            let has_mapping = component.pointer("/template/mappings").is_some();
            let name =
                if has_mapping { "component-template-mappings.json" } else { "component-template-settings.json" };
            if let Some((_, _, other)) = self.parts.iter().find(|(known, ..)| known == name) {
                return Err(format!("has settings at `{other}` and others at `{pointer}`: give those that are meant"));
            }
            self.parts.push((name.to_owned(), (*component).clone(), pointer.clone()));
        }
        Ok(())
    }

    fn index(&mut self, name: &str, index: &Json, pointer: &str) -> Result<(), String> {
        self.set_mapping_below(index, "/mappings", pointer)?;
        if let Some(settings) = index.get("settings") {
            self.parts.push((INDEX.to_owned(), json!({"name": name, "settings": settings}), pointer.to_owned()));
        }
        Ok(())
    }
}

/// A template in the composable form, without its mapping.
fn composable(template: &Json) -> Json {
    let mut template = template.clone();
    let Some(body) = template.as_object_mut() else { return template };
    body.remove("mappings");
    if let Some(order) = body.remove("order") {
        body.insert("priority".to_owned(), order);
    }
    if let Some(settings) = body.remove("settings") {
        body.insert("template".to_owned(), json!({"settings": settings}));
    }
    if let Some(own) = body.get_mut("template").and_then(Json::as_object_mut) {
        own.remove("mappings");
    }
    template
}
