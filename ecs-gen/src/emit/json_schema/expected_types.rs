//! Which event types go with which categories, as conditions: a document that has categories and an event type needs a
//! category that expects that type. A category that lists no types expects all.

use std::collections::BTreeMap;

use super::schema::Schema;
use crate::model::{Allowed, Field, Model};

/// One condition for each event type that some category does not expect; empty when `fields`, those of one object, are
/// not the event's.
pub(super) fn conditions<'m>(model: &'m Model, fields: &[&'m Field]) -> Vec<Schema<'m>> {
    let at = |path: &str| fields.iter().find(|field| field.path.as_str() == path).copied();
    let (Some(category), Some(kind)) = (at("event.category"), at("event.type")) else { return vec![] };
    let (Some(categories), Some(types)) = (model.allowed_of(category), model.allowed_of(kind)) else { return vec![] };
    let conditions = types.values.iter().filter_map(|value| {
        let expecting = categories_expecting(categories, &value.name);
        (expecting.len() < categories.values.len()).then(|| condition(category, kind, &value.name, expecting))
    });
    conditions.collect()
}

fn categories_expecting<'m>(categories: &'m Allowed, event_type: &str) -> Vec<&'m str> {
    let expects = |types: &[String]| types.is_empty() || types.iter().any(|name| name == event_type);
    let found = categories.values.iter().filter(|category| expects(&category.expected_event_types));
    found.map(|category| category.name.as_str()).collect()
}

fn condition<'m>(category: &'m Field, kind: &'m Field, value: &'m str, expecting: Vec<&'m str>) -> Schema<'m> {
    let given =
        if category.is_array { Schema { min_items: Some(1), ..Schema::of("array") } } else { Schema::of("string") };
    let has_type = holding(kind, Schema { constant: Some(value), ..Schema::default() });
    let condition = Schema {
        properties: BTreeMap::from([(category.name(), given), (kind.name(), has_type)]),
        required: vec![category.name(), kind.name()],
        ..Schema::default()
    };
    let consequence = if expecting.is_empty() {
        Schema::never()
    } else {
        let one_of = Schema { values: expecting, ..Schema::default() };
        let properties = BTreeMap::from([(category.name(), holding(category, one_of))]);
        Schema { properties, ..Schema::default() }
    };
    Schema { condition: Some(Box::new(condition)), then: Some(Box::new(consequence)), ..Schema::default() }
}

/// A field one of whose values is as said.
fn holding<'m>(field: &Field, value: Schema<'m>) -> Schema<'m> {
    if field.is_array { Schema { contains: Some(Box::new(value)), ..Schema::of("array") } } else { value }
}
