//! The results of `bench ship` for people: tables and a picture.

use super::delivery::{FAILURE_CASES, Outcome};
use super::throughput::Run;
use super::{Args, Row};
use crate::bench::chart::{Chart, Group};
use crate::bench::table::{Table, grouped};
use crate::bench::{machine, median};

/// The table of the throughput, and what it was measured on.
pub fn throughput(rows: &[Row<Run>], args: &Args, load: &str) -> String {
    let mut table = Table::new(&[
        "client",
        "CPU s per million documents",
        "documents/s",
        "peak resident MiB",
        "of these not mapped files",
        "bytes of a body per document",
    ]);
    for row in rows {
        let mut cells = vec![row.title.clone()];
        if let Some(reason) = &row.left_out {
            cells.push(format!("left out: {reason}"));
        } else {
            let of = |figure: fn(&Run) -> f64| median(row.results.iter().map(figure));
            cells.extend([
                format!("{:.2}", of(|run| run.cpu_seconds_per_million)),
                grouped(of(|run| run.documents_per_second)),
                format!("{:.0}", of(|run| run.peak_mib)),
                format!("{:.0}", of(|run| run.anonymous_mib)),
                format!("{:.0}", of(|run| run.bytes_per_document)),
            ]);
        }
        table.push(cells);
    }
    format!(
        "{}. {} documents; runs of each: {}, interleaved, medians; load average at the start {load}.\n\n{}",
        machine::describe(),
        grouped(f64::from(args.events)),
        args.runs,
        table.to_markdown()
    )
}

/// The delivery matrix.
pub fn delivery(rows: &[Row<Outcome>], args: &Args, load: &str) -> String {
    let mut head = vec!["client"];
    head.extend(FAILURE_CASES.iter().map(|case| case.name));
    let mut table = Table::new(&head);
    for row in rows {
        let mut cells = vec![row.title.clone()];
        match &row.left_out {
            Some(reason) => cells.push(format!("left out: {reason}")),
            None => cells.extend(row.results.iter().map(cell)),
        }
        table.push(cells);
    }
    format!(
        "{}. {} events in each cell, one run; load average at the start {load}.\n\n{}",
        machine::describe(),
        grouped(f64::from(args.faulted)),
        table.to_markdown()
    )
}

#[allow(clippy::cast_precision_loss, reason = "a trial has far fewer than 2^52 events")]
fn cell(outcome: &Outcome) -> String {
    let count = |count: u64| grouped(count as f64);
    let mut parts = vec![
        format!("{} arrived", count(outcome.arrived)),
        format!("{} missing", count(outcome.missing)),
        format!("{} doubled", count(outcome.doubled)),
    ];
    if outcome.kept_aside > 0 {
        parts.push(format!("{} kept aside", count(outcome.kept_aside)));
    }
    if outcome.reported > 0 {
        parts.push(format!("{} reported as failed", count(outcome.reported)));
    }
    parts.join(", ")
}

/// CPU time of each client.
pub fn chart(rows: &[Row<Run>]) -> Chart {
    let group = |row: &Row<Run>| Group {
        name: row.title.clone(),
        values: vec![median(row.results.iter().map(|run| run.cpu_seconds_per_million))],
        is_ours: row.is_ours,
    };
    Chart {
        title: "Shipping a million documents, CPU seconds of the client".to_owned(),
        series: vec!["CPU seconds".to_owned()],
        digits: 2,
        groups: rows.iter().filter(|row| row.left_out.is_none()).map(group).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, cell};

    #[test]
    fn cell_says_what_became_of_all_events() {
        let outcome =
            Outcome { way: "", issued: 2_000, arrived: 1_990, missing: 0, doubled: 3, kept_aside: 10, reported: 0 };
        assert_eq!(cell(&outcome), "1,990 arrived, 0 missing, 3 doubled, 10 kept aside");
    }
}
