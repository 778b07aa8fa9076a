//! The results of `bench log` for people: tables and a picture.

use super::{Latency, PACE_NS, Row, Run, SCENARIOS};
use crate::bench::chart::{Chart, Group};
use crate::bench::table::{Table, grouped};
use crate::bench::{machine, median};

/// A table of latencies, one of the rest, and what they were measured on.
pub fn to_markdown(rows: &[Row], runs: u32, load: &str) -> String {
    format!(
        "{}. Runs of each: {runs}, interleaved; load average at the start {load}. p50 / p99 / p99.9 / max of one call in \
         nanoseconds, one reading of the clock included; medians of the runs. Paced: a call each {} µs.\n\n{}\n{}",
        machine::describe(),
        PACE_NS / 1000,
        latencies(rows).to_markdown(),
        costs(rows).to_markdown(),
    )
}

fn latencies(rows: &[Row]) -> Table {
    let mut head = vec!["front end"];
    head.extend(SCENARIOS.iter().map(|scenario| scenario.name));
    let mut table = Table::new(&head);
    for row in rows {
        let mut cells = vec![row.title.clone()];
        match &row.left_out {
            Some(reason) => cells.push(format!("left out: {reason}")),
            None => cells.extend(SCENARIOS.iter().map(|scenario| {
                middle(row, scenario.name).map_or_else(
                    || "–".to_owned(),
                    |latency| [latency.p50, latency.p99, latency.p999, latency.max].map(grouped).join(" / "),
                )
            })),
        }
        table.push(cells);
    }
    table
}

fn costs(rows: &[Row]) -> Table {
    let mut table = Table::new(&[
        "front end",
        "CPU s per million events",
        "peak resident MiB",
        "on disk after a normal end",
        "survives kill -9",
    ]);
    for row in rows.iter().filter(|row| row.left_out.is_none()) {
        let of = |figure: fn(&Run) -> f64| median(row.runs.iter().map(figure));
        let worst = |figure: fn(&Run) -> f64| row.runs.iter().map(figure).fold(f64::INFINITY, f64::min);
        table.push(vec![
            row.title.clone(),
            format!("{:.2}", of(|run| run.cpu_seconds_per_million)),
            format!("{:.0}", of(|run| run.peak_mib)),
            share(worst(|run| run.kept_at_end)),
            share(worst(|run| run.kept_after_kill)),
        ]);
    }
    table
}

/// Everything is said to be everything only when it is.
fn share(value: f64) -> String {
    #[allow(clippy::float_cmp, reason = "a count divided by itself is 1")]
    if value == 1.0 { "all".to_owned() } else { format!("{:.1} %", (value * 1000.0).floor() / 10.0) }
}

fn middle(row: &Row, scenario: &str) -> Option<Latency> {
    let of: Vec<&Latency> = row.runs.iter().filter_map(|run| run.latency.get(scenario)).collect();
    let figure = |pick: fn(&Latency) -> f64| median(of.iter().map(|latency| pick(latency)));
    (!of.is_empty()).then(|| Latency {
        p50: figure(|latency| latency.p50),
        p99: figure(|latency| latency.p99),
        p999: figure(|latency| latency.p999),
        max: figure(|latency| latency.max),
    })
}

/// p50 and p99 of the burst.
pub fn to_chart(rows: &[Row]) -> Chart {
    let group = |row: &Row| {
        let latency = middle(row, SCENARIOS[0].name)?;
        Some(Group { name: row.title.clone(), values: vec![latency.p50, latency.p99], is_ours: row.is_ours })
    };
    Chart {
        title: "One call in a burst of one thread, nanoseconds".to_owned(),
        series: vec!["p50".to_owned(), "p99".to_owned()],
        digits: 0,
        groups: rows.iter().filter(|row| row.left_out.is_none()).filter_map(group).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!(share(1.0), "all");
        assert_eq!(share(0.999_99), "99.9 %");
        assert_eq!(share(0.0), "0.0 %");
    }
}
