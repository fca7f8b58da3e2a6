//! The other end of a connection, as its requests know it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::{Extensions, Request};
use hyper::service::Service;

use super::connections::ConnectionPermit;
use crate::mcp::caller_quotas::QuotaExceeded;

/// The other end of a connection.
#[derive(Clone, Debug)]
pub(super) struct Peer(Option<Arc<ConnectionPermit>>);

impl Peer {
    /// The peer of the request with these extensions.
    pub(super) fn of(extensions: &Extensions) -> Peer {
        extensions.get::<Peer>().cloned().unwrap_or(Peer(None))
    }

    /// Its address, without what one owner can change of it.
    pub(super) fn address(&self) -> IpAddr {
        self.0.as_ref().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |seat| seat.address)
    }

    /// Gives its connection a lasting place.
    pub(super) fn keep(&self) -> Result<(), QuotaExceeded> {
        self.0.as_ref().map_or(Ok(()), |seat| seat.keep())
    }
}

/// A service whose requests know their peer.
#[derive(Debug)]
pub(super) struct WithPeer<S> {
    service: S,
    peer: Peer,
}

impl<S> WithPeer<S> {
    /// Serves the connection that has this seat.
    pub(super) fn new(service: S, seat: Arc<ConnectionPermit>) -> WithPeer<S> {
        WithPeer { service, peer: Peer(Some(seat)) }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for WithPeer<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn call(&self, mut request: Request<B>) -> S::Future {
        request.extensions_mut().insert(self.peer.clone());
        self.service.call(request)
    }
}
