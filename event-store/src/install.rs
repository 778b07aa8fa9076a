//! Installs what `ecs-gen` generated for a log on an engine: templates, policy, pipeline, first index and alias. Owns the order
//! of requests; the grammar of `install.json` is `ecs-gen`'s, and the bodies are opaque except for their `_meta`, constants
//! without a value, and settings that name a lifecycle policy.
//!
//! # What an installation does
//! 1. It reads each template. A template of a **newer version** of the log ends it, and so does one that **somebody else**
//!    created. When all have the hash of the bundle, the templates are left unchanged.
//! 2. It performs the steps of `install.json` in order, templates only when one differs. An existing lifecycle policy is kept,
//!    with the changes that people have made (`skip_if`), and losing a race against another installer counts as success
//!    (`fine_if`).
//! 3. For each alias it reads the mapping of the write index, whose hash says whether it is the bundle's. If not, the mapping is
//!    **put in place**, with the values that the index has learnt for constants without one; where the engine refuses to merge
//!    it, the alias **rolls over** to an index that has it from the template. The rollover names the new index, so that of
//!    several installers only one creates it.
//!
//! Any number of installers may run at the same time and be stopped at any point: each request can either be repeated, or is
//! refused the second time in a known way. Two bundles of the same version with different hashes replace each other's
//! templates; raise the log's `version` with each change. Between reading a template and replacing it, an older installer can
//! still overwrite a newer template, because engines have no conditional put for templates; the next installation of the newer
//! bundle repairs that.
//!
//! A **data stream** is handled in the same way, with two differences imposed by engines: a rollover cannot name the new index, so
//! installers whose merge is refused at the same moment each roll over once; and the rollover needs the privilege `manage` on
//! the stream.

mod bundle;
mod constants;
mod error;
mod index;
mod installer;
mod policy;
mod report;
mod retrying_installer;
mod session;

pub use bundle::{Bundle, BundleError, EngineKind};
pub use error::InstallError;
pub use installer::Installer;
pub use report::{IndexOutcome, IndexReport, InstallReport, InstallStepOutcome, InstallStepReport};
pub use retrying_installer::{INSTALL_BACKOFF, InstallProgress, RetryingInstaller};
