//! Any text as a cursor, and any bytes with a right checksum: refused, or one that the query goes on after.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use event_query::{ErrorKind, FieldTable, Query, ResolveContext};
use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};

fuzz_target!(|bytes: &[u8]| {
    let mapping = r#"{"properties": {"event": {"properties": {"id": {"type": "keyword"}}}}}"#;
    let fields = FieldTable::from_json(mapping).expect("the mapping is one");
    let signed = [bytes, &Sha256::digest(bytes)[..8]].concat();
    for cursor in [String::from_utf8_lossy(bytes).into_owned(), URL_SAFE_NO_PAD.encode(signed)] {
        match Query::new().cursor(cursor).resolve(&fields, &ResolveContext::default()) {
            Ok(query) => assert_eq!(query.after().map(<[_]>::len), Some(query.sort().len())),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Cursor),
        }
    }
});
