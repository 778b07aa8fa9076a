//! The canonical text of a moment, into a buffer on the stack.

use super::Timestamp;
use super::calendar::civil_from_days;

/// `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`.
pub(super) const MAX_LENGTH: usize = 30;
const SECONDS_PER_DAY: i64 = 86_400;

pub(super) fn format(moment: Timestamp, buffer: &mut [u8; MAX_LENGTH]) -> &[u8] {
    let (year, month, day) = civil_from_days(moment.seconds.div_euclid(SECONDS_PER_DAY));
    let second = moment.seconds.rem_euclid(SECONDS_PER_DAY);
    buffer[..20].copy_from_slice(b"0000-00-00T00:00:00Z");
    put_digits(&mut buffer[0..4], year);
    put_digits(&mut buffer[5..7], month);
    put_digits(&mut buffer[8..10], day);
    put_digits(&mut buffer[11..13], second / 3_600);
    put_digits(&mut buffer[14..16], second / 60 % 60);
    put_digits(&mut buffer[17..19], second % 60);
    let nanos = i64::from(moment.nanos);
    let (fraction, digits) = match nanos {
        0 => return &buffer[..20],
        _ if nanos % 1_000_000 == 0 => (nanos / 1_000_000, 3),
        _ if nanos % 1_000 == 0 => (nanos / 1_000, 6),
        _ => (nanos, 9),
    };
    buffer[19] = b'.';
    put_digits(&mut buffer[20..20 + digits], fraction);
    buffer[20 + digits] = b'Z';
    &buffer[..=20 + digits]
}

/// Fills `place` with the last decimal digits of `number`, which is not negative.
fn put_digits(place: &mut [u8], mut number: i64) {
    for byte in place.iter_mut().rev() {
        // A remainder of 10 fits a byte.
        *byte = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}
