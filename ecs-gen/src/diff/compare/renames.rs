//! A field that is gone and one that has come, which most likely are the same under two names.
//!
//! Both must have the same definition in the mapping: type, parameters and multi-fields. Beside that, what the log says of
//! them must be the same (the description, the allowed values or the pattern), or else the names must be near: the same name
//! in another object, or a similar one in the same object. What has several counterparts is not told apart.

use super::fields::Mappings;
use super::finding_collector::FindingCollector;
use super::structs::{self, Member};
use crate::diff::finding::PutMapping;
use crate::diff::mapping::{Change, What};
use crate::diff::rules::Rule;

/// How alike two names are at least, from 0 to 1.
const SIMILAR: f64 = 0.7;

pub(super) fn compare(mappings: &Mappings<'_>, changes: &[Change], findings: &mut FindingCollector<'_>) {
    let (before, after) = (structs::members(findings.old), structs::members(findings.new));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let is_same_content = |old: &Change, new: &Change| {
        before.get(&old.path).zip(after.get(&new.path)).is_some_and(|(old, new)| is_said_alike(old, new))
    };
    let mut gone: Vec<&Change> = changes.iter().filter(|change| matches!(change.what, What::Removed(_))).collect();
    let mut come: Vec<&Change> = changes.iter().filter(|change| matches!(change.what, What::Added(_))).collect();
    let by_content = pairs(mappings, &gone, &come, &is_same_content);
    gone.retain(|old| by_content.iter().all(|(known, _)| known.path != old.path));
    come.retain(|new| by_content.iter().all(|(_, known)| known.path != new.path));
    let by_name = pairs(mappings, &gone, &come, &|old, new| is_near(&old.path, &new.path));
    for (pairs, reason) in [(by_content, "what is said of both is the same"), (by_name, "the names are alike")] {
        for (old, new) in pairs {
            let place = mappings.place(old).only_old().answered(PutMapping::Accepted);
            let message = format!(
                "`{}` looks like `{}` under a new name: both have one definition, and {reason}; an `alias` of the old name keeps \
                 searches working",
                new.path, old.path
            );
            findings.add(Rule::FieldRenamed, &place, message);
        }
    }
}

/// Those that fit no other.
fn pairs<'c>(
    mappings: &Mappings<'_>,
    gone: &[&'c Change],
    come: &[&'c Change],
    is_alike: &dyn Fn(&Change, &Change) -> bool,
) -> Vec<(&'c Change, &'c Change)> {
    let fits = |old: &Change, new: &Change| {
        mappings.old.pointer(&old.pointer) == mappings.new.pointer(&new.pointer) && is_alike(old, new)
    };
    let only = |old: &&'c Change| {
        let mut candidates = come.iter().filter(|new| fits(old, new));
        let (Some(new), None) = (candidates.next(), candidates.next()) else { return None };
        (gone.iter().filter(|other| fits(other, new)).count() == 1).then_some((*old, *new))
    };
    gone.iter().filter_map(only).collect()
}

fn is_said_alike(old: &Member, new: &Member) -> bool {
    let same = |old: Option<&String>, new: Option<&String>| old.is_some() && old == new;
    same(old.description.as_ref(), new.description.as_ref())
        || same(old.pattern.as_ref(), new.pattern.as_ref())
        || (old.allowed.is_some() && old.allowed == new.allowed)
}

fn is_near(old: &str, new: &str) -> bool {
    let parts = |path: &str| {
        path.rsplit_once('.')
            .map_or((String::new(), path.to_owned()), |(parent, name)| (parent.to_owned(), name.to_owned()))
    };
    let ((old_parent, old_name), (new_parent, new_name)) = (parts(old), parts(new));
    old_name == new_name || (old_parent == new_parent && strsim::jaro_winkler(&old_name, &new_name) > SIMILAR)
}
