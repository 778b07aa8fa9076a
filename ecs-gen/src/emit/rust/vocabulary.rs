//! The enum for a list of allowed values.

use proc_macro2::TokenStream;
use quote::quote;

use super::doc;
use super::names::{self, ItemNames};
use crate::model::Allowed;

/// An enum with a variant for each value and one for all others, and its implementation of `ecs_schema::Vocabulary`.
pub(super) fn item(allowed: &Allowed, own: &ItemNames) -> TokenStream {
    let ItemNames { type_name, table } = own;
    let values: Vec<&str> = allowed.values.iter().map(|value| value.name.as_str()).collect();
    let variants = names::variants(values.iter().copied(), Some("Other"));
    let docs = values.iter().map(|value| format!(" {}.", doc::code(value)));
    let doc = format!(" The values of `{}`.", allowed.type_name);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #type_name {
            #(#[doc = #docs] #variants,)*
            /// Another value, stored by another release; refused when writing.
            Other(String),
        }

        static #table: ecs_schema::Allowed = ecs_schema::Allowed::new(&[#(#values),*]);

        impl ecs_schema::Vocabulary for #type_name {
            const ALLOWED: &'static ecs_schema::Allowed = &#table;

            fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::Other(text) => text,
                }
            }

            fn from_text(text: &str) -> Self {
                match text {
                    #(#values => Self::#variants,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        ecs_schema::impl_vocabulary!(#type_name);
    }
}
