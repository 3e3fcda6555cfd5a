//! URLs that try to look like something else. None of them may cost a connection.

use std::sync::Arc;

use server::fetch::address::{Reach, reach};
use server::fetch::{Denied, FetchError, FetchPolicy, Fetcher};

use crate::support::{Host, Names, policy};

#[tokio::test]
async fn no_disguise_leads_to_loopback_or_metadata() {
    let trap = Host::trap();
    let port = trap.address.port();
    // The trap's port is an allowed one, so that nothing but the host can be the reason.
    let ports = vec![80, 443, port];
    // Names that anyone may point anywhere are all at the trap.
    let names = Arc::new(Names::default().otherwise("127.0.0.1"));
    let fetcher = Fetcher::with_resolver(FetchPolicy { ports, ..policy(&[]) }, names).unwrap();
    for host in HOSTS {
        for url in [format!("http://{host}:{port}/"), format!("https://{host}:{port}/a.png?b#c")] {
            stays_here(&url);
            let error = fetcher.fetch(&url).await.unwrap_err();
            assert!(matches!(error.code(), "url_not_allowed" | "url_invalid"), "{url}: {error}");
        }
    }
    for url in URLS {
        let url = url.replace("PORT", &port.to_string());
        stays_here(&url);
        let error = fetcher.fetch(&url).await.unwrap_err();
        assert!(matches!(error.code(), "url_not_allowed" | "url_invalid"), "{url}: {error}");
    }
    assert_eq!(trap.connections(), 0);
}

/// A slip in these lists must not send the tests out into the world.
fn stays_here(url: &str) {
    let address = match url::Url::parse(url).ok().and_then(|url| url.host().map(|it| it.to_owned()))
    {
        Some(url::Host::Ipv4(address)) => address.into(),
        Some(url::Host::Ipv6(address)) => address.into(),
        Some(url::Host::Domain(_)) | None => return,
    };
    assert_ne!(reach(address), Reach::Public, "{url}");
}

#[tokio::test]
async fn reserved_names_are_not_even_looked_up() {
    let names = Arc::new(Names::default().otherwise("127.0.0.1"));
    let fetcher =
        Fetcher::with_resolver(policy(&["127.0.0.1/32"]), Arc::clone(&names) as _).unwrap();
    for name in RESERVED {
        let error = fetcher.fetch(&format!("http://{name}/")).await.unwrap_err();
        assert_eq!(error, FetchError::NotAllowed(Denied::Host), "{name}");
    }
    assert!(names.asked().is_empty(), "{:?}", names.asked());
}

#[tokio::test]
async fn other_schemes_are_told_apart() {
    let fetcher = Fetcher::new(policy(&[])).unwrap();
    for url in SCHEMES {
        let error = fetcher.fetch(url).await.unwrap_err();
        assert_eq!(error, FetchError::NotAllowed(Denied::Scheme), "{url}");
        assert!(error.to_string().contains("http and https"));
    }
}

#[tokio::test]
async fn what_is_no_url_is_called_so() {
    let fetcher = Fetcher::new(policy(&[])).unwrap();
    let long = format!("http://example.org/{}", "a".repeat(2048));
    let malformed = [
        "",
        " ",
        "cat.png",
        "/etc/passwd",
        "//example.org/cat.png",
        "http://",
        "http:///",
        "https://?",
        "http://exa mple.org/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://4294967296/",
        "http://127.0.0.256/",
        "http://1.2.3.4.5/",
        "http://example.org\\@127.0.0.1/",
        "http://exam\tple.org/",
        "http://example.org/\r\nX: y",
        "http://example.org/\0",
        "http://a%00b.example.org/",
        "http://xn--/",
        &long,
    ];
    for url in malformed {
        let error = fetcher.fetch(url).await.unwrap_err();
        assert_eq!(error.code(), "url_invalid", "{url:?}: {error}");
    }
}

#[tokio::test]
async fn names_are_strict() {
    let names = Arc::new(Names::default().otherwise("127.0.0.1"));
    let fetcher =
        Fetcher::with_resolver(policy(&["127.0.0.1/32"]), Arc::clone(&names) as _).unwrap();
    let long_label = format!("http://{}.example.org/", "a".repeat(64));
    let long_name = format!("http://{}example.org/", "a.".repeat(125));
    let odd = [
        "http://127.0.0.1!/",
        "http://a_b.example.org/",
        "http://-a.example.org/",
        "http://a-.example.org/",
        "http://a..example.org/",
        "http://.example.org/",
        "http://example.org../",
        "http://a,b.example.org/",
        "http://a'b.example.org/",
        "http://a$b.example.org/",
        "http://*.example.org/",
        "http://a~b.example.org/",
        &long_label,
        &long_name,
    ];
    for url in odd {
        let error = fetcher.fetch(url).await.unwrap_err();
        assert!(matches!(error.code(), "url_not_allowed" | "url_invalid"), "{url}: {error}");
    }
    assert!(names.asked().is_empty(), "{:?}", names.asked());
}

#[tokio::test]
async fn credentials_are_refused() {
    let fetcher = Fetcher::new(policy(&["127.0.0.1/32"])).unwrap();
    for url in ["http://user@127.0.0.1/", "http://user:word@127.0.0.1/", "http://:word@127.0.0.1/"]
    {
        let error = fetcher.fetch(url).await.unwrap_err();
        assert_eq!(error, FetchError::NotAllowed(Denied::Credentials), "{url}");
    }
}

const HOSTS: &[&str] = &[
    // Loopback, in full and abbreviated.
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.127.127.127",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "0.0",
    "0x0",
    // Other bases, mixed and padded.
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.0x1",
    "0177.0.0.1",
    "0177.0x0.1",
    "00000177.00000000.0000000.0001",
    "0x0000007f.0.0.1",
    "127.0x0001",
    "0X7F.1",
    "127.0.0.0x1",
    "0x100000000",
    "127.0.0.01e1",
    "0xg.1",
    // Other scripts.
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "１２７.0.0.1",
    "①②⑦｡①",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "ｌocalhost",
    "LOCALHOST",
    "loca\u{ad}lhost",
    "loca\u{200b}lhost",
    // Percent signs.
    "127%2e0%2e0%2e1",
    "%31%32%37.0.0.1",
    "%6c%6f%63%61%6c%68%6f%73%74",
    "127.0.0.1%00",
    "127.0.0.1%20",
    "127.0.0.1%0d%0a",
    "localhost%00.example.org",
    // IPv6 and what fits inside it.
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[0000:0000:0000:0000:0000:0000:0000:0001]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%lo]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[::ffff:127.1]",
    "[127.0.0.1]",
    "[::1].example.org",
    // Metadata, in several of the same ways.
    "169.254.169.254",
    "169.254.43518",
    "169.16689662",
    "2852039166",
    "0xa9fea9fe",
    "025177524776",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "0251.254.169.254",
    "[::ffff:169.254.169.254]",
    "[::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "①⑥⑨。②⑤④。①⑥⑨。②⑤④",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "metadata.google.internal",
    "metadata",
    "instance-data",
    // Overflowing octets, which some parsers wrap.
    "425.510.425.510",
    "7147006462",
    "0x1a9fea9fe",
    "127.0.0.257",
    "383.0.0.1",
    // The site's network.
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.0.1",
    "192.168.257",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    // Names that anybody may point here, and an address at the front of a longer name.
    "localtest.me",
    "127.0.0.1.nip.io",
    "lvh.me",
    "spoofed.burpcollaborator.net",
    "7f000001.example.org",
    "169.254.169.254.example.org",
    "ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ",
    "xn--bcher-kva.example.org",
    "bücher.example.org",
    "example.org.",
    "EXAMPLE.org",
];

const URLS: &[&str] = &[
    // Which part is the host?
    "http://example.org@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT@example.org/",
    "http://127.0.0.1:PORT#@example.org/",
    "http://127.0.0.1:PORT?@example.org/",
    "http://example.org#@127.0.0.1:PORT/",
    "http://example.org?@127.0.0.1:PORT/",
    "http://example.org\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@example.org/",
    "http://example.org&@127.0.0.1:PORT#@example.net/",
    "http://127.0.0.1:PORT:80/",
    "http://127.0.0.1:PORT,example.org/",
    "http://127.0.0.1:PORT /",
    "http://foo@127.0.0.1:PORT@example.org/",
    "http://example.org:80@127.0.0.1:PORT/",
    "http://@127.0.0.1:PORT/",
    "http://example.org:@127.0.0.1:PORT/",
    // What parsers repair.
    "http:127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:////127.0.0.1:PORT/",
    "http:\\\\127.0.0.1:PORT\\",
    "http:/\\127.0.0.1:PORT/",
    "ht\ntp://127.0.0.1:PORT/",
    " http://127.0.0.1:PORT/ ",
    "HTTP://127.0.0.1:PORT/",
    "\u{1}http://127.0.0.1:PORT/",
    "http://127.0.0.1:0PORT/",
    "http://127.0.0.1\t:PORT/",
    "http://0/",
    "https://0/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:0/",
    "http://example.org:0/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[[::1]]:PORT/",
    "http://[::1]PORT/",
    // Schemes around schemes.
    "url:http://127.0.0.1:PORT/",
    "blob:http://127.0.0.1:PORT/",
    "jar:http://127.0.0.1:PORT!/",
    "view-source:http://127.0.0.1:PORT/",
    "feed:http://127.0.0.1:PORT/",
    "http://http://127.0.0.1:PORT/",
];

const SCHEMES: &[&str] = &[
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "file:/etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "ftp://example.org/cat.png",
    "sftp://example.org/",
    "gopher://127.0.0.1:70/_x",
    "dict://127.0.0.1:2628/d",
    "ldap://127.0.0.1/",
    "tftp://127.0.0.1/x",
    "ws://127.0.0.1/",
    "wss://127.0.0.1/",
    "jar:file:///x!/y",
    "netdoc:///etc/passwd",
    "javascript:alert(1)",
    "blob:https://example.org/x",
    "about:blank",
    "phar://x.png",
    "expect://id",
    "unix:/var/run/docker.sock",
    "http+unix://x/",
    "httpx://example.org/",
];

const RESERVED: &[&str] = &[
    "localhost",
    "LocalHost",
    "localhost.",
    "a.localhost",
    "a.b.localhost",
    "localhost.localdomain",
    "printer.local",
    "metadata.google.internal",
    "router.home.arpa",
    "kubernetes.default.svc.cluster.local",
    "kubernetes",
    "intranet",
    "redis",
    "wiki.intranet",
    "nas.lan",
    "a.onion",
    "a.test",
    "a.invalid",
    "1.0.0.127.in-addr.arpa",
];
