//! The other end of a connection, as its requests know it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::{Extensions, Request};
use hyper::service::Service;

use super::connections::ConnectionPermit;
use super::trusted_proxies::{FORWARDED_FOR, TrustedProxies};
use crate::mcp::caller_quotas::QuotaExceeded;
use crate::mcp::quota_key::owner;

/// The other end of a connection, and the client of one of its requests, who may be behind a proxy.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    place: Option<Arc<ConnectionPermit>>,
    connected: IpAddr,
    client: IpAddr,
}

/// The address of whoever cannot be told.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

impl Peer {
    /// The peer of the request with these extensions.
    pub(super) fn of(extensions: &Extensions) -> Peer {
        extensions.get::<Peer>().cloned().unwrap_or(Peer { place: None, connected: NOBODY, client: NOBODY })
    }

    /// The address of the client, without what one owner can change of it: that of the connection, or what a proxy that the
    /// operator has named says.
    pub(super) fn address(&self) -> IpAddr {
        self.client
    }

    /// The address of the connection, which may be a proxy's.
    pub(super) fn connected(&self) -> IpAddr {
        self.connected
    }

    /// Gives its connection a lasting place.
    pub(super) fn keep(&self) -> Result<(), QuotaExceeded> {
        self.place.as_ref().map_or(Ok(()), |seat| seat.keep())
    }
}

/// A service whose requests know their peer.
#[derive(Debug)]
pub(super) struct WithPeer<S> {
    service: S,
    place: Arc<ConnectionPermit>,
    connected: IpAddr,
    proxies: TrustedProxies,
}

impl<S> WithPeer<S> {
    /// Serves the connection from this address that has this place.
    pub(super) fn new(
        service: S,
        place: Arc<ConnectionPermit>,
        connected: IpAddr,
        proxies: TrustedProxies,
    ) -> WithPeer<S> {
        WithPeer { service, place, connected, proxies }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for WithPeer<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, mut request: Request<B>) -> S::Future {
        let client = owner(self.proxies.client(self.connected, request.headers(), &FORWARDED_FOR));
        let peer = Peer { place: Some(self.place.clone()), connected: self.connected, client };
        request.extensions_mut().insert(peer);
        self.service.call(request)
    }
}
