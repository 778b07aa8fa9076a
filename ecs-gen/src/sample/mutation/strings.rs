//! Changes to strings of every kind: other types, other values, bad forms, excess length.

use regex_lite::Regex;
use serde_json::json;

use super::{Case, refused, taken};
use crate::field_type::ValueKind;
use crate::model::Field;
use crate::parameter::Parameter;

/// Lucene's limit for a term.
const MAX_TERM: usize = 32_766;

pub(super) const CASES: &[Case] = &[
    refused("number-for-string", is_plain, |_, _| json!(17)),
    refused("boolean-for-string", is_plain, |_, _| json!(true)),
    refused("not-an-allowed-value", has_allowed, |random, _| {
        random.pick(&["no such value", "no_such_value", " "]).into()
    }),
    refused("number-for-allowed-value", has_allowed, |_, _| json!(17)),
    refused("pattern-mismatch", has_mismatch, |_, field| mismatch(field).into()),
    refused("keyword-too-long", is_limited, |_, _| "a".repeat(MAX_TERM + 1).into()),
    refused("keyword-too-long-in-bytes", is_limited, |_, _| "é".repeat(MAX_TERM / 2 + 1).into()),
    taken("keyword-as-long-as-can-be", is_limited, |_, _| format!("{}aa", "語".repeat(MAX_TERM / 3 - 1) + "b").into()),
    refused("another-constant", has_constant, |_, _| "another".into()),
    refused("bad-version", is_version, |random, _| random.pick(VERSIONS).into()),
    refused("number-for-version", is_version, |_, _| json!(1.2)),
    refused("bad-base64", is_binary, |random, _| random.pick(BASE64).into()),
    refused("number-for-binary", is_binary, |_, _| json!(17)),
    refused("ip-with-leading-zero", is_ip, |random, _| random.pick(&["192.168.001.1", "010.0.0.1", "1.2.3.00"]).into()),
    refused("ip-part-too-large", is_ip, |random, _| random.pick(&["256.0.0.1", "1.2.3.999", "12345::", "::1g"]).into()),
    refused("ip-with-zone", is_ip, |random, _| random.pick(&["fe80::1%eth0", "fe80::1%1"]).into()),
    refused("ip-with-prefix", is_ip, |random, _| random.pick(&["10.0.0.0/8", "2001:db8::/32"]).into()),
    refused("ip-of-wrong-length", is_ip, |random, _| random.pick(SHORT_OR_LONG_IPS).into()),
    refused("ip-with-something-around", is_ip, |random, _| random.pick(WRAPPED_IPS).into()),
    refused("host-name-for-ip", is_ip, |random, _| random.pick(&["localhost", "", "web-1.example.com"]).into()),
    refused("number-for-ip", is_ip, |_, _| json!(167_772_161)),
    taken("ip-in-capitals", is_ip, |_, _| "2001:DB8::ABCD:EF".into()),
    taken("ip-mapped", is_ip, |_, _| "::FFFF:192.0.2.1".into()),
];

const VERSIONS: &[&str] = &[
    "",
    "1",
    "1.2",
    "v1.2.3",
    "1.2.3.4",
    "01.2.3",
    "1.02.3",
    "1.2.3-",
    "1.2.3-01",
    "1.2.3-a..b",
    "1.2.3+",
    "1.2.3+a+b",
    " 1.2.3",
    "1.2.3 ",
    "1.2.3-ä",
    "1.-2.3",
    "latest",
];
const BASE64: &[&str] =
    &["A", "AA", "AA=", "AAA", "A===", "====", "AA==AA==", "aGVs bG8=", "-_8=", "aGVsbG8=\n", "ää==", "=AAA"];
const SHORT_OR_LONG_IPS: &[&str] =
    &["1.2.3", "1.2.3.4.5", "1.2.3.", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", ":1::", "1:2:3:4:5:6:7:1.2.3.4"];
const WRAPPED_IPS: &[&str] = &[" 1.2.3.4", "1.2.3.4 ", "[::1]", "::1\n", "1.2.3.4:80", "::ffff:1.2.3.04"];

fn is_string(field: &Field) -> bool {
    matches!(field.kind(), ValueKind::Keyword | ValueKind::Text | ValueKind::Constant)
}

/// Whether any string will do.
fn is_plain(field: &Field) -> bool {
    is_string(field) && field.allowed.is_none() && field.pattern.is_none() && !has_constant(field)
}

fn has_allowed(field: &Field) -> bool {
    field.allowed.is_some()
}

fn has_constant(field: &Field) -> bool {
    field.kind() == ValueKind::Constant && field.parameters.contains_key(&Parameter::Value)
}

fn is_limited(field: &Field) -> bool {
    is_plain(field)
        && field.kind() == ValueKind::Keyword
        && !field.is_unindexed()
        && !field.parameters.contains_key(&Parameter::IgnoreAbove)
}

fn is_version(field: &Field) -> bool {
    field.kind() == ValueKind::Version
}

fn is_binary(field: &Field) -> bool {
    field.kind() == ValueKind::Binary
}

fn is_ip(field: &Field) -> bool {
    field.kind() == ValueKind::Ip
}

fn has_mismatch(field: &Field) -> bool {
    is_string(field) && field.allowed.is_none() && field.pattern.is_some() && !mismatch(field).is_empty()
}

/// A text that does not match the field's pattern; empty when none of a few is.
fn mismatch(field: &Field) -> &'static str {
    let pattern = field.pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok());
    let candidates = ["~", "\n", "zzzzzzzzz!", "00-00-5e-00-53-2g"];
    let is_mismatch = |text: &&str| pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text));
    candidates.into_iter().find(is_mismatch).unwrap_or_default()
}
