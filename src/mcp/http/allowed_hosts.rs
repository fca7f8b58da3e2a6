//! Checks `Host`, `Origin` and `Sec-Fetch-Site` of every request (MCP, streamable HTTP, security).
//!
//! Any web page can make a browser call a port on this machine (DNS rebinding), but it cannot choose the `Host` and
//! `Origin` that the browser sends. rmcp has the same check, for its own route alone.

use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Uri};

use super::access::Access;
use super::refusals::Reason;

/// Tells how the page that made a browser send a request relates to the server (Fetch Metadata).
const FETCH_SITE: &str = "sec-fetch-site";

/// Headers that decide who may call; with two of one, a proxy and this server could read different ones.
const SINGLE: [HeaderName; 3] = [HOST, ORIGIN, AUTHORIZATION];

/// The allowed values beside those of loopback.
#[derive(Clone, Debug, Default)]
pub(super) struct AllowedHosts {
    /// `example.com` or `example.com:8765`.
    pub(super) hosts: Vec<String>,
    /// `https://app.example.com`, compared whole.
    pub(super) origins: Vec<String>,
    /// The host under which the server is reached from outside. What is open to anyone may be called by it; what needs a
    /// token may not, unless it is among `hosts`.
    pub(super) public: Option<String>,
    /// True if callers need no token, so that a browser on this machine is enough to call.
    pub(super) open: bool,
}

/// The reason for the rejection of a request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Rejected {
    #[error("this server is not called by that name: add it with --allowed-host")]
    Host,
    #[error("web pages of that origin may not call this server: add it with --allowed-origin")]
    Origin,
    #[error("web pages may not call this server, unless its operator allows their origin with --allowed-origin")]
    CrossSite,
    #[error("send `Host`, `Origin` and `Authorization` once, and no other host in the address than in `Host`")]
    Malformed,
}

impl Rejected {
    /// The reason as it is counted.
    pub(super) fn reason(&self) -> Reason {
        match self {
            Rejected::Host => Reason::Host,
            Rejected::Origin => Reason::Origin,
            Rejected::CrossSite => Reason::CrossSite,
            Rejected::Malformed => Reason::Malformed,
        }
    }
}

impl AllowedHosts {
    /// Checks the headers, and the URI's host where there is no `Host` header (HTTP/2).
    pub(super) fn admit(&self, headers: &HeaderMap, uri: &Uri, access: Access) -> Result<(), Rejected> {
        if is_ambiguous(headers, uri) {
            return Err(Rejected::Malformed);
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).or_else(|| uri.host());
        let is_for_all = matches!(access, Access::Anyone | Access::Visitor);
        let is_public = |host: &str| is_for_all && self.is_public(host);
        if !host.is_some_and(|host| self.allows_host(host) || is_public(host)) {
            return Err(Rejected::Host);
        }
        // Which pages may use the routes of visitors, these decide themselves: nothing there acts by who the browser is.
        if access == Access::Visitor {
            return Ok(());
        }
        match headers.get(ORIGIN).map(|origin| origin.to_str().unwrap_or_default()) {
            Some(origin) if !self.allows_origin(origin) => Err(Rejected::Origin),
            // A browser sends no origin with what a page merely shows, such as an image.
            None if self.open && is_of_other_site(headers) => Err(Rejected::CrossSite),
            _ => Ok(()),
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        let bare = without_port(host);
        is_loopback(bare)
            || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host) || known.eq_ignore_ascii_case(bare))
    }

    fn is_public(&self, host: &str) -> bool {
        self.public.as_deref().is_some_and(|public| public.eq_ignore_ascii_case(without_port(host)))
    }

    fn allows_origin(&self, origin: &str) -> bool {
        let local = origin
            .split_once("://")
            .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && is_loopback(without_port(rest)));
        local || self.origins.iter().any(|known| known.trim_end_matches('/').eq_ignore_ascii_case(origin))
    }
}

/// True if another reader of the request could find another host or caller in it (RFC 9112, 3.2).
fn is_ambiguous(headers: &HeaderMap, uri: &Uri) -> bool {
    let twice = |name: &HeaderName| headers.get_all(name).iter().nth(1).is_some();
    let host = headers.get(HOST).map(|host| host.as_bytes());
    let other = |named: &http::uri::Authority| {
        named.as_str().contains('@') || host.is_some_and(|host| !host.eq_ignore_ascii_case(named.as_str().as_bytes()))
    };
    SINGLE.iter().any(twice) || host.is_some_and(|host| host.contains(&b'@')) || uri.authority().is_some_and(other)
}

/// True for what a page of another site, or of another port, made a browser send.
fn is_of_other_site(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all(FETCH_SITE).iter().map(|site| site.as_bytes());
    sites.any(|site| [&b"cross-site"[..], b"same-site"].iter().any(|other| site.eq_ignore_ascii_case(other)))
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
        let mut headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        allowed().admit(&headers, &Uri::from_static("/mcp"), Access::Token)
    }

    fn allowed() -> AllowedHosts {
        AllowedHosts {
            hosts: vec!["desk.example.com".into()],
            origins: vec!["https://app.example.com".into()],
            public: Some("public.example.com".into()),
            open: true,
        }
    }

    #[test]
    fn two_headers_and_two_hosts_are_malformed() {
        for (sent, uri, verdict) in [
            (&[("host", "localhost")][..], "/mcp", Ok(())),
            (&[("host", "localhost")], "http://localhost/mcp", Ok(())),
            (&[("host", "LOCALHOST:1")], "http://localhost:1/mcp", Ok(())),
            (&[], "http://localhost/mcp", Ok(())),
            (&[], "http://evil.com/mcp", Err(Rejected::Host)),
            (&[("host", "localhost"), ("host", "evil.com")], "/mcp", Err(Rejected::Malformed)),
            (&[("host", "localhost"), ("host", "localhost")], "/mcp", Err(Rejected::Malformed)),
            (&[("host", "localhost")], "http://evil.com/mcp", Err(Rejected::Malformed)),
            (&[("host", "localhost")], "http://localhost:1/mcp", Err(Rejected::Malformed)),
            (&[("host", "localhost")], "http://me@localhost/mcp", Err(Rejected::Malformed)),
            (&[("host", "me@localhost")], "/mcp", Err(Rejected::Malformed)),
            (
                &[("host", "localhost"), ("origin", "http://localhost"), ("origin", "http://evil.com")],
                "/mcp",
                Err(Rejected::Malformed),
            ),
            (
                &[("host", "localhost"), ("authorization", "Bearer a"), ("authorization", "Bearer b")],
                "/mcp",
                Err(Rejected::Malformed),
            ),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                headers.append(HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(allowed().admit(&headers, &uri.parse().unwrap(), Access::Token), verdict, "{sent:?} {uri}");
        }
    }

    #[test]
    fn what_pages_of_other_sites_show_is_not_served_without_tokens() {
        let admit = |site: &'static str, origin: Option<&'static str>, open: bool| {
            let site = (HeaderName::from_static(FETCH_SITE), site.parse().unwrap());
            let mut headers = HeaderMap::from_iter([(HOST, "localhost".parse().unwrap()), site]);
            headers.extend(origin.map(|origin| (ORIGIN, origin.parse().unwrap())));
            AllowedHosts { open, ..allowed() }.admit(&headers, &Uri::from_static("/sse"), Access::Token)
        };
        for site in ["cross-site", "same-site", "CROSS-SITE"] {
            assert_eq!(admit(site, None, true), Err(Rejected::CrossSite), "{site}");
            assert_eq!(admit(site, None, false), Ok(()), "a page has no token");
            for origin in ["http://localhost:6274", "https://app.example.com"] {
                assert_eq!(admit(site, Some(origin), true), Ok(()), "{site} {origin}");
            }
            assert_eq!(admit(site, Some("http://evil.com"), true), Err(Rejected::Origin));
        }
        assert_eq!((admit("none", None, true), admit("same-origin", None, true)), (Ok(()), Ok(())));
    }

    /// A tunnel to this machine must not open what needs no token here.
    #[test]
    fn the_public_host_opens_what_is_open_to_anyone() {
        for (host, access, verdict) in [
            ("public.example.com", Access::Anyone, Ok(())),
            ("PUBLIC.example.com:443", Access::Anyone, Ok(())),
            ("public.example.com", Access::Token, Err(Rejected::Host)),
            ("other.example.com", Access::Anyone, Err(Rejected::Host)),
            ("desk.example.com", Access::Token, Ok(())),
        ] {
            let headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            assert_eq!(allowed().admit(&headers, &Uri::from_static("/"), access), verdict, "{host} {access:?}");
        }
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
