//! `tracing` with the JSON format of `tracing-subscriber` and the non-blocking writer of `tracing-appender`, as they are
//! by default: the caller formats, a thread writes.

use std::error::Error;
use std::path::Path;

use crate::Call;

/// Runs the work with a call of this front end.
pub fn with(folder: &Path, work: &mut dyn FnMut(Call<'_>)) -> Result<(), Box<dyn Error>> {
    let file = tracing_appender::rolling::never(folder, "events.json");
    let (writer, guard) = tracing_appender::non_blocking(file);
    let subscriber = tracing_subscriber::fmt().json().with_writer(writer).finish();
    let dispatch = tracing::Dispatch::new(subscriber);
    tracing::dispatcher::set_global_default(dispatch)?;
    work(&|number| {
        tracing::info!(
            ecs.version = "9.4.0",
            event.provider = "actions",
            event.action = "execute",
            event.id = "0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11",
            event.start = "2026-01-02T03:04:05.678Z",
            event.outcome = "success",
            event.duration = 1_234_567_u64,
            event.sequence = number,
            kibana.server_uuid = "5b2de169-2785-441b-ae8c-186a1936b17d",
            saved_object = "action:d3b07384",
            "action executed"
        );
    });
    drop(guard);
    Ok(())
}
