//! Whether a request may have taken effect although its sender did not get a confirmation: the one definition, for whole
//! requests, for the documents of a request and for failed connections. Knows statuses and nothing else.
//!
//! A request that may have arrived must be repeated in such a way that the second time changes nothing.

/// Whether an engine that answers with this status may have acted.
///
/// | status | may have acted | why |
/// | --- | --- | --- |
/// | 400 to 499 except 408 | no | the request, or the document, was examined and refused |
/// | 408 | yes | a proxy gave up waiting, for the request or for the engine behind it |
/// | from 500 on | yes | a gateway may have lost the reply, and a shard may fail after it has stored |
/// | 200 to 299 | yes | it says so |
/// | 300 to 399 | yes | 303 follows a completed action, and not every server distinguishes it from the others |
/// | below 200, above 599 | yes | no engine sends them |
pub(crate) const fn may_have_acted(status: u16) -> bool {
    !matches!(status, 400..=407 | 409..=499)
}

#[cfg(test)]
mod tests {
    use super::may_have_acted;
    use crate::bulk::ItemOutcome;
    use crate::transport::{Response, TransportError};

    /// Requests, documents and connections follow the same rule.
    #[track_caller]
    fn check(status: u16, wanted: bool) {
        assert_eq!(may_have_acted(status), wanted, "{status}");
        assert_eq!(Response::json(status, "{}").is_ambiguous(), wanted, "a request, {status}");
        if let Some(refusal) = Response::json(status, "{}").refusal() {
            assert_eq!(refusal.is_ambiguous(), wanted, "a refusal, {status}");
        }
        let outcome = ItemOutcome::new(status, "some_exception", "because");
        assert_eq!(outcome.is_ambiguous(), wanted && !outcome.is_stored(), "a document, {status}");
        assert_eq!(TransportError::redirected("host", status).is_ambiguous(), wanted, "a redirect, {status}");
    }

    #[test]
    fn only_4xx_but_408_is_certain() {
        for status in [400, 401, 403, 404, 409, 413, 425, 429, 499] {
            check(status, false);
        }
        for status in [0, 100, 200, 301, 303, 307, 408, 500, 502, 503, 504, 599, 600, u16::MAX] {
            check(status, true);
        }
    }

    #[test]
    fn connection_never_established_is_certain() {
        assert!(!TransportError::not_sent("host", "refused").is_ambiguous());
        assert!(TransportError::broken("host", "reset").is_ambiguous());
        assert!(TransportError::timed_out("host").is_ambiguous());
        assert!(TransportError::too_large("host", "limit").is_ambiguous());
    }
}
