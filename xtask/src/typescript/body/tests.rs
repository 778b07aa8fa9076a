//! Which type a file has, and the text that claims it.

use super::super::client::Client;
use super::{BodyKind, Role, role, source};

#[track_caller]
fn check(file_name: &str, expected: Role) {
    assert_eq!(role(file_name), expected, "{file_name}");
}

#[test]
fn type_follows_from_the_file_name() {
    check("mappings.json", Role::Body(BodyKind::Mappings));
    check("index-template.json", Role::Body(BodyKind::IndexTemplate));
    check("index-template.events-gstg.json", Role::Body(BodyKind::IndexTemplate));
    check("index-template..hidden-alias.json", Role::Body(BodyKind::IndexTemplate));
    check("component-template-mappings.json", Role::Body(BodyKind::ComponentTemplate));
    check("component-template-settings.json", Role::Body(BodyKind::ComponentTemplate));
    check("ilm-policy.json", Role::Body(BodyKind::LifecyclePolicy));
    check("ism-policy.json", Role::Body(BodyKind::LifecyclePolicy));
    check("first-index.json", Role::Body(BodyKind::FirstIndex));
    check("ingest-pipeline.json", Role::Body(BodyKind::IngestPipeline));
    check("roles.json", Role::Body(BodyKind::Roles));
}

#[test]
fn unknown_files_are_not_passed_over() {
    check("install.json", Role::Aside);
    check("REPLACED.md", Role::Aside);
    check("index-pattern.ndjson", Role::Aside);
    check("mapping.json", Role::Unknown);
    check("legacy-template.json", Role::Unknown);
    check("component-template.json", Role::Unknown);
    check("mappings.yaml", Role::Unknown);
}

#[test]
fn lines_of_the_source_are_those_of_the_file() {
    let source =
        source(Client::OpenSearch3, BodyKind::FirstIndex, "deploys", "first-index.json", "{\n  \"aliases\": {}\n}\n");
    assert_eq!(source.path, "deploys/opensearch-3/first-index.json.ts");
    assert_eq!(source.about, "generated/deploys/opensearch/first-index.json");
    assert_eq!(
        source.text,
        "import type { FirstIndex } from \"../../opensearch-3.js\"; export const body: FirstIndex = {\n  \"aliases\": {}\n};\n"
    );
}
