//! The parts of `docs/benchmarks.md` that a benchmark writes, between markers, and the pictures beside it. What stands
//! around the markers is a person's.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::progress;
use crate::workspace;

const PAGE: &str = "docs/benchmarks.md";
const PICTURES: &str = "docs/benchmarks";

/// Puts a text between the markers of a part.
pub fn write_part(part: &str, text: &str) -> Result<()> {
    let path = workspace::root().join(PAGE);
    let page = fs::read_to_string(&path).with_context(|| PAGE.to_owned())?;
    fs::write(&path, replace_part(&page, part, text)?).with_context(|| PAGE.to_owned())?;
    progress("Wrote", &format!("the part `{part}` of {PAGE}"));
    Ok(())
}

/// Puts a picture beside the page.
pub fn write_picture(name: &str, svg: &str) -> Result<()> {
    let folder: PathBuf = workspace::root().join(PICTURES);
    fs::create_dir_all(&folder).with_context(|| PICTURES.to_owned())?;
    fs::write(folder.join(name), svg).with_context(|| format!("{PICTURES}/{name}"))?;
    progress("Wrote", &format!("{PICTURES}/{name}"));
    Ok(())
}

fn replace_part(page: &str, part: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- begin: {part} -->\n"), format!("<!-- end: {part} -->"));
    let Some((before, rest)) = page.split_once(&begin) else {
        bail!("{PAGE} has no line `{}`", begin.trim_end());
    };
    let Some((_, after)) = rest.split_once(&end) else {
        bail!("{PAGE} has no line `{end}` behind its beginning");
    };
    Ok(format!("{before}{begin}{}\n{end}{after}", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::replace_part;

    #[test]
    fn only_the_part_is_replaced() {
        let page = "one\n<!-- begin: log -->\nold\n<!-- end: log -->\ntwo\n<!-- begin: ship -->\n<!-- end: ship -->\n";
        let new = replace_part(page, "log", "new\n").unwrap();
        assert_eq!(new, page.replace("old", "new"));
        assert_eq!(replace_part(&new, "log", "new").unwrap(), new, "a second time changes nothing");
    }

    #[test]
    fn page_without_the_part_is_an_error() {
        assert!(replace_part("<!-- begin: log -->\n", "log", "").is_err());
        assert!(replace_part("", "log", "").is_err());
    }
}
