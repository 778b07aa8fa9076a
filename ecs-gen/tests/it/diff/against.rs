//! A path against itself as it was at a commit.

use std::path::Path;
use std::process::Command;

use super::command::{generate, run};
use super::{Workspace, edited};

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
fn files_a_log_names_come_from_the_commit_too() {
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
fn folders_and_mappings_come_from_the_commit_too() {
    let folder = repository();
    let path = folder.path();
    generate(path, "logs/log.yaml");
    git(path, &["add", "."]);
    git(path, &["commit", "--quiet", "--message", "generated"]);
    edit(&path.join("shop.yaml"), "total, type: long", "total, type: keyword");
    generate(path, "logs/log.yaml");
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
fn removed_parts_are_shown_in_the_work_tree() {
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
    let bad = ["logs/log.yaml", "--against", "no-such-branch"];
    fails(&bad, "git knows no commit `no-such-branch`");
    fails(&bad, "fatal: Needed a single revision");
    fails(&["logs/log.yaml", "--against=--output=x"], "git knows no commit");
    // Neither at the commit nor in the work tree.
    fails(&["nowhere.yaml", "--against", "main"], "nowhere.yaml");
    let bare = tempfile::tempdir().unwrap();
    let log = bare.path().join("log.yaml");
    std::fs::copy(path.join("logs/log.yaml"), &log).unwrap();
    fails(&[&log.to_string_lossy(), "--against", "main"], "fatal: not a git repository");
    // A file that git has lost is not one that was never there.
    let objects = path.join(".git/objects");
    let id = Command::new("git").arg("-C").arg(path).args(["rev-parse", "main:shop.yaml"]).output().unwrap();
    let id = String::from_utf8(id.stdout).unwrap();
    let (first, rest) = id.trim().split_at(2);
    std::fs::remove_file(objects.join(first).join(rest)).unwrap();
    fails(&["logs/log.yaml", "--against", "main"], "cannot read object");
}

#[test]
fn what_is_not_to_be_released_is_read_too() {
    let folder = repository();
    let path = folder.path();
    std::fs::write(path.join(".gitattributes"), "logs export-ignore\n*.yaml export-ignore\n").unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "--quiet", "--message", "attributes"]);
    let same = run(path, &["logs/log.yaml", "--against", "HEAD"]);
    assert_eq!(String::from_utf8_lossy(&same.stdout), "nothing differs\n", "{same:?}");
}

#[test]
fn what_was_not_there_at_the_commit_is_new() {
    let folder = repository();
    let path = folder.path();
    std::fs::copy(path.join("logs/log.yaml"), path.join("logs/other.yaml")).unwrap();
    generate(path, "logs/log.yaml");
    for what in ["logs/other.yaml", "generated", "generated/shop-log"] {
        let output = run(path, &[what, "--against", "main"]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert!(text.starts_with("info[log-added]: the log `shop-log` is new\n  --> new "), "{text}");
    }
    let plan = run(path, &["logs/other.yaml", "--against", "main", "--plan"]);
    assert!(String::from_utf8_lossy(&plan.stdout).contains("PUT /_index_template/"), "{plan:?}");
    let mapping = run(path, &["generated/shop-log/elasticsearch/mappings.json", "--against", "main"]);
    assert!(String::from_utf8_lossy(&mapping.stdout).starts_with("info[log-added]: the mapping is new"), "{mapping:?}");
}

#[test]
fn top_of_a_repository_is_a_folder_like_others() {
    let folder = repository();
    let path = folder.path();
    let output = run(path, &[".", "--against", "HEAD"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("`.`: holds no generated log; give"), "{output:?}");
    generate(path, "logs/log.yaml");
    let generated = path.join("generated");
    git(&generated, &["init", "--quiet", "--initial-branch", "main"]);
    git(&generated, &["add", "."]);
    git(&generated, &["commit", "--quiet", "--message", "first"]);
    edit(&path.join("shop.yaml"), "total, type: long", "total, type: keyword");
    generate(path, "logs/log.yaml");
    for (at, what, shown) in [
        (generated.clone(), ".", "old main:shop-log/elasticsearch/mappings.json#"),
        (path.to_owned(), "generated", "old main:shop-log/elasticsearch/mappings.json#"),
        (generated.join("shop-log"), "..", "old main:shop-log/elasticsearch/mappings.json#"),
        (generated.join("shop-log"), ".", "old main:shop-log/elasticsearch/mappings.json#"),
    ] {
        let output = run(&at, &[what, "--against", "main"]);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(text.contains("breaking[type-changed]") && text.contains(shown), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_at_the_commit() {
    let folder = repository();
    let path = folder.path();
    std::fs::rename(path.join("shop.yaml"), path.join("real.yaml")).unwrap();
    std::os::unix::fs::symlink("real.yaml", path.join("shop.yaml")).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "--quiet", "--message", "links"]);
    let same = run(path, &["logs/log.yaml", "--against", "HEAD"]);
    assert_eq!(String::from_utf8_lossy(&same.stdout), "nothing differs\n", "{same:?}");
    edit(&path.join("real.yaml"), "total, type: long", "total, type: keyword");
    assert_eq!(run(path, &["logs/log.yaml", "--against", "HEAD"]).status.code(), Some(3));
}
