//! Queries: the documents and texts of `event-query`'s conformance table on an engine, its pages, and its aggregations. Owns what
//! is asked and how the answers are compared; the table owns what is expected.

use anyhow::{Context as _, Result, ensure};
use event_query::{
    Aggregation, AggregationResult, Bucket, BucketKey, BucketOrder, CalendarUnit, FallbackTieBreaker, FieldTable,
    Filter, HistogramInterval, MAX_CONDITION_DEPTH, NumericType, Query, ResolveContext, ResolvedQuery, SortKey,
    SortValue, Source,
};
use serde_json::{Value, json};

use super::engine_gaps::Adapter;
use super::tally::Tally;
use crate::engines::{Client, Engine, Running};

const TABLE: &str = include_str!("../../../event-query/tests/conformance/cases.json");
const INDEX: &str = "event-query-conformance";

/// Compares an engine with the table.
///
/// # Errors
/// The first text, page or figure for which the engine does not answer what is expected.
pub fn check(running: &Running, tally: &mut Tally) -> Result<()> {
    let table: Value = serde_json::from_str(TABLE)?;
    let mut adapter = Adapter::new(running.release());
    let mapping = mapping(&table, &mut adapter);
    let store = Store::fill(running, &table, &mapping)?;
    Tally::replaced(running.release(), adapter.used());
    for case in table["cases"].as_array().context("the table has cases")? {
        // A stand-in has another order or precision.
        let needs = case["needs"].as_str();
        if running.engine() == Engine::Elasticsearch && needs.is_some() {
            continue;
        }
        let text = case["kql"].as_str().context("a case has a text")?;
        let found = store.ids(&Query::new().kql(text)?).with_context(|| format!("`{text}`"))?;
        let expected: Vec<&str> =
            case["ids"].as_array().context("a case has ids")?.iter().filter_map(Value::as_str).collect();
        ensure!(found == expected, "`{text}` finds {found:?} in place of {expected:?}");
        tally.add("KQL texts find what every store finds", 1);
    }
    store.check_depth().context("conditions of the greatest depth")?;
    store.check_pages(tally).context("pages")?;
    store.check_buckets(tally).context("aggregations")?;
    store.check_figures(tally).context("aggregations")?;
    if running.engine() == Engine::Elasticsearch {
        store.check_point_in_time().context("pages of a point in time")?;
    }
    Ok(())
}

/// The table's mapping with the engine's names, and with stand-ins for the types that it lacks.
fn mapping(table: &Value, adapter: &mut Adapter) -> Value {
    let mut mapping = adapter.adapt(&table["mappings"]);
    if adapter.engine() == Engine::OpenSearch {
        mapping["properties"]["labels"]["type"] = json!("flat_object");
    }
    mapping
}

/// An index with the table's documents.
struct Store {
    client: Client,
    fields: FieldTable,
}

impl Store {
    fn fill(running: &Running, table: &Value, mapping: &Value) -> Result<Self> {
        let client = Client::new(running.url());
        client
            .send("DELETE", &format!("/{INDEX}?ignore_unavailable=true"))?
            .expect("remove the index of a run before")?;
        let settings = json!({ "number_of_shards": 2, "number_of_replicas": 0 });
        let body = json!({ "settings": settings, "mappings": mapping });
        client.send_json("PUT", &format!("/{INDEX}"), &body)?.expect("create the index of the table")?;
        let documents = table["documents"].as_object().context("the table has documents")?;
        let line = |(id, document)| format!("{}\n{document}\n", json!({ "create": { "_id": id } }));
        let lines: String = documents.iter().map(line).collect();
        let reply =
            client.send_lines("POST", &format!("/{INDEX}/_bulk?refresh=true"), lines)?.expect("store the documents")?;
        ensure!(reply["errors"] == json!(false), "a document is refused: {reply}");
        Ok(Self { client, fields: FieldTable::from_mapping(mapping)? })
    }

    fn resolve(&self, query: &Query) -> Result<ResolvedQuery> {
        Ok(query.resolve(&self.fields, &ResolveContext::default())?)
    }

    fn search(&self, body: &Value) -> Result<Value> {
        self.client.send_json("POST", &format!("/{INDEX}/_search"), body)?.expect(&format!("search {body}"))
    }

    /// The ids of the first page.
    fn ids(&self, query: &Query) -> Result<Vec<String>> {
        let query = query.clone().size(1000).sort([SortKey::ascending("event.id"), SortKey::ascending("@timestamp")]);
        let reply = self.search(&self.resolve(&query.source(Source::None))?.search_body())?;
        let mut ids = hits(&reply)?.iter().filter_map(|hit| hit["_id"].as_str()).map(str::to_owned).collect::<Vec<_>>();
        ensure!(reply["hits"]["total"]["value"] == json!(ids.len()), "the total is not that of the hits: {reply}");
        ids.sort();
        Ok(ids)
    }

    fn count(&self, filter: Filter) -> Result<u64> {
        let body = self.resolve(&Query::new().filter(filter))?.count_body();
        let reply = self.client.send_json("POST", &format!("/{INDEX}/_count"), &body)?.expect("count")?;
        reply["count"].as_u64().context("a count is a number")
    }

    fn check_depth(&self) -> Result<()> {
        let depth = MAX_CONDITION_DEPTH - 1;
        let deep = (0..depth).fold(Filter::exists("flag"), |inner, level| {
            let other = Filter::equals("event.action", format!("a{level}"));
            if level % 2 == 0 { Filter::all_of([other, inner]) } else { Filter::any_of([other, inner]) }
        });
        let deeper = Filter::all_of([Filter::exists("flag"), Filter::any_of([Filter::exists("flag"), deep.clone()])]);
        ensure!(self.resolve(&Query::new().filter(deeper)).is_err(), "the limit is not where it is said to be");
        self.count(deep).map(drop)
    }

    /// Pages of every length have every hit once, in the order of one page.
    fn check_pages(&self, tally: &mut Tally) -> Result<()> {
        let orders: [Vec<SortKey>; 7] = [
            vec![SortKey::descending("@timestamp")],
            vec![SortKey::ascending("event.duration")],
            vec![SortKey::descending("event.duration").numeric_type(NumericType::Double), SortKey::ascending("flag")],
            vec![SortKey::descending("event.created")],
            vec![SortKey::ascending("source.ip"), SortKey::descending("event.score")],
            vec![SortKey::ascending("event.outcome"), SortKey::ascending("event.code")],
            vec![SortKey::descending("event.risk"), SortKey::ascending("event.id")],
        ];
        for order in orders {
            let query = Query::new().sort(order).size(100);
            let whole: Vec<Value> = self.page(&query)?.0;
            for size in [1, 3, 7] {
                let mut query = query.clone().size(size);
                let mut paged = Vec::new();
                while let (ids, Some(cursor)) = self.page(&query)? {
                    paged.extend(ids);
                    query = query.cursor(cursor);
                }
                ensure!(paged == whole, "pages of {size} have {paged:?} in place of {whole:?}");
                tally.add("orders are the same in pages of any length", 1);
            }
        }
        Ok(())
    }

    /// The ids of a page, and the cursor after its last hit.
    fn page(&self, query: &Query) -> Result<(Vec<Value>, Option<String>)> {
        let query = self.resolve(query)?;
        let reply = self.search(&query.search_body())?;
        let hits = hits(&reply)?;
        let ids = hits.iter().map(|hit| hit["_id"].clone()).collect();
        let cursor =
            hits.last().map(|hit| query.cursor_after(&sort_values(hit)?, None).map_err(Into::into)).transpose();
        Ok((ids, cursor.map_err(|error: anyhow::Error| error.context("the cursor"))?))
    }

    /// Every bucket has as many events as the same condition as a filter.
    fn check_buckets(&self, tally: &mut Tally) -> Result<()> {
        let terms = |field: &str| Aggregation::terms(field).buckets(100);
        let names = Aggregation::cardinality("refs.parts.name");
        let slowest = Aggregation::max("event.duration");
        let query = Query::new()
            .size(0)
            .aggregate("event.action", terms("event.action").order(BucketOrder::Descending))
            .aggregate("refs.type", terms("refs.type").with("names", names).with("slowest", slowest))
            .aggregate("refs.parts.name", terms("refs.parts.name").with("ids", terms("refs.id")))
            .aggregate("event.sequence", terms("event.sequence").order(BucketOrder::Ascending))
            .aggregate("flag", terms("flag"))
            .aggregate("source.ip", terms("source.ip"));
        for (field, result) in self.results(&query)? {
            let AggregationResult::Buckets { buckets, others: 0 } = result else {
                anyhow::bail!("`{field}` has no buckets")
            };
            ensure!(!buckets.is_empty(), "`{field}` has no buckets");
            for Bucket { key, events, .. } in buckets {
                let value = match &key {
                    BucketKey::Text(text) => text.clone(),
                    BucketKey::Integer(number) => number.to_string(),
                    BucketKey::Boolean(flag) => flag.to_string(),
                    BucketKey::Unsigned(_) | BucketKey::Float(_) => anyhow::bail!("`{field}` has a bucket {key:?}"),
                };
                let filter = match field.rsplit_once('.') {
                    Some((group, name)) if group.starts_with("refs") => {
                        Filter::nested(group, Filter::equals(name, value))
                    }
                    _ => Filter::equals(&field, value),
                };
                let expected = self.count(filter)?;
                ensure!(events == expected, "`{field}` has {events} events for {key:?} in place of {expected}");
                tally.add("buckets have the events of the filter", 1);
            }
        }
        Ok(())
    }

    /// Figures that the table's documents give by hand.
    fn check_figures(&self, tally: &mut Tally) -> Result<()> {
        let months = HistogramInterval::Calendar(CalendarUnit::Month);
        let hours = HistogramInterval::Fixed { milliseconds: 12 * 3_600_000 };
        let query = Query::new()
            .size(0)
            .aggregate("ids", Aggregation::cardinality("event.id"))
            .aggregate("smallest", Aggregation::min("event.duration"))
            .aggregate("last", Aggregation::max("@timestamp"))
            .aggregate("sum", Aggregation::sum("event.sequence"))
            .aggregate("mean", Aggregation::average("event.sequence"))
            .aggregate("values", Aggregation::value_count("plain.a"))
            .aggregate("ranks", Aggregation::sum("refs.rank"))
            .aggregate("months", Aggregation::date_histogram("@timestamp", months))
            .aggregate("halves", Aggregation::date_histogram("@timestamp", hours));
        let results = self.results(&query)?;
        let number = |number| AggregationResult::Number(Some(number));
        let buckets = |counts: &[(i64, u64)]| AggregationResult::Buckets {
            buckets: counts.iter().map(|&(key, events)| bucket(key, events)).collect(),
            others: 0,
        };
        let expected = [
            ("ids", AggregationResult::Count(8)),
            ("smallest", number(-5.0)),
            ("last", number(1_785_283_200_000.0)),
            ("sum", number(2_147_483_641.0)),
            ("mean", number(2_147_483_641.0 / 4.0)),
            ("values", AggregationResult::Count(3)),
            ("ranks", number(8.0)),
            // In Berlin the last event of 2025 is of 2026, and the last of the first of July is of the second.
            ("months", buckets(&[(1_767_222_000_000, 1), (1_782_856_800_000, 7)])),
            (
                "halves",
                buckets(&[
                    (1_767_222_000_000, 1),
                    (1_782_900_000_000, 1),
                    (1_782_943_200_000, 2),
                    (1_785_189_600_000, 1),
                    (1_785_232_800_000, 1),
                    (1_785_276_000_000, 2),
                ]),
            ),
        ];
        for (name, expected) in expected {
            let found = results.get(name).context("a result is missing")?;
            ensure!(*found == expected, "`{name}` is {found:?} in place of {expected:?}");
            tally.add("figures are those of the documents", 1);
        }
        Ok(())
    }

    fn results(&self, query: &Query) -> Result<std::collections::BTreeMap<String, AggregationResult>> {
        let time_zone = jiff::tz::TimeZone::get("Europe/Berlin")?;
        let context = ResolveContext { time_zone, ..ResolveContext::default() };
        let query = query.resolve(&self.fields, &context)?;
        let reply = self.search(&query.search_body())?;
        query.read_aggregations(&reply["aggregations"]).with_context(|| format!("a result cannot be read: {reply}"))
    }

    /// Where nothing is unique, the place in a point in time makes the order total.
    fn check_point_in_time(&self) -> Result<()> {
        let opened =
            self.client.send("POST", &format!("/{INDEX}/_pit?keep_alive=1m"))?.expect("open a point in time")?;
        let id = opened["id"].as_str().context("a point in time has an id")?;
        let without = FieldTable::from_json(r#"{"properties": {"flag": {"type": "boolean"}}}"#)?;
        let context = ResolveContext { fallback: FallbackTieBreaker::ShardDoc, ..ResolveContext::default() };
        let mut query = Query::new().sort([SortKey::ascending("flag")]).size(3);
        let mut found = 0;
        loop {
            let resolved = query.resolve(&without, &context)?;
            let mut body = resolved.search_body();
            body["pit"] = json!({ "id": resolved.point_in_time().unwrap_or(id), "keep_alive": "1m" });
            let reply = self.client.send_json("POST", "/_search", &body)?.expect("search a point in time")?;
            let Some(last) = hits(&reply)?.last() else { break };
            found += hits(&reply)?.len();
            query = query.cursor(resolved.cursor_after(&sort_values(last)?, reply["pit_id"].as_str())?);
        }
        ensure!(found == 8, "the pages have {found} hits in place of 8");
        self.client.send_json("DELETE", "/_pit", &json!({ "id": id }))?.expect("close the point in time").map(drop)
    }
}

fn hits(reply: &Value) -> Result<&Vec<Value>> {
    reply["hits"]["hits"].as_array().with_context(|| format!("the reply has no hits: {reply}"))
}

fn sort_values(hit: &Value) -> Result<Vec<SortValue>> {
    let values = hit["sort"].as_array().with_context(|| format!("the hit has no sort values: {hit}"))?;
    values
        .iter()
        .map(|value| SortValue::from_json(value).with_context(|| format!("{value} is no sort value")))
        .collect()
}

fn bucket(start: i64, events: u64) -> Bucket {
    Bucket { key: BucketKey::Integer(start), events, inner: std::collections::BTreeMap::new() }
}
