//! Prints the DSL that an engine would get for KQL texts: `cargo run -p event-query --example explain -- MAPPINGS [TEXT …]`.
//! Without texts, reads them as JSON strings, one a line. A refused text prints its error.

use std::io::BufRead;

use event_query::{FieldTable, Query, QueryError, ResolveContext, dsl};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mapping = arguments.next().ok_or("the first argument is the path of a `mappings.json`")?;
    let fields = FieldTable::from_json(&std::fs::read_to_string(mapping)?)?;
    let texts: Vec<String> = arguments.collect();
    if texts.is_empty() {
        for line in std::io::stdin().lock().lines() {
            println!("{}", explained(&serde_json::from_str::<String>(&line?)?, &fields));
        }
    }
    for text in texts {
        println!("{:#}", explained(&text, &fields));
    }
    Ok(())
}

fn explained(text: &str, fields: &FieldTable) -> Value {
    let query = || Query::new().size(0).kql(text)?.resolve(fields, &ResolveContext::default());
    query().map_or_else(|error: QueryError| refusal(&error), |query| dsl::condition(query.condition()))
}

fn refusal(error: &QueryError) -> Value {
    json!({ "error": {
        "message": error.message(),
        "offset": error.offset().map(|offset| offset.utf16),
        "did_you_mean": error.did_you_mean(),
    } })
}
