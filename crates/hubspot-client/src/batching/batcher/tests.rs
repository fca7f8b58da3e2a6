//! Batches: their sizes, their delays and the number of requests.

use std::time::Duration;

use futures::future::{join, join_all};
use tokio::time::{Instant, sleep, timeout};

use crate::fake::{Fake, FakeFault, LATENCY};
use crate::{Error, HubSpot};
use domain::id::{OwnerId, RecordId};

fn id(id: u64) -> RecordId {
    RecordId::from(id)
}

async fn name_of(hub: &HubSpot, contact: u64) -> Option<String> {
    let record = hub.contacts().by_id(&id(contact), &["firstname"]).await.unwrap();
    record.and_then(|record| record.get("firstname").map(str::to_owned))
}

#[tokio::test(start_paused = true)]
async fn a_lone_caller_is_sent_at_once() {
    let (fake, hub) = Fake::new();
    let start = Instant::now();
    assert_eq!(name_of(&hub, 7).await.as_deref(), Some("C7"));
    assert_eq!((start.elapsed(), fake.paths()), (LATENCY, vec!["contacts/7?properties=firstname".to_owned()]));
    assert_eq!((hub.usage().requests, hub.usage().waited), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_full_batches() {
    let (fake, hub) = Fake::new();
    let start = Instant::now();
    let names = join_all((1..=1001).map(|contact| name_of(&hub, contact))).await;
    assert_eq!((names[0].as_deref(), names[999].as_deref(), names[1000].as_deref()), (Some("C1"), Some("C1000"), None));
    assert_eq!(fake.log().len(), 11);
    assert!(start.elapsed() <= 2 * LATENCY, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_caller_during_a_request_waits_a_short_time_for_others() {
    let (fake, hub) = Fake::new();
    let start = Instant::now();
    let late = |contact: u64| {
        let hub = &hub;
        async move {
            sleep(Duration::from_millis(contact)).await;
            name_of(hub, contact).await;
            start.elapsed()
        }
    };
    let (first, others) = join(late(1), join_all((10..=20).map(late))).await;
    assert_eq!((first.as_millis(), fake.log().len()), (151, 2));
    assert!(others.iter().all(|at| at.as_millis() == 10 + 100 + 150), "{others:?}");
}

#[tokio::test(start_paused = true)]
async fn equal_reads_are_sent_once() {
    let (fake, hub) = Fake::new();
    join_all((0..50).map(|_| name_of(&hub, 7))).await;
    assert_eq!(fake.log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn each_call_has_its_own_statistics_and_deadline() {
    let (fake, hub) = Fake::new();
    fake.trouble("contacts", FakeFault::Silence);
    let (hasty, patient) =
        (hub.for_call(Instant::now() + Duration::from_secs(2)), hub.for_call(Instant::now() + Duration::from_secs(30)));
    let one = hasty.contacts();
    let two = patient.contacts();
    let (a, b) = (id(1), id(2));
    let start = Instant::now();
    let hasty_one = async { (one.by_id(&a, &[]).await, start.elapsed()) };
    let (hasty_one, patient_one) = join(hasty_one, two.by_id(&b, &[])).await;
    assert_eq!(hasty_one, (Err(Error::Timeout), Duration::from_secs(2)));
    assert!(patient_one.unwrap().is_some());
    assert_eq!((hasty.usage().attempts, patient.usage().attempts, patient.usage().requests), (2, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_caller_leaves_nothing_behind() {
    let (fake, hub) = Fake::new();
    assert!(timeout(Duration::from_millis(50), name_of(&hub, 1)).await.is_err());
    sleep(Duration::from_secs(1)).await;
    assert_eq!(name_of(&hub, 2).await.as_deref(), Some("C2"));
    assert_eq!(fake.log().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_under_a_used_up_quota_hears_for_how_long() {
    let (fake, hub) = Fake::new();
    join_all((0..100).map(async |_| hub.account().details_fresh().await.is_ok())).await;
    let hasty = hub.for_call(Instant::now() + Duration::from_secs(1));
    let error = hasty.contacts().by_id(&id(1), &[]).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    let names = join_all((1..=150).map(|contact| name_of(&hub, contact))).await;
    assert!(names.iter().all(Option::is_some));
    assert_eq!(fake.log().len(), 102);
}

#[tokio::test(start_paused = true)]
async fn many_owners_are_read_as_a_list_and_cached() {
    let (fake, hub) = Fake::new();
    let ids: Vec<_> = (1..=20).map(OwnerId::from).collect();
    let (owners, _) = (hub.owners(), ());
    let found = join_all(ids.iter().map(|id| owners.by_id(id))).await;
    assert!(found.iter().all(|owner| owner.as_ref().unwrap().is_some()));
    assert_eq!(owners.by_id(&OwnerId::from(99)).await, Ok(None));
    assert_eq!(fake.paths(), ["owners?limit=100", "owners/99?archived=false", "owners/99?archived=true"]);
}

#[tokio::test(start_paused = true)]
async fn a_merged_contact_is_found_under_its_old_id() {
    let (fake, hub) = Fake::new();
    let merged = serde_json::json!({"results": [{"id": "1", "properties": {}}], "errors": []});
    fake.trouble("batch/read", FakeFault::Answer(200, merged));
    let contacts = hub.contacts();
    let (one, old) = (id(1), id(2));
    let (first, second) = join(contacts.by_id(&one, &[]), contacts.by_id(&old, &[])).await;
    assert!(first.unwrap().is_some() && second.unwrap().is_some());
    assert_eq!(fake.paths(), ["contacts/batch/read", "contacts/2?properties="]);
}

/// A batch that was refused for one input is sent again in halves.
#[tokio::test(start_paused = true)]
async fn a_refused_input_does_not_fail_the_others_of_its_batch() {
    let (fake, hub) = Fake::new();
    let refusal = serde_json::json!({"category": "VALIDATION_ERROR", "message": "11 is no id"});
    for part in ["contacts/batch/read", "contacts/batch/read", "contacts/11?"] {
        fake.trouble(part, FakeFault::Answer(400, refusal.clone()));
    }
    let contacts = hub.contacts();
    let ids: Vec<_> = [10, 11, 12, 13].map(id).into();
    let found = join_all(ids.iter().map(|id| contacts.by_id(id, &[]))).await;
    let told: Vec<_> = found.iter().map(|found| found.as_ref().map(Option::is_some).ok()).collect();
    assert_eq!(told, [Some(true), None, Some(true), Some(true)]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_more_time_does_not_fail_with_those_who_have_less() {
    let (_, hub) = Fake::new();
    join_all((0..100).map(async |_| hub.account().details_fresh().await.is_ok())).await;
    let hasty = hub.for_call(Instant::now() + Duration::from_secs(11));
    let patient = hub.for_call(Instant::now() + Duration::from_secs(29));
    let late = async {
        sleep(Duration::from_secs(1)).await;
        hub.limiter().close(crate::tier::Bucket::General, Duration::from_secs(15));
        patient.contacts().by_id(&id(2), &[]).await
    };
    let contacts = hasty.contacts();
    let one = id(1);
    let (hasty, patient) = join(contacts.by_id(&one, &[]), late).await;
    assert!(matches!(hasty, Err(Error::RateLimited { .. })), "{hasty:?}");
    assert!(patient.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_caller_gives_its_place_in_the_quota_back() {
    let (_, hub) = Fake::new();
    join_all((0..100).map(async |_| hub.account().details_fresh().await.is_ok())).await;
    let hub = &hub;
    join_all((1..=50).map(async |contact| {
        let own = hub.for_call(Instant::now() + Duration::from_secs(30));
        let (contacts, contact) = (own.contacts(), id(contact));
        timeout(Duration::from_millis(10), contacts.by_id(&contact, &[])).await.is_err()
    }))
    .await;
    tokio::task::yield_now().await;
    let start = Instant::now();
    assert!(name_of(hub, 7).await.is_some());
    assert!(start.elapsed() <= Duration::from_millis(10_200), "{:?}", start.elapsed());
}

/// A caller that joins a batch of a busy one is not held back by the busy one's other requests.
#[tokio::test(start_paused = true)]
async fn a_batch_is_sent_in_the_turn_of_its_quietest_caller() {
    let (_, hub) = Fake::new();
    let [busy, calm] = ["busy", "calm"].map(|name| hub.charged_to(crate::CallerKey::new(name)));
    assert!(name_of(&calm, 7).await.is_some());
    join_all((0..95).map(async |_| busy.account().details_fresh().await.is_ok())).await;
    let flood = async { join_all((1..=300).map(|contact| name_of(&busy, contact))).await.len() };
    let honest = async {
        sleep(Duration::from_secs(2)).await;
        let start = Instant::now();
        assert!(name_of(&calm, 8).await.is_some());
        start.elapsed()
    };
    let (flooded, waited) = join(flood, honest).await;
    assert_eq!(flooded, 300);
    assert!(waited <= Duration::from_millis(300), "{waited:?}");
}
