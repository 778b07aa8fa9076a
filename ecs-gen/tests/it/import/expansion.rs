//! The committed field sets, expanded and selected as each release selects them. `cargo xtask ecs verify` compares that
//! with the published packages, field by field; here it is held to what was equal then.

use std::collections::{BTreeMap, BTreeSet};

use ecs_gen::declaration::FieldDeclaration;
use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::EcsRelease;
use sha2::{Digest, Sha256};

use super::{documented, release};

/// A field as text, without its place in a file.
fn line(field: &FieldDeclaration) -> String {
    format!("{:?}", FieldDeclaration { span: super::no_span(), ..field.clone() })
}

fn digest(fields: &[FieldDeclaration]) -> String {
    let text: Vec<String> = fields.iter().map(line).collect();
    let digest = Sha256::digest(text.join("\n"));
    format!("{:016x}", u64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes")))
}

fn allowed(release: &EcsRelease) -> Vec<FieldDeclaration> {
    let mut diagnostics = Diagnostics::default();
    let fields = release.allowed_fields(&mut diagnostics);
    assert!(!diagnostics.has_errors());
    fields
}

#[track_caller]
fn check_release(version: &str, counts: (usize, usize), digests: (&str, &str)) {
    let release = release(version);
    let (documented, allowed) = (documented(&release), allowed(&release));
    assert_eq!((documented.len(), allowed.len()), counts);
    assert_eq!((digest(&documented).as_str(), digest(&allowed).as_str()), digests);
    let lines: BTreeSet<String> = allowed.iter().map(line).collect();
    assert!(documented.iter().all(|field| lines.contains(&line(field))), "the schemas allow what is documented");
}

#[test]
fn expanded_sets_give_the_published_lists() {
    check_release("9.4.0", (2605, 7926), ("b611c78bdc45c1b5", "dc683b9e31996162"));
    check_release("8.11.0", (1659, 3890), ("aaab898db26ee895", "e5083f20b1af36ff"));
}

#[test]
fn the_documented_fields_have_the_known_counts() {
    let fields = documented(&release("9.4.0"));
    let count = |keep: &dyn Fn(&FieldDeclaration) -> bool| fields.iter().filter(|field| keep(field)).count();
    assert_eq!(count(&|field| field.is_array), 794);
    assert_eq!(count(&|field| field.beta), 317);
    assert_eq!(count(&|field| field.required), 2);
    assert_eq!(count(&|field| !field.multi_fields.is_empty()), 120);
    assert_eq!(count(&|field| !field.allowed.is_empty()), 19);
    assert_eq!(count(&|field| field.pattern.is_some()), 17);
    assert_eq!(count(&|field| field.original_fieldset.is_some()), 2037);
}

/// For each set and each object that holds it by reuse: the fields that are there by that reuse.
fn copies(fields: &[FieldDeclaration]) -> BTreeMap<(&str, String), BTreeSet<&str>> {
    let mut copies: BTreeMap<(&str, String), BTreeSet<&str>> = BTreeMap::new();
    for field in fields {
        let Some(set) = field.original_fieldset.as_deref() else { continue };
        let path = field.path.as_str();
        for (dot, _) in path.match_indices('.') {
            copies.entry((set, path[..dot].to_owned())).or_default().insert(&path[dot + 1..]);
        }
    }
    copies
}

#[test]
fn every_reuse_of_a_set_holds_what_the_set_has() {
    for version in ["8.11.0", "9.4.0"] {
        let release = release(version);
        let all = allowed(&release);
        let copies = copies(&all);
        for set in &release.inputs {
            let own: BTreeSet<&str> = set.fields.iter().map(|field| field.name.as_str()).collect();
            let places = set.reusable.iter().flat_map(|reusable| &reusable.expected);
            for place in places {
                use ecs_gen::input::fieldset::ExpectedInput;
                let name = &set.name.value;
                let path = match &place.value {
                    ExpectedInput::At(at) => format!("{at}.{name}"),
                    ExpectedInput::As(there) => format!("{}.{}", there.at, there.name.as_deref().unwrap_or(name)),
                };
                let found = copies.get(&(name.as_str(), path.clone()));
                assert!(found.is_some_and(|fields| fields.is_superset(&own)), "ECS {version}: `{name}` at `{path}`");
            }
        }
    }
}

#[test]
fn sets_that_are_only_reused_are_not_at_the_root() {
    let all = allowed(&release("9.4.0"));
    let roots: BTreeSet<&str> = all.iter().filter_map(|field| Some(field.path.as_str().split_once('.')?.0)).collect();
    for set in ["as", "code_signature", "elf", "entity_reference", "geo", "hash", "interface", "macho", "os", "pe"] {
        assert!(!roots.contains(set), "{set}");
    }
    for path in [
        "process.parent.hash.md5",
        "process.entry_leader.parent.session_leader.pid",
        "threat.indicator.file.x509.alternative_names",
    ] {
        assert!(all.iter().any(|field| field.path.as_str() == path), "{path}");
    }
}

#[test]
fn nesting_in_itself_ends() {
    let all = allowed(&release("9.4.0"));
    let nested = |path: &str| all.iter().any(|field| field.path.as_str() == path);
    assert!(nested("process.parent.pid") && nested("user.target.group.id") && nested("process.previous.args"));
    assert!(!nested("process.parent.parent.pid") && !nested("source.user.target.name"));
}
