//! Whether the pages in `docs/` name what there is: every code, every emitter, every option, type, parameter and action.

use std::collections::BTreeSet;
use std::path::Path;

use ecs_gen::diagnostic::Code;
use ecs_gen::emit::EMITTERS;
use ecs_gen::field_type::TYPES;
use ecs_gen::input::GRAMMARS;
use ecs_gen::input::editor::ECS;
use ecs_gen::lifecycle::{ACTIONS, PhaseName};
use ecs_gen::parameter::Parameter;
use serde_json::Value as Json;

#[test]
fn diagnostics_page_lists_exactly_the_codes() {
    let page = load_page("diagnostics.md");
    let listed: Vec<(String, String)> = rows_of(&page).collect();
    let codes: Vec<(String, String)> = Code::ALL
        .iter()
        .map(|code| {
            (format!("`{}`", code.as_str()), code.explanation().split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect();
    assert_eq!(listed, codes, "docs/diagnostics.md has a row for each code, in the order of `Code::ALL`");
}

#[test]
fn outputs_page_lists_exactly_the_emitters() {
    let page = load_page("outputs.md");
    let table = page.split("\n| emitter |").nth(1).expect("the page has a table of emitters");
    let table = table.split("\n\n").next().unwrap_or_default();
    let listed: Vec<String> = rows_of(table).map(|(name, _)| name).collect();
    let emitters: Vec<String> = EMITTERS.iter().map(|emitter| format!("`{}`", emitter.name())).collect();
    assert_eq!(listed, emitters, "docs/outputs.md has a row for each emitter, in the order of `EMITTERS`");
}

#[test]
fn inputs_page_names_every_option() {
    let mut options = BTreeSet::new();
    for (_, schema) in GRAMMARS {
        collect_options(&schema(), &mut options);
    }
    check_names("inputs.md", options.iter().map(String::as_str));
}

#[test]
fn inputs_page_names_types_and_actions() {
    check_names("inputs.md", TYPES.iter().map(|spec| spec.name));
    check_names("inputs.md", Parameter::ALL.iter().map(|parameter| parameter.name()));
    check_names("inputs.md", PhaseName::ALL.iter().map(|phase| phase.name()));
    // The two that are declared by options of their own have no row as actions need not.
    check_names("inputs.md", ACTIONS.iter().map(|action| action.name));
    check_names("inputs.md", ACTIONS.iter().flat_map(|action| action.parameters).map(|parameter| parameter.name));
}

#[test]
fn validation_page_names_every_type() {
    let ranges = ["integer_range", "long_range", "float_range", "double_range", "date_range", "ip_range"];
    check_names("validation.md", TYPES.iter().map(|spec| spec.name).filter(|name| !ranges.contains(name)));
}

#[track_caller]
fn check_names<'n>(page: &str, names: impl IntoIterator<Item = &'n str>) {
    let text = load_page(page);
    let words: BTreeSet<&str> = code_words(&text).collect();
    let absent: Vec<&str> = names.into_iter().filter(|name| !words.contains(name)).collect();
    assert!(absent.is_empty(), "docs/{page} does not name {}", absent.join(", "));
}

/// The words of everything that stands in backticks, code blocks included.
fn code_words(page: &str) -> impl Iterator<Item = &str> {
    let code = page.split('`').skip(1).step_by(2).filter(|span| !span.is_empty());
    code.flat_map(|span| span.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')))
}

/// First and second cell of each row of the tables, without their heads.
fn rows_of(page: &str) -> impl Iterator<Item = (String, String)> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
    })
}

/// The names of all properties, at every depth.
fn collect_options(schema: &Json, options: &mut BTreeSet<String>) {
    match schema {
        Json::Object(map) => {
            if let Some(Json::Object(properties)) = map.get("properties") {
                options.extend(properties.keys().flat_map(|name| name.split('.')).map(str::to_owned));
            }
            // Names of ECS are no options.
            let others = map.iter().filter(|(name, _)| *name != ECS && !name.starts_with(&format!("{ECS}.")));
            others.for_each(|(_, value)| collect_options(value, options));
        }
        Json::Array(list) => list.iter().for_each(|value| collect_options(value, options)),
        _ => {}
    }
}

fn load_page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
