//! Attributes of custom field sets that are read and that no output depends on: a warning at the first of each kind.
//!
//! What only describes a set or a field to people who read the file (`example`, `footnote`, and `group`, which orders the
//! official docs) is in every official file, so it is a note, once for each file.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::fieldset::{FieldInput, FieldsetInput};
use crate::source::{FileId, Span};

/// What an attribute would have to be for it to have an effect.
struct Idle {
    name: &'static str,
    span: Span,
    help: String,
}

/// Warns of what has no effect in the custom sets of a run.
pub fn report_idle_attributes(customs: &[FieldsetInput], diagnostics: &mut Diagnostics) {
    report_descriptions(customs, diagnostics);
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

fn report_descriptions(customs: &[FieldsetInput], diagnostics: &mut Diagnostics) {
    let mut found: BTreeMap<FileId, (Span, BTreeSet<&str>)> = BTreeMap::new();
    for set in customs {
        let of_set = [
            ("footnote", set.footnote.as_ref().map(|text| text.span)),
            ("group", set.group.as_ref().map(|group| group.span)),
        ];
        let examples = set.fields.iter().map(|field| ("example", field.example.as_ref().map(|example| example.span)));
        for (name, span) in of_set.into_iter().chain(examples).filter_map(|(name, span)| Some((name, span?))) {
            let file = found.entry(span.file).or_insert((span, BTreeSet::new()));
            file.0 = file.0.min(span);
            file.1.insert(name);
        }
    }
    for (span, names) in found.into_values() {
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        let message = format!("{} only describes, and is in no output", names.join(", "));
        let problem = Diagnostic::note(Code::NoEffect, message).at(span);
        diagnostics.push(problem.help("leave it for the official generator; the docs show `short` or `description`"));
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
    [
        idle("otel", field.otel.as_ref().map(|otel| otel.span)),
        idle("otel_reuse", field.otel_reuse.as_ref().map(|otel| otel.span)),
        idle("input_format", field.input_format.as_ref().map(|format| format.span)),
        idle("output_format", field.output_format.as_ref().map(|format| format.span)),
        idle("output_precision", field.output_precision.as_ref().map(|precision| precision.span)),
        idle("object_type", field.object_type.as_ref().map(|object_type| object_type.span)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
