//! What a selection selects: the subset grammar of the official generator, and where it is told from that generator's
//! own slips.

use std::collections::BTreeSet;
use std::path::PathBuf;

use ecs_gen::field_type::FieldType;
use ecs_gen::generate::{Request, load_models};
use ecs_gen::model::{Field, Model, Origin};
use ecs_gen::parameter::Parameter;
use serde_json::json;

use crate::diagnostics::{LOG, folder, loader, log};

/// The models of these subset files over ECS 9.4.0, with these field-set files.
#[track_caller]
pub fn subsets(subsets: &[&str], includes: &[&str]) -> Model {
    let names = |kind: &str, count: usize| (0..count).map(|number| format!("{kind}{number}.yml")).collect::<Vec<_>>();
    let (subset_names, include_names) = (names("subset", subsets.len()), names("include", includes.len()));
    let texts = subset_names.iter().zip(subsets).chain(include_names.iter().zip(includes));
    let files: Vec<(&str, &str)> = texts.map(|(name, text)| (name.as_str(), *text)).collect();
    let folder = folder(&files);
    let paths = |names: &[String]| names.iter().map(|name| folder.path().join(name)).collect::<Vec<PathBuf>>();
    let request = Request {
        ecs: Some("9.4.0".to_owned()),
        subsets: paths(&subset_names),
        includes: paths(&include_names),
        name: Some("log".to_owned()),
        ..Request::default()
    };
    load(&request)
}

/// The model of a log file that needs no other files.
#[track_caller]
pub fn model(text: &str) -> Model {
    model_of(&[(LOG, text)])
}

/// The model of `log.yaml` among `files`.
#[track_caller]
pub fn model_of(files: &[(&str, &str)]) -> Model {
    let folder = folder(files);
    load(&Request { logs: vec![folder.path().join(LOG)], ..Request::default() })
}

#[track_caller]
fn load(request: &Request) -> Model {
    let mut loader = loader();
    let models = load_models(request, &mut loader);
    models.unwrap_or_else(|| panic!("{}", loader.diagnostics.render(&loader.sources))).remove(0)
}

/// The paths of everything in the mapping.
pub fn paths(model: &Model) -> Vec<&str> {
    model.fields.iter().map(|field| field.path.as_str()).collect()
}

/// The field at `path`.
#[track_caller]
pub fn find<'m>(model: &'m Model, path: &str) -> &'m Field {
    model.find(path).unwrap_or_else(|| panic!("no `{path}` among {:?}", paths(model)))
}

fn docs_only(model: &Model) -> Vec<&str> {
    model.docs_only.iter().map(|field| field.path.as_str()).collect()
}

fn parameter(model: &Model, path: &str, parameter: Parameter) -> Option<serde_json::Value> {
    find(model, path).parameters.get(&parameter).cloned()
}

#[track_caller]
fn check_paths(fields: &str, expected: &[&str]) {
    assert_eq!(paths(&model(&log(fields))), expected);
}

#[test]
fn named_fields_bring_the_objects_above_them() {
    check_paths(
        "{base: {fields: {message: {}}}, http: {fields: {request: {fields: {method: {}}}}}}",
        &["http", "http.request", "http.request.method", "message"],
    );
}

#[test]
fn base_and_tracing_stand_at_the_root() {
    check_paths("{base: {fields: '*'}}", &["@timestamp", "labels", "message", "tags"]);
    let tracing = ["span", "span.id", "trace", "trace.id", "transaction", "transaction.id"];
    check_paths("{tracing: {fields: '*'}}", &tracing);
    check_paths("{tracing: {fields: {trace: {fields: {id: {}}}}}}", &["trace", "trace.id"]);
}

#[test]
fn a_star_at_the_top_selects_all_of_ecs() {
    let all = model("name: log\necs: 9.4.0\nfields: '*'\nfield_budget: 10000\nindex: {alias: log}\n");
    // 2,605 fields, of which 34 objects have others below them.
    let declared = all.fields.iter().filter(|field| matches!(field.origin, Origin::Ecs { .. })).count();
    assert_eq!(declared, 2605);
    let objects = all.fields.iter().filter(|field| field.is_object()).count();
    assert_eq!(all.leaves().count() + objects, all.fields.len());
    assert_eq!(all.fields.len() + 120, all.mapped_count(), "120 multi-fields");
    assert_eq!(all.roots.len(), all.fields.iter().filter(|field| !field.path.as_str().contains('.')).count());
}

#[test]
fn fields_are_sorted_in_any_file_order() {
    let one = model(&log("{event: {fields: {kind: {}, action: {}}}, base: {fields: {tags: {}, message: {}}}}"));
    let two = model(&log("{base: {fields: {message: {}, tags: {}}}, event: {fields: {action: {}, kind: {}}}}"));
    assert_eq!(format!("{:?}", one.fields), format!("{:?}", two.fields));
}

#[test]
fn subsets_are_united() {
    let one = "name: one\nfields: {event: {fields: {action: {}}}, user: {fields: {name: {}}}}\n";
    let two = "name: two\nfields: {event: {fields: {kind: {}}}, http: {fields: '*'}}\n";
    let three = "name: three\nfields: {http: {fields: {version: {}}}}\n";
    let all = subsets(&[one, two, three], &[]);
    for path in ["event.action", "event.kind", "user.name", "http.version", "http.request.body.content"] {
        find(&all, path);
    }
    assert!(all.find("event.code").is_none());
    let reversed = subsets(&[three, two, one], &[]);
    assert_eq!(paths(&all), paths(&reversed));
}

#[test]
fn a_star_wins_over_names_and_their_options() {
    let names = "name: one\nfields: {event: {fields: {action: {index: false}}}}\n";
    let star = "name: two\nfields: {event: {fields: '*'}}\n";
    for files in [[names, star], [star, names]] {
        let model = subsets(&files, &[]);
        find(&model, "event.kind");
        assert_eq!(parameter(&model, "event.action", Parameter::Index), None);
    }
    let everything = "name: three\nfields: '*'\n";
    assert!(subsets(&[names, everything], &[]).fields.len() > 2605);
}

#[test]
fn removing_option_counts_if_all_subsets_agree() {
    let off = "name: a\nfields: {user: {fields: {name: {index: false}}}, labels_of: {fields: '*'}}\n"
        .replace(", labels_of: {fields: '*'}", "");
    let on = "name: b\nfields: {user: {fields: {name: {}}}}\n";
    let elsewhere = "name: c\nfields: {user: {fields: {id: {}}}}\n";
    let index = |files: &[&str]| parameter(&subsets(files, &[]), "user.name", Parameter::Index);
    assert_eq!(index(&[&off, &off]), Some(json!(false)));
    assert_eq!(index(&[&off, elsewhere]), Some(json!(false)));
    assert_eq!(index(&[&off, on]), None);
    assert_eq!(index(&[on, &off]), None);
    assert_eq!(index(&[&off, &off, on]), None);
    let disabled = "name: a\nfields: {http: {enabled: false, fields: '*'}}\n";
    let parsed = "name: b\nfields: {http: {fields: {version: {}}}}\n";
    let enabled = |files: &[&str]| parameter(&subsets(files, &[]), "http", Parameter::Enabled);
    assert_eq!(enabled(&[disabled, disabled]), Some(json!(false)));
    assert_eq!(enabled(&[disabled, parsed]), None);
}

#[test]
fn index_false_leaves_multi_fields_alone() {
    let model = model(&log(
        "{user: {fields: {name: {index: false}, full_name: {index: false}}}, event: {fields: {duration: {index: false}}}}",
    ));
    assert_eq!(parameter(&model, "user.name", Parameter::DocValues), Some(json!(false)));
    assert_eq!(parameter(&model, "user.name", Parameter::IgnoreAbove), None);
    assert_eq!(parameter(&model, "event.duration", Parameter::DocValues), Some(json!(false)));
    assert_eq!(find(&model, "user.full_name").multi_fields.len(), 1);
}

#[test]
fn a_docs_only_field_stands_in_the_docs_alone() {
    let fields = "{http: {fields: {version: {}, request: {fields: {method: {docs_only: true}, id: {}}}}}}";
    let deep = model(&log(fields));
    assert_eq!(paths(&deep), ["http", "http.request", "http.request.id", "http.version"]);
    assert_eq!(docs_only(&deep), ["http.request.method"]);
}

#[test]
fn docs_only_siblings_leave_no_empty_object() {
    let fields =
        "{base: {fields: {message: {}}}, event: {fields: {kind: {docs_only: true}, action: {docs_only: true}}}}";
    let siblings = model(&log(fields));
    assert_eq!(paths(&siblings), ["message"]);
    assert_eq!(docs_only(&siblings), ["event.action", "event.kind"]);
}

#[test]
fn docs_only_object_takes_all_below_along() {
    let fields = "{base: {fields: {message: {}, labels: {docs_only: true}}}, dns: {fields: {id: {}, answers: {docs_only: true, fields: '*'}}}}";
    let model = model(&log(fields));
    assert_eq!(paths(&model), ["dns", "dns.id", "message"]);
    let expected = [
        "dns.answers",
        "dns.answers.class",
        "dns.answers.data",
        "dns.answers.name",
        "dns.answers.ttl",
        "dns.answers.type",
        "labels",
    ];
    assert_eq!(docs_only(&model), expected);
    let open = model.docs_only.last().unwrap();
    assert_eq!(open.field_type, FieldType::Flattened, "an open object is what it would be in the mapping");
}

#[test]
fn disabled_set_is_one_object() {
    for fields in [
        "{threat: {fields: {indicator: {fields: {url: {enabled: false, fields: '*'}}}}}}",
        "{threat: {fields: {indicator: {fields: {url: {enabled: false}}}}}}",
    ] {
        let model = model(&log(fields));
        assert_eq!(paths(&model), ["threat", "threat.indicator", "threat.indicator.url"]);
        let url = find(&model, "threat.indicator.url");
        assert_eq!(url.field_type, FieldType::Object, "the engines know no type `group`");
        assert_eq!(url.parameters, [(Parameter::Enabled, json!(false))].into());
        assert!(url.children.is_empty());
    }
}

#[test]
fn options_that_say_nothing_new_change_nothing() {
    let plain = model(&log("{event: {fields: {action: {}}}}"));
    let told =
        model(&log("{event: {enabled: true, docs_only: false, fields: {action: {index: true, docs_only: false}}}}"));
    assert_eq!(format!("{:?}", plain.fields), format!("{:?}", told.fields));
}

#[test]
fn open_objects_never_refuse_documents() {
    let fields = "{base: {fields: {labels: {}}}, container: {fields: {labels: {}}}, log: {fields: {level: {}}}}\nopen_objects: {container.labels: stored}";
    let model = model(&log(fields));
    let labels = find(&model, "labels");
    assert_eq!((labels.field_type, labels.parameters.is_empty()), (FieldType::Flattened, true));
    let stored = find(&model, "container.labels");
    assert_eq!(stored.field_type, FieldType::Object);
    assert_eq!(stored.parameters, [(Parameter::Enabled, json!(false))].into());
    let all = self::model("name: log\necs: 9.4.0\nfields: '*'\nfield_budget: 10000\nindex: {alias: log}\n");
    let holes = all.fields.iter().filter(|field| field.is_object() && field.children.is_empty());
    let names: Vec<&str> = holes.map(|field| field.path.as_str()).collect();
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn ecs_release_is_found_beside_the_log() {
    let facts = "ecs: 1.2.3\nfieldsets:\n- {name: base, root: true, fields: [{name: '@timestamp', type: date, required: true}]}\n- {name: agent, fields: [{name: id, type: keyword}]}\n";
    let text = log("{base: {fields: '*'}, agent: {fields: '*'}}").replace("9.4.0", "../mine.yaml");
    let folder = folder(&[("logs/log.yaml", &text), ("mine.yaml", facts)]);
    let model = load(&Request { logs: vec![folder.path().join("logs/log.yaml")], ..Request::default() });
    assert_eq!(model.ecs_version, "1.2.3");
    assert_eq!(paths(&model), ["@timestamp", "agent", "agent.id"]);
    assert!(find(&model, "@timestamp").required);
    let other = Request {
        logs: vec![folder.path().join("logs/log.yaml")],
        ecs: Some("9.4.0".to_owned()),
        ..Request::default()
    };
    assert_eq!(load(&other).ecs_version, "9.4.0", "the command line goes before the file");
}

#[test]
fn required_field_requires_objects_up_to_a_list() {
    let fields = "{base: {fields: {'@timestamp': {}}}, http: {fields: {request: {fields: {method: {}}}}}, dns: {fields: {answers: {fields: {name: {}}}}}}\nrequired: [http.request.method, dns.answers.name]";
    let model = model(&log(fields));
    let required: Vec<&str> = model.fields.iter().filter(|f| f.required).map(|f| f.path.as_str()).collect();
    assert_eq!(required, ["@timestamp", "dns.answers.name", "http", "http.request", "http.request.method"]);
}

#[test]
fn no_two_shapes_of_all_of_ecs_are_equal() {
    for (places, fields) in [("released", 2605), ("all", 7926)] {
        let all = model(&format!(
            "name: log\necs: 9.4.0\nfields: '*'\nplaces: {places}\nfield_budget: 20000\nindex: {{alias: log}}\n"
        ));
        let declared = all.fields.iter().filter(|field| matches!(field.origin, Origin::Ecs { .. })).count();
        assert_eq!(declared, fields);
        check_shapes(&all);
    }
}

/// Each shape differs from the others, and has a name of its own.
fn check_shapes(all: &Model) {
    let describe = |field: &Field| {
        let same = (
            field.name(),
            field.field_type,
            field.is_array,
            field.required,
            &field.pattern,
            field.shape,
            field.allowed,
        );
        format!("{same:?} {:?}", field.parameters)
    };
    let mut contents = BTreeSet::new();
    let mut names = BTreeSet::new();
    for shape in &all.shapes {
        let content: Vec<String> = all.children(&shape.fields).map(describe).collect();
        assert!(contents.insert(content), "`{}` equals another shape", shape.type_name);
        assert!(names.insert(shape.type_name.clone()), "`{}` is the name of two shapes", shape.type_name);
        assert!(shape.type_name.starts_with(|c: char| c.is_ascii_uppercase()), "{}", shape.type_name);
    }
    for list in &all.allowed {
        assert!(names.insert(list.type_name.clone()), "`{}` is the name of a list and of a shape", list.type_name);
    }
    let used: usize = all.shapes.iter().map(|shape| shape.used_at.len()).sum();
    assert_eq!(used, all.fields.iter().filter(|field| field.is_object()).count());
    assert!(all.shapes.len() < 200, "{}", all.shapes.len());
    for field in all.fields.iter().filter(|field| field.is_object()) {
        let shape = all.shape(field.shape.unwrap());
        assert!(shape.used_at.iter().any(|path| path == field.path.as_str()));
        let same: Vec<String> = all.children(&field.children).map(describe).collect();
        assert_eq!(same, all.children(&shape.fields).map(describe).collect::<Vec<_>>(), "{}", field.path);
    }
}

#[test]
fn names_of_shapes_are_stable() {
    let few = model(&log("{client: {fields: {geo: {fields: '*'}}}, server: {fields: {geo: {fields: '*'}}}}"));
    let more = model(&log(
        "{base: {fields: {message: {}}}, client: {fields: {geo: {fields: '*'}}}, server: {fields: {geo: {fields: '*'}}}}",
    ));
    let names = |model: &Model| model.shapes.iter().map(|shape| shape.type_name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&few), names(&more));
    assert!(names(&few).contains(&"Geo".to_owned()), "{:?}", names(&few));
}

#[test]
fn colliding_names_are_told_apart() {
    let extension = "- name: option\n  fields:\n    - {name: 5g.a, type: long}\n    - {name: level, type: keyword, allowed_values: [{name: a}]}\n- name: option_level\n  fields: [{name: b, type: long}, {name: _, type: object}, {name: _.c, type: long}]\n";
    let text = log("{option: {fields: '*'}, option_level: {fields: '*'}}\nextensions: [ext.yaml]").replacen(
        "name: log",
        "name: string",
        1,
    );
    let model = model_of(&[(LOG, &text), ("ext.yaml", extension)]);
    let names =
        model.shapes.iter().map(|shape| &shape.type_name).chain(model.allowed.iter().map(|list| &list.type_name));
    let names: Vec<&String> = names.collect();
    let distinct: BTreeSet<&&String> = names.iter().collect();
    assert_eq!(names.len(), distinct.len(), "{names:?}");
    for name in names {
        assert!(name.starts_with(|c: char| c.is_ascii_uppercase()), "{name}");
        assert!(!["String", "Option"].contains(&name.as_str()), "{name}");
    }
}
