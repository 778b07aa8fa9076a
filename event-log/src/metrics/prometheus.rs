//! The text that Prometheus reads ("Exposition formats", text format 0.0.4): one table of names. A name ends in `_total`
//! when it only rises, and in its unit otherwise.

use std::fmt::Write;

use super::{Health, Metrics};
use crate::ship::Condition;

/// The values as text.
pub(super) fn render(metrics: &Metrics) -> String {
    let mut page = Page(String::new());
    page.counter("accepted", "Events accepted into the spool.", metrics.accepted);
    page.by_reason("invalid", "Events refused because they are invalid, by reason.", &metrics.invalid);
    page.by_reason("lost", "Events lost because the spool or the quarantine rejected them, by reason.", &metrics.lost);
    page.counter("quarantined", "Events put into the quarantine.", metrics.quarantined);
    page.counter("resubmitted", "Events resubmitted from the quarantine to the spool.", metrics.resubmitted);
    page.counter("quarantine_dropped", "Records dropped from a full quarantine.", metrics.quarantine_dropped);
    page.counter("quarantine_damaged", "Events of the quarantine that the disk damaged.", metrics.quarantine_damaged);
    page.counter("spool_dropped", "Events dropped from a full spool.", metrics.spool.dropped_records);
    page.counter("spool_damaged", "Events of the spool that the disk damaged.", metrics.spool.damaged_records);
    page.counter("spool_sync_failures", "Failed syncs of the spool.", metrics.spool.sync_failures);
    page.gauge("spool_events", "Events that wait in the spool.", metrics.waiting());
    page.gauge("spool_bytes", "Bytes of the spool's files.", metrics.spool.bytes);
    if let Some(delivery) = &metrics.delivery {
        page.counter("delivered", "Events confirmed by the store.", delivery.delivered);
        page.counter("retried", "Events sent again after a failed attempt.", delivery.retried);
        page.counter("conflicts", "Events that the store already had.", delivery.conflicts);
        page.counter("strays", "Events stored in an index that readers do not see, sent again.", delivery.strays);
        page.counter("rejected", "Events rejected permanently by the store.", delivery.rejected);
        let lag = delivery.lag.unwrap_or_default().as_secs_f64();
        page.gauge("lag_seconds", "Age of the oldest event that waits.", lag);
        let reasons = Condition::ALL.into_iter().filter(|condition| *condition != Condition::Well);
        let reasons =
            reasons.map(|condition| (condition.name(), u8::from(delivery.waits_for(condition)))).collect::<Vec<_>>();
        page.gauge_by_reason("delivery_impaired", "1 while events wait after a failure, by reason.", &reasons);
        if let Some(installation) = &delivery.installation {
            let is_installed = u8::from(installation.is_installed);
            page.gauge("installed", "1 when the log's generated files are on the engine.", is_installed);
            page.counter("installation_failures", "Failed attempts to install them.", installation.failures);
        }
    }
    page.gauge("healthy", "1 when events reach their destination.", u8::from(metrics.health() == Health::Good));
    page.0
}

struct Page(String);

impl Page {
    fn counter(&mut self, name: &str, help: &str, value: u64) {
        let name = format!("{name}_total");
        self.head(&name, help, "counter");
        self.line(&name, "", value);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, help, "gauge");
        self.line(name, "", value);
    }

    fn by_reason(&mut self, name: &str, help: &str, values: &[(&'static str, u64)]) {
        let name = format!("{name}_total");
        self.head(&name, help, "counter");
        self.lines(&name, values);
    }

    fn gauge_by_reason(&mut self, name: &str, help: &str, values: &[(&'static str, u8)]) {
        self.head(name, help, "gauge");
        self.lines(name, values);
    }

    fn lines(&mut self, name: &str, values: &[(&'static str, impl std::fmt::Display)]) {
        for (reason, value) in values {
            // Reasons are in kebab case, and need no escapes.
            self.line(name, &format!("{{reason=\"{reason}\"}}"), value);
        }
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        writeln!(self.0, "# HELP event_log_{name} {help}\n# TYPE event_log_{name} {kind}").expect("text takes all");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        writeln!(self.0, "event_log_{name}{labels} {value}").expect("text takes all");
    }
}
