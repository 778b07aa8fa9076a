//! What `ecs-gen` generated for a log, put on an engine: templates, policy, pipeline, first index and alias. Owns the order
//! of questions and requests; the grammar of `install.json` is `ecs-gen`'s, and what the bodies say is not looked at beyond
//! their `_meta`, constants without a value, and settings that name a lifecycle policy.
//!
//! # What an installation does
//! 1. It asks for each template. One of a **newer version** of the log ends it, and so does one that **somebody else**
//!    made. When all have the hash of the bundle, the templates are left alone.
//! 2. It takes the steps of `install.json` in order, a template only when one differs. A lifecycle policy that exists stays
//!    as people have edited it (`skip_if`), and whoever was faster is as good as success (`fine_if`).
//! 3. For each alias it looks at the index that is written to. Its mapping says by the same hash whether it is the bundle's.
//!    If not, the mapping is **put in place**, with the values that the index has learnt for constants without one; where the engine refuses to merge it, the alias **rolls over** to an index
//!    that has it from the template. A rollover names the new index, so that of several installers one makes it.
//!
//! Any number of installers may run at the same time and be ended at any point: each request is either repeatable or refused
//! the second time in a way that is known. Two bundles of the same version with different hashes replace each other's
//! templates; raise the log's `version` with each change. Between the question for a template and its replacement lies a
//! moment in which an older installer can still overwrite a newer one's, because engines have no conditional put for
//! templates; the next installation of the newer bundle repairs that.
//!
//! A **data stream** is handled alike, with two differences that engines make: rolling over cannot name the new index, so
//! that installers which are refused the merge at the same moment roll over once each; and the right to do it is `manage` on
//! the stream.

mod bundle;
mod constants;
mod error;
mod index;
mod installation;
mod installer;
mod policy;
mod report;
mod session;

pub use bundle::{Bundle, BundleError, EngineKind};
pub use error::InstallError;
pub use installation::{INSTALL_BACKOFF, Installation, Progress};
pub use installer::Installer;
pub use report::{IndexOutcome, IndexReport, InstallReport, StepOutcome, StepReport};
