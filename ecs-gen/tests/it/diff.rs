//! `ecs-gen diff`: a table of small changes with what must be found for each, the command's exit codes and formats, and
//! its plans.

mod against;
mod answers;
mod command;
mod log_changes;
mod mapping_changes;
mod plans;
mod rules;
mod sides;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ecs_gen::diff::{self, Engine, Finding, Options, Side};

/// A log with one of most things.
const LOG: &str = r#"name: shop-log
title: Shop log
version: 3
ecs: 9.4.0
extensions: [shop.yaml]
fields:
  base: {fields: {"@timestamp": {}, message: {}, tags: {}}}
  ecs: {fields: {version: {}}}
  event: {fields: {action: {}, kind: {}}}
  shop: {fields: "*"}
required: ["@timestamp", ecs.version]
index: {alias: shop, shards: 1, refresh_interval: 5s, codec: default, priority: 200}
lifecycle:
  policy: shop_policy
  rollover: {max_age: 30d}
  keep: 90d
providers:
  till: [sale, refund]
"#;

/// Its extension.
const EXTENSION: &str = r#"- name: shop
  title: Shop
  description: What a shop does.
  type: group
  fields:
    - {name: till, type: keyword, description: which till}
    - {name: total, type: long, description: what was paid}
    - {name: notes, type: keyword, description: remarks, normalize: [array]}
    - name: state
      type: keyword
      description: what came of it
      allowed_values: [{name: paid, description: Paid.}, {name: open, description: Not yet.}]
    - {name: sku, type: keyword, description: what was sold, pattern: "^[A-Z]+$"}
    - {name: customer.name, type: keyword, description: who}
"#;

/// The pipeline that some changes add.
const PIPELINE: &str = "processors: [{set: {field: event.kind, value: event}}]\n";

/// A changed text: what is replaced, once, by what.
type Edit = (&'static str, &'static str);

/// The files of the log in a folder of their own.
struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// The log with edits to its two files; each must be found.
    #[track_caller]
    fn with(log: &[Edit], extension: &[Edit]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Self { folder };
        workspace.write("log.yaml", &edited(LOG, log));
        workspace.write("shop.yaml", &edited(EXTENSION, extension));
        workspace.write("pipeline.yaml", PIPELINE);
        workspace
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn log(&self) -> PathBuf {
        self.path().join("log.yaml")
    }

    #[track_caller]
    fn load(&self) -> Side {
        diff::load(&self.log()).unwrap_or_else(|error| panic!("{error}"))
    }
}

#[track_caller]
fn edited(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "there is no `{from}` to replace");
        text.replacen(from, to, 1)
    })
}

/// A mapping of its own, or another JSON document, as a side.
#[track_caller]
fn side(document: &serde_json::Value) -> Side {
    diff::from_json("mapping.json", document).unwrap_or_else(|error| panic!("{error}"))
}

fn findings(engine: Engine, old: &Side, new: &Side) -> Vec<Finding> {
    diff::compare(old, new, &Options { engines: vec![engine], ..Options::default() })
}

/// `rule path` of each, without what is said of the version whenever something breaks.
fn words(findings: &[Finding]) -> BTreeSet<String> {
    let told = findings.iter().filter(|finding| finding.spec().id != "version-not-raised");
    told.map(|finding| format!("{} {}", finding.spec().id, finding.path)).collect()
}

/// `a path; b path` as the words of findings.
fn expected(text: &str) -> BTreeSet<String> {
    text.split(';').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}
