//! What is said of a field for people: by the log, by whoever declares it, by the package of ECS that the user points to,
//! and else by this project.

use std::collections::BTreeMap;

use super::Draft;
use crate::ecs::descriptions;
use crate::field_path::FieldPath;
use crate::fieldset::one_line;
use crate::model::Origin;

/// Descriptions by path, as far as they are known before a field is looked at.
pub(super) struct Descriptions<'d> {
    log: BTreeMap<&'d str, String>,
    package: &'d BTreeMap<String, String>,
    sets: BTreeMap<&'d str, &'d str>,
}

impl<'d> Descriptions<'d> {
    pub(super) fn of(draft: &'d Draft) -> Self {
        let log = draft.log.descriptions.0.iter();
        let sets = draft.release.fieldsets.iter().filter(|set| !set.root);
        Self {
            log: log.map(|(path, text)| (path.value.as_str(), one_line(text))).collect(),
            package: &draft.descriptions,
            sets: sets.map(|set| (set.name.value.as_str(), set.description.as_str())).collect(),
        }
    }

    /// The description of a field or object of which its declaration says `declared`.
    pub(super) fn find(&self, path: &FieldPath, origin: &Origin, declared: &str) -> String {
        let path = path.as_str();
        if let Some(text) = self.log.get(path) {
            return text.clone();
        }
        if !declared.is_empty() || matches!(origin, Origin::Extension { .. }) {
            return declared.to_owned();
        }
        let of_package = self.package.get(path).map(String::as_str);
        let of_set = || self.sets.get(path).copied().filter(|text| !text.is_empty());
        let ours = || descriptions().get(path).map(String::as_str);
        of_package.or_else(of_set).or_else(ours).unwrap_or_default().to_owned()
    }
}
