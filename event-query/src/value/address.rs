//! Addresses and networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The first and the last address of `text`: a single address, or a network as `address/prefix`.
pub(crate) fn parse_network(text: &str) -> Option<(IpAddr, IpAddr)> {
    let Some((address, prefix)) = text.split_once('/') else {
        let address: IpAddr = text.parse().ok()?;
        return Some((address, address));
    };
    let prefix: u32 = prefix.bytes().all(|byte| byte.is_ascii_digit()).then(|| prefix.parse().ok()).flatten()?;
    match address.parse().ok()? {
        IpAddr::V4(address) if prefix <= 32 => {
            let hosts = u32::MAX.checked_shr(prefix).unwrap_or(0);
            let first = address.to_bits() & !hosts;
            Some((Ipv4Addr::from_bits(first).into(), Ipv4Addr::from_bits(first | hosts).into()))
        }
        IpAddr::V6(address) if prefix <= 128 => {
            let hosts = u128::MAX.checked_shr(prefix).unwrap_or(0);
            let first = address.to_bits() & !hosts;
            Some((Ipv6Addr::from_bits(first).into(), Ipv6Addr::from_bits(first | hosts).into()))
        }
        _ => None,
    }
}
