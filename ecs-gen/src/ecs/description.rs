//! One line for each ECS field that the shipped logs select, and for the objects above them, in our own words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::diagnostic::Diagnostics;
use crate::source::Sources;
use crate::source::yaml::parse_document;

/// The file with the descriptions.
const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../ecs/descriptions.yaml"));

/// The parsed file.
static DESCRIPTIONS: LazyLock<BTreeMap<String, String>> = LazyLock::new(parse_descriptions);

/// Path of a field or object → what it means, in one line without a full stop.
#[must_use]
pub fn descriptions() -> &'static BTreeMap<String, String> {
    &DESCRIPTIONS
}

fn parse_descriptions() -> BTreeMap<String, String> {
    let mut sources = Sources::default();
    let file = sources.add("ecs/descriptions.yaml", TEXT);
    let mut diagnostics = Diagnostics::default();
    let root = parse_document(&sources, file, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "the file is part of the binary: {}", diagnostics.render(&sources));
    let entries = root.as_ref().and_then(|root| root.as_map()).unwrap_or_default();
    entries.iter().filter_map(|(path, text)| Some((path.value.clone(), text.as_text()?.to_owned()))).collect()
}
