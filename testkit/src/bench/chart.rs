//! Bar charts as SVG: bars from left to right, groups from top to bottom. No script and no font of its own; colours follow
//! the reader's choice of light or dark.

use std::fmt::Write as _;

use super::table::grouped;

/// Left of it stand the names.
const LEFT: f64 = 230.0;
/// Width of the longest bar.
const WIDTH: f64 = 460.0;
/// Right of it there is space for the longest figure.
const TOTAL: f64 = 800.0;
const BAR: f64 = 14.0;
const GAP: f64 = 10.0;
const TOP: f64 = 64.0;

const STYLE: &str = "\
text{font:13px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1f2328}
.t{font-size:15px;font-weight:600}.n{text-anchor:end}.q{fill:#59636e}.d{font-size:11px}
.b{fill:#ffffff}.s0{fill:#0b6e99}.s1{fill:#8cc4dc}.o .s0{fill:#b35900}.o .s1{fill:#f0b070}.o .n{font-weight:600}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.q{fill:#9198a1}.b{fill:#0d1117}
.s0{fill:#4fb3dc}.s1{fill:#2a5f78}.o .s0{fill:#ff9e4a}.o .s1{fill:#8a5520}}";

/// One thing, with a bar for each series.
#[derive(Debug)]
pub struct Group {
    /// What it is.
    pub name: String,
    /// A figure for each series.
    pub values: Vec<f64>,
    /// Whether it is the project's own.
    pub is_ours: bool,
}

/// A chart.
#[derive(Debug)]
pub struct Chart {
    /// What is shown, with its unit.
    pub title: String,
    /// What the bars of a group are, if there are several.
    pub series: Vec<String>,
    /// Digits behind the point.
    pub digits: usize,
    /// From top to bottom.
    pub groups: Vec<Group>,
}

impl Chart {
    /// As SVG.
    #[allow(clippy::cast_precision_loss, reason = "a chart has few bars")]
    pub fn to_svg(&self) -> String {
        let largest = self.groups.iter().flat_map(|group| &group.values).fold(f64::MIN_POSITIVE, |a, &b| a.max(b));
        let step = self.series.len().max(1) as f64 * BAR + GAP;
        let height = TOP + self.groups.len() as f64 * step + GAP;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {TOTAL} {height}\" role=\"img\">\n\
             <title>{0}</title>\n<style>{STYLE}</style>\n\
             <rect class=\"b\" width=\"{TOTAL}\" height=\"{height}\" rx=\"6\"/>\n\
             <text class=\"t\" x=\"16\" y=\"26\">{0}</text>\n",
            escape(&self.title)
        );
        let mut add = |text: String| svg.push_str(&text);
        if self.series.len() > 1 {
            add(self.legend());
        }
        for (at, group) in self.groups.iter().enumerate() {
            add(self.group(group, TOP + at as f64 * step, largest));
        }
        add("</svg>\n".to_owned());
        svg
    }

    #[allow(clippy::cast_precision_loss, reason = "a chart has few series")]
    fn legend(&self) -> String {
        let mut svg = String::new();
        for (at, name) in self.series.iter().enumerate() {
            let x = LEFT + at as f64 * 110.0;
            writeln!(
                svg,
                "<rect class=\"s{at}\" x=\"{x}\" y=\"40\" width=\"12\" height=\"12\"/>\
                 <text class=\"q\" x=\"{}\" y=\"51\">{}</text>",
                x + 18.0,
                escape(name)
            )
            .expect("a string takes what is written");
        }
        svg
    }

    #[allow(clippy::cast_precision_loss, reason = "a group has few bars")]
    fn group(&self, group: &Group, y: f64, largest: f64) -> String {
        let middle = y + group.values.len() as f64 * BAR / 2.0 + 4.5;
        let class = if group.is_ours { " class=\"o\"" } else { "" };
        let mut svg = format!("<g{class}>{}", label(&group.name, middle));
        for (at, &value) in group.values.iter().enumerate() {
            let top = y + at as f64 * BAR;
            let width = (value / largest * WIDTH).max(1.0);
            let figure = if self.digits == 0 { grouped(value) } else { format!("{value:.*}", self.digits) };
            write!(
                svg,
                "<rect class=\"s{at}\" x=\"{LEFT}\" y=\"{top}\" width=\"{width:.1}\" height=\"{}\"/>\
                 <text class=\"q\" x=\"{:.1}\" y=\"{}\">{figure}</text>",
                BAR - 2.0,
                LEFT + width + 6.0,
                top + 10.5
            )
            .expect("a string takes what is written");
        }
        svg + "</g>\n"
    }
}

/// The name, and below it what it has in parentheses or behind a comma, which is too long for one line.
fn label(name: &str, middle: f64) -> String {
    let x = LEFT - 10.0;
    let text = |class: &str, y: f64, text: &str| {
        format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escape(text))
    };
    match name.split_once(" (").or_else(|| name.split_once(", ")) {
        Some((name, detail)) => {
            let detail = detail.trim_end_matches(')').replace('`', "");
            text("n", middle - 6.0, name) + &text("n q d", middle + 7.0, &detail)
        }
        None => text("n", middle, name),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Chart, Group};

    #[test]
    fn longest_bar_fills_width_names_are_escaped() {
        let group = |name: &str, value, is_ours| Group { name: name.to_owned(), values: vec![value], is_ours };
        let chart = Chart {
            title: "a < b".to_owned(),
            series: vec!["only".to_owned()],
            digits: 0,
            groups: vec![group("this & that (new)", 2_500.0, false), group("ours", 1_250.0, true)],
        };
        let svg = chart.to_svg();
        assert!(
            svg.contains("a &lt; b")
                && svg.contains(">this &amp; that</text>")
                && svg.contains(">new</text>")
                && svg.contains("2,500"),
            "{svg}"
        );
        assert!(svg.contains("width=\"460.0\"") && svg.contains("width=\"230.0\""), "{svg}");
        assert_eq!(svg.matches("class=\"o\"").count(), 1);
    }
}
