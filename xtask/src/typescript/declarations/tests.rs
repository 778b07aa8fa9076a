//! What is read from declarations, and which documents are made to be refused.

use super::parse_declarations;

const TEXT: &str = r#"// Generated. Source: deploys.yaml.

/** Deploys. */
export interface Deploys {
  /** when */
  "@timestamp": string | number;
  done?: boolean | null;
  kind?: Kind[] | null;
  lasted?: Range<string | number> | null;
}

/** `kind` */
export type Kind =
  | "a"
  | "b";

export type Range<T> =
  | { gt: T };
"#;

#[test]
fn each_member_is_refused_in_every_wrong_form() {
    let (source, count) = parse_declarations(TEXT).unwrap().refused("deploys");
    let lines: Vec<&str> = source.text.lines().collect();
    assert_eq!(lines[0], "import type * as event from \"./event.js\";");
    let expected = [
        r#"export const refused0: Partial<event.Deploys> = { "not_a_field": "" };"#,
        r#"export const refused1: Pick<event.Deploys, "@timestamp"> = { "@timestamp": true };"#,
        r#"export const refused2: Pick<event.Deploys, "@timestamp"> = {};"#,
        r#"export const refused3: Pick<event.Deploys, "done"> = { "done": { "not": "a boolean" } };"#,
        r#"export const refused4: Pick<event.Deploys, "kind"> = { "kind": true };"#,
        r#"export const refused5: Pick<event.Deploys, "kind"> = { "kind": ["not_allowed"] };"#,
        r#"export const refused6: Pick<event.Deploys, "lasted"> = { "lasted": true };"#,
    ];
    assert_eq!(count, expected.len());
    assert_eq!(lines.len(), 1 + 2 * expected.len());
    for (pair, expected) in lines[1..].chunks(2).zip(expected) {
        assert_eq!(pair, ["// @ts-expect-error", expected]);
    }
}

#[test]
fn sample_is_the_literal_of_the_first_interface() {
    let source = parse_declarations(TEXT).unwrap().fitting("deploys", "minimal.json", "{\n  \"@timestamp\": 1\n}\n");
    assert_eq!(source.path, "deploys/samples/minimal.json.ts");
    assert_eq!(
        source.text,
        "import type { Deploys } from \"../event.js\"; export const sample: Deploys = {\n  \"@timestamp\": 1\n};\n"
    );
}

#[track_caller]
fn check_unreadable(text: &str, message: &str) {
    let error = parse_declarations(text).unwrap_err();
    assert_eq!(format!("{error:#}"), message);
}

#[test]
fn unknown_declarations_are_an_error() {
    check_unreadable("", "no interface begins and ends here");
    check_unreadable("export interface A {\n  b: string;\n", "no interface begins and ends here");
    check_unreadable(
        "export interface A {\n  b: {\n    c: string;\n  };\n}\n",
        "line 2: `b: {` is not a member on a line of its own",
    );
}
