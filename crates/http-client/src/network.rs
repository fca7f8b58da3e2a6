//! A client for one server, over the network.

use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response, Uri};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tower::util::MapResponseLayer;

use crate::client::{HttpClient, SendError};
use crate::exchange;

/// The longest body: HubSpot's largest (all properties of an object) is well under 2 MB.
const BODY_BYTES_MAX: usize = 10 << 20;
/// HubSpot closes idle connections after a minute. Closing them earlier keeps a request from being lost on one that the
/// server is about to close.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);
/// The longest part of an invalid base URL that an error repeats.
const SHOWN_CHARACTERS_MAX: usize = 80;

/// Sends requests to one server under a base URL, such as HubSpot's API or a sandbox elsewhere.
///
/// A request's URI is a path with its query, which is appended to the base URL. There is no timeout for the response:
/// the caller sets a deadline. A proxy is taken from the environment. Responses are limited to 10 MiB.
#[derive(Debug, Clone)]
pub struct Network {
    /// Created by the first request, on a blocking thread: reading the system's certificates takes milliseconds, for
    /// which neither the start nor other calls should wait.
    client: Arc<OnceCell<Result<reqwest::Client, String>>>,
    connected_at: ConnectedAt,
    base_url: String,
}

/// The instant at which the newest connection was open.
type ConnectedAt = Arc<Mutex<Option<Instant>>>;

/// The error for a base URL that cannot be used. It holds the start of the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBaseUrl {
    /// It has another form.
    #[error("`{0}` is not a base address: it must look like `https://api.hubapi.com`")]
    Form(String),
    /// It would send the token and all data in the clear.
    #[error("`{0}` sends the token and customers' data in the clear: beyond this machine it must be `https`")]
    InTheClear(String),
}

impl Network {
    /// Creates a client for a base URL: scheme, host and, if needed, a port and a path prefix.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`] if the scheme is not `https`, or `http` on this machine, or if there is a query or a user name.
    pub fn new(base_url: &str) -> Result<Network, InvalidBaseUrl> {
        Ok(Network { client: Arc::default(), connected_at: Arc::default(), base_url: checked(base_url)? })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, SendError> {
        let (parts, body) = request.into_parts();
        let url = format!("{}{}", self.base_url, parts.uri);
        let client = self.client.get_or_init(|| client_on_blocking_thread(self.connected_at.clone())).await.as_ref();
        let client = client.map_err(|why| SendError::BeforeSend(format!("the HTTP client cannot be set up: {why}")))?;
        let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let response = sent.map_err(|error| send_error(&error))?;
        let broken_off = |_| SendError::AfterSend("the answer broke off".to_owned());
        exchange::receive(response, BODY_BYTES_MAX, broken_off).await
    }
}

impl HttpClient for Network {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        Box::pin(self.exchange(request))
    }

    fn connected_at(&self) -> Option<Instant> {
        *self.connected_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn client_on_blocking_thread(connected_at: ConnectedAt) -> Result<reqwest::Client, String> {
    spawn_blocking(|| client(connected_at)).await.unwrap_or_else(|error| Err(error.to_string()))
}

/// HubSpot's API never redirects, so that following none cannot send a token to another host.
fn client(connected_at: ConnectedAt) -> Result<reqwest::Client, String> {
    let noted = MapResponseLayer::new(move |connection| {
        *connected_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        connection
    });
    let built = exchange::builder().pool_idle_timeout(IDLE_TIMEOUT).connector_layer(noted).build();
    built.map_err(|error| error.without_url().to_string())
}

fn checked(base_url: &str) -> Result<String, InvalidBaseUrl> {
    let shown = || without_login(base_url).chars().take(SHOWN_CHARACTERS_MAX).collect();
    let invalid = || InvalidBaseUrl::Form(shown());
    let trimmed = base_url.trim().trim_end_matches('/');
    let uri: Uri = trimmed.parse().map_err(|_| invalid())?;
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    // An address with a sign for a login anywhere is refused: behind a slash in the password, `me` would be the host.
    let plain = uri.query().is_none() && uri.authority().is_some() && !trimmed.contains('@');
    match () {
        () if !scheme || !plain => Err(invalid()),
        () if uri.scheme_str() == Some("http") && !is_this_machine(uri.host().unwrap_or_default()) => {
            Err(InvalidBaseUrl::InTheClear(shown()))
        }
        () => Ok(trimmed.to_owned()),
    }
}

/// The address without what may be a secret: a name and a password before its host, however they are written, and a query.
fn without_login(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    // A password may hold a slash that should have been escaped, so the last sign counts.
    let (hidden, host) = rest.rsplit_once('@').map_or(("", rest), |(_, host)| ("…@", host));
    let start = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    let host = host.split(['?', '#']).next().unwrap_or_default();
    format!("{start}{hidden}{host}")
}

/// Returns `true` for a host of a URL that is this machine: `localhost`, or a loopback address.
pub fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    let address = bare.parse::<IpAddr>();
    bare == "localhost" || bare.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Describes a failure. The texts of reqwest are not used, because they contain addresses.
fn send_error(error: &reqwest::Error) -> SendError {
    if !error.is_connect() && !error.is_builder() {
        return SendError::AfterSend("the connection broke before the answer came".to_owned());
    }
    let why = if error.is_dns() {
        "its name could not be resolved"
    } else if caused_by_tls(error) {
        "no secure connection could be made: the certificate or the TLS handshake failed"
    } else if error.is_timeout() {
        "no connection could be made in time"
    } else {
        "the connection was refused"
    };
    SendError::BeforeSend(why.to_owned())
}

/// Searches the chain of sources. The `source()` of an `io::Error` skips the error that it wraps, so that one is
/// checked too.
fn caused_by_tls(error: &(dyn Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
    error.is::<rustls::Error>()
        || wrapped.is_some_and(|inner| caused_by_tls(inner))
        || error.source().is_some_and(caused_by_tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// Starts a server that reads one request, answers with these bytes and closes the connection.
    async fn serve_once(bytes: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _read = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(&bytes).await.unwrap();
        });
        address.to_string()
    }

    async fn get(base_url: &str) -> Result<Response<Bytes>, SendError> {
        Network::new(base_url).unwrap().send(Request::get("/crm?a=b").body(Bytes::new()).unwrap()).await
    }

    #[test]
    fn a_base_address_is_a_scheme_and_a_host() {
        assert_eq!(checked(" https://api.hubapi.com/ ").unwrap(), "https://api.hubapi.com");
        assert_eq!(checked("http://127.0.0.1:8700/prefix").unwrap(), "http://127.0.0.1:8700/prefix");
        for bad in ["", "api.hubapi.com", "ftp://x", "https://", "https://me:secret@x", "https://x/?a=b", "a b"] {
            assert!(checked(bad).is_err(), "{bad}");
        }
        for secret in ["https://me:secret@x", "me:secret@x", "https://me:se/cret@x/y", "https://x/?key=secret"] {
            let said = checked(secret).unwrap_err().to_string();
            assert!(!said.contains("cret") && said.contains('x'), "{said}");
        }
        for clear in
            ["http://10.0.0.1", "http://hubspot.example:8080/x", "http://localhost.evil.example", "http://[fd00::1]"]
        {
            assert_eq!(checked(clear), Err(InvalidBaseUrl::InTheClear(clear.to_owned())));
        }
        for here in ["http://localhost:8700", "http://LOCALHOST.", "http://[::1]:8700", "http://127.9.9.9"] {
            assert!(checked(here).is_ok(), "{here}");
        }
    }

    #[tokio::test]
    async fn a_response_is_returned_whole() {
        let host = serve_once(b"HTTP/1.1 429 x\r\ncontent-length: 2\r\nx-trace: t\r\n\r\n{}".to_vec()).await;
        let answer = get(&format!("http://{host}")).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["x-trace"].to_str().unwrap()), (429, "t"));
        assert_eq!(answer.body().as_ref(), b"{}");
    }

    /// A request that waits for a connection reaches the server later than it was sent.
    #[tokio::test]
    async fn a_new_connection_is_noted() {
        let host = serve_once(b"HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\n{}".to_vec()).await;
        let client = Network::new(&format!("http://{host}")).unwrap();
        assert_eq!(client.connected_at(), None);
        let sent_at = Instant::now();
        client.send(Request::get("/crm").body(Bytes::new()).unwrap()).await.unwrap();
        let connected_at = client.connected_at().unwrap();
        assert!(sent_at < connected_at && connected_at < Instant::now());
    }

    #[tokio::test]
    async fn errors_tell_if_the_request_was_sent() {
        let after = |why: &str| Err(SendError::AfterSend(why.to_owned()));
        let before = |why: &str| Err(SendError::BeforeSend(why.to_owned()));
        let short = serve_once(b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{".to_vec()).await;
        assert_eq!(get(&format!("http://{short}")).await.map(|_| ()), after("the answer broke off"));
        let silent = serve_once(vec![]).await;
        assert_eq!(
            get(&format!("http://{silent}")).await.map(|_| ()),
            after("the connection broke before the answer came")
        );
        let plain = serve_once(b"HTTP/1.1 400 plain text where TLS was expected\r\n\r\n".to_vec()).await;
        let tls = "no secure connection could be made: the certificate or the TLS handshake failed";
        assert_eq!(get(&format!("https://{plain}")).await.map(|_| ()), before(tls));
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert_eq!(get(&format!("http://{free}")).await.map(|_| ()), before("the connection was refused"));
    }

    #[tokio::test]
    async fn an_endless_response_is_cut_off() {
        let mut endless = b"HTTP/1.1 200 x\r\n\r\n".to_vec();
        endless.resize(BODY_BYTES_MAX + 100, b'x');
        let host = serve_once(endless).await;
        let failed = get(&format!("http://{host}")).await.unwrap_err();
        assert_eq!(failed, SendError::AfterSend(format!("the answer is longer than {BODY_BYTES_MAX} bytes")));
    }
}
