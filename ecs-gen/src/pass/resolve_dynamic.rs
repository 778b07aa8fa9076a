//! Finds out which objects take fields that the log does not have: `dynamic` of the log file. What an object says counts for
//! the objects in it, as in a mapping.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::{Draft, FieldTree};
use crate::fieldset::parse_path;
use crate::source::Spanned;

/// The whole document.
const WHOLE: &str = "*";

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    for (name, choice) in std::mem::take(&mut draft.log.dynamic).0 {
        let Some(takes_unknown) = parse_choice(&name, &choice, diagnostics) else { continue };
        let path = if name.value == WHOLE { None } else { parse_path(&name, diagnostics).map(|path| path.value) };
        let place = path.as_ref().map_or(Some(&draft.selected), |path| draft.selected.get(path));
        if name.value != WHOLE && path.is_none() {
            continue;
        }
        match place {
            Some(place) if path.is_none() || (place.may_have_children() && !place.children.is_empty()) => {
                draft.takes_unknown.insert(path, takes_unknown);
            }
            _ if draft.may_select(&name) => {}
            place => report(&name, place, &draft.selected, diagnostics),
        }
    }
}

fn parse_choice(name: &str, choice: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<bool> {
    let help = match choice.as_str() {
        "false" => return Some(true),
        "strict" => return Some(false),
        "true" | "runtime" => {
            "the mapping would grow by whatever a producer sends, and nothing would check it: write `false`, which keeps unknown \
             fields without indexing them"
        }
        _ => "write `false`, which keeps unknown fields without indexing them, or `strict`, which refuses them",
    };
    let message = format!("`dynamic` of `{name}` cannot be `{}`", choice.value);
    diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(choice.span).help(help));
    None
}

fn report(name: &Spanned<String>, place: Option<&FieldTree>, selected: &FieldTree, diagnostics: &mut Diagnostics) {
    let (message, help) = match place {
        Some(place) if place.may_have_children() => (
            format!("`{}` has no fields of its own", name.value),
            Some(format!("an object that is only kept is `open_objects: {{{}: stored}}`", name.value)),
        ),
        Some(_) => (format!("`{}` is no object", name.value), None),
        None => (format!("`{}` is no selected object", name.value), None),
    };
    let mut objects = Vec::new();
    selected.walk(&mut |path, place| {
        if !place.children.is_empty() {
            objects.push(path.to_owned());
        }
    });
    let near = Diagnostics::did_you_mean(name, objects.iter().map(String::as_str));
    let general = "name an object with selected fields, or `'*'` for the whole document";
    let problem = Diagnostic::error(Code::UnknownField, message).at(name.span).help(general);
    diagnostics.push(problem.maybe_help(help.or(near)));
}
