//! Which event types a document's categories expect: keeps a valid document's two fields in step, and sets them at odds.

use serde_json::{Map, Value, json};

use super::maker::DocumentMaker;
use crate::model::{Allowed, AllowedValue, Field, Model};

/// The two fields of a log that has both, and their values.
struct Events<'m> {
    category: &'m Field,
    kind: &'m Field,
    categories: &'m Allowed,
    types: &'m Allowed,
}

impl<'m> Events<'m> {
    fn of(model: &'m Model) -> Option<Self> {
        let category = model.find("event.category")?;
        let kind = model.find("event.type")?;
        Some(Self { category, kind, categories: model.allowed_of(category)?, types: model.allowed_of(kind)? })
    }

    /// The types that at least one of the categories expects.
    fn expected(&self, categories: &[&str]) -> Vec<&'m str> {
        let chosen: Vec<&AllowedValue> =
            self.categories.values.iter().filter(|value| categories.contains(&value.name.as_str())).collect();
        let is_expected = |name: &&str| {
            chosen.iter().any(|category| {
                category.expected_event_types.is_empty() || category.expected_event_types.iter().any(|it| it == name)
            })
        };
        self.types.values.iter().map(|value| value.name.as_str()).filter(is_expected).collect()
    }

    /// A category and a type that it does not expect.
    fn odds(&self) -> Vec<(&'m str, &'m str)> {
        let categories = self.categories.values.iter().map(|value| value.name.as_str());
        let pairs = categories.flat_map(|category| {
            let expected = self.expected(&[category]);
            let types = self.types.values.iter().map(|value| value.name.as_str());
            types.filter(move |name| !expected.contains(name)).map(move |name| (category, name))
        });
        pairs.collect()
    }
}

/// Replaces the event types of a document that its categories do not expect.
pub(super) fn settle(maker: &mut DocumentMaker<'_>, root: &mut Map<String, Value>) {
    let Some(events) = Events::of(maker.model) else { return };
    let Some(Value::Object(event)) = root.get_mut("event") else { return };
    let categories = texts(event.get(events.category.name()));
    let types = texts(event.get(events.kind.name()));
    if categories.is_empty() || types.is_empty() {
        return;
    }
    let expected = events.expected(&categories);
    if types.iter().all(|name| expected.contains(name)) {
        return;
    }
    if expected.is_empty() {
        event.remove(events.category.name());
    } else {
        let chosen = wrapped(events.kind, maker.random.pick(&expected));
        event.insert(events.kind.name().to_owned(), chosen);
    }
}

/// Whether a log has categories that do not expect each type.
pub(super) fn can_be_at_odds(model: &Model) -> bool {
    Events::of(model).is_some_and(|events| !events.odds().is_empty())
}

/// Gives an event a category and a type that it does not expect.
pub(super) fn set_at_odds(maker: &mut DocumentMaker<'_>, _: &Field, event: &mut Map<String, Value>) {
    let Some(events) = Events::of(maker.model) else { return };
    let odds = events.odds();
    let (category, kind) = odds[maker.random.below(odds.len())];
    event.insert(events.category.name().to_owned(), wrapped(events.category, category));
    event.insert(events.kind.name().to_owned(), wrapped(events.kind, kind));
}

fn wrapped(field: &Field, text: &str) -> Value {
    if field.is_array { json!([text]) } else { text.into() }
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(elements)) => elements.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => vec![text],
        _ => vec![],
    }
}
