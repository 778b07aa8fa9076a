//! What the projection needs of an event, in an order that is total.

use ecs_schema::Timestamp;
use ecs_schema::generated::infra_events::{ChangePhase, InfraEvents};

use super::Incident;

/// What the projection needs of an event. Ordered, so that the same one of several is chosen in any order of arrival.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Facts {
    pub time: Timestamp,
    pub id: String,
    pub phase: Phase,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub attempt: i64,
    pub outcome: Option<String>,
    pub kind: String,
    pub reporter: String,
    pub fingerprint: Option<String>,
    pub message: String,
    pub environment: String,
    pub stage: Option<String>,
    pub service: Option<String>,
    pub version: Option<String>,
    pub user: Option<String>,
    pub url: Option<String>,
    pub reason: Option<String>,
    pub impacted: Vec<String>,
    pub incident: Option<Incident>,
}

/// Which moment of the change an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Started,
    Finished,
    Instant,
}

impl Facts {
    pub fn of(log: &InfraEvents) -> Self {
        let (event, change) = (&log.event, &log.change);
        let reporter = change.adapter.rsplit_once('/').map_or(change.adapter.as_str(), |(name, _)| name);
        Self {
            time: log.timestamp,
            id: event.id.clone(),
            phase: match change.phase {
                ChangePhase::Started => Phase::Started,
                ChangePhase::Finished => Phase::Finished,
                _ => Phase::Instant,
            },
            start: event.start.min(log.timestamp),
            end: event.end,
            attempt: change.attempt.unwrap_or(1),
            outcome: event.outcome.as_ref().map(|outcome| outcome.as_str().to_owned()),
            kind: change.r#type.as_str().to_owned(),
            reporter: reporter.to_owned(),
            fingerprint: change.fingerprint.clone(),
            message: log.message.clone(),
            environment: log.service.environment.clone(),
            stage: change.stage.as_ref().map(|stage| stage.as_str().to_owned()),
            service: log.service.name.clone(),
            version: log.service.version.clone(),
            user: log.user.as_ref().and_then(|user| user.name.clone().or_else(|| user.id.clone())),
            url: event.url.clone(),
            reason: event.reason.clone(),
            impacted: change.impacted_services.clone(),
            incident: change.incident.as_ref().map(|incident| Incident {
                id: incident.id.clone(),
                number: incident.number,
                status: incident.status.as_ref().map(|status| status.as_str().to_owned()),
                urgency: incident.urgency.clone(),
                priority: incident.priority.clone(),
            }),
        }
    }
}
