//! Sends a plan as the people would who read it: in order, with what earlier answers gave in the places that name it, and
//! the repeated steps for each index in turn.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use ecs_gen::diff::{NEW_INDEX, OLD_INDEX, Plan, Step};
use serde_json::Value;

use crate::engines::Client;
use crate::live::lacking::Adapter;

/// What stands for the names in braces.
type Taken = BTreeMap<&'static str, String>;

/// Sends the plan, apart from the steps that the engine lacks, and counts the requests.
///
/// # Errors
/// The first refusal, and documents that could not be copied.
pub fn send(client: &Client, plan: &Plan, adapter: &mut Adapter) -> Result<usize> {
    let (mut taken, mut sent) = (Taken::new(), 0);
    let steps: Vec<&Step> = plan.steps.iter().filter(|step| adapter.has_step(&step.path)).collect();
    let mut steps = steps.into_iter().peekable();
    while let Some(step) = steps.next() {
        let answer = send_step(client, step, &taken, adapter)?;
        sent += 1;
        for (name, pointer) in &step.take {
            let value = answer.pointer(pointer).and_then(Value::as_str);
            taken.insert(name, value.with_context(|| format!("the answer has no name at `{pointer}`"))?.to_owned());
        }
        if !step.lists {
            continue;
        }
        let mut repeated = Vec::new();
        while let Some(step) = steps.next_if(|step| step.is_repeated) {
            repeated.push(step);
        }
        let listed = answer.as_object().context("the answer lists nothing")?.keys();
        for index in listed.filter(|index| Some(*index) != taken.get(NEW_INDEX)).cloned().collect::<Vec<_>>() {
            taken.insert(OLD_INDEX, index);
            for step in &repeated {
                send_step(client, step, &taken, adapter)?;
                sent += 1;
            }
        }
    }
    Ok(sent)
}

fn send_step(client: &Client, step: &Step, taken: &Taken, adapter: &mut Adapter) -> Result<Value> {
    let filled = |text: &str| {
        taken.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    };
    let path = filled(&step.path);
    let answer = match &step.body {
        Some(body) => {
            let body: Value = serde_json::from_str(&filled(&adapter.adapt(body).to_string()))?;
            client.send_json(step.method, &path, &body)?
        }
        None => client.send(step.method, &path)?,
    };
    let answer = answer.expect(&format!("{} {path}", step.method))?;
    if let Some(failures) = answer["failures"].as_array() {
        ensure!(failures.is_empty(), "documents could not be copied: {failures:?}");
    }
    Ok(answer)
}
