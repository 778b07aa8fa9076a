//! Days and civil dates of the proleptic Gregorian calendar, for the years 0000 to 9999.

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_FROM_MARCH: i64 = 719_468;
const DAYS_PER_ERA: i64 = 146_097;

/// Days since 1970-01-01 of a date that exists, by Howard Hinnant's algorithm (“chrono-Compatible Low-Level Date
/// Algorithms”).
pub(super) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - EPOCH_FROM_MARCH
}

/// Year, month and day of the day `days` after 1970-01-01, by the algorithm of Neri and Schneider (“Euclidean affine
/// functions and their application to calendar algorithms”, 2022), which divides by constants only.
pub(super) fn civil_from_days(days: i64) -> (u32, u32, u32) {
    // One era more, so that the first two months of the year 0 are not negative.
    let days = u32::try_from(days + EPOCH_FROM_MARCH + DAYS_PER_ERA).unwrap_or(0);
    let quarters = 4 * days + 3;
    let century = quarters / 146_097;
    let quarters = (quarters % 146_097) | 3;
    #[expect(clippy::cast_possible_truncation, reason = "the halves of 64 bits")]
    let halves = |product: u64| ((product >> 32) as u32, product as u32);
    let (year_of_century, rest) = halves(2_939_745 * u64::from(quarters));
    let day_of_year = rest / 2_939_745 / 4;
    let scaled = 2_141 * day_of_year + 197_913;
    let (month, day) = (scaled >> 16, (scaled & 0xffff) / 2_141 + 1);
    let is_next_year = day_of_year >= 306;
    let year = 100 * century + year_of_century + u32::from(is_next_year) - 400;
    (year, if is_next_year { month - 12 } else { month }, day)
}

/// How many days a month has.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
