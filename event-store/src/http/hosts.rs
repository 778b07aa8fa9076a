//! Which host gets the next request. Owns what is known of each; makes no connection and reads no clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::backoff::Backoff;

/// How long a host that failed is left out, while others are well: long enough that a dead one costs no more than a try now
/// and then, short enough that one that was restarted has its share soon.
const BENCH: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// Hosts that are equal to each other, taking turns.
pub(super) struct Hosts {
    hosts: Vec<Host>,
    turn: AtomicUsize,
}

struct Host {
    /// Scheme, host, port and prefix of the path, without a slash at the end.
    base: String,
    bench: Mutex<Bench>,
}

#[derive(Default)]
struct Bench {
    failures: u32,
    until: Option<Instant>,
}

impl Hosts {
    pub(super) fn new(bases: Vec<String>) -> Self {
        let hosts = bases.into_iter().map(|base| Host { base, bench: Mutex::default() }).collect();
        Self { hosts, turn: AtomicUsize::new(0) }
    }

    pub(super) const fn len(&self) -> usize {
        self.hosts.len()
    }

    /// What a path is appended to.
    pub(super) fn base(&self, host: usize) -> &str {
        &self.hosts[host].base
    }

    /// The name for messages; it has no credentials, which are kept elsewhere.
    pub(super) fn shown(&self, host: usize) -> &str {
        &self.hosts[host].base
    }

    /// All hosts, in the order in which to try them: those that are well, beginning with the one whose turn it is; then the
    /// others, beginning with the one whose time is over first, because with all of them out one must be tried.
    pub(super) fn order(&self, now: Instant) -> Vec<usize> {
        let count = self.hosts.len();
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<usize> = (0..count).map(|step| first.wrapping_add(step) % count).collect();
        order.sort_by_key(|&host| self.bench(host).until.filter(|until| *until > now));
        order
    }

    /// Takes a note of how it went.
    pub(super) fn report(&self, host: usize, is_well: bool, now: Instant) {
        let mut bench = self.bench(host);
        if is_well {
            *bench = Bench::default();
        } else {
            bench.failures = bench.failures.saturating_add(1);
            bench.until = Some(now + BENCH.bound(bench.failures));
        }
    }

    fn bench(&self, host: usize) -> MutexGuard<'_, Bench> {
        // Nothing that is done under the lock can panic; if it did, the note would still be one.
        self.hosts[host].bench.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Hosts;

    fn three() -> Hosts {
        Hosts::new(["a", "b", "c"].map(str::to_owned).to_vec())
    }

    #[test]
    fn hosts_take_turns() {
        let (hosts, now) = (three(), Instant::now());
        assert_eq!(
            [hosts.order(now), hosts.order(now), hosts.order(now), hosts.order(now)].map(|order| order[0]),
            [0, 1, 2, 0]
        );
    }

    #[test]
    fn failed_host_comes_last_until_its_time_is_over() {
        let (hosts, now) = (three(), Instant::now());
        hosts.report(0, false, now);
        assert_eq!(hosts.order(now), [1, 2, 0]);
        assert_eq!(hosts.order(now + Duration::from_millis(999)), [1, 2, 0]);
        let later = now + Duration::from_secs(1);
        assert_eq!(hosts.order(later), [2, 0, 1]);
        // Failing again doubles the time.
        hosts.report(0, false, later);
        assert_eq!(hosts.order(later + Duration::from_secs(1)), [1, 2, 0]);
        hosts.report(0, true, later);
        assert_eq!(hosts.order(later), [1, 2, 0]);
        assert_eq!(hosts.order(later), [2, 0, 1]);
    }

    #[test]
    fn with_all_failed_the_one_that_is_due_first_is_tried() {
        let (hosts, now) = (three(), Instant::now());
        for host in [0, 0, 1, 1, 1, 2] {
            hosts.report(host, false, now);
        }
        assert_eq!(hosts.order(now), [2, 0, 1]);
    }
}
