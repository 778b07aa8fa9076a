//! The faults that can be ordered, and how often they strike.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One way to fail. Each says whether the documents of the request are stored, and that is exact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// None.
    #[default]
    Ok,
    /// Stored, and answered after a while.
    Slow {
        /// How long that is.
        delay: Duration,
    },
    /// Not stored; refused as a whole with a status: 401, 403, 429, 503, …
    Status {
        /// The status.
        status: u16,
        /// The header `Retry-After`, verbatim.
        retry_after: Option<String>,
    },
    /// Documents whose id falls into a share are refused for good, with 400; the same ones on every try.
    ItemsRejected {
        /// The share.
        percent: u8,
    },
    /// The same, for a reason that nobody knows, which may be the documents or not.
    ItemsUnexplained {
        /// The share.
        percent: u8,
    },
    /// Documents whose id falls into a share are refused with 429 when they come for the first time.
    ItemsBusy {
        /// The share.
        percent: u8,
    },
    /// Stored, then the connection is reset in place of a reply.
    AppliedThenReset,
    /// Not stored; the connection is reset when the request has been read.
    ResetBeforeApply,
    /// Stored, and never answered; the connection stays until the client closes it.
    Hang,
    /// Not stored: nothing is read any more, nothing is answered, and nothing closes the connection but a change of mode.
    HalfOpen,
    /// Stored; the reply ends in its middle.
    Truncated,
    /// Stored; the reply is of the announced length and no JSON.
    Malformed,
    /// Stored; the reply is a page for people, as a gateway makes it.
    Html {
        /// Its status: 502, or 200 for the kind of gateway that hides its failures.
        status: u16,
    },
    /// Stored; the reply has an item too few.
    WrongCount,
    /// Not stored; the client is sent elsewhere.
    Redirect,
    /// A body above a size is refused with 413.
    TooLarge {
        /// The largest body that is taken, in bytes.
        bytes: usize,
    },
    /// Not stored: every connection is closed at once, whatever it asks.
    Down,
}

/// A fault, how often it strikes, and whether it strikes bulk requests alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mode {
    /// What happens.
    pub fault: Fault,
    /// It strikes the first `hits` of each `of` requests.
    pub hits: u32,
    /// See `hits`.
    pub of: u32,
    /// Whether it strikes requests other than bulk requests too.
    pub everywhere: bool,
}

impl Default for Mode {
    fn default() -> Self {
        Self::always(Fault::Ok)
    }
}

impl Mode {
    /// Strikes each bulk request.
    #[must_use]
    pub const fn always(fault: Fault) -> Self {
        Self::of(1, 1, fault)
    }

    /// Strikes the first `hits` of each `of` bulk requests.
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

    /// Whether the request of that number, from 0, is struck.
    pub(crate) const fn strikes(&self, number: u64) -> bool {
        self.of == 0 || number % (self.of as u64) < self.hits as u64
    }
}

/// A text is no [`Mode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseModeError(String);

impl fmt::Display for ParseModeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` is no mode", self.0)
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
    fn modes_are_read_as_they_are_written() {
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
    fn what_is_no_mode_is_refused() {
        for text in ["", "okay", "200", "slow:soon", "ok@1", "ok@1/0", "items-400:101", "@1/2"] {
            assert_eq!(text.parse::<Mode>().unwrap_err().to_string(), format!("`{text}` is no mode"));
        }
    }

    #[test]
    fn share_strikes_the_first_of_each_round() {
        let mode = Mode::of(2, 3, Fault::Hang);
        let struck: Vec<bool> = (0..6).map(|number| mode.strikes(number)).collect();
        assert_eq!(struck, [true, true, false, true, true, false]);
        assert!((0..9).all(|number| Mode::default().strikes(number)));
    }
}
