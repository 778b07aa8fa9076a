//! Releases of the Elastic Common Schema: importing one, keeping its facts, reading them back, and what field sets it
//! has. Knows nothing of logs, selections or extensions.
//!
//! | module | what it owns |
//! | --- | --- |
//! | [`import`] | a published release (npm package, checkout, `ecs_flat.yml`) → [`EcsRelease`] |
//! | [`facts`] | the committed form of a release: its grammar, its writer, its reader |
//! | [`releases`] | the releases that the binary carries, and loading one by version or path |
//! | [`descriptions`](descriptions()) | our own one-line descriptions of the fields that the shipped logs select |
//! | [`fieldset`] | the field sets of a release, as selections and extensions name them |
//! | [`verify`](verify()) | whether a committed file says what the published package says |

mod attribute;
mod description;
pub mod facts;
pub mod fieldset;
pub mod import;
mod load;
pub mod releases;
mod verify;

pub use description::descriptions;
pub use facts::{parse_release, write_release};
pub use import::{Imported, load_published};
pub use releases::{Releases, load_release};
pub use verify::{Difference, verify};

use crate::declaration::{EcsRelease, FieldDeclaration};

impl EcsRelease {
    /// The field at a dotted path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&FieldDeclaration> {
        let index = self.fields.binary_search_by(|field| field.path.as_str().cmp(path)).ok()?;
        Some(&self.fields[index])
    }

    /// The fields below a dotted path, in byte order; not the field at the path itself.
    #[must_use]
    pub fn below(&self, path: &str) -> &[FieldDeclaration] {
        let prefix = format!("{path}.");
        let start = self.fields.partition_point(|field| field.path.as_str() < prefix.as_str());
        let rest = &self.fields[start..];
        let length = rest.partition_point(|field| field.path.as_str().starts_with(&prefix));
        &rest[..length]
    }
}
