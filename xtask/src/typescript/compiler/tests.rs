//! What people read when the compiler complains.

use super::explain;
use crate::typescript::source::TypeScriptFile;

#[track_caller]
fn check(complaints: &str, expected: &str) {
    let sources = [
        TypeScriptFile {
            path: "deploys/opensearch-3/mappings.json.ts".into(),
            text: "const body = {\n  \"dynamic\": 7\n};\n".into(),
            about: "generated/deploys/opensearch/mappings.json".into(),
        },
        TypeScriptFile {
            path: "refused.ts".into(),
            text: "// @ts-expect-error\nconst one = 1;\n// @ts-expect-error: it is two now\nconst two = 2;\n".into(),
            about: "mistakes".into(),
        },
    ];
    assert_eq!(explain(complaints, &sources), expected);
}

#[test]
fn complaint_names_generated_file_and_line() {
    check(
        "deploys/opensearch-3/mappings.json.ts(2,3): error TS2322: Type '7' is wrong.\n  It is a number.\n",
        "error: generated/deploys/opensearch/mappings.json:2:3: Type '7' is wrong. \
         (deploys/opensearch-3/mappings.json.ts, TS2322)\n  It is a number.\n",
    );
}

#[test]
fn line_that_wrongly_compiles_is_shown() {
    check(
        "refused.ts(1,1): error TS2578: Unused '@ts-expect-error' directive.\n",
        "error: mistakes: compiles, and must not: const one = 1;\n",
    );
    check(
        "refused.ts(3,1): error TS2578: Unused '@ts-expect-error' directive.\n",
        "error: mistakes: it is two now: const two = 2;\n",
    );
}

#[test]
fn complaint_about_no_source_is_kept() {
    check("error TS5058: The path does not exist.\n", "error TS5058: The path does not exist.\n");
    check("shape.ts(1,2): error TS1005: ';' expected.\n", "error: shape.ts:1:2: ';' expected. (shape.ts, TS1005)\n");
}
