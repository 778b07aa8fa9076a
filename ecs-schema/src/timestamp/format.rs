//! The canonical text of a moment, into a buffer on the stack. Every event has one or more, so this counts: one table
//! of digit pairs, and no division by anything but constants.

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

/// The moment's text in quotes.
pub(super) fn format(moment: Timestamp, buffer: &mut [u8; MAX_LENGTH]) -> &[u8] {
    let (year, month, day) = civil_from_days(moment.seconds.div_euclid(SECONDS_PER_DAY));
    // A remainder of 86,400 fits 32 bits, in which division is cheaper.
    let second = u32::try_from(moment.seconds.rem_euclid(SECONDS_PER_DAY)).unwrap_or(0);
    *buffer = *b"\"0000-00-00T00:00:00.000000000Z\"";
    put_pair(buffer, 1, year / 100);
    put_pair(buffer, 3, year);
    put_pair(buffer, 6, month);
    put_pair(buffer, 9, day);
    put_pair(buffer, 12, second / 3_600);
    put_pair(buffer, 15, second / 60 % 60);
    put_pair(buffer, 18, second % 60);
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
        _ => return buffer,
    };
    buffer[end] = b'Z';
    buffer[end + 1] = b'"';
    &buffer[..end + 2]
}

/// Writes the last two decimal digits of `number`.
fn put_pair(buffer: &mut [u8; MAX_LENGTH], at: usize, number: u32) {
    let [tens, ones] = PAIRS[(number % 100) as usize];
    buffer[at] = tens;
    buffer[at + 1] = ones;
}
