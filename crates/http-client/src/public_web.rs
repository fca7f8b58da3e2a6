//! A client for the open web, which reaches no address inside the own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response, Uri};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::client::{HttpClient, SendError};
use crate::exchange;

/// The time from the first byte sent to the last byte read.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(30);

/// The addresses that a client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressPolicy {
    /// Only addresses on the public internet. A page can link to anything, and so to servers that only this machine
    /// can reach (server-side request forgery).
    #[default]
    PublicOnly,
    /// All addresses but those of a cloud's metadata, which give out the machine's credentials.
    Any,
}

/// Sends requests to any host. A request's URI is an absolute URL.
///
/// Redirects are returned to the caller, who decides about following them. A request that takes longer than 30 seconds
/// fails. With [`AddressPolicy::PublicOnly`] no proxy is used.
#[derive(Debug, Clone)]
pub struct PublicWeb {
    client: reqwest::Client,
    addresses: AddressPolicy,
    body_bytes_max: usize,
}

impl PublicWeb {
    /// Creates a client that accepts response bodies of up to `body_bytes_max` bytes.
    ///
    /// # Errors
    /// The reason if the HTTP client cannot be set up, for example because the system has no usable certificates.
    pub fn new(addresses: AddressPolicy, body_bytes_max: usize) -> Result<PublicWeb, String> {
        let client = exchange::builder().timeout(EXCHANGE_TIMEOUT);
        let client = match addresses {
            // A proxy would resolve the name again, and to another address than the one that was checked.
            AddressPolicy::PublicOnly => client.no_proxy(),
            AddressPolicy::Any => client,
        };
        let client = client.dns_resolver(AllowedNames(addresses));
        let client = client.build().map_err(|error| error.without_url().to_string())?;
        Ok(PublicWeb { client, addresses, body_bytes_max })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, SendError> {
        let (parts, body) = request.into_parts();
        if !self.addresses.allows_host(&parts.uri) {
            return Err(SendError::BeforeSend(self.addresses.refusal().to_owned()));
        }
        let sent = self.client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body).send();
        let response = sent.await.map_err(|error| send_error(&error))?;
        exchange::receive(response, self.body_bytes_max, |error| send_error(&error)).await
    }
}

impl HttpClient for PublicWeb {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        Box::pin(self.exchange(request))
    }
}

const PRIVATE: &str = "its address is not on the public internet, and private addresses are not allowed";

const METADATA: &str = "its address is that of a cloud's metadata, which is never read";

impl AddressPolicy {
    fn allows(self, address: IpAddr) -> bool {
        match self {
            AddressPolicy::PublicOnly => is_public(address),
            AddressPolicy::Any => !is_metadata(address),
        }
    }

    /// Checks a host that is written as an address, which the resolver never sees.
    fn allows_host(self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host.parse::<IpAddr>().map_or(true, |address| self.allows(address))
    }

    fn refusal(self) -> &'static str {
        match self {
            AddressPolicy::PublicOnly => PRIVATE,
            AddressPolicy::Any => METADATA,
        }
    }
}

/// Resolves names to their allowed addresses. The connection is made to an address returned here, so a name cannot
/// resolve to another one after the check (DNS rebinding).
struct AllowedNames(AddressPolicy);

impl Resolve for AllowedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|found| addresses.allows(found.ip())).collect();
            match allowed.is_empty() {
                true => Err(Box::from(NotAllowed(addresses.refusal()))),
                false => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotAllowed(&'static str);

/// Returns `true` for the addresses at which clouds give a machine its credentials: link-local ones (AWS, Azure, Google and
/// most others), and those of Alibaba, of Oracle and of AWS under IPv6.
fn is_metadata(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_metadata_v4(address),
        IpAddr::V6(address) => {
            let parts = address.segments();
            let mapped = address.to_ipv4_mapped().or_else(|| translated(parts));
            mapped.is_some_and(is_metadata_v4)
                || (0xfe80..=0xfebf).contains(&parts[0])
                || parts == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254]
        }
    }
}

fn is_metadata_v4(address: Ipv4Addr) -> bool {
    address.is_link_local() || matches!(address.octets(), [100, 100, 100, 200] | [192, 0, 0, 192])
}

/// The IPv4 address to which a gateway translates this one (RFC 6052).
fn translated(parts: [u16; 8]) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = parts else { return None };
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Some(Ipv4Addr::new(a, b, c, d))
}

/// Returns `true` if an address can be reached from anywhere on the internet, by IANA's special-purpose address
/// registries.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(matches!(a, 0 | 10 | 127 | 224..=255)
        || matches!((a, b), (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168) | (198, 18 | 19))
        || matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // IPv4 addresses embedded in IPv6: mapped ones, and those of translating gateways (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // Global unicast. All other ranges are local, multicast or reserved.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Describes a failure. The texts of reqwest are not used, because they contain addresses.
fn send_error(error: &reqwest::Error) -> SendError {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(source) = cause {
        if let Some(NotAllowed(reason)) = source.downcast_ref() {
            return SendError::BeforeSend((*reason).to_owned());
        }
        cause = source.source();
    }
    match error {
        _ if error.is_builder() => SendError::BeforeSend("the address cannot be used".to_owned()),
        _ if error.is_connect() => SendError::BeforeSend("no connection could be made".to_owned()),
        _ if error.is_timeout() => SendError::AfterSend(format!("no answer in {} seconds", EXCHANGE_TIMEOUT.as_secs())),
        _ => SendError::AfterSend("the connection broke before the answer came".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Starts a server on this machine that answers one request with these bytes.
    async fn serve_once(bytes: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _read = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(bytes).await.unwrap();
        });
        address
    }

    async fn get(addresses: AddressPolicy, url: &str) -> Result<Response<Bytes>, SendError> {
        let web = PublicWeb::new(addresses, 100).unwrap();
        web.send(Request::get(url).body(Bytes::new()).unwrap()).await
    }

    #[tokio::test]
    async fn private_addresses_are_not_reached_by_any_name() {
        let port = serve_once(b"HTTP/1.1 200 x\r\n\r\nsecret").await.port();
        let hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"];
        for host in hosts {
            let refused = get(AddressPolicy::PublicOnly, &format!("http://{host}:{port}/")).await;
            assert_eq!(refused.map(|_| ()), Err(SendError::BeforeSend(PRIVATE.to_owned())), "{host}");
        }
        let allowed = get(AddressPolicy::Any, &format!("http://127.0.0.1:{port}/")).await.unwrap();
        assert_eq!(allowed.body().as_ref(), b"secret");
    }

    #[tokio::test]
    async fn metadata_of_a_cloud_is_not_read_where_private_addresses_are() {
        for host in ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "100.100.100.200", "192.0.0.192"]
        {
            let refused = get(AddressPolicy::Any, &format!("http://{host}/latest/meta-data/")).await;
            assert_eq!(refused.map(|_| ()), Err(SendError::BeforeSend(METADATA.to_owned())), "{host}");
        }
        for address in ["169.254.170.2", "fe80::1", "64:ff9b::a9fe:a9fe"] {
            assert!(is_metadata(address.parse().unwrap()), "{address}");
        }
        for address in ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "8.8.8.8"] {
            assert!(!is_metadata(address.parse().unwrap()), "{address}");
        }
    }

    #[tokio::test]
    async fn redirects_are_returned_and_long_responses_cut_off() {
        let moved = serve_once(b"HTTP/1.1 302 x\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n").await;
        let answer = get(AddressPolicy::Any, &format!("http://{moved}/")).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (302, &"http://elsewhere/".parse().unwrap())
        );

        let head: &[u8] =
            b"HTTP/1.1 200 x\r\n\r\n0123456789012345678901234567890123456789012345678901234567890123456789\
            0123456789012345678901234567890123456789012345678901234567890123456789";
        let long = serve_once(head).await;
        let failed = get(AddressPolicy::Any, &format!("http://{long}/")).await.map(|_| ());
        assert_eq!(failed, Err(SendError::AfterSend("the answer is longer than 100 bytes".to_owned())));
    }

    #[test]
    fn only_addresses_of_the_internet_are_public() {
        for public in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2001:4860::8888", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
