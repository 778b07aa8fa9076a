//! From the options `index` and `lifecycle` to finished values; every problem is reported at its place.

use super::quantity::{ByteSize, Duration, QuantityError};
use super::{Conditions, Lifecycle, Manager, Rollover, owned, phases, rules, settings, target};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::input::index::{IndexInput, OpenSearchInput};
use crate::input::lifecycle::{LifecycleInput, RolloverInput};
use crate::model::{IndexTarget, Settings};
use crate::source::{Span, Spanned};

/// Rollover age where a log declares no lifecycle: a month of events in one index keeps searches over recent events
/// small without making thousands of indices.
pub const DEFAULT_MAX_AGE: &str = "30d";

/// Rollover size where a log declares no lifecycle: the shard size up to which both engines advise to go.
pub const DEFAULT_MAX_PRIMARY_SHARD_SIZE: &str = "50gb";

/// Where a log's documents go, how its indices are set up and when they go.
#[derive(Clone, Debug)]
pub struct Storage {
    /// Where documents go.
    pub target: IndexTarget,
    /// Where they go on OpenSearch, when that is another place.
    pub opensearch_target: Option<IndexTarget>,
    /// Index settings.
    pub settings: Settings,
    /// When indices roll over and go.
    pub lifecycle: Lifecycle,
}

/// Resolves where a log's documents go, how its indices are set up and when they go. `None` when something was
/// reported that leaves no sense to go on with.
pub fn resolve(
    index: &Spanned<IndexInput>,
    opensearch: Option<&Spanned<OpenSearchInput>>,
    lifecycle: Option<&Spanned<LifecycleInput>>,
    log_name: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Storage> {
    let mut findings = Findings { diagnostics, failed: false };
    target::check_log_name(log_name, &mut findings);
    let target = target::resolve_target(index, &mut findings);
    let there = opensearch.and_then(target::of_opensearch);
    let opensearch_target = there.as_ref().and_then(|there| target::resolve_target(there, &mut findings));
    let has_right_names = !findings.failed;
    let settings = settings::resolve_settings(index, opensearch.map(|input| &input.value), &mut findings);
    let named = [target.as_ref().map(|target| (index, target)), there.as_ref().zip(opensearch_target.as_ref())];
    for (index, target) in named.into_iter().flatten().filter(|_| has_right_names) {
        owned::check_owned(index, target, settings.priority, &mut findings);
    }
    let lifecycle = match lifecycle {
        Some(lifecycle) => resolve_lifecycle(lifecycle, index, log_name, &mut findings),
        None => default_lifecycle(log_name),
    };
    if !findings.failed && lifecycle.policy.len() > super::names::MAX_BYTES {
        let message =
            format!("the policy name `{}` is longer than {} bytes", lifecycle.policy, super::names::MAX_BYTES);
        let help = "shorten the log's name, or name the policy: `lifecycle: {policy: NAME}`";
        findings.error(Code::InvalidIndexName, log_name.span, message).help(help).done();
    }
    let failed = findings.failed;
    target.filter(|_| !failed).map(|target| Storage { target, opensearch_target, settings, lifecycle })
}

fn default_lifecycle(log_name: &str) -> Lifecycle {
    Lifecycle {
        manager: Manager::Policy,
        policy: default_policy(log_name),
        rollover: Some(rollover_at(DEFAULT_MAX_AGE)),
        phases: Vec::new(),
        keep: None,
    }
}

fn default_policy(log_name: &str) -> String {
    format!("{log_name}-policy")
}

fn resolve_lifecycle(
    input: &Spanned<LifecycleInput>,
    index: &IndexInput,
    log_name: &str,
    findings: &mut Findings<'_>,
) -> Lifecycle {
    let manager = resolve_manager(input, index, findings);
    let keep = input.keep.as_ref().and_then(|text| findings.duration(text, "keep"));
    let rollover = input.rollover.as_ref().and_then(|rollover| resolve_rollover(rollover, findings));
    let rolls_over = input.rollover.is_some() || manager == Manager::DataStream;
    if let (Some(text), false) = (&input.keep, rolls_over) {
        findings
            .error(
                Code::LifecycleConflict,
                text.span,
                "`keep` without `rollover` would delete the index that is written to",
            )
            .help(format!("add `rollover: {{max_age: {DEFAULT_MAX_AGE}}}`"))
            .done();
    }
    let before = findings.diagnostics.count_errors();
    let phases = phases::resolve_phases(input, index, rolls_over, findings);
    // An action that needs the rollover has said the same.
    if !rolls_over && input.keep.is_none() && findings.diagnostics.count_errors() == before {
        findings
            .warning(Code::RolloverCondition, input.span, "nothing rolls over: one index takes every event for ever")
            .help(format!("add `rollover: {{max_age: {DEFAULT_MAX_AGE}}}`"))
            .done();
    }
    rules::check_ages(input, &phases, keep.as_ref(), findings);
    let policy = input.policy.as_ref().map_or_else(|| default_policy(log_name), |policy| policy.value.clone());
    let rollover = match manager {
        Manager::DataStream => Some(rollover.unwrap_or_else(|| automatic_rollover(keep.as_ref()))),
        Manager::Policy => rollover,
    };
    Lifecycle { manager, policy, rollover, phases, keep }
}

fn resolve_manager(input: &Spanned<LifecycleInput>, index: &IndexInput, findings: &mut Findings<'_>) -> Manager {
    if let Some(policy) = &input.policy
        && let Err(problem) = super::names::check_policy_name(policy)
    {
        let message = format!("the policy name `{}` {problem}", policy.value);
        findings.error(Code::InvalidIndexName, policy.span, message).done();
    }
    let Some(stream) = input.data_stream.as_ref().filter(|stream| stream.value) else { return Manager::Policy };
    if let Some(policy) = &input.policy {
        findings
            .error(Code::PolicyAndLifecycle, policy.span, "a policy and a data stream lifecycle stand together")
            .help("remove `policy`, or `data_stream: true`: Elasticsearch would follow only one of them")
            .done();
    }
    if index.data_stream.is_none() {
        findings
            .error(Code::LifecycleConflict, stream.span, "only a data stream has a data stream lifecycle")
            .help("write to a data stream with `index.data_stream`, or remove `data_stream: true`")
            .done();
    }
    if !input.phases.0.0.is_empty() {
        let span = input.phases.0.0[0].0.span;
        findings
            .error(Code::LifecycleConflict, span, "a data stream lifecycle has no phases")
            .help("remove `phases`, or take a policy instead of `data_stream: true`")
            .done();
    }
    if let Some(rollover) = &input.rollover {
        let message = "Elasticsearch rolls data streams with a lifecycle over by the cluster's own conditions";
        findings
            .warning(Code::LifecycleConflict, rollover.span, message)
            .help("these conditions hold on OpenSearch only; with a policy they hold on both")
            .done();
    }
    Manager::DataStream
}

fn resolve_rollover(input: &Spanned<RolloverInput>, findings: &mut Findings<'_>) -> Option<Rollover> {
    let max = Written {
        prefix: "max",
        age: input.max_age.as_ref(),
        size: input.max_size.as_ref(),
        primary_shard_size: input.max_primary_shard_size.as_ref(),
        docs: input.max_docs.as_ref(),
        primary_shard_docs: input.max_primary_shard_docs.as_ref(),
    };
    let min = Written {
        prefix: "min",
        age: input.min_age.as_ref(),
        size: input.min_size.as_ref(),
        primary_shard_size: input.min_primary_shard_size.as_ref(),
        docs: input.min_docs.as_ref(),
        primary_shard_docs: input.min_primary_shard_docs.as_ref(),
    };
    if max.is_empty() {
        let only_min =
            if min.is_empty() { "" } else { "; a `min_…` only holds a rollover back, also where ISM has that name" };
        let help = "add `max_age`, `max_size`, `max_primary_shard_size`, `max_docs` or `max_primary_shard_docs`; or remove \
                    `rollover`";
        findings
            .error(Code::RolloverCondition, input.span, "the rollover has no condition at which it happens")
            .help(format!("{help}{only_min}"))
            .done();
        return None;
    }
    let rollover = Rollover { max: max.resolve(findings), min: min.resolve(findings) };
    min.check_below(&rollover, findings);
    Some(rollover)
}

/// Conditions with one prefix, as they are written.
struct Written<'i> {
    prefix: &'static str,
    age: Option<&'i Spanned<String>>,
    size: Option<&'i Spanned<String>>,
    primary_shard_size: Option<&'i Spanned<String>>,
    docs: Option<&'i Spanned<u64>>,
    primary_shard_docs: Option<&'i Spanned<u64>>,
}

impl Written<'_> {
    fn is_empty(&self) -> bool {
        let Self { prefix: _, age, size, primary_shard_size, docs, primary_shard_docs } = self;
        [age, size, primary_shard_size].iter().all(|text| text.is_none())
            && [docs, primary_shard_docs].iter().all(|count| count.is_none())
    }

    fn resolve(&self, findings: &mut Findings<'_>) -> Conditions {
        let name = |condition: &str| format!("{}_{condition}", self.prefix);
        let mut size = |text: Option<&Spanned<String>>, condition: &str| {
            text.and_then(|text| findings.size(text, &name(condition)))
        };
        let (all, of_shard) = (size(self.size, "size"), size(self.primary_shard_size, "primary_shard_size"));
        check_count(self.docs, &name("docs"), findings);
        check_count(self.primary_shard_docs, &name("primary_shard_docs"), findings);
        Conditions {
            age: self.age.and_then(|text| findings.duration(text, &name("age"))),
            size: all,
            primary_shard_size: of_shard,
            docs: self.docs.map(|count| count.value),
            primary_shard_docs: self.primary_shard_docs.map(|count| count.value),
        }
    }

    /// Reports what is to hold a rollover back beyond the condition that brings it about.
    fn check_below(&self, rollover: &Rollover, findings: &mut Findings<'_>) {
        let Rollover { max, min } = rollover;
        let span = |text: Option<&Spanned<String>>| text.map(|text| text.span);
        let count_span = |count: Option<&Spanned<u64>>| count.map(|count| count.span);
        let conditions = [
            ("age", span(self.age), is_above(min.age.as_ref(), max.age.as_ref())),
            ("size", span(self.size), is_above(min.size.as_ref(), max.size.as_ref())),
            (
                "primary_shard_size",
                span(self.primary_shard_size),
                is_above(min.primary_shard_size.as_ref(), max.primary_shard_size.as_ref()),
            ),
            ("docs", count_span(self.docs), is_above(min.docs, max.docs)),
            (
                "primary_shard_docs",
                count_span(self.primary_shard_docs),
                is_above(min.primary_shard_docs, max.primary_shard_docs),
            ),
        ];
        for (name, span, _) in conditions.into_iter().filter(|(_, _, is_above)| *is_above) {
            let Some(span) = span else { continue };
            findings
                .error(
                    Code::RolloverCondition,
                    span,
                    format!("`min_{name}` is above `max_{name}`, which it would overrule"),
                )
                .help(format!("lower `min_{name}`: no index rolls over before it has reached every `min_…`"))
                .done();
        }
    }
}

fn is_above<T: PartialOrd>(min: Option<T>, max: Option<T>) -> bool {
    min.zip(max).is_some_and(|(min, max)| min > max)
}

fn check_count(count: Option<&Spanned<u64>>, name: &str, findings: &mut Findings<'_>) {
    let Some(count) = count else { return };
    if count.value == 0 {
        let help = if name.starts_with("min") {
            "an empty index never rolls over: write a larger number, or leave it out"
        } else {
            "an index would roll over with its first document: write a larger number"
        };
        findings.error(Code::RolloverCondition, count.span, format!("`{name}` is zero")).help(help).done();
    }
    if i64::try_from(count.value).is_err() {
        findings
            .error(Code::RolloverCondition, count.span, format!("`{name}` is more than {}", i64::MAX))
            .help("no index holds so many documents: write a smaller number")
            .done();
    }
}

/// What Elasticsearch takes for `max_age: auto` in a data stream lifecycle, by how long data is kept.
fn automatic_rollover(keep: Option<&Duration>) -> Rollover {
    const STEPS: &[(&str, &str)] = &[("1d", "1h"), ("14d", "1d"), ("90d", "7d")];
    let fits = |most: &str| keep.is_some_and(|keep| Duration::parse(most).is_ok_and(|most| *keep <= most));
    let max_age = STEPS.iter().find(|(most, _)| fits(most)).map_or(DEFAULT_MAX_AGE, |(_, age)| age);
    rollover_at(max_age)
}

/// At that age, and at the size by default.
fn rollover_at(max_age: &str) -> Rollover {
    let max = Conditions {
        age: Duration::parse(max_age).ok(),
        primary_shard_size: ByteSize::parse(DEFAULT_MAX_PRIMARY_SHARD_SIZE).ok(),
        ..Conditions::default()
    };
    Rollover { max, min: Conditions::default() }
}

/// The findings of one log; remembers whether there was an error among them.
pub(super) struct Findings<'d> {
    diagnostics: &'d mut Diagnostics,
    failed: bool,
}

/// A finding that is not yet among the others.
#[must_use]
pub(super) struct Finding<'f, 'd> {
    findings: &'f mut Findings<'d>,
    diagnostic: Diagnostic,
}

impl Finding<'_, '_> {
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.help(help);
        self
    }

    pub(super) fn done(self) {
        self.findings.diagnostics.push(self.diagnostic);
    }
}

impl<'d> Findings<'d> {
    pub(super) fn of(diagnostics: &'d mut Diagnostics) -> Self {
        Self { diagnostics, failed: false }
    }

    pub(super) fn error<'f>(&'f mut self, code: Code, span: Span, message: impl Into<String>) -> Finding<'f, 'd> {
        self.failed = true;
        Finding { findings: self, diagnostic: Diagnostic::error(code, message).at(span) }
    }

    pub(super) fn warning<'f>(&'f mut self, code: Code, span: Span, message: impl Into<String>) -> Finding<'f, 'd> {
        Finding { findings: self, diagnostic: Diagnostic::warning(code, message).at(span) }
    }

    pub(super) fn duration(&mut self, text: &Spanned<String>, option: &str) -> Option<Duration> {
        self.quantity(Code::InvalidDuration, text, option, Duration::parse)
    }

    pub(super) fn size(&mut self, text: &Spanned<String>, option: &str) -> Option<ByteSize> {
        self.quantity(Code::InvalidSize, text, option, ByteSize::parse)
    }

    fn quantity<T>(
        &mut self,
        code: Code,
        text: &Spanned<String>,
        option: &str,
        parse: impl Fn(&str) -> Result<T, QuantityError>,
    ) -> Option<T> {
        match parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!("`{option}: {}` {}", text.value, error.message);
                self.error(code, text.span, message).help(error.help).done();
                None
            }
        }
    }
}
