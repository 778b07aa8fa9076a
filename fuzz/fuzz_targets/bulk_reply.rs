//! Any bytes as the reply to a bulk request: outcomes in order and their count, or an error.

#![no_main]

use event_store::read_bulk_response;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let mut told = 0;
    let count = read_bulk_response(body, "log-000001", &mut |place, _, _| {
        assert_eq!(place, told);
        told += 1;
    });
    assert!(count.is_err() || count.is_ok_and(|count| count == told));
});
