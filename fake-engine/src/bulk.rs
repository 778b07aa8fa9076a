//! Applies a bulk request to the state: actions to items. Finds ids by their position, parses JSON only where an action line does
//! not have the usual form, and never parses documents.

use std::io::Write as _;

use memchr::{memchr, memmem};
use serde_json::Value;

use crate::id::{self, is_in_share};
use crate::mode::Fault;
use crate::server::Recording;
use crate::state::{Refusal, State};

const USUAL_ACTION: &[u8] = b"{\"create\":{\"_id\":\"";

/// The parameters of a bulk request.
#[derive(Clone, Copy, Debug)]
pub struct BulkOptions<'a> {
    /// Index, alias or data stream of the path.
    pub target: Option<&'a str>,
    pub require_alias: bool,
    pub shape: ReplyShape,
}

/// The members of an item that a `filter_path` keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyShape {
    /// Status and error.
    Short,
    /// The index too.
    WithIndex,
    /// Everything.
    Full,
}

struct Action<'b> {
    id: Option<&'b [u8]>,
    index: Option<String>,
    name: &'static str,
}

/// Stores the documents of a body and writes the reply. `fault` is a fault of items, or [`Fault::Ok`].
///
/// # Errors
/// A body that is not a bulk request is refused as a whole; documents before the error in it may be stored or not, as with an
/// engine.
pub fn apply(
    state: &mut State,
    body: &[u8],
    options: BulkOptions<'_>,
    fault: &Fault,
    reply: &mut Vec<u8>,
) -> Result<usize, Refusal> {
    let malformed = |reason: &str| Refusal::new(400, "illegal_argument_exception", reason);
    if body.last() != Some(&b'\n') {
        return Err(malformed("The bulk request must be terminated by a newline [\\n]"));
    }
    let default = options.target.map(|name| (name, state.write_target(name, options.require_alias)));
    reply.clear();
    reply.extend_from_slice(br#"{"took":1,"errors":"#);
    let flag = reply.len();
    reply.extend_from_slice(br#"false,"items":["#);
    let (mut rest, mut count, mut has_errors) = (body, 0, false);
    while !rest.is_empty() {
        let line = take_line(&mut rest);
        if line.is_empty() {
            continue;
        }
        let action = read_action(line).ok_or_else(|| malformed("Malformed action/metadata line"))?;
        if rest.is_empty() {
            return Err(malformed("an action without a document"));
        }
        let document = take_line(&mut rest);
        let target = match (&action.index, &default) {
            (Some(name), _) => state.write_target(name, options.require_alias),
            (None, Some((_, target))) => target.clone(),
            (None, None) => return Err(malformed("index is missing")),
        };
        if count > 0 {
            reply.push(b',');
        }
        count += 1;
        has_errors |= !store(state, target, &action, document, fault, options.shape, reply);
    }
    reply.extend_from_slice(b"]}");
    if has_errors {
        reply.splice(flag..flag + 5, *b"true");
    }
    Ok(count)
}

fn take_line<'b>(rest: &mut &'b [u8]) -> &'b [u8] {
    let end = memchr(b'\n', rest).unwrap_or(rest.len());
    let (line, after) = rest.split_at(end);
    *rest = after.get(1..).unwrap_or_default();
    line
}

fn read_action(line: &[u8]) -> Option<Action<'_>> {
    if let Some(after) = line.strip_prefix(USUAL_ACTION)
        && let Some(end) = memchr(b'"', after)
        && after[end..] == *b"\"}}"
        && memchr(b'\\', &after[..end]).is_none()
    {
        return Some(Action { id: Some(&after[..end]), index: None, name: "create" });
    }
    let parsed: Value = serde_json::from_slice(line).ok()?;
    let (name, meta) = parsed.as_object()?.iter().next()?;
    let name = ["create", "index"].into_iter().find(|known| known == name)?;
    // An id with escapes is known by its escaped form, which is as good as another.
    let key = b"\"_id\":\"";
    let id = meta["_id"].as_str().and_then(|id| {
        let at = memmem::find(line, key)? + key.len();
        Some(&line[at..at + memchr(b'"', &line[at..])?]).filter(|found| found.len() >= id.len().min(1))
    });
    Some(Action { id, index: meta["_index"].as_str().map(str::to_owned), name })
}

/// Stores one document or not, adds its item to the reply and says whether it went well.
fn store(
    state: &mut State,
    target: Result<String, Refusal>,
    action: &Action<'_>,
    document: &[u8],
    fault: &Fault,
    shape: ReplyShape,
    reply: &mut Vec<u8>,
) -> bool {
    let made;
    let id = if let Some(id) = action.id {
        id
    } else {
        state.made_ids += 1;
        made = format!("made-{}", state.made_ids);
        made.as_bytes()
    };
    let named = target.clone().unwrap_or_else(|_| action.index.clone().unwrap_or_default());
    match target.and_then(|target| insert(state, &target, id, document, fault).map(|()| target)) {
        Ok(target) => {
            write_start(action.name, shape, &target, id, reply);
            if shape == ReplyShape::Full {
                reply.extend_from_slice(br#""_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"#);
            }
            reply.extend_from_slice(br#""status":201}}"#);
        }
        Err(refused) => {
            write_start(action.name, shape, &named, id, reply);
            let _ = write!(reply, r#""status":{},"error":{}}}}}"#, refused.status, refused.to_json());
            return false;
        }
    }
    true
}

/// An item up to its status.
fn write_start(action: &str, shape: ReplyShape, index: &str, id: &[u8], reply: &mut Vec<u8>) {
    for piece in ["{\"", action, "\":{"] {
        reply.extend_from_slice(piece.as_bytes());
    }
    if shape != ReplyShape::Short {
        for piece in ["\"_index\":\"", index, "\","] {
            reply.extend_from_slice(piece.as_bytes());
        }
    }
    if shape == ReplyShape::Full {
        for piece in [b"\"_id\":\"", id, b"\","] {
            reply.extend_from_slice(piece);
        }
    }
}

fn insert(state: &mut State, target: &str, id: &[u8], document: &[u8], fault: &Fault) -> Result<(), Refusal> {
    let number = id::number(id);
    match fault {
        Fault::ItemsRejected { percent } if is_in_share(number, *percent) => {
            state.stats.rejected += 1;
            let reason = "[1:2] mapping set to strict, dynamic introduction of [x] within [_doc] is not allowed";
            return Err(Refusal::new(400, "strict_dynamic_mapping_exception", reason));
        }
        Fault::ItemsUnexplained { percent } if is_in_share(number, *percent) => {
            state.stats.rejected += 1;
            return Err(Refusal::new(400, "some_new_exception", "the moon is full"));
        }
        Fault::ItemsBusy { percent } if is_in_share(number, *percent) && state.busy_once.insert(number) => {
            state.stats.busy += 1;
            let reason = "rejected execution of coordinating operation";
            return Err(Refusal::new(429, "es_rejected_execution_exception", reason));
        }
        _ => {}
    }
    let Some(index) = state.indices.get_mut(target) else {
        return Err(Refusal::missing_index(target));
    };
    if !index.ids.insert(number) {
        state.stats.duplicates_refused += 1;
        let id = String::from_utf8_lossy(id);
        let reason = format!("[{id}]: version conflict, document already exists (current version [1])");
        return Err(Refusal::new(409, "version_conflict_engine_exception", reason));
    }
    match state.recording {
        Recording::Ids => {}
        Recording::Sequences => state.records.sequences.extend(sequence(document)),
        Recording::Documents => state.records.documents.push((target.to_owned(), document.to_vec())),
    }
    Ok(())
}

/// The number after the first `"sequence":`.
fn sequence(document: &[u8]) -> Option<u64> {
    let key = b"\"sequence\":";
    let at = memmem::find(document, key)? + key.len();
    let digits = document[at..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.map(|byte| u64::from(byte - b'0')).reduce(|number, digit| number.wrapping_mul(10).wrapping_add(digit))
}

#[cfg(test)]
mod tests {
    use super::{BulkOptions, ReplyShape, apply};
    use crate::mode::Fault;
    use crate::server::Recording;
    use crate::state::State;

    const SHORT: BulkOptions<'_> = BulkOptions { target: Some("log"), require_alias: false, shape: ReplyShape::Short };

    #[track_caller]
    fn check(state: &mut State, body: &str, options: BulkOptions<'_>, wanted: &str) {
        let mut reply = Vec::new();
        apply(state, body.as_bytes(), options, &Fault::Ok, &mut reply).unwrap();
        assert_eq!(String::from_utf8(reply).unwrap(), wanted);
    }

    #[test]
    fn same_id_is_stored_once_per_index() {
        let mut state = State { recording: Recording::Sequences, ..State::default() };
        let body = "{\"create\":{\"_id\":\"a\"}}\n{\"event\":{\"sequence\":17}}\n";
        check(&mut state, body, SHORT, r#"{"took":1,"errors":false,"items":[{"create":{"status":201}}]}"#);
        let named = BulkOptions { shape: ReplyShape::WithIndex, ..SHORT };
        let other = body.replace("\"a\"", "\"b\"");
        let wanted = r#"{"took":1,"errors":false,"items":[{"create":{"_index":"log","status":201}}]}"#;
        check(&mut state, &other, named, wanted);
        let conflict = r#"{"took":1,"errors":true,"items":[{"create":{"status":409,"error":{"reason":"[a]: version conflict, document already exists (current version [1])","type":"version_conflict_engine_exception"}}}]}"#;
        check(&mut state, body, SHORT, conflict);
        let other = "{\"create\":{\"_index\":\"other\",\"_id\":\"a\"}}\n{}\n";
        let options = BulkOptions { shape: ReplyShape::Full, ..SHORT };
        let full = r#"{"took":1,"errors":false,"items":[{"create":{"_index":"other","_id":"a","_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}]}"#;
        check(&mut state, other, options, full);
        let seen = state.stats();
        assert_eq!(
            (seen.documents, seen.unique, seen.duplicates_across_indices, seen.duplicates_refused),
            (3, 2, 1, 1)
        );
        assert_eq!(state.records.sequences, [17, 17]);
    }

    #[test]
    fn documents_without_an_id_get_one() {
        let mut state = State::default();
        let body = "{\"create\":{}}\n{}\n{\"create\":{}}\n{}\n";
        check(
            &mut state,
            body,
            SHORT,
            r#"{"took":1,"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}"#,
        );
        assert_eq!(state.stats().unique, 2);
    }

    #[test]
    fn invalid_bulk_body_is_refused() {
        for body in ["", "{\"create\":{}}\n{}", "{\"delete\":{}}\n{}\n", "x\n{}\n", "{\"create\":{}}\n"] {
            let refused =
                apply(&mut State::default(), body.as_bytes(), SHORT, &Fault::Ok, &mut Vec::new()).unwrap_err();
            assert_eq!(refused.status, 400, "{body:?}");
        }
    }
}
