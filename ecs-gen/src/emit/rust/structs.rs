//! The struct of a shape: its fields, its constructor when it has required ones, accessors that make an absent object,
//! and the line that makes it an `ecs_schema::Shape`.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::{self, ItemNames, Names};
use super::{doc, kind, rules};
use crate::field_type::ValueKind;
use crate::model::{Field, Model, Shape};

/// Arguments from which on clippy finds a function unwieldy; a constructor has one for each required field.
const MANY_ARGUMENTS: usize = 8;

/// The field whose value is the release of ECS that the log is made of.
const ECS_VERSION: &str = "ecs.version";

/// Accessors that would look like a method of a trait of the standard library.
const TRAIT_METHODS: &[&str] = &["as_mut", "borrow_mut", "deref_mut"];

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

/// A struct; its methods; its tables.
pub(super) fn items(model: &Model, names: &Names, at: usize, shape: &Shape) -> [TokenStream; 3] {
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
    // What is given by the log is in no derived default.
    let is_given = members.iter().any(|member| is_given(model, member.field));
    let default = if has_default(model, shape) && !is_given { quote!(Default,) } else { TokenStream::new() };
    let item = quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #type_name {
            #(#[doc = #docs] pub #idents: #types,)*
        }
    };
    let mut tables = rules::tables(model, names, own, shape, &fields);
    tables.extend(shape_line(own, &members));
    [item, methods(model, own, shape, &members), tables]
}

/// Whether a struct can be made out of nothing.
fn has_default(model: &Model, shape: &Shape) -> bool {
    !model.children(&shape.fields).any(|field| is_asked_for(model, field))
}

/// Whether the struct cannot do without the field, and nobody but the caller knows its value.
fn is_asked_for(model: &Model, field: &Field) -> bool {
    field.required && field.kind() != ValueKind::Alias && !is_given(model, field)
}

/// Whether the log says the value of a required field: the version of ECS, or an object that needs nothing else.
fn is_given(model: &Model, field: &Field) -> bool {
    if !field.required || field.is_array {
        return false;
    }
    match field.shape.map(|shape| model.shape(shape)) {
        Some(shape) => has_default(model, shape) && model.children(&shape.fields).any(|field| is_given(model, field)),
        None => field.path.as_str() == ECS_VERSION && field.kind() == ValueKind::Keyword && field.allowed.is_none(),
    }
}

impl<'m> Member<'m> {
    fn of(names: &Names, place: usize, field: &'m Field, name: &str) -> Option<Self> {
        let (Some(value), _) = kind::of(field, names) else { return None };
        let field_type = match field.kind() {
            ValueKind::Any if field.required => value.clone(),
            ValueKind::Any => quote!(Option<#value>),
            _ if field.is_array => quote!(Vec<#value>),
            _ if field.required => value.clone(),
            ValueKind::Object => quote!(Option<Box<#value>>),
            _ => quote!(Option<#value>),
        };
        let place = Literal::usize_unsuffixed(place);
        Some(Self { field, place, ident: names::ident(name), value, field_type })
    }
}

fn methods(model: &Model, own: &ItemNames, shape: &Shape, members: &[Member<'_>]) -> TokenStream {
    let constructor = constructor(model, members);
    let accessors: Vec<TokenStream> = members.iter().filter_map(|member| accessor(model, member)).collect();
    let type_name = &own.type_name;
    let mut methods = if has_default(model, shape) { default(model, type_name, members) } else { TokenStream::new() };
    if !constructor.is_empty() || !accessors.is_empty() {
        methods.extend(quote! {
            impl #type_name {
                #constructor
                #(#accessors)*
            }
        });
    }
    methods
}

/// `Default` of a struct of which the log gives something.
fn default(model: &Model, type_name: &Ident, members: &[Member<'_>]) -> TokenStream {
    let given = given(model, members);
    if given.is_empty() {
        return TokenStream::new();
    }
    let rest = (given.len() < members.len()).then(|| quote!(..ecs_schema::Shape::blank()));
    quote! {
        impl Default for #type_name {
            fn default() -> Self {
                Self { #(#given,)* #rest }
            }
        }
    }
}

/// The fields whose values the log gives, with these.
fn given(model: &Model, members: &[Member<'_>]) -> Vec<TokenStream> {
    let given = members.iter().filter(|member| is_given(model, member.field));
    let with_value = |Member { ident, field, value, .. }: &Member<'_>| {
        if field.shape.is_some() { quote!(#ident: #value::default()) } else { quote!(#ident: ECS_VERSION.to_owned()) }
    };
    given.map(with_value).collect()
}

/// `new`, when there is something to give it.
fn constructor(model: &Model, members: &[Member<'_>]) -> TokenStream {
    let required: Vec<&Member<'_>> = members.iter().filter(|member| is_asked_for(model, member.field)).collect();
    if required.is_empty() {
        return TokenStream::new();
    }
    let arguments = required.iter().map(|Member { ident, field_type, .. }| quote!(#ident: #field_type));
    let idents = required.iter().map(|member| &member.ident);
    let given = given(model, members);
    let rest = (required.len() + given.len() < members.len()).then(|| quote!(..ecs_schema::Shape::blank()));
    let many_arguments = (required.len() >= MANY_ARGUMENTS)
        .then(|| quote!(#[allow(clippy::too_many_arguments, reason = "one for each required field")]));
    let doc = if given.is_empty() {
        " With its required fields."
    } else {
        " With its required fields, of which [`ECS_VERSION`] is given."
    };
    quote! {
        #[doc = #doc]
        #[must_use]
        #many_arguments
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#idents,)* #(#given,)* #rest }
        }
    }
}

/// `x_mut` for an optional object that can be made out of nothing.
fn accessor(model: &Model, member: &Member<'_>) -> Option<TokenStream> {
    let Member { field, ident, value, .. } = member;
    let is_optional = !field.is_array && !field.required && field.kind() == ValueKind::Object;
    let shape = field.shape.filter(|_| is_optional)?;
    if !has_default(model, model.shape(shape)) {
        return None;
    }
    let name = ident.to_string();
    let name = name.trim_start_matches("r#").trim_end_matches('_');
    let mut method = format_ident!("{name}_mut");
    if TRAIT_METHODS.iter().any(|known| method == known) {
        method = format_ident!("{name}_object_mut");
    }
    let doc = format!(" `{}`, made when it is absent.", field.name());
    Some(quote! {
        #[doc = #doc]
        pub fn #method(&mut self) -> &mut #value {
            self.#ident.get_or_insert_default()
        }
    })
}

/// Each field behind its place in the table.
fn shape_line(own: &ItemNames, members: &[Member<'_>]) -> TokenStream {
    let ItemNames { type_name, table } = own;
    let (places, idents) = (members.iter().map(|m| &m.place), members.iter().map(|m| &m.ident));
    quote!(ecs_schema::impl_shape!(#type_name, #table, { #(#places #idents),* });)
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
