//! HubSpot's quota, shared by the replicas that share a store.

use std::net::SocketAddr;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use hubspot_client::{QuotaGrant, QuotaLedger, QuotaReport, SharedQuota};
use metrics::counter;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tracing::info;

use super::access::HubSpotAccess;
use crate::store::quota::QUOTA_ROUND_TRIPS;
use crate::store::{Location, Store};

/// The bytes of a digest that name an account.
const NAME_BYTES: usize = 16;

/// The bytes of a digest that tell the address of a process; as a number they are exact in JSON.
const ADDRESS_BYTES: usize = 6;

/// The quota of one account in a store.
#[derive(Clone, Debug)]
pub struct StoreQuota {
    store: Store,
    account: String,
    address: i64,
}

/// The quota that replicas with this access share: that of the account in a PostgreSQL store, else none. `address` is where
/// this process listens, if it does.
pub(super) fn of(store: &Store, access: &HubSpotAccess, address: Option<SocketAddr>) -> Option<Arc<dyn SharedQuota>> {
    let Location::Postgres(_) = store.location() else { return None };
    let account = match access {
        HubSpotAccess::None => return None,
        HubSpotAccess::Token(token) => format!("token {}", token.expose_secret()),
        // Their tokens change, and a store belongs to one account.
        HubSpotAccess::TokenFile(_) => "token file".to_owned(),
        HubSpotAccess::Login(..) => "login".to_owned(),
    };
    let quota = StoreQuota::new(store.clone(), &account);
    let quota = StoreQuota { address: address.and_then(number_of).unwrap_or_default(), ..quota };
    info!(
        account = quota.account,
        "HubSpot's quota is shared with the other replicas of the store {}.",
        store.location()
    );
    Some(Arc::new(quota))
}

impl StoreQuota {
    /// Shares the quota of the account that this text tells from others; it is kept as a digest.
    pub fn new(store: Store, account: &str) -> StoreQuota {
        let digest = Sha256::digest(account.as_bytes());
        let account = digest.iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect();
        StoreQuota { store, account, address: 0 }
    }
}

/// The number of an address of this machine, which of the processes there one has at a time. `None` if the system chooses the port.
fn number_of(address: SocketAddr) -> Option<i64> {
    let text = format!("{}\n{address}", machine()?);
    let number = Sha256::digest(text.as_bytes())
        .iter()
        .take(ADDRESS_BYTES)
        .fold(0, |number, byte| number << 8 | i64::from(*byte));
    (address.port() != 0).then_some(number)
}

#[cfg(unix)]
fn machine() -> Option<String> {
    Some(rustix::system::uname().nodename().to_string_lossy().into_owned())
}

#[cfg(not(unix))]
fn machine() -> Option<String> {
    None
}

impl SharedQuota for StoreQuota {
    fn exchange(&self, report: QuotaReport) -> BoxFuture<'_, Result<QuotaGrant, String>> {
        let report = report.at_address(self.address);
        let decide = move |ledger: &str, now_ms: i64| {
            let mut ledger = QuotaLedger::read(ledger);
            let grant = ledger.exchange(&report, now_ms);
            (ledger.text(), grant)
        };
        async move {
            counter!("hubspot_shared_quota_round_trips_total").increment(QUOTA_ROUND_TRIPS);
            self.store.change_quota(&self.account, decide).await.map_err(|error| error.to_string())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn only_replicas_on_postgresql_share_the_quota_and_its_row_does_not_tell_the_token() {
        let token = HubSpotAccess::Token("pat-na1-secret".to_owned().into());
        let of = |place: &str, access: &HubSpotAccess| {
            of(&Store::at(Location::read(OsStr::new(place)).unwrap()), access, None)
        };
        assert!(of(":memory:", &token).is_none() && of("desk.db", &token).is_none());
        assert!(of("postgres://db.example/desk", &HubSpotAccess::None).is_none());
        let shared = of("postgres://db.example/desk", &token).map(|quota| format!("{quota:?}"));
        assert!(shared.is_some_and(|quota| !quota.contains("secret")));
    }

    #[test]
    fn a_process_is_known_by_where_it_listens() {
        let number = |address: &str| number_of(address.parse().unwrap());
        assert_eq!(number("127.0.0.1:0"), None, "the system chooses another port each time");
        assert_eq!(number("127.0.0.1:8080"), number("127.0.0.1:8080"));
        assert_ne!(number("127.0.0.1:8080"), number("127.0.0.1:8081"));
    }
}
