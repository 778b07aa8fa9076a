//! The canonical text of a moment, into a buffer on the stack. Every event has one or more, so this counts: one table
//! of digit pairs, no division by anything but constants, and the text of a second is made once.

use std::cell::Cell;

use super::Timestamp;
use super::calendar::civil_from_days;

/// `"YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ"`, with the quotes.
pub(super) const MAX_LENGTH: usize = 32;
const SECONDS_PER_DAY: i64 = 86_400;

/// The numbers 00 to 99 as two digits.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [DIGITS[number / 10], DIGITS[number % 10]];
        number += 1;
    }
    pairs
};
const DIGITS: &[u8; 10] = b"0123456789";

thread_local! {
    /// A second since 1970 and its text: events that follow each other mostly share it.
    static LAST: Cell<(i64, [u8; MAX_LENGTH])> = const { Cell::new((i64::MIN, [0; MAX_LENGTH])) };
}

/// Puts the moment's text in quotes into `buffer`, and gives back its length.
pub(super) fn format(moment: Timestamp, buffer: &mut [u8; MAX_LENGTH]) -> usize {
    let (second, text) = LAST.get();
    if second == moment.seconds {
        *buffer = text;
    } else {
        put_second(moment.seconds, buffer);
        LAST.set((moment.seconds, *buffer));
    }
    let nanos = moment.nanos;
    put_pair(buffer, 21, nanos / 10_000_000);
    put_pair(buffer, 23, nanos / 100_000);
    put_pair(buffer, 25, nanos / 1_000);
    put_pair(buffer, 27, nanos / 10);
    buffer[29] = DIGITS[(nanos % 10) as usize];
    let end = match nanos {
        0 => 20,
        _ if nanos.is_multiple_of(1_000_000) => 24,
        _ if nanos.is_multiple_of(1_000) => 27,
        _ => return MAX_LENGTH,
    };
    buffer[end] = b'Z';
    buffer[end + 1] = b'"';
    end + 2
}

/// Writes a second since 1970, with a fraction of zeros.
fn put_second(seconds: i64, buffer: &mut [u8; MAX_LENGTH]) {
    let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
    // A remainder of 86,400 fits 32 bits, in which division is cheaper.
    let second = u32::try_from(seconds.rem_euclid(SECONDS_PER_DAY)).unwrap_or(0);
    *buffer = *b"\"0000-00-00T00:00:00.000000000Z\"";
    put_pair(buffer, 1, year / 100);
    put_pair(buffer, 3, year);
    put_pair(buffer, 6, month);
    put_pair(buffer, 9, day);
    put_pair(buffer, 12, second / 3_600);
    put_pair(buffer, 15, second / 60 % 60);
    put_pair(buffer, 18, second % 60);
}

/// Writes the last two decimal digits of `number`.
fn put_pair(buffer: &mut [u8; MAX_LENGTH], at: usize, number: u32) {
    let [tens, ones] = PAIRS[(number % 100) as usize];
    buffer[at] = tens;
    buffer[at + 1] = ones;
}
