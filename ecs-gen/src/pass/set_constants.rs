//! Gives constant keywords their values: those of the log file, and those of `data_stream.*` that the stream's name says.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::fieldset::parse_path;
use crate::parameter::{Parameter, Parameters};
use crate::source::Spanned;

/// What a name of the form `TYPE-DATASET-NAMESPACE` begins with: the types of data streams of the Elastic stack. Any other
/// name follows a rule of its owner's, and says nothing of the fields.
const STREAM_TYPES: &[&str] = &["logs", "metrics", "profiling", "synthetics", "traces"];

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    for (name, value) in &draft.log.constants.0 {
        let Some(path) = parse_path(name, diagnostics) else { continue };
        match constant(&mut draft.selected, &path.value) {
            Some(parameters) => set(parameters, value),
            None => report_unknown(name, &draft.selected, diagnostics),
        }
    }
    let there = draft.log.opensearch.as_ref().and_then(|there| there.data_stream.as_ref());
    for stream in draft.log.index.data_stream.as_ref().into_iter().chain(there) {
        set_by_name(&mut draft.selected, stream, diagnostics);
    }
}

fn set_by_name(selected: &mut FieldTree, stream: &Spanned<String>, diagnostics: &mut Diagnostics) {
    for (name, value) in said_by_name(stream).into_iter().flatten() {
        let path = FieldPath::parse(name).expect("the name is one of ours");
        let Some(parameters) = constant(selected, &path) else { continue };
        let declared = parameters.entry(Parameter::Value).or_insert(value.into());
        if *declared != value {
            let message = format!(
                "`{name}` is `{value}` by the name of the data stream `{}`, and {declared} besides",
                stream.value
            );
            let help =
                "the three parts of such a name are these fields: drop the other value, or rename the data stream";
            diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(stream.span).help(help));
        }
    }
}

fn said_by_name(stream: &str) -> Option<[(&'static str, &str); 3]> {
    let parts: Vec<&str> = stream.split('-').collect();
    let [kind, dataset, namespace] = parts[..] else { return None };
    let is_whole = STREAM_TYPES.contains(&kind) && !dataset.is_empty() && !namespace.is_empty();
    is_whole.then_some([
        ("data_stream.dataset", dataset),
        ("data_stream.namespace", namespace),
        ("data_stream.type", kind),
    ])
}

/// The parameters of a selected constant.
fn constant<'t>(selected: &'t mut FieldTree, path: &FieldPath) -> Option<&'t mut Parameters> {
    let field = selected.get_mut(path)?.field.as_mut()?;
    (field.declaration.field_type == FieldType::ConstantKeyword).then_some(&mut field.declaration.parameters)
}

fn set(parameters: &mut Parameters, value: &Spanned<String>) {
    parameters.insert(Parameter::Value, value.value.clone().into());
}

fn report_unknown(name: &Spanned<String>, selected: &FieldTree, diagnostics: &mut Diagnostics) {
    let mut constants = Vec::new();
    selected.walk(&mut |path, place| {
        if place.field_type() == FieldType::ConstantKeyword {
            constants.push(path.to_owned());
        }
    });
    let help = Diagnostics::did_you_mean(name, constants.iter().map(String::as_str)).unwrap_or_else(|| match constants
        .as_slice()
    {
        [] => "this log selects no constant: drop the entry, or select such a field".to_owned(),
        constants => format!("the constants of this log are {}", constants.join(", ")),
    });
    let message = format!("`{}` is no selected `constant_keyword`", name.value);
    diagnostics.push(Diagnostic::error(Code::UnknownField, message).at(name.span).help(help));
}
