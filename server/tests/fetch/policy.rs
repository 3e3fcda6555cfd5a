//! Modes, allow-lists, ports and the server's own address.

use std::sync::Arc;

use server::fetch::{Allow, Denied, FetchError, FetchMode, FetchPolicy, Fetcher};

use crate::support::{Host, Names, PICTURE, policy};

fn denied<T: std::fmt::Debug>(outcome: Result<T, FetchError>, expected: Denied) {
    assert_eq!(outcome.unwrap_err(), FetchError::NotAllowed(expected));
}

#[test]
fn entries_are_read() {
    let host = |name: &str| Allow::Host(name.into());
    let net = |text: &str| Allow::Net(text.parse().unwrap());
    let good = [
        ("pictures.example.org", host("pictures.example.org")),
        ("Pictures.Example.ORG.", host("pictures.example.org")),
        ("bücher.example", host("xn--bcher-kva.example")),
        ("minio", host("minio")),
        ("127.0.0.1", net("127.0.0.1/32")),
        ("127.0.0.1/32", net("127.0.0.1/32")),
        ("10.0.0.0/8", net("10.0.0.0/8")),
        ("::1", net("::1/128")),
        ("fd12:3456::/32", net("fd12:3456::/32")),
    ];
    for (text, expected) in good {
        assert_eq!(text.parse::<Allow>().unwrap(), expected);
    }
    let bad = [
        "",
        " ",
        "*",
        "*.example.org",
        "http://example.org",
        "example.org/",
        "example.org:80",
        "10.0.0.0/33",
        "127.1",
        "2130706433",
        "a_b.example.org",
        "[::1]",
        "10.0.0.0/8 ",
        "user@example.org",
    ];
    for text in bad {
        let error = text.parse::<Allow>().unwrap_err();
        assert!(error.to_string().contains(text));
    }
}

#[test]
fn a_policy_that_refuses_by_accident_is_refused() {
    let broken = [
        FetchPolicy { max_bytes: 0, ..policy(&[]) },
        FetchPolicy { timeout: std::time::Duration::ZERO, ..policy(&[]) },
        FetchPolicy { slots: 0, ..policy(&[]) },
        FetchPolicy { user_agent: "a\r\nb".into(), ..policy(&[]) },
    ];
    for policy in broken {
        Fetcher::new(policy).unwrap_err();
    }
}

#[tokio::test]
async fn off_is_off() {
    let host = Host::answering("200 OK", PICTURE);
    let policy = FetchPolicy { mode: FetchMode::Off, ..policy(&["127.0.0.1/32"]) };
    let fetcher = Fetcher::new(policy).unwrap();
    assert_eq!(fetcher.fetch(&host.url()).await.unwrap_err(), FetchError::Off);
    assert_eq!(fetcher.fetch("nonsense").await.unwrap_err().code(), "fetch_off");
    assert_eq!(host.connections(), 0);
}

#[tokio::test]
async fn a_net_is_allowed_in_both_modes_and_on_any_port() {
    let host = Host::answering("200 OK", PICTURE);
    for mode in [FetchMode::Public, FetchMode::Allowlist] {
        let names = Arc::new(Names::default().with("pictures.example.org", &[&["127.0.0.1"]]));
        let policy = FetchPolicy { mode, ..policy(&["127.0.0.1/32"]) };
        let fetcher = Fetcher::with_resolver(policy, names).unwrap();
        assert_eq!(fetcher.fetch(&host.url()).await.unwrap().bytes, PICTURE);
        let by_name = format!("http://pictures.example.org:{}/", host.address.port());
        assert_eq!(fetcher.fetch(&by_name).await.unwrap().bytes, PICTURE);
        // The neighbour of an allowed address is not allowed, nor is the same one in other clothes.
        let port = host.address.port();
        denied(fetcher.fetch(&format!("http://127.0.0.2:{port}/")).await, Denied::Host);
        denied(fetcher.fetch(&format!("http://[::ffff:127.0.0.1]:{port}/")).await, Denied::Host);
        denied(fetcher.fetch(&format!("http://[::127.0.0.1]:{port}/")).await, Denied::Host);
    }
}

#[tokio::test]
async fn a_named_host_may_be_on_the_site_but_nowhere_special() {
    let host = Host::answering("200 OK", PICTURE);
    let port = host.address.port();
    let names = Arc::new(
        Names::default()
            .with("minio", &[&["127.0.0.1"], &["169.254.169.254"], &["127.0.0.1", "0.0.0.0"]])
            .with("other.example.org", &[&["127.0.0.1"]]),
    );
    let policy = FetchPolicy { mode: FetchMode::Allowlist, ..policy(&["minio"]) };
    let fetcher = Fetcher::with_resolver(policy, Arc::clone(&names) as _).unwrap();
    let url = format!("http://minio:{port}/");
    assert_eq!(fetcher.fetch(&url).await.unwrap().bytes, PICTURE);
    denied(fetcher.fetch(&url).await, Denied::Host);
    denied(fetcher.fetch(&url).await, Denied::Host);
    // A name that is not on a list of names need not be looked up, and a name's address is not the name.
    denied(fetcher.fetch(&format!("http://other.example.org:{port}/")).await, Denied::Host);
    denied(fetcher.fetch(&format!("http://minio.example.org:{port}/")).await, Denied::Host);
    denied(fetcher.fetch(&host.url()).await, Denied::Host);
    assert_eq!(names.asked(), ["minio"; 3]);
    assert_eq!(host.connections(), 1);
}

#[tokio::test]
async fn an_allow_list_keeps_the_public_internet_out() {
    let names = Names::default().with("www.example.org", &[&["93.184.215.14"]]);
    let policy = FetchPolicy { mode: FetchMode::Allowlist, ..policy(&["127.0.0.1/32"]) };
    let fetcher = Fetcher::with_resolver(policy, Arc::new(names)).unwrap();
    denied(fetcher.fetch("http://www.example.org/").await, Denied::Host);
    denied(fetcher.fetch("http://93.184.215.14/").await, Denied::Host);
}

#[tokio::test]
async fn other_ports_of_the_public_internet_are_refused() {
    for allow in [&[] as &[&str], &["127.0.0.1/32"]] {
        let names = Names::default().with("www.example.org", &[&["93.184.215.14"]]);
        let fetcher = Fetcher::with_resolver(policy(allow), Arc::new(names)).unwrap();
        for port in [1, 22, 25, 6379, 8080, 65535] {
            denied(fetcher.fetch(&format!("http://www.example.org:{port}/")).await, Denied::Port);
            denied(fetcher.fetch(&format!("http://93.184.215.14:{port}/")).await, Denied::Port);
        }
    }
}

#[tokio::test]
async fn one_bad_answer_spoils_the_name() {
    let trap = Host::trap();
    let ports = vec![trap.address.port()];
    let names = Names::default()
        .with("a.example.org", &[&["93.184.215.14", "127.0.0.1"]])
        .with("b.example.org", &[&["127.0.0.1", "93.184.215.14"]])
        .with("c.example.org", &[&["2606:4700:4700::1111", "::ffff:127.0.0.1"]]);
    let fetcher =
        Fetcher::with_resolver(FetchPolicy { ports, ..policy(&[]) }, Arc::new(names)).unwrap();
    for name in ["a", "b", "c"] {
        let url = format!("http://{name}.example.org:{}/", trap.address.port());
        denied(fetcher.fetch(&url).await, Denied::Host);
    }
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_bad_answer_counts_even_beyond_those_that_would_be_tried() {
    let trap = Host::trap();
    let mut answer = vec!["127.0.0.2"; 40];
    answer.push("127.0.0.1");
    let names = Names::default().with("many.example.org", &[&answer]);
    let fetcher = Fetcher::with_resolver(policy(&["127.0.0.2/32"]), Arc::new(names)).unwrap();
    let url = format!("http://many.example.org:{}/", trap.address.port());
    denied(fetcher.fetch(&url).await, Denied::Host);
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn the_server_does_not_fetch_from_itself() {
    let own = Host::trap();
    let port = own.address.port();
    for listen in [format!("127.0.0.1:{port}"), format!("0.0.0.0:{port}"), format!("[::]:{port}")] {
        let deny = vec![listen.parse().unwrap()];
        let names = Names::default().otherwise("127.0.0.1");
        let policy = FetchPolicy { deny, ..policy(&["127.0.0.0/8", "localhost"]) };
        let fetcher = Fetcher::with_resolver(policy, Arc::new(names)).unwrap();
        denied(fetcher.fetch(&own.url()).await, Denied::Host);
        denied(fetcher.fetch(&format!("http://localhost:{port}/")).await, Denied::Host);
        denied(fetcher.fetch(&format!("http://me.example.org:{port}/")).await, Denied::Host);
    }
    assert_eq!(own.connections(), 0);
    // Another port of the same address is another server.
    let other = Host::answering("200 OK", PICTURE);
    let policy = FetchPolicy { deny: vec![own.address], ..policy(&["127.0.0.1"]) };
    assert!(Fetcher::new(policy).unwrap().fetch(&other.url()).await.is_ok());
}

#[tokio::test]
async fn no_message_gives_an_address_away() {
    let trap = Host::trap();
    let names = Names::default().with("a.example.org", &[&["10.11.12.13"], &["127.0.0.77"]]);
    let fetcher = Fetcher::with_resolver(policy(&["127.0.0.77"]), Arc::new(names)).unwrap();
    let url = format!("http://a.example.org:{}/", trap.address.port());
    let refused = fetcher.fetch(&url).await.unwrap_err();
    assert_eq!(refused.code(), "url_not_allowed");
    assert_eq!(refused.to_string(), "URL not allowed: this server does not fetch from that host");
    let unreachable = fetcher.fetch(&url).await.unwrap_err();
    assert_eq!(unreachable.code(), "fetch_failed");
    assert_eq!(unreachable.to_string(), "the address could not be fetched");
}
