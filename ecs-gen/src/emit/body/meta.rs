//! What every installed object says of itself, so that an installer can tell what is installed from what it has.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::model::Model;

/// `_meta` of mappings and templates. An installer does nothing when `hash` is equal, and refuses to replace a higher
/// `version` by a lower one.
#[derive(Clone, Debug, Serialize)]
pub struct Meta {
    description: String,
    ecs: String,
    hash: String,
    log: String,
    managed_by: &'static str,
    version: u32,
}

impl Meta {
    /// `hash`: of everything that the object and the objects that it refers to say.
    pub fn new(model: &Model, hash: &str) -> Self {
        Self {
            description: describe(model),
            ecs: model.ecs_version.clone(),
            hash: hash.to_owned(),
            log: model.log.name.clone(),
            managed_by: "ecs-gen",
            version: model.log.version,
        }
    }
}

fn describe(model: &Model) -> String {
    let title = if model.log.title.is_empty() { &model.log.name } else { &model.log.title };
    format!("{title}; generated from {}", model.log.source)
}

/// SHA-256 in hexadecimal of everything that an installer keeps up to date: the given bodies and what stands beside them.
/// Not the policy, which people may edit. Declared order and sorted maps make it the same on every run.
pub fn hash(model: &Model, bodies: &[&dyn HashedBody]) -> String {
    let mut digest = Sha256::new();
    let log = &model.log;
    let beside: [&dyn HashedBody; 3] =
        [&log.target.patterns(), &log.settings.priority, &log.pipeline.as_ref().map(|pipeline| &pipeline.body)];
    for value in bodies.iter().chain(&beside) {
        digest.update(value.to_bytes());
        digest.update(b"\n");
    }
    if let Some(settings) = &log.overrides.template {
        digest.update(settings.to_bytes());
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A body whose JSON form counts in a [`hash`].
pub trait HashedBody {
    /// Its JSON form.
    fn to_bytes(&self) -> Vec<u8>;
}

impl<T: Serialize> HashedBody for T {
    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("bodies have text keys and finite numbers")
    }
}
