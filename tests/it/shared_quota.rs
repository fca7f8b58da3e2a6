//! Several replicas on one store and one account of HubSpot's that enforces the limits of a free account.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::clock::Clock;
use frontdesk::app::shared_quota::StoreQuota;
use frontdesk::mcp::Server;
use frontdesk::store::quota::QUOTA_ROUND_TRIPS;
use frontdesk::store::{Location, Store};
use frontdesk::tool::caller::{Caller, CallerId};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use http_client::InProcess;
use hubspot_client::{Callers, HubSpot, QuotaGrant, QuotaReport, SharedQuota, Tier};
use hubspot_sandbox::{Sandbox, limits};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::databases::on_shared;
use crate::world::{self, NOW};

const SARAH: &str = "84246479604";

/// The quota of a store, with its exchanges counted.
#[derive(Debug)]
struct Counted(StoreQuota, Arc<AtomicU64>);

impl SharedQuota for Counted {
    fn exchange(&self, report: QuotaReport) -> BoxFuture<'_, Result<QuotaGrant, String>> {
        async move {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.exchange(report).await
        }
        .boxed()
    }
}

/// Replicas that share an account.
struct House {
    sandbox: Sandbox,
    clients: Vec<HubSpot>,
    servers: Vec<Server>,
    exchanges: Arc<AtomicU64>,
}

impl House {
    fn new(location: &Location, replicas: usize) -> House {
        let now = NOW.parse().unwrap();
        let settings = hubspot_sandbox::Settings {
            now: Some(now),
            tier: Some(limits::Tier::Free),
            delay_ms: 150,
            ..Default::default()
        };
        let (sandbox, clock, exchanges) =
            (Sandbox::new(settings), Clock::starting_at(now), Arc::<AtomicU64>::default());
        let client = |_| {
            let quota = StoreQuota::new(Store::timed_by(location.clone(), clock), &format!("account of {replicas}"));
            let settings = hubspot_client::Settings {
                tier: Tier::Free,
                callers: Callers::Several,
                shared_quota: Some(Arc::new(Counted(quota, exchanges.clone()))),
                ..Default::default()
            };
            HubSpot::new(InProcess(sandbox.router()), Some(sandbox.token().into()), settings, clock)
        };
        let clients: Vec<_> = (0..replicas).map(client).collect();
        let servers = clients.iter().map(|client| world::server(client.clone(), clock)).collect();
        House { sandbox, clients, servers, exchanges }
    }

    async fn call(&self, replica: usize, name: &str, tool: &str, arguments: Value) -> bool {
        let caller = Caller { id: CallerId(name.into()), ..Caller::default() };
        self.servers[replica].call_in_process(caller, tool, arguments.as_object().unwrap().clone()).await.is_ok()
    }

    /// Calls by three callers of each replica, as fast as they are answered.
    async fn load(&self, end: Instant) -> usize {
        let lanes = (0..self.servers.len()).flat_map(|replica| (0..12).map(move |lane| (replica, lane)));
        let one = async |(replica, lane): (usize, usize)| {
            let (mut answered, name) = (0, format!("c{replica}-{}", lane % 3));
            for at in 0.. {
                if Instant::now() >= end {
                    break;
                }
                let served = match lane % 4 {
                    0 => {
                        self.call(replica, &name, "search_contacts", json!({"query": format!("Sarah {lane} {at}")}))
                            .await
                    }
                    1 => self.call(replica, &name, "get_contact", json!({"contact": SARAH})).await,
                    _ => {
                        let id = (90_000_000 + at * 1_000 + lane * 10 + replica).to_string();
                        self.call(replica, &name, "find_owner_id_by_contact_id", json!({"cus_cid": id})).await
                    }
                };
                answered += usize::from(served);
                sleep(Duration::from_millis(10)).await;
            }
            answered
        };
        join_all(lanes.map(one)).await.into_iter().sum()
    }
}

#[tokio::test(start_paused = true)]
async fn replicas_of_one_account_are_never_refused_for_its_rate() {
    on_shared(async |location| {
        for replicas in [1, 2, 3] {
            let house = House::new(&location, replicas);
            let end = Instant::now() + Duration::from_secs(30);
            let answered = house.load(end).await;
            let (peaks, sent) = (house.sandbox.peaks(), house.sandbox.requests().len());
            let exchanges = house.exchanges.load(Ordering::Relaxed);
            println!(
                "{replicas} replicas: {sent} requests, {answered} calls answered, {:.2} round trips a request",
                (exchanges * QUOTA_ROUND_TRIPS) as f64 / sent as f64
            );
            assert_eq!(peaks.refused, 0, "{peaks:?}");
            assert!(peaks.ten_seconds <= 100 && peaks.search_second <= 5, "{peaks:?}");
            assert!(sent >= 250, "{replicas} replicas sent {sent} requests");
            assert!(answered > 0);
            join_all(house.clients.iter().map(HubSpot::drained)).await;
            sleep(Duration::from_secs(30)).await;
        }
    })
    .await;
}

/// One that asks now and then is served at once, whatever the others do.
#[tokio::test(start_paused = true)]
async fn a_customer_of_one_replica_does_not_wait_for_the_load_of_others() {
    on_shared(async |location| {
        let house = House::new(&location, 3);
        let end = Instant::now() + Duration::from_secs(30);
        let customer = async {
            let mut worst = Duration::ZERO;
            sleep(Duration::from_secs(5)).await;
            for _ in 0..10 {
                let asked = Instant::now();
                assert!(house.call(0, "customer", "find_owner_id_by_contact_id", json!({"cus_cid": SARAH})).await);
                worst = worst.max(asked.elapsed());
                sleep(Duration::from_secs(2)).await;
            }
            worst
        };
        let (_, worst) = futures::future::join(house.load(end), customer).await;
        assert_eq!(house.sandbox.peaks().refused, 0);
        assert!(worst <= Duration::from_secs(3), "{worst:?}");
    })
    .await;
}

/// The row is named by a digest: who reads the database has no access.
#[test]
fn an_account_is_named_without_its_token() {
    let quota = |token: &str| format!("{:?}", StoreQuota::new(Store::at(Location::Memory), token));
    assert!(!quota("token pat-na1-secret").contains("secret"));
    assert_ne!(quota("token pat-na1-one"), quota("token pat-na1-two"));
}
