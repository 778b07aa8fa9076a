//! One Rust module for each log, `rust/<log>.rs`: a struct for each object shape with its table of rules, an enum for
//! each list of allowed values, an enum for each provider's actions; and `rust/mod.rs`, which declares the modules of
//! the run. What the structs can do stands in the crate `ecs-schema`: the modules hold facts, not logic.

mod actions;
mod allowed_enum;
mod doc;
mod kind;
mod log;
mod names;
mod rules;
mod structs;
#[cfg(test)]
mod tests;

pub(super) use kind::is_unlimited;
pub(super) use rules::ExpectedTypes;

use proc_macro2::TokenStream;
use quote::quote;

use super::Emitter;
use crate::files::{Files, GENERATED_BY};
use crate::model::{AllowedId, Model};

/// Emits the typed Rust of a log.
pub struct Rust;

impl Emitter for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn about(&self) -> &'static str {
        "Rust modules (with `--rust`): structs, enums and rules of a document, and mod.rs"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        let module = names::module_name(&model.log.name);
        out.add_rust(&format!("{module}.rs"), print(&model.log.source, module_of(model)));
    }

    fn emit_all(&self, models: &[Model], out: &mut Files) {
        for model in models {
            self.emit(model, out);
        }
        let mut models: Vec<&Model> = models.iter().collect();
        models.sort_by_key(|model| names::module_name(&model.log.name));
        let sources: Vec<&str> = models.iter().map(|model| model.log.source.as_str()).collect();
        out.add_rust("mod.rs", print(&sources.join(", "), vec![index_of(&models)]));
    }
}

/// The parts of a log's module, each to be printed with an empty line before it.
fn module_of(model: &Model) -> Vec<TokenStream> {
    let mut names = names::Names::of(model);
    let mut parts = vec![log::head(model)];
    parts.extend(model.shapes.iter().enumerate().flat_map(|(at, shape)| structs::items(model, &names, at, shape)));
    parts.push(log::rules(&mut names));
    let lists = (0..).map(AllowedId).zip(&names.allowed);
    parts.extend(lists.map(|(id, own)| allowed_enum::item(model, id, own)));
    parts.extend(actions::items(&model.log, &mut names));
    parts.extend(structs::aliases(model, &mut names));
    parts
}

/// `mod.rs`: the modules, and the rules of all logs for programs that treat them alike.
fn index_of(models: &[&Model]) -> TokenStream {
    let modules: Vec<_> = models.iter().map(|model| names::ident(&names::module_name(&model.log.name))).collect();
    let roots = models.iter().map(|model| names::Names::of(model).shapes.swap_remove(0).type_name);
    quote! {
        //! Typed event logs, a module each.
        #(pub mod #modules;)*

        /// The rules of every log.
        pub static LOGS: &[&ecs_schema::LogRules] = &[#(<#modules::#roots as ecs_schema::Log>::RULES),*];
    }
}

fn print(source: &str, parts: Vec<TokenStream>) -> String {
    let mut text = format!("// {GENERATED_BY} Source: {source}.\n");
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        text.push('\n');
        let file = syn::parse2(part).expect("what `quote!` writes here are items");
        text.push_str(&prettyplease::unparse(&file));
    }
    text
}
