//! The value types on their own: what they take, and their JSON outside of generated structs.

use std::ops::Bound;

use ecs_schema::{Binary, Flattened, GeoPoint, Range, Timestamp, Version};
use proptest::prelude::*;

#[test]
fn version_follows_the_grammar_of_semver() {
    for good in ["0.0.0", "1.2.3", "10.20.30", "1.0.0-a", "1.0.0-a.1", "1.0.0-0a.-", "1.0.0+001", "1.0.0-x-y+z-1.2"] {
        assert_eq!(Version::new(good).unwrap().as_str(), good);
    }
    let bad = [
        "",
        "1",
        "1.2",
        "1.2.3.4",
        "01.2.3",
        "1.02.3",
        "1.2.x",
        "-1.2.3",
        "1.2.3-",
        "1.2.3+",
        "1.2.3-01",
        "1.2.3-a..b",
        "1.2.3+a+b",
        "1.2.3-ä",
        " 1.2.3",
    ];
    for bad in bad {
        assert!(Version::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn geo_point_refuses_what_is_not_on_earth() {
    for (lat, lon) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
        assert!(GeoPoint::new(lat, lon).is_err(), "{lat} {lon}");
    }
}

#[test]
fn range_refuses_what_nothing_is_in() {
    let open = Bound::<f64>::Unbounded;
    assert!(Range::new(open, open).is_err());
    assert!(Range::new(Bound::Included(f64::NAN), open).is_err());
    assert!(Range::new(Bound::Included(f64::INFINITY), open).is_err());
    assert!(Range::new(Bound::Excluded(1), Bound::Included(1)).is_err());
    let range = Range::new(Bound::Excluded(1), Bound::Included(3)).unwrap();
    assert_eq!([0, 1, 2, 3, 4].map(|value| range.contains(&value)), [false, false, true, true, false]);
}

#[test]
fn value_types_have_json_outside_of_structs() {
    #[track_caller]
    fn check<T>(json: &str, canonical: &str)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let value: T = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), canonical);
        assert_eq!(serde_json::from_str::<T>(canonical).unwrap(), value);
    }
    check::<Timestamp>("1715938200250", r#""2024-05-17T09:30:00.250Z""#);
    check::<Version>(r#""1.2.3""#, r#""1.2.3""#);
    check::<Binary>(r#""aGk=""#, r#""aGk=""#);
    check::<GeoPoint>("[11.5,48]", r#"{"lat":48.0,"lon":11.5}"#);
    check::<Flattened>(r#"{"b":1,"a":[]}"#, r#"{"a":[],"b":1}"#);
    check::<Range<i64>>(r#"{"lt":2,"gte":1}"#, r#"{"gte":1,"lt":2}"#);
    check::<Range<Timestamp>>(r#"{"gt":"2024"}"#, r#"{"gt":"2024-01-01T00:00:00Z"}"#);
    assert!(serde_json::from_str::<Version>(r#""1""#).is_err());
    assert!(serde_json::from_str::<Timestamp>("null").is_err());
}

proptest! {
    #[test]
    fn binary_decodes_what_it_encoded(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
        let binary = Binary::encode(&bytes);
        prop_assert_eq!(binary.decode(), bytes);
        prop_assert!(Binary::from_base64(binary.as_str()).is_ok());
    }
}
