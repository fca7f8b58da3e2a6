//! The proxies that the operator has named: they alone are believed when they say who their client is.
//!
//! Each proxy adds the address that it was called from behind those that it was told. So the list is read from its end: the
//! last address that is no proxy's own is the client's, and what stands before it was sent by anybody.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use domain::address_range::AddressRange;
use http::HeaderMap;
use http::header::HeaderName;

/// The header in which proxies say who their client is.
pub(super) const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies, as addresses and networks. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct TrustedProxies(Arc<[AddressRange]>);

impl TrustedProxies {
    /// These proxies.
    pub(super) fn new(proxies: Vec<AddressRange>) -> TrustedProxies {
        TrustedProxies(proxies.into())
    }

    /// True if no proxy is named.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The address of the client whose request came from `peer`. The header of a peer that is no proxy is not read.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap, name: &HeaderName) -> IpAddr {
        let mut client = peer;
        for told in entries(headers, name) {
            if !self.contains(client) {
                return client;
            }
            match address(told) {
                Some(address) => client = address,
                // Who sent it cannot be known, so it is the proxy's.
                None => return client,
            }
        }
        client
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|range| range.contains(address))
    }
}

/// The last address of the header, whoever has sent it.
pub(super) fn last(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    entries(headers, name).next().and_then(address)
}

/// The entries of all headers of this name, the last one first.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().collect::<Vec<_>>().into_iter().rev();
    values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(',')).map(str::trim)
}

/// An address with or without its port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(address, _)| address);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_proxys() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::1".parse().unwrap()]);
        for (peer, values, client) in [
            ("10.0.0.1", &["203.0.113.9"][..], "203.0.113.9"),
            ("10.0.0.1", &["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["6.6.6.6, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["6.6.6.6", "203.0.113.9", "10.0.0.2:4711"], "203.0.113.9"),
            ("2001:db8::1", &["[2001:db8::9]:4711"], "2001:db8::9"),
            // All of them are proxies: the first one is whoever begins.
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &[""], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            // Forged by somebody who is no proxy.
            ("203.0.113.5", &["6.6.6.6"], "203.0.113.5"),
            ("203.0.113.5", &["6.6.6.6, 10.0.0.2"], "203.0.113.5"),
        ] {
            let found = proxies.client(peer.parse().unwrap(), &headers(values), &FORWARDED_FOR);
            assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {values:?}");
        }
    }

    #[test]
    fn where_no_proxy_is_named_nobody_is_believed() {
        let found = TrustedProxies::default().client([10, 0, 0, 1].into(), &headers(&["6.6.6.6"]), &FORWARDED_FOR);
        assert_eq!(found, IpAddr::from([10, 0, 0, 1]));
    }

    #[test]
    fn of_a_header_the_last_entry_counts() {
        for (values, address) in [
            (&["10.0.0.7"][..], Some("10.0.0.7")),
            (&["1.2.3.4, 10.0.0.7"], Some("10.0.0.7")),
            (&["1.2.3.4", "10.0.0.8"], Some("10.0.0.8")),
            (&["10.0.0.7:4711"], Some("10.0.0.7")),
            (&["[2001:db8::1]:4711"], Some("2001:db8::1")),
            (&["2001:db8::1"], Some("2001:db8::1")),
            (&["unknown"], None),
            (&[], None),
        ] {
            assert_eq!(last(&headers(values), &FORWARDED_FOR), address.map(|text| text.parse().unwrap()), "{values:?}");
        }
    }
}
