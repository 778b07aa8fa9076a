//! Handles the outcome of a request: what it means for each document.

use std::sync::Arc;
use std::time::Duration;

use event_store::{
    FailureCause, ItemError, ItemOutcome, Refusal, RefusalKind, ResolveError, Response, TargetKind, TransportError,
    read_bulk_reply,
};

use super::batch::{AttemptState, Batch, Rejection};
use super::pending_request::{PendingRequest, RequestKind};
use super::problems::Activity;
use super::shipper::Shipper;
use super::stats::Condition;
use super::target::TargetQuery;
use crate::quarantine::{Entry, EntryKind};

/// Longest pause that an engine can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);
/// Requests that have to succeed before larger ones are tried again after 413.
const REGROW_AFTER: u64 = 256;

/// Why a document was not stored.
pub(super) struct ItemFailure {
    pub(super) position: usize,
    rejection: Rejection,
    /// Why it was not stored, when the document is not known to be at fault.
    cause: Option<FailureCause>,
    /// Whether it may have been stored all the same.
    is_ambiguous: bool,
    /// Whether it is not retried.
    pub(super) is_final: bool,
}

impl ItemFailure {
    pub(super) fn may_be_the_document(&self) -> bool {
        self.cause.is_some_and(FailureCause::may_be_the_document)
    }

    /// Whether the engine's reason is not in the table of reasons.
    pub(super) fn is_unexplained(&self) -> bool {
        self.cause == Some(FailureCause::Unknown)
    }

    /// The refusal of a whole request with a single document, which is not retried.
    pub(super) fn of_whole(mut rejection: Rejection) -> Self {
        rejection.reason.insert_str(
            0,
            "the request with this document alone has failed every time for long, while others are stored: ",
        );
        Self { position: 0, rejection, cause: None, is_ambiguous: false, is_final: true }
    }

    /// Stops retrying; `reason` is put before the engine's own.
    pub(super) fn give_up(&mut self, reason: &str) {
        self.is_final = true;
        self.rejection.reason.insert_str(0, reason);
    }
}

impl Shipper {
    /// Handles the outcome of a request.
    pub fn complete(&mut self, now: Duration, request: PendingRequest, outcome: Result<Response, TransportError>) {
        self.tick(now);
        if let Ok(Response { retry_after: Some(pause), status: 300.., .. }) = &outcome {
            self.paused_until = self.paused_until.max(self.now + (*pause).min(MAX_RETRY_AFTER));
        }
        match request.kind {
            RequestKind::Resolve(query) => self.complete_resolve(query, outcome),
            RequestKind::Bulk(batch) => {
                self.remove_in_flight(&batch);
                self.complete_bulk(batch, request.sent, outcome);
            }
            RequestKind::ExistenceCheck(batch) => {
                self.remove_in_flight(&batch);
                self.complete_existence_check(batch, outcome);
            }
        }
        self.note_success();
        self.acknowledge();
    }

    fn remove_in_flight(&mut self, batch: &Batch) {
        self.in_flight -= 1;
        self.in_flight_bytes -= batch.bytes();
        self.in_flight_batches.remove(&batch.first());
    }

    fn complete_resolve(&mut self, query: TargetQuery, outcome: Result<Response, TransportError>) {
        self.target.is_resolving = false;
        self.resolve_sent = None;
        let name = &self.settings.target;
        let (condition, text) = match outcome {
            Err(error) => (Condition::Unreachable, error.to_string()),
            Ok(response) => match response.refusal() {
                None => match self.target.apply_reply(query, name, &response.body, self.now) {
                    Ok(()) => return self.problems.resolve(Activity::Resolving),
                    Err(ResolveError::Missing { .. }) if self.target.is_missing(query) => return,
                    Err(error) => (Condition::NotInstalled, error.to_string()),
                },
                Some(refusal) if is_missing(query, &response, &refusal) => {
                    if self.target.is_missing(query) {
                        return;
                    }
                    let error = ResolveError::Missing { name: name.clone() };
                    let why = match refusal.kind {
                        RefusalKind::Forbidden => {
                            format!("; the data stream of that name cannot be queried: {refusal}")
                        }
                        _ => String::new(),
                    };
                    (Condition::NotInstalled, format!("{error}{why}"))
                }
                Some(refusal) => {
                    let advice = refusal.cause().advice();
                    (Condition::of(&refusal), format!("cannot resolve `{name}`: {refusal}; {advice}"))
                }
            },
        };
        self.target.failures = self.target.failures.saturating_add(1);
        self.target.due = self.now + self.delay(self.target.failures);
        self.record_problem(Activity::Resolving, condition, &text);
    }

    fn complete_bulk(&mut self, mut batch: Batch, sent: Duration, outcome: Result<Response, TransportError>) {
        match outcome {
            Ok(response) if response.status == 200 => self.read_reply(batch, sent, &response),
            Ok(response) => self.refused(batch, sent, &response),
            Err(error) => {
                self.mark_ambiguous_if(error.is_ambiguous(), &mut batch);
                self.window.narrow(sent, self.now);
                let reason = error.to_string();
                self.record_problem(Activity::Sending, Condition::Unreachable, &reason);
                self.retry_whole(batch, sent, Rejection { status: 0, error_type: String::new(), reason }, None);
            }
        }
    }

    /// Notes that an attempt may have arrived. The target is resolved again before anything is done about it.
    fn mark_ambiguous_if(&mut self, is_ambiguous: bool, batch: &mut Batch) {
        if is_ambiguous {
            batch.mark_ambiguous();
            self.target.invalidate();
        }
    }

    /// The whole request was refused.
    fn refused(&mut self, mut batch: Batch, sent: Duration, response: &Response) {
        // A status below 300 other than 200 is no reply to a bulk request: something else answers.
        let refusal = response.refusal();
        let (kind, condition, text) = if let Some(refusal) = &refusal {
            // The reason may quote the documents, and this text goes into logs and metrics.
            let text = format!("{}; {}", refusal.without_values(), refusal.cause().advice());
            (refusal.kind, Condition::of(refusal), text)
        } else {
            let text = format!("status {} in reply to a bulk request: the reply is not an engine's", response.status);
            (RefusalKind::Permanent, Condition::Refused, text)
        };
        self.mark_ambiguous_if(response.is_ambiguous(), &mut batch);
        if kind == RefusalKind::TooLarge {
            return self.too_large(batch, sent, &text);
        }
        if kind != RefusalKind::Retryable {
            self.target.invalidate();
        }
        self.window.narrow(sent, self.now);
        self.record_problem(Activity::Sending, condition, &format!("a bulk request was refused: {text}"));
        let cause = refusal.as_ref().map(Refusal::cause);
        let (error_type, reason) =
            refusal.map_or((String::new(), text), |refusal| (refusal.error_type, refusal.reason));
        self.retry_whole(batch, sent, Rejection { status: response.status, error_type, reason }, cause);
    }

    /// The body is larger than the endpoint accepts: both halves are retried, and new batches are no larger than a half.
    fn too_large(&mut self, mut batch: Batch, sent: Duration, text: &str) {
        if batch.items.len() > 1 {
            self.max_bytes = (batch.bytes() / 2).max(1);
            self.resized_at = self.stats.requests;
            self.require_new_check(&mut batch);
            let second = batch.split_off_half();
            self.retry_now(batch);
            self.retry_now(second);
        } else {
            let reason = format!("the document alone is too large: {text}");
            let rejection = Rejection { status: 413, error_type: String::new(), reason };
            let failure = ItemFailure { position: 0, rejection, cause: None, is_ambiguous: false, is_final: true };
            self.apply_item_results(batch, sent, vec![failure], &[]);
        }
    }

    fn read_reply(&mut self, mut batch: Batch, sent: Duration, response: &Response) {
        let mut failures = Vec::new();
        let mut elsewhere: Vec<(usize, Arc<str>)> = Vec::new();
        let mut conflicts = 0;
        let index = batch.assigned_index.clone().expect("it was sent to one");
        let reply =
            read_bulk_reply(response, batch.items.len(), &index, &mut |position, outcome, found| match outcome {
                ItemOutcome::Created | ItemOutcome::AlreadyStored => {
                    conflicts += u64::from(outcome == ItemOutcome::AlreadyStored);
                    elsewhere.extend(found.map(|found| (position, Arc::from(found))));
                }
                ItemOutcome::Retry { error, .. } | ItemOutcome::Rejected { error } => {
                    let ItemError { status, error_type, reason } = error;
                    let (error_type, reason) = (error_type.to_owned(), reason.to_owned());
                    failures.push(ItemFailure {
                        position,
                        rejection: Rejection { status, error_type, reason },
                        cause: match outcome {
                            ItemOutcome::Retry { cause, .. } => Some(cause),
                            _ => None,
                        },
                        is_ambiguous: outcome.is_ambiguous(),
                        is_final: matches!(outcome, ItemOutcome::Rejected { .. }),
                    });
                }
            });
        if let Err(error) = reply {
            self.mark_ambiguous_if(true, &mut batch);
            self.window.narrow(sent, self.now);
            let reason = format!("the reply to a bulk request is invalid and is ignored: {error}");
            self.record_problem(Activity::Sending, Condition::Unreachable, &reason);
            let rejection = Rejection { status: response.status, error_type: String::new(), reason };
            return self.retry_whole(batch, sent, rejection, None);
        }
        self.stats.conflicts += conflicts;
        let is_slow = self.now.saturating_sub(sent) > self.settings.slow_after;
        if is_slow || failures.iter().any(|failure| matches!(failure.rejection.status, 429 | 503)) {
            self.window.narrow(sent, self.now);
        } else {
            self.window.widen();
        }
        self.regrow();
        let unconfirmed = self.unconfirmed(&batch, &index, &failures, elsewhere);
        self.apply_item_results(batch, sent, failures, &unconfirmed);
    }

    /// Documents that the engine says it stored, and where, when that index has to be seen behind the target first.
    ///
    /// An attempt by the index's own name may have recreated the index if it was deleted a moment before. An attempt by the
    /// target's name may have gone to an index that is not known yet.
    fn unconfirmed(
        &self,
        batch: &Batch,
        index: &Arc<str>,
        failures: &[ItemFailure],
        elsewhere: Vec<(usize, Arc<str>)>,
    ) -> Vec<(usize, Arc<str>)> {
        if matches!(batch.attempt_state, AttemptState::NotStored | AttemptState::CheckedAbsent) {
            return elsewhere.into_iter().filter(|(_, found)| !self.target.has(found)).collect();
        }
        let mut failed = failures.iter().map(|failure| failure.position).peekable();
        let mut elsewhere = elsewhere.into_iter().peekable();
        let stored = (0..batch.items.len()).filter(|position| failed.next_if_eq(position).is_none());
        stored
            .map(|position| match elsewhere.next_if(|(at, _)| *at == position) {
                Some(found) => found,
                None => (position, Arc::clone(index)),
            })
            .collect()
    }

    /// Sets documents aside until the index that they are reported to be in is seen behind the target.
    fn await_confirmation(&mut self, batch: &Batch, mut unconfirmed: &[(usize, Arc<str>)]) {
        while let Some((_, index)) = unconfirmed.first() {
            let same = unconfirmed.iter().take_while(|(_, other)| other == index).count();
            let mut reported = batch.copy_of(unconfirmed[..same].iter().map(|(position, _)| *position));
            (reported.attempt_state, reported.stored_in) = (AttemptState::Unconfirmed, Some(Arc::clone(index)));
            self.target.invalidate();
            self.retry_now(reported);
            unconfirmed = &unconfirmed[same..];
        }
    }

    /// Tries larger bodies again after many requests: the limit may be gone.
    fn regrow(&mut self) {
        if self.max_bytes < self.settings.max_bytes && self.stats.requests >= self.resized_at + REGROW_AFTER {
            self.max_bytes = self.max_bytes.saturating_mul(2).min(self.settings.max_bytes);
            self.resized_at = self.stats.requests;
        }
    }

    /// Applies the results of a request's items: finishes documents that are stored or quarantined, and retries the others.
    pub(super) fn apply_item_results(
        &mut self,
        mut batch: Batch,
        sent: Duration,
        mut failures: Vec<ItemFailure>,
        unconfirmed: &[(usize, Arc<str>)],
    ) {
        let stored = batch.items.len() - failures.len();
        self.stats.delivered += (stored - unconfirmed.len()) as u64;
        self.finish_stored(&batch, &failures, unconfirmed);
        self.await_confirmation(&batch, unconfirmed);
        if stored > 0 {
            self.stored_at = self.stored_at.max(Some(sent));
            batch.stalled = None;
            self.probes.end();
        }
        self.count_refusals(&mut batch, &mut failures, stored > 0);
        self.count_passed(&mut batch, &mut failures, stored > 0);
        self.check_rejected(&batch, &mut failures);
        let refused =
            failures.iter().filter(|failure| failure.is_final).map(|failure| (failure.position, &failure.rejection));
        let put = self.quarantine_rejected(&batch, &refused.collect::<Vec<_>>());
        failures.retain(|failure| put.binary_search(&failure.position).is_err());
        if failures.is_empty() {
            return self.recycle(batch);
        }
        self.mark_ambiguous_if(failures.iter().any(|failure| failure.is_ambiguous), &mut batch);
        self.note_obstacle(&failures);
        let positions: Vec<usize> = failures.iter().map(|failure| failure.position).collect();
        batch.keep(&positions);
        if stored > 0 {
            batch.failures = 0;
        }
        self.retry_or_probe(batch, &failures);
    }

    fn finish_stored(&mut self, batch: &Batch, failures: &[ItemFailure], unconfirmed: &[(usize, Arc<str>)]) {
        if failures.is_empty() && unconfirmed.is_empty() {
            for (first, last) in batch.ranges() {
                self.finished.finish(first, last);
            }
            return;
        }
        let mut failed = failures.iter().map(|failure| failure.position).peekable();
        let mut unconfirmed = unconfirmed.iter().map(|(position, _)| *position).peekable();
        for (position, item) in batch.items.iter().enumerate() {
            if failed.next_if_eq(&position).is_none() && unconfirmed.next_if_eq(&position).is_none() {
                self.finished.finish(item.sequence, item.sequence);
            }
        }
    }

    /// Removes from the failures the documents that are rejected permanently but may be stored all the same, because this attempt
    /// or an earlier one may have arrived: the engine is queried for them. A document that may be stored is not quarantined,
    /// because resubmitting it after a rollover would store it twice.
    fn check_rejected(&mut self, batch: &Batch, failures: &mut Vec<ItemFailure>) {
        let may_be_stored = |failure: &mut ItemFailure| {
            failure.is_final && (batch.attempt_state != AttemptState::NotStored || failure.is_ambiguous)
        };
        let resolve_sent: Vec<ItemFailure> = failures.extract_if(.., may_be_stored).collect();
        if resolve_sent.is_empty() {
            return;
        }
        let mut second = batch.copy_of(resolve_sent.iter().map(|failure| failure.position));
        for (item, failure) in second.items.iter_mut().zip(resolve_sent) {
            item.rejection = Some(Box::new(failure.rejection));
        }
        second.attempt_state = AttemptState::RejectedAmbiguous;
        self.target.invalidate();
        self.retry_now(second);
    }

    /// Puts rejected documents into the quarantine, syncs it, and returns the positions of those that are in it. Documents that
    /// cannot be put there are retried rather than lost.
    pub(super) fn quarantine_rejected(&mut self, batch: &Batch, refused: &[(usize, &Rejection)]) -> Vec<usize> {
        let mut put = Vec::new();
        let mut outcome = Ok(());
        for (position, rejection) in refused {
            let item = &batch.items[*position];
            let kind = if rejection.status == 413 { EntryKind::TooLarge } else { EntryKind::Rejected };
            put.push(*position);
            if self.already_quarantined.remove(&(item.sequence, Some(item.id))) {
                continue;
            }
            let reason = rejection.to_string();
            let entry = Entry {
                // A request without a reply has none.
                status: (rejection.status > 0).then_some(rejection.status),
                id: Some(item.id),
                sequence: Some(item.sequence),
                ..Entry::new(kind, &reason, batch.document(*position))
            };
            outcome = self.quarantine.put(&entry);
            if outcome.is_err() {
                put.pop();
                break;
            }
        }
        if put.is_empty() && outcome.is_ok() {
            return put;
        }
        if let Err(error) = outcome.and_then(|()| self.quarantine.sync()) {
            // Entries put before the failure are recognised by their ids when they are rejected again.
            let key = |position: &usize| (batch.items[*position].sequence, Some(batch.items[*position].id));
            self.already_quarantined.extend(put.iter().map(key));
            self.record_problem(Activity::Quarantining, Condition::Local, &error.to_string());
            return Vec::new();
        }
        for position in &put {
            let sequence = batch.items[*position].sequence;
            self.finished.finish(sequence, sequence);
        }
        self.stats.quarantined += put.len() as u64;
        let first = refused.first().map(|(_, rejection)| rejection.item_error().without_values().to_string());
        let text = format!(
            "the engine rejected documents permanently, {} in one request, which are in the quarantine now; the first: {}",
            put.len(),
            first.unwrap_or_default()
        );
        self.log_rejection(&text);
        put
    }

    /// Records why documents wait, in the engine's words but without values of the documents.
    fn note_obstacle(&mut self, failures: &[ItemFailure]) {
        let worst = failures.iter().filter_map(|failure| Some((failure.cause?, failure)));
        // Problems that need a person come before those that pass by themselves.
        let rank = |cause: FailureCause| match cause {
            FailureCause::Access => 0,
            FailureCause::State => 1,
            FailureCause::Defect | FailureCause::Unknown => 2,
            _ => 3,
        };
        let Some((cause, failure)) = worst.min_by_key(|(cause, _)| rank(*cause)) else { return };
        let condition = match cause {
            FailureCause::Access => Condition::Forbidden,
            FailureCause::Load => Condition::Overloaded,
            FailureCause::Defect | FailureCause::Unknown => Condition::Failing,
            _ => Condition::Refused,
        };
        if cause == FailureCause::State {
            self.target.invalidate();
        }
        let error = failure.rejection.item_error();
        let text = format!("{} documents wait: {}; {}", failures.len(), error.without_values(), cause.advice());
        self.record_problem(Activity::Sending, condition, &text);
    }
}

/// Whether a refusal says that there is no target of that name and kind. Only an engine knows that; the page of a proxy that
/// finds nothing has status 404 as well. An engine or a role without data streams refuses the query itself, and has no data
/// stream of that name for this shipper either.
fn is_missing(query: TargetQuery, response: &Response, refusal: &Refusal) -> bool {
    let is_page = !response.body.is_empty() && !response.is_json();
    match query.kind {
        _ if is_page => false,
        TargetKind::Alias => refusal.kind == RefusalKind::Missing,
        TargetKind::DataStream => !matches!(refusal.status, 401 | 408 | 425 | 429 | 500..),
    }
}
