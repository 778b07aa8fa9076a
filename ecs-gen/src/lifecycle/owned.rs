//! Index names that well-known products use, and the warning about patterns that would take them over.
//!
//! Of all composable templates that match a new index, an engine applies only the one of highest priority. A log whose
//! pattern also matches an index of such a product therefore gives that index the log's strict mapping, and breaks the
//! product. Templates that come with Elasticsearch have a priority of up to 100, so a log at or below that is harmless.

use super::names;
use super::resolve::Findings;
use crate::diagnostic::Code;
use crate::input::index::IndexInput;
use crate::model::IndexTarget;
use crate::source::Span;

/// The priority up to which a template gives way to those of the products below.
const HARMLESS_PRIORITY: u32 = 100;

/// Names that a product uses.
struct OwnedNames {
    pattern: &'static str,
    /// Whether others are invited to use names of this form for data of their own, as in the naming scheme for data
    /// streams. Then only a pattern that matches every such name is a mistake.
    is_shared: bool,
    owner: &'static str,
}

const fn owned(pattern: &'static str, owner: &'static str) -> OwnedNames {
    OwnedNames { pattern, is_shared: false, owner }
}

const fn shared(pattern: &'static str, owner: &'static str) -> OwnedNames {
    OwnedNames { pattern, is_shared: true, owner }
}

/// The names, with the product for the message, and the source of each group.
const OWNED: &[OwnedNames] = &[
    // Kibana: `event_log/server/es/names.ts`, indices with the version in their name at first, one data
    // stream later.
    owned(".kibana-event-log-ds", "the event log of Kibana"),
    owned(".kibana-event-log-7.*", "the event log of Kibana"),
    owned(".kibana-event-log-8.*", "the event log of Kibana"),
    // Elasticsearch: the system indices of `KibanaPlugin`.
    owned(".kibana", "Kibana"),
    owned(".kibana_*", "Kibana"),
    owned(".reporting-*", "Kibana"),
    // Kibana: the data streams of its assistants, and the indices of the rule registry.
    owned(".kibana-elastic-ai-assistant-*", "Kibana"),
    owned(".kibana-observability-ai-assistant-*", "Kibana"),
    owned(".alerts-*", "Kibana"),
    owned(".internal.alerts-*", "Kibana"),
    // Elasticsearch documentation, "Templates", section "Avoid index pattern collisions".
    shared("logs-*-*", "Elasticsearch and Elastic Agent"),
    shared("metrics-*-*", "Elasticsearch and Elastic Agent"),
    shared("synthetics-*-*", "Elasticsearch and Elastic Agent"),
    owned("profiling-*", "Elasticsearch's Universal Profiling"),
    // The same naming scheme; Elasticsearch's `apm-data` plugin has the templates.
    shared("traces-*-*", "Elastic APM"),
    // Elasticsearch: the system indices and data streams of `Fleet`.
    owned(".fleet-*", "Fleet"),
    // Elasticsearch documentation, "Data streams", section "Backing indices"; OpenSearch names them alike.
    owned(".ds-*", "data streams, for their backing indices"),
    // Elasticsearch documentation, "Stack monitoring".
    owned(".monitoring-*", "the stack monitoring of Elasticsearch"),
    // Beats documentation, `setup.template.pattern`: the name of the Beat, its version, and `-*`.
    owned("auditbeat-*", "Auditbeat"),
    owned("filebeat-*", "Filebeat"),
    owned("heartbeat-*", "Heartbeat"),
    owned("metricbeat-*", "Metricbeat"),
    owned("packetbeat-*", "Packetbeat"),
    owned("winlogbeat-*", "Winlogbeat"),
    // Logstash documentation, Elasticsearch output, option `index`.
    owned("logstash-*", "Logstash"),
    owned("ecs-logstash-*", "Logstash"),
    // OpenSearch: indices of its plugins, Index Management among them, and of its Dashboards.
    owned(".opendistro-*", "the plugins of OpenSearch"),
    owned(".opensearch_dashboards*", "OpenSearch Dashboards"),
    // OpenSearch Data Prepper documentation, OpenSearch sink, index type `trace-analytics-raw`.
    owned("otel-v1-apm-*", "OpenSearch Data Prepper"),
];

impl OwnedNames {
    fn is_taken_by(&self, pattern: &str) -> bool {
        if self.is_shared {
            // A name with parts that nobody would spell out.
            names::matches(pattern, &self.pattern.replace('*', "\u{1}"))
        } else {
            names::overlap(pattern, self.pattern)
        }
    }
}

/// Warns about each pattern of the log that takes names over.
pub(super) fn check_owned(index: &IndexInput, target: &IndexTarget, priority: u32, findings: &mut Findings<'_>) {
    if priority <= HARMLESS_PRIORITY {
        return;
    }
    for pattern in target.patterns() {
        let Some(taken) = OWNED.iter().find(|names| names.is_taken_by(pattern)) else { continue };
        let Some(span) = span_of(index, target, pattern) else { continue };
        let message = format!("`{pattern}` also matches `{}`, names of {}", taken.pattern, taken.owner);
        let help = format!(
            "narrow the name or `pattern`, such as `NAME-0*`, or set `priority` to at most {HARMLESS_PRIORITY}: at \
             {priority} this log's template would replace the product's"
        );
        findings.warning(Code::OwnedNames, span, message).help(help).done();
    }
}

/// Where the pattern is written down, or the name that it follows from.
fn span_of(index: &IndexInput, target: &IndexTarget, pattern: &str) -> Option<Span> {
    let alias = match target {
        IndexTarget::DataStream(_) => return index.data_stream.as_ref().map(|stream| stream.span),
        IndexTarget::Aliases(aliases) => aliases.iter().find(|alias| alias.pattern == pattern)?,
    };
    if let Some(pattern) = &index.pattern {
        return Some(pattern.span);
    }
    let single = index.alias.iter();
    let several = index.aliases.iter().flat_map(|aliases| &aliases.value);
    single.chain(several).find(|name| name.value == alias.name).map(|name| name.span)
}

#[cfg(test)]
mod tests {
    use super::OWNED;

    #[track_caller]
    fn check(pattern: &str, expected: Option<&str>) {
        let found = OWNED.iter().find(|names| names.is_taken_by(pattern)).map(|names| names.pattern);
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn patterns_that_take_names_over() {
        check(".kibana-event-log-*", Some(".kibana-event-log-ds"));
        check(".kibana-event-log-8*", Some(".kibana-event-log-8.*"));
        check(".kibana*", Some(".kibana-event-log-ds"));
        check("logs-*", Some("logs-*-*"));
        check("filebeat-8.17.0-*", Some("filebeat-*"));
        check(".ds-orders-*", Some(".ds-*"));
    }

    #[test]
    fn patterns_that_leave_them_alone() {
        check(".kibana-event-log-0*", None);
        check("events-gprd-*", None);
        check("orders-*", None);
        // A data set of one's own within the naming scheme.
        check("logs-orders-*", None);
        check("logs-orders-default", None);
    }
}
