//! Sends a plan as the people would who read it: in order, with what earlier answers gave in the places that name it, and
//! the repeated steps for each index in turn.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use ecs_gen::diff::{OLD_INDEX, Plan, Step};
use serde_json::Value;

use crate::engines::Client;
use crate::live::engine_gaps::Adapter;

/// How long a request may be repeated.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(200);

/// Sends the plan, apart from the steps that the engine lacks, and counts the steps.
///
/// # Errors
/// The first refusal, and what the plan itself calls wrong.
pub fn send(client: &Client, plan: &Plan, adapter: &mut Adapter) -> Result<usize> {
    let steps: Vec<&Step> = plan.steps.iter().filter(|step| adapter.has_step(&step.path)).collect();
    let mut steps = steps.into_iter().peekable();
    let mut sender = Sender { client, adapter, taken: BTreeMap::new(), sent: 0 };
    while let Some(step) = steps.next() {
        let answer = sender.send(step)?;
        if !step.lists {
            continue;
        }
        while let Some(step) = steps.next_if(|step| !step.is_repeated) {
            sender.send(step)?;
        }
        let mut repeated = Vec::new();
        while let Some(step) = steps.next_if(|step| step.is_repeated) {
            repeated.push(step);
        }
        for index in answer.as_object().context("the answer lists nothing")?.keys() {
            sender.taken.insert(OLD_INDEX, index.clone());
            for step in &repeated {
                sender.send(step)?;
            }
        }
    }
    Ok(sender.sent)
}

struct Sender<'a> {
    client: &'a Client,
    adapter: &'a mut Adapter,
    /// What stands for the names in braces.
    taken: BTreeMap<&'static str, String>,
    sent: usize,
}

impl Sender<'_> {
    fn send(&mut self, step: &Step) -> Result<Value> {
        let began = Instant::now();
        let answer = loop {
            let answer = self.send_once(step)?;
            match &step.until {
                Some((pointer, value)) if answer.pointer(pointer) != Some(value) => {
                    ensure!(began.elapsed() < PATIENCE, "`{pointer}` of the answer does not become {value}: {answer}");
                    thread::sleep(PAUSE);
                }
                _ => break answer,
            }
        };
        if let Some((pointer, value)) = &step.expect {
            ensure!(answer.pointer(pointer) == Some(value), "`{pointer}` of the answer is not {value}: {answer}");
        }
        for (name, pointer) in &step.take {
            let pointer = self.filled(pointer);
            let value = answer.pointer(&pointer).with_context(|| format!("the answer has nothing at `{pointer}`"))?;
            self.taken.insert(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        self.sent += 1;
        Ok(answer)
    }

    fn send_once(&mut self, step: &Step) -> Result<Value> {
        let path = self.filled(&step.path);
        let answer = match &step.body {
            Some(body) => {
                let body = self.adapter.adapt(body).to_string();
                let body: Value = serde_json::from_str(&self.filled(&body))?;
                self.client.send_json(step.method, &path, &body)?
            }
            None => self.client.send(step.method, &path)?,
        };
        answer.expect(&format!("{} {path}", step.method))
    }

    fn filled(&self, text: &str) -> String {
        self.taken.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }
}
