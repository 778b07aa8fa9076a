//! What is reported about `index`, `lifecycle` and `opensearch`: code and place, and that there is a remedy.

use ecs_gen::diagnostic::{Diagnostics, Place, Severity};
use ecs_gen::generate::{Request, load_models};
use ecs_gen::input;
use ecs_gen::input::index::{IndexInput, OpenSearchInput};
use ecs_gen::input::lifecycle::LifecycleInput;
use ecs_gen::lifecycle::{
    ByteSize, Duration, Lifecycle, LogNames, Storage, check_overlaps, resolve, resolve_opensearch,
};
use ecs_gen::load::Loader;
use ecs_gen::source::yaml::parse_document;
use ecs_gen::source::{Sources, Spanned};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Options {
    name: Spanned<String>,
    #[serde(default)]
    index: Option<Spanned<IndexInput>>,
    #[serde(default)]
    lifecycle: Option<Spanned<LifecycleInput>>,
    #[serde(default)]
    opensearch: Option<Spanned<OpenSearchInput>>,
}

impl Options {
    /// Most tests leave the index out: an alias with the log's name.
    fn index(&self) -> Spanned<IndexInput> {
        let named = || IndexInput { alias: Some(self.name.clone()), ..IndexInput::default() };
        self.index.clone().unwrap_or_else(|| Spanned::new(self.name.span, named()))
    }
}

/// Findings as `severity code line:column`, and what was resolved.
fn resolve_text(text: &str) -> (Vec<String>, Option<Storage>) {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let file = sources.add("log.yaml", text);
    let node = parse_document(&sources, file, &mut diagnostics).expect("the test's text is YAML");
    let options: Option<Options> = input::read(&node, &mut diagnostics);
    let storage = options.and_then(|options| {
        let opensearch = options.opensearch.as_ref();
        let storage =
            resolve(&options.index(), opensearch, options.lifecycle.as_ref(), &options.name, &mut diagnostics);
        resolve_opensearch(opensearch.map(|input| &input.value), &mut diagnostics);
        storage
    });
    (found(&diagnostics, &sources), storage)
}

fn found(diagnostics: &Diagnostics, sources: &Sources) -> Vec<String> {
    let line = |finding: &ecs_gen::diagnostic::Diagnostic| {
        let Place::Span(span) = &finding.place else { panic!("{finding:?} has no place") };
        let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
        format!("{severity} {} {}:{}", finding.code.as_str(), span.line, span.column)
    };
    diagnostics.sorted(sources).into_iter().map(line).collect()
}

/// `options` follow `name: x` in line 2 and on.
#[track_caller]
fn check(options: &str, expected: &[&str]) {
    let (found, storage) = resolve_text(&format!("name: x\n{options}"));
    assert_eq!(found, expected, "{options}");
    let refused = expected.iter().any(|finding| finding.starts_with("error"));
    assert!(!refused || storage.is_none() || expected.iter().all(|finding| of_the_reader(finding)), "{options}");
}

/// Found when the file was read, which leaves a part to go on with.
fn of_the_reader(finding: &str) -> bool {
    ["unknown-option", "wrong-form", "missing-option", "invalid-value"].iter().any(|code| finding.contains(code))
}

fn lifecycle_of(options: &str) -> Lifecycle {
    let (found, storage) = resolve_text(&format!("name: x\n{options}"));
    assert_eq!(found, Vec::<String>::new(), "{options}");
    storage.expect("nothing was found").lifecycle
}

#[test]
fn names_of_indices_are_those_that_engines_take() {
    check("index: {alias: events}", &[]);
    check("index: {alias: .events}", &[]);
    check("index: {alias: Events}", &["error invalid-index-name 2:16"]);
    check("index: {alias: -events}", &["error invalid-index-name 2:16"]);
    check("index: {alias: _events}", &["error invalid-index-name 2:16"]);
    check("index: {alias: 'a b'}", &["error invalid-index-name 2:16"]);
    check("index: {alias: 'a/b'}", &["error invalid-index-name 2:16"]);
    check("index: {alias: 'a:b'}", &["error invalid-index-name 2:16"]);
    check("index: {alias: '.'}", &["error invalid-index-name 2:16"]);
    check("index: {alias: ''}", &["error invalid-index-name 2:16"]);
    check("index: {data_stream: 'a*'}", &["error invalid-index-name 2:22"]);
    check("index: {aliases: [good, 'b,d']}", &["error invalid-index-name 2:25"]);
    check(&format!("index: {{alias: {}}}", "a".repeat(248)), &[]);
    check(&format!("index: {{alias: {}}}", "a".repeat(249)), &["error invalid-index-name 2:16"]);
    check(&format!("index: {{data_stream: {}}}", "a".repeat(234)), &["error invalid-index-name 2:22"]);
    check("index: {alias: e}\nlifecycle: {policy: _p, rollover: {max_age: 1d}}", &["error invalid-index-name 3:21"]);
    check("index: {alias: e}\nlifecycle: {policy: 'a,b', rollover: {max_age: 1d}}", &["error invalid-index-name 3:21"]);
    check("index: {alias: e, default_pipeline: {name: 'a b', file: p.yaml}}", &["error invalid-index-name 2:44"]);
}

#[test]
fn a_log_cannot_replace_templates_of_the_engine() {
    let (found, _) = resolve_text("name: logs\nindex: {alias: e}");
    assert_eq!(found, ["error invalid-index-name 1:7"]);
}

#[test]
fn documents_go_to_exactly_one_place() {
    check("index: {shards: 1}", &["error missing-option 2:8"]);
    check("index: {alias: a, data_stream: b}", &["error invalid-value 2:32"]);
    check("index: {alias: a, aliases: [b]}", &["error invalid-value 2:28"]);
    check("index: {aliases: []}", &["error invalid-value 2:18"]);
    check("index: {aliases: [a, a]}", &["error duplicate-value 2:22"]);
    check("index: {aliases: [events, events-x]}", &["error overlapping-patterns 2:27"]);
    check("index: {aliases: [events-a, events-b]}", &[]);
}

#[test]
fn a_log_that_says_nothing_keeps_everything() {
    let (found, storage) = resolve_text("name: some-log");
    assert_eq!(found, Vec::<String>::new());
    let Storage { target, settings, lifecycle, .. } = storage.unwrap();
    assert_eq!(target.patterns(), ["some-log-*"]);
    assert_eq!((settings.shards, settings.priority), (1, 200));
    assert_eq!(lifecycle.policy, "some-log-policy");
    assert_eq!(
        lifecycle.describe("now and then"),
        "Rolls over at 30d or 50gb in one primary shard. Nothing is ever deleted."
    );
}

#[test]
fn pattern_matches_the_indices_and_not_the_alias() {
    check("index: {alias: a, pattern: a-*}", &[]);
    check("index: {alias: a, pattern: 'a-0*'}", &[]);
    check("index: {alias: a, pattern: 'a-00000*'}", &["error pattern-alias 2:28"]);
    check("index: {alias: a, pattern: 'b-*'}", &["error pattern-alias 2:28"]);
    check("index: {alias: a, pattern: 'a*'}", &["error pattern-alias 2:28"]);
    check("index: {alias: a, pattern: a}", &["error pattern-alias 2:28"]);
    check("index: {alias: a, pattern: 'A-*'}", &["error invalid-index-name 2:28"]);
    check("index: {aliases: [a, b], pattern: 'a-*'}", &["error pattern-alias 2:35"]);
    check("index: {data_stream: a, pattern: 'a-*'}", &["error pattern-alias 2:34"]);
}

#[test]
fn pattern_over_names_of_a_product_is_a_warning() {
    check("index: {alias: .kibana-event-log}", &["warning owned-names 2:16"]);
    check("index: {alias: .kibana-event-log, priority: 101}", &["warning owned-names 2:16"]);
    check("index: {alias: .kibana-event-log, priority: 100}", &[]);
    check("index: {alias: .kibana-event-log, pattern: .kibana-event-log-0*}", &[]);
    check("index: {alias: .kibana-event-log, pattern: '.kibana-event-log-*'}", &["warning owned-names 2:44"]);
    check("index: {aliases: [orders, filebeat]}", &["warning owned-names 2:27"]);
    check("index: {data_stream: filebeat-orders}", &["warning owned-names 2:22"]);
    check("index: {data_stream: logs-orders-default}", &[]);
    check("index: {alias: logs}", &["warning owned-names 2:16"]);
}

#[test]
fn settings_are_those_that_engines_take() {
    check("index: {alias: a, shards: 0}", &["error invalid-value 2:27"]);
    check("index: {alias: a, shards: 1025}", &["error invalid-value 2:27"]);
    check("index: {alias: a, shards: many}", &["error wrong-form 2:27"]);
    check("index: {alias: a, replicas: 1, auto_expand_replicas: 0-1}", &["error invalid-value 2:54"]);
    check("index: {alias: a, auto_expand_replicas: 0-all}", &[]);
    for bad in ["1-0", "0", "all", "0-", "a-1", "0-alle", "+0-1"] {
        check(&format!("index: {{alias: a, auto_expand_replicas: {bad}}}"), &["error invalid-value 2:41"]);
    }
    check("index: {alias: a, refresh_interval: 5}", &["error invalid-duration 2:37"]);
    check("index: {alias: a, refresh_interval: -1}", &[]);
    check("index: {alias: a, codec: zip}", &["error invalid-value 2:26"]);
    check("index: {alias: a, priority: 2147483648}", &["error invalid-value 2:29"]);
    check("index: {alias: a, shard: 1}", &["error unknown-option 2:19"]);
}

#[test]
fn opensearch_version_can_hold_the_log() {
    check("opensearch: {since: '2.15'}", &[]);
    check("opensearch: {since: 3}", &[]);
    check("opensearch: {since: '2.6'}", &["error invalid-value 2:21"]);
    check("opensearch: {since: new}", &["error invalid-value 2:21"]);
}

#[test]
fn quantities_are_whole_numbers_with_a_unit() {
    for bad in ["7w", "0d", "1.5d", "30", "d", "-1d", "1y", "1 day", "400000000d"] {
        check(&format!("lifecycle: {{rollover: {{max_age: {bad}}}}}"), &["error invalid-duration 2:33"]);
    }
    for bad in ["5gigs", "0gb", "1.5gb", "5", "gb", "5eb", "9999999999999pb"] {
        check(&format!("lifecycle: {{rollover: {{max_size: {bad}}}}}"), &["error invalid-size 2:34"]);
    }
    check("lifecycle: {rollover: {max_age: 1d}, keep: 3 months}", &["error invalid-duration 2:44"]);
}

#[test]
fn a_quantity_is_helped_into_form() {
    for (text, help) in
        [("7w", "write `49d`"), ("2y", "write `730d`"), ("1.5d", "write `36h`"), ("0.5h", "write `30m`")]
    {
        assert_eq!(Duration::parse(text).unwrap_err().help, help);
    }
    for (text, help) in [("5gigs", "write `5gb`"), ("1.5gb", "write `1536mb`"), ("5G", "write `5gb`")] {
        assert_eq!(ByteSize::parse(text).unwrap_err().help, help);
    }
    assert_eq!(ByteSize::parse("5GB").unwrap().to_string(), "5gb");
    assert!(Duration::parse("1d").unwrap() > Duration::parse("23h").unwrap());
    assert_eq!(Duration::parse("24h").unwrap().to_string(), "24h");
    assert_eq!(Duration::parse("90d").unwrap().plus(&Duration::parse("12h").unwrap()).to_string(), "2172h");
}

#[test]
fn a_rollover_has_a_condition() {
    check("lifecycle: {rollover: {}}", &["error rollover-condition 2:23"]);
    check("lifecycle: {rollover: {max_docs: 0}}", &["error rollover-condition 2:34"]);
    check("lifecycle: {rollover: {max_primary_shard_docs: 0}}", &["error rollover-condition 2:48"]);
    check("lifecycle: {rollover: {max_dogs: 5}}", &["error unknown-option 2:24"]);
    check("lifecycle: {rollover: {min_docs: 5}}", &["error rollover-condition 2:23"]);
    check("lifecycle: {rollover: {max_docs: 5, min_docs: 0}}", &["error rollover-condition 2:47"]);
    check("lifecycle: {rollover: {max_docs: 5, min_docs: 6}}", &["error rollover-condition 2:47"]);
    check("lifecycle: {rollover: {max_docs: 5, min_docs: 5, min_size: 1gb}}", &[]);
    check("lifecycle: {rollover: {max_age: 30d, min_age: 31d}}", &["error rollover-condition 2:47"]);
    check("lifecycle: {rollover: {max_size: 1gb, min_size: 1025mb}}", &["error rollover-condition 2:49"]);
    check("lifecycle: {keep: 90d}", &["error lifecycle-conflict 2:19"]);
    check("index: {data_stream: s}\nlifecycle: {keep: 90d}", &["error lifecycle-conflict 3:19"]);
    check("lifecycle: {policy: p}", &["warning rollover-condition 2:12"]);
}

#[test]
fn a_data_stream_lifecycle_stands_alone() {
    let stream = "index: {data_stream: s}\n";
    check(&format!("{stream}lifecycle: {{data_stream: true, keep: 90d}}"), &[]);
    check(&format!("{stream}lifecycle: {{data_stream: true, policy: p}}"), &["error policy-and-lifecycle 3:40"]);
    check("index: {alias: a}\nlifecycle: {data_stream: true}", &["error lifecycle-conflict 3:26"]);
    check(
        &format!("{stream}lifecycle: {{data_stream: true, rollover: {{max_age: 1d}}}}"),
        &["warning lifecycle-conflict 3:42"],
    );
    check(
        &format!("{stream}lifecycle: {{data_stream: true, phases: {{warm: {{readonly: }}}}}}"),
        &["error lifecycle-conflict 3:41"],
    );
}

/// `phases` follow a rollover and a `keep` of 90 days; line 3, the first phase in column 6.
#[track_caller]
fn check_phases(phases: &str, expected: &[&str]) {
    let lead = "index: {alias: a, shards: 4}\nlifecycle:\n  rollover: {max_age: 1d}\n  keep: 90d\n  phases:\n";
    check(&format!("{lead}    {phases}"), expected);
}

#[test]
fn actions_stand_in_phases_that_may_have_them() {
    check_phases("warm: {forcemerge: {max_num_segments: 1}}", &[]);
    check_phases("warm: {delete: {}}", &["error action-phase 7:12"]);
    check_phases("cold: {shrink: {number_of_shards: 1}}", &["error action-phase 7:12"]);
    check_phases("hot: {allocate: {number_of_replicas: 0}}", &["error action-phase 7:11"]);
    check_phases("delete: {readonly: {}}", &["error action-phase 7:14"]);
    check_phases("frozen: {readonly: {}}", &["error lifecycle-conflict 7:5", "error action-phase 7:14"]);
    check_phases("warm: {force_merge: {max_num_segments: 1}}", &["error unknown-action 7:12"]);
    check_phases("warm: {rollover: {max_age: 1d}}", &["error lifecycle-conflict 7:12"]);
    check_phases("hot: {rollover: {}}", &["error lifecycle-conflict 7:11"]);
    check_phases("wrm: {readonly: {}}", &["error unknown-option 7:5"]);
}

#[test]
fn actions_have_their_parameters() {
    check_phases("warm: {forcemerge: {}}", &["error missing-option 7:24"]);
    check_phases("warm: {forcemerge: }", &["error missing-option 7:12"]);
    check_phases("warm: {forcemerge: 1}", &["error wrong-form 7:24"]);
    check_phases("warm: {forcemerge: {max_num_segments: 0}}", &["error invalid-value 7:43"]);
    check_phases("warm: {forcemerge: {max_num_segment: 1}}", &["error unknown-option 7:25"]);
    check_phases("warm: {readonly: {blocks: true}}", &["error unknown-option 7:23"]);
    check_phases("warm: {shrink: {}}", &["error lifecycle-conflict 7:12"]);
    check_phases(
        "warm: {shrink: {number_of_shards: 1, max_primary_shard_size: 1gb}}",
        &["error lifecycle-conflict 7:12"],
    );
    check_phases("warm: {shrink: {max_primary_shard_size: 1gig}}", &["error invalid-size 7:45"]);
    check_phases("warm: {shrink: {number_of_shards: 3}}", &["error lifecycle-conflict 7:12"]);
    check_phases("warm: {shrink: {number_of_shards: 2}}", &[]);
    check_phases("warm: {allocate: {}}", &["error missing-option 7:12"]);
}

#[test]
fn phases_do_not_contradict_each_other() {
    check_phases("{warm: {after: 7d}, cold: {after: 3d}}", &["warning lifecycle-conflict 7:39"]);
    check_phases("{cold: {after: 7d}, warm: {after: 3d}}", &[]);
    check_phases("{warm: {after: 91d}}", &["error lifecycle-conflict 7:20"]);
    check_phases("{warm: {after: 90d}}", &[]);
    check_phases("{hot: {after: 1d}}", &["error lifecycle-conflict 7:19"]);
    check_phases("{delete: {after: 1d}}", &["error lifecycle-conflict 7:22"]);
    check_phases("{warm: {after: {}}}", &["error wrong-form 7:20"]);
    check_phases("frozen: {after: 30d}", &["error lifecycle-conflict 7:5"]);
    check_phases("{warm: {migrate: {}, allocate: {require: {box: warm}}}}", &["error lifecycle-conflict 7:26"]);
    check_phases("{warm: {migrate: {enabled: false}, allocate: {require: {box: warm}}}}", &[]);
    check_phases("warm: {downsample: {fixed_interval: 1d}}", &["error unknown-action 7:12"]);
    check(
        "lifecycle: {rollover: {max_age: 1d}, phases: {delete: {wait_for_snapshot: {policy: p}}}}",
        &["error lifecycle-conflict 2:47"],
    );
}

#[test]
fn a_mounted_snapshot_is_not_changed_any_more() {
    let mount = |repository: &str| format!("searchable_snapshot: {{snapshot_repository: {repository}}}");
    let (one, two) = (mount("r"), mount("s"));
    check_phases(
        &format!("{{hot: {{{one}}}, warm: {{shrink: {{number_of_shards: 1}}}}}}"),
        &["error lifecycle-conflict 7:67"],
    );
    check_phases(&format!("{{hot: {{{one}, forcemerge: {{max_num_segments: 1}}}}}}"), &[]);
    check_phases(&format!("{{cold: {{{one}}}, frozen: {{{two}}}}}"), &["error lifecycle-conflict 7:70"]);
    check_phases(&format!("{{cold: {{{one}}}, frozen: {{{one}}}}}"), &[]);
}

#[test]
fn hot_actions_wait_for_a_rollover() {
    let phases = "phases: {hot: {set_priority: {priority: 1}, readonly: }}";
    check(&format!("lifecycle: {{{phases}}}"), &["error lifecycle-conflict 2:57"]);
    check(&format!("lifecycle: {{rollover: {{max_age: 1d}}, {phases}}}"), &[]);
}

#[test]
fn worst_case_age_is_rollover_and_keep_together() {
    let worst = |options: &str| lifecycle_of(options).worst_case_age().map(|age| age.to_string());
    assert_eq!(worst("lifecycle: {rollover: {max_age: 30d}, keep: 90d}").as_deref(), Some("120d"));
    assert_eq!(worst("lifecycle: {rollover: {max_age: 30d}}"), None);
    assert_eq!(worst("lifecycle: {rollover: {max_size: 1gb}, keep: 90d}"), None);
    for (keep, expected) in [("1d", "25h"), ("14d", "15d"), ("90d", "97d"), ("91d", "121d")] {
        let options = format!("index: {{data_stream: s}}\nlifecycle: {{data_stream: true, keep: {keep}}}");
        assert_eq!(worst(&options).as_deref(), Some(expected));
    }
}

#[track_caller]
fn check_logs(texts: &[&str], expected: &[&str]) {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let mut logs = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let file = sources.add(format!("{number}.yaml"), *text);
        let node = parse_document(&sources, file, &mut diagnostics).unwrap();
        let options: Options = input::read(&node, &mut diagnostics).unwrap();
        let opensearch = options.opensearch.as_ref();
        let storage =
            resolve(&options.index(), opensearch, options.lifecycle.as_ref(), &options.name, &mut diagnostics);
        let storage = storage.unwrap();
        logs.push((options, storage));
    }
    let names: Vec<LogNames<'_>> = logs
        .iter()
        .map(|(options, storage)| LogNames {
            name: &options.name,
            index: options.index().span,
            targets: [&storage.target, storage.opensearch_target.as_ref().unwrap_or(&storage.target)],
            policy: &storage.lifecycle.policy,
        })
        .collect();
    check_overlaps(&names, &mut diagnostics);
    assert_eq!(found(&diagnostics, &sources), expected, "{texts:?}");
}

#[test]
fn logs_of_one_run_share_nothing() {
    check_logs(&["name: a", "name: b"], &[]);
    check_logs(&["name: a", "name: a"], &["error duplicate-log 1:7"]);
    check_logs(&["name: a", "name: b\nindex: {alias: a-b}"], &["error overlapping-patterns 2:8"]);
    check_logs(&["name: a", "name: b\nindex: {data_stream: a-b}"], &["error overlapping-patterns 2:8"]);
    check_logs(
        &[
            "name: a\nlifecycle: {policy: p, rollover: {max_age: 1d}}",
            "name: b\nindex: {alias: b}\nlifecycle: {policy: p, rollover: {max_age: 1d}}",
        ],
        &["error lifecycle-conflict 2:8"],
    );
    // Names on OpenSearch are compared with those on OpenSearch.
    let other = "name: b\nindex: {alias: a-b}\nopensearch: {alias: b}";
    check_logs(&["name: a\nopensearch: {alias: c}", other], &["error overlapping-patterns 2:8"]);
    check_logs(
        &[
            "name: a\nindex: {alias: .a}\nopensearch: {alias: a}",
            "name: b\nindex: {alias: .b}\nopensearch: {alias: a-b}",
        ],
        &["error overlapping-patterns 2:8"],
    );
    check_logs(&["name: a\nindex: {alias: .a}\nopensearch: {alias: a}", "name: b\nindex: {alias: .b}"], &[]);
}

#[test]
fn a_data_stream_needs_a_timestamp() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.yaml");
    let text = "name: x\necs: 9.4.0\nfields: {base: {fields: {message: {}}}}\nindex: {data_stream: s}\n";
    std::fs::write(&path, text).unwrap();
    let mut loader = Loader::default();
    let models = load_models(&Request { logs: vec![path], ..Request::default() }, &mut loader);
    assert!(models.is_none());
    assert_eq!(found(&loader.diagnostics, &loader.sources), ["error required-not-selected 4:22"]);
}

#[track_caller]
fn check_on_opensearch(options: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.yaml");
    let fields = "fields: {base: {fields: {\"@timestamp\": {}}}, ecs: {fields: {version: {}}}}";
    std::fs::write(&path, format!("name: x\n{options}\necs: 9.4.0\n{fields}\n")).unwrap();
    for without_opensearch in [false, true] {
        let mut loader = Loader::default();
        let request = Request { logs: vec![path.clone()], without_opensearch, ..Request::default() };
        let models = load_models(&request, &mut loader);
        let expected = if without_opensearch { &[] } else { expected };
        assert_eq!(found(&loader.diagnostics, &loader.sources), expected, "{options}");
        assert_eq!(models.is_some(), expected.is_empty());
    }
}

/// Index State Management passes them over, so nothing would ever be deleted.
#[test]
fn names_that_opensearch_does_not_manage() {
    check_on_opensearch("index: {alias: .x}", &["error lifecycle-conflict 2:16"]);
    check_on_opensearch("index: {alias: x, hidden: true}", &["error lifecycle-conflict 2:16"]);
    check_on_opensearch("index: {aliases: [a, .b]}", &["error lifecycle-conflict 2:22"]);
    check_on_opensearch("index: {data_stream: .x}", &["error invalid-index-name 2:22"]);
    check_on_opensearch("index: {alias: x}\nopensearch: {alias: .y}", &["error lifecycle-conflict 3:21"]);
    check_on_opensearch("index: {alias: .x, hidden: true}\nopensearch: {alias: x}", &[]);
    check_on_opensearch("index: {alias: .x, hidden: true}\nopensearch: {data_stream: x}", &[]);
    check_on_opensearch("index: {data_stream: x, hidden: true}", &[]);
}

#[test]
fn names_on_opensearch_are_checked_as_others() {
    check("opensearch: {alias: A}", &["error invalid-index-name 2:21"]);
    check("opensearch: {alias: a, data_stream: b}", &["error invalid-value 2:37"]);
    check("opensearch: {pattern: 'a-*'}", &["error missing-option 2:13"]);
    check("opensearch: {alias: a, pattern: 'b-*'}", &["error pattern-alias 2:33"]);
    check("opensearch: {alias: metrics, pattern: 'metrics-*'}", &["warning owned-names 2:39"]);
}
