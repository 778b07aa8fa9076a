//! Inputs that somebody's editor, merge or disk has spoilt: whatever is in the files, the front end gives models or says
//! what is wrong, and never panics.

use std::path::Path;
use std::sync::LazyLock;

use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use proptest::prelude::*;

/// The files of a small log that uses most of the grammars: name and text.
static FILES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |name: &str| std::fs::read_to_string(workspace.join(name)).unwrap();
    let log = read("logs/kibana-event-log.yaml").replace("ecs: 9.4.0", "ecs: ecs.yaml");
    let log = log.replace("../kibana-extensions.yaml", "ext.yaml").replace("samples/kibana-event-log/", "");
    // Of ECS only what the log selects, so that many cases can be tried.
    let sets = ["\"@timestamp\"", "message", "tags", "ecs", "error", "event", "log", "rule", "user"];
    let is_kept = |line: &&str| {
        let Some(field) = line.strip_prefix("  ") else { return true };
        !field.contains("{type: ")
            || sets.iter().any(|set| field.starts_with(&format!("{set}.")) || field.starts_with(&format!("{set}:")))
    };
    let facts = read("ecs/9.4.0.yaml");
    let facts: Vec<&str> = facts.lines().filter(is_kept).collect();
    let sample = read("logs/samples/kibana-event-log/rule-gap.json");
    let samples =
        ["action-execute.json", "rule-execute.json", "rule-execute-action.json", "rule-gap.json", "gap-auto-fill.json"];
    let mut files =
        vec![("log.yaml", log), ("ext.yaml", read("kibana-extensions.yaml")), ("ecs.yaml", facts.join("\n"))];
    files.extend(samples.map(|name| (name, sample.clone())));
    files
});

/// How many of [`FILES`] are changed; the samples are all alike.
const CHANGED: usize = 4;

/// What stands in inputs and could stand elsewhere.
const WORDS: &[&str] = &[
    "'*'",
    "*",
    "&a ",
    "*a",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "\t",
    "\r",
    "#",
    "---\n",
    "...\n",
    "'",
    "\"",
    "|\n",
    ">",
    "!!str ",
    "null",
    "true",
    "-1",
    "1e999",
    "0x10",
    "4294967296",
    "9999999999999999999999999999999999999999",
    "fields",
    "reuse",
    "reusable: {expected: [user]}",
    "type: nested",
    "type: object",
    "enabled: false",
    "index: false",
    "docs_only: true",
    "name: ",
    "\u{feff}",
    "\u{0}",
    "é",
    "事",
    "event",
    "..",
    "a.b.c",
    "root: true",
    "allowed_values: [{name: a}]",
];

/// A change of a text; places are parts of its length in 65,536ths.
#[derive(Clone, Debug)]
enum Change {
    Flip(u16, u8),
    Delete(u16, u8),
    Repeat(u16, u8),
    Insert(u16, usize),
    SwapLines(u16, u16),
    MoveLine(u16, u16),
    Indent(u16, u8),
    Cut(u16),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        (any::<u16>(), 1u8..).prop_map(|(at, bits)| Change::Flip(at, bits)),
        (any::<u16>(), any::<u8>()).prop_map(|(at, length)| Change::Delete(at, length)),
        (any::<u16>(), any::<u8>()).prop_map(|(at, length)| Change::Repeat(at, length)),
        (any::<u16>(), 0..WORDS.len()).prop_map(|(at, word)| Change::Insert(at, word)),
        (any::<u16>(), any::<u16>()).prop_map(|(one, other)| Change::SwapLines(one, other)),
        (any::<u16>(), any::<u16>()).prop_map(|(from, to)| Change::MoveLine(from, to)),
        (any::<u16>(), 0u8..9).prop_map(|(at, spaces)| Change::Indent(at, spaces)),
        any::<u16>().prop_map(Change::Cut),
    ];
    prop::collection::vec(change, 1..6)
}

fn apply(text: &mut Vec<u8>, change: &Change) {
    let place = |part: u16, length: usize| usize::from(part) * length / 65_536;
    let length = text.len();
    match *change {
        _ if length == 0 => {}
        Change::Flip(at, bits) => text[place(at, length)] ^= bits,
        Change::Delete(at, count) => {
            let at = place(at, length);
            text.drain(at..(at + usize::from(count)).min(length));
        }
        Change::Repeat(at, count) => {
            let at = place(at, length);
            let part = text[at..(at + usize::from(count)).min(length)].to_vec();
            text.splice(at..at, part);
        }
        Change::Insert(at, word) => {
            let at = place(at, length);
            text.splice(at..at, WORDS[word].bytes());
        }
        Change::Cut(at) => text.truncate(place(at, length)),
        Change::SwapLines(..) | Change::MoveLine(..) | Change::Indent(..) => {
            let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let count = lines.len();
            match *change {
                Change::SwapLines(one, other) => lines.swap(place(one, count), place(other, count)),
                Change::MoveLine(from, to) => {
                    let line = lines.remove(place(from, count));
                    lines.insert(place(to, count), line);
                }
                Change::Indent(at, spaces) => {
                    let line = &mut lines[place(at, count)];
                    let trimmed: Vec<u8> = line.iter().copied().skip_while(|byte| *byte == b' ').collect();
                    *line = [vec![b' '; usize::from(spaces)], trimmed].concat();
                }
                _ => {}
            }
            *text = lines.join(&b'\n');
        }
    }
}

/// Runs the front end over [`FILES`], of which one is changed.
fn run(file: usize, changes: &[Change]) -> (bool, Loader) {
    let folder = tempfile::tempdir().unwrap();
    for (index, (name, text)) in FILES.iter().enumerate() {
        let mut bytes = text.clone().into_bytes();
        if index == file {
            for change in changes {
                apply(&mut bytes, change);
            }
        }
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut loader = Loader::default();
    let models =
        load_models(&Request { logs: vec![folder.path().join("log.yaml")], ..Request::default() }, &mut loader);
    if let Some(models) = &models {
        // What the front end lets pass, every emitter must be able to write.
        let _ = emit_files(models, &[]);
    }
    (models.is_some(), loader)
}

#[test]
fn the_unchanged_files_are_right() {
    let (is_right, loader) = run(usize::MAX, &[]);
    assert!(is_right, "{}", loader.diagnostics.render(&loader.sources));
}

/// Few enough for every run of the tests; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(64);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn spoilt_inputs_give_models_or_errors(file in 0..CHANGED, changes in changes()) {
        let (is_right, loader) = run(file, &changes);
        prop_assert_eq!(is_right, !loader.diagnostics.has_errors());
        // What is found can be shown, in either form.
        let text = loader.diagnostics.render(&loader.sources);
        prop_assert!(is_right || text.ends_with("nothing was written\n"));
        let _ = loader.diagnostics.to_json(&loader.sources);
    }
}
