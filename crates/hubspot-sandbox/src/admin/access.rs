//! Access to the admin plane: programs on this machine, and those that know its token. Web pages may not. Of HubSpot's own
//! paths, pages under a foreign name are kept out.
//!
//! Any page can make a browser send requests to a port of this machine, under a name of its own as well (DNS rebinding).
//! It cannot choose the `Host`, `Origin` and `Sec-Fetch-Site` that the browser sends with them.

use axum::http::{HeaderMap, HeaderName, Uri, header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// Header for the admin token, as `Authorization` may hold one of HubSpot's.
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-admin-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The reason why a request to the admin plane is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Denied {
    #[error("the admin plane needs its token, in the header `x-admin-token` or as a bearer token")]
    Token,
    #[error("the admin plane is called as localhost only, unless it has a token (`--admin-token`)")]
    Host,
    #[error("web pages of other sites may not use the admin plane")]
    Page,
    #[error("browsers reach this HubSpot as localhost only")]
    ReboundName,
}

impl Denied {
    pub(crate) fn status(&self) -> u16 {
        if *self == Denied::Token { 401 } else { 403 }
    }
}

/// Decides on a request by its headers. Without a `Host`, as between parts of one process, no browser sent it.
pub(crate) fn admit(headers: &HeaderMap, uri: &Uri, token: Option<&SecretString>) -> Result<(), Denied> {
    let foreign_site = |site: &str| !matches!(site, "same-origin" | "none");
    if texts(headers, &FETCH_SITE).any(foreign_site) || !texts(headers, &header::ORIGIN).all(is_loopback_origin) {
        return Err(Denied::Page);
    }
    if let Some(token) = token {
        return if has_token(headers, token) { Ok(()) } else { Err(Denied::Token) };
    }
    if is_called_as_loopback(headers, uri) { Ok(()) } else { Err(Denied::Host) }
}

/// Decides on a request to one of HubSpot's own paths. Programs may call them by any name, such as that of a container; a
/// browser that does was led here by a name of somebody else's, and its page could read the answer.
pub(crate) fn admit_to_hubspot(headers: &HeaderMap, uri: &Uri) -> Result<(), Denied> {
    let from_browser = headers.contains_key(&FETCH_SITE) || headers.contains_key(header::ORIGIN);
    if from_browser && !is_called_as_loopback(headers, uri) { Err(Denied::ReboundName) } else { Ok(()) }
}

fn is_called_as_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let named = uri.authority().map(|authority| authority.as_str());
    texts(headers, &header::HOST).chain(named).all(|host| is_loopback(without_port(host)))
}

/// The values of a header; one that is no text counts as empty, which nothing allows.
fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default())
}

fn has_token(headers: &HeaderMap, token: &SecretString) -> bool {
    let bearer = texts(headers, &header::AUTHORIZATION).filter_map(|text| text.strip_prefix("Bearer "));
    let is_token = |given: &str| given.as_bytes().ct_eq(token.expose_secret().as_bytes()).into();
    texts(headers, &TOKEN_HEADER).chain(bearer).any(is_token)
}

fn is_loopback_origin(origin: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| is_loopback(without_port(authority)))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The authority without its port: `localhost:8700` and `[::1]:8700`.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && (!host.contains(':') || host.ends_with(']')) =>
        {
            host
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(lines: &[(&'static str, &str)], token: Option<&str>) -> Result<(), Denied> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let token = token.map(SecretString::from);
        admit(&headers, &Uri::from_static("/__sandbox/state"), token.as_ref())
    }

    #[test]
    fn programs_of_this_machine_are_admitted() {
        for host in ["localhost", "localhost:8700", "127.0.0.1:8700", "[::1]:8700", "LOCALHOST:1"] {
            assert_eq!(decide(&[("host", host)], None), Ok(()), "{host}");
        }
        assert_eq!(decide(&[], None), Ok(()));
        let own_page =
            [("host", "localhost:8700"), ("origin", "http://localhost:8700"), ("sec-fetch-site", "same-origin")];
        assert_eq!(decide(&own_page, None), Ok(()));
    }

    #[test]
    fn hubspots_own_paths_are_closed_to_browsers_under_a_foreign_name() {
        let decide = |lines: &[(&'static str, &str)]| {
            let headers = lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
            admit_to_hubspot(&headers.collect(), &Uri::from_static("/crm/objects/2026-09/contacts"))
        };
        let (foreign, local) = (("host", "rebind.evil.example:8700"), ("host", "localhost:8700"));
        for lines in [
            vec![foreign, ("origin", "http://rebind.evil.example:8700")],
            vec![foreign, ("sec-fetch-site", "same-origin")],
            vec![local, foreign, ("sec-fetch-site", "none")],
        ] {
            assert_eq!(decide(&lines), Err(Denied::ReboundName), "{lines:?}");
        }
        for lines in [
            vec![],
            vec![("host", "hubspot:8700")],
            vec![local, ("sec-fetch-site", "cross-site")],
            vec![local, ("origin", "http://localhost:8700"), ("sec-fetch-site", "same-origin")],
        ] {
            assert_eq!(decide(&lines), Ok(()), "{lines:?}");
        }
    }

    #[test]
    fn web_pages_and_rebound_names_are_refused() {
        let local = ("host", "127.0.0.1:8700");
        for (lines, denied) in [
            (vec![("host", "rebind.evil.example")], Denied::Host),
            (vec![local, ("host", "evil.example")], Denied::Host),
            (vec![("host", "10.0.0.1:8700")], Denied::Host),
            (vec![("host", "localhost.evil.example")], Denied::Host),
            (vec![("host", "")], Denied::Host),
            (vec![local, ("origin", "https://evil.example")], Denied::Page),
            (vec![local, ("origin", "null")], Denied::Page),
            (vec![local, ("origin", "http://localhost:8700"), ("origin", "https://evil.example")], Denied::Page),
            (vec![local, ("sec-fetch-site", "cross-site")], Denied::Page),
            (vec![local, ("sec-fetch-site", "same-site")], Denied::Page),
        ] {
            assert_eq!(decide(&lines, None), Err(denied), "{lines:?}");
        }
    }

    #[test]
    fn a_token_admits_any_name_but_no_page() {
        let token = Some("s3cret-admin-token");
        let remote = ("host", "sandbox.internal:8700");
        assert_eq!(decide(&[remote, ("x-admin-token", "s3cret-admin-token")], token), Ok(()));
        assert_eq!(decide(&[remote, ("authorization", "Bearer s3cret-admin-token")], token), Ok(()));
        for wrong in
            [vec![remote], vec![remote, ("x-admin-token", "s3cret")], vec![("authorization", "s3cret-admin-token")]]
        {
            assert_eq!(decide(&wrong, token), Err(Denied::Token), "{wrong:?}");
        }
        let page = [remote, ("x-admin-token", "s3cret-admin-token"), ("origin", "https://evil.example")];
        assert_eq!(decide(&page, token), Err(Denied::Page));
    }
}
