//! IP addresses and places on Earth, in every form. Knows no fields.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use crate::sample::random::Random;

const EDGES: &[&str] = &[
    "0.0.0.0",
    "255.255.255.255",
    "127.0.0.1",
    "::",
    "::1",
    "1::",
    "2001:DB8::A",
    "2001:0db8:0000:0000:0000:0000:0000:0001",
    "::ffff:192.0.2.1",
    "64:ff9b::198.51.100.7",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/// An address.
pub(super) fn ip(random: &mut Random) -> String {
    match random.below(3) {
        0 => random.pick(EDGES).to_owned(),
        1 => v4(random).to_string(),
        _ => v6(random).to_string(),
    }
}

/// An IPv4 address.
pub(super) fn v4(random: &mut Random) -> Ipv4Addr {
    Ipv4Addr::from((random.bits() >> 32) as u32)
}

/// An IPv6 address, half of them with a run of zeros.
pub(super) fn v6(random: &mut Random) -> Ipv6Addr {
    let high = u128::from(random.bits()) << 64;
    let low = if random.per_mille(500) { u128::from(random.bits()) } else { u128::from(random.bits() >> 48) };
    Ipv6Addr::from(high | low)
}

/// A point.
pub(super) fn point(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!({"lat": 90, "lon": -180}),
        1 => json!({"lat": -90.0, "lon": 180.0}),
        2 => json!({"lat": 0, "lon": -0.0}),
        _ => json!({"lat": random.fraction() * 180.0 - 90.0, "lon": random.fraction() * 360.0 - 180.0}),
    }
}
