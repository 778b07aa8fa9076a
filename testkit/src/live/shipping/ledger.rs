//! Compares stored documents with logged events, one by one. Sums could hide one lost and one doubled document, so there are none
//! here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::engines::Client;

/// Documents per page; the maximum of engines by default.
const PAGE: usize = 10_000;

/// Maximum number of numbers in an error.
const SHOWN: usize = 10;

/// A document of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its index.
    pub index: String,
    /// Its id.
    pub id: String,
    /// `event.sequence`.
    pub sequence: u64,
}

/// All documents that readers of an alias, a data stream or an index see.
pub fn load(client: &Client, target: &str) -> Result<Vec<Document>> {
    let all = format!("/{target}");
    let refreshed = client.send("POST", &format!("{all}/_refresh"))?.expect("refresh")?;
    ensure!(refreshed["_shards"]["failed"] == 0, "not every shard was refreshed: {refreshed}");
    let shown = "filter_path=_scroll_id,_shards.failed,timed_out,hits.hits._index,hits.hits._id,hits.hits.fields";
    let first = format!("{all}/_search?scroll=5m&allow_partial_search_results=false&{shown}");
    let body = json!({
        "size": PAGE, "sort": ["_doc"], "_source": false, "docvalue_fields": ["event.sequence"], "query": {"match_all": {}}
    });
    let mut page = client.send_json("POST", &first, &body)?.expect("read what is stored")?;
    let mut documents = Vec::new();
    loop {
        ensure!(page["_shards"]["failed"] == 0 && page["timed_out"] == false, "the search is not complete");
        let scroll = page["_scroll_id"].as_str().context("the search gives no scroll")?.to_owned();
        let hits = page["hits"]["hits"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        if hits.is_empty() {
            client.send_json("DELETE", "/_search/scroll", &json!({"scroll_id": scroll}))?.expect("end the scroll")?;
            return Ok(documents);
        }
        for hit in hits {
            documents.push(parse(hit).with_context(|| format!("`{hit}` is none of the pump's documents"))?);
        }
        let next = json!({"scroll": "5m", "scroll_id": scroll});
        page = client.send_json("POST", &format!("/_search/scroll?{shown}"), &next)?.expect("read the next page")?;
    }
}

fn parse(hit: &Value) -> Option<Document> {
    let text = |key| hit[key].as_str().map(str::to_owned);
    let sequence = hit["fields"]["event.sequence"][0].as_u64()?;
    Some(Document { index: text("_index")?, id: text("_id")?, sequence })
}

/// What a case came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Events whose `log_event` had returned.
    pub issued: usize,
    /// Of these, the ones that are stored.
    pub delivered: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "issued {}, delivered {}, duplicates 0", self.issued, self.delivered)
    }
}

/// Compares what was acknowledged with what readers see. `gone` is what they saw in an index that somebody took from them: it
/// may be missing, and was sent again only where that was not known to be stored.
///
/// # Errors
/// When a number was acknowledged and is not stored, or is stored more than once in whatever index and under whatever id.
pub fn check(acknowledged: &[u64], stored: &[Document], gone: &[Document]) -> Result<Counts> {
    let mut places: BTreeMap<u64, Vec<&Document>> = BTreeMap::new();
    for document in stored {
        places.entry(document.sequence).or_default().push(document);
    }
    let issued: BTreeSet<u64> = acknowledged.iter().copied().collect();
    ensure!(issued.len() == acknowledged.len(), "a number was acknowledged twice");
    let twice: Vec<_> = places.values().filter(|places| places.len() > 1).collect();
    ensure!(twice.is_empty(), "{} numbers are stored twice, such as {:?}", twice.len(), twice[0]);
    for document in gone {
        places.entry(document.sequence).or_default().push(document);
    }
    let lost: Vec<_> = issued.iter().filter(|number| !places.contains_key(number)).collect();
    ensure!(lost.is_empty(), "{} numbers are lost, such as {:?}", lost.len(), &lost[..lost.len().min(SHOWN)]);
    let never: Vec<_> = places.keys().filter(|number| !issued.contains(number)).take(SHOWN).collect();
    ensure!(never.is_empty(), "numbers are stored that were never logged, such as {never:?}");
    Ok(Counts { issued: issued.len(), delivered: places.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(index: &str, id: &str, sequence: u64) -> Document {
        Document { index: index.to_owned(), id: id.to_owned(), sequence }
    }

    #[track_caller]
    fn check_refused(acknowledged: &[u64], stored: &[Document], wanted: &str) {
        let error = check(acknowledged, stored, &[]).unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}");
    }

    #[test]
    fn each_number_once_is_right() {
        let stored = [document("log-1", "b", 2), document("log-2", "a", 1)];
        assert_eq!(check(&[1, 2], &stored, &[]).unwrap(), Counts { issued: 2, delivered: 2 });
    }

    #[test]
    fn documents_of_a_deleted_index_are_not_lost() {
        let gone = [document("log-1", "a", 1), document("log-1", "b", 2)];
        let counts = Counts { issued: 2, delivered: 2 };
        assert_eq!(check(&[1, 2], &[document("log-2", "b", 2)], &gone).unwrap(), counts);
    }

    #[test]
    fn same_id_in_two_indices_is_stored_twice() {
        check_refused(&[1], &[document("log-1", "a", 1), document("log-2", "a", 1)], "1 numbers are stored twice");
    }

    #[test]
    fn same_number_under_two_ids_is_stored_twice() {
        check_refused(&[1], &[document("log-1", "a", 1), document("log-1", "b", 1)], "1 numbers are stored twice");
    }

    #[test]
    fn one_lost_is_not_made_up_for_by_one_too_many() {
        check_refused(
            &[1, 2],
            &[document("log-1", "a", 1), document("log-1", "c", 3)],
            "1 numbers are lost, such as [2]",
        );
        check_refused(
            &[1],
            &[document("log-1", "a", 1), document("log-1", "c", 3)],
            "numbers are stored that were never",
        );
    }
}
