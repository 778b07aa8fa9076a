//! The regular expressions of the schema: text forms that JSON Schema can only say by `pattern`. Each is valid, and means
//! the same, in ECMA-262 and in Rust's `regex`: no look-around, no `\d`, no flags.

/// `Z`, `±hh`, `±hhmm` or `±hh:mm`, at most 18 hours.
const OFFSET: &str = "(?:Z|[+-](?:(?:0[0-9]|1[0-7])(?::?[0-5][0-9])?|18(?::?00)?))";
/// Hours, and what may follow.
const TIME: &str = "(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?)?";
/// Hours, minutes and seconds.
const WHOLE_TIME: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]{1,9})?";
/// A month and a day that it has in every year.
const COMMON_DAY: &str = "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
/// A leap year of the proleptic Gregorian calendar.
const LEAP_YEAR: &str = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
/// A month.
const MONTH: &str = "(?:0[1-9]|1[0-2])";
/// A year from 1970 to 2261.
const NANOS_YEAR: &str = "(?:19[7-9][0-9]|20[0-9]{2}|21[0-9]{2}|22[0-5][0-9]|226[01])";
/// A leap year from 1972 to 2260.
const NANOS_LEAP_YEAR: &str = "(?:19(?:7[26]|8[048]|9[26])|20(?:[02468][048]|[13579][26])|21(?:0[48]|[2468][048]|[13579][26])|22(?:0[48]|[24][048]|[135][26]|60))";

/// A semantic version as semver.org defines it.
pub(super) const VERSION: &str = "^(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*)\\.(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$";

/// Base64 with padding, standard alphabet (RFC 4648, section 4).
pub(super) const BASE64: &str = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

/// An IPv4 address in dotted decimal, no leading zeros.
const IPV4: &str =
    "(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

/// `strict_date_optional_time`: years 0000 to 9999, days that exist.
pub(super) fn date() -> String {
    format!("^(?:[0-9]{{4}}(?:-{MONTH})?|(?:[0-9]{{4}}-{COMMON_DAY}|{LEAP_YEAR}-02-29)(?:T{TIME}{OFFSET}?)?)$")
}

/// `strict_date_optional_time_nanos` from 1970-01-01T00:00:00 to 2262-04-11T23:47:16.854775807, what `date_nanos` holds, by
/// local time. A time is whole.
pub(super) fn date_nanos() -> String {
    let day = format!(
        "{NANOS_YEAR}-{COMMON_DAY}|{NANOS_LEAP_YEAR}-02-29|2262-(?:0[13]-(?:0[1-9]|[12][0-9]|3[01])|02-(?:0[1-9]|1[0-9]|2[0-8])|04-(?:0[1-9]|10))"
    );
    let month = format!("{NANOS_YEAR}(?:-{MONTH})?|2262(?:-0[1-4])?");
    format!("^(?:{month}|(?:{day})(?:T{WHOLE_TIME}{OFFSET}?)?|2262-04-11(?:T{}{OFFSET}?)?)$", last_time())
}

/// A time of the last day of `date_nanos`, up to 23:47:16.854775807.
fn last_time() -> String {
    let before = "(?:(?:[01][0-9]|2[0-2]):[0-5][0-9]|23:(?:[0-3][0-9]|4[0-6])):[0-5][0-9](?:[.,][0-9]{1,9})?|\
         23:47:(?:0[0-9]|1[0-5])(?:[.,][0-9]{1,9})?|23:47:16";
    format!("(?:{before}|23:47:16[.,](?:{}))", fraction_at_most("854775807"))
}

/// One to nine digits after a point, no more than `maximum`'s.
fn fraction_at_most(maximum: &str) -> String {
    let mut branches = vec![];
    for (at, digit) in maximum.bytes().enumerate() {
        let (head, rest) = (&maximum[..at], maximum.len() - at - 1);
        if digit > b'0' {
            branches.push(format!("{head}[0-{}][0-9]{{0,{rest}}}", char::from(digit - 1)));
        }
        branches.push(maximum[..=at].to_owned());
    }
    branches.join("|")
}

/// Decimal numbers without leading zeros, from 0 to `maximum`: alternatives for a group.
pub(super) fn at_most(maximum: &str) -> String {
    let mut branches = vec!["0".to_owned()];
    if maximum.len() > 1 {
        branches.push(format!("[1-9][0-9]{{0,{}}}", maximum.len() - 2));
    }
    for (at, digit) in maximum.bytes().enumerate() {
        let lowest = if at == 0 { b'1' } else { b'0' };
        if digit > lowest {
            let (head, rest) = (&maximum[..at], maximum.len() - at - 1);
            branches.push(format!("{head}[{}-{}][0-9]{{{rest}}}", char::from(lowest), char::from(digit - 1)));
        }
    }
    branches.push(maximum.to_owned());
    branches.join("|")
}

/// Canonical decimal text of a signed 64-bit integer.
pub(super) fn signed_decimal() -> String {
    let negative = at_most("9223372036854775808").replacen("0|", "", 1);
    format!("^(?:{}|-(?:{negative}))$", at_most("9223372036854775807"))
}

/// Canonical decimal text of an unsigned 64-bit integer.
pub(super) fn unsigned_decimal() -> String {
    format!("^(?:{})$", at_most("18446744073709551615"))
}

/// Decimal text of an integer of that sign, from 0 to `maximum`; leading zeros allowed, as epochs are read from text.
pub(super) fn epoch(sign: &str, maximum: &str) -> String {
    format!("^{sign}0*(?:{})$", at_most(maximum))
}

/// An IPv4 or IPv6 address (RFC 4291, section 2.2), without zone and prefix length.
pub(super) fn ip() -> String {
    let group = "[0-9A-Fa-f]{1,4}";
    let last = format!("(?:{group}:{group}|{IPV4})");
    let mut branches = vec![IPV4.to_owned(), format!("(?:{group}:){{6}}{last}")];
    // `::` stands for the groups that are missing: some before it, and exactly as many as named behind it.
    for behind in (0..=5).rev() {
        let before = match 5 - behind {
            0 => String::new(),
            1 => format!("(?:{group})?"),
            n => format!("(?:(?:{group}:){{0,{}}}{group})?", n - 1),
        };
        let after = match behind {
            0 => last.clone(),
            n => format!("(?:{group}:){{{n}}}{last}"),
        };
        branches.push(format!("{before}::{after}"));
    }
    branches.push(format!("(?:(?:{group}:){{0,5}}{group})?::{group}"));
    branches.push(format!("(?:(?:{group}:){{0,6}}{group})?::"));
    format!("^(?:{})$", branches.join("|"))
}
