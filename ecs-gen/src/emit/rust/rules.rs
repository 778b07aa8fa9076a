//! The tables: one row for each field of a shape, and what rows refer to (patterns, expected event types).

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::kind;
use super::names::{ItemNames, Names};
use crate::field_type::ValueKind;
use crate::model::{Allowed, Field, Model, Shape};
use crate::parameter::Parameter;

/// The tables of a shape.
pub(super) fn tables(model: &Model, names: &Names, own: &ItemNames, shape: &Shape, fields: &[String]) -> TokenStream {
    let table = &own.table;
    let events = ExpectedTypes::of(model, shape);
    let mut patterns = TokenStream::new();
    let rows = model.children(&shape.fields).zip(fields).map(|(field, name)| {
        let pattern = field.pattern.as_ref().map(|text| {
            let pattern = format_ident!("{table}_{}_PATTERN", name.to_ascii_uppercase());
            patterns.extend(quote!(static #pattern: ecs_schema::Pattern = ecs_schema::Pattern::new(#text);));
            pattern
        });
        row(field, names, pattern.as_ref(), events.as_ref())
    });
    let rows: Vec<TokenStream> = rows.collect();
    let types = format_ident!("{table}_EXPECTED_TYPES");
    let unknown = if shape.takes_unknown { quote!(.takes_unknown()) } else { TokenStream::new() };
    let (expected, call) = match &events {
        Some(events) => (events.table(names, &types), quote!(.expected_types(&#types))),
        None => (TokenStream::new(), TokenStream::new()),
    };
    quote! {
        static #table: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[#(#rows),*])#call #unknown;
        #patterns
        #expected
    }
}

fn row(field: &Field, names: &Names, pattern: Option<&Ident>, events: Option<&ExpectedTypes<'_>>) -> TokenStream {
    let name = field.name();
    let (_, kind) = kind::of(field, names);
    let mut row = quote!(field_rule!(#name, #kind));
    if field.is_array && !matches!(field.kind(), ValueKind::Nested | ValueKind::Any) {
        row.extend(quote!(.array()));
    }
    if field.required {
        row.extend(quote!(.required()));
    }
    let is_uncoerced = field.parameters.get(&Parameter::Coerce) == Some(&serde_json::Value::Bool(false));
    if is_uncoerced {
        row.extend(quote!(.uncoerced()));
    }
    if let Some(id) = field.allowed {
        let table = &names.allowed[id.index()].table;
        row.extend(quote!(.allowed(&#table)));
    }
    if let Some(pattern) = pattern {
        row.extend(quote!(.pattern(&#pattern)));
    }
    match name {
        "category" if events.is_some() => row.extend(quote!(.event_category())),
        "type" if events.is_some() => row.extend(quote!(.event_type())),
        _ => {}
    }
    row
}

/// The rule which types go with which categories, of an object that has lists of both.
pub(in crate::emit) struct ExpectedTypes<'m> {
    categories: (&'m Field, &'m Allowed),
    types: (&'m Field, &'m Allowed),
}

impl<'m> ExpectedTypes<'m> {
    pub(in crate::emit) fn of(model: &'m Model, shape: &'m Shape) -> Option<Self> {
        let list = |name: &str| {
            let field = model.children(&shape.fields).find(|field| field.name() == name)?;
            Some((field, model.allowed_of(field)?))
        };
        let (categories, types) = (list("category")?, list("type")?);
        let has_rule = categories.1.values.iter().any(|value| !value.expected_event_types.is_empty());
        has_rule.then_some(Self { categories, types })
    }

    /// Each category that expects something, with the types; one that is not in the list is refused by the list.
    pub(in crate::emit) fn rows(&self) -> impl Iterator<Item = (&'m str, Vec<&'m str>)> {
        let types = &self.types.1.values;
        let rows = self.categories.1.values.iter().filter(|value| !value.expected_event_types.is_empty());
        rows.map(move |value| {
            let expected = value.expected_event_types.iter().map(String::as_str);
            (value.name.as_str(), expected.filter(|name| types.iter().any(|listed| listed.name == *name)).collect())
        })
    }

    fn table(&self, names: &Names, name: &Ident) -> TokenStream {
        let table = |field: &Field| field.allowed.map(|id| &names.allowed[id.index()].table);
        let (categories, types) = (table(self.categories.0), table(self.types.0));
        let rows = self.rows().map(|(category, types)| quote!((#category, &[#(#types),*])));
        quote! {
            static #name: ecs_schema::ExpectedTypes =
                ecs_schema::ExpectedTypes::new(&#categories, &#types, &[#(#rows),*]);
        }
    }
}
