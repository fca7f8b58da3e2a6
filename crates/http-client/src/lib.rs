//! How bytes leave this process: over the network, or into a router inside it.

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};

mod fetch;
mod in_process;
mod network;

pub use fetch::{Addresses, Web};
pub use in_process::InProcess;
pub use network::{BadBaseUrl, Network};

/// The only way out of this process. A request's address is a path with its query; the wire knows the host.
pub trait Wire: Send + Sync + 'static {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, Broken>>;
}

/// No answer came. The text says why in words of ours: it holds no address, header or body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// Nothing reached the other side, so nothing was done there.
    BeforeSend(String),
    /// The request left; whether it was carried out is not known.
    AfterSend(String),
}
