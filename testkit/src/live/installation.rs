//! Installs every generated artifact on an engine, twice, and reads it back; stores every sample; checks that unknown fields are
//! refused. Owns the order and the cleanup; knows no engine's peculiarities.

use anyhow::{Context as _, Result, bail, ensure};
use ecs_gen::field_type::ValueKind;
use ecs_gen::model::Field;
use event_store::{HttpTransport, InstallError, InstallStepOutcome, Installer};
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::installer::{self, InstallOutcome, InstallStep};
use super::log::Log;
use super::read_back;
use super::tally::Tally;
use crate::engines::{Client, Engine, Running};

/// Where the Index Management plugin lists its policies.
const ISM_POLICIES: &str = "/_plugins/_ism/policies";

/// What an installation made, removed when this value is.
#[derive(Debug)]
pub struct Installed<'e> {
    client: &'e Client,
    /// The steps that were taken.
    pub steps: Vec<(InstallStep, Value)>,
    targets: Vec<String>,
    is_data_stream: bool,
}

impl<'e> Installed<'e> {
    /// Installs a log on an engine where nothing of it is.
    ///
    /// # Errors
    /// When something of it is there, which might be somebody's; and what the engine refuses.
    pub fn new(client: &'e Client, log: &Log, adapter: &mut Adapter) -> Result<Self> {
        Self::by(client, client, log, adapter)
    }

    /// The same, with the requests sent by another user.
    pub fn by(admin: &'e Client, sender: &Client, log: &Log, adapter: &mut Adapter) -> Result<Self> {
        let installed = Self::prepare(admin, log, adapter)?;
        let outcomes = installer::install(sender, &installed.steps).context("the first installation")?;
        ensure!(
            outcomes.iter().all(|outcome| *outcome == InstallOutcome::Done),
            "a step was skipped on an empty engine"
        );
        Ok(installed)
    }

    /// The same by the installer that programs have, over a URL.
    pub fn through_library(admin: &'e Client, url: &str, log: &Log, adapter: &mut Adapter) -> Result<Self> {
        let installed = Self::prepare(admin, log, adapter)?;
        let transport = HttpTransport::builder().host(url).build()?;
        let report = Installer::new(installer::load_bundle(log, adapter)?).install(&transport)?;
        ensure!(report.is_changed(), "nothing was installed on an empty engine: {report}");
        Ok(installed)
    }

    /// Sees that nothing of it is there, and installs nothing yet.
    fn prepare(admin: &'e Client, log: &Log, adapter: &mut Adapter) -> Result<Self> {
        let steps = installer::load_steps(log, adapter)?;
        for (step, _) in &steps {
            let path = &step.path;
            let is_there = admin.send("GET", path)?.is_success();
            ensure!(!is_there, "`{path}` exists on the engine; the tests touch nothing that they did not make");
        }
        let is_data_stream = steps.iter().any(|(step, _)| step.path.starts_with("/_data_stream/"));
        Ok(Self { client: admin, targets: log.targets(adapter.engine()), steps, is_data_stream })
    }

    /// What documents are written to: the aliases, or the data stream.
    pub fn targets(&self) -> &[String] {
        &self.targets
    }

    fn remove(&self) -> Result<()> {
        for target in &self.targets {
            if self.is_data_stream {
                self.client.send("DELETE", &format!("/_data_stream/{target}"))?;
                continue;
            }
            // Wildcards may be forbidden in deletions, so the indices are named.
            let found = self.client.send("GET", &format!("/{target}-0*/_settings/index.uuid?expand_wildcards=all"))?;
            for index in found.body.as_object().into_iter().flat_map(|indices| indices.keys()) {
                self.client.send("DELETE", &format!("/{index}"))?;
            }
        }
        for (step, _) in self.steps.iter().rev() {
            let path = step.path.split('?').next().unwrap_or_default();
            if path.starts_with("/_") {
                self.client.send("DELETE", path)?;
            }
        }
        Ok(())
    }
}

impl Drop for Installed<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            crate::engines::step("Warning", &format!("something of the test is left on the engine: {error:#}"));
        }
    }
}

/// Installs each committed log on one engine and checks all that must hold then.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let mut adapter = Adapter::new(running.release());
    for name in super::log::COMMITTED {
        let log = Log::committed(name)?;
        check_log(running, &log, &mut adapter, tally).with_context(|| format!("the log `{name}`"))?;
        // The committed files of the others have more that the engines of the tests lack.
        if running.engine() == Engine::OpenSearch && !running.client().send("GET", ISM_POLICIES)?.is_success() {
            let checked = check_without_policy(running, &log, &mut adapter);
            checked.with_context(|| format!("the log `{name}` without its policy"))?;
            tally.add("logs installed without their policy", 1);
        }
    }
    Tally::replaced(running.release(), adapter.used());
    Ok(())
}

/// An engine without lifecycle management refuses the committed files, says how to install without the policy, and takes them
/// then.
fn check_without_policy(running: &Running, log: &Log, adapter: &mut Adapter) -> Result<()> {
    let _cleaned = Installed::prepare(running.client(), log, adapter)?;
    let transport = HttpTransport::builder().host(running.url()).build()?;
    let bundle = installer::load_whole_bundle(log, running.engine())?;
    match Installer::new(bundle.clone()).install(&transport) {
        Err(error @ InstallError::NoLifecycle { .. }) => {
            ensure!(error.to_string().contains("without_policy"), "{error}");
        }
        other => bail!("an installation with a policy came to {other:?}"),
    }
    let report = Installer::new(bundle.without_policy()).install(&transport)?;
    let is_left_out = report.steps.iter().any(|step| step.outcome == InstallStepOutcome::LeftOut);
    ensure!(report.is_changed() && is_left_out, "{report}");
    Ok(())
}

fn check_log(running: &Running, log: &Log, adapter: &mut Adapter, tally: &mut Tally) -> Result<()> {
    let client = running.client();
    let installed = Installed::new(client, log, adapter)?;
    let first = read_back::check(client, &installed.steps)?;
    let outcomes = installer::install(client, &installed.steps).context("the second installation")?;
    for ((step, _), outcome) in installed.steps.iter().zip(&outcomes) {
        let wanted = if step.can_be_skipped() { InstallOutcome::Skipped } else { InstallOutcome::Done };
        ensure!(*outcome == wanted, "the second installation took `{}` for {outcome:?}", step.path);
    }
    let second = read_back::check(client, &installed.steps)?;
    ensure!(first == second, "the second installation changed something");
    check_first_indices(client, log, &installed, adapter)?;
    tally.add("artifacts put twice and read back", installed.steps.len());
    for target in installed.targets() {
        tally.add("samples stored", store_samples(client, log, target)?);
    }
    let target = &installed.targets()[0];
    tally.add("documents with an unknown field refused", refuse_unknown_fields(client, log, target)?);
    Ok(())
}

/// The first index has the generated mapping, and its alias is the one that is written to.
fn check_first_indices(client: &Client, log: &Log, installed: &Installed<'_>, adapter: &mut Adapter) -> Result<()> {
    let folder = installer::folder(adapter.engine());
    let mapping = json!({"mappings": log.file(&format!("{folder}/mappings.json"))?});
    let wanted = adapter.adapt(&mapping)["mappings"].take();
    let wanted = adapter.shown(&wanted);
    for target in installed.targets() {
        let index = format!("{target}-000001");
        let without_type = if adapter.engine() == Engine::Elasticsearch6 { "?include_type_name=false" } else { "" };
        let found = client.send("GET", &format!("/{index}/_mapping{without_type}"))?.expect("read the mapping")?;
        if let Some(difference) = read_back::first_difference(&wanted, &found[&index]["mappings"], "") {
            bail!("the mapping of `{index}` is not the generated one: {difference}");
        }
    }
    Ok(())
}

/// Stores every committed sample and finds it again.
fn store_samples(client: &Client, log: &Log, target: &str) -> Result<usize> {
    let mut count = 0;
    for (name, sample) in log.folder("samples") {
        let answer = client.send_json("POST", &format!("/{target}/_doc"), sample)?;
        let body = answer.expect(&format!("store the sample `{name}`"))?;
        let (index, id) = (body["_index"].as_str().unwrap_or_default(), body["_id"].as_str().unwrap_or_default());
        let stored = client.send("GET", &format!("/{index}/_doc/{id}"))?.expect("read the sample")?;
        ensure!(stored["_source"] == *sample, "the sample `{name}` was stored otherwise than it was sent");
        count += 1;
    }
    ensure!(count > 0, "there are no samples");
    Ok(count)
}

/// Adds an unknown field at the root and to every object of the full sample; each must be refused.
fn refuse_unknown_fields(client: &Client, log: &Log, target: &str) -> Result<usize> {
    let full = log.file("samples/full.json")?;
    let objects = log.model.fields.iter().filter(|field| matches!(field.kind(), ValueKind::Object | ValueKind::Nested));
    let mut count = 0;
    for place in std::iter::once(None).chain(objects.map(Some)) {
        let path = place.map_or("the root", |field: &Field| field.path.as_str());
        let mut document = full.clone();
        let way: Vec<&str> = place.map_or_else(Vec::new, |field| field.path.as_str().split('.').collect());
        let object = first_at(&way, &mut document);
        let object = object.with_context(|| format!("the full sample has nothing at `{path}`"))?;
        object["no_such_field"] = json!("x");
        let answer = client.send_json("POST", &format!("/{target}/_doc"), &document)?;
        let reason = answer.reason();
        ensure!(
            answer.status == 400 && reason.contains("strict_dynamic_mapping_exception"),
            "an unknown field at `{path}` was answered {}: {reason}",
            answer.status
        );
        count += 1;
    }
    Ok(count)
}

/// The object at a path, in the first element of each list on the way.
fn first_at<'d>(way: &[&str], document: &'d mut Value) -> Option<&'d mut Value> {
    let found = match document {
        Value::Array(elements) => elements.first_mut()?,
        other => other,
    };
    match way.split_first() {
        Some((name, way)) => first_at(way, found.get_mut(*name)?),
        None => Some(found),
    }
}
