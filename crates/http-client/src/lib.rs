//! How bytes leave this process: over the network, or into a router inside it.

mod client;
mod in_process;
mod network;
mod public_web;

pub use client::{HttpClient, SendError};
pub use in_process::InProcess;
pub use network::{InvalidBaseUrl, Network};
pub use public_web::{AddressPolicy, PublicWeb};
