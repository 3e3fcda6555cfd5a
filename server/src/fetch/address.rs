//! Which addresses belong to the public internet.
//!
//! `Ipv4Addr::is_global` is not stable, and `is_private` with its siblings leaves out most of what matters,
//! so this is a table of its own: IANA's special-purpose registries for both families, and the addresses
//! at which clouds serve credentials to whoever asks from inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// How far an address reaches, as far as fetching from it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// An ordinary address of the public internet.
    Public,
    /// A host of this machine or of the site's own network. An operator may well keep pictures there, so
    /// allowing a host by its name lifts this refusal.
    Site(&'static str),
    /// An address that no picture comes from: metadata services, link-local and multicast addresses, and
    /// the IPv6 forms that carry an IPv4 address past a careless check. Only a network that is allowed in so
    /// many words gets here.
    Special(&'static str),
}

/// Classifies an address.
#[must_use]
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let row = V4.iter().find(|(net, _)| net.contains(&address));
    row.map_or(Reach::Public, |&(_, reach)| reach)
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if let Some(&(_, reach)) = V6.iter().find(|(net, _)| net.contains(&address)) {
        return reach;
    }
    // An allow-list of one: whatever IANA has not given out as global unicast is nobody's web server, and
    // this takes in mapped, compatible, translated and NAT64 addresses along with all future assignments.
    if !GLOBAL_UNICAST.contains(&address) {
        return Reach::Special("outside IPv6 global unicast");
    }
    // ISATAP hides an IPv4 address in the interface identifier, under any prefix at all.
    if let [_, _, _, _, 0x0000 | 0x0200, 0x5efe, _, _] = address.segments() {
        return Reach::Special("ISATAP");
    }
    Reach::Public
}

const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The first row that contains the address decides, so the narrow rows stand before the wide ones.
const V4: &[(Ipv4Net, Reach)] = &[
    (v4([100, 100, 100, 200], 32), Reach::Special("Alibaba Cloud metadata")),
    (v4([168, 63, 129, 16], 32), Reach::Special("Azure platform services")),
    (v4([0, 0, 0, 0], 8), Reach::Special("this network")),
    (v4([10, 0, 0, 0], 8), Reach::Site("private use")),
    (v4([100, 64, 0, 0], 10), Reach::Site("shared address space")),
    (v4([127, 0, 0, 0], 8), Reach::Site("loopback")),
    (v4([169, 254, 0, 0], 16), Reach::Special("link local and cloud metadata")),
    (v4([172, 16, 0, 0], 12), Reach::Site("private use")),
    (v4([192, 0, 0, 0], 24), Reach::Special("IETF protocol assignments")),
    (v4([192, 0, 2, 0], 24), Reach::Special("documentation")),
    (v4([192, 31, 196, 0], 24), Reach::Special("AS112")),
    (v4([192, 52, 193, 0], 24), Reach::Special("AMT")),
    (v4([192, 88, 99, 0], 24), Reach::Special("6to4 relay anycast")),
    (v4([192, 168, 0, 0], 16), Reach::Site("private use")),
    (v4([192, 175, 48, 0], 24), Reach::Special("AS112 direct delegation")),
    (v4([198, 18, 0, 0], 15), Reach::Special("benchmarking")),
    (v4([198, 51, 100, 0], 24), Reach::Special("documentation")),
    (v4([203, 0, 113, 0], 24), Reach::Special("documentation")),
    (v4([224, 0, 0, 0], 4), Reach::Special("multicast")),
    (v4([240, 0, 0, 0], 4), Reach::Special("reserved and broadcast")),
];

/// As [`V4`]. Rows outside global unicast are here only where the general rule says too little.
const V6: &[(Ipv6Net, Reach)] = &[
    (v6([0, 0, 0, 0, 0, 0, 0, 1], 128), Reach::Site("loopback")),
    (v6([0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0], 32), Reach::Special("AWS metadata")),
    (v6([0xfd00, 0x00c1, 0, 0, 0, 0, 0, 0], 32), Reach::Special("Oracle Cloud metadata")),
    (v6([0xfd00, 0x0042, 0, 0, 0, 0, 0, 0], 32), Reach::Special("Scaleway metadata")),
    (v6([0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0], 32), Reach::Special("Google Cloud metadata")),
    (v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7), Reach::Site("unique local")),
    (v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), Reach::Special("IETF protocol assignments and Teredo")),
    (v6([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32), Reach::Special("documentation")),
    (v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), Reach::Special("6to4")),
    (v6([0x2620, 0x004f, 0x8000, 0, 0, 0, 0, 0], 48), Reach::Special("AS112 direct delegation")),
    (v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), Reach::Special("documentation")),
];

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}
