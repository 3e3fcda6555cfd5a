//! The table of addresses, at both edges of each of its rows.

use std::net::IpAddr;

use server::fetch::address::{Reach, reach};

fn classify(address: &str) -> Reach {
    reach(address.parse::<IpAddr>().unwrap())
}

#[test]
fn every_special_range_ends_where_it_should() {
    // First and last address, and whether the one before and the one after are public.
    let ranges = [
        ("0.0.0.0", "0.255.255.255", None, Some("1.0.0.0")),
        ("10.0.0.0", "10.255.255.255", Some("9.255.255.255"), Some("11.0.0.0")),
        ("100.64.0.0", "100.127.255.255", Some("100.63.255.255"), Some("100.128.0.0")),
        ("127.0.0.0", "127.255.255.255", Some("126.255.255.255"), Some("128.0.0.0")),
        ("168.63.129.16", "168.63.129.16", Some("168.63.129.15"), Some("168.63.129.17")),
        ("169.254.0.0", "169.254.255.255", Some("169.253.255.255"), Some("169.255.0.0")),
        ("172.16.0.0", "172.31.255.255", Some("172.15.255.255"), Some("172.32.0.0")),
        ("192.0.0.0", "192.0.0.255", Some("191.255.255.255"), Some("192.0.1.0")),
        ("192.0.2.0", "192.0.2.255", Some("192.0.1.255"), Some("192.0.3.0")),
        ("192.31.196.0", "192.31.196.255", Some("192.31.195.255"), Some("192.31.197.0")),
        ("192.52.193.0", "192.52.193.255", Some("192.52.192.255"), Some("192.52.194.0")),
        ("192.88.99.0", "192.88.99.255", Some("192.88.98.255"), Some("192.88.100.0")),
        ("192.168.0.0", "192.168.255.255", Some("192.167.255.255"), Some("192.169.0.0")),
        ("192.175.48.0", "192.175.48.255", Some("192.175.47.255"), Some("192.175.49.0")),
        ("198.18.0.0", "198.19.255.255", Some("198.17.255.255"), Some("198.20.0.0")),
        ("198.51.100.0", "198.51.100.255", Some("198.51.99.255"), Some("198.51.101.0")),
        ("203.0.113.0", "203.0.113.255", Some("203.0.112.255"), Some("203.0.114.0")),
        ("224.0.0.0", "239.255.255.255", Some("223.255.255.255"), None),
        ("240.0.0.0", "255.255.255.255", None, None),
        ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, Some("2000::")),
        (
            "2001::",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("2000:ffff::"),
            Some("2001:200::"),
        ),
        (
            "2001:db8::",
            "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("2001:db7::"),
            Some("2001:db9::"),
        ),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:ffff::"), Some("2003::")),
        ("2620:4f:8000::", "2620:4f:8000:ffff::", Some("2620:4f:7fff::"), Some("2620:4f:8001::")),
        (
            "3fff::",
            "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("3ffe:ffff::"),
            Some("3fff:1000::"),
        ),
        ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("3fff:ffff::"), None),
    ];
    for (first, last, before, after) in ranges {
        for inside in [first, last] {
            assert_ne!(classify(inside), Reach::Public, "{inside}");
        }
        for outside in [before, after].into_iter().flatten() {
            assert_eq!(classify(outside), Reach::Public, "{outside}");
        }
    }
}

#[test]
fn the_site_is_what_an_operator_may_name() {
    let site = [
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.199",
        "100.100.100.201",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.0",
        "192.168.255.255",
        "::1",
        "fc00::",
        "fd00:ec1:ffff::1",
        "fd00:ec3::",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ];
    for address in site {
        assert!(matches!(classify(address), Reach::Site(_)), "{address}");
    }
}

#[test]
fn metadata_and_smuggled_addresses_are_special_wherever_they_lie() {
    let special = [
        // Metadata and platform services.
        "169.254.169.254",
        "169.254.169.253",
        "169.254.170.2",
        "169.254.170.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe",
        "fd00:42::42",
        // Loopback in IPv6 clothes: mapped, compatible, translated, NAT64 (both prefixes), 6to4, ISATAP.
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::127.0.0.1",
        "2002:7f00:1::",
        "2a00:1450::5efe:127.0.0.1",
        "2a00:1450::200:5efe:127.0.0.1",
        "2001:0:7f00:1::80ff:fffe",
        // The rest of what is not an address of one host on the internet.
        "::",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
        "5f00::1",
        "fbff::1",
        "fe00::1",
    ];
    for address in special {
        assert!(matches!(classify(address), Reach::Special(_)), "{address}");
    }
}

#[test]
fn ordinary_hosts_are_public() {
    let public = [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.215.14",
        "151.101.1.140",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2a00:1450:4001:82a::200e",
        "2a00:1450::5eff:1:1",
    ];
    for address in public {
        assert_eq!(classify(address), Reach::Public, "{address}");
    }
}
