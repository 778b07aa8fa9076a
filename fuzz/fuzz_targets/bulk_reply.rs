//! Arbitrary bytes as the reply to a bulk request: outcomes in order and their count, or an error.

#![no_main]

use event_store::read_bulk_response;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let mut seen = 0;
    let count = read_bulk_response(body, "log-000001", &mut |position, _, _| {
        assert_eq!(position, seen);
        seen += 1;
    });
    assert!(count.is_err() || count.is_ok_and(|count| count == seen));
});
