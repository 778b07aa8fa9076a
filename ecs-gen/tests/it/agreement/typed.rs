//! A generated struct as a judge: functions of one type, without its name.

use std::fmt::Debug;

use ecs_schema::{Log, LogRules};

use super::judges::Lenient;

/// What is asked of a struct.
#[derive(Clone, Copy)]
pub struct Typed {
    pub rules: &'static LogRules,
    pub is_taken_strictly: fn(&str) -> bool,
    pub read_leniently: fn(&str) -> Lenient,
    pub round_trip: fn(&str) -> Result<Vec<u8>, String>,
}

/// The struct `T` as a judge.
pub fn of<T: Log + PartialEq + Debug>() -> Typed {
    Typed {
        rules: T::RULES,
        is_taken_strictly: |text| T::from_json_str_strict(text).is_ok(),
        read_leniently: |text| serde_json::from_str::<T>(text).map_or(Lenient::Unreadable, |read| judge(&read)),
        round_trip: round_trip::<T>,
    }
}

/// What a struct says of itself, and whether the rules say the same of its JSON.
fn judge<T: Log>(read: &T) -> Lenient {
    match (read.validate().is_ok(), T::from_json_str_strict(&read.to_json()).is_ok()) {
        (true, true) => Lenient::Accepted,
        (false, false) => Lenient::Reported,
        _ => Lenient::Contradictory,
    }
}

fn round_trip<T: Log + PartialEq + Debug>(text: &str) -> Result<Vec<u8>, String> {
    let read = T::from_json_str_strict(text).map_err(|error| format!("cannot be read strictly: {error:?}"))?;
    read.validate().map_err(|found| format!("read strictly, and invalid: {found}"))?;
    let mut written = Vec::new();
    read.write_json(&mut written);
    let by_serde = serde_json::to_vec(&read).map_err(|error| error.to_string())?;
    if written != by_serde {
        return Err(format!("serde writes {}", String::from_utf8_lossy(&by_serde)));
    }
    let again = std::str::from_utf8(&written).map_err(|error| error.to_string())?;
    let reread = T::from_json_str_strict(again).map_err(|error| format!("what is written is invalid: {error:?}"))?;
    if reread != read {
        return Err(format!("written and read again it is another: {again}"));
    }
    let mut rewritten = Vec::new();
    reread.write_json(&mut rewritten);
    if rewritten != written {
        return Err(format!("written again it is another text: {again}"));
    }
    Ok(written)
}
