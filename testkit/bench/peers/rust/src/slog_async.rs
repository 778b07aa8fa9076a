//! `slog` with `slog-async` as it is by default (1,024 records wait, more are dropped and the drop reported) before
//! `slog-json`: the caller copies the record, a thread formats and writes. A line is one write.

use std::error::Error;
use std::fs::File;
use std::io::LineWriter;
use std::path::Path;

use slog::{Drain as _, Logger, info, o};

use crate::Call;

/// Runs the work with a call of this front end.
pub fn with(folder: &Path, work: &mut dyn FnMut(Call<'_>)) -> Result<(), Box<dyn Error>> {
    let file = LineWriter::new(File::create(folder.join("events.json"))?);
    let drain = slog_json::Json::default(file).fuse();
    let (drain, guard) = slog_async::Async::new(drain).build_with_guard();
    let logger = Logger::root(drain.fuse(), o!());
    work(&|number| {
        info!(
            logger,
            "action executed";
            "ecs.version" => "9.4.0",
            "event.provider" => "actions",
            "event.action" => "execute",
            "event.id" => "0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11",
            "event.start" => "2026-01-02T03:04:05.678Z",
            "event.outcome" => "success",
            "event.duration" => 1_234_567_u64,
            "event.sequence" => number,
            "kibana.server_uuid" => "5b2de169-2785-441b-ae8c-186a1936b17d",
            "saved_object" => "action:d3b07384",
        );
    });
    drop(logger);
    drop(guard);
    Ok(())
}
