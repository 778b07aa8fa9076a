//! Texts to try: KQL over the table's fields with values that they read, and texts that are nothing in particular.

use proptest::prelude::*;

/// A comparison of a field outside of nested groups.
fn root_clause() -> impl Strategy<Value = String> {
    let keyword = prop_oneof![
        Just("execute"),
        Just("exec*"),
        Just("*e*"),
        Just("\"recovered\""),
        Just("*"),
        Just("(execute or recovered)"),
        Just("(not execute and r*)"),
        Just("\"\""),
    ];
    let words =
        prop_oneof![Just("disk"), Just("disk full"), Just("\"is full\""), Just("f* disk"), Just("*"), Just("Z*")];
    let number = prop_oneof![
        Just("0".to_owned()),
        Just("9007199254740993".to_owned()),
        Just("1000.5".to_owned()),
        Just("-7".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
    ];
    let date = prop_oneof![
        Just("2026-07-28"),
        Just("2026-07"),
        Just("\"2026-07-28T12\""),
        Just("\"2026-07-28T23:59:59.999Z\""),
        Just("2026-07-28||/M"),
        Just("1785196800000"),
        Just("\"2026-07-29T00:30:00+02:00\""),
        Just("now"),
    ];
    let sign = prop_oneof![Just(":"), Just(" >"), Just(" >="), Just(" <"), Just(" <=")];
    let integer_field = prop_oneof![Just("event.duration"), Just("event.score"), Just("event.d*")];
    prop_oneof![
        (
            prop_oneof![Just("event.action"), Just("event.code"), Just("labels.team"), Just("plain.*"), Just("tag")],
            keyword.clone()
        )
            .prop_filter("a flattened key takes a prefix alone", |(field, value)| *field != "labels.team"
                || !value.starts_with("*e"))
            .prop_map(|(field, value)| format!("{field}: {value}")),
        (prop_oneof![Just("message"), Just("error.message")], words)
            .prop_map(|(field, value)| format!("{field}: {value}")),
        (integer_field, sign.clone(), number).prop_map(|(field, sign, value)| format!("{field}{sign} {value}")),
        (prop_oneof![Just("@timestamp"), Just("event.created")], sign.clone(), date)
            .prop_map(|(field, sign, value)| format!("{field}{sign} {value}")),
        (sign, prop_oneof![Just("10.0.0.1"), Just("\"::1\""), Just("192.168.0.0")])
            .prop_map(|(sign, value)| format!("source.ip{sign} {value}")),
        Just("source.ip: 10.0.0.0/8".to_owned()),
        prop_oneof![
            Just("flag: true"),
            Just("flag: *"),
            Just("plain: *"),
            Just("window: 2026-07-15"),
            Just("ports > 100")
        ]
        .prop_map(str::to_owned),
        prop_oneof![
            Just("disk"),
            Just("execute"),
            Just("d*"),
            Just("\"disk is\""),
            Just("1000"),
            Just("true"),
            Just("2026-07-28")
        ]
        .prop_map(str::to_owned),
    ]
}

/// A comparison of a field of `refs`.
fn nested_clause() -> impl Strategy<Value = String> {
    prop_oneof![
        (
            prop_oneof![Just("type"), Just("id"), Just("rel")],
            prop_oneof![Just("alert"), Just("x"), Just("primary"), Just("*"), Just("a*")]
        )
            .prop_map(|(field, value)| format!("{field}: {value}")),
        (prop_oneof![Just(":"), Just(" >"), Just(" <=")], 0_u8..4)
            .prop_map(|(sign, value)| format!("rank{sign} {value}")),
        Just("parts: { name: p and size > 10 }".to_owned()),
        Just("parts: { not name: p }".to_owned()),
        Just("note: sec*".to_owned()),
    ]
}

fn combined(clause: BoxedStrategy<String>) -> BoxedStrategy<String> {
    clause
        .prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} and {right})")),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} OR {right})")),
                (inner.clone(), inner.clone(), inner.clone())
                    .prop_map(|(a, b, c)| format!("({a} or {b} and not ({c}))")),
                inner.prop_map(|inner| format!("not ({inner})")),
            ]
        })
        .boxed()
}

/// KQL that the table's mapping permits.
pub(crate) fn kql() -> BoxedStrategy<String> {
    let group = combined(nested_clause().boxed()).prop_map(|inner| format!("refs: {{ {inner} }}"));
    combined(prop_oneof![3 => root_clause(), 2 => group].boxed())
}

/// Pieces of KQL in any order, so that parts of the grammar meet that should not.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "a",
            "event.action",
            "not",
            "NOT ",
            " or ",
            " and ",
            "or",
            "(",
            ")",
            "{",
            "}",
            ":",
            ": ",
            "<",
            ">=",
            "\"",
            "\"x y\"",
            "*",
            " ",
            "\t",
            "\u{a0}",
            "\\",
            "\\\"",
            "\\*",
            "\\or",
            "\\not",
            "\\t",
            "\\u0041",
            "\\ud83d\\ude00",
            "\\ud83d",
            "null",
            "true",
            "é",
            "😀",
            "cannot ",
            "\u{2003}",
            "refs: { ",
            "@timestamp > now-1d",
            "||",
            "/d",
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}
