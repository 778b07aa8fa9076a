//! What the engines allow as a name of an index, alias, data stream, pattern or policy, and what a pattern matches.

/// The most bytes of a name.
pub(super) const MAX_BYTES: usize = 255;

/// Characters that no name may have; several would also change the meaning of a request's path or of a pattern.
const ILLEGAL: &[char] = &['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':'];

/// What is wrong with `name` as an index, alias or data stream.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    check_plain(name, ILLEGAL)
}

/// What is wrong with `pattern` as an index pattern; `*` stands for any text.
pub(super) fn check_pattern(pattern: &str) -> Result<(), String> {
    let illegal: Vec<char> = ILLEGAL.iter().copied().filter(|c| *c != '*').collect();
    check_plain(pattern, &illegal)
}

fn check_plain(name: &str, illegal: &[char]) -> Result<(), String> {
    if name.is_empty() {
        return Err("is empty".to_owned());
    }
    if name == "." || name == ".." {
        return Err("is a path, not a name".to_owned());
    }
    if name.starts_with(['-', '_', '+']) {
        return Err(format!("begins with `{}`", &name[..1]));
    }
    if let Some(c) = name.chars().find(|c| c.is_uppercase()) {
        return Err(format!("has the upper-case letter `{c}`"));
    }
    if let Some(c) = name.chars().find(|c| illegal.contains(c) || c.is_control()) {
        return Err(format!("has the character `{}`", c.escape_default()));
    }
    if name.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    Ok(())
}

/// What is wrong with `name` as an ILM and ISM policy.
pub(super) fn check_policy_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("is empty".to_owned());
    }
    if name.starts_with('_') {
        return Err("begins with `_`".to_owned());
    }
    if let Some(c) = name.chars().find(|c| ILLEGAL.contains(c) || c.is_control() || c.is_whitespace()) {
        return Err(format!("has the character `{}`", c.escape_default()));
    }
    if name.len() > MAX_BYTES {
        return Err(format!("is longer than {MAX_BYTES} bytes"));
    }
    Ok(())
}

/// Whether `pattern` matches `name`.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    overlap(pattern, name)
}

/// Whether some name is matched by both patterns. `*` stands for any text, nothing included.
pub(super) fn overlap(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    // `row[j]`: whether the rest of `left` from the row's character on and `right` from `j` on have a name in common.
    let mut below = vec![false; right.len() + 1];
    for i in (0..=left.len()).rev() {
        let mut row = vec![false; right.len() + 1];
        for j in (0..=right.len()).rev() {
            row[j] = match (left.get(i), right.get(j)) {
                (None, None) => true,
                (Some('*'), Some(_)) | (Some(_), Some('*')) => below[j] || row[j + 1],
                (Some('*'), None) => below[j],
                (None, Some('*')) => row[j + 1],
                (Some(l), Some(r)) => l == r && below[j + 1],
                (None, Some(_)) | (Some(_), None) => false,
            };
        }
        below = row;
    }
    below[0]
}

#[cfg(test)]
mod tests {
    use super::{check_name, check_pattern, overlap};

    #[test]
    fn patterns_overlap_when_one_name_fits_both() {
        for (left, right, expected) in [
            ("a-*", "a-*", true),
            ("a-*", "a-b-*", true),
            ("*-b", "a-*", true),
            ("a*c", "ab*", true),
            ("a-*", "a-", true),
            ("a-*", "b-*", false),
            ("a", "a-*", false),
            ("a*b", "a*c", false),
            ("*", "anything", true),
            ("**", "", true),
            ("events-gprd-*", "events-gprd-000001", true),
            ("events-gprd-0000*", "events-gprd-100000", false),
        ] {
            assert_eq!(overlap(left, right), expected, "{left} and {right}");
            assert_eq!(overlap(right, left), expected, "{right} and {left}");
        }
    }

    #[test]
    fn names_follow_the_engines_rules() {
        let long = "a".repeat(256);
        for bad in [
            "", ".", "..", "-a", "_a", "+a", "Events", "a/b", "a\\b", "a*", "a?", "a\"b", "a<b", "a>b", "a|b", "a b",
            "a,b", "a#b", "a:b", "a\n", &long,
        ] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        for good in [".kibana-event-log", "events-gprd", "events_2", "été", &long[1..]] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        assert_eq!(check_pattern("events-*"), Ok(()));
        assert!(check_pattern("-events-*").is_err());
    }
}
