//! The address under which this server is reached from outside.
//!
//! HubSpot signs the address to which it sends. Behind a proxy that address is not that of the request: scheme and host are
//! the proxy's. So it is set, and never read from `Host` or `X-Forwarded-*` headers, which anybody can send.

use std::fmt;
use std::str::FromStr;

use http_client::is_this_machine;
use url::Url;

/// The address of this server from outside: `https`, or plain `http` on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

/// An address that cannot be used. Nothing of it is part of the message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPublicUrl {
    /// It is no URL with a host.
    #[error("it is not a web address such as `https://desk.example.com`")]
    Unreadable,
    /// HubSpot sends to `https` alone.
    #[error("it must begin with `https://`: HubSpot sends to no other address; `http://` is for this machine alone")]
    Scheme,
    /// It has a login, a query or a fragment.
    #[error("it must have no login, no `?` and no `#`: write scheme, host and, behind a proxy, the path before ours")]
    TooMuch,
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<PublicUrl, InvalidPublicUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidPublicUrl::Unreadable)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidPublicUrl::Unreadable)?;
        let has_login = !url.username().is_empty() || url.password().is_some();
        match url.scheme() {
            _ if has_login || url.query().is_some() || url.fragment().is_some() => Err(InvalidPublicUrl::TooMuch),
            "https" => Ok(PublicUrl(url)),
            "http" if is_this_machine(host) => Ok(PublicUrl(url)),
            _ => Err(InvalidPublicUrl::Scheme),
        }
    }
}

impl PublicUrl {
    /// The address of a path of this server, which begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0.as_str().trim_end_matches('/'))
    }

    /// The origin, as browsers write it.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host, without its port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// True if only this machine can use the address.
    pub fn is_this_machine(&self) -> bool {
        is_this_machine(self.host())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_or_of_this_machine() {
        for (text, path) in [
            ("https://desk.example.com", "https://desk.example.com/webhooks/hubspot"),
            ("https://desk.example.com/", "https://desk.example.com/webhooks/hubspot"),
            ("https://Example.com:8443/desk/", "https://example.com:8443/desk/webhooks/hubspot"),
            (" http://127.0.0.1:8765 ", "http://127.0.0.1:8765/webhooks/hubspot"),
            ("http://[::1]:8765", "http://[::1]:8765/webhooks/hubspot"),
        ] {
            let url: PublicUrl = text.parse().unwrap();
            assert_eq!(url.at("/webhooks/hubspot"), path);
        }
        for (text, problem) in [
            ("desk.example.com", InvalidPublicUrl::Unreadable),
            ("https://", InvalidPublicUrl::Unreadable),
            ("http://desk.example.com", InvalidPublicUrl::Scheme),
            ("ftp://desk.example.com", InvalidPublicUrl::Scheme),
            ("https://me:pw@desk.example.com", InvalidPublicUrl::TooMuch),
            ("https://desk.example.com?x=1", InvalidPublicUrl::TooMuch),
            ("https://desk.example.com/#x", InvalidPublicUrl::TooMuch),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(problem), "{text}");
        }
    }
}
