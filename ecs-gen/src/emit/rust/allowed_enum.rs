//! The enum for a list of allowed values.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc;
use super::names::{self, ItemNames};
use crate::model::{AllowedId, Model};

/// An enum with a variant for each value and one for all others, and the line that makes it an `AllowedEnum`.
pub(super) fn item(model: &Model, id: AllowedId, own: &ItemNames) -> TokenStream {
    let ItemNames { type_name, table } = own;
    let allowed = &model.allowed[id.index()];
    let fields = model.fields.iter().filter(|field| field.allowed == Some(id));
    let doc = format!(" The values of {}.", doc::places(fields.map(|field| field.path.as_str())));
    let values: Vec<&str> = allowed.values.iter().map(|value| value.name.as_str()).collect();
    let variants = names::variants(values.iter().copied(), Some("Other"));
    let docs = values.iter().map(|value| format!(" {}.", doc::code(value)));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #type_name {
            #(#[doc = #docs] #variants,)*
            /// Another value, stored by another release; refused when writing.
            Other(String),
        }

        ecs_schema::impl_allowed_enum!(#type_name, #table, { #(#variants #values),* });
    }
}
