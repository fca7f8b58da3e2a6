//! A claim of a visitor of the chat page begins one conversation, at whichever replica.

use frontdesk::store::Location;
use frontdesk::web::settings::Settings;
use http::StatusCode;
use serde_json::json;

use crate::chat_page::claims::{SECRET, claim, claim_with_id};
use crate::chat_page::site::{ADDRESS, Site, post};
use crate::databases::on_shared;
use crate::handoff::desk::House;

/// A conversation is in the memory of one process; who is led to another one is told which it is.
#[tokio::test(start_paused = true)]
async fn a_conversation_names_its_replica() {
    let site = async |name: &str| Site::with(Settings { replica: Some(name.into()), ..Settings::default() }).await;
    let (one, other) = (site("east-1").await, site("east-2").await);
    let visitor = one.visitor().await;
    assert!(visitor.session.starts_with("east-1."), "{}", visitor.session);
    visitor.say("1", "Hello").await;
    let led_astray = post("send", Some(&visitor.session), json!({"id": "2", "text": "Hello"}));
    let (status, refused) = other.ask(led_astray, visitor.address).await;
    assert_eq!((status, &refused["code"]), (StatusCode::NOT_FOUND, &json!("CONVERSATION_ELSEWHERE")), "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("`east-1`"), "{refused}");
    visitor.say("2", "Hello").await;
}

#[tokio::test(start_paused = true)]
async fn a_claim_begins_one_conversation_at_all_replicas() {
    on_shared(async |location| {
        let settings = || Settings { claim_secret: Some(SECRET.into()), ..Settings::default() };
        let site = async || Site::of(House::new().stored_at(location.clone()), settings(), None).await;
        let (one, other) = (site().await, site().await);
        for claim in [claim_with_id("once"), claim("sarah@gmail.com", SECRET)] {
            let begun = async |site: &Site, address: &str| {
                site.ask(post("start", None, json!({ "claim": claim })), address.parse().unwrap()).await
            };
            assert_eq!(begun(&one, ADDRESS).await.0, StatusCode::OK);
            let (status, refused) = begun(&other, "10.9.9.9").await;
            assert_eq!((status, &refused["code"]), (StatusCode::UNAUTHORIZED, &json!("CLAIM_REFUSED")), "{refused}");
            // The same browser, whose first answer was lost, may be led to the other replica.
            assert_eq!(begun(&other, ADDRESS).await.0, StatusCode::OK);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_claim_is_not_called_wrong_while_the_database_is_away() {
    let away = Location::read("postgres://desk@127.0.0.1:1/frontdesk".as_ref()).unwrap();
    let settings = Settings { claim_secret: Some(SECRET.into()), ..Settings::default() };
    let site = Site::of(House::new().stored_at(away), settings, None).await;
    let start = post("start", None, json!({"claim": claim_with_id("once")}));
    let (status, refused) = site.ask(start, ADDRESS.parse().unwrap()).await;
    assert_eq!((status, &refused["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("STORE_FAILED")), "{refused}");
}
