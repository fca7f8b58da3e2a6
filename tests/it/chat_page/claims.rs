//! Customers whom a host page's signed claim lets be recognised, and those whom none does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk::web::settings::Settings;
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;

use super::site::{ADDRESS, Site, post, text};
use crate::world::NOW;

pub(crate) const SECRET: &str = "the secret of the shop's own server";

pub(crate) fn claim(email: &str, secret: &str) -> String {
    signed(&json!({"email": email, "exp": in_seconds(600)}), secret)
}

/// A claim of Sarah's that is good for one conversation.
pub(crate) fn claim_with_id(id: &str) -> String {
    signed(&json!({"email": "sarah@gmail.com", "exp": in_seconds(600), "jti": id}), SECRET)
}

fn in_seconds(seconds: i64) -> i64 {
    NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp() + seconds
}

fn signed(payload: &Value, secret: &str) -> String {
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = format!("{}.{}", encoded(&json!({"alg": "HS256", "typ": "JWT"})), encoded(payload));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(head.as_bytes());
    format!("{head}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn site() -> Site {
    Site::with(Settings { claim_secret: Some(SECRET.into()), ..Settings::default() }).await
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_is_logged_in_hears_about_their_own_records() {
    let site = site().await;
    let known = site.visitor_with(json!({"claim": claim("sarah@gmail.com", SECRET)}), ADDRESS).await;
    let anybody = site.visitor().await;
    assert_eq!((&known.started["verified"], &anybody.started["verified"]), (&json!(true), &json!(false)));
    let of_known = known.say("1", "My data").await;
    assert!(text(&of_known).contains("Sarah"), "{of_known}");
    anybody.say("1", "My data").await;
    let of_anybody = anybody.say("2", "sarah@gmail.com").await;
    assert!(!text(&of_anybody).contains("Sarah"), "{of_anybody}");
}

#[tokio::test(start_paused = true)]
async fn a_claim_of_somebody_who_is_no_contact_gives_an_address_and_no_more() {
    let site = site().await;
    let new = site.visitor_with(json!({"claim": claim("nobody.yet@shop.example", SECRET)}), ADDRESS).await;
    assert_eq!(new.started["verified"], false);
    new.say("1", "I have an issue in installing the DUST-E robot").await;
    let events = new.events(0).await;
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert!(text(&last).contains("Shall I open a ticket") || text(&last).contains("e-mail"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_is_not_signed_begins_nothing() {
    let site = site().await;
    let address = ADDRESS.parse().unwrap();
    let good = claim("sarah@gmail.com", SECRET);
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    let expired = signed(&json!({"email": "sarah@gmail.com", "exp": in_seconds(-120)}), SECRET);
    let for_ever = signed(&json!({"email": "sarah@gmail.com", "exp": in_seconds(3 * 24 * 3_600)}), SECRET);
    let endless = signed(&json!({"email": "sarah@gmail.com"}), SECRET);
    let foreign = claim("sarah@gmail.com", "another secret");
    for bad in [foreign, unsigned, expired, for_ever, endless, "x.y.z".to_owned(), String::new()] {
        let (status, refused) = site.ask(post("start", None, json!({ "claim": bad })), address).await;
        assert_eq!((status, &refused["code"]), (StatusCode::UNAUTHORIZED, &json!("CLAIM_REFUSED")), "{bad}");
        assert!(!refused.to_string().contains("sarah"), "{refused}");
    }
    let without = Site::open().await;
    let (status, refused) =
        without.ask(post("start", None, json!({"claim": claim("sarah@gmail.com", "")})), address).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(refused["message"].as_str().unwrap().contains("takes no claims"), "{refused}");
}

/// A claim that somebody finds in a log or a page cannot be used again.
#[tokio::test(start_paused = true)]
async fn a_claim_begins_one_conversation_whether_it_has_an_id_or_not() {
    let site = site().await;
    let thief = "10.0.0.8".parse().unwrap();
    let without = |seconds: i64| signed(&json!({"email": "sarah@gmail.com", "exp": in_seconds(seconds)}), SECRET);
    for (once, next) in [(claim_with_id("a"), claim_with_id("b")), (without(600), without(601))] {
        let known = site.visitor_with(json!({ "claim": once }), ADDRESS).await;
        assert_eq!(known.started["verified"], true);
        let (status, refused) = site.ask(post("start", None, json!({ "claim": once })), thief).await;
        assert_eq!((status, &refused["code"]), (StatusCode::UNAUTHORIZED, &json!("CLAIM_REFUSED")));
        assert!(refused["message"].as_str().unwrap().contains("used before"), "{refused}");
        let repeated = site.visitor_with(json!({ "claim": once }), ADDRESS).await;
        assert_eq!(repeated.started["verified"], true, "a start whose answer was lost is sent again");
        let next = site.visitor_with(json!({ "claim": next }), ADDRESS).await;
        assert_eq!(next.started["verified"], true);
        known.events(0).await;
    }
}
