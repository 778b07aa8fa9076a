//! Every payload of `@octokit/webhooks-examples` through the adapter for GitHub: how many become events, are ignored, are kept.
//!
//! ```console
//! $ npm pack @octokit/webhooks-examples && tar xf octokit-webhooks-examples-*.tgz
//! $ cargo run -p change-events --example octokit -- package/api.github.com/index.json
//! ```

use std::collections::BTreeMap;

use change_events::{Headers, Outcome, Settings, Source};
use ecs_schema::Timestamp;
use serde_json::Value as Json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("the path of the package's index.json is missing")?;
    let events: Vec<Json> = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let source = Source::shipped("github").ok_or("the source `github` cannot be read")?;
    let settings = Settings::new(Timestamp::now());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut broken = 0;
    for event in &events {
        let name = event["name"].as_str().unwrap_or_default();
        for payload in event["examples"].as_array().into_iter().flatten() {
            let headers = Headers::from_iter([("X-GitHub-Event", name)]);
            let outcome = match source.adapt(&headers, payload.to_string().as_bytes(), &settings) {
                Outcome::Events(_) => format!("{name}: event"),
                Outcome::Ignored { reason } => format!("{name}: ignored: {reason}"),
                Outcome::Unmapped { reason, .. } if reason.starts_with("no adapter") => "kept: no adapter".to_owned(),
                Outcome::Unmapped { reason, .. } => {
                    broken += 1;
                    format!("{name}: not valid: {reason}")
                }
            };
            *counts.entry(outcome).or_default() += 1;
        }
    }
    for (outcome, count) in counts {
        println!("{count:>4} {outcome}");
    }
    if broken == 0 { Ok(()) } else { Err(format!("{broken} payloads made an event that is not valid").into()) }
}
