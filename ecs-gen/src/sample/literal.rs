//! A short text that a regular expression matches, for the common forms: literals, classes, groups, alternatives and
//! repetitions. Takes the first of what is possible; anchors and boundaries add nothing.

use std::iter::Peekable;
use std::str::Chars;

/// How often an inner part is repeated at most, whatever the expression asks: samples stay short of absurd demands.
const MAX_REPEAT: usize = 1_024;

/// A text that `pattern`, a valid expression, matches.
pub(super) fn matching(pattern: &str) -> String {
    alternatives(&mut pattern.chars().peekable())
}

type Input<'p> = Peekable<Chars<'p>>;

/// The first of the alternatives up to a closing parenthesis or the end.
fn alternatives(input: &mut Input<'_>) -> String {
    let first = sequence(input);
    while input.next_if_eq(&'|').is_some() {
        sequence(input);
    }
    first
}

fn sequence(input: &mut Input<'_>) -> String {
    let mut text = String::new();
    while let Some(next) = input.next_if(|c| !matches!(c, '|' | ')')) {
        let part = atom(next, input);
        let count = repetitions(input);
        text.push_str(&part.repeat(count.min(MAX_REPEAT)));
    }
    text
}

fn atom(first: char, input: &mut Input<'_>) -> String {
    match first {
        '^' | '$' => String::new(),
        '.' => "a".to_owned(),
        '(' => group(input),
        '[' => class(input).to_string(),
        '\\' => escape(input).map(String::from).unwrap_or_default(),
        literal => literal.to_string(),
    }
}

/// What stands after `(`, with its closing parenthesis.
fn group(input: &mut Input<'_>) -> String {
    if input.next_if_eq(&'?').is_some() {
        // `?:`, `?<name>`, `?P<name>` or flags.
        while input.next_if(|c| !matches!(c, ':' | '>' | ')')).is_some() {}
        input.next_if(|c| matches!(c, ':' | '>'));
    }
    let text = alternatives(input);
    input.next_if_eq(&')');
    text
}

/// A character of the class whose `[` has been read.
fn class(input: &mut Input<'_>) -> char {
    if input.next_if_eq(&'^').is_some() {
        return outside(&ranges(input));
    }
    ranges(input).first().map_or('a', |range| range.0)
}

/// The class's characters as ranges, up to and with its `]`.
fn ranges(input: &mut Input<'_>) -> Vec<(char, char)> {
    let mut ranges = vec![];
    while let Some(next) = input.next_if(|c| *c != ']' || ranges.is_empty()) {
        let Some(first) = class_character(next, input) else { continue };
        let mut ahead = input.clone();
        let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']');
        if is_range {
            input.next();
            let last = input.next().and_then(|c| class_character(c, input));
            ranges.push((first, last.unwrap_or(first)));
        } else {
            ranges.push((first, first));
        }
    }
    input.next_if_eq(&']');
    ranges
}

fn class_character(character: char, input: &mut Input<'_>) -> Option<char> {
    if character == '\\' { escape(input) } else { Some(character) }
}

/// A printable character in none of the ranges.
fn outside(ranges: &[(char, char)]) -> char {
    let is_outside = |c: &char| !ranges.iter().any(|(first, last)| (first..=last).contains(&c));
    ('a'..='z').chain('0'..='9').chain(' '..='~').find(is_outside).unwrap_or('\u{e4}')
}

/// What a backslash and the next character stand for; `None` for a boundary.
fn escape(input: &mut Input<'_>) -> Option<char> {
    match input.next()? {
        'd' => Some('0'),
        'w' | 'D' | 'S' => Some('a'),
        's' | 'W' => Some(' '),
        't' => Some('\t'),
        'n' => Some('\n'),
        'b' | 'B' | 'A' | 'z' => None,
        literal => Some(literal),
    }
}

/// How often the last part is repeated at least; parts that may be left out are.
fn repetitions(input: &mut Input<'_>) -> usize {
    let count = match input.peek() {
        Some('*' | '?') => {
            input.next();
            0
        }
        Some('+') => {
            input.next();
            1
        }
        Some('{') => bounds(input),
        _ => return 1,
    };
    // A lazy repetition matches the same.
    input.next_if_eq(&'?');
    count
}

/// The lower bound of `{n}`, `{n,}` or `{n,m}`.
fn bounds(input: &mut Input<'_>) -> usize {
    let text: String = input.by_ref().skip(1).take_while(|c| *c != '}').collect();
    let lowest = text.split(',').next().unwrap_or_default();
    lowest.trim().parse().unwrap_or(0)
}
