//! The network side of the wire: the only file that names the HTTP client.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::{Request, Response, Uri, header};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::client::{HttpClient, SendError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// More than HubSpot's largest answer (all properties of an object, well under 2 MB).
const ANSWER_BYTES_MAX: usize = 10 << 20;
/// HubSpot's front closes idle connections after a minute; we let go first, so that no request dies on a closed one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(45);

/// The real HubSpot, or a sandbox elsewhere.
#[derive(Debug, Clone)]
pub struct Network {
    /// Made by the first request, on a blocking thread: reading the system's certificates takes milliseconds for which
    /// neither the start nor other calls should wait.
    client: Arc<OnceCell<Result<reqwest::Client, String>>>,
    base_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a base address: it must look like `https://api.hubapi.com`")]
pub struct InvalidBaseUrl(String);

impl Network {
    /// `base_url`: scheme, host and, if needed, a port and a path prefix. No query, no user name.
    pub fn new(base_url: &str) -> Result<Network, InvalidBaseUrl> {
        Ok(Network { client: Arc::default(), base_url: checked(base_url)? })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, SendError> {
        let (parts, body) = request.into_parts();
        let url = format!("{}{}", self.base_url, parts.uri);
        let client = self.client.get_or_init(build_on_blocking_thread).await.as_ref();
        let client = client.map_err(|why| SendError::BeforeSend(format!("the HTTP client cannot be set up: {why}")))?;
        let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let answer = sent.map_err(|fault| broken(&fault))?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        *response.body_mut() = read(answer).await?;
        Ok(response)
    }
}

impl HttpClient for Network {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        Box::pin(self.exchange(request))
    }
}

async fn build_on_blocking_thread() -> Result<reqwest::Client, String> {
    spawn_blocking(client).await.unwrap_or_else(|fault| Err(fault.to_string()))
}

fn client() -> Result<reqwest::Client, String> {
    // A second call finds the provider installed, which is what we want.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none()); // HubSpot's API never redirects; a token must not follow one.
    builder.build().map_err(|fault| fault.without_url().to_string())
}

fn checked(base_url: &str) -> Result<String, InvalidBaseUrl> {
    let bad = || InvalidBaseUrl(base_url.chars().take(80).collect());
    let trimmed = base_url.trim().trim_end_matches('/');
    let uri: Uri = trimmed.parse().map_err(|_| bad())?;
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let plain = uri.query().is_none() && uri.authority().is_some_and(|host| !host.as_str().contains('@'));
    if scheme && plain { Ok(trimmed.to_owned()) } else { Err(bad()) }
}

async fn read(mut answer: reqwest::Response) -> Result<Bytes, SendError> {
    let announced = answer.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0).min(ANSWER_BYTES_MAX));
    while let Some(chunk) = answer.chunk().await.map_err(|_| SendError::AfterSend("the answer broke off".to_owned()))? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(SendError::AfterSend(format!("the answer is longer than {ANSWER_BYTES_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// The client's own texts hold addresses; ours do not.
fn broken(fault: &reqwest::Error) -> SendError {
    if !fault.is_connect() && !fault.is_builder() {
        return SendError::AfterSend("the connection broke before the answer came".to_owned());
    }
    let why = if fault.is_dns() {
        "its name could not be resolved"
    } else if caused_by_tls(fault) {
        "no secure connection could be made: the certificate or the TLS handshake failed"
    } else if fault.is_timeout() {
        "no connection could be made in time"
    } else {
        "the connection was refused"
    };
    SendError::BeforeSend(why.to_owned())
}

/// An `io::Error` answers `source()` with its content's source, so the content itself has to be asked too.
fn caused_by_tls(fault: &(dyn Error + 'static)) -> bool {
    let wrapped = fault.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
    fault.is::<rustls::Error>()
        || wrapped.is_some_and(|inner| caused_by_tls(inner))
        || fault.source().is_some_and(caused_by_tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server that reads a little, answers these bytes and hangs up.
    async fn answering(bytes: Vec<u8>) -> String {
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
    }

    #[tokio::test]
    async fn an_answer_comes_back_whole() {
        let host = answering(b"HTTP/1.1 429 x\r\ncontent-length: 2\r\nx-trace: t\r\n\r\n{}".to_vec()).await;
        let answer = get(&format!("http://{host}")).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["x-trace"].to_str().unwrap()), (429, "t"));
        assert_eq!(answer.body().as_ref(), b"{}");
    }

    #[tokio::test]
    async fn what_breaks_is_told_apart() {
        let after = |why: &str| Err(SendError::AfterSend(why.to_owned()));
        let before = |why: &str| Err(SendError::BeforeSend(why.to_owned()));
        let short = answering(b"HTTP/1.1 200 x\r\ncontent-length: 9\r\n\r\n{".to_vec()).await;
        assert_eq!(get(&format!("http://{short}")).await.map(|_| ()), after("the answer broke off"));
        let silent = answering(vec![]).await;
        assert_eq!(
            get(&format!("http://{silent}")).await.map(|_| ()),
            after("the connection broke before the answer came")
        );
        let plain = answering(b"HTTP/1.1 400 plain text where TLS was expected\r\n\r\n".to_vec()).await;
        let tls = "no secure connection could be made: the certificate or the TLS handshake failed";
        assert_eq!(get(&format!("https://{plain}")).await.map(|_| ()), before(tls));
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        assert_eq!(get(&format!("http://{free}")).await.map(|_| ()), before("the connection was refused"));
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut endless = b"HTTP/1.1 200 x\r\n\r\n".to_vec();
        endless.resize(ANSWER_BYTES_MAX + 100, b'x');
        let host = answering(endless).await;
        let broken = get(&format!("http://{host}")).await.unwrap_err();
        assert_eq!(broken, SendError::AfterSend(format!("the answer is longer than {ANSWER_BYTES_MAX} bytes")));
    }
}
