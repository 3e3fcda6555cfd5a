//! Every way to write an IPv4 address, and every way to carry one inside an IPv6 address.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use server::fetch::address::{Reach, reach};
use server::fetch::{FetchError, Fetcher};
use tokio::runtime::Runtime;
use url::{Host, Url};

use crate::support::{Names, policy};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static FETCHER: LazyLock<Fetcher> =
    LazyLock::new(|| Fetcher::with_resolver(policy(&[]), Arc::new(Names::default())).unwrap());

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_spelling_changes_the_verdict(address in address()) {
        let address = Ipv4Addr::from(address);
        for text in spellings(address) {
            let url = format!("http://{text}/");
            let parsed = Url::parse(&url).unwrap();
            prop_assert_eq!(parsed.host(), Some(Host::Ipv4(address)), "{}", url);
            // A public address stands for itself, and asking for it would leave this machine.
            if reach(address.into()) != Reach::Public {
                refused(&url)?;
            }
        }
    }

    #[test]
    fn no_ipv4_address_travels_inside_another(address in any::<u32>(), prefix in 0x2003u16..0x3ffe) {
        for embedded in embeddings(address, prefix) {
            prop_assert!(matches!(reach(embedded.into()), Reach::Special(_) | Reach::Site(_)), "{}", embedded);
            refused(&format!("http://[{embedded}]/"))?;
        }
    }
}

fn refused(url: &str) -> Result<(), TestCaseError> {
    let error = RUNTIME.block_on(FETCHER.fetch(url)).err();
    prop_assert!(matches!(error, Some(FetchError::NotAllowed(_))), "{}: {:?}", url, error);
    Ok(())
}

/// Any address, with a liking for those that matter.
fn address() -> impl Strategy<Value = u32> {
    prop_oneof![
        any::<u32>(),
        (0u32..1 << 24).prop_map(|low| 0x7f00_0000 | low),
        (0u32..1 << 24).prop_map(|low| 0x0a00_0000 | low),
        (0u32..1 << 16).prop_map(|low| 0xa9fe_0000 | low),
        (0u32..1 << 16).prop_map(|low| 0xc0a8_0000 | low),
        (0u32..1 << 20).prop_map(|low| 0xac10_0000 | low),
        (0u32..1 << 22).prop_map(|low| 0x6440_0000 | low),
        (0u32..1 << 28).prop_map(|low| 0xe000_0000 | low),
    ]
}

fn spellings(address: Ipv4Addr) -> Vec<String> {
    let whole = u32::from(address);
    let [a, b, c, d] = address.octets();
    let (low24, low16) = (whole & 0xff_ffff, whole & 0xffff);
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{whole}"),
        format!("{whole:#x}"),
        format!("{whole:#X}").replace("0X", "0x"),
        format!("0{whole:o}"),
        format!("0000{whole:o}"),
        format!("{a}.{low24}"),
        format!("{a}.{b}.{low16}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0x00{a:x}.0x00{b:x}.0x00{c:x}.0x00{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("000{a:o}.0{b:o}.00{c:o}.0{d:o}"),
        format!("{a:#x}.0{b:o}.{low16}"),
        format!("{a:#x}.{low24:#x}"),
        format!("0{a:o}.0{low24:o}"),
        format!("{a}。{b}。{c}。{d}"),
        format!("{a}．{b}．{c}．{d}"),
        format!("{a}%2e{b}%2E{c}.{d}"),
        circled(&format!("{a}.{b}.{c}.{d}")),
        fullwidth(&format!("{a}.{b}.{c}.{d}")),
    ]
}

/// IPv6 addresses with an IPv4 address inside, under an ordinary prefix where the form leaves it open.
fn embeddings(address: u32, prefix: u16) -> Vec<Ipv6Addr> {
    let (high, low) = ((address >> 16) as u16, (address & 0xffff) as u16);
    let v6 = |segments: [u16; 8]| Ipv6Addr::from(segments);
    vec![
        v6([0, 0, 0, 0, 0, 0xffff, high, low]),
        v6([0, 0, 0, 0, 0, 0, high, low]),
        v6([0, 0, 0, 0, 0xffff, 0, high, low]),
        v6([0x64, 0xff9b, 0, 0, 0, 0, high, low]),
        v6([0x64, 0xff9b, 1, 0, 0, 0, high, low]),
        v6([0x2002, high, low, 0, 0, 0, 0, 0]),
        v6([0x2002, high, low, prefix, 0, 0, 0, 1]),
        v6([0x2001, 0, high, low, 0, 0, 0, 0]),
        v6([0x2001, 0, 0x4136, 0xe378, 0x8000, 0x63bf, !high, !low]),
        v6([prefix, 1, 2, 3, 0, 0x5efe, high, low]),
        v6([prefix, 1, 2, 3, 0x200, 0x5efe, high, low]),
        v6([0xfe80, 0, 0, 0, 0, 0x5efe, high, low]),
    ]
}

fn circled(text: &str) -> String {
    text.chars().map(|it| if it == '.' { '.' } else { shifted(it, '①', '⓪') }).collect()
}

fn fullwidth(text: &str) -> String {
    text.chars().map(|it| if it == '.' { '.' } else { shifted(it, '１', '０') }).collect()
}

/// The digit in another script, given that script's one and zero.
fn shifted(digit: char, one: char, zero: char) -> char {
    match digit.to_digit(10) {
        Some(value @ 1..) => char::from_u32(one as u32 + value - 1).unwrap(),
        _ => zero,
    }
}
