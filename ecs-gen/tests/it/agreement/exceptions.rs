//! Where a judge cannot say what the others say, and why. Each row is checked: a judge that learns to say it fails the test.

use super::judges::Lenient::{self, Accepted, Reported, Unreadable};

/// Changes that the JSON Schema lets pass.
const BEYOND_THE_SCHEMA: &[(&str, &[&str])] = &[
    ("`maxLength` counts characters, not bytes", &["keyword-too-long-in-bytes"]),
    ("no keyword compares two values", &["range-upside-down", "range-around-nothing", "range-between-neighbours"]),
    (
        "free names at any depth: a depth, and a length of names and value together",
        &["flattened-too-deep", "flattened-leaf-too-long", "flattened-name-with-nul", "too-many-lists-for-any"],
    ),
    ("the pattern sees the local time", &["date-whose-offset-leads-out", "nanos-whose-offset-leads-out"]),
];

/// What comes of reading an invalid document leniently, where no struct can hold what is wrong. All other changes are
/// read, and reported by the struct.
const BEYOND_THE_STRUCTS: &[(Lenient, &str, &[&str])] = &[
    (
        Accepted,
        "unknown fields are skipped, and so is a value at an alias",
        &[
            "unknown-field-at-the-root",
            "unknown-null-at-the-root",
            "near-miss-at-the-root",
            "dotted-name-at-the-root",
            "unknown-field-in-an-object",
            "unknown-field-in-an-element",
            "near-miss-in-an-object",
            "dotted-name-in-an-open-object",
            "name-of-nothing-in-an-open-object",
            "point-with-more",
            "range-with-unknown-name",
            "value-at-alias",
        ],
    ),
    (
        Accepted,
        "a number or boolean where a string is expected is its JSON text",
        &["number-for-string", "boolean-for-string"],
    ),
    (
        Accepted,
        "text that engines would convert is converted, and so is a date of another of the formats",
        &[
            "decimal-text-for-float",
            "decimal-text-for-narrow-integer",
            "decimal-text-not-canonical",
            "decimal-text-for-strict-end",
            "true-or-false-as-text",
            "point-as-text",
            "point-with-text",
            "number-for-date-text",
            "text-for-epoch",
            "nanos-without-seconds",
        ],
    ),
    (
        Accepted,
        "a list of one and its element are the same, an empty list is no value, and null is no element",
        &[
            "list-for-value",
            "empty-list-for-value",
            "list-for-object",
            "value-for-list",
            "object-for-list",
            "list-in-list",
            "empty-list-in-list",
            "null-in-list",
            "only-null-in-list",
            "alias-null",
            "constant-null",
            "range-end-is-a-list",
        ],
    ),
    (
        Accepted,
        "a range has one lower and one upper end, whatever they are called and however often they stand there",
        &["range-with-old-names", "range-with-two-lower-ends", "range-with-two-upper-ends"],
    ),
    (Unreadable, "a required field has no `Option`", &["required-missing", "required-null", "required-empty"]),
    (
        Unreadable,
        "one value cannot be two, and a value no object",
        &[
            "two-for-value",
            "two-for-object",
            "object-for-scalar",
            "empty-object-for-scalar",
            "text-for-object",
            "number-for-object",
            "boolean-for-object",
            "text-for-flattened",
            "number-for-flattened",
            "text-for-range",
            "number-for-range",
        ],
    ),
    (
        Unreadable,
        "a number has the bits of its type and is finite",
        &[
            "fraction-for-integer",
            "integer-just-over",
            "integer-just-under",
            "integer-far-out",
            "decimal-text-just-over",
            "decimal-text-malformed",
            "text-for-integer",
            "boolean-for-integer",
            "text-for-float",
            "boolean-for-float",
            "float-far-out",
            "float-just-over",
            "text-for-boolean",
            "number-for-boolean",
        ],
    ),
    (
        Unreadable,
        "`Timestamp` holds the moments of the years 0000 to 9999, and nothing else",
        &[
            "date-month-13",
            "date-day-32",
            "date-30-february",
            "date-29-february-of-a-common-year",
            "date-hour-24",
            "date-minute-60",
            "date-without-zero",
            "date-with-something-around",
            "date-with-other-separator",
            "date-bad-fraction",
            "date-bad-offset",
            "date-bad-year",
            "date-in-words",
            "number-with-fraction-for-date",
            "boolean-for-date",
            "epoch-after-all-dates",
            "epoch-text-after-all-dates",
            "epoch-just-after-all-dates",
            "epoch-just-before-all-dates",
            "date-whose-offset-leads-out",
            "epoch-like-a-year",
            "epoch-text-with-zeros-like-a-year",
        ],
    ),
    (
        Unreadable,
        "`IpAddr`, `Version` and `Binary` are checked when they are made",
        &[
            "ip-with-leading-zero",
            "ip-part-too-large",
            "ip-with-zone",
            "ip-with-prefix",
            "ip-of-wrong-length",
            "ip-with-something-around",
            "host-name-for-ip",
            "number-for-ip",
            "bad-version",
            "number-for-version",
            "bad-base64",
            "number-for-binary",
        ],
    ),
    (
        Unreadable,
        "`GeoPoint` and `Range` are checked when they are made",
        &[
            "latitude-out-of-range",
            "longitude-out-of-range",
            "point-without-latitude",
            "point-without-longitude",
            "point-as-words",
            "point-as-geojson",
            "range-without-ends",
            "range-with-null-ends-only",
            "range-upside-down",
            "range-around-nothing",
            "range-between-neighbours",
            "range-end-of-another-kind",
        ],
    ),
];

/// Whether the JSON Schema lets such a change pass.
pub fn is_beyond_the_schema(label: &str) -> bool {
    BEYOND_THE_SCHEMA.iter().any(|(_, labels)| labels.contains(&label))
}

/// What comes of reading such a change leniently.
pub fn lenient(label: &str) -> Lenient {
    let found = BEYOND_THE_STRUCTS.iter().find(|(_, _, labels)| labels.contains(&label));
    found.map_or(Reported, |(outcome, ..)| *outcome)
}

/// All labels that are named here.
pub fn labels() -> impl Iterator<Item = &'static str> {
    let schema = BEYOND_THE_SCHEMA.iter().map(|(_, labels)| labels);
    schema.chain(BEYOND_THE_STRUCTS.iter().map(|(_, _, labels)| labels)).copied().flatten().copied()
}
