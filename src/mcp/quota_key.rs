//! The owner of the shares that a request takes, and the shares themselves.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::model::Extensions;

use super::caller_quotas::QuotaPermit;

/// The caller by its token, the one `local` caller where none is needed, or an address before the caller is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QuotaKey(pub(super) Arc<str>);

impl Default for QuotaKey {
    /// The one client of standard streams.
    fn default() -> QuotaKey {
        QuotaKey("local".into())
    }
}

impl QuotaKey {
    /// The key that the HTTP server put into the request: directly for HTTP+SSE, else into the HTTP request's parts.
    pub(super) fn of(extensions: &Extensions) -> QuotaKey {
        find::<QuotaKey>(extensions).cloned().unwrap_or_default()
    }

    /// Everybody at this address.
    pub(super) fn at(address: IpAddr) -> QuotaKey {
        QuotaKey(owner(address).to_string().into())
    }
}

/// The address that stands for its owner: for IPv6 the network of 64 bits, which providers give to one customer.
pub(super) fn owner(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if !six.is_loopback() => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
        other => other,
    }
}

/// The shares that a message takes from its arrival to the end of its call. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct MessagePermits(Arc<Mutex<Option<HeldPermits>>>);

#[derive(Debug)]
struct HeldPermits {
    _message: Vec<QuotaPermit>,
    parsing: QuotaPermit,
}

/// The part of the memory for parsing that a parsed message still takes: one in this many.
const PARSED_ONE_IN: usize = 4;

impl MessagePermits {
    /// Given back with the last clone.
    pub(super) fn new(message: Vec<QuotaPermit>, parsing: QuotaPermit) -> MessagePermits {
        MessagePermits(Arc::new(Mutex::new(Some(HeldPermits { _message: message, parsing }))))
    }

    /// Gives back the memory that only parsing needs, once a message is parsed: its call may last long.
    pub(super) fn parsed(extensions: &Extensions) {
        if let Some(MessagePermits(shares)) = find::<MessagePermits>(extensions)
            && let Some(held) = shares.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
        {
            held.parsing.shrink(held.parsing.amount() / PARSED_ONE_IN);
        }
    }

    /// Gives back early: what is served from now on lasts long, and has a limit of its own.
    pub(super) fn give_back(extensions: &Extensions) {
        if let Some(MessagePermits(shares)) = find::<MessagePermits>(extensions) {
            shares.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

fn find<T: Send + Sync + 'static>(extensions: &Extensions) -> Option<&T> {
    extensions.get::<T>().or_else(|| extensions.get::<http::request::Parts>()?.extensions.get::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_has_one_address_and_of_ipv6_one_network() {
        for (address, own) in [
            ("127.0.0.1", "127.0.0.1"),
            ("::ffff:10.0.0.1", "10.0.0.1"),
            ("::1", "::1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:3:3:4:5:6", "2001:db8:1:3::"),
        ] {
            assert_eq!(owner(address.parse().unwrap()).to_string(), own, "{address}");
        }
    }
}
