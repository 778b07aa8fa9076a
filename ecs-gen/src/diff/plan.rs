//! The requests that bring a cluster from one version of a log to another, in order. Nothing is sent.
//!
//! Order: pipeline, policy and templates, so that whatever is made from now on is right; settings of existing indices,
//! the field limit before the fields that need it; what an existing mapping takes; a rollover when it does not take
//! all; then the reindexing of what searches over old and new indices cannot bear.
//!
//! A step may take values out of its answer, and later steps name them in braces: `{new_index}`. A step may list indices,
//! and the steps for each of them follow it. Architecture Invariant: a pure function of two sides.

mod install;
mod mapping;
mod migrate;
mod render;

use serde_json::Value as Json;

use super::engine::Engine;
use super::side::{LogSide, Side};

/// The requests for one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The engine.
    pub engine: Engine,
    /// In order.
    pub steps: Vec<Step>,
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Why, for people.
    pub comment: String,
    /// `GET`, `PUT` or `POST`.
    pub method: &'static str,
    /// Path with its query.
    pub path: String,
    /// Body, if it has one.
    pub body: Option<Json>,
    /// Values of the answer that later steps need: name and JSON pointer.
    pub take: Vec<(&'static str, &'static str)>,
    /// Whether the members of the answer, all but [`NEW_INDEX`], are the indices that the repeated steps are for.
    pub lists: bool,
    /// Whether the step is one of those that are sent, in their order, for each listed index in turn, which they call
    /// [`OLD_INDEX`].
    pub is_repeated: bool,
}

/// What repeated steps call the index that they are for.
pub const OLD_INDEX: &str = "old_index";

/// What a rollover made, which is taken out of its answer.
pub const NEW_INDEX: &str = "new_index";

impl Step {
    fn new(method: &'static str, path: impl Into<String>, body: Option<Json>, comment: impl Into<String>) -> Self {
        Self {
            comment: comment.into(),
            method,
            path: path.into(),
            body,
            take: Vec::new(),
            lists: false,
            is_repeated: false,
        }
    }
}

/// What documents are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A write alias.
    Alias(String),
    /// A data stream.
    Stream(String),
    /// An index that nothing names: a mapping came alone.
    Index,
}

impl Target {
    /// Its name in a path.
    fn name(&self) -> &str {
        match self {
            Self::Alias(name) | Self::Stream(name) => name,
            Self::Index => "{index}",
        }
    }
}

/// The requests that bring an installed `old` to `new`; a log that is only in `new` is installed, one that is only in
/// `old` is left alone.
#[must_use]
pub fn plan(engine: Engine, old: &Side, new: &Side) -> Plan {
    let mut steps = Vec::new();
    for (_, old, new) in super::compare::pairs(old, new) {
        match (old, new) {
            (Some(old), Some(new)) => steps.extend(upgrade(engine, old, new)),
            (None, Some(new)) => steps.extend(install::changed(engine, None, new)),
            _ => {}
        }
    }
    Plan { engine, steps }
}

fn upgrade(engine: Engine, old: &LogSide, new: &LogSide) -> Vec<Step> {
    let mut steps = install::changed(engine, Some(old), new);
    let targets = install::targets(engine, old);
    steps.extend(install::settings(engine, old, new, &targets));
    let update = mapping::update(engine, old, new);
    if let Some(body) = &update.accepted {
        let comment = if update.is_whole {
            "all of the new mapping, which existing indices take"
        } else {
            "as much of the new mapping as existing indices take"
        };
        for target in &targets {
            steps.push(Step::new("PUT", format!("/{}/_mapping", target.name()), Some(body.clone()), comment));
        }
    }
    let is_static_setting = install::changes_static_setting(engine, old, new);
    if !update.is_whole || is_static_setting {
        for target in &targets {
            steps.extend(migrate::roll_over(engine, target, new, &update));
        }
    }
    steps.extend(install::policies(engine, old, new, &targets));
    steps
}
