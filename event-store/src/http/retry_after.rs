//! The header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.

use std::time::{Duration, SystemTime};

/// How long to wait. A date is counted from the reply's own `Date` if it has one, so that clocks need not agree.
pub(super) fn parse(wish: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
    let wish = wish.trim();
    if let Ok(seconds) = wish.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(wish).ok()?;
    let from = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).unwrap_or(now);
    Some(until.duration_since(from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::parse;

    const NOON: &str = "Fri, 27 Nov 2026 12:00:00 GMT";
    const MINUTE_PAST: &str = "Fri, 27 Nov 2026 12:01:00 GMT";

    #[track_caller]
    fn check(wish: &str, date: Option<&str>, seconds: Option<u64>) {
        let now = httpdate::parse_http_date(NOON).unwrap() - Duration::from_secs(30);
        assert_eq!(parse(wish, date, now), seconds.map(Duration::from_secs), "{wish}");
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        check("120", None, Some(120));
        check(" 0 ", None, Some(0));
        check(MINUTE_PAST, Some(NOON), Some(60));
        check(MINUTE_PAST, None, Some(90));
        check(NOON, Some(MINUTE_PAST), Some(0));
    }

    #[test]
    fn invalid_retry_after_is_ignored() {
        check("soon", None, None);
        check("-1", None, None);
        check("", None, None);
        assert_eq!(parse(NOON, Some("yesterday"), SystemTime::UNIX_EPOCH).map(|wait| wait.as_secs() > 0), Some(true));
    }
}
