//! Tables in Markdown, and how numbers stand in them.

use std::fmt::Write as _;

/// A table whose first column is text and whose others are figures.
#[derive(Debug, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|&name| name.to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row; cells that are left out at its end are empty.
    pub fn push(&mut self, mut row: Vec<String>) {
        row.resize(self.head.len(), String::new());
        self.rows.push(row);
    }

    /// As Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        let mut line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            writeln!(text, "| {} |", cells.join(" | ")).expect("a string takes what is written");
        };
        line(&self.head);
        let aligned = (0..self.head.len()).map(|at| if at == 0 { "---" } else { "---:" }.to_owned());
        line(&aligned.collect::<Vec<_>>());
        self.rows.iter().for_each(|row| line(row));
        text
    }
}

/// A whole number, its thousands set apart.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = if value < 0.0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Table, grouped};

    #[test]
    fn thousands_are_separated() {
        let cases = [(0.0, "0"), (999.4, "999"), (1_000.0, "1,000"), (1_234_567.0, "1,234,567"), (-1_000.0, "-1,000")];
        for (value, text) in cases {
            assert_eq!(grouped(value), text);
        }
    }

    #[test]
    fn rows_are_as_wide_as_the_head() {
        let mut table = Table::new(&["who", "what"]);
        table.push(vec!["a|b".to_owned()]);
        assert_eq!(table.to_markdown(), "| who | what |\n| --- | ---: |\n| a\\|b |  |\n");
    }
}
