//! Any bytes as a YAML document: a tree or a finding, which can be shown.

#![no_main]

use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::source::Sources;
use ecs_gen::source::yaml::parse_document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let file = sources.add("fuzz.yaml", text);
    let document = parse_document(&sources, file, &mut diagnostics);
    assert!(document.is_some() || diagnostics.has_errors());
    if let Some(document) = document {
        let _ = document.to_json();
    }
    let _ = diagnostics.render(&sources);
});
