//! The part of an engine's reason that may be logged: engines quote the documents that they refuse, whose values must not appear
//! in a program's log. Which exceptions are about an index is in the table of reasons.

use std::borrow::Cow;
use std::fmt;

use crate::bulk::{FailureCause, named_cause};

/// Where an engine may begin to quote: `failed to parse field [user.id] of type [long] … Preview of field's value: 'secret'`,
/// `For input string: "secret"`, `Numeric value (4111111111111111) out of range`.
const QUOTES: &[char] = &['\'', '"', '`', '[', '(', '{', '<', ':', '=', '…'];

/// Where an overloaded engine begins to quote the request that it cannot serve: `[log][0] primary shard is not active Timeout:
/// [1m], request: [BulkShardRequest [[log][0]] containing [index {[log][17], source[{"user":"secret"}]}]]`.
const REQUESTS: &[&str] = &["request: ", "source[", "'", "\"", "{"];

/// Writes an engine's error as `status exception: reason`, without the parts that are empty.
pub(crate) fn write_error(status: u16, error_type: &str, reason: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(out, "{status}")?;
    if !error_type.is_empty() {
        write!(out, " {error_type}")?;
    }
    if !reason.is_empty() {
        write!(out, ": {reason}")?;
    }
    Ok(())
}

/// The engine's reason without quotations of a document: all of it when the exception is about an index or credentials, up to the
/// quoted request when the engine is overloaded, and otherwise the part before the first quotation or number, followed by `…`.
///
/// # Examples
/// ```
/// use event_store::reason_without_values;
///
/// let reason = "failed to parse field [user.id] of type [long]. Preview of field's value: 'hunter2'";
/// assert_eq!(reason_without_values("document_parsing_exception", reason), "failed to parse field …");
/// let reason = "index [logs-000001] blocked by: [FORBIDDEN/8/index write (api)];";
/// assert_eq!(reason_without_values("cluster_block_exception", reason), reason);
/// ```
#[must_use]
pub fn reason_without_values<'a>(error_type: &str, reason: &'a str) -> Cow<'a, str> {
    match named_cause(error_type, reason) {
        Some(FailureCause::Access | FailureCause::State) => reason.into(),
        Some(FailureCause::Load) => without_request(reason),
        Some(FailureCause::Defect | FailureCause::Unknown) | None => beginning(reason),
    }
}

/// The reason up to the request that it quotes.
fn without_request(reason: &str) -> Cow<'_, str> {
    match REQUESTS.iter().filter_map(|mark| reason.find(mark)).min() {
        Some(end) => format!("{}…", &reason[..end]).into(),
        None => reason.into(),
    }
}

/// The reason up to the first quotation or number, which differ from document to document.
pub(crate) fn beginning(reason: &str) -> Cow<'_, str> {
    let text = without_place(reason);
    match text.find(|character: char| character.is_ascii_digit() || QUOTES.contains(&character)) {
        Some(end) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// The reason without the leading position in the document, `[1:17] `.
fn without_place(reason: &str) -> &str {
    let place = reason.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    match place {
        Some((place, text)) if place.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') => text,
        _ => reason,
    }
}

#[cfg(test)]
mod tests {
    use super::reason_without_values;

    #[track_caller]
    fn check(error_type: &str, reason: &str, wanted: &str) {
        let shown = reason_without_values(error_type, reason);
        assert_eq!(shown, wanted);
        assert!(!shown.contains("hunter2") && !shown.contains("4111"), "{shown}");
    }

    /// Sentences of Elasticsearch 6 to 9 and of `OpenSearch` 2 and 3.
    #[test]
    fn quoted_values_are_left_out() {
        for reason in [
            "failed to parse field [user.ip] of type [ip] in document with id 'a'. Preview of field's value: 'hunter2'",
            "failed to parse date field [hunter2] with format [strict_date_optional_time]",
            "failed to parse",
        ] {
            let shown = reason_without_values("mapper_parsing_exception", reason);
            assert!(shown.starts_with("failed to parse") && !shown.contains("hunter2"), "{shown}");
        }
        check("illegal_argument_exception", "'hunter2' is not an IP string literal.", "…");
        check("number_format_exception", "For input string: \"hunter2\"", "For input string…");
        check("input_coercion_exception", "Numeric value (4111111111111111) out of range of int", "Numeric value …");
        check("document_parsing_exception", "[1:26] failed to parse: invalid latitude 4111 for a", "failed to parse…");
        check("x_content_parse_exception", "[1:2] [hunter2] unknown field", "…");
        check("json_parse_exception", "Unrecognized token 'hunter2': was expecting", "Unrecognized token …");
        check("", "<html>hunter2</html>", "…");
        check(
            "strict_dynamic_mapping_exception",
            "mapping set to strict, dynamic introduction of [a] is not allowed",
            "mapping set to strict, dynamic introduction of …",
        );
    }

    #[test]
    fn reasons_about_an_index_are_kept() {
        for (error_type, reason) in [
            ("index_not_found_exception", "no such index [logs-000001]"),
            ("security_exception", "action [indices:data/write/bulk[s]] is unauthorized for user [writer]"),
        ] {
            check(error_type, reason, reason);
        }
        let reason = "[g][0] primary shard is not active Timeout: [1m], request: [BulkShardRequest [[g][0]] containing \
                      [index {[g][17], source[{\"a\": \"hunter2\"}]}]]";
        check("unavailable_shards_exception", reason, "[g][0] primary shard is not active Timeout: [1m], …");
    }
}
