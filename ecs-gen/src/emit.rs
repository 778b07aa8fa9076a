//! From a finished [`Model`] to files. Emitters do no IO and cannot fail; what could be wrong with a model is a pass's
//! job to report. To add an emitter, add a file and a line in [`EMITTERS`].

mod body;
mod data_view;
mod elasticsearch;
mod fields_csv;
mod fields_markdown;
mod json_schema;
mod opensearch;
mod rules;
mod rust;
pub(crate) mod samples;
mod typescript;

pub(crate) use data_view::{DISPLAY_FORMATS, is_display_format};
pub(crate) use opensearch::has_parameter as opensearch_parameter;

use crate::files::Files;
use crate::model::Model;

/// Turns a finished [`Model`] into files.
pub trait Emitter: Sync {
    /// Kebab-case name, used by `--only`, in messages and in the docs table.
    fn name(&self) -> &'static str;
    /// One line for `--help` and the docs table: which files it writes.
    fn about(&self) -> &'static str;
    /// Adds its files; paths begin with [`Model::log`]'s folder.
    fn emit(&self, model: &Model, out: &mut Files);
    /// Adds the files of every log of the run, and those that speak of all of them.
    fn emit_all(&self, models: &[Model], out: &mut Files) {
        for model in models {
            self.emit(model, out);
        }
    }
}

/// Every emitter, in the order of the docs table.
#[rustfmt::skip] // A line each.
pub const EMITTERS: &[&dyn Emitter] = &[
    &elasticsearch::Elasticsearch,
    &opensearch::OpenSearch,
    &json_schema::JsonSchema,
    &rules::Rules,
    &typescript::TypeScript,
    &fields_markdown::FieldsMarkdown,
    &fields_csv::FieldsCsv,
    &data_view::DataView,
    &samples::Samples,
    &rust::Rust,
];
