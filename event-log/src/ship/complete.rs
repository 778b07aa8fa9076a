//! What came of a request, and what that means for its documents.

use std::time::Duration;

use event_store::{ItemOutcome, RefusalKind, Response, TransportError, read_bulk_reply};

use super::batch::{Batch, Look};
use super::errand::{Errand, Job};
use super::one_line;
use super::shipper::Shipper;
use super::stats::Condition;
use crate::quarantine::{Entry, Kind};

/// Longest time that an engine can ask to be left alone.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);
/// Tries of a document that the engine answers with a defect of its own (500) while it takes others.
const MAX_DEFECTS: u8 = 16;
/// Requests that have to succeed before larger ones are tried again after 413.
const REGROW_AFTER: u64 = 256;

/// Why a document was not stored.
struct Failure {
    place: usize,
    status: u16,
    error_type: String,
    /// What the quarantine is to keep; `None` when the document can be tried again.
    rejection: Option<String>,
}

impl Shipper {
    /// Takes back an errand with what came of it.
    pub fn complete(&mut self, now: Duration, errand: Errand, outcome: Result<Response, TransportError>) {
        self.tick(now);
        if let Ok(Response { retry_after: Some(pause), status: 300.., .. }) = &outcome {
            self.gate = self.gate.max(self.now + (*pause).min(MAX_RETRY_AFTER));
        }
        match errand.job {
            Job::Resolve => self.complete_question(outcome),
            Job::Bulk(batch) => {
                self.land(&batch);
                self.complete_bulk(batch, errand.sent, outcome);
            }
            Job::Look(batch) => {
                self.land(&batch);
                self.complete_look(batch, outcome);
            }
        }
        self.acknowledge();
    }

    fn land(&mut self, batch: &Batch) {
        self.in_flight -= 1;
        self.flying_bytes -= batch.bytes();
        self.flying.remove(&batch.first());
    }

    fn complete_question(&mut self, outcome: Result<Response, TransportError>) {
        self.target.is_asking = false;
        let (condition, text) = match outcome {
            Err(error) => (Condition::Unreachable, one_line(&error)),
            Ok(response) => match response.refusal() {
                None => match self.target.learn(&self.settings.alias, &response.body, self.now) {
                    Ok(()) => return,
                    Err(text) => (Condition::NotInstalled, text),
                },
                Some(refusal) => {
                    let condition = match refusal.kind {
                        RefusalKind::Missing => Condition::NotInstalled,
                        RefusalKind::Forbidden => Condition::Forbidden,
                        RefusalKind::Later => Condition::Overloaded,
                        _ => Condition::Refused,
                    };
                    (condition, format!("cannot ask where the alias leads: {refusal}"))
                }
            },
        };
        self.target.failures = self.target.failures.saturating_add(1);
        self.target.due = self.now + self.delay(self.target.failures);
        self.trouble(condition, &text);
    }

    fn complete_bulk(&mut self, mut batch: Batch, sent: Duration, outcome: Result<Response, TransportError>) {
        match outcome {
            Ok(response) if response.status == 200 => self.read_reply(batch, sent, &response),
            Ok(response) => self.refused(batch, sent, &response),
            Err(error) => {
                batch.in_doubt |= error.is_ambiguous();
                self.window.narrow(sent, self.now);
                self.trouble(Condition::Unreachable, &one_line(&error));
                self.retry(batch);
            }
        }
    }

    /// The whole request was refused.
    fn refused(&mut self, mut batch: Batch, sent: Duration, response: &Response) {
        // What is no refusal is no reply to a bulk request either: something else answers.
        let refusal = response.refusal();
        let (kind, text) = match &refusal {
            Some(refusal) => (refusal.kind, refusal.to_string()),
            None => (RefusalKind::Unfit, format!("status {} in reply to a bulk request", response.status)),
        };
        batch.in_doubt |= is_ambiguous(response.status);
        if kind == RefusalKind::TooLarge {
            return self.too_large(batch, &text);
        }
        let condition = match kind {
            RefusalKind::Later if matches!(response.status, 429 | 503) => Condition::Overloaded,
            RefusalKind::Later => Condition::Unreachable,
            RefusalKind::Forbidden => Condition::Forbidden,
            _ => Condition::Refused,
        };
        if kind != RefusalKind::Later {
            self.target.forget();
        }
        self.window.narrow(sent, self.now);
        self.trouble(condition, &text);
        self.retry(batch);
    }

    /// The body is larger than the endpoint takes: halves of it are tried, and new batches are no larger.
    fn too_large(&mut self, mut batch: Batch, text: &str) {
        if batch.items.len() > 1 {
            self.max_bytes = (batch.bytes() / 2).max(1);
            self.grown_at = self.stats.requests;
            let second = batch.split_off_half();
            self.retry_now(batch);
            self.retry_now(second);
        } else if batch.in_doubt {
            batch.look = Some(Look::Index);
            self.retry(batch);
        } else {
            let rejection = Failure {
                place: 0,
                status: 413,
                error_type: String::new(),
                rejection: Some(format!("the document alone is too large: {text}")),
            };
            self.sort_out(batch, vec![rejection]);
        }
    }

    fn read_reply(&mut self, mut batch: Batch, sent: Duration, response: &Response) {
        let mut failures = Vec::new();
        let mut conflicts = 0;
        let reply = read_bulk_reply(response, batch.items.len(), &mut |place, outcome| match outcome {
            ItemOutcome::Created => (),
            ItemOutcome::AlreadyStored => conflicts += 1,
            ItemOutcome::Retry { status, error_type, .. } => {
                failures.push(Failure { place, status, error_type: error_type.to_owned(), rejection: None });
            }
            ItemOutcome::Rejected { status, error_type, reason } => {
                let rejection = Some(format!("{error_type}: {reason}"));
                failures.push(Failure { place, status, error_type: error_type.to_owned(), rejection });
            }
        });
        if let Err(error) = reply {
            batch.in_doubt = true;
            self.window.narrow(sent, self.now);
            self.trouble(
                Condition::Unreachable,
                &format!("the reply to a bulk request is not to be believed: {error}"),
            );
            return self.retry(batch);
        }
        self.stats.condition = Condition::Well;
        self.stats.conflicts += conflicts;
        let is_slow = self.now.saturating_sub(sent) > self.settings.slow_after;
        if is_slow || failures.iter().any(|failure| matches!(failure.status, 429 | 503)) {
            self.window.narrow(sent, self.now);
        } else {
            self.window.widen();
        }
        self.regrow();
        self.sort_out(batch, failures);
    }

    /// Tries larger bodies again when many have passed: what stood in the way may be gone.
    fn regrow(&mut self) {
        if self.max_bytes < self.settings.max_bytes && self.stats.requests >= self.grown_at + REGROW_AFTER {
            self.max_bytes = self.max_bytes.saturating_mul(2).min(self.settings.max_bytes);
            self.grown_at = self.stats.requests;
        }
    }

    /// Finishes the documents that are stored or put aside, and sends the others again.
    fn sort_out(&mut self, mut batch: Batch, mut failures: Vec<Failure>) {
        let stored = batch.items.len() - failures.len();
        self.stats.delivered += stored as u64;
        self.finish_stored(&batch, &failures);
        self.count_defects(&mut batch, &mut failures);
        self.put_aside(&batch, &mut failures);
        if failures.is_empty() {
            return self.recycle(batch);
        }
        batch.in_doubt |= failures.iter().any(|failure| failure.rejection.is_none() && is_ambiguous(failure.status));
        self.note_index(&mut batch, &failures);
        let places: Vec<usize> = failures.iter().map(|failure| failure.place).collect();
        batch.keep(&places);
        if stored > 0 {
            batch.failures = 0;
        }
        self.retry(batch);
    }

    fn finish_stored(&mut self, batch: &Batch, failures: &[Failure]) {
        if failures.is_empty() {
            for (first, last) in batch.ranges() {
                self.progress.finish(first, last);
            }
            return;
        }
        let mut failed = failures.iter().map(|failure| failure.place).peekable();
        for (place, item) in batch.items.iter().enumerate() {
            if failed.next_if_eq(&place).is_none() {
                self.progress.finish(item.sequence, item.sequence);
            }
        }
    }

    /// A status of 500 may be a defect that the document sets off. When others pass and it never does, it is put aside.
    fn count_defects(&self, batch: &mut Batch, failures: &mut [Failure]) {
        if self.stats.delivered == batch.delivered_before {
            return;
        }
        for failure in failures.iter_mut().filter(|failure| failure.status == 500) {
            let defects = &mut batch.items[failure.place].defects;
            *defects += 1;
            if *defects >= MAX_DEFECTS {
                let error_type = &failure.error_type;
                failure.rejection = Some(format!("{error_type}: fails each time, while other documents are stored"));
            }
        }
    }

    /// Puts rejected documents into the quarantine, synced, and takes them out of the failures. What cannot be put there
    /// stays a failure, so that it is tried again in place of being lost.
    fn put_aside(&mut self, batch: &Batch, failures: &mut Vec<Failure>) {
        let mut put = Vec::new();
        let mut outcome = Ok(());
        for failure in failures.iter() {
            let Some(reason) = &failure.rejection else { continue };
            let item = &batch.items[failure.place];
            let kind = if failure.status == 413 { Kind::TooLarge } else { Kind::Rejected };
            put.push(failure.place);
            if self.put_before.remove(&(item.sequence, Some(item.id))) {
                continue;
            }
            let entry = Entry {
                status: Some(failure.status),
                id: Some(item.id),
                sequence: Some(item.sequence),
                ..Entry::new(kind, reason, batch.document(failure.place))
            };
            outcome = self.quarantine.put(&entry);
            if outcome.is_err() {
                put.pop();
                break;
            }
        }
        if put.is_empty() && outcome.is_ok() {
            return;
        }
        if let Err(error) = outcome.and_then(|()| self.quarantine.sync()) {
            // What was put before the failure is known by its id when it is rejected again.
            let key = |place: &usize| (batch.items[*place].sequence, Some(batch.items[*place].id));
            self.put_before.extend(put.iter().map(key));
            return self.trouble(Condition::Local, &error.to_string());
        }
        for place in &put {
            let sequence = batch.items[*place].sequence;
            self.progress.finish(sequence, sequence);
        }
        self.stats.quarantined += put.len() as u64;
        let first = failures.iter().find(|failure| failure.rejection.is_some()).map_or("", |first| &first.error_type);
        let text = format!("the engine refused {} documents for good, the first with `{first}`", put.len());
        self.log_rejection(&text);
        failures.retain(|failure| put.binary_search(&failure.place).is_err());
    }

    /// What the failures say of the index itself.
    fn note_index(&mut self, batch: &mut Batch, failures: &[Failure]) {
        let is_of = |kinds: &[&str]| failures.iter().find(|failure| kinds.contains(&failure.error_type.as_str()));
        let look = if is_of(&["index_not_found_exception"]).is_some() {
            Look::Alias
        } else if is_of(&["index_closed_exception"]).is_some()
            || is_of(&["cluster_block_exception"]).is_some_and(|failure| failure.status == 403)
        {
            Look::Index
        } else {
            if let Some(failure) = failures.iter().find(|failure| matches!(failure.status, 401 | 403)) {
                let text = format!("documents are refused with {} `{}`", failure.status, failure.error_type);
                self.trouble(Condition::Forbidden, &text);
            }
            return;
        };
        self.target.forget();
        if batch.in_doubt {
            batch.look = Some(look);
        }
        let index = batch.pin.as_deref().unwrap_or_default();
        self.trouble(Condition::Refused, &format!("the index `{index}` is gone, closed or takes no writes"));
    }
}

/// Whether a request, or a document, with this status may have been stored all the same.
fn is_ambiguous(status: u16) -> bool {
    !(400..500).contains(&status) || status == 408
}
