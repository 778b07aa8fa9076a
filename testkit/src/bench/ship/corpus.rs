//! The documents that clients of other projects ship: the same events that ours logs, as lines.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use ecs_schema::generated::kibana_event_log::{EventOutcome, KibanaEventLog, KibanaSavedObjects};
use ecs_schema::{Shape, Timestamp};

/// Writes `count` documents, numbered from 1 in `event.sequence`, one a line.
pub fn write(folder: &Path, count: u32) -> Result<PathBuf> {
    let path = folder.join(format!("corpus-{count}.ndjson"));
    let mut file = BufWriter::new(File::create(&path).with_context(|| path.display().to_string())?);
    let mut event = event();
    let mut line = Vec::new();
    for number in 1..=count {
        event.event.sequence = Some(number.into());
        line.clear();
        event.write_json(&mut line);
        line.push(b'\n');
        file.write_all(&line)?;
    }
    file.flush()?;
    Ok(path)
}

/// About what the program that fills the spool logs.
fn event() -> KibanaEventLog {
    let mut event = KibanaEventLog::blank();
    event.timestamp = Timestamp::now();
    "actions".clone_into(&mut event.event.provider);
    "execute".clone_into(&mut event.event.action);
    event.event.id = Some("0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11".to_owned());
    event.event.outcome = Some(EventOutcome::Success);
    event.message = Some("action executed: .server-log:9a8b7c6d".to_owned());
    let object =
        KibanaSavedObjects { r#type: Some("action".to_owned()), id: Some("9a8b7c6d".to_owned()), ..Default::default() };
    event.kibana_mut().saved_objects.push(object);
    event
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn documents_are_numbered_and_300_bytes_long() {
        let folder = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(write(folder.path(), 3).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        for (at, line) in lines.iter().enumerate() {
            assert!(line.contains(&format!("\"sequence\":{}", at + 1)), "{line}");
            assert!((250..350).contains(&line.len()), "{} bytes: {line}", line.len());
        }
    }
}
