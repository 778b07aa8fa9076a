//! Templates, policies and pipelines: which are asked for, which are put. Hands indices to [`super::index`].

use serde_json::Value;

use super::bundle::{Bundle, Fine, Step, StepKind};
use super::error::InstallError;
use super::index;
use super::policy;
use super::report::{IndexReport, InstallReport, StepOutcome, StepReport};
use super::session::{Session, Standing, describe, read_meta, refused};
use crate::engine_error::Refusal;
use crate::transport::Transport;

/// Puts a [`Bundle`] on an engine. Can be used any number of times, by any number of programs at the same time.
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

    /// Brings the engine to what the bundle says. Templates are put when one of them differs from the bundle's by its hash;
    /// a lifecycle policy that exists stays, and [`Bundle::without_policy`] leaves it out; an alias that is missing is made with its first index; and the index that is
    /// written to gets the mapping in place, or is rolled over where the engine refuses to merge it. Nothing is done when
    /// all that is so already. Blocks for a request per object and a few for each alias.
    ///
    /// # Errors
    /// At the first thing that cannot be done; what was done before stays.
    pub fn install(&self, transport: &dyn Transport) -> Result<InstallReport, InstallError> {
        let session = Session { transport, bundle: &self.bundle };
        let is_current = session.survey()?;
        let (mut steps, mut indices) = (Vec::new(), Vec::<IndexReport>::new());
        for step in self.bundle.steps() {
            let outcome = match &step.kind {
                _ if step.is_left_out => StepOutcome::LeftOut,
                StepKind::FirstIndex { index, alias } => {
                    indices.push(index::bring_alias(session, step, index, alias)?);
                    continue;
                }
                StepKind::DataStream { name } => {
                    indices.push(index::bring_stream(session, step, name)?);
                    continue;
                }
                StepKind::Template if is_current => StepOutcome::Unchanged,
                StepKind::Template => session.take(step)?,
                StepKind::Policy | StepKind::Plain => session.take_plain(step, is_current)?,
            };
            steps.push(StepReport { path: step.path.clone(), outcome });
        }
        for report in indices.iter_mut().filter(|report| report.outcome.was_there()) {
            report.is_unmanaged = session.is_unmanaged(&report.index)?;
        }
        Ok(self.report(steps, indices))
    }

    fn report(&self, steps: Vec<StepReport>, indices: Vec<IndexReport>) -> InstallReport {
        InstallReport {
            log: self.bundle.log().to_owned(),
            version: self.bundle.version(),
            engine: self.bundle.engine(),
            steps,
            indices,
        }
    }
}

impl Session<'_> {
    /// Whether all templates are those of the bundle.
    fn survey(&self) -> Result<bool, InstallError> {
        let mut is_current = true;
        for step in self.bundle.steps().iter().filter(|step| step.kind == StepKind::Template) {
            is_current &= self.standing(&step.path)? == Standing::Equal;
        }
        Ok(is_current)
    }

    fn standing(&self, path: &str) -> Result<Standing, InstallError> {
        let Some(found) = self.find(path)? else {
            return Ok(Standing::Missing);
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

    /// A policy, which stays when it is there, or a pipeline, which goes with the templates.
    fn take_plain(&self, step: &Step, is_current: bool) -> Result<StepOutcome, InstallError> {
        if let Some(probe) = &step.skip_if {
            let answer = self.send(probe.method, &probe.path, None)?;
            if answer.status == probe.status {
                return Ok(StepOutcome::Kept);
            }
            match answer.refusal() {
                Some(refusal) if step.kind == StepKind::Policy && policy::is_unknown(&refusal) => {
                    return Err(InstallError::NoLifecycle { request: describe(probe.method, &probe.path), refusal });
                }
                Some(refusal) if refusal.status != 404 => return Err(refused(probe.method, &probe.path, refusal)),
                _ => {}
            }
        } else if is_current && self.find(&step.path)?.is_some() {
            return Ok(StepOutcome::Unchanged);
        }
        self.take(step)
    }

    /// Sends the step's request.
    pub(super) fn take(&self, step: &Step) -> Result<StepOutcome, InstallError> {
        let body = step.body.as_ref().map(Value::to_string);
        let response = self.send(step.method, &step.path, body.as_deref().map(str::as_bytes))?;
        match response.refusal() {
            None => Ok(StepOutcome::Put),
            Some(refusal) if step.fine_if.as_ref().is_some_and(|fine| fine.covers(&refusal)) => Ok(StepOutcome::Raced),
            Some(refusal) if step.kind == StepKind::Policy && policy::is_unknown(&refusal) => {
                Err(InstallError::NoLifecycle { request: describe(step.method, &step.path), refusal })
            }
            Some(refusal) => Err(refused(step.method, &step.path, refusal)),
        }
    }
}

impl Fine {
    fn covers(&self, refusal: &Refusal) -> bool {
        self.status == refusal.status && self.error.as_deref().is_none_or(|error| error == refusal.error_type)
    }
}
