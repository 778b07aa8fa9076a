//! Chooses the host for the next request. Owns the state of each host; makes no connection and reads no clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::backoff::Backoff;

/// How long a failed host is suspended while others are healthy: long enough that a dead host costs only an occasional attempt,
/// short enough that a restarted one soon gets its share.
const SUSPENSION: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// Equivalent hosts that take turns.
pub(super) struct Hosts {
    hosts: Vec<Host>,
    turn: AtomicUsize,
}

struct Host {
    /// Scheme, host, port and prefix of the path, without a slash at the end.
    base: String,
    suspension: Mutex<HostSuspension>,
}

#[derive(Default)]
struct HostSuspension {
    failures: u32,
    until: Option<Instant>,
}

impl Hosts {
    pub(super) fn new(bases: Vec<String>) -> Self {
        let hosts = bases.into_iter().map(|base| Host { base, suspension: Mutex::default() }).collect();
        Self { hosts, turn: AtomicUsize::new(0) }
    }

    pub(super) const fn len(&self) -> usize {
        self.hosts.len()
    }

    /// The prefix of every URL.
    pub(super) fn base(&self, host: usize) -> &str {
        &self.hosts[host].base
    }

    /// The name for messages; it has no credentials.
    pub(super) fn shown(&self, host: usize) -> &str {
        &self.hosts[host].base
    }

    /// All hosts, in the order in which to try them: healthy ones, beginning with the one whose turn it is; then the suspended
    /// ones, beginning with the one whose suspension ends first, because one must be tried even if all are suspended.
    pub(super) fn order(&self, now: Instant) -> Vec<usize> {
        let count = self.hosts.len();
        let first = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut order: Vec<usize> = (0..count).map(|step| first.wrapping_add(step) % count).collect();
        order.sort_by_key(|&host| self.suspension(host).until.filter(|until| *until > now));
        order
    }

    /// Records whether a request to a host succeeded.
    pub(super) fn report(&self, host: usize, is_healthy: bool, now: Instant) {
        let mut suspension = self.suspension(host);
        if is_healthy {
            *suspension = HostSuspension::default();
        } else {
            suspension.failures = suspension.failures.saturating_add(1);
            suspension.until = Some(now + SUSPENSION.bound(suspension.failures));
        }
    }

    fn suspension(&self, host: usize) -> MutexGuard<'_, HostSuspension> {
        // Nothing under the lock can panic; if it did, the state would still be consistent.
        self.hosts[host].suspension.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn if_all_are_suspended_the_first_due_is_tried() {
        let (hosts, now) = (three(), Instant::now());
        for host in [0, 0, 1, 1, 1, 2] {
            hosts.report(host, false, now);
        }
        assert_eq!(hosts.order(now), [2, 0, 1]);
    }
}
