//! What came of a request, and what that means for its documents.

use std::sync::Arc;
use std::time::Duration;

use event_store::{
    ItemOutcome, Obstacle, Refusal, RefusalKind, ResolveError, Response, Said, TargetKind, TransportError,
    read_bulk_reply,
};

use super::batch::{Arrival, Batch, Rejection};
use super::errand::{Errand, Job};
use super::shipper::Shipper;
use super::stats::Condition;
use super::target::Question;
use super::troubles::Activity;
use crate::quarantine::{Entry, EntryKind};

/// Longest time that an engine can ask to be left alone.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);
/// Requests that have to succeed before larger ones are tried again after 413.
const REGROW_AFTER: u64 = 256;

/// Why a document was not stored.
pub(super) struct Failure {
    pub(super) place: usize,
    rejection: Rejection,
    /// What is in the way, when it is not the document.
    obstacle: Option<Obstacle>,
    /// Whether it may be stored all the same.
    is_ambiguous: bool,
    /// Whether it is not to be tried again.
    pub(super) is_final: bool,
}

impl Failure {
    pub(super) fn may_be_the_document(&self) -> bool {
        self.obstacle.is_some_and(Obstacle::may_be_the_document)
    }

    /// Whether nobody knows what the engine's reason is about.
    pub(super) fn is_unexplained(&self) -> bool {
        self.obstacle == Some(Obstacle::Unknown)
    }

    /// What a whole request was refused with that had one document, which is not tried again.
    pub(super) fn of_whole(mut rejection: Rejection) -> Self {
        rejection.reason.insert_str(
            0,
            "the request with this document alone fails each time and for long, while others are stored: ",
        );
        Self { place: 0, rejection, obstacle: None, is_ambiguous: false, is_final: true }
    }

    /// It is not tried again, for the reason that the engine gave and one of ours before it.
    pub(super) fn give_up(&mut self, reason: &str) {
        self.is_final = true;
        self.rejection.reason.insert_str(0, reason);
    }
}

impl Shipper {
    /// Takes back an errand with what came of it.
    pub fn complete(&mut self, now: Duration, errand: Errand, outcome: Result<Response, TransportError>) {
        self.tick(now);
        if let Ok(Response { retry_after: Some(pause), status: 300.., .. }) = &outcome {
            self.gate = self.gate.max(self.now + (*pause).min(MAX_RETRY_AFTER));
        }
        match errand.job {
            Job::Resolve(question) => self.complete_question(question, outcome),
            Job::Bulk(batch) => {
                self.land(&batch);
                self.complete_bulk(batch, errand.sent, outcome);
            }
            Job::Look(batch) => {
                self.land(&batch);
                self.complete_look(batch, outcome);
            }
        }
        self.note_success();
        self.acknowledge();
    }

    fn land(&mut self, batch: &Batch) {
        self.in_flight -= 1;
        self.flying_bytes -= batch.bytes();
        self.flying.remove(&batch.first());
    }

    fn complete_question(&mut self, question: Question, outcome: Result<Response, TransportError>) {
        self.target.is_asking = false;
        self.asked = None;
        let name = &self.settings.target;
        let (condition, text) = match outcome {
            Err(error) => (Condition::Unreachable, error.to_string()),
            Ok(response) => match response.refusal() {
                None => match self.target.learn(question, name, &response.body, self.now) {
                    Ok(()) => return self.troubles.end(Activity::Resolving),
                    Err(ResolveError::Missing { .. }) if self.target.is_missing(question) => return,
                    Err(error) => (Condition::NotInstalled, error.to_string()),
                },
                Some(refusal) if is_missing(question, &response, &refusal) => {
                    if self.target.is_missing(question) {
                        return;
                    }
                    let error = ResolveError::Missing { name: name.clone() };
                    let why = match refusal.kind {
                        RefusalKind::Forbidden => format!("; a data stream may not be asked for: {refusal}"),
                        _ => String::new(),
                    };
                    (Condition::NotInstalled, format!("{error}{why}"))
                }
                Some(refusal) => {
                    let advice = refusal.obstacle().advice();
                    (Condition::of(&refusal), format!("cannot ask what is behind `{name}`: {refusal}; {advice}"))
                }
            },
        };
        self.target.failures = self.target.failures.saturating_add(1);
        self.target.due = self.now + self.delay(self.target.failures);
        self.trouble(Activity::Resolving, condition, &text);
    }

    fn complete_bulk(&mut self, mut batch: Batch, sent: Duration, outcome: Result<Response, TransportError>) {
        match outcome {
            Ok(response) if response.status == 200 => self.read_reply(batch, sent, &response),
            Ok(response) => self.refused(batch, sent, &response),
            Err(error) => {
                self.doubt_if(error.is_ambiguous(), &mut batch);
                self.window.narrow(sent, self.now);
                let reason = error.to_string();
                self.trouble(Activity::Sending, Condition::Unreachable, &reason);
                self.retry_whole(batch, sent, Rejection { status: 0, error_type: String::new(), reason }, None);
            }
        }
    }

    /// Notes that a try may have arrived. What is done about it depends on what the target is after that.
    fn doubt_if(&mut self, is_ambiguous: bool, batch: &mut Batch) {
        if is_ambiguous {
            batch.doubt();
            self.target.forget();
        }
    }

    /// The whole request was refused.
    fn refused(&mut self, mut batch: Batch, sent: Duration, response: &Response) {
        // What is no refusal is no reply to a bulk request either: something else answers.
        let refusal = response.refusal();
        let (kind, condition, text) = if let Some(refusal) = &refusal {
            // The reason may quote the documents, and what is said here goes into logs and metrics.
            let text = format!("{}; {}", refusal.without_values(), refusal.obstacle().advice());
            (refusal.kind, Condition::of(refusal), text)
        } else {
            let text = format!("status {} in reply to a bulk request: no engine answers so", response.status);
            (RefusalKind::Unfit, Condition::Refused, text)
        };
        self.doubt_if(response.is_ambiguous(), &mut batch);
        if kind == RefusalKind::TooLarge {
            return self.too_large(batch, sent, &text);
        }
        if kind != RefusalKind::Later {
            self.target.forget();
        }
        self.window.narrow(sent, self.now);
        self.trouble(Activity::Sending, condition, &format!("a bulk request was refused: {text}"));
        let obstacle = refusal.as_ref().map(Refusal::obstacle);
        let (error_type, reason) =
            refusal.map_or((String::new(), text), |refusal| (refusal.error_type, refusal.reason));
        self.retry_whole(batch, sent, Rejection { status: response.status, error_type, reason }, obstacle);
    }

    /// The body is larger than the endpoint takes: halves of it are tried, and new batches are no larger.
    fn too_large(&mut self, mut batch: Batch, sent: Duration, text: &str) {
        if batch.items.len() > 1 {
            self.max_bytes = (batch.bytes() / 2).max(1);
            self.grown_at = self.stats.requests;
            self.ask_once_more(&mut batch);
            let second = batch.split_off_half();
            self.retry_now(batch);
            self.retry_now(second);
        } else {
            let reason = format!("the document alone is too large: {text}");
            let rejection = Rejection { status: 413, error_type: String::new(), reason };
            let failure = Failure { place: 0, rejection, obstacle: None, is_ambiguous: false, is_final: true };
            self.sort_out(batch, sent, vec![failure], &[]);
        }
    }

    fn read_reply(&mut self, mut batch: Batch, sent: Duration, response: &Response) {
        let mut failures = Vec::new();
        let mut elsewhere: Vec<(usize, Arc<str>)> = Vec::new();
        let mut conflicts = 0;
        let index = batch.pin.clone().expect("it was sent to one");
        let reply = read_bulk_reply(response, batch.items.len(), &index, &mut |place, outcome, found| match outcome {
            ItemOutcome::Created | ItemOutcome::AlreadyStored => {
                conflicts += u64::from(outcome == ItemOutcome::AlreadyStored);
                elsewhere.extend(found.map(|found| (place, Arc::from(found))));
            }
            ItemOutcome::Retry { said, .. } | ItemOutcome::Rejected { said } => {
                let Said { status, error_type, reason } = said;
                let (error_type, reason) = (error_type.to_owned(), reason.to_owned());
                failures.push(Failure {
                    place,
                    rejection: Rejection { status, error_type, reason },
                    obstacle: match outcome {
                        ItemOutcome::Retry { obstacle, .. } => Some(obstacle),
                        _ => None,
                    },
                    is_ambiguous: outcome.is_ambiguous(),
                    is_final: matches!(outcome, ItemOutcome::Rejected { .. }),
                });
            }
        });
        if let Err(error) = reply {
            self.doubt_if(true, &mut batch);
            self.window.narrow(sent, self.now);
            let reason = format!("the reply to a bulk request is wrong, and nothing in it is relied on: {error}");
            self.trouble(Activity::Sending, Condition::Unreachable, &reason);
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
        self.sort_out(batch, sent, failures, &unconfirmed);
    }

    /// Documents that are said to be stored, and where, when that has to be seen behind the target first.
    ///
    /// A repetition by the index's own name may have made the index anew, if it was deleted a moment before. A try by the
    /// target's name may have gone to an index that nobody has heard of yet.
    fn unconfirmed(
        &self,
        batch: &Batch,
        index: &Arc<str>,
        failures: &[Failure],
        elsewhere: Vec<(usize, Arc<str>)>,
    ) -> Vec<(usize, Arc<str>)> {
        if matches!(batch.arrival, Arrival::None | Arrival::Asked) {
            return elsewhere.into_iter().filter(|(_, found)| !self.target.has(found)).collect();
        }
        let mut failed = failures.iter().map(|failure| failure.place).peekable();
        let mut elsewhere = elsewhere.into_iter().peekable();
        let stored = (0..batch.items.len()).filter(|place| failed.next_if_eq(place).is_none());
        stored
            .map(|place| match elsewhere.next_if(|(at, _)| *at == place) {
                Some(found) => found,
                None => (place, Arc::clone(index)),
            })
            .collect()
    }

    /// Sets documents apart until the index that they are said to be in is seen behind the target.
    fn await_confirmation(&mut self, batch: &Batch, mut unconfirmed: &[(usize, Arc<str>)]) {
        while let Some((_, index)) = unconfirmed.first() {
            let same = unconfirmed.iter().take_while(|(_, other)| other == index).count();
            let mut reported = batch.copy_of(unconfirmed[..same].iter().map(|(place, _)| *place));
            (reported.arrival, reported.stored_in) = (Arrival::Reported, Some(Arc::clone(index)));
            self.target.forget();
            self.retry_now(reported);
            unconfirmed = &unconfirmed[same..];
        }
    }

    /// Tries larger bodies again when many have passed: what stood in the way may be gone.
    fn regrow(&mut self) {
        if self.max_bytes < self.settings.max_bytes && self.stats.requests >= self.grown_at + REGROW_AFTER {
            self.max_bytes = self.max_bytes.saturating_mul(2).min(self.settings.max_bytes);
            self.grown_at = self.stats.requests;
        }
    }

    /// Finishes the documents that are stored or put aside, and sends the others again.
    pub(super) fn sort_out(
        &mut self,
        mut batch: Batch,
        sent: Duration,
        mut failures: Vec<Failure>,
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
        self.count_overtaken(&mut batch, &mut failures, stored > 0);
        self.ask_for_refused(&batch, &mut failures);
        let refused =
            failures.iter().filter(|failure| failure.is_final).map(|failure| (failure.place, &failure.rejection));
        let put = self.put_aside(&batch, &refused.collect::<Vec<_>>());
        failures.retain(|failure| put.binary_search(&failure.place).is_err());
        if failures.is_empty() {
            return self.recycle(batch);
        }
        self.doubt_if(failures.iter().any(|failure| failure.is_ambiguous), &mut batch);
        self.note_obstacle(&failures);
        let places: Vec<usize> = failures.iter().map(|failure| failure.place).collect();
        batch.keep(&places);
        if stored > 0 {
            batch.failures = 0;
        }
        self.retry_or_probe(batch, &failures);
    }

    fn finish_stored(&mut self, batch: &Batch, failures: &[Failure], unconfirmed: &[(usize, Arc<str>)]) {
        if failures.is_empty() && unconfirmed.is_empty() {
            for (first, last) in batch.ranges() {
                self.progress.finish(first, last);
            }
            return;
        }
        let mut failed = failures.iter().map(|failure| failure.place).peekable();
        let mut unconfirmed = unconfirmed.iter().map(|(place, _)| *place).peekable();
        for (place, item) in batch.items.iter().enumerate() {
            if failed.next_if_eq(&place).is_none() && unconfirmed.next_if_eq(&place).is_none() {
                self.progress.finish(item.sequence, item.sequence);
            }
        }
    }

    /// Takes out of the failures what is refused for good and may be stored all the same, because an earlier try may have
    /// arrived, or this one has: the engine is asked. Nothing that may be stored is put aside: whoever handed it back
    /// after a rollover would store it twice.
    fn ask_for_refused(&mut self, batch: &Batch, failures: &mut Vec<Failure>) {
        let may_be_stored =
            |failure: &mut Failure| failure.is_final && (batch.arrival != Arrival::None || failure.is_ambiguous);
        let asked: Vec<Failure> = failures.extract_if(.., may_be_stored).collect();
        if asked.is_empty() {
            return;
        }
        let mut second = batch.copy_of(asked.iter().map(|failure| failure.place));
        for (item, failure) in second.items.iter_mut().zip(asked) {
            item.rejection = Some(Box::new(failure.rejection));
        }
        second.arrival = Arrival::Refused;
        self.target.forget();
        self.retry_now(second);
    }

    /// Puts refused documents into the quarantine, synced, and returns the places of those that are there. What cannot be
    /// put there is to be tried again in place of being lost.
    pub(super) fn put_aside(&mut self, batch: &Batch, refused: &[(usize, &Rejection)]) -> Vec<usize> {
        let mut put = Vec::new();
        let mut outcome = Ok(());
        for (place, rejection) in refused {
            let item = &batch.items[*place];
            let kind = if rejection.status == 413 { EntryKind::TooLarge } else { EntryKind::Rejected };
            put.push(*place);
            if self.put_before.remove(&(item.sequence, Some(item.id))) {
                continue;
            }
            let reason = rejection.to_string();
            let entry = Entry {
                // A request without a reply has none.
                status: (rejection.status > 0).then_some(rejection.status),
                id: Some(item.id),
                sequence: Some(item.sequence),
                ..Entry::new(kind, &reason, batch.document(*place))
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
            // What was put before the failure is known by its id when it is rejected again.
            let key = |place: &usize| (batch.items[*place].sequence, Some(batch.items[*place].id));
            self.put_before.extend(put.iter().map(key));
            self.trouble(Activity::Quarantining, Condition::Local, &error.to_string());
            return Vec::new();
        }
        for place in &put {
            let sequence = batch.items[*place].sequence;
            self.progress.finish(sequence, sequence);
        }
        self.stats.quarantined += put.len() as u64;
        let first = refused.first().map(|(_, rejection)| rejection.said().without_values().to_string());
        let text = format!(
            "the engine refuses documents for good, {} at once, which are in the quarantine now; the first: {}",
            put.len(),
            first.unwrap_or_default()
        );
        self.log_rejection(&text);
        put
    }

    /// Says why documents wait, in the engine's words but without theirs.
    fn note_obstacle(&mut self, failures: &[Failure]) {
        let worst = failures.iter().filter_map(|failure| Some((failure.obstacle?, failure)));
        // What a person has to see to goes before what passes by itself.
        let rank = |obstacle: Obstacle| match obstacle {
            Obstacle::Access => 0,
            Obstacle::State => 1,
            Obstacle::Defect | Obstacle::Unknown => 2,
            _ => 3,
        };
        let Some((obstacle, failure)) = worst.min_by_key(|(obstacle, _)| rank(*obstacle)) else { return };
        let condition = match obstacle {
            Obstacle::Access => Condition::Forbidden,
            Obstacle::Load => Condition::Overloaded,
            Obstacle::Defect | Obstacle::Unknown => Condition::Failing,
            _ => Condition::Refused,
        };
        if obstacle == Obstacle::State {
            self.target.forget();
        }
        let said = failure.rejection.said();
        let text = format!("{} documents wait: {}; {}", failures.len(), said.without_values(), obstacle.advice());
        self.trouble(Activity::Sending, condition, &text);
    }
}

/// Whether a refusal says that the name is nothing of the kind that was asked for. Only an engine knows that; the page of a proxy
/// that finds nothing has the status 404 as well. An engine or a role without data streams refuses the question itself, and has none of that name
/// for this shipper either.
fn is_missing(question: Question, response: &Response, refusal: &Refusal) -> bool {
    let is_page = !response.body.is_empty() && !response.is_json();
    match question.kind {
        _ if is_page => false,
        TargetKind::Alias => refusal.kind == RefusalKind::Missing,
        TargetKind::DataStream => !matches!(refusal.status, 401 | 408 | 425 | 429 | 500..),
    }
}
