//! A network between the desk and HubSpot that loses, delays and repeats.

use bytes::Bytes;
use fastrand::Rng;
use futures::future::BoxFuture;
use http_client::{HttpClient, InProcess, SendError};
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::fault::{Effect, Fault, Match, Policy};

const FAULTS_MAX: usize = 60;
/// The longest HubSpot works on a request that it does carry out.
const LATE_MS_MAX: u64 = 12_000;
/// The same for creations of tickets that write keys: however late it is, they happen once.
pub(super) const KEYED_LATE_MS_MAX: u64 = 300_000;

/// The transport of a run: some connections are refused, some break at once or at a gateway while HubSpot goes on, and
/// HubSpot does not stop when the client does.
pub(crate) struct UnreliableTransport {
    pub(crate) sandbox: Sandbox,
    pub(crate) inner: InProcess,
    pub(crate) chance: std::sync::Mutex<Rng>,
    pub(crate) refused_percent: u8,
    pub(crate) broken_percent: u8,
}

/// The fate of one request on this transport.
enum Delivery {
    Refused,
    /// The client gets a gateway status or nothing at once; HubSpot carries the request out after this number of
    /// milliseconds.
    Broken(Option<u16>, u64),
    Open,
}

impl UnreliableTransport {
    fn delivery(&self) -> Delivery {
        let mut chance = self.chance.lock().unwrap();
        if chance.u8(..100) < self.refused_percent {
            return Delivery::Refused;
        }
        if chance.u8(..100) >= self.broken_percent {
            return Delivery::Open;
        }
        let status = [None, Some(502), Some(504)][chance.usize(..3)];
        Delivery::Broken(status, chance.u64(..LATE_MS_MAX))
    }
}

impl HttpClient for UnreliableTransport {
    fn send(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Result<http::Response<Bytes>, SendError>> {
        let (inner, delivery) = (self.inner.clone(), self.delivery());
        let broken = || SendError::AfterSend("the connection broke".to_owned());
        match delivery {
            Delivery::Refused => {
                Box::pin(async { Err(SendError::BeforeSend("the connection was refused".to_owned())) })
            }
            Delivery::Broken(status, later_ms) => {
                let path_contains = Some(request.uri().path().to_owned());
                let matches = Match { path_contains, ..Match::default() };
                self.sandbox.inject_fault(Fault { matches, effect: Effect::DelayMs(later_ms), times: 1, after: 0 });
                tokio::spawn(async move { inner.send(request).await });
                let gateways = status.map(|status| http::Response::builder().status(status).body("<html>".into()));
                Box::pin(async move { gateways.map_or_else(|| Err(broken()), |answer| Ok(answer.unwrap())) })
            }
            Delivery::Open => {
                let at_work = tokio::spawn(async move { inner.send(request).await });
                Box::pin(async move { at_work.await.unwrap_or_else(|_| Err(broken())) })
            }
        }
    }
}

/// A random failure.
pub(crate) fn effect(rng: &mut Rng) -> Effect {
    let answer = |status| Effect::Status { status, body: None, headers: vec![] };
    let wait = |seconds: u64| Effect::Status {
        status: 477,
        body: None,
        headers: vec![("retry-after".into(), seconds.to_string())],
    };
    match rng.u8(..16) {
        0 => Effect::RateLimited { policy: Policy::TenSecondlyRolling },
        1 => Effect::RateLimited { policy: Policy::Secondly },
        2 => answer(500),
        3 => answer(502),
        4 => answer(503),
        5 => answer(423),
        6 => wait(rng.u64(1..6)),
        7 => Effect::Silence,
        8 => Effect::SilenceAfter,
        9 | 10 => Effect::LostAnswer,
        11 => Effect::CutBody,
        12 => Effect::BrokenJson,
        13 => Effect::Html,
        _ => Effect::DelayMs(rng.u64(500..LATE_MS_MAX)),
    }
}

/// Creations of tickets that HubSpot carries out minutes after a gateway gave up.
pub(super) fn delay_tickets(sandbox: &Sandbox, rng: &mut Rng) {
    for _ in 0..rng.usize(..20) {
        let matches = Match {
            method: Some("POST".to_owned()),
            path_contains: Some(
                if rng.bool() { "/tickets/batch/create" } else { "/objects/2026-09/tickets" }.to_owned(),
            ),
            ..Match::default()
        };
        let effect = Effect::Late(rng.u64(..KEYED_LATE_MS_MAX));
        sandbox.inject_fault(Fault { matches, effect, times: 1, after: rng.u32(..10) });
    }
}

pub(super) fn disturb(sandbox: &Sandbox, rng: &mut Rng) {
    let paths = [
        "batch/read",
        "/communications",
        "/tickets",
        "associations",
        "meeting-links",
        "/book",
        "contacts",
        "owners",
        "",
    ];
    for _ in 0..rng.usize(..FAULTS_MAX) {
        let path = paths[rng.usize(..paths.len())].to_owned();
        let matches = Match { path_contains: Some(path), ..Match::default() };
        let times = if rng.u8(..10) == 0 { rng.u32(5..30) } else { rng.u32(1..4) };
        sandbox.inject_fault(Fault { matches, effect: effect(rng), times, after: rng.u32(..40) });
    }
}
