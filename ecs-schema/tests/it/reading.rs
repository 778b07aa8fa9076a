//! Lenient reading: what loads, as what, and what the errors name.

use ecs_schema::Shape;

use crate::document;
use crate::example::Example;

#[test]
fn many_forms_are_read_as_one() {
    #[track_caller]
    fn check(fields: &str, canonical: &str) {
        let read: Example = serde_json::from_str(&document(fields)).unwrap_or_else(|error| panic!("{fields}: {error}"));
        assert_eq!(read.to_json(), document_sorted(canonical), "{fields}");
        let by_value: Example = serde_json::from_value(serde_json::from_str(&document(fields)).unwrap()).unwrap();
        assert_eq!(by_value, read, "{fields}");
    }
    check(r#""unknown":{"a":[1]},"hostname":"x""#, "");
    check(r#""event":{"outcome":"partial"}"#, r#""event":{"outcome":"partial"}"#);
    check(r#""tags":"a""#, r#""tags":["a"]"#);
    check(r#""tags":[1,true,null,1.5]"#, r#""tags":["1","true","1.5"]"#);
    check(r#""tags":null"#, "");
    check(r#""tags":[]"#, "");
    check(r#""type":["a"]"#, r#""type":"a""#);
    check(r#""type":[]"#, "");
    check(r#""type":7"#, r#""type":"7""#);
    check(r#""type":1.0"#, r#""type":"1.0""#);
    check(
        r#""numbers":{"long":"7","integer":7.0,"byte":["8"],"unsigned":"18446744073709551615"}"#,
        r#""numbers":{"byte":8,"integer":7,"long":7,"unsigned":18446744073709551615}"#,
    );
    check(
        r#""numbers":{"double":"1.5","float":3,"flag":"true"}"#,
        r#""numbers":{"double":1.5,"flag":true,"float":3.0}"#,
    );
    check(r#""event":{"created":["1715938200250"]}"#, r#""event":{"created":"2024-05-17T09:30:00.250Z"}"#);
    check(r#""deadline":"1970-01-01T00:00:09Z""#, r#""deadline":9"#);
    check(r#""host":[{"ip":"::1"}]"#, r#""host":{"ip":["::1"]}"#);
    check(r#""host":{"location":[11.5,48]}"#, r#""host":{"location":{"lat":48.0,"lon":11.5}}"#);
    check(r#""host":{"location":"48, 11.5"}"#, r#""host":{"location":{"lat":48.0,"lon":11.5}}"#);
    check(r#""host":{"location":[{"lat":48,"lon":"11.5"}]}"#, r#""host":{"location":{"lat":48.0,"lon":11.5}}"#);
    check(r#""saved_objects":{"id":"a","space_ids":"s"}"#, r#""saved_objects":[{"id":"a","space_ids":["s"]}]"#);
    check(r#""ranges":{"integer":{"gte":"1","lt":null,"x":1}}"#, r#""ranges":{"integer":{"gte":1}}"#);
    check(r#""raw":[1]"#, r#""raw":[1]"#);
    check(r#""labels":{"a":{"b":[null]}}"#, r#""labels":{"a":{"b":[null]}}"#);
}

/// As `document`, with the fields after the required ones in the order of their names.
fn document_sorted(fields: &str) -> String {
    let early = ["deadline"];
    let text = document(fields);
    if early.iter().any(|name| fields.starts_with(&format!("\"{name}\""))) {
        return text.replace(&format!(",{fields}"), "").replace("\"ecs\"", &format!("{fields},\"ecs\""));
    }
    text
}

#[test]
fn errors_name_the_place() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = serde_json::from_str::<Example>(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{text}: {error}");
    }
    check("{}", "`@timestamp`: is missing");
    check(r#"{"@timestamp":0,"ecs":{}}"#, "`ecs.version`: is missing");
    check(r#"{"@timestamp":null,"ecs":{"version":"1"}}"#, "`@timestamp`: is missing");
    check(&document(r#""event":{"created":"soon"}"#), "`event.created`: a string of 4 bytes cannot be read as a date");
    check(&document(r#""type":["a","b"]"#), "`type`: an array of several values cannot be read as a string");
    check(&document(r#""type":{}"#), "`type`: an object cannot be read as a string");
    check(
        &document(r#""saved_objects":[{"id":"a","space_ids":["s"]},{"id":"b"}]"#),
        "`saved_objects[1].space_ids`: is missing",
    );
    check(&document(r#""numbers":{"byte":300}"#), "`numbers.byte`: a number cannot be read as an integer");
    check(
        &document(r#""host":{"ip":["a"]}"#),
        "`host.ip[0]`: a string of 1 byte cannot be read as an IP address string",
    );
    check(
        &document(r#""ranges":{"integer":{"gte":2,"lt":1}}"#),
        "`ranges.integer`: an object cannot be read as an object with",
    );
    check(&document(r#""host":{"location":{"lat":100,"lon":0}}"#), "`host.location`: an object cannot be read");
    check("null", "null is no object");
    check("[1", "");
}

#[test]
fn broken_text_keeps_its_place() {
    let error = serde_json::from_str::<Example>("{\"type\": tru}").unwrap_err();
    assert!(error.is_syntax());
    assert_eq!((error.line(), error.column()), (1, 13));
}
