//! Values as the types of a mapping compare them: exact numbers, dates with the engines' rounding, addresses, versions and
//! patterns. Texts in, values out; knows no fields beyond their kinds.

mod address;
pub(crate) mod date;
mod date_math;
mod decimal;
pub(crate) mod number;
mod pattern;
mod version;

pub(crate) use address::parse_network;
pub use decimal::Decimal;
pub use pattern::Pattern;
pub use version::Version;
