//! Where a set is copied to, whatever the order of files.

use super::{Run, check, check_has, check_refused};

#[test]
fn custom_set_may_only_add_places_to_one_of_ecs() {
    check(
        "  source: {fields: {ip: {}, cloud: {fields: {region: {}, provider: {}}}}}",
        &["- name: cloud\n  reusable: {top_level: true, expected: [source]}\n"],
        &["source.cloud.provider:keyword", "source.cloud.region:keyword", "source.ip:ip"],
    );
}

#[test]
fn a_custom_field_is_wherever_its_set_is() {
    let tlsh = "- name: hash\n  title: Hash\n  fields: [{name: blake2, type: keyword, level: custom}]\n";
    let named = "  dll: {fields: {hash: {fields: {blake2: {}}}}}\n  process: {fields: {parent: {fields: {hash: {fields: {blake2: {}}}}}}}";
    check(named, &[tlsh], &["dll.hash.blake2:keyword", "process.parent.hash.blake2:keyword"]);
    let star = "  file: {fields: '*'}\n  process: {fields: {hash: {fields: '*'}}}";
    check_has(star, &[tlsh], &["file.hash.blake2:keyword", "file.hash.md5:keyword", "process.hash.blake2:keyword"]);
}

#[test]
fn custom_set_has_all_of_an_ecs_set_it_reuses() {
    let vendor = "- name: agency\n  fields: [{name: city, type: keyword}]\n";
    let rule = "- name: vlan\n  reusable: {top_level: true, expected: [{at: agency, as: line}]}\n  fields: [{name: speed, type: long}]\n";
    let expected =
        ["agency.city:keyword", "agency.line.id:keyword", "agency.line.name:keyword", "agency.line.speed:long"];
    check("  agency: {fields: '*'}", &[vendor, rule], &expected);
    check("  agency: {fields: '*'}", &[rule, vendor], &expected);
}

#[test]
fn an_order_of_one_carries_a_set_along() {
    let badge = |order: &str| {
        format!(
            "- name: pass\n  reusable: {{{order}top_level: false, expected: [user]}}\n  fields: [{{name: number, type: long}}]\n"
        )
    };
    let star = "  user: {fields: '*'}\n  source: {fields: {user: {fields: '*'}}}\n  process: {fields: {real_user: {fields: '*'}}}";
    let own = ["user.pass.number:long", "user.target.pass.number:long", "user.changes.pass.number:long"];
    let carried = ["source.user.pass.number:long", "process.real_user.pass.number:long"];
    check_has(star, &[&badge("order: 1, ")], &[own.as_slice(), &carried].concat());
    check_has(star, &[&badge("")], &own);
    let leaves = Run::new(star, &[&badge("")]).outcome().leaves();
    assert!(carried.iter().all(|leaf| !leaves.iter().any(|known| known == leaf)));
}

#[test]
fn a_place_says_how_far_its_set_goes() {
    let pass = |transitive: &str| {
        format!(
            "- name: pass\n  reusable: {{top_level: false, expected: [{{at: user{transitive}}}]}}\n  fields: [{{name: number, type: long}}]\n"
        )
    };
    let star = "  user: {fields: '*'}\n  source: {fields: {user: {fields: '*'}}}\n  process: {fields: {real_user: {fields: '*'}}}";
    let leaves = |files: &[&str]| -> Vec<String> {
        let leaves = Run::new(star, files).outcome().leaves();
        leaves.into_iter().filter(|leaf| leaf.contains("pass.")).collect()
    };
    assert_eq!(leaves(&[&pass(", transitive: false")]), ["user.pass.number:long"]);
    let own = ["user.changes.pass.number:long", "user.effective.pass.number:long", "user.pass.number:long"];
    let own = [own.as_slice(), &["user.target.pass.number:long"]].concat();
    assert_eq!(leaves(&[&pass("")]), own);
    let everywhere = [["process.real_user.pass.number:long", "source.user.pass.number:long"].as_slice(), &own].concat();
    assert_eq!(leaves(&[&pass(", transitive: true")]), everywhere);
    // What goes into the set goes with it.
    let seal =
        "- name: seal\n  reusable: {top_level: false, expected: [pass]}\n  fields: [{name: id, type: keyword}]\n";
    let with_seal = leaves(&[&pass(", transitive: true"), seal]);
    assert_eq!(with_seal.len(), 2 * everywhere.len(), "{with_seal:?}");
    // Of a set that ECS itself copies early.
    let sum = "- name: sum\n  reusable: {top_level: false, expected: [{at: hash, transitive: true}]}\n  fields: [{name: crc, type: keyword}]\n";
    check_has(
        "  process: {fields: {parent: {fields: {hash: {fields: '*'}}}}}",
        &[sum],
        &["process.parent.hash.sum.crc:keyword"],
    );
}

#[test]
fn a_reuse_in_a_set_says_how_far_it_goes() {
    let tool = |transitive: &str| {
        format!(
            "- name: tool\n  reusable: {{expected: [process]}}\n  fields: [{{name: site, reuse: vlan{transitive}}}, {{name: n, type: long}}]\n"
        )
    };
    let star = "  tool: {fields: '*'}\n  process: {fields: {tool: {fields: '*'}}}";
    let has = |transitive: &str| {
        let leaves = Run::new(star, &[&tool(transitive)]).outcome().leaves();
        ["tool.site.id:keyword", "process.tool.site.id:keyword"].map(|leaf| leaves.iter().any(|known| known == leaf))
    };
    assert_eq!(has(""), [true, true]);
    assert_eq!(has(", transitive: true"), [true, true]);
    assert_eq!(has(", transitive: false"), [true, false]);
    let bare = "- {name: tool, fields: [{name: n, type: long, transitive: true}]}\n";
    check_refused("  tool: {fields: '*'}", &[bare], &["reuse-source"], "add `reuse: FIELDSET`, or drop `transitive`");
}

#[test]
fn place_may_come_from_a_reuse_of_the_same_order() {
    let files = [
        "- name: score\n  reusable: {top_level: false, expected: [lab.test]}\n  fields: [{name: points, type: long}]\n",
        "- name: lab\n  fields: [{name: name, type: keyword}]\n",
        "- name: test\n  reusable: {top_level: true, expected: [{at: lab, as: test}]}\n  fields: [{name: id, type: keyword}]\n",
    ];
    let expected = ["lab.name:keyword", "lab.test.id:keyword", "lab.test.score.points:long"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        check("  lab: {fields: '*'}", &order.map(|at| files[at]), &expected);
    }
    let whole = files.concat();
    check("  lab: {fields: '*'}", &[&whole], &expected);
}

#[test]
fn place_may_come_from_a_set_nested_in_itself() {
    let set = "- name: scan\n  reusable: {top_level: false, expected: [process.parent]}\n  fields: [{name: id, type: keyword}]\n";
    check(
        "  process: {fields: {parent: {fields: {scan: {fields: '*'}}}}}",
        &[set],
        &["process.parent.scan.id:keyword"],
    );
}

#[test]
fn sets_go_into_each_other_in_a_chain() {
    // Neither the order of files nor that of names is the one in which they must be copied.
    let files = [
        "- name: cup\n  reusable: {expected: [box]}\n  fields: [{name: c, type: long}]\n",
        "- name: box\n  reusable: {expected: [arc]}\n  fields: [{name: b, type: long}]\n",
        "- name: arc\n  reusable: {expected: [dam]}\n  fields: [{name: a, type: long}]\n",
        "- name: dam\n  fields: [{name: d, type: long}]\n",
    ];
    let fields = "  dam: {fields: '*'}";
    let expected = ["dam.arc.a:long", "dam.arc.box.b:long", "dam.arc.box.cup.c:long", "dam.d:long"];
    check(fields, &files, &expected);
    let reversed: Vec<&str> = files.iter().rev().copied().collect();
    check(fields, &reversed, &expected);
}

#[test]
fn sets_that_contain_each_other_are_refused() {
    let files = [
        "- name: one\n  reusable: {expected: [two]}\n  fields: [{name: a, type: long}]\n",
        "- name: two\n  reusable: {expected: [one]}\n  fields: [{name: b, type: long}]\n",
    ];
    check_refused(
        "  one: {fields: '*'}",
        &files,
        &["reuse-source", "reuse-source"],
        "`one` and `two` are to contain each other",
    );
    let first = files[0].replace("{expected", "{order: 1, expected");
    check_has(
        "  one: {fields: '*'}\n  two: {fields: '*'}",
        &[&first, files[1]],
        &["one.two.one.a:long", "two.one.a:long"],
    );
}

#[test]
fn a_custom_set_in_itself_ends() {
    let set = "- name: task\n  reusable: {top_level: true, expected: [{at: task, as: cause}, {at: task.cause, as: first}]}\n  fields: [{name: id, type: long}]\n";
    check("  task: {fields: '*'}", &[set], &["task.cause.first.id:long", "task.cause.id:long", "task.id:long"]);
}

#[test]
fn a_set_keeps_what_is_declared_at_its_place() {
    let own = "- name: source\n  fields: [{name: user.shift, type: keyword}]\n";
    let fields = "  source: {fields: {user: {fields: {shift: {}, name: {}}}}}";
    check(fields, &[own], &["source.user.name:keyword/text", "source.user.shift:keyword"]);
    let other = "- name: source\n  fields: [{name: user.name, type: long}]\n";
    check_refused(
        fields,
        &[other],
        &["type-conflict"],
        "`source.user.name` is `long` in `source` and `keyword` in `user`",
    );
}

#[test]
fn reuse_in_a_custom_set_goes_where_the_set_goes() {
    let set = "- name: visit\n  reusable: {top_level: true, order: 3, expected: [http]}\n  fields: [{name: from, reuse: geo}, {name: who, reuse: user}]\n";
    let fields = "  visit: {fields: '*'}\n  http: {fields: {visit: {fields: '*'}}}";
    let expected =
        ["visit.from.location:geo_point", "visit.who.group.id:keyword", "http.visit.from.location:geo_point"];
    check_has(fields, &[set], &expected);
    let leaves = Run::new(fields, &[set]).outcome().leaves();
    assert!(!leaves.iter().any(|leaf| leaf.starts_with("visit.who.target.")), "{leaves:?}");
}

#[test]
fn a_place_that_a_set_has_already_is_no_mistake() {
    let host = "- name: host\n  reusable: {top_level: true, expected: [{at: agent, as: host}]}\n  fields: [{name: rack, type: keyword}]\n";
    let os = "- name: os\n  reusable: {top_level: false, expected: [agent.host]}\n";
    let fields = "  agent: {fields: {host: {fields: {rack: {}, os: {fields: {name: {}}}}}}}";
    check(fields, &[host, os], &["agent.host.os.name:keyword/text", "agent.host.rack:keyword"]);
}

#[test]
fn sets_at_the_root_are_not_reused() {
    let set = "- name: marks\n  root: true\n  reusable: {expected: [host]}\n  fields: [{name: mark, type: long}]\n";
    check_refused(
        "  marks: {fields: '*'}",
        &[set],
        &["reuse-source"],
        "`marks` is at the root of documents and cannot be reused",
    );
}

#[test]
fn a_custom_list_may_hold_a_set_of_ecs() {
    let files = [
        "- name: process\n  fields: [{name: Ext.signed, type: nested}, {name: Ext.pid, type: long}]\n",
        "- name: hash\n  reusable: {top_level: false, expected: [{at: process.Ext, as: signed}]}\n",
    ];
    let fields = "  process: {fields: {Ext: {fields: {signed: {fields: {md5: {}}}}}}}";
    for order in [[0, 1], [1, 0]] {
        let outcome = Run::new(fields, &order.map(|at| files[at])).outcome();
        assert_eq!(outcome.leaves()[1..], ["process.Ext.signed.md5:keyword"]);
        let model = outcome.model.unwrap();
        assert_eq!(model.find("process.Ext.signed").unwrap().field_type.name(), "nested");
    }
}
