//! What the crates of the workspace may depend on: the arrows that `ARCHITECTURE.md` promises.

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

/// Crate → the crates of the workspace that it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("change-events", &["ecs-schema"]),
    ("ecs-schema", &[]),
    ("ecs-gen", &["ecs-schema"]),
    ("event-query", &[]),
    ("event-spool", &[]),
    ("event-store", &["ecs-schema"]),
    ("event-log", &["ecs-schema", "event-spool", "event-store"]),
    ("event-log-cli", &["ecs-schema", "event-log"]),
    ("fake-engine", &[]),
    ("testkit", &["ecs-gen", "ecs-schema", "event-query", "event-store", "fake-engine"]),
    ("xtask", &["ecs-gen"]),
];

#[test]
fn crates_depend_on_each_other_as_promised() {
    let metadata = load_metadata();
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let members: Vec<&str> = packages.iter().map(name_of).collect();
    for package in packages {
        let name = name_of(package);
        let (_, allowed) = ARROWS.iter().find(|(member, _)| *member == name).unwrap_or_else(|| {
            panic!("`{name}` is new: say here which crates of the workspace it may use");
        });
        let dependencies = package["dependencies"].as_array().expect("a package lists dependencies");
        // A test may use what it likes.
        let used = dependencies.iter().filter(|dependency| dependency["kind"] != "dev").map(name_of);
        let forbidden: Vec<&str> = used.filter(|used| members.contains(used) && !allowed.contains(used)).collect();
        assert!(forbidden.is_empty(), "`{name}` depends on {}", forbidden.join(", "));
    }
}

/// What is generated for `ecs-schema` may be wrong until it is generated anew.
#[test]
fn generator_builds_without_what_it_generates() {
    let metadata = load_metadata();
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let generator = packages.iter().find(|package| name_of(package) == "ecs-gen").expect("the crate is a member");
    let dependencies = generator["dependencies"].as_array().expect("a package lists dependencies");
    let of_build = |dependency: &&Json| name_of(dependency) == "ecs-schema" && dependency["kind"] != "dev";
    let schema = dependencies.iter().find(of_build).expect("documents are judged by it");
    assert_eq!((&schema["uses_default_features"], &schema["features"]), (&Json::Bool(false), &Json::Array(vec![])));
}

#[test]
fn nothing_depends_on_testkit() {
    let metadata = load_metadata();
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let uses_testkit = |package: &&Json| {
        let dependencies = package["dependencies"].as_array().expect("a package lists dependencies");
        dependencies.iter().any(|dependency| name_of(dependency) == "testkit")
    };
    let users: Vec<&str> = packages.iter().filter(uses_testkit).map(name_of).collect();
    assert!(users.is_empty(), "{} depends on `testkit`, tests included", users.join(", "));
}

#[test]
fn xtask_builds_without_http_and_tls() {
    check_is_built_without(&["xtask"], "ecs-gen", &["event-store", "fake-engine", "ring", "rustls", "testkit", "ureq"]);
}

#[test]
fn event_log_builds_without_http_and_tls() {
    let heavy = ["base64", "flate2", "ring", "rustls", "tokio", "ureq"];
    check_is_built_without(&["event-log", "--no-default-features"], "event-store", &heavy);
    check_is_built_without(&["event-log-cli"], "event-log", &heavy);
    check_is_built_without(&["event-log", "--no-default-features", "--features", "tracing-layer"], "tracing", &heavy);
}

/// Asserts that what cargo builds for a package has one crate and none of the heavy ones.
#[track_caller]
fn check_is_built_without(package: &[&str], has: &str, heavy: &[&str]) {
    // `cargo tree`, because `cargo metadata` wants the manifests of other platforms' crates too.
    let tree = [&["tree", "--edges", "normal,build", "--prefix", "none", "--package"], package].concat();
    let built = run_cargo(&tree);
    let names: Vec<&str> = built.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&has), "the names are not where they were:\n{built}");
    let found: Vec<&&str> = heavy.iter().filter(|heavy| names.contains(heavy)).collect();
    assert!(found.is_empty(), "{package:?} builds {found:?}");
}

#[test]
fn workspace_has_one_yaml_parser() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file is committed");
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    let parsers: Vec<&str> = names.filter(|name| name.contains("yaml") || name.contains("saphyr")).collect();
    assert_eq!(parsers, ["saphyr-parser"]);
}

fn name_of(package: &Json) -> &str {
    package["name"].as_str().expect("everything in metadata has a name")
}

fn load_metadata() -> Json {
    serde_json::from_str(&run_cargo(&["metadata", "--no-deps", "--format-version", "1"])).expect("metadata is JSON")
}

fn run_cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let mut command = Command::new(cargo);
    command.args(arguments).args(["--offline", "--locked"]).current_dir(root());
    let output = command.output().expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate stands in the workspace's root")
}
