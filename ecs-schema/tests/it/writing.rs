//! Canonical JSON: what is written, and that both writers agree byte for byte.

use ecs_schema::{Binary, Flattened, GeoPoint, Range, Shape, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use crate::document;
use crate::example::{Ecs, Event, EventOutcome, Example, Host, Numbers, SavedObject};

#[test]
fn json_is_canonical() {
    let mut example =
        Example::new(Timestamp::from_unix_millis(1_715_938_200_250).unwrap(), Ecs::new("9.4.0".to_owned()));
    assert_eq!(example.to_json(), r#"{"@timestamp":"2024-05-17T09:30:00.250Z","ecs":{"version":"9.4.0"}}"#);

    example.blob = Some(Binary::encode(b"hi"));
    example.deadline = Some(Timestamp::from_unix_millis(1_999).unwrap());
    example.event = Some(Box::new(Event { outcome: Some(EventOutcome::Success), ..Event::default() }));
    example.host = Some(Box::new(Host {
        ip: vec!["2001:DB8::0:1".parse().unwrap(), "10.0.0.1".parse().unwrap()],
        location: Some(GeoPoint::new(48.0, 11.5).unwrap()),
        name: Some("a\"\\\u{8}\t\n\u{c}\r\u{1}\u{7f}ü".to_owned()),
    }));
    example.labels = Some([("b", json!([1, 2.5])), ("a", json!(null))].into_iter().collect::<Flattened>());
    example.numbers = Some(Box::new(Numbers {
        double: Some(1e21),
        float: Some(0.1),
        flag: Some(true),
        long: Some(i64::MIN),
        unsigned: Some(u64::MAX),
        ..Numbers::default()
    }));
    example.ranges = Some(Box::default());
    example.ranges.as_mut().unwrap().integer = Some(Range::try_from(1..=2).unwrap());
    example.raw = Some(json!({"z": [{}]}));
    example.saved_objects = vec![SavedObject::new("1".to_owned(), vec!["default".to_owned()])];
    example.r#type = Some(String::new());
    assert_eq!(
        example.to_json(),
        concat!(
            r#"{"@timestamp":"2024-05-17T09:30:00.250Z","blob":"aGk=","deadline":1,"ecs":{"version":"9.4.0"},"#,
            r#""event":{"outcome":"success"},"host":{"ip":["2001:db8::1","10.0.0.1"],"#,
            r#""location":{"lat":48.0,"lon":11.5},"name":"a\"\\\b\t\n\f\r\u0001"#,
            "\u{7f}ü",
            r#""},"labels":{"a":null,"b":[1,2.5]},"#,
            r#""numbers":{"double":1e+21,"flag":true,"float":0.1,"long":-9223372036854775808,"#,
            r#""unsigned":18446744073709551615},"ranges":{"integer":{"gte":1,"lte":2}},"raw":{"z":[{}]},"#,
            r#""saved_objects":[{"id":"1","space_ids":["default"]}],"type":""}"#
        )
    );
    assert_eq!(serde_json::to_string(&example).unwrap(), example.to_json());
}

#[test]
fn absent_values_are_left_out() {
    let mut example: Example = serde_json::from_str(&document("")).unwrap();
    let before = example.to_json();
    example.raw = Some(json!(null));
    example.tags = Vec::new();
    assert_eq!(example.to_json(), before);
    example.host = Some(Box::default());
    assert!(example.to_json().contains(r#""host":{}"#));
}

#[test]
fn writing_appends() {
    let mut out = b"x".to_vec();
    Event::default().write_json(&mut out);
    Event { hash: Some("h".to_owned()), ..Event::default() }.write_json(&mut out);
    assert_eq!(out, br#"x{}{"hash":"h"}"#);
}

#[test]
fn strings_of_each_length_are_escaped() {
    for length in 0..=40 {
        let plain = "abcdefghijklmnopqrstuvwxyz0123456789ABCD"[..length].to_owned();
        let places = (0..length)
            .flat_map(|place| ["\"", "\\", "\0", "\n", "\u{1f}", "\u{7f}", " "].map(|special| (place, special)));
        let texts = places.map(|(place, special)| {
            let mut text = plain.clone();
            text.replace_range(place..=place, special);
            text
        });
        for text in texts.chain([plain.clone()]) {
            let host = Host { name: Some(text.clone()), ..Host::default() };
            assert_eq!(host.to_json(), json!({ "name": text }).to_string());
        }
    }
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let integers = (any::<Option<i8>>(), any::<Option<i16>>(), any::<Option<i32>>(), any::<Option<i64>>());
    let floats = (prop::option::of(-1e300..1e300), any::<Option<f32>>(), any::<Option<bool>>(), any::<Option<u64>>());
    (integers, floats).prop_map(|((byte, short, integer, long), (double, float, flag, unsigned))| Numbers {
        byte,
        double,
        exact: long,
        flag,
        float,
        half: float,
        integer,
        long,
        short,
        unsigned,
    })
}

proptest! {
    #[test]
    fn numbers_are_written_as_serde_json_writes_them(numbers in numbers()) {
        prop_assert_eq!(numbers.to_json(), serde_json::to_string(&numbers).unwrap());
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them(
        texts in prop::collection::vec("[\\x00-\\x24\\\\-\\]a-cü😀]{0,40}|\\PC*", 0..4),
        nanos in Timestamp::MIN.unix_nanos()..=Timestamp::MAX.unix_nanos(),
    ) {
        let mut example = Example::new(Timestamp::from_unix_nanos(nanos).unwrap(), Ecs::new(texts.concat()));
        example.labels = Some(texts.iter().map(|text| (text.as_str(), text.as_str())).collect());
        example.tags = texts;
        let json = example.to_json();
        prop_assert_eq!(&json, &serde_json::to_string(&example).unwrap());
        prop_assert_eq!(&json, &serde_json::to_value(&example).unwrap().to_string());
        prop_assert_eq!(serde_json::from_str::<Example>(&json).unwrap(), example);
    }
}
