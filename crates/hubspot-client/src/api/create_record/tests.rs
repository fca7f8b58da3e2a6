//! Creation of records: the number of records, of requests, and the answers of the callers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::{join, join_all};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::fake::{Fake, FakeFault, LATENCY};
use crate::{Communication, Created, Error, HubSpot, NewTicket, Object, Record, WriteKind};
use domain::id::RecordId;

fn ticket(contact: u64, content: &str) -> NewTicket {
    NewTicket {
        contact: Some(RecordId::from(contact)),
        subject: "Help".into(),
        content: content.into(),
        pipeline: "0".into(),
        stage: "1".into(),
        priority: None,
        category: None,
        owner: None,
        properties: BTreeMap::new(),
        key: None,
    }
}

async fn create(hub: &HubSpot, ticket: &NewTicket) -> Result<Created<Record>, Error> {
    hub.tickets().create(ticket).await
}

const UNKNOWN: Error = Error::OutcomeUnknown { write: WriteKind::Ticket, refusal: None };

#[tokio::test(start_paused = true)]
async fn a_lone_ticket_is_one_request() {
    let (fake, hub) = Fake::new();
    let start = Instant::now();
    let made = create(&hub, &ticket(7, "broken")).await.unwrap();
    assert_eq!((made.recovered, fake.paths(), start.elapsed()), (false, vec!["tickets".to_owned()], LATENCY));
    assert_eq!(fake.contact_of("tickets", &made.value.id).as_deref(), Some("7"));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_equal_tickets_belong_to_their_own_contacts() {
    let (fake, hub) = Fake::new();
    let start = Instant::now();
    let made = join_all((1..=1000).map(|contact| {
        let hub = &hub;
        async move { create(hub, &ticket(contact, "it is broken")).await.unwrap().value.id }
    }))
    .await;
    for (contact, id) in (1..=1000).zip(&made) {
        assert_eq!(fake.contact_of("tickets", id), Some(u64::to_string(&contact)));
    }
    assert_eq!((fake.count("tickets"), made.iter().collect::<BTreeSet<_>>().len()), (1000, 1000));
    assert!(
        fake.log().len() <= 40 && start.elapsed() <= Duration::from_secs(3),
        "{} {:?}",
        fake.log().len(),
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn one_refused_ticket_does_not_affect_the_others_of_its_batch() {
    let (fake, hub) = Fake::new();
    let bad = NewTicket { stage: "bad".into(), ..ticket(1, "x") };
    let nobody = ticket(4040, "x");
    let good = ticket(2, "x");
    let made = join_all([&bad, &nobody, &good].map(|ticket| create(&hub, ticket))).await;
    assert_eq!(made[0].as_ref().unwrap_err().to_string(), "HubSpot refused the value of `hs_pipeline_stage`");
    assert_eq!(made[1], Err(Error::ContactMissing));
    assert!(made[2].is_ok());
    assert_eq!(fake.count("tickets"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_refused_whole_is_halved_until_it_succeeds() {
    let (fake, hub) = Fake::new();
    for _ in 0..4 {
        fake.trouble("tickets/batch/create", FakeFault::Answer(400, json!({"category": "VALIDATION_ERROR"})));
    }
    let tickets: Vec<_> = (1..=4).map(|contact| ticket(contact, "x")).collect();
    let made = join_all(tickets.iter().map(|ticket| create(&hub, ticket))).await;
    assert!(made.iter().all(Result::is_ok));
    assert_eq!(fake.count("tickets"), 4);
}

#[tokio::test(start_paused = true)]
async fn lost_answers_are_looked_up_and_never_sent_twice() {
    for trouble in [
        FakeFault::DoneThenAnswer(500),
        FakeFault::DoneThenBroken,
        FakeFault::DoneThenGarbled,
        FakeFault::DoneThenSilence,
    ] {
        let (fake, hub) = Fake::new();
        fake.trouble("tickets", trouble.clone());
        let made = create(&hub, &ticket(7, "broken")).await.unwrap();
        assert!(made.recovered, "{trouble:?}");
        let paths = fake.paths();
        assert_eq!(paths.len(), 3, "{paths:?}");
        assert_eq!((fake.count("tickets"), paths[1].as_str()), (1, "associations/contacts/tickets/batch/read"));
    }
}

/// HubSpot may go on after a broken connection or a gateway's error page.
#[tokio::test(start_paused = true)]
async fn a_ticket_that_hubspot_creates_after_a_lost_answer_is_not_created_twice() {
    let lost = [None, Some(502), Some(504)];
    for (status, later) in lost.into_iter().flat_map(|status| [0, 2_500, 12_000].map(|ms| (status, ms))) {
        let (fake, hub) = Fake::new();
        let later = Duration::from_millis(later);
        fake.trouble(
            "tickets",
            status.map_or(FakeFault::BrokenThenDone(later), |s| FakeFault::AnswerThenDone(s, later)),
        );
        let made = create(&hub, &ticket(7, "broken")).await;
        tokio::time::sleep(Duration::from_secs(30)).await; // HubSpot ends what it is doing.
        assert_eq!((made.map(|made| made.recovered), fake.count("tickets")), (Ok(true), 1), "{status:?} {later:?}");
    }
}

/// HubSpot's time begins when the request reaches it, which is after the connection is open.
#[tokio::test(start_paused = true)]
async fn a_ticket_whose_request_waited_for_a_connection_is_not_created_twice() {
    let (fake, hub) = Fake::new();
    fake.connect_in(Duration::from_secs(4));
    fake.trouble("tickets", FakeFault::BrokenThenDone(Duration::from_secs(12)));
    let made = create(&hub, &ticket(7, "broken")).await;
    tokio::time::sleep(Duration::from_secs(30)).await; // HubSpot ends what it is doing.
    assert_eq!((made.map(|made| made.recovered), fake.count("tickets")), (Ok(true), 1));
}

/// Of two equal tickets the one with the lost answer takes the other's record, and is carried out afterwards.
#[tokio::test(start_paused = true)]
async fn a_caller_whose_record_was_taken_gets_the_one_that_comes_late() {
    let (fake, hub) = Fake::new();
    let seconds = Duration::from_secs;
    for trouble in [FakeFault::BrokenThenDone(seconds(5)), FakeFault::DoneThenLate(seconds(2))] {
        fake.trouble("objects/2026-09/tickets", trouble);
    }
    let equal = ticket(7, "broken");
    let second = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        create(&hub, &equal).await
    };
    let (first, second) = join(create(&hub, &equal), second).await;
    tokio::time::sleep(seconds(30)).await; // HubSpot ends what it is doing.
    assert_ne!(first.unwrap().value.id, second.unwrap().value.id);
    assert_eq!(fake.count("tickets"), 2);
}

#[tokio::test(start_paused = true)]
async fn texts_that_hubspot_stores_in_another_form_are_not_created_twice() {
    let (fake, hub) = Fake::new();
    fake.trouble("batch/create", FakeFault::Reworded);
    let texts = ["a\nb", "c\nd", "e\nf", "g\nh"];
    let made = join_all((7..).zip(texts).map(|(contact, text)| {
        let hub = &hub;
        async move { create(hub, &ticket(contact, text)).await.unwrap().value.id }
    }));
    for (contact, id) in (7..).zip(made.await) {
        assert_eq!(fake.contact_of("tickets", &id), Some(u64::to_string(&contact)));
    }
    assert_eq!((fake.count("tickets"), fake.log().iter().any(|path| path.contains("batch/create"))), (4, true));
}

#[tokio::test(start_paused = true)]
async fn a_confirmed_batch_is_not_sent_again_if_its_results_cannot_be_matched() {
    let (fake, hub) = Fake::new();
    fake.trouble("batch/create", FakeFault::Reworded);
    let made = join_all(["a\nb", "c\nd", "e\nf"].map(|text| {
        let hub = &hub;
        async move { create(hub, &ticket(7, text)).await.map(|_| ()) }
    }));
    assert_eq!(made.await, [Err(UNKNOWN), Err(UNKNOWN), Err(UNKNOWN)]);
    assert_eq!(fake.count("tickets"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_of_a_merged_contact_is_found_again() {
    let (fake, hub) = Fake::new();
    fake.merge(8, 7);
    fake.trouble("tickets", FakeFault::DoneThenBroken);
    let made = create(&hub, &ticket(8, "broken")).await.unwrap();
    assert_eq!((made.recovered, fake.count("tickets")), (true, 1));
    let (of_old, of_other) = join(
        hub.associations().of(Object::Contacts, &RecordId::from(8), Object::Tickets),
        hub.associations().of(Object::Contacts, &RecordId::from(9), Object::Tickets),
    )
    .await;
    assert_eq!((of_old, of_other), (Ok(vec![made.value.id]), Ok(vec![])));
}

/// A part of a list would be taken for the whole: a ticket that is there would be created again.
#[tokio::test(start_paused = true)]
async fn associations_that_cannot_be_read_to_their_end_are_an_error() {
    let (fake, hub) = Fake::new();
    let page = json!({"results": [
        {"from": {"id": "7"}, "to": [{"toObjectId": 5001}], "paging": {"next": {"after": "5001"}}},
    ]});
    for _ in 0..20 {
        fake.trouble("associations", FakeFault::Answer(200, page.clone()));
    }
    let read = hub.associations().of(Object::Contacts, &RecordId::from(7), Object::Tickets).await;
    assert_eq!(read, Err(Error::TooManyAssociations));
    assert_eq!(fake.log().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_was_not_created_is_sent_once_more() {
    for trouble in [FakeFault::Answer(500, json!({})), FakeFault::Html(502), FakeFault::Silence] {
        let (fake, hub) = Fake::new();
        fake.trouble("tickets", trouble.clone());
        let made = create(&hub, &ticket(7, "broken")).await;
        assert_eq!((made.map(|made| made.recovered), fake.count("tickets")), (Ok(false), 1), "{trouble:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_certain_only_if_the_look_ups_worked() {
    let (fake, hub) = Fake::new();
    for _ in 0..2 {
        fake.trouble("objects/2026-09/tickets", FakeFault::Answer(500, json!({})));
    }
    assert_eq!(create(&hub, &ticket(7, "a")).await, Err(Error::Failed { status: 500 }), "looked up: nothing was done");
    for _ in 0..40 {
        fake.trouble("crm", FakeFault::Answer(500, json!({})));
    }
    let start = Instant::now();
    assert_eq!(create(&hub, &ticket(7, "b")).await, Err(UNKNOWN));
    assert!(start.elapsed() <= Duration::from_secs(30));
    assert_eq!(fake.count("tickets"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_equal_ticket_of_another_call_is_not_taken() {
    let (fake, hub) = Fake::new();
    let first = create(&hub, &ticket(7, "broken")).await.unwrap();
    fake.trouble("objects/2026-09/tickets", FakeFault::Answer(500, json!({})));
    let second = create(&hub, &ticket(7, "broken")).await.unwrap();
    assert_ne!(first.value.id, second.value.id);
    assert_eq!((fake.count("tickets"), second.recovered), (2, false));
}

#[tokio::test(start_paused = true)]
async fn a_lost_batch_gives_each_caller_its_own_ticket() {
    let (fake, hub) = Fake::new();
    fake.trouble("tickets/batch/create", FakeFault::DoneThenBroken);
    let tickets: Vec<_> = (1..=30).map(|contact| ticket(contact, "x")).collect();
    let made = join_all(tickets.iter().map(|ticket| create(&hub, ticket))).await;
    let ids: BTreeSet<_> = made.into_iter().map(|made| made.unwrap().value.id).collect();
    assert_eq!((ids.len(), fake.count("tickets")), (30, 30));
    assert!(fake.log().len() <= 4, "{:?}", fake.paths());
}

#[tokio::test(start_paused = true)]
async fn a_write_in_progress_ends_after_its_caller_stopped_waiting() {
    let (fake, hub) = Fake::new();
    assert!(timeout(Duration::from_millis(50), create(&hub, &ticket(7, "x"))).await.is_err());
    assert_eq!(fake.count("tickets"), 0);
    hub.drained().await;
    assert_eq!((fake.count("tickets"), fake.log().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_created_for_a_caller_that_stopped_waiting_before() {
    let (fake, hub) = Fake::new();
    fake.trouble("tickets", FakeFault::Answer(423, json!({})));
    assert!(timeout(Duration::from_secs(1), create(&hub, &ticket(7, "x"))).await.is_err());
    hub.drained().await;
    assert_eq!((fake.count("tickets"), fake.log().len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn communications_are_recognised_by_body_and_instant() {
    let (fake, hub) = Fake::new();
    let at = "2026-11-22T15:00:00Z".parse().unwrap();
    let log = |contact: u64, body: &str| Communication {
        contact: RecordId::from(contact),
        body: body.into(),
        at,
        channel_type: "CUSTOM_CHANNEL_CONVERSATION".into(),
    };
    fake.trouble("communications", FakeFault::DoneThenBroken);
    let (one, two) = (log(1, "hello"), log(2, "hello"));
    let made = join(hub.communications().log(&one), hub.communications().log(&two)).await;
    for (contact, made) in [("1", made.0), ("2", made.1)] {
        assert_eq!(fake.contact_of("communications", &made.unwrap().value.id).as_deref(), Some(contact));
    }
    assert_eq!(fake.count("communications"), 2);
    assert_eq!(hub.communications().log(&log(4040, "x")).await, Err(Error::ContactMissing));
}
