//! Each change of an index setting, put to an open index: what the engine answers must be what `ecs_gen::diff` says of the
//! setting. Knows no verdict.

use anyhow::{Result, ensure};
use ecs_gen::diff::matrix::{SettingCase, setting_cases};
use ecs_gen::diff::{PutMapping, predict_put_setting};
use serde_json::json;

use crate::engines::{Client, Running};
use crate::live::engine_gaps::Adapter;
use crate::live::tally::Tally;

const INDEX: &str = "event-log-test-settings";

/// A setting, and what the engine answered.
pub type Answered = (&'static str, PutMapping);

/// Puts each setting that the engine has.
pub fn check(running: &Running, engine: ecs_gen::diff::Engine, tally: &mut Tally) -> Result<Vec<Answered>> {
    let mut adapter = Adapter::new(running.release());
    let mut answers = Vec::new();
    for case in setting_cases(engine) {
        if !adapter.has_setting(case.name) {
            continue;
        }
        let found = put(running.client(), &case)?;
        let predicted = predict_put_setting(case.name);
        ensure!(
            found == predicted,
            "the setting `{}` is predicted to be {}, and was {}",
            case.name,
            predicted.name(),
            found.name()
        );
        answers.push((case.name, found));
    }
    tally.add("changes of settings tried", answers.len());
    Tally::replaced(running.release(), adapter.used());
    Ok(answers)
}

fn put(client: &Client, case: &SettingCase) -> Result<PutMapping> {
    let settings = json!({"index.number_of_replicas": "0", case.name: case.old});
    client.send_json("PUT", &format!("/{INDEX}"), &json!({"settings": settings}))?.expect("create the index")?;
    let answer = client.send_json("PUT", &format!("/{INDEX}/_settings"), &json!({case.name: case.new}));
    client.send("DELETE", &format!("/{INDEX}"))?.expect("remove the index")?;
    let answer = answer?;
    ensure!(answer.is_success() || answer.status == 400, "`{}`: the engine answered {}", case.name, answer.status);
    Ok(if answer.is_success() { PutMapping::Accepted } else { PutMapping::Rejected })
}
