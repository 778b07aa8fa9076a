//! `MANIFEST.json`: the sha256 of every generated file, so that anyone can tell an edited one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Scope, with_path};

/// Name of the manifest in the output folder.
pub const MANIFEST: &str = "MANIFEST.json";

/// The sha256 of every generated file, by its path relative to the output folder; Rust modules are under `rust/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What made the files.
    generated_by: String,
    /// Path → lower-case hexadecimal sha256.
    files: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of `wanted`, with what an earlier one says of files outside of `scope`.
    pub(super) fn of(wanted: &BTreeMap<String, Vec<u8>>, earlier: Option<&Self>, scope: &Scope) -> Self {
        let mut files: BTreeMap<String, String> = match (earlier, scope) {
            (Some(earlier), Scope::Files) => earlier.files.clone(),
            (Some(earlier), Scope::Logs(logs)) => {
                let ours = |name: &str| logs.iter().any(|log| name.starts_with(&format!("{log}/")));
                earlier.files.iter().filter(|(name, _)| !ours(name)).map(|(n, s)| (n.clone(), s.clone())).collect()
            }
            _ => BTreeMap::new(),
        };
        files.extend(wanted.iter().map(|(name, bytes)| (name.clone(), sha256(bytes))));
        Self { generated_by: "ecs-gen".to_owned(), files }
    }

    pub(super) fn into_names(self) -> BTreeSet<String> {
        self.files.into_keys().collect()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a map of texts is JSON");
        bytes.push(b'\n');
        bytes
    }
}

/// The manifest that is in `folder`; one that cannot be understood counts as none and will be stale.
pub(super) fn load(folder: &Path) -> io::Result<Option<Manifest>> {
    let path = folder.join(MANIFEST);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(with_path(&error, &path)),
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
