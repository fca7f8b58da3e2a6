//! Webhooks over HTTP to a server of this machine. Others are refused: an embedded HubSpot writes to nobody outside.

use std::net::IpAddr;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::HOST;
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::error::WebhookError;
use super::transport::WebhookTransport;

/// Bytes of a response that are read. HubSpot wants the status only.
const RESPONSE_BYTES_MAX: usize = 64 << 10;
const HTTP_PORT: u16 = 80;

/// A server of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loopback {
    host: String,
    port: u16,
}

impl Loopback {
    /// Reads the target URL of an app.
    pub(super) fn at(url: &str) -> Result<Loopback, WebhookError> {
        let not_local = || WebhookError::TargetNotLocal(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| not_local())?;
        let host = uri.host().map(|host| host.trim_matches(['[', ']'])).filter(|host| is_loopback(host));
        match (uri.scheme_str(), host) {
            (Some("http"), Some(host)) => {
                Ok(Loopback { host: host.to_owned(), port: uri.port_u16().unwrap_or(HTTP_PORT) })
            }
            _ => Err(not_local()),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl WebhookTransport for Loopback {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<StatusCode, String>> {
        let server = self.clone();
        Box::pin(async move { server.exchange(request).await.map_err(|error| error.to_string()) })
    }
}

impl Loopback {
    async fn exchange(&self, request: Request<Bytes>) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let exchange = async {
            let response = sender.send_request(in_origin_form(request)).await?;
            let status = response.status();
            Limited::new(response.into_body(), RESPONSE_BYTES_MAX).collect().await.ok();
            Ok(status)
        };
        tokio::select! {
            answered = exchange => answered,
            ended = connection => Err(ended.err().map_or("the connection ended".into(), Into::into)),
        }
    }
}

/// Returns the request as HTTP/1.1 sends it to a server: path and query, and the host in its header.
fn in_origin_form(request: Request<Bytes>) -> Request<Full<Bytes>> {
    let (mut parts, body) = request.into_parts();
    let authority = parts.uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    parts.headers.extend(authority.map(|authority| (HOST, authority)));
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse().unwrap_or_default();
    Request::from_parts(parts, Full::new(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_servers_of_this_machine_are_targets() {
        for url in ["http://localhost:8080/hooks", "http://127.0.0.1/", "http://[::1]:9/x?y=z", "http://127.8.9.1:1"] {
            assert!(Loopback::at(url).is_ok(), "{url}");
        }
        for url in [
            "https://localhost:8080/hooks",
            "http://example.com/",
            "http://127.0.0.1.evil.example/",
            "/hooks",
            "",
            "http://10.0.0.1:8080/",
            "ftp://127.0.0.1/",
            "http://user@example.com:80/",
            "not a url",
        ] {
            assert!(Loopback::at(url).is_err(), "{url}");
        }
        assert_eq!(Loopback::at("http://[::1]:9/x").unwrap(), Loopback { host: "::1".into(), port: 9 });
    }
}
