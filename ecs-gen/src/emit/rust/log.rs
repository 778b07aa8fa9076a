//! What a module says of its log as a whole: its doc comment, its constants, its rules.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::doc;
use super::names::{self, Names};
use crate::model::Model;

/// The first part of a module.
pub(super) fn head(model: &Model) -> TokenStream {
    let log = &model.log;
    let mut about = vec![format!(" {}.", doc::prose(log.title.trim_end_matches('.')))];
    if !log.description.is_empty() {
        about.extend([String::new(), format!(" {}", doc::prose(&log.description))]);
    }
    let (name, ecs, version) = (&log.name, &model.ecs_version, Literal::u32_unsuffixed(log.version));
    quote! {
        #(#![doc = #about])*
        #![allow(clippy::doc_markdown, reason = "descriptions are prose of the schema")]

        use ecs_schema::field_rule;

        /// Name of the log.
        pub const NAME: &str = #name;
        /// Release of the Elastic Common Schema that the log's fields come from.
        pub const ECS_VERSION: &str = #ecs;
        /// The log's own version, raised with each change of its fields.
        pub const SCHEMA_VERSION: u32 = #version;
    }
}

/// The rules of the log, and the implementation of `ecs_schema::Log` for its document.
pub(super) fn rules(names: &mut Names) -> TokenStream {
    let rules = names::ident(&names.statics.claim("LOG_RULES"));
    let root = &names.shapes[0];
    let (type_name, table) = (&root.type_name, &root.table);
    quote! {
        static #rules: ecs_schema::LogRules = ecs_schema::LogRules::new(NAME, ECS_VERSION, &#table);

        impl ecs_schema::Log for #type_name {
            const NAME: &'static str = NAME;
            const RULES: &'static ecs_schema::LogRules = &#rules;
        }
    }
}
