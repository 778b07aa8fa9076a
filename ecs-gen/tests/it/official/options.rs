//! Points of grammar that real files have, and the options of the official command line.

use ecs_gen::diagnostic::Severity;
use ecs_gen::generate::emit_files;
use ecs_gen::input::log::Places;
use ecs_gen::parameter::Parameter;
use serde_json::{Value as Json, json};

use super::{Run, check, check_refused};

#[test]
fn capitals_are_letters() {
    let set = "- name: Cache\n  fields: [{name: HitRatio, type: float}, {name: Node.IPAddress, type: ip, multi_fields: [{type: keyword, name: Raw}]}]\n";
    let run = Run::new("  Cache: {fields: '*'}", &[set]);
    let outcome = run.outcome();
    assert_eq!(outcome.leaves(), ["@timestamp:date", "Cache.HitRatio:float", "Cache.Node.IPAddress:ip/Raw"]);
    let models = [outcome.model.unwrap()];
    let files = emit_files(&models, &[]);
    let text = |name: &str| String::from_utf8(files.get(name).unwrap_or_else(|| panic!("no {name}")).to_vec()).unwrap();
    let rust = text("rust/web.rs");
    for part in
        ["pub cache: Option<Box<Cache>>", "pub hit_ratio: Option<", "pub ip_address: Option<", "Cache.Node.IPAddress"]
    {
        assert!(rust.contains(part), "no `{part}` in\n{rust}");
    }
    assert!(text("generated/web/event.d.ts").contains("HitRatio?: number"));
    assert!(text("generated/web/fields.md").contains("`Cache.Node.IPAddress`"));
    assert!(text("generated/web/event.schema.json").contains("\"HitRatio\""));
}

#[test]
fn nothing_and_empty_things_select() {
    check(
        "  host: {fields: {name: '', id: [], ip: {}, os: {fields: {name: , full: ~}}}}",
        &[],
        &[
            "host.id:keyword",
            "host.ip:ip",
            "host.name:keyword",
            "host.os.full:keyword/text",
            "host.os.name:keyword/text",
        ],
    );
    check_refused("  host: {fields: {name: keyword}}", &[], &["wrong-form"], "expected a mapping, found text");
    check_refused("  host: {fields: {name: [index]}}", &[], &["wrong-form"], "expected a mapping, found a list");
}

#[test]
fn dotted_names_select_below_an_object() {
    check(
        "  host: {fields: {os.name: {}}}\n  http.request: {fields: {method: {}}}",
        &[],
        &["host.os.name:keyword/text", "http.request.method:keyword"],
    );
}

#[test]
fn one_word_is_a_list_of_steps() {
    let set = "- {name: shop, fields: [{name: till, type: keyword, normalize: array}]}\n";
    let model = Run::new("  shop: {fields: '*'}", &[set]).outcome().model.unwrap();
    assert!(model.find("shop.till").unwrap().is_array);
}

#[test]
fn experiments_are_marked_as_what_may_change() {
    let set = "- {name: shop, alpha: An experiment., fields: [{name: till, type: keyword, alpha: May go.}]}\n";
    let outcome = Run::new("  shop: {fields: '*'}", &[set]).outcome();
    assert_eq!(outcome.codes(), ["no-effect"], "of the set, as with the official generator");
    assert!(outcome.model.unwrap().find("shop.till").unwrap().beta);
}

#[test]
fn what_the_official_one_ignores_is_a_warning() {
    let set = "- name: shop\n  colour: red\n  fields:\n    - {name: till, type: long, ignore_abov: 5}\n    - {name: door, type: long, ignore_above: 5, pattern: x, allowed_values: [{name: a}]}\n    - {name: roof, type: wildcard, index: false}\n";
    let run = Run::new("  shop: {indx: false, fields: '*'}", &[set]);
    let outcome = run.outcome();
    assert_eq!(outcome.leaves()[1..], ["shop.door:long", "shop.roof:wildcard", "shop.till:long"]);
    assert!(outcome.findings.iter().all(|(severity, _)| *severity == Severity::Warning), "{}", outcome.printed);
    let codes = [
        "unknown-option",
        "unknown-option",
        "parameter-not-of-type",
        "parameter-not-of-type",
        "parameter-not-of-type",
        "parameter-not-of-type",
        "unknown-option",
    ];
    assert_eq!(outcome.codes(), codes, "{}", outcome.printed);
    assert!(outcome.printed.contains("did you mean `ignore_above`?"), "{}", outcome.printed);
    let denied = run.with(|request| request.deny_warnings = true).outcome();
    assert!(denied.model.is_none());
    assert!(denied.findings.iter().all(|(severity, _)| *severity == Severity::Error));
}

#[test]
fn idle_attributes_are_named_once_for_each_set() {
    let set = "- name: shop\n  fields:\n    - {name: a, type: long, otel: [{relation: match}]}\n    - {name: b, type: long, otel: [{relation: match}], output_precision: 2}\n    - {name: d, type: long, format: bytes, example: 5}\n";
    let outcome = Run::new("  shop: {fields: '*'}", &[set]).outcome();
    assert_eq!(outcome.findings[..2], [(Severity::Warning, "no-effect"); 2], "{}", outcome.printed);
    assert_eq!(outcome.findings[2..], [(Severity::Note, "no-effect")], "of `example`: {}", outcome.printed);
    for said in ["`otel` of `shop` has no effect, 2 times", "`output_precision` of `shop`"] {
        assert!(outcome.printed.contains(said), "no `{said}` in\n{}", outcome.printed);
    }
}

#[test]
fn unselected_set_is_a_warning_with_its_place() {
    let set = "- name: hash\n  fields: [{name: blake2, type: keyword}]\n";
    let outcome = Run::new("  host: {fields: {name: {}}}", &[set]).outcome();
    assert_eq!(outcome.findings, [(Severity::Warning, "unused-extension")]);
    assert!(outcome.printed.contains("help: select `dll.hash.blake2` under `fields`"), "{}", outcome.printed);
    let used = Run::new(
        "  email: {fields: {attachments: {fields: {file: {fields: {hash: {fields: {blake2: {}}}}}}}}}",
        &[set],
    )
    .outcome();
    assert!(used.findings.is_empty(), "{}", used.printed);
}

#[test]
fn reused_only_set_may_be_named_at_the_top() {
    let outcome = Run::new("  geo: {fields: '*'}\n  host: {fields: {name: {}}}", &[]).outcome();
    assert_eq!(outcome.leaves()[1..], ["host.name:keyword"]);
    assert_eq!(outcome.findings, [(Severity::Note, "reused-only")]);
    let denied = Run::new("  geo: {fields: '*'}", &[]).with(|request| request.deny_warnings = true).outcome();
    assert!(denied.model.is_some(), "a note is nothing to change");
}

#[test]
fn star_reaches_every_place_by_default() {
    let fields = "  process: {fields: {user: {fields: '*'}}}";
    let all = Run::new(fields, &[]).outcome();
    assert_eq!(all.findings, [(Severity::Note, "hidden-places")]);
    // All but `@timestamp` and the two that the release shows, see below.
    let hidden = format!("selects {} fields at places", all.leaves().len() - 3);
    assert!(all.printed.contains(&hidden), "no `{hidden}` in {}", all.printed);
    assert!(all.leaves().contains(&"process.user.full_name:keyword/text".to_owned()));
    let released = Run::new(fields, &[]).with(|request| request.places = Some(Places::Released)).outcome();
    assert_eq!(released.leaves()[1..], ["process.user.id:keyword", "process.user.name:keyword/text"]);
    assert!(released.findings.is_empty());
    let named = "  process: {fields: {user: {fields: {full_name: {}, risk: {fields: '*'}}}}}";
    let named = Run::new(named, &[]).with(|request| request.places = Some(Places::Released)).outcome();
    assert_eq!(
        named.leaves().len(),
        8,
        "what is named is selected, and of a hidden set all that it has: {:?}",
        named.leaves()
    );
}

#[test]
fn star_takes_what_custom_files_add() {
    let pass = "- name: pass\n  reusable: {order: 1, top_level: false, expected: [user]}\n  fields: [{name: number, type: long}]\n";
    let fields = "  process: {fields: {user: {fields: '*'}}}\n  source: {fields: {user: {fields: '*'}}}";
    let shift = "- name: user\n  fields: [{name: shift, type: keyword}]\n";
    let run = Run::new(fields, &[pass, shift]).with(|request| request.places = Some(Places::Released));
    let leaves = run.outcome().leaves();
    let of_process: Vec<&String> = leaves.iter().filter(|leaf| leaf.starts_with("process.")).collect();
    assert_eq!(
        of_process,
        [
            "process.user.id:keyword",
            "process.user.name:keyword/text",
            "process.user.pass.number:long",
            "process.user.shift:keyword"
        ]
    );
    assert!(leaves.contains(&"source.user.pass.number:long".to_owned()));
    assert!(!leaves.iter().any(|leaf| leaf.starts_with("source.user.risk.")));
}

#[test]
fn folders_patterns_and_lists_name_files() {
    let run = Run::new("  shop: {fields: '*'}\n  yard: {fields: '*'}", &[]);
    run.write("custom/shop.yml", "- {name: shop, fields: [{name: till, type: long}]}\n");
    run.write("custom/yard.yaml", "- {name: yard, fields: [{name: size, type: long}]}\n");
    run.write("custom/README.md", "none of them");
    run.write("custom/deeper/other.yml", "- {name: other, fields: [{name: size, type: long}]}\n");
    let leaves = ["shop.till:long", "yard.size:long"];
    let (folder, pattern) = (run.path("custom"), run.path("custom/*.y*ml"));
    let (one, two) = (run.path("custom/yard.yaml"), run.path("custom/shop.yml"));
    let mut run = run;
    for includes in [vec![folder.clone()], vec![pattern], vec![one, two, folder]] {
        run = run.with(|request| request.includes = includes);
        assert_eq!(run.outcome().leaves()[1..], leaves);
    }
    let nothing = run.path("custom/*.json");
    let outcome = run.with(|request| request.includes = vec![nothing]).outcome();
    assert!(outcome.codes().contains(&"file-unreadable"), "{}", outcome.printed);
}

#[test]
fn what_is_excluded_is_taken_out_again() {
    let run = Run::new(
        "  host: {fields: {name: {}, os: {fields: {name: {}, full: {}}}}}\n  http: {fields: {request: {fields: {id: {}}}}}",
        &[],
    );
    let excludes = "- name: base\n  fields: [{name: '@timestamp'}]\n- name: host\n  fields: [{name: os, fields: [{name: full}]}, {name: name}]\n- name: http\n  fields: [{name: request}]\n";
    let path = run.write("exclude.yml", excludes);
    let outcome = run.with(|request| request.excludes = vec![path]).outcome();
    assert_eq!(outcome.leaves(), ["host.os.name:keyword/text"]);
    let run = Run::new("  host: {fields: {name: {}}}", &[]);
    let path = run.write("exclude.yml", "- name: host\n  fields: [{name: nam}]\n");
    let outcome = run.with(|request| request.excludes = vec![path]).outcome();
    assert_eq!(outcome.codes(), ["unknown-field"]);
    assert!(outcome.printed.contains("did you mean `host.name`?"), "{}", outcome.printed);
}

#[test]
fn settings_files_go_before_what_is_generated() {
    let run = Run::new("  host: {fields: {name: {}}}", &[]);
    let template = run.write("template.json", r#"{"index_patterns": ["old-*"], "priority": 7, "composed_of": [], "template": {"settings": {"index.codec": "best_compression", "index": {"lifecycle.name": "ours", "number_of_shards": 3}}, "aliases": {"all": {}}, "mappings": {"a": 1}}}"#);
    let mapping = run.write("mapping.json", r#"{"dynamic": false, "date_detection": false, "properties": {}}"#);
    let outcome = run
        .with(|request| {
            request.template_settings = Some(template);
            request.mapping_settings = Some(mapping);
        })
        .outcome();
    assert_eq!(outcome.codes(), ["no-effect"; 3], "{}", outcome.printed);
    let files = emit_files(&[outcome.model.unwrap()], &[]);
    for engine in ["elasticsearch", "opensearch"] {
        let body = |name: &str| -> Json {
            serde_json::from_slice(files.get(&format!("generated/web/{engine}/{name}.json")).unwrap()).unwrap()
        };
        let template = body("index-template");
        assert_eq!(template["index_patterns"], json!(["web-*", "old-*"]));
        assert_eq!(template["priority"], 7);
        assert_eq!(template["composed_of"], json!(["web@mappings", "web@settings"]));
        assert_eq!(template["template"]["settings"]["index"]["codec"], "best_compression");
        assert_eq!(template["template"]["settings"]["index"]["lifecycle"]["name"], "ours");
        assert!(template["template"].get("mappings").is_none());
        let mappings = body("mappings");
        assert_eq!((&mappings["dynamic"], &mappings["date_detection"]), (&json!(false), &json!(false)));
        assert!(mappings["properties"]["host"].is_object());
    }
}

#[test]
fn index_false_of_a_subset_is_that_of_schemas() {
    let model = Run::new("  event: {fields: {original: {}, reason: {index: false}}}", &[]).outcome().model.unwrap();
    let parameters = |path: &str| model.find(path).unwrap().parameters.clone();
    assert_eq!(parameters("event.original"), parameters("event.reason"));
    assert_eq!(parameters("event.reason")[&Parameter::DocValues], json!(false));
}

#[test]
fn settings_that_engines_refuse_are_errors() {
    let template = r#"{"order": 1, "settings": {"number_of_shards": 1}, "template": {"index": {}}}"#;
    let mapping = r#"{"mappings": {"dynamic": true}, "_routing": {"required": true}}"#;
    let run = Run::new("  host: {fields: {name: {}}}", &[]);
    let (template, mapping) = (run.write("template.json", template), run.write("mapping.json", mapping));
    let outcome = run
        .with(|request| {
            request.template_settings = Some(template);
            request.mapping_settings = Some(mapping);
        })
        .outcome();
    assert!(outcome.model.is_none());
    assert_eq!(outcome.findings, [(Severity::Error, "unknown-option"); 4], "{}", outcome.printed);
    for said in ["refuse `order` here", "refuse `settings` here", "refuse `index` here", "refuse `mappings` here"] {
        assert!(outcome.printed.contains(said), "no `{said}` in\n{}", outcome.printed);
    }
    assert!(outcome.printed.contains("write the body of a composable template"), "{}", outcome.printed);
}

#[test]
fn describing_attributes_are_a_note_per_file() {
    let first = "- name: shop\n  group: 2\n  footnote: None.\n  fields: [{name: till, type: long, example: 5}, {name: door, type: long, example: 6}]\n";
    let second = "- name: yard\n  title: Yard\n  fields: [{name: size, type: long, example: 7}]\n";
    let run = Run::new("  shop: {fields: '*'}\n  yard: {fields: '*'}", &[first, second]);
    let run = run.with(|request| request.deny_warnings = true);
    let outcome = run.outcome();
    assert_eq!(outcome.findings, [(Severity::Note, "no-effect"); 2], "{}", outcome.printed);
    assert!(outcome.printed.contains("`example`, `footnote`, `group` only describes"), "{}", outcome.printed);
    let yard = outcome.model.unwrap();
    assert_eq!(yard.find("yard").unwrap().description, "Yard", "a title stands in for a description");
}

#[test]
fn a_disabled_list_is_a_disabled_object() {
    let set = "- name: shop\n  fields:\n    - {name: tills, type: nested, enabled: false}\n    - {name: tills.id, type: long}\n";
    let outcome = Run::new("  shop: {fields: '*'}", &[set]).outcome();
    assert!(outcome.findings.is_empty(), "{}", outcome.printed);
    let files = emit_files(&[outcome.model.unwrap()], &[]);
    let mapping: Json =
        serde_json::from_slice(files.get("generated/web/elasticsearch/mappings.json").unwrap()).unwrap();
    assert_eq!(mapping["properties"]["shop"]["properties"]["tills"]["enabled"], false);
}

#[test]
fn a_set_that_only_others_are_put_in_is_used() {
    let files = [
        "- {name: Target, fields: []}\n",
        "- name: shop\n  reusable: {expected: [Target]}\n  fields: [{name: till, type: long}]\n",
    ];
    check("  Target: {fields: '*'}", &files, &["Target.shop.till:long"]);
}
