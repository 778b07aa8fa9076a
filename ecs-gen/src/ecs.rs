//! Releases of the Elastic Common Schema: importing one, keeping its facts, reading them back. Knows nothing of logs,
//! selections or custom files.
//!
//! | module | what it owns |
//! | --- | --- |
//! | [`release`] | a release: its field sets, and what of them it documents |
//! | [`import`] | a published release (checkout, npm package, `ecs_nested.yml`, `ecs_flat.yml`) → [`EcsRelease`] |
//! | [`facts`] | the committed form of a release: its writer, its reader |
//! | [`releases`] | the releases that the binary carries, and loading one by version or path |
//! | [`descriptions`](descriptions()) | our own one-line descriptions of the fields that the shipped logs select |
//! | [`verify`](verify()) | whether a committed file says what the published package says |

mod description;
pub mod facts;
pub mod import;
mod load;
pub mod release;
pub mod releases;
mod verify;

pub use description::descriptions;
pub(crate) use facts::{flow, scalar};
pub use facts::{parse_release, write_release};
pub use import::{Imported, Texts, load_published};
pub use release::EcsRelease;
pub use releases::{Releases, load_release};
pub use verify::{Difference, verify};
