//! Which texts and numbers a date field takes, out of its mapping parameter `format`; for the emitters that say so.

use crate::model::Field;
use crate::parameter::{Parameter, Parameters};

/// The forms in which a date field takes its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DateFormats {
    /// `strict_date_optional_time` and its twin with nanoseconds.
    pub(crate) is_iso: bool,
    /// What a number is, when numbers are taken.
    pub(crate) epoch: Option<Epoch>,
}

/// What a number counts since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Epoch {
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
}

impl DateFormats {
    /// What the engines take where a mapping has no `format`.
    const DEFAULT: Self = Self { is_iso: true, epoch: Some(Epoch::Millis) };

    /// The forms that `field` takes.
    pub(crate) fn of(field: &Field) -> Self {
        Self::of_parameters(&field.parameters)
    }

    /// The forms that a field with these parameters takes.
    pub(crate) fn of_parameters(parameters: &Parameters) -> Self {
        parameters.get(&Parameter::Format).and_then(|format| format.as_str()).map_or(Self::DEFAULT, Self::parse)
    }

    /// Reads formats joined by `||`. Of the two epochs the engines take a number by the one that stands first.
    fn parse(formats: &str) -> Self {
        let epochs = formats.split("||").filter_map(|format| match format.trim() {
            "epoch_millis" => Some(Epoch::Millis),
            "epoch_second" => Some(Epoch::Seconds),
            _ => None,
        });
        Self { is_iso: formats.contains("strict_date_optional_time"), epoch: epochs.into_iter().next() }
    }
}
