//! Reads KQL texts as JSON strings, one a line, and prints the syntax tree of each as JSON, or where it is refused. Made to be
//! compared with Kibana's own parser, by `tests/kibana/compare.mjs`.

mod tree;

use std::io::{BufRead, Write};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for line in std::io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        writeln!(out, "{}", tree::parsed(&text))?;
    }
    out.flush()
}
