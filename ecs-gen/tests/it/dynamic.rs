//! `dynamic` of a log file: which objects keep fields that the log does not have.

use ecs_gen::generate::emit_files;
use ecs_gen::model::Model;
use serde_json::{Value as Json, json};

use crate::diagnostics::{LOG, check, check_says};
use crate::selection::model;

/// A log with fields in objects of several depths; `dynamic` is line 5.
fn log(dynamic: &str) -> String {
    let fields = "{base: {fields: {message: {}, labels: {}}}, host: {fields: {name: {}, os: {fields: {name: {}}}}}, \
                  process: {fields: {pid: {}, parent: {fields: {pid: {}}}}}}";
    format!("name: log\necs: 9.4.0\nindex: {{alias: log}}\nfields: {fields}\ndynamic: {dynamic}\n")
}

fn text(model: &Model, name: &str) -> String {
    let files = emit_files(std::slice::from_ref(model), &[]);
    String::from_utf8(files.get(&format!("generated/log/{name}")).unwrap().to_vec()).unwrap()
}

/// Where a mapping says `dynamic`, with what it says.
#[track_caller]
fn check_mapping(dynamic: &str, expected: &Json) {
    let model = model(&log(dynamic));
    for engine in ["elasticsearch", "opensearch"] {
        let mut mapping: Json = serde_json::from_str(&text(&model, &format!("{engine}/mappings.json"))).unwrap();
        let mut found = serde_json::Map::new();
        collect(&mut mapping, "", &mut found);
        assert_eq!(&Json::Object(found), expected, "{engine} {dynamic}");
    }
}

fn collect(place: &mut Json, path: &str, found: &mut serde_json::Map<String, Json>) {
    if let Some(dynamic) = place.get("dynamic") {
        found.insert(path.to_owned(), dynamic.clone());
    }
    for (name, child) in place.get_mut("properties").and_then(Json::as_object_mut).into_iter().flatten() {
        collect(child, &format!("{path}/{name}"), found);
    }
}

#[test]
fn an_object_says_so_where_it_differs() {
    check_mapping("{}", &json!({"": "strict"}));
    check_mapping("{host: false}", &json!({"": "strict", "/host": "false"}));
    check_mapping("{host.os: false, host: strict}", &json!({"": "strict", "/host/os": "false"}));
    check_mapping("{host: false, host.os: strict}", &json!({"": "strict", "/host": "false", "/host/os": "strict"}));
    check_mapping("{'*': false}", &json!({"": "false"}));
    check_mapping("{'*': false, process: strict}", &json!({"": "false", "/process": "strict"}));
}

#[test]
fn every_output_says_the_same() {
    let model = model(&log("{host: false, host.os: strict}"));
    let rules: Json = serde_json::from_str(&text(&model, "rules.json")).unwrap();
    let schema: Json = serde_json::from_str(&text(&model, "event.schema.json")).unwrap();
    for (path, takes_unknown) in [("host", true), ("host.os", false), ("process", false)] {
        let shape = &model.shape(model.find(path).unwrap().shape.unwrap()).type_name;
        assert_eq!(rules["shapes"][shape].get("takes_unknown").is_some(), takes_unknown, "{shape}");
        let is_closed = schema["$defs"][shape]["additionalProperties"] == json!(false);
        assert_eq!(is_closed, !takes_unknown, "{shape}");
    }
    let types = text(&model, "event.d.ts");
    assert_eq!(types.matches("[name: string]: unknown;").count(), 1, "{types}");
    let files = emit_files(std::slice::from_ref(&model), &[]);
    let rust = String::from_utf8(files.get("rust/log.rs").unwrap().to_vec()).unwrap();
    assert_eq!(rust.matches(".takes_unknown()").count(), 1, "{rust}");
}

/// Two objects with the same fields are one struct only where they take the same.
#[test]
fn objects_that_differ_in_this_share_no_shape() {
    let shapes = |dynamic: &str| {
        let model = model(&log(dynamic));
        ["process", "process.parent", "host.os"].map(|path| model.find(path).unwrap().shape.unwrap())
    };
    let fields = "{base: {fields: {message: {}}}, client: {fields: {ip: {}}}, server: {fields: {ip: {}}}}";
    let text =
        |dynamic: &str| format!("name: log\necs: 9.4.0\nindex: {{alias: log}}\nfields: {fields}\ndynamic: {dynamic}\n");
    let of = |dynamic: &str| {
        let model = model(&text(dynamic));
        ["client", "server"].map(|path| model.find(path).unwrap().shape.unwrap())
    };
    let [client, server] = of("{}");
    assert_eq!(client, server);
    let [client, server] = of("{client: false}");
    assert_ne!(client, server);
    assert_ne!(shapes("{process: false, process.parent: strict}")[0], shapes("{}")[1]);
}

#[test]
fn what_cannot_be_is_refused_with_its_place() {
    let check = |dynamic: &str, expected: &[(&str, &str)]| check(&[(LOG, &log(dynamic))], expected);
    check("{host: true}", &[("invalid-value", "log.yaml:5:17")]);
    check("{host: runtime}", &[("invalid-value", "log.yaml:5:17")]);
    check("{hots: false}", &[("unknown-field", "log.yaml:5:11")]);
    check("{message: false}", &[("unknown-field", "log.yaml:5:11")]);
    check("{labels: false}", &[("unknown-field", "log.yaml:5:11")]);
    check_says(&[(LOG, &log("{hots: false}"))], "help: did you mean `host`?");
    check_says(&[(LOG, &log("{labels: false}"))], "`open_objects: {labels: stored}`");
    check_says(&[(LOG, &log("{host: true}"))], "the mapping would grow by whatever a producer sends");
}
