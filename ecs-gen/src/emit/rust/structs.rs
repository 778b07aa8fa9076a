//! The struct of a shape: its fields, its constructor when it has required ones, accessors that make an absent object,
//! and its implementation of `ecs_schema::Shape`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::{self, ItemNames, Names};
use super::{doc, kind, rules};
use crate::field_type::ValueKind;
use crate::model::{Field, Model, Shape};

/// Arguments from which on clippy finds a function unwieldy; a constructor has one for each required field.
const MANY_ARGUMENTS: usize = 8;
/// Fields from which on clippy finds a function with a line for each of them long.
const MANY_LINES: usize = 90;

/// One field of a struct.
struct Member<'m> {
    field: &'m Field,
    /// Place in the table.
    place: Literal,
    ident: Ident,
    /// Type of one value.
    value: TokenStream,
    /// The same, in what says how many there are.
    field_type: TokenStream,
}

/// A struct with everything that belongs to it.
pub(super) fn item(model: &Model, names: &Names, at: usize, shape: &Shape) -> TokenStream {
    let own = &names.shapes[at];
    let type_name = &own.type_name;
    let fields = names::fields(model, shape);
    let members: Vec<Member<'_>> = model
        .children(&shape.fields)
        .zip(&fields)
        .enumerate()
        .filter_map(|(place, (field, name))| Member::of(names, place, field, name))
        .collect();
    let doc = if at == 0 { format!(" A document of the log `{}`.", model.log.name) } else { doc::shape(shape) };
    let docs = members.iter().map(|member| doc::field(member.field, shape));
    let (idents, types) = (members.iter().map(|m| &m.ident), members.iter().map(|m| &m.field_type));
    let default = if has_default(model, shape) { quote!(Default,) } else { TokenStream::new() };
    let own_methods = methods(model, own, &members);
    let tables = rules::tables(model, names, own, shape, &fields);
    let implementation = implementation(own, &members);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #type_name {
            #(#[doc = #docs] pub #idents: #types,)*
        }
        #own_methods
        #tables
        #implementation
        ecs_schema::impl_shape!(#type_name);
    }
}

/// Whether a struct can be made out of nothing.
fn has_default(model: &Model, shape: &Shape) -> bool {
    !model.children(&shape.fields).any(is_required)
}

/// Whether the struct cannot do without the field.
fn is_required(field: &Field) -> bool {
    field.required && field.kind() != ValueKind::Alias
}

impl<'m> Member<'m> {
    fn of(names: &Names, place: usize, field: &'m Field, name: &str) -> Option<Self> {
        let (Some(value), _) = kind::of(field, names) else { return None };
        let field_type = match field.kind() {
            ValueKind::Any if field.required => value.clone(),
            ValueKind::Any => quote!(Option<#value>),
            _ if field.many => quote!(Vec<#value>),
            _ if field.required => value.clone(),
            ValueKind::Object => quote!(Option<Box<#value>>),
            _ => quote!(Option<#value>),
        };
        let place = Literal::usize_unsuffixed(place);
        Some(Self { field, place, ident: names::ident(name), value, field_type })
    }

    /// What the constructor sets an optional field to.
    fn absent(&self) -> TokenStream {
        let is_list = self.field.many && self.field.kind() != ValueKind::Any;
        if is_list { quote!(Vec::new()) } else { quote!(None) }
    }
}

fn methods(model: &Model, own: &ItemNames, members: &[Member<'_>]) -> TokenStream {
    let constructor = constructor(members);
    let accessors: Vec<TokenStream> = members.iter().filter_map(|member| accessor(model, member)).collect();
    if constructor.is_empty() && accessors.is_empty() {
        return TokenStream::new();
    }
    let type_name = &own.type_name;
    quote! {
        impl #type_name {
            #constructor
            #(#accessors)*
        }
    }
}

/// `new`, when there is something to give it.
fn constructor(members: &[Member<'_>]) -> TokenStream {
    let required: Vec<&Member<'_>> = members.iter().filter(|member| is_required(member.field)).collect();
    if required.is_empty() {
        return TokenStream::new();
    }
    let arguments = required.iter().map(|Member { ident, field_type, .. }| quote!(#ident: #field_type));
    let values = members.iter().map(|member| {
        let ident = &member.ident;
        if is_required(member.field) {
            return quote!(#ident);
        }
        let absent = member.absent();
        quote!(#ident: #absent)
    });
    let many_arguments = (required.len() >= MANY_ARGUMENTS)
        .then(|| quote!(#[allow(clippy::too_many_arguments, reason = "one for each required field")]));
    let many_lines = allow_lines(members);
    quote! {
        /// With its required fields.
        #[must_use]
        #many_arguments
        #many_lines
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values),* }
        }
    }
}

/// `x_mut` for an optional object that can be made out of nothing.
fn accessor(model: &Model, member: &Member<'_>) -> Option<TokenStream> {
    let Member { field, ident, value, .. } = member;
    let is_optional = !field.many && !field.required && field.kind() == ValueKind::Object;
    let shape = field.shape.filter(|_| is_optional)?;
    if !has_default(model, model.shape(shape)) {
        return None;
    }
    let method = format_ident!("{}_mut", ident.to_string().trim_start_matches("r#").trim_end_matches('_'));
    let doc = format!(" `{}`, made when it is absent.", field.name());
    Some(quote! {
        #[doc = #doc]
        pub fn #method(&mut self) -> &mut #value {
            self.#ident.get_or_insert_default()
        }
    })
}

fn allow_lines(members: &[Member<'_>]) -> Option<TokenStream> {
    (members.len() >= MANY_LINES).then(|| quote!(#[allow(clippy::too_many_lines, reason = "one for each field")]))
}

fn implementation(own: &ItemNames, members: &[Member<'_>]) -> TokenStream {
    let ItemNames { type_name, table } = own;
    let idents: Vec<&Ident> = members.iter().map(|member| &member.ident).collect();
    let places: Vec<&Literal> = members.iter().map(|member| &member.place).collect();
    let required = members.iter().filter(|member| is_required(member.field)).count();
    let blank = if required == 0 {
        quote!(Self::default())
    } else {
        let blanks = std::iter::repeat_n(quote!(ecs_schema::FieldValue::blank()), required);
        quote!(Self::new(#(#blanks),*))
    };
    let many_lines = allow_lines(members);
    quote! {
        impl ecs_schema::Shape for #type_name {
            fn rules() -> &'static ecs_schema::ObjectRule {
                &#table
            }
            #many_lines
            fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
                #(visitor.field(#places, &self.#idents);)*
            }
            #many_lines
            fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
                &mut self,
                index: usize,
                reader: ecs_schema::FieldReader<'_, A>,
            ) -> Result<bool, A::Error> {
                match index {
                    #(#places => reader.read(&mut self.#idents),)*
                    _ => reader.skip(),
                }
            }
            fn blank() -> Self {
                #blank
            }
        }
    }
}

/// Names after the paths of objects whose struct is named otherwise, where such a name is free.
pub(super) fn aliases(model: &Model, names: &mut Names) -> Option<TokenStream> {
    let mut aliases = TokenStream::new();
    for (shape, own) in model.shapes.iter().zip(&names.shapes).skip(1) {
        let type_name = &own.type_name;
        for path in &shape.used_at {
            let name = names::type_name(path);
            if *type_name != name && names.types.try_claim(&name) {
                let (alias, doc) = (names::ident(&name), format!(" `{path}`."));
                aliases.extend(quote!(#[doc = #doc] pub type #alias = #type_name;));
            }
        }
    }
    (!aliases.is_empty()).then_some(aliases)
}
