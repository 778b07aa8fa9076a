//! Collects what all threads of the tests log through `tracing`.

use std::fmt::Write as _;
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// The lines of all threads: a shipper logs on its own threads.
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Collect;

impl<S: tracing::Subscriber> Layer<S> for Collect {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let shown = shown(event);
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(shown);
    }
}

/// All fields of an event in one line.
pub fn shown(event: &tracing::Event<'_>) -> String {
    struct Shown(String);
    impl Visit for Shown {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            write!(self.0, "{}={value:?} ", field.name()).unwrap();
        }
    }
    let mut shown = Shown(String::new());
    event.record(&mut shown);
    shown.0
}

/// Starts collecting.
pub fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Collect)).unwrap());
}

/// Warnings about the file system depend on where the tests run.
pub const FILE_SYSTEM: &str = "reason=\"file-system\"";

/// The lines so far that have `text`.
pub fn lines_with(text: &str) -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    let is_meant = |line: &&String| line.contains(text) && (text == FILE_SYSTEM || !line.contains(FILE_SYSTEM));
    lines.iter().filter(is_meant).cloned().collect()
}
