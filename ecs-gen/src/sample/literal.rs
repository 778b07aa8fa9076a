//! A short text that a regular expression matches, for the common forms: literals, classes, groups, alternatives and
//! repetitions. Takes the first of what is possible, or what a caller chooses; anchors and boundaries add nothing.

use std::iter::Peekable;
use std::str::Chars;

/// How often an inner part is repeated at most, whatever the expression asks: samples stay short of absurd demands.
const MAX_REPEAT: usize = 1_024;

/// How many repetitions there may be beyond what the expression asks for.
const MORE: usize = 3;

/// A text that `pattern`, a valid expression, matches: the first of everything.
pub(super) fn matching(pattern: &str) -> String {
    chosen(pattern, |_| 0)
}

/// A text that `pattern`, a valid expression, matches, by what `choose` takes: a number below the one that it is given.
pub(super) fn chosen(pattern: &str, mut choose: impl FnMut(usize) -> usize) -> String {
    Writer { input: pattern.chars().peekable(), choose: &mut choose }.alternatives()
}

type Input<'p> = Peekable<Chars<'p>>;

struct Writer<'p, 'c> {
    input: Input<'p>,
    choose: &'c mut dyn FnMut(usize) -> usize,
}

impl Writer<'_, '_> {
    /// One of the alternatives up to a closing parenthesis or the end.
    fn alternatives(&mut self) -> String {
        let mut all = vec![self.sequence()];
        while self.input.next_if_eq(&'|').is_some() {
            all.push(self.sequence());
        }
        let at = (self.choose)(all.len());
        all.swap_remove(at)
    }

    fn sequence(&mut self) -> String {
        let mut text = String::new();
        while let Some(next) = self.input.next_if(|c| !matches!(c, '|' | ')')) {
            let part = self.atom(next);
            let count = self.repetitions();
            text.push_str(&part.repeat(count.min(MAX_REPEAT)));
        }
        text
    }

    fn atom(&mut self, first: char) -> String {
        match first {
            '^' | '$' => String::new(),
            '.' => "a".to_owned(),
            '(' => self.group(),
            '[' => self.class().to_string(),
            '\\' => escape(&mut self.input).map(String::from).unwrap_or_default(),
            literal => literal.to_string(),
        }
    }

    /// What stands after `(`, with its closing parenthesis.
    fn group(&mut self) -> String {
        if self.input.next_if_eq(&'?').is_some() {
            // `?:`, `?<name>`, `?P<name>` or flags.
            while self.input.next_if(|c| !matches!(c, ':' | '>' | ')')).is_some() {}
            self.input.next_if(|c| matches!(c, ':' | '>'));
        }
        let text = self.alternatives();
        self.input.next_if_eq(&')');
        text
    }

    /// A character of the class whose `[` has been read.
    fn class(&mut self) -> char {
        if self.input.next_if_eq(&'^').is_some() {
            return outside(&ranges(&mut self.input));
        }
        let ranges = ranges(&mut self.input);
        if ranges.is_empty() {
            return 'a';
        }
        let (first, last) = ranges[(self.choose)(ranges.len())];
        let end = (u32::from(last) - u32::from(first) + 1) as usize;
        (first..=last).nth((self.choose)(end)).unwrap_or(first)
    }

    /// How often the last part is repeated: the least, or some more where that is free.
    fn repetitions(&mut self) -> usize {
        let (least, most) = match self.input.peek() {
            Some('*') => (0, MORE),
            Some('?') => (0, 1),
            Some('+') => (1, 1 + MORE),
            Some('{') => bounds(&mut self.input),
            _ => return 1,
        };
        // The sign itself; bounds in braces have been read.
        self.input.next_if(|c| matches!(c, '*' | '?' | '+'));
        // A lazy repetition matches the same.
        self.input.next_if_eq(&'?');
        least + (self.choose)(most - least + 1)
    }
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

/// The bounds of `{n}`, `{n,}` or `{n,m}`; an upper one that is far away comes near.
fn bounds(input: &mut Input<'_>) -> (usize, usize) {
    let text: String = input.by_ref().skip(1).take_while(|c| *c != '}').collect();
    let (least, most) = text.split_once(',').unwrap_or((&text, &text));
    let least = least.trim().parse().unwrap_or(0);
    let most = most.trim().parse().unwrap_or(usize::MAX);
    (least, most.clamp(least, least + MORE))
}
