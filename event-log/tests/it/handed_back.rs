//! The quarantine as a person uses it: list, show, hand back.

use std::path::Path;

use event_log::EventId;
use event_log::quarantine::{Entry, Kind, Quarantine, QuarantineError};

fn open(directory: &Path) -> Quarantine {
    Quarantine::open(directory).unwrap()
}

fn listed(quarantine: &Quarantine) -> Vec<(u64, String)> {
    let mut rows = Vec::new();
    quarantine.entries(&mut |number, entry| rows.push((number, entry.reason.to_owned()))).unwrap();
    rows
}

fn row(number: u64, reason: &str) -> (u64, String) {
    (number, reason.to_owned())
}

#[test]
fn entries_are_listed_and_shown_also_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let quarantine = open(directory.path());
    let id = Some(EventId::new());
    let rejected = Entry { status: Some(400), id, sequence: Some(9), ..Entry::new(Kind::Rejected, "strict", b"{}") };
    assert_eq!(quarantine.put(&Entry::new(Kind::Invalid, "unknown field", b"{\"a\":1}")).unwrap(), 1);
    assert_eq!(quarantine.put(&rejected).unwrap(), 2);
    drop(quarantine);
    let quarantine = open(directory.path());
    assert_eq!(listed(&quarantine), [row(1, "unknown field"), row(2, "strict")]);
    let shown = quarantine.show(2, &mut |entry| (entry.kind, entry.status, entry.id, entry.sequence)).unwrap();
    assert_eq!(shown, Some((Kind::Rejected, Some(400), id, Some(9))));
    assert_eq!(quarantine.show(3, &mut |_| ()).unwrap(), None);
}

#[test]
fn entry_that_was_taken_back_is_gone_and_one_that_was_not_stays() {
    let directory = tempfile::tempdir().unwrap();
    let quarantine = open(directory.path());
    for reason in ["first", "second", "third"] {
        quarantine.put(&Entry::new(Kind::Invalid, reason, reason.as_bytes())).unwrap();
    }
    assert_eq!(quarantine.added(), 3);
    let taken = quarantine.retry(2, &mut |entry| Ok(entry.document.to_vec())).unwrap();
    assert_eq!(taken, Some(b"second".to_vec()));
    let refused = quarantine.retry::<()>(1, &mut |_| Err("still invalid".into())).unwrap_err();
    assert!(matches!(refused, QuarantineError::Refused { number: 1, .. }));
    assert_eq!(listed(&quarantine), [row(1, "first"), row(3, "third")]);
    assert_eq!(quarantine.retry(2, &mut |_| Ok(())).unwrap(), None, "it is not there a second time");
    assert_eq!(quarantine.added(), 3, "handing back adds none");
    drop(quarantine);
    let quarantine = open(directory.path());
    assert_eq!(listed(&quarantine), [row(1, "first"), row(3, "third")]);
    quarantine.retry(1, &mut |_| Ok(())).unwrap();
    assert_eq!(listed(&quarantine), [row(3, "third")]);
    quarantine.retry(3, &mut |_| Ok(())).unwrap();
    assert_eq!(quarantine.count().unwrap(), 0);
}
