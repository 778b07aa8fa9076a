//! A path against itself as it was at a commit.

use std::path::Path;
use std::process::Command;

use super::{Workspace, command::run, edited};

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A repository with a committed log in `logs/`, whose extension lies beside that folder.
fn repository() -> tempfile::TempDir {
    let workspace = Workspace::with(&[("[shop.yaml]", "[../shop.yaml]")], &[]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("logs")).unwrap();
    std::fs::copy(workspace.log(), folder.path().join("logs/log.yaml")).unwrap();
    std::fs::copy(workspace.path().join("shop.yaml"), folder.path().join("shop.yaml")).unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch", "main"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    folder
}

fn edit(path: &Path, from: &'static str, to: &'static str) {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, edited(&text, &[(from, to)])).unwrap();
}

#[test]
fn the_files_that_a_log_names_are_taken_from_the_commit_too() {
    let folder = repository();
    let path = folder.path();
    let same = run(path, &["logs/log.yaml", "--against", "main"]);
    assert_eq!(String::from_utf8_lossy(&same.stdout), "nothing differs\n");
    edit(&path.join("shop.yaml"), "total, type: long", "total, type: keyword");
    let output = run(&path.join("logs"), &["log.yaml", "--against", "HEAD"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("breaking[type-changed]: `shop.total` is `keyword` where it was `long`"), "{text}");
    assert!(text.contains("--> old HEAD:shop.yaml:7:14"), "{text}");
    // A commit with both makes them the same again.
    git(path, &["commit", "--quiet", "--all", "--message", "second"]);
    assert!(run(path, &["logs/log.yaml", "--against", "HEAD"]).status.success());
    assert_eq!(run(path, &["logs/log.yaml", "--against", "HEAD~1"]).status.code(), Some(3));
}

#[test]
fn a_generated_folder_and_a_mapping_are_taken_from_the_commit_too() {
    let folder = repository();
    let path = folder.path();
    let generate = || {
        let arguments = ["generate", "--log", "logs/log.yaml", "--out", "generated"];
        let output = Command::new(env!("CARGO_BIN_EXE_ecs-gen")).args(arguments).current_dir(path).output().unwrap();
        assert!(output.status.success());
    };
    generate();
    git(path, &["add", "."]);
    git(path, &["commit", "--quiet", "--message", "generated"]);
    edit(&path.join("shop.yaml"), "total, type: long", "total, type: keyword");
    generate();
    for what in ["generated", "generated/shop-log", "generated/shop-log/elasticsearch/mappings.json"] {
        let output = run(path, &[what, "--against", "main"]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{what}: {text}");
        assert!(
            text.contains("--> old main:generated/shop-log/elasticsearch/mappings.json#/properties/shop"),
            "{text}"
        );
    }
}

#[test]
fn what_is_gone_is_shown_to_github_in_the_file_of_the_work_tree() {
    let folder = repository();
    let path = folder.path();
    edit(&path.join("shop.yaml"), "    - {name: till, type: keyword, description: which till}\n", "");
    let output = run(path, &["logs/log.yaml", "--against", "main", "--format", "github"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("::error file=shop.yaml,line=6,col=14,title=query-field-removed"), "{text}");
    assert!(!text.contains("file=main"), "{text}");
    // A person can look the line up where it was.
    let output = run(path, &["logs/log.yaml", "--against", "main", "--format", "markdown"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("| `main:shop.yaml:6:14` |"), "{text}");
}

#[test]
fn what_git_does_not_know_is_an_error() {
    let folder = repository();
    let path = folder.path();
    let fails = |arguments: &[&str], words: &str| {
        let output = run(path, arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(words), "{text}");
    };
    fails(&["logs/log.yaml", "--against", "no-such-branch"], "git knows no commit `no-such-branch`");
    fails(&["logs/log.yaml", "--against=--output=x"], "git knows no commit");
    std::fs::write(path.join("new.yaml"), "name: new\n").unwrap();
    fails(&["new.yaml", "--against", "main"], "`new.yaml` was not there");
}
