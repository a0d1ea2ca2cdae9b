//! Addresses that no target has, however they are written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The last four bytes of an IPv6 address.
const LAST: [usize; 4] = [12, 13, 14, 15];

/// Whether a resolver takes `host` for an IPv4 address in an old spelling (`2130706433`, `0x7f.1`), which not all read as the same
/// one. No name in DNS ends so: <https://url.spec.whatwg.org/#ends-in-a-number-checker>.
pub(super) fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    match last.strip_prefix("0x").or(last.strip_prefix("0X")) {
        Some(hex) => hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// Whether a secret could use the address to make the function call itself, or the service that gives the function its
/// credentials.
pub(super) fn forbidden(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_multicast()
        }
        IpAddr::V6(v6) => {
            // Of EC2's instance metadata, and of EKS's Pod Identity: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html>.
            matches!(v6.segments(), [0xfd00, 0xec2, ..])
                || through_v4(v6).any(|v4| forbidden(v4.into()))
                || v6.is_loopback()
                || v6.is_unicast_link_local()
                || v6.is_unspecified()
                || v6.is_multicast()
        }
    }
}

/// The IPv4 addresses to which a translator or a tunnel may bring what is sent to `address`.
fn through_v4(address: Ipv6Addr) -> impl Iterator<Item = Ipv4Addr> {
    let octets = address.octets();
    // Where each form has them, from left to right.
    let places: &[[usize; 4]] = match address.segments() {
        // The old form `::a.b.c.d` (RFC 4291), `::ffff:0:a.b.c.d` (RFC 2765), and the prefix of all translators (RFC 6052).
        [0, 0, 0, 0, 0, 0, high, _] if high != 0 => &[LAST],
        [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => &[LAST],
        // A network's own translators (RFC 8215), with each length of a prefix (RFC 6052, section 2.2).
        [0x64, 0xff9b, 1, ..] => &[[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], LAST],
        // 6to4 (RFC 3056).
        [0x2002, ..] => &[[2, 3, 4, 5]],
        // Teredo's server (RFC 4380).
        [0x2001, 0, ..] => &[[4, 5, 6, 7]],
        _ => &[],
    };
    let several = places.len() > 1;
    let found = places
        .iter()
        .map(move |place| Ipv4Addr::from(place.map(|at| octets[at])));
    // Of several places, those that the prefix does not use hold zeros.
    let found = found.filter(move |v4| !(several && v4.is_unspecified()));
    found.chain(teredo_client(address))
}

/// Teredo's client, whose address is turned bit by bit (RFC 4380, section 4).
fn teredo_client(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x2001, 0, .., high, low] = address.segments() else {
        return None;
    };
    Some(Ipv4Addr::from_bits(
        !(u32::from(high) << 16 | u32::from(low)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_no_target_has() {
        for address in [
            "127.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "fd00:ec2::254",
            "fd00:ec2::23",
            "::ffff:0:127.0.0.1",
            "64:ff9b:1::169.254.170.23",
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:a9:fe:a9fe::",
            "64:ff9b:1:0:a9:fea9:fe00:0",
            "2002:7f00:1::",
            "2002:a9fe:a9fe:1::7",
            "2001:0:a9fe:a9fe:0:ffff:f5ff:fffe",
            "2001:0:c633:6401:0:ffff:80ff:fffe",
        ] {
            assert!(forbidden(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "10.0.0.1",
            "172.31.0.1",
            "2600:1f18::1",
            "fd00::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::10.0.0.1",
            "2002:a00:1::1",
            "2001:0:c633:6401:0:ffff:f5ff:fffe",
            "2001:db8::127.0.0.1",
        ] {
            assert!(
                !forbidden(address.parse().expect("an address")),
                "{address}"
            );
        }
    }
}
