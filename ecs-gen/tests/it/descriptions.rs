//! What is said of fields for people, and by whom: the log, an extension, a package of ECS that the user points to, this
//! project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ecs_gen::generate::{Request, load_models};
use ecs_gen::load::Loader;
use tempfile::TempDir;

use crate::diagnostics::folder;

const LOG: &str = "
name: orders
ecs: 9.4.0
extensions: [shop.yaml]
fields:
  base: {fields: {message: {}}}
  http: {fields: {request: {fields: {method: {}, bytes: {}, referrer: {docs_only: true}}}}}
  shop: {fields: '*'}
index: {alias: orders}
descriptions:
  http.request.bytes: size of the request, as the gateway counts it
  http.request.referrer: |
    page that led
    here
  http.request: what was asked for
  shop.site: shop that sold it
";

const SHOP: &str = "{name: shop, fields: [{name: site, type: keyword, description: Site.}, {name: till, type: keyword, description: Till.}]}";

const PACKAGE: &str = "
http.request.bytes: {flat_name: http.request.bytes, level: extended, type: long, short: Bytes of ECS., description: Long text.}
http.request.method: {flat_name: http.request.method, level: extended, type: keyword, description: \"Verb of ECS,\\nin words.\\n\\nMore of it.\"}
message: {flat_name: message, level: core, type: match_only_text, short: Message of ECS.}
";

fn files() -> TempDir {
    folder(&[("orders.yaml", LOG), ("shop.yaml", SHOP), ("ecs_flat.yml", PACKAGE)])
}

/// Path → description of a log's fields, as `fields.csv` has them.
fn described(log: &Path, descriptions: Option<PathBuf>) -> BTreeMap<String, String> {
    let mut loader = Loader::default();
    let request = Request { logs: vec![log.to_owned()], descriptions, ..Request::default() };
    let models = load_models(&request, &mut loader);
    let models = models.unwrap_or_else(|| panic!("{}", loader.diagnostics.render(&loader.sources)));
    let fields = models[0].fields.iter().chain(&models[0].docs_only);
    fields.map(|field| (field.path.as_str().to_owned(), field.description.clone())).collect()
}

#[test]
fn a_log_describes_any_field_that_it_selects() {
    let folder = files();
    let described = described(&folder.path().join("orders.yaml"), None);
    assert_eq!(described["http.request.bytes"], "size of the request, as the gateway counts it");
    assert_eq!(described["http.request.referrer"], "page that led here");
    assert_eq!(described["http.request"], "what was asked for");
    assert_eq!(described["shop.site"], "shop that sold it");
    assert_eq!(described["shop.till"], "Till.");
    assert_eq!(described["http.request.method"], "");
}

#[test]
fn a_package_describes_what_nobody_else_does() {
    let folder = files();
    let package = folder.path().join("ecs_flat.yml");
    let described = described(&folder.path().join("orders.yaml"), Some(package));
    assert_eq!(described["http.request.method"], "Verb of ECS, in words.");
    assert_eq!(described["message"], "Message of ECS.");
    assert_eq!(described["http.request.bytes"], "size of the request, as the gateway counts it");
    assert_eq!(described["shop.till"], "Till.");
}

#[test]
fn a_package_that_cannot_be_read_is_an_error() {
    let folder = files();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
    command.args(["generate", "--log", "orders.yaml", "--out", "out", "--descriptions", "none.yml"]);
    let output = command.current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("none.yml"));
    assert!(!folder.path().join("out").exists());
}

#[test]
fn import_keeps_descriptions_when_asked() {
    let folder = files();
    let import = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
        command.args(["import", "ecs_flat.yml", "--version", "1.2.3", "--out", "facts.yaml"]).args(arguments);
        let output = command.current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(folder.path().join("facts.yaml")).unwrap()
    };
    let without = import(&[]);
    assert!(!without.contains("of ECS"), "{without}");
    let with = import(&["--descriptions"]);
    assert!(with.contains("short: Bytes of ECS.") && with.contains("short: \"Verb of ECS, in words.\""), "{with}");
    assert!(with.contains("Apache") && !with.contains("Long text"), "{with}");
    let log = "name: web\necs: facts.yaml\nfields: {http: {fields: '*'}}\nindex: {alias: web}\n";
    std::fs::write(folder.path().join("web.yaml"), log).unwrap();
    let described = described(&folder.path().join("web.yaml"), None);
    assert_eq!(described["http.request.bytes"], "Bytes of ECS.");
    assert_eq!(described["http.request.method"], "Verb of ECS, in words.");
}

#[test]
fn every_field_of_the_shipped_logs_is_described() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for log in ["infra-events", "kibana-event-log"] {
        let described = described(&workspace.join(format!("logs/{log}.yaml")), None);
        let without: Vec<&String> =
            described.iter().filter(|(_, text)| text.is_empty()).map(|(path, _)| path).collect();
        assert!(without.is_empty(), "{log} says nothing of {without:?}");
        let csv = std::fs::read_to_string(workspace.join(format!("generated/{log}/fields.csv"))).unwrap();
        let bare: Vec<&str> = csv.lines().filter(|line| line.ends_with(',')).collect();
        assert!(csv.lines().count() > 50 && bare.is_empty(), "{log}: {bare:?}");
    }
}
