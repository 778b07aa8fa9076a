//! Index settings, and the version of OpenSearch that the files are for.

use super::further::Further;
use super::resolve::Findings;
use crate::diagnostic::{Code, Diagnostics};
use crate::input::index::{CodecInput, IndexInput, OpenSearchInput};
use crate::model::{Settings, Version};

/// Priority of templates that say nothing: above those that come with the engines, which have 100 at most.
pub const DEFAULT_PRIORITY: u32 = 200;

/// The least version of OpenSearch that files can be made for: the first with `flat_object`, without which an object
/// with open keys has no place in a strict mapping.
pub const LEAST_OPENSEARCH: Version = Version { major: 2, minor: 7 };

/// The version that OpenSearch files are for unless the log says otherwise: the first that has `wildcard`, and so the
/// first with all field types that event logs use but `version`.
pub const DEFAULT_OPENSEARCH: Version = Version { major: 2, minor: 15 };

/// The most primary shards that an index may have in both engines.
const MAX_SHARDS: u32 = 1024;

pub(super) fn resolve_settings(
    index: &IndexInput,
    opensearch: Option<&OpenSearchInput>,
    findings: &mut Findings<'_>,
) -> Settings {
    let further = Further::resolve(index, opensearch, findings);
    check_numbers(index, findings);
    check_texts(index, findings);
    Settings {
        hidden: index.hidden,
        shards: index.shards.as_ref().map_or(1, |shards| shards.value),
        replicas: index.replicas.as_ref().map(|replicas| replicas.value),
        auto_expand_replicas: index.auto_expand_replicas.as_ref().map(|range| range.value.clone()),
        refresh_interval: index.refresh_interval.as_ref().map(|interval| interval.value.clone()),
        codec: index.codec.map(|codec| {
            let name = match codec {
                CodecInput::Default => "default",
                CodecInput::BestCompression => "best_compression",
            };
            name.to_owned()
        }),
        elasticsearch: further.elasticsearch,
        opensearch: further.opensearch,
        priority: index.priority.as_ref().map_or(DEFAULT_PRIORITY, |priority| priority.value),
    }
}

fn check_numbers(index: &IndexInput, findings: &mut Findings<'_>) {
    if let Some(shards) = index.shards.as_ref().filter(|shards| !(1..=MAX_SHARDS).contains(&shards.value)) {
        let message = format!("`shards: {}` is not from 1 to {MAX_SHARDS}", shards.value);
        findings.error(Code::InvalidValue, shards.span, message).help("one shard holds up to 50 GB well").done();
    }
    if let Some(replicas) = index.replicas.as_ref().filter(|replicas| i32::try_from(replicas.value).is_err()) {
        let message = format!("`replicas: {}` is more than the engines take", replicas.value);
        findings.error(Code::InvalidValue, replicas.span, message).help("write a small number, such as `1`").done();
    }
    if let Some(priority) = index.priority.as_ref().filter(|priority| i32::try_from(priority.value).is_err()) {
        let message = format!("`priority: {}` is larger than OpenSearch takes", priority.value);
        findings.error(Code::InvalidValue, priority.span, message).help("write at most 2147483647").done();
    }
}

fn check_texts(index: &IndexInput, findings: &mut Findings<'_>) {
    if let Some(range) = &index.auto_expand_replicas {
        if index.replicas.is_some() {
            findings
                .error(Code::InvalidValue, range.span, "`replicas` and `auto_expand_replicas` stand together")
                .help("keep one: the engine would follow `auto_expand_replicas`")
                .done();
        }
        if !is_replica_range(range) {
            let message = format!("`auto_expand_replicas: {}` is not a range of replicas", range.value);
            findings.error(Code::InvalidValue, range.span, message).help("write such as `0-1` or `0-all`").done();
        }
    }
    if let Some(interval) = index.refresh_interval.as_ref().filter(|interval| interval.value != "-1") {
        findings.duration(interval, "refresh_interval");
    }
    if let Some(pipeline) = &index.default_pipeline
        && let Err(problem) = super::names::check_policy_name(&pipeline.name)
    {
        let message = format!("the pipeline name `{}` {problem}", pipeline.name.value);
        findings.error(Code::InvalidIndexName, pipeline.name.span, message).help("give it another name").done();
    }
}

fn is_replica_range(text: &str) -> bool {
    let Some((least, most)) = text.split_once('-') else { return false };
    let number = |text: &str| text.parse::<i32>().ok().filter(|_| !text.starts_with(['+', '-']));
    match (number(least), number(most)) {
        (Some(least), Some(most)) => least <= most,
        (Some(_), None) => most == "all",
        _ => false,
    }
}

/// The least version that the OpenSearch files must work on. `None` when something was reported.
pub fn resolve_opensearch(input: Option<&OpenSearchInput>, diagnostics: &mut Diagnostics) -> Option<Version> {
    let Some(since) = input.and_then(|input| input.since.as_ref()) else { return Some(DEFAULT_OPENSEARCH) };
    let mut findings = Findings::of(diagnostics);
    let Some(version) = Version::parse(since) else {
        let message = format!("`since: {}` is not a version", since.value);
        findings.error(Code::InvalidValue, since.span, message).help("write such as `2.15`").done();
        return None;
    };
    if version < LEAST_OPENSEARCH {
        let message = format!("OpenSearch {version} lacks types that a strict mapping needs");
        findings
            .error(Code::InvalidValue, since.span, message)
            .help(format!("write `{LEAST_OPENSEARCH}` or later"))
            .done();
        return None;
    }
    Some(version)
}
