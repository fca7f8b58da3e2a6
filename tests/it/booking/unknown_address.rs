//! Bookings for an address that no contact has: HubSpot adds one, and nobody should be there twice.

use serde_json::{Value, json};

use super::{booked, meeting, with};
use crate::world::World;

const SARAH: &str = "84246479604";

fn contacts(world: &World) -> usize {
    world.sandbox.records("contacts").len()
}

async fn refused(world: &World, more: Value) -> Value {
    let before = (booked(world), contacts(world));
    let error = world.call("create_meeting", with(meeting("2026-12-01", "13:00"), more)).await.unwrap_err();
    assert_eq!((booked(world), contacts(world)), before, "{error}");
    error
}

#[tokio::test(start_paused = true)]
async fn somebody_known_is_not_booked_as_a_second_contact() {
    let world = World::new().await;
    for (who, more) in [
        ("another address", json!({"cus_email": "sarah.mark@cloutea.com"})),
        ("a misspelt one", json!({"cus_email": "sarah@gmial.com"})),
        ("another case", json!({"cus_email": "s@cloutea.com", "cus_fname": "SARAH", "cus_lname": "mark"})),
        (
            "another spelling of the mailbox",
            json!({"cus_email": "s.a.r.a.h@gmail.com", "cus_fname": "S", "cus_lname": ""}),
        ),
    ] {
        let error = refused(&world, more).await;
        assert_eq!(error["code"], "USER_NOT_FOUND_ERROR", "{who}: {error}");
        assert_eq!(error["candidates"][0]["contact_id"], SARAH, "{who}: {error}");
        assert!(!error.to_string().contains("702"), "{who}: no data of somebody who may be another person: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_new_is_booked_and_the_answer_tells_of_the_contact() {
    let world = World::new().await;
    let before = contacts(&world);
    let new = json!({"cus_fname": "Ada", "cus_lname": "Byron", "cus_email": "ada@byron.example"});
    let made = world.call("create_meeting", with(meeting("2026-12-01", "13:00"), new)).await.unwrap();
    assert_eq!((&made["contact_created"], contacts(&world)), (&json!(true), before + 1), "{made}");
    let known = world.call("create_meeting", meeting("2026-12-01", "15:00")).await.unwrap();
    assert_eq!((&known["contact_created"], contacts(&world)), (&json!(null), before + 1), "{known}");
}

#[tokio::test(start_paused = true)]
async fn a_contact_without_an_address_is_booked_once_it_has_one() {
    let world = World::new().await;
    let person = json!({"firstname": "Piet", "lastname": "Janssen", "phone": "+31 20 555 0101"});
    let made = world.call("create_contact", json!({"properties": person})).await.unwrap();
    let id = made["contact"]["contact_id"].clone();
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    let booking = json!({"cus_fname": "Piet", "cus_lname": "Janssen", "cus_email": "piet@janssen.example"});
    let error = refused(&world, booking.clone()).await;
    assert_eq!(error["candidates"][0]["contact_id"], id, "{error}");
    assert!(error["hint"].as_str().unwrap().contains("`update_contact`"), "{error}");
    let address = json!({"contact": id, "properties": {"email": "piet@janssen.example"}});
    world.call("update_contact", address).await.unwrap();
    let made = world.call("create_meeting", with(meeting("2026-12-01", "13:00"), booking)).await.unwrap();
    assert_eq!(made["contact_id"], id, "{made}");
    let found = world.call("find_meetings", json!({"contact": id})).await.unwrap();
    assert_eq!(found["coming_total"], 1, "{found}");
}
