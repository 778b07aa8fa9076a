//! The faults that can be injected, and how often.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A fault. Each variant states whether the documents of the request are stored, exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// No fault.
    #[default]
    Ok,
    /// Stored; the reply is delayed.
    Slow {
        /// The delay.
        delay: Duration,
    },
    /// Not stored; refused as a whole with a status: 401, 403, 429, 503, …
    Status {
        /// The status.
        status: u16,
        /// The header `Retry-After`, verbatim.
        retry_after: Option<String>,
    },
    /// Documents whose ids fall into a share are rejected permanently, with 400; the same ones on every attempt.
    ItemsRejected {
        /// The share.
        percent: u8,
    },
    /// The same, for an unknown reason, which may or may not be the documents'.
    ItemsUnexplained {
        /// The share.
        percent: u8,
    },
    /// Documents whose ids fall into a share are refused with 429 on their first attempt.
    ItemsBusy {
        /// The share.
        percent: u8,
    },
    /// Stored; then the connection is reset instead of a reply.
    AppliedThenReset,
    /// Not stored; the connection is reset when the request has been read.
    ResetBeforeApply,
    /// Stored; there is no reply, and the connection stays open until the client closes it.
    Hang,
    /// Not stored: nothing is read, nothing is answered, and only a change of mode closes the connection.
    HalfOpen,
    /// Stored; the reply ends in the middle.
    Truncated,
    /// Stored; the reply has the announced length and is not JSON.
    Malformed,
    /// Stored; the reply is an HTML page, like that of a gateway.
    Html {
        /// Its status: 502, or 200 for the kind of gateway that hides its failures.
        status: u16,
    },
    /// Stored; the reply has one item too few.
    WrongCount,
    /// Not stored; the reply is a redirect.
    Redirect,
    /// A body above a size limit is refused with 413.
    TooLarge {
        /// The largest accepted body, in bytes.
        bytes: usize,
    },
    /// Not stored: every connection is closed at once.
    Down,
}

/// A fault, how often it is injected, and whether only into bulk requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    /// The fault.
    pub fault: Fault,
    /// It is injected into the first `hits` of each `of` requests.
    pub hits: u32,
    /// See `hits`.
    pub of: u32,
    /// Whether it is also injected into requests other than bulk requests.
    pub everywhere: bool,
}

impl Default for Mode {
    fn default() -> Self {
        Self::always(Fault::Ok)
    }
}

impl Mode {
    /// Injects the fault into every bulk request.
    #[must_use]
    pub const fn always(fault: Fault) -> Self {
        Self::of(1, 1, fault)
    }

    /// Injects the fault into the first `hits` of each `of` bulk requests.
    #[must_use]
    pub const fn of(hits: u32, of: u32, fault: Fault) -> Self {
        Self { fault, hits, of, everywhere: false }
    }

    /// The same for requests of every kind.
    #[must_use]
    pub const fn everywhere(mut self) -> Self {
        self.everywhere = true;
        self
    }

    /// Whether the fault is injected into the request of this number, from 0.
    pub(crate) const fn applies_to(&self, number: u64) -> bool {
        self.of == 0 || number % (self.of as u64) < self.hits as u64
    }
}

/// The text is not a [`Mode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseModeError(String);

impl fmt::Display for ParseModeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` is not a mode", self.0)
    }
}

impl std::error::Error for ParseModeError {}

/// `FAULT[:PARAMETER][+all][@HITS/OF]`: `ok`, `slow:50` (milliseconds), a status such as `429` or `429:RETRY-AFTER`,
/// `flapping` (which is `503@2/3`), `items-400:PERCENT`, `items-unexplained:PERCENT`, `items-429:PERCENT`,
/// `applied-then-reset`, `reset-before-apply`, `hang`, `half-open`, `truncated`, `malformed`, `html` or `html:200`, `wrong-count`, `redirect`, `413:BYTES`, `down`.
impl FromStr for Mode {
    type Err = ParseModeError;

    fn from_str(text: &str) -> Result<Self, ParseModeError> {
        parse(text.trim()).ok_or_else(|| ParseModeError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Mode> {
    let (text, share) = text.split_once('@').map_or((text, None), |(text, share)| (text, Some(share)));
    let (text, everywhere) = text.strip_suffix("+all").map_or((text, false), |text| (text, true));
    let (name, parameter) = text.split_once(':').map_or((text, None), |(name, value)| (name, Some(value)));
    let usual = if name == "flapping" { "2/3" } else { "1/1" };
    let (hits, of) = share.unwrap_or(usual).split_once('/')?;
    let (hits, of) = (hits.parse().ok()?, of.parse().ok().filter(|of| *of > 0)?);
    Some(Mode { fault: parse_fault(name, parameter)?, hits, of, everywhere })
}

fn parse_fault(name: &str, parameter: Option<&str>) -> Option<Fault> {
    let percent = || parameter.map_or(Some(5), |text| text.parse().ok().filter(|percent| *percent <= 100));
    if let (None | Some(""), "applied-then-reset" | "reset-before-apply") = (parameter, name) {
        return Some(if name == "applied-then-reset" { Fault::AppliedThenReset } else { Fault::ResetBeforeApply });
    }
    Some(match name {
        "ok" => Fault::Ok,
        "slow" => Fault::Slow { delay: Duration::from_millis(parameter.unwrap_or("50").parse().ok()?) },
        "flapping" => Fault::Status { status: 503, retry_after: None },
        "items-400" => Fault::ItemsRejected { percent: percent()? },
        "items-unexplained" => Fault::ItemsUnexplained { percent: percent()? },
        "items-429" => Fault::ItemsBusy { percent: percent()? },
        "hang" => Fault::Hang,
        "half-open" => Fault::HalfOpen,
        "truncated" => Fault::Truncated,
        "malformed" => Fault::Malformed,
        "html" => Fault::Html { status: parameter.unwrap_or("502").parse().ok()? },
        "wrong-count" => Fault::WrongCount,
        "redirect" => Fault::Redirect,
        "413" => Fault::TooLarge { bytes: parameter.unwrap_or("0").parse().ok()? },
        "down" => Fault::Down,
        status => Fault::Status {
            status: status.parse().ok().filter(|status| (400..600).contains(status))?,
            retry_after: parameter.map(str::to_owned),
        },
    })
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => out.write_str("ok"),
            Self::Slow { delay } => write!(out, "slow:{}", delay.as_millis()),
            Self::Status { status, retry_after: None } => write!(out, "{status}"),
            Self::Status { status, retry_after: Some(wish) } => write!(out, "{status}:{wish}"),
            Self::ItemsRejected { percent } => write!(out, "items-400:{percent}"),
            Self::ItemsUnexplained { percent } => write!(out, "items-unexplained:{percent}"),
            Self::ItemsBusy { percent } => write!(out, "items-429:{percent}"),
            Self::AppliedThenReset => out.write_str("applied-then-reset"),
            Self::ResetBeforeApply => out.write_str("reset-before-apply"),
            Self::Hang => out.write_str("hang"),
            Self::HalfOpen => out.write_str("half-open"),
            Self::Truncated => out.write_str("truncated"),
            Self::Malformed => out.write_str("malformed"),
            Self::Html { status } => write!(out, "html:{status}"),
            Self::WrongCount => out.write_str("wrong-count"),
            Self::Redirect => out.write_str("redirect"),
            Self::TooLarge { bytes } => write!(out, "413:{bytes}"),
            Self::Down => out.write_str("down"),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.fault)?;
        if self.everywhere {
            out.write_str("+all")?;
        }
        if (self.hits, self.of) != (1, 1) {
            write!(out, "@{}/{}", self.hits, self.of)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Mode};

    #[track_caller]
    fn check(text: &str, again: &str) {
        let mode: Mode = text.parse().unwrap();
        assert_eq!(mode.to_string(), again);
        assert_eq!(again.parse(), Ok(mode));
    }

    #[test]
    fn modes_round_trip() {
        for text in [
            "ok",
            "slow:50",
            "429",
            "429:2",
            "503",
            "401",
            "items-400:5",
            "items-unexplained:5",
            "items-429:10",
            "applied-then-reset",
            "reset-before-apply@1/5",
            "hang@1/5",
            "half-open",
            "truncated",
            "malformed",
            "html:502",
            "html:200",
            "wrong-count",
            "redirect",
            "413:1000",
            "down",
            "503+all@1/2",
        ] {
            check(text, text);
        }
        check("flapping", "503@2/3");
        check("html", "html:502");
        check("slow", "slow:50");
    }

    #[test]
    fn invalid_mode_is_refused() {
        for text in ["", "okay", "200", "slow:soon", "ok@1", "ok@1/0", "items-400:101", "@1/2"] {
            assert_eq!(text.parse::<Mode>().unwrap_err().to_string(), format!("`{text}` is not a mode"));
        }
    }

    #[test]
    fn share_applies_to_the_first_of_each_round() {
        let mode = Mode::of(2, 3, Fault::Hang);
        let applied: Vec<bool> = (0..6).map(|number| mode.applies_to(number)).collect();
        assert_eq!(applied, [true, true, false, true, true, false]);
        assert!((0..9).all(|number| Mode::default().applies_to(number)));
    }
}
