//! Errors as a program prints them: with `{e}`, or by returning them from `main`.

use std::error::Error;

use event_log::LogError;
use event_log::quarantine::{Entry, EntryKind, QuarantineError};
use event_spool::{AppendError, Spool};
use event_store::{Bundle, HttpTransport, TransportError};
use serde_json::json;

use crate::{builder, logger, service};

/// The text has the whole reason, once, however it is printed.
#[track_caller]
fn check(error: impl Error + 'static, expected: &str) {
    assert_eq!(error.to_string(), expected);
    let returned: Box<dyn Error> = Box::new(error);
    assert_eq!(format!("{returned:?}"), expected, "as `main` prints it");
    assert!(returned.source().is_none(), "what is said is no cause besides");
}

#[test]
fn errors_returned_from_main_say_the_reason() {
    let service = service();
    check(
        logger(&service).check_json(r#"{"mesage":1}"#).unwrap_err(),
        "the event breaks rules of its log: unknown-field: `mesage` is not a field; did you mean `message`?",
    );
    check(
        logger(&service).log_json_durable("{").unwrap_err(),
        "the event is refused: the text is not JSON: EOF while parsing an object at line 1 column 1",
    );
    check(
        service.logger_json(&json!({"mesage": 1})).unwrap_err(),
        "the defaults break rules of the log: unknown-field: `mesage` is not a field; did you mean `message`?",
    );
    let directory = tempfile::tempdir().unwrap();
    let first = builder().start(directory.path()).unwrap();
    let events = directory.path().join("events");
    let second = builder().start(directory.path()).unwrap_err();
    assert!(
        second.to_string().starts_with(&format!("the spool in `{}` cannot be opened: ", events.display())),
        "{second}"
    );
    drop(first);
    std::fs::remove_dir_all(directory.path()).unwrap();
    std::fs::write(directory.path(), "a file").unwrap();
    check(
        builder().start(directory.path()).unwrap_err(),
        &format!(
            "the spool in `{path}` cannot be opened: the directory `{path}` cannot be used for a spool: Not a directory (os \
             error 20)",
            path = events.display(),
        ),
    );
    std::fs::remove_file(directory.path()).unwrap();
    check(
        LogError::Append(AppendError::NoSegment { source: std::io::ErrorKind::StorageFull.into() }),
        "the spool rejected the event: no further segment can be created for the spool: no storage space",
    );
}

#[test]
fn quarantine_and_transport_errors_say_why() {
    let service = service();
    let number = service.quarantine().put(&Entry::new(EntryKind::Invalid, "why", b"{}")).unwrap();
    let refused = service.quarantine().retry::<()>(number, &mut |_| Err("still invalid".into())).unwrap_err();
    assert!(matches!(refused, QuarantineError::Refused { .. }));
    check(refused, &format!("the entry `{number}` was not resubmitted: still invalid"));
    check(
        Bundle::load("/no/such/folder").unwrap_err(),
        "cannot read `/no/such/folder/install.json`: No such file or directory (os error 2)",
    );
    check(
        HttpTransport::builder().host("https://localhost").ca_certificate("/no/such/ca.pem").build().unwrap_err(),
        "cannot read `/no/such/ca.pem`: No such file or directory (os error 2)",
    );
    check(
        TransportError::broken("https://localhost", std::io::Error::other("reset")),
        "the connection to `https://localhost` broke before its reply was complete: reset",
    );
    let directory = tempfile::tempdir().unwrap();
    let spool = Spool::builder().open(directory.path()).unwrap();
    let _reader = spool.reader("name").unwrap();
    check(spool.reader("name").unwrap_err(), "the reader `name` is already open");
}
