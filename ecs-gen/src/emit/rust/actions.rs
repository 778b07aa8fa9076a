//! Who writes events of a log and what for, as enums: a misspelt provider or action does not compile.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::doc;
use super::names::{self, Names};
use crate::model::Log;

/// `PROVIDER_ACTIONS`, an enum of the providers, and for each provider an enum of its actions.
pub(super) fn items(log: &Log, names: &mut Names) -> Vec<TokenStream> {
    let mut items = vec![table(log)];
    if !log.providers.is_empty() {
        let name = names::ident(&names.types.claim("Provider"));
        items.push(providers(log, &name));
    }
    for (provider, actions) in log.providers.iter().filter(|(_, actions)| !actions.is_empty()) {
        let name = names::ident(&names.types.claim(&format!("{}Action", names::type_name(provider))));
        items.push(actions_of(provider, actions, &name));
    }
    items
}

fn table(log: &Log) -> TokenStream {
    let rows = log.providers.iter().map(|(provider, actions)| quote!((#provider, &[#(#actions),*])));
    quote! {
        /// Each provider with its actions.
        pub const PROVIDER_ACTIONS: &[(&str, &[&str])] = &[#(#rows),*];
    }
}

fn providers(log: &Log, name: &Ident) -> TokenStream {
    let doc = format!(" Who writes events of the log `{}`.", log.name);
    let providers: Vec<&str> = log.providers.keys().map(String::as_str).collect();
    let variants = names::variants(providers.iter().copied(), None);
    let docs = providers.iter().map(|provider| format!(" {}.", doc::code(provider)));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
        }

        impl #name {
            /// Every provider.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// Its name, the value of `event.provider`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #providers,)*
                }
            }
        }
    }
}

fn actions_of(provider: &str, actions: &[String], name: &Ident) -> TokenStream {
    let doc = format!(" What the provider {} writes events for.", doc::code(provider));
    let variants = names::variants(actions.iter().map(String::as_str), None);
    let docs = actions.iter().map(|action| format!(" {}.", doc::code(action)));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#[doc = #docs] #variants,)*
        }

        ecs_schema::impl_action!(#name, #provider, { #(#variants #actions),* });
    }
}
