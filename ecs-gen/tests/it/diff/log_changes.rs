//! Changes of a whole log: names, settings, templates, lifecycle, pipeline, roles, structs, producers, version.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use ecs_gen::diff::{Answer, Engine, Options, Rule, Severity, Side, compare};

use super::{Edit, Workspace, expected, findings, words};

/// Edits to the log and its extension before and after, and what must be found on both engines together.
#[derive(Clone, Copy)]
struct Case {
    old: (&'static [Edit], &'static [Edit]),
    new: (&'static [Edit], &'static [Edit]),
    expected: &'static str,
}

const fn log(edits: &'static [Edit], expected: &'static str) -> Case {
    Case { old: (&[], &[]), new: (edits, &[]), expected }
}

const fn extension(edits: &'static [Edit], expected: &'static str) -> Case {
    Case { old: (&[], &[]), new: (&[], edits), expected }
}

/// The edits are those of the old version, as of something that goes.
const fn back(case: Case) -> Case {
    Case { old: case.new, new: case.old, expected: case.expected }
}

const PIPELINE: Edit = ("priority: 200}", "priority: 200, default_pipeline: {name: shop-in, file: pipeline.yaml}}");
const STREAM: Edit = ("alias: shop,", "data_stream: shop,");
const TWO: Edit = ("alias: shop,", "aliases: [shop, market],");

#[rustfmt::skip] // A case each.
const CASES: &[Case] = &[
    // Fields and structs
    extension(&[("    - {name: sku", "    - {name: rebate, type: long, description: less}\n    - {name: sku")],
        "field-added shop.rebate; writer-field-added shop.rebate; crate-field-added shop.rebate"),
    extension(&[("    - {name: till, type: keyword, description: which till}\n", "")],
        "field-removed shop.till; query-field-removed shop.till; writer-field-removed shop.till; crate-field-removed shop.till; \
         reader-field-removed shop.till"),
    extension(&[("total, type: long", "total, type: keyword")],
        "type-changed shop.total; crate-type-changed shop.total; reader-type-changed shop.total"),
    extension(&[("total, type: long", "total, type: integer")],
        "type-changed-searchable shop.total; writer-type-changed shop.total; crate-type-changed shop.total; reader-type-changed shop.total"),
    back(extension(&[("total, type: long", "total, type: integer")],
        "type-changed-searchable shop.total; crate-type-changed shop.total")),
    extension(&[("total, type: long", "total, type: double")],
        "type-changed-searchable shop.total; sort-needs-numeric-type shop.total; values-counted-twice shop.total; \
         crate-type-changed shop.total"),
    extension(&[("till, type: keyword", "till, type: wildcard")], "type-changed-in-family shop.till; type-changed shop.till"),
    // An alias is no field of a struct, and takes no value.
    extension(&[("    - {name: sku", "    - {name: desk, type: alias, path: shop.till}\n    - {name: sku")], "field-added shop.desk"),
    back(extension(&[("    - {name: sku", "    - {name: desk, type: alias, path: shop.till}\n    - {name: sku")],
        "field-removed shop.desk; query-field-removed shop.desk")),
    extension(&[("till, type: keyword, description: which till", "till, type: alias, path: shop.sku")],
        "field-became-alias shop.till; writer-type-changed shop.till; crate-field-removed shop.till; reader-field-removed shop.till"),
    extension(&[("remarks, normalize: [array]", "remarks")], "crate-type-changed shop.notes; list-became-single shop.notes"),
    back(extension(&[("remarks, normalize: [array]", "remarks")], "crate-type-changed shop.notes")),
    extension(&[("{name: paid, description: Paid.}, ", "")], "crate-enum-narrowed shop.state; values-narrowed shop.state"),
    extension(&[("[{name: paid", "[{name: lost, description: Gone.}, {name: paid")], "crate-enum-widened shop.state; values-widened shop.state"),
    extension(&[("      allowed_values: [{name: paid, description: Paid.}, {name: open, description: Not yet.}]\n", "")],
        "crate-type-changed shop.state; values-widened shop.state"),
    back(extension(&[("      allowed_values: [{name: paid, description: Paid.}, {name: open, description: Not yet.}]\n", "")],
        "crate-type-changed shop.state; values-narrowed shop.state")),
    extension(&[(", pattern: \"^[A-Z]+$\"", "")], "value-pattern-removed shop.sku"),
    extension(&[("^[A-Z]+$", "^[A-Z]{3}$")], "value-pattern-added shop.sku"),
    // A second object of the same shape: the two share one struct with another name.
    extension(&[("    - {name: customer.name", "    - {name: clerk.name, type: keyword, description: who}\n    - {name: customer.name")],
        "field-added shop.clerk.name; writer-field-added shop.clerk.name; crate-field-added shop.clerk; crate-type-renamed shop.customer"),
    log(&[("ecs.version]", "ecs.version, shop.till]")],
        "required-added shop.till; crate-requirement-changed shop.till; required-added shop; crate-requirement-changed shop"),
    log(&[("ecs.version]", "ecs.version, tags]")], "required-added tags; crate-requirement-changed tags"),
    back(log(&[("ecs.version]", "ecs.version, tags]")], "required-became-optional tags; crate-requirement-changed tags")),
    log(&[("[sale, refund]", "[sale]")], "action-removed providers.till.refund"),
    log(&[("[sale, refund]", "[sale, refund, void]")], "action-added providers.till.void"),
    log(&[("event: {fields: {action: {}, kind: {}}}", "event: {fields: {action: {index: false}, kind: {}}}")],
        "index-disabled event.action; doc-values-disabled event.action; ignore-above-raised event.action; \
         length-limit-removed event.action"),
    // The version
    log(&[("version: 3", "version: 4")], "version-raised version"),
    log(&[("version: 3", "version: 2")], "version-decreased version"),
    log(&[("title: Shop log", "title: The shop's log")], ""),
    // Settings
    log(&[("refresh_interval: 5s", "refresh_interval: 10s")], "setting-changed settings.index.refresh_interval"),
    log(&[("refresh_interval: 5s, ", "")], "setting-changed settings.index.refresh_interval"),
    log(&[("shards: 1", "shards: 2")], "static-setting-changed settings.index.number_of_shards"),
    log(&[("codec: default", "codec: default, settings: {sort.field: ecs.version}")], "static-setting-changed settings.index.sort.field"),
    log(&[("codec: default", "codec: default, settings: {max_result_window: 5}")], "setting-changed settings.index.max_result_window"),
    log(&[("codec: default", "codec: best_compression")], "static-setting-changed settings.index.codec"),
    log(&[("shards: 1", "shards: 1, hidden: true")], "hidden-changed settings.index.hidden"),
    // Templates and names
    log(&[("priority: 200", "priority: 300")],
        "template-priority-changed template.priority; policy-changed policy"),
    log(&[("alias: shop,", "alias: shop, pattern: sho*-*,")],
        "index-pattern-added template.index_patterns; index-pattern-removed template.index_patterns; policy-changed policy; \
         role-widened role.shop-log-installer; role-narrowed role.shop-log-installer; role-widened role.shop-log-reader; \
         role-narrowed role.shop-log-reader; role-widened role.shop-log-writer; role-narrowed role.shop-log-writer"),
    log(&[TWO],
        "template-added template.market-*; alias-added alias.market; policy-changed policy; role-widened role.shop-log-installer; \
         role-widened role.shop-log-reader; role-widened role.shop-log-writer"),
    back(log(&[TWO],
        "template-removed template.market-*; alias-removed alias.market; policy-changed policy; \
         role-narrowed role.shop-log-installer; role-narrowed role.shop-log-reader; role-narrowed role.shop-log-writer")),
    log(&[STREAM],
        "data-stream-changed template.data_stream; index-pattern-added template.index_patterns; \
         index-pattern-removed template.index_patterns; policy-changed policy; setting-changed settings.index.lifecycle.rollover_alias; \
         setting-changed settings.index.plugins.index_state_management.rollover_alias; role-widened role.shop-log-installer; \
         role-narrowed role.shop-log-installer; role-narrowed role.shop-log-reader; role-narrowed role.shop-log-writer; \
         role-widened role.shop-log-reader; role-widened role.shop-log-writer"),
    log(&[("index:", "dynamic: {'*': false}\nindex:")], "dynamic-loosened dynamic"),
    // Lifecycle
    log(&[("keep: 90d", "keep: 30d")], "retention-shortened policy.keep"),
    log(&[("keep: 90d", "keep: 2160h")], ""),
    log(&[("keep: 90d", "keep: 120d")], "retention-extended policy.keep"),
    log(&[("  keep: 90d\n", "")], "retention-extended policy.keep"),
    back(log(&[("  keep: 90d\n", "")], "retention-shortened policy.keep")),
    log(&[("max_age: 30d", "max_age: 7d")], "rollover-changed policy.rollover"),
    log(&[("max_age: 30d", "max_age: 30d, min_docs: 5")], "rollover-changed policy.rollover"),
    log(&[("  keep: 90d\n", "  keep: 90d\n  phases: {warm: {after: 7d, readonly: }}\n")], "policy-phase-changed policy.phases"),
    log(&[("shop_policy", "till_policy")], "policy-renamed policy"),
    Case {
        old: (&[STREAM], &[]),
        new: (&[STREAM, ("policy: shop_policy", "data_stream: true")], &[]),
        expected: "policy-removed policy; policy-renamed policy; role-narrowed role.shop-log-installer",
    },
    Case {
        old: (&[STREAM, ("policy: shop_policy", "data_stream: true")], &[]),
        new: (&[STREAM], &[]),
        expected: "policy-added policy; policy-renamed policy; role-widened role.shop-log-installer",
    },
    // Pipeline
    log(&[PIPELINE], "pipeline-added pipeline; role-widened role.shop-log-installer"),
    back(log(&[PIPELINE], "pipeline-removed pipeline; role-narrowed role.shop-log-installer")),
    Case {
        old: (&[PIPELINE], &[]),
        new: (&[PIPELINE, ("name: shop-in", "name: shop-entry")], &[]),
        expected: "pipeline-changed pipeline",
    },
];

/// The log as it is, loaded once for all cases.
static UNCHANGED: LazyLock<Side> = LazyLock::new(|| Workspace::with(&[], &[]).load());

#[track_caller]
fn load((log, extension): (&[Edit], &[Edit])) -> Side {
    if log.is_empty() && extension.is_empty() { UNCHANGED.clone() } else { Workspace::with(log, extension).load() }
}

/// Which rules the cases hit; each case was checked when this is known.
pub static HIT: LazyLock<BTreeSet<&'static str>> = LazyLock::new(check_all);

fn check_all() -> BTreeSet<&'static str> {
    let mut hit = BTreeSet::new();
    let mut wrong = String::new();
    for case in CASES {
        let options = Options { engines: Engine::ALL.to_vec(), ..Options::default() };
        let found = compare(&load(case.old), &load(case.new), &options);
        let (words, expected) = (words(&found), expected(case.expected));
        if words != expected {
            let (more, less): (Vec<_>, Vec<_>) =
                (words.difference(&expected).collect(), expected.difference(&words).collect());
            let _ = writeln!(wrong, "{:?} → {:?}\n  found too: {more:?}\n  not found: {less:?}", case.old, case.new);
        }
        for finding in &found {
            let has_mapping = finding.spec().elasticsearch != Answer::NoMapping;
            assert_eq!(finding.put_mapping.is_some(), has_mapping, "{}: {}", finding.spec().id, finding.message);
        }
        hit.extend(found.iter().map(|finding| finding.spec().id));
    }
    assert!(wrong.is_empty(), "{wrong}");
    hit
}

#[test]
fn each_log_change_is_found_and_nothing_else() {
    assert!(HIT.contains("field-added"));
}

/// The renamed fields, as `old to new`, of an edit of the extension.
fn renamed(edits: &[Edit]) -> Vec<String> {
    let (old, new) = (Workspace::with(&[], &[]).load(), Workspace::with(&[], edits).load());
    let found = findings(Engine::OpenSearch, &old, &new);
    let renamed = found.iter().filter(|finding| finding.rule == Rule::FieldRenamed);
    renamed.map(|finding| format!("{} to {}", finding.path, finding.message.split('`').nth(1).unwrap())).collect()
}

#[test]
fn a_renamed_field_is_known_by_its_content() {
    // Neither object nor name is alike.
    assert_eq!(renamed(&[("name: till, type", "name: desk.number, type")]), ["shop.till to shop.desk.number"]);
    assert_eq!(
        renamed(&[("- name: state", "- name: outcome"), ("what came of it", "how it ended")]),
        ["shop.state to shop.outcome"]
    );
    // A near name is not enough when the definition is another.
    assert_eq!(renamed(&[("{name: till, type: keyword", "{name: tills, type: wildcard")]), Vec::<String>::new());
    // Which of both is it?
    let two = "name: desk, type: keyword, description: which till}\n    - {name: counter, type";
    assert_eq!(renamed(&[("name: till, type", two)]), Vec::<String>::new());
    let other = ("which till", "where it was sold");
    assert_eq!(renamed(&[("name: till, type", "name: till_id, type"), other]), ["shop.till to shop.till_id"]);
}

#[test]
fn a_breaking_change_asks_for_a_higher_version() {
    let old = Workspace::with(&[], &[]);
    let edits: &[Edit] = &[("    - {name: till, type: keyword, description: which till}\n", "")];
    for (log, is_told) in [(&[][..], true), (&[("version: 3", "version: 4")][..], false)] {
        let new = Workspace::with(log, edits);
        let found = findings(Engine::Elasticsearch, &old.load(), &new.load());
        assert_eq!(found.iter().any(|finding| finding.rule == Rule::VersionNotRaised), is_told);
    }
}

#[test]
fn what_is_allowed_is_information_only() {
    let (old, new) = (Workspace::with(&[], &[]), Workspace::with(&[("keep: 90d", "keep: 30d")], &[]));
    let options = Options { allowed: BTreeSet::from([Rule::RetentionShortened]), ..Options::default() };
    let found = compare(&old.load(), &new.load(), &options);
    assert!(found.iter().all(|finding| finding.severity() < Severity::Breaking), "{found:?}");
    assert!(!found.iter().any(|finding| finding.rule == Rule::VersionNotRaised));
}

#[test]
fn places_of_a_log_file_are_lines_and_columns() {
    let edits: &[Edit] = &[("total, type: long", "total, type: keyword")];
    let (old, new) = (Workspace::with(&[], &[]), Workspace::with(&[("keep: 90d", "keep: 30d")], edits));
    let found = findings(Engine::Elasticsearch, &old.load(), &new.load());
    let place =
        |rule: Rule| found.iter().find(|finding| finding.rule == rule).unwrap().new.clone().unwrap().to_string();
    assert!(place(Rule::TypeChanged).ends_with("shop.yaml:7:14"), "{}", place(Rule::TypeChanged));
    assert!(place(Rule::RetentionShortened).ends_with("log.yaml:14:3"), "{}", place(Rule::RetentionShortened));
}
