//! Checks `Host` and `Origin` of every request (MCP, streamable HTTP, security).
//!
//! Any web page can make a browser call a port on this machine (DNS rebinding), but it cannot choose the `Host` and
//! `Origin` that the browser sends. rmcp has the same check, for its own route alone.

use http::{HeaderMap, Uri, header};

/// The allowed values beside those of loopback.
#[derive(Clone, Debug, Default)]
pub(super) struct AllowedHosts {
    /// `example.com` or `example.com:8765`.
    pub(super) hosts: Vec<String>,
    /// `https://app.example.com`, compared whole.
    pub(super) origins: Vec<String>,
}

/// The reason for the rejection of a request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Rejected {
    #[error("this server is not called by that name: add it with --allowed-host")]
    Host,
    #[error("web pages of that origin may not call this server: add it with --allowed-origin")]
    Origin,
}

impl AllowedHosts {
    /// Checks the headers, and the URI's host where there is no `Host` header (HTTP/2).
    pub(super) fn admit(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Rejected> {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.host());
        if !host.is_some_and(|host| self.allows_host(host)) {
            return Err(Rejected::Host);
        }
        match headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default()) {
            Some(origin) if !self.allows_origin(origin) => Err(Rejected::Origin),
            _ => Ok(()),
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        let bare = without_port(host);
        is_loopback(bare)
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host) || known.eq_ignore_ascii_case(bare))
    }

    fn allows_origin(&self, origin: &str) -> bool {
        let local = origin
            .split_once("://")
            .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && is_loopback(without_port(rest)));
        local || self.origins.iter().any(|known| known.trim_end_matches('/').eq_ignore_ascii_case(origin))
    }
}

/// True for a text that a browser could send as `Origin`, such as `https://app.example.com` or `http://localhost:3000`.
pub(super) fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        authority.parse::<http::uri::Authority>().is_ok_and(|authority| !authority.host().is_empty())
            && !authority.contains('@')
    })
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The authority without its port: `example.com:80` and `[::1]:80`.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (!host.contains(':') || host.ends_with(']')) =>
        {
            host
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(host: &str, origin: Option<&str>) -> Result<(), Rejected> {
        let names =
            AllowedHosts { hosts: vec!["desk.example.com".into()], origins: vec!["https://app.example.com".into()] };
        let mut headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        names.admit(&headers, &Uri::from_static("/mcp"))
    }

    #[test]
    fn loopback_and_configured_hosts_are_allowed() {
        for host in ["localhost", "localhost:8765", "127.0.0.1:8765", "[::1]:8765", "127.1.2.3", "DESK.example.com:443"]
        {
            assert_eq!(admit(host, None), Ok(()), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]:1"] {
            assert_eq!(admit(host, None), Err(Rejected::Host), "{host}");
        }
    }

    #[test]
    fn only_origins_are_recognised_as_origins() {
        for origin in ["https://app.example.com", "http://localhost:3000", "https://app.example.com/", "http://[::1]:1"]
        {
            assert!(is_origin(origin), "{origin}");
        }
        for other in ["", "*", "app.example.com", "https://", "https://a/b", "ftp://a", "https://a@b", "null"] {
            assert!(!is_origin(other), "{other}");
        }
    }

    #[test]
    fn web_pages_of_other_origins_are_rejected() {
        for origin in ["http://localhost:6274", "https://app.example.com", "http://127.0.0.1"] {
            assert_eq!(admit("localhost", Some(origin)), Ok(()), "{origin}");
        }
        for origin in
            ["http://evil.example", "null", "https://app.example.com.evil.example", "file://", "http://localhost.evil"]
        {
            assert_eq!(admit("localhost", Some(origin)), Err(Rejected::Origin), "{origin}");
        }
    }
}
