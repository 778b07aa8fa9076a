//! Documents as a tree of places: what kinds of values each place holds, counted; no document is kept.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use ecs_schema::Timestamp;
use serde_json::{Map, Value as Json};

use super::MAX_PLACES;
use super::tree::Place;
use crate::documents::Lines;
use crate::field_path::{FieldPath, METADATA};
use crate::pass::check_depth::MAX_DEPTH;

/// The most names of an object that are fields; an object with more has open keys.
const MAX_NAMES: usize = 100;

/// The most names at the root.
const MAX_ROOT_NAMES: usize = 1_000;

/// Objects with at least so many names have open keys when most names are in few of them.
const MANY_NAMES: usize = 20;

/// Times from 1973 on as seconds since 1970; as milliseconds all are before that.
const SECONDS: std::ops::Range<i64> = 100_000_000..100_000_000_000;

/// A text that is long is shown in part.
const MAX_EXAMPLE: usize = 60;

/// What is remembered of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) values: bool,
    pub(super) distinct: Option<usize>,
}

/// Adds all documents of the files to `root`; how many there are.
pub(super) fn read(
    files: &[PathBuf],
    root: &mut Place,
    options: Options,
    progress: &mut impl FnMut(u64, u64),
) -> Result<u64, String> {
    let mut documents = 0;
    let mut walk = Walk { options, left: MAX_PLACES, depth: 0 };
    for path in files {
        each_document(path, |text| {
            let document: Map<String, Json> = serde_json::from_str(text).map_err(|error| without_line(&error))?;
            if is_hit(&document) {
                return Err("is a hit of a search: write its documents alone, as `jq -c ._source` does".to_owned());
            }
            if is_action(&document) {
                return Err("is an action of a bulk request: write the documents alone, one on each line".to_owned());
            }
            if let Some(name) = METADATA.iter().find(|name| document.contains_key(**name)) {
                return Err(format!(
                    "has `{name}`, which engines keep beside the document and refuse in it: take it out"
                ));
            }
            documents += 1;
            walk.object(root, &document, MAX_ROOT_NAMES);
            progress(1, text.len() as u64);
            Ok(())
        })?;
    }
    find_open(root, true);
    Ok(documents)
}

/// Calls `take` with each line of a file.
///
/// # Errors
/// When the file cannot be read, or what `take` says of a line, with its place.
pub(super) fn each_document(path: &Path, mut take: impl FnMut(&str) -> Result<(), String>) -> Result<(), String> {
    let shown = path.display();
    let failed = |error: std::io::Error| format!("`{shown}`: {error}");
    // A pipe that nothing writes to would not even be opened.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(format!("`{shown}` is a folder: name the files of documents in it"));
    }
    if !metadata.is_file() {
        return Err(format!(
            "`{shown}` is no regular file, and documents are read several times: write them to a file"
        ));
    }
    let file = File::open(path).map_err(failed)?;
    let mut reader: Box<dyn BufRead> = Box::new(BufReader::with_capacity(256 * 1024, file));
    let mut lines = Lines::new(&mut reader);
    while let Some(line) = lines.next_line().map_err(failed)? {
        let number = line.number;
        let text = line.text.map_err(|error| format!("`{shown}`, line {number}: {}", error.message()))?;
        take(text).map_err(|problem| format!("`{shown}`, line {number}: {problem}"))?;
    }
    Ok(())
}

fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cause = text.rsplit_once(" at line ").map_or(text.as_str(), |(cause, _)| cause);
    format!("is no JSON object: {cause}")
}

fn is_hit(document: &Map<String, Json>) -> bool {
    document.get("_source").is_some_and(Json::is_object) && document.contains_key("_index")
}

fn is_action(document: &Map<String, Json>) -> bool {
    let action = ["index", "create", "delete", "update"].iter().find_map(|name| document.get(*name));
    let names = ["_index", "_id", "routing", "require_alias"];
    document.len() == 1
        && action.and_then(Json::as_object).is_some_and(|body| body.keys().all(|name| names.contains(&name.as_str())))
}

struct Walk {
    options: Options,
    /// How many more names are remembered.
    left: usize,
    /// Levels of the object that is looked at.
    depth: usize,
}

impl Walk {
    fn object(&mut self, place: &mut Place, members: &Map<String, Json>, most: usize) {
        place.seen.objects += 1;
        if self.depth == MAX_DEPTH {
            place.is_open = place.mapped.is_none();
            return;
        }
        self.depth += 1;
        self.members(place, members, most);
        self.depth -= 1;
    }

    fn members(&mut self, place: &mut Place, members: &Map<String, Json>, most: usize) {
        for (name, value) in members {
            if place.is_open {
                return;
            }
            if !place.children.contains_key(name) {
                // What no field can be called, the judgement of the documents finds.
                if !FieldPath::is_segment(name) {
                    continue;
                }
                if self.left == 0 || place.children.len() >= most {
                    place.is_open = place.mapped.is_none() && most == MAX_NAMES;
                    continue;
                }
                self.left -= 1;
                place.children.insert(name.clone(), Place::default());
            }
            if let Some(child) = place.children.get_mut(name) {
                self.field(child, value);
            }
        }
    }

    fn field(&mut self, place: &mut Place, value: &Json) {
        match value {
            Json::Null => {}
            Json::Array(elements) if elements.is_empty() => place.seen.empty_lists += 1,
            Json::Array(elements) => {
                place.seen.present += 1;
                place.seen.lists += 1;
                for element in elements {
                    match element {
                        Json::Null | Json::Array(_) => place.seen.odd_elements += 1,
                        single => self.single(place, single),
                    }
                }
            }
            single => {
                place.seen.present += 1;
                place.seen.singles += 1;
                self.single(place, single);
            }
        }
    }

    fn single(&mut self, place: &mut Place, value: &Json) {
        let seen = &mut place.seen;
        match value {
            Json::Object(members) => {
                self.object(place, members, MAX_NAMES);
                return;
            }
            Json::Bool(_) => seen.booleans += 1,
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(integer), _) => {
                    seen.integers += 1;
                    seen.negative += u64::from(integer < 0);
                    seen.seconds += u64::from(SECONDS.contains(&integer));
                }
                (None, Some(_)) => {
                    seen.integers += 1;
                    seen.large += 1;
                }
                (None, None) => seen.fractions += 1,
            },
            Json::String(text) => {
                seen.texts += 1;
                seen.longest = seen.longest.max(text.chars().count());
                seen.has_lines |= text.contains('\n');
                seen.dates += u64::from(is_date(text));
                seen.addresses += u64::from(text.parse::<IpAddr>().is_ok());
                if self.options.distinct.is_some_and(|most| seen.distinct.len() <= most) {
                    seen.distinct.insert(text.clone());
                }
            }
            Json::Null | Json::Array(_) => {}
        }
        if self.options.values && seen.example.is_none() {
            seen.example = Some(value.to_string().chars().take(MAX_EXAMPLE).collect());
        }
    }
}

/// Whether a text is a date for people too: a year alone may be anything.
fn is_date(text: &str) -> bool {
    let has_day = text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-');
    has_day && Timestamp::from_str(text).is_ok()
}

/// Finds the objects whose keys are data: many names, most of which are in few of the objects; and what no type fits.
fn find_open(place: &mut Place, is_root: bool) {
    let uses: u64 = place.children.values().map(|child| child.seen.present).sum();
    let names = place.children.len() as u64;
    let is_sparse = place.children.len() >= MANY_NAMES && uses * 10 < names * place.seen.objects;
    if !is_root && place.mapped.is_none() && is_sparse {
        place.is_open = true;
    }
    place.is_kept = !is_root && place.mapped.is_none() && place.seen.is_mixed();
    if place.is_open {
        place.children.clear();
    }
    for child in place.children.values_mut() {
        find_open(child, false);
    }
}
