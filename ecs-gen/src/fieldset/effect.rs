//! Attributes of custom field sets that are read and that no output depends on: a warning at the first of each kind.
//!
//! What describes a set or a field to people who read the file is not among them (`title`, `description`, `short`,
//! `footnote`, `example`, and `group`, which orders the official docs).

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::is_display_format;
use crate::input::fieldset::{FieldInput, FieldsetInput};
use crate::source::Span;

/// What an attribute would have to be for it to have an effect.
struct Idle {
    name: &'static str,
    span: Span,
    help: String,
}

/// Warns of what has no effect in the custom sets of a run.
pub fn report_idle_attributes(customs: &[FieldsetInput], diagnostics: &mut Diagnostics) {
    for set in customs {
        let mut found: BTreeMap<(&str, String), (Span, usize)> = BTreeMap::new();
        for idle in of_set(set).into_iter().chain(set.fields.iter().flat_map(of_field)) {
            let counted = found.entry((idle.name, idle.help)).or_insert((idle.span, 0));
            counted.1 += 1;
        }
        for ((name, help), (span, count)) in found {
            let times = if count == 1 { String::new() } else { format!(", {count} times") };
            let message = format!("`{name}` of `{}` has no effect{times}", set.name.value);
            diagnostics.push(Diagnostic::warning(Code::NoEffect, message).at(span).help(help));
        }
    }
}

fn of_set(set: &FieldsetInput) -> Vec<Idle> {
    let marker = |name, span: Span| Idle { name, span, help: format!("give `{name}` to the fields that may change") };
    let beta = set.beta.as_ref().map(|beta| marker("beta", beta.span));
    beta.into_iter().chain(set.alpha.as_ref().map(|alpha| marker("alpha", alpha.span))).collect()
}

fn of_field(field: &FieldInput) -> Vec<Idle> {
    let drop = "drop it: no output says so".to_owned();
    let idle = |name, span: Option<Span>| span.map(|span| Idle { name, span, help: drop.clone() });
    let format = field.format.as_ref().filter(|format| !is_display_format(format));
    let display = "it is how Kibana displays a value, such as `bytes` or `duration`; how a date is written is `parameters: {format: …}`"
        .to_owned();
    [
        idle("otel", field.otel.as_ref().map(|otel| otel.span)),
        idle("otel_reuse", field.otel_reuse.as_ref().map(|otel| otel.span)),
        idle("input_format", field.input_format.as_ref().map(|format| format.span)),
        idle("output_format", field.output_format.as_ref().map(|format| format.span)),
        idle("output_precision", field.output_precision.as_ref().map(|precision| precision.span)),
        idle("object_type", field.object_type.as_ref().map(|object_type| object_type.span)),
        format.map(|format| Idle { name: "format", span: format.span, help: display }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
