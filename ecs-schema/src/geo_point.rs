//! A place on Earth. Owns its two numbers and their limits; knows nothing of shapes or distances.

use std::fmt;

/// A latitude and a longitude in degrees (WGS 84), checked on construction.
///
/// Written as `{"lat":48.1,"lon":11.6}`; read also from `[11.6,48.1]` (longitude first, as in `GeoJSON`) and from
/// `"48.1,11.6"` (latitude first), the other forms that the engines take for one point.
///
/// # Examples
/// ```
/// use ecs_schema::GeoPoint;
///
/// let munich = GeoPoint::new(48.137, 11.575)?;
/// assert_eq!(munich.lat(), 48.137);
/// assert!(GeoPoint::new(91.0, 0.0).is_err());
/// # Ok::<(), ecs_schema::GeoPointError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoPoint {
    lat: f64,
    lon: f64,
}

impl GeoPoint {
    /// The largest magnitude of a latitude.
    pub const MAX_LAT: f64 = 90.0;
    /// The largest magnitude of a longitude.
    pub const MAX_LON: f64 = 180.0;

    /// The point at `lat` degrees north and `lon` degrees east.
    ///
    /// # Errors
    /// When a number is not finite or too large.
    pub fn new(lat: f64, lon: f64) -> Result<Self, GeoPointError> {
        if lat.abs() <= Self::MAX_LAT && lon.abs() <= Self::MAX_LON {
            Ok(Self { lat, lon })
        } else {
            Err(GeoPointError)
        }
    }

    /// Degrees north of the equator, −90 to 90.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east of Greenwich, −180 to 180.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// A placeholder for a required field that is still to be read.
    pub(crate) const fn blank() -> Self {
        Self { lat: 0.0, lon: 0.0 }
    }

    /// Reads `"lat,lon"`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (lat, lon) = text.split_once(',')?;
        Self::new(lat.trim().parse().ok()?, lon.trim().parse().ok()?).ok()
    }
}

/// The latitude or the longitude is not in its range.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GeoPointError;

impl fmt::Display for GeoPointError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a latitude is between -90 and 90 degrees, a longitude between -180 and 180")
    }
}

impl std::error::Error for GeoPointError {}
