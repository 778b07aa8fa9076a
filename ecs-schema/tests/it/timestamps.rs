//! Dates, against an independent implementation.

use ecs_schema::Timestamp;
use jiff::civil;
use proptest::prelude::*;

/// The nanoseconds that both implementations can hold: years 0000 to 9999, without the last day, of which `jiff` keeps
/// its offsets clear.
const NANOS: std::ops::RangeInclusive<i128> = -62_167_219_200_000_000_000..=253_402_207_200_000_000_000 - 1;

#[test]
fn canonical_dates_have_the_fewest_digits() {
    #[track_caller]
    fn check(nanos: i128, expected: &str) {
        assert_eq!(Timestamp::from_unix_nanos(nanos).unwrap().to_string(), expected);
    }
    check(0, "1970-01-01T00:00:00Z");
    check(1, "1970-01-01T00:00:00.000000001Z");
    check(1_000, "1970-01-01T00:00:00.000001Z");
    check(1_000_000, "1970-01-01T00:00:00.001Z");
    check(-1, "1969-12-31T23:59:59.999999999Z");
    check(Timestamp::MIN.unix_nanos(), "0000-01-01T00:00:00Z");
    check(Timestamp::MAX.unix_nanos(), "9999-12-31T23:59:59.999999999Z");
}

#[test]
fn years_beyond_four_digits_are_refused() {
    assert!(Timestamp::from_unix_nanos(Timestamp::MIN.unix_nanos() - 1).unwrap_err().is_out_of_range());
    assert!(Timestamp::from_unix_nanos(Timestamp::MAX.unix_nanos() + 1).unwrap_err().is_out_of_range());
    assert!(Timestamp::from_unix_nanos(i128::MAX).is_err());
    assert!(Timestamp::from_unix_millis(i64::MIN).is_err());
    assert!("0000-01-01T00:00:00+01:00".parse::<Timestamp>().unwrap_err().is_out_of_range());
    assert!("9999-12-31T23:59:59-01:00".parse::<Timestamp>().unwrap_err().is_out_of_range());
    assert!(!"10000-01-01".parse::<Timestamp>().unwrap_err().is_out_of_range());
}

#[test]
fn parts_of_a_moment_are_rounded_down() {
    let moment = Timestamp::from_unix_nanos(-1).unwrap();
    assert_eq!((moment.unix_millis(), moment.unix_seconds(), moment.subsec_nanos()), (-1, -1, 999_999_999));
    assert_eq!(moment.truncated_to_millis().to_string(), "1969-12-31T23:59:59.999Z");
    let now = Timestamp::now();
    assert!(now > Timestamp::from_unix_millis(1_700_000_000_000).unwrap() && now < Timestamp::MAX);
}

proptest! {
    #[test]
    fn texts_stand_for_the_same_moment_as_elsewhere(nanos in NANOS) {
        let ours = Timestamp::from_unix_nanos(nanos).unwrap();
        let theirs = jiff::Timestamp::from_nanosecond(nanos).unwrap();
        prop_assert_eq!(ours.to_string().parse::<jiff::Timestamp>().unwrap(), theirs);
        prop_assert_eq!(theirs.to_string().parse::<Timestamp>().unwrap(), ours);
        prop_assert_eq!(ours.unix_nanos(), nanos);
        prop_assert_eq!(ours.unix_millis(), i64::try_from(nanos.div_euclid(1_000_000)).unwrap());
        let mut written = Vec::new();
        ours.write(&mut written);
        prop_assert_eq!(String::from_utf8(written).unwrap(), ours.to_string());
    }

    #[test]
    fn dates_exist_exactly_where_they_do_elsewhere(year in 0i16..=9999, month in 0i8..=13, day in 0i8..=32) {
        let ours = format!("{year:04}-{month:02}-{day:02}").parse::<Timestamp>();
        let theirs = civil::Date::new(year, month, day);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok());
    }

    #[test]
    fn times_and_offsets_are_read_as_elsewhere(
        (hour, minute, second) in (0i8..=23, 0i8..=59, 0i8..=59),
        nanos in 0i32..1_000_000_000,
        digits in 1usize..=9,
        offset_minutes in -18 * 60..=18 * 60i32,
        form in 0..3,
    ) {
        let fraction = format!("{nanos:09}")[..digits].to_owned();
        let kept = format!("{fraction:0<9}").parse().unwrap();
        let (sign, size) = (if offset_minutes < 0 { '-' } else { '+' }, offset_minutes.abs());
        let (offset, shift) = match form {
            0 => (format!("{sign}{:02}:{:02}", size / 60, size % 60), offset_minutes),
            1 => (format!("{sign}{:02}{:02}", size / 60, size % 60), offset_minutes),
            _ => (format!("{sign}{:02}", size / 60), offset_minutes - offset_minutes % 60),
        };
        let text = format!("2024-03-01T{hour:02}:{minute:02}:{second:02}.{fraction}{offset}");
        let theirs = civil::date(2024, 3, 1).at(hour, minute, second, kept);
        let theirs = jiff::tz::Offset::from_seconds(shift * 60).unwrap().to_timestamp(theirs).unwrap();
        prop_assert_eq!(text.parse::<Timestamp>().unwrap().unix_nanos(), theirs.as_nanosecond(), "{}", text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[0-9T:.,Z+-]{0,32}|.{0,12}") {
        if let Ok(moment) = text.parse::<Timestamp>() {
            prop_assert_eq!(moment.to_string().parse::<Timestamp>().unwrap(), moment);
        }
    }
}
