//! What has to be done to stored documents so that the new mapping takes them, as a script for the copying.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::diff::engine::Engine;
use crate::diff::mapping::{self, What, field_at, refuses_unknown};
use crate::diff::side::LogSide;

/// Takes what stands at a path out of every object on the way, in lists too.
const DROP: &str = "\
void drop(def at, String[] path, int i) { if (at instanceof List) { for (def one : at) { drop(one, path, i); } } \
else if (at instanceof Map) { if (i == path.length - 1) { at.remove(path[i]); } \
else if (at.containsKey(path[i])) { drop(at[path[i]], path, i + 1); } } }";

/// Brings a value to another path, where nothing stands yet; not out of lists, in which the way back is not known.
const MOVE: &str = "\
void move(def root, String[] from, String[] to) { def at = root; \
for (int i = 0; i < from.length - 1; i++) { if (!(at instanceof Map)) { return; } at = at[from[i]]; } \
if (!(at instanceof Map) || !at.containsKey(from[from.length - 1])) { return; } \
def value = at.remove(from[from.length - 1]); at = root; \
for (int i = 0; i < to.length - 1; i++) { if (at[to[i]] == null) { at[to[i]] = new HashMap(); } at = at[to[i]]; \
if (!(at instanceof Map)) { return; } } at.putIfAbsent(to[to.length - 1], value); }";

/// The script; none when every document is taken as it is.
pub(super) fn script(engine: Engine, old: &LogSide, new: &LogSide) -> Option<Json> {
    let ((old, _), (new, _)) = (old.mapping(engine)?, new.mapping(engine)?);
    let changes = mapping::compare(engine, old, new);
    let mut functions = BTreeSet::new();
    let mut calls = String::new();
    let mut dropped = BTreeSet::new();
    for change in &changes {
        let is_alias = matches!(&change.what, What::Type { new, .. } if new == "alias");
        match &change.what {
            What::Type { .. } if is_alias && !is_multi_field(&change.pointer) => {
                let target = new.pointer(&change.pointer).and_then(|field| field["path"].as_str()).unwrap_or_default();
                functions.extend([DROP, MOVE]);
                let _ = write!(calls, " move(ctx._source, {}, {});", steps(&change.path), steps(target));
                dropped.insert(change.path.clone());
            }
            What::Removed(of) if of != "alias" && refuses_unknown(new, &change.path) => {
                functions.insert(DROP);
                dropped.insert(topmost_unknown(new, &change.path));
            }
            _ => {}
        }
    }
    for path in &dropped {
        let _ = write!(calls, " drop(ctx._source, {}, 0);", steps(path));
    }
    let functions = functions.into_iter().collect::<Vec<_>>().join(" ");
    (!calls.is_empty()).then(|| json!({"lang": "painless", "source": format!("{functions}{calls}")}))
}

fn is_multi_field(pointer: &str) -> bool {
    pointer.contains("/fields/")
}

/// The shortest path on the way that the mapping does not know: a strict one refuses an object for its name, however empty.
fn topmost_unknown(mapping: &Json, path: &str) -> String {
    let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
    let mut ways = ends.map(|end| &path[..end]);
    ways.find(|way| field_at(mapping, way).is_none()).unwrap_or(path).to_owned()
}

/// A path as an array of the script.
fn steps(path: &str) -> String {
    let names: Vec<String> = path.split('.').map(|name| format!("'{}'", name.replace(['\'', '\\'], ""))).collect();
    format!("new String[] {{{}}}", names.join(", "))
}
