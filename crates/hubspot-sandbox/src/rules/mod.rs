//! The rules that apply to every request whatever its family: access, rate limits, injected faults, the request log.

pub(crate) mod access;
pub mod fault;
pub(crate) mod late_requests;
pub mod limits;
pub(crate) mod request_log;
pub(crate) mod traffic;
