//! Installs templates, policies and pipelines: which are read, which are put. Leaves indices to [`super::index`].

use serde_json::Value;

use super::bundle::{AcceptedRefusal, Bundle, InstallStep, InstallStepKind};
use super::error::InstallError;
use super::index;
use super::policy;
use super::report::{IndexReport, InstallReport, InstallStepOutcome, InstallStepReport};
use super::session::{InstallSession, InstalledState, describe, read_meta, refused};
use crate::refusal::Refusal;
use crate::transport::Transport;

/// Installs a [`Bundle`] on an engine, once per call. Can be used any number of times, by any number of programs at the same
/// time; [`RetryingInstaller`](super::RetryingInstaller) retries until it succeeds.
///
/// # Examples
/// ```no_run
/// use event_store::{Bundle, HttpTransport, Installer};
///
/// let bundle = Bundle::load("generated/kibana-event-log/elasticsearch")?;
/// let engine = HttpTransport::builder().host("http://127.0.0.1:9200").build()?;
/// println!("{}", Installer::new(bundle).install(&engine)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Installer {
    bundle: Bundle,
}

impl Installer {
    /// An installer of that bundle.
    #[must_use]
    pub const fn new(bundle: Bundle) -> Self {
        Self { bundle }
    }

    /// What it installs.
    #[must_use]
    pub const fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// Brings the engine up to date with the bundle. Templates are put when the hash of one of them differs from the bundle's; an
    /// existing lifecycle policy is kept, and [`Bundle::without_policy`] leaves it out; a missing alias is created with its first
    /// index; and the write index gets the mapping in place, or is rolled over where the engine refuses to merge it. Does nothing
    /// when everything is up to date. Blocks for one request per object and a few for each alias.
    ///
    /// # Errors
    /// At the first request that fails; everything done before stays.
    pub fn install(&self, transport: &dyn Transport) -> Result<InstallReport, InstallError> {
        let session = InstallSession { transport, bundle: &self.bundle };
        let is_current = session.are_templates_current()?;
        let (mut steps, mut indices) = (Vec::new(), Vec::<IndexReport>::new());
        for step in self.bundle.steps() {
            let outcome = match &step.kind {
                _ if step.is_left_out => InstallStepOutcome::LeftOut,
                InstallStepKind::FirstIndex { index, alias } => {
                    indices.push(index::update_alias(session, step, index, alias)?);
                    continue;
                }
                InstallStepKind::DataStream { name } => {
                    indices.push(index::update_data_stream(session, step, name)?);
                    continue;
                }
                InstallStepKind::Template if is_current => InstallStepOutcome::Unchanged,
                InstallStepKind::Template => session.send_step(step)?,
                InstallStepKind::Policy | InstallStepKind::Pipeline => {
                    session.install_policy_or_pipeline(step, is_current)?
                }
            };
            steps.push(InstallStepReport { path: step.path.clone(), outcome });
        }
        for report in indices.iter_mut().filter(|report| report.outcome.existed_before()) {
            report.is_unmanaged = session.is_unmanaged(&report.index)?;
        }
        Ok(self.report(steps, indices))
    }

    fn report(&self, steps: Vec<InstallStepReport>, indices: Vec<IndexReport>) -> InstallReport {
        InstallReport {
            log: self.bundle.log().to_owned(),
            version: self.bundle.version(),
            engine: self.bundle.engine(),
            steps,
            indices,
        }
    }
}

impl InstallSession<'_> {
    /// Whether all templates are equal to the bundle's.
    fn are_templates_current(&self) -> Result<bool, InstallError> {
        let mut is_current = true;
        for step in self.bundle.steps().iter().filter(|step| step.kind == InstallStepKind::Template) {
            is_current &= self.installed_state(&step.path)? == InstalledState::Equal;
        }
        Ok(is_current)
    }

    fn installed_state(&self, path: &str) -> Result<InstalledState, InstallError> {
        let Some(found) = self.find(path)? else {
            return Ok(InstalledState::Missing);
        };
        let template = ["/index_templates/0/index_template", "/component_templates/0/component_template"]
            .into_iter()
            .find_map(|pointer| found.pointer(pointer))
            .unwrap_or(&Value::Null);
        match read_meta(&template["_meta"]) {
            Some(meta) if meta.log == self.bundle.log() => self.compare(path, &meta),
            _ => Err(InstallError::Foreign { object: path.to_owned(), log: self.bundle.log().to_owned() }),
        }
    }

    /// A policy, which is kept if it exists, or a pipeline, which is updated together with the templates.
    fn install_policy_or_pipeline(
        &self,
        step: &InstallStep,
        is_current: bool,
    ) -> Result<InstallStepOutcome, InstallError> {
        if let Some(probe) = &step.skip_if {
            let answer = self.send(probe.method, &probe.path, None)?;
            if answer.status == probe.status {
                return Ok(InstallStepOutcome::Kept);
            }
            match answer.refusal() {
                Some(refusal) if step.kind == InstallStepKind::Policy && policy::is_unknown(&refusal) => {
                    return Err(InstallError::NoLifecycle { request: describe(probe.method, &probe.path), refusal });
                }
                Some(refusal) if refusal.status != 404 => return Err(refused(probe.method, &probe.path, refusal)),
                _ => {}
            }
        } else if is_current && self.find(&step.path)?.is_some() {
            return Ok(InstallStepOutcome::Unchanged);
        }
        self.send_step(step)
    }

    /// Sends the step's request.
    pub(super) fn send_step(&self, step: &InstallStep) -> Result<InstallStepOutcome, InstallError> {
        let body = step.body.as_ref().map(Value::to_string);
        let response = self.send(step.method, &step.path, body.as_deref().map(str::as_bytes))?;
        match response.refusal() {
            None => Ok(InstallStepOutcome::Put),
            Some(refusal) if step.fine_if.as_ref().is_some_and(|fine| fine.covers(&refusal)) => {
                Ok(InstallStepOutcome::Raced)
            }
            Some(refusal) if step.kind == InstallStepKind::Policy && policy::is_unknown(&refusal) => {
                Err(InstallError::NoLifecycle { request: describe(step.method, &step.path), refusal })
            }
            Some(refusal) => Err(refused(step.method, &step.path, refusal)),
        }
    }
}

impl AcceptedRefusal {
    fn covers(&self, refusal: &Refusal) -> bool {
        self.status == refusal.status && self.error.as_deref().is_none_or(|error| error == refusal.error_type)
    }
}
