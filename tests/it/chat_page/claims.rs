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

const SECRET: &str = "the secret of the shop's own server";

fn claim(email: &str, secret: &str) -> String {
    let now: chrono::DateTime<chrono::Utc> = NOW.parse().unwrap();
    let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = format!(
        "{}.{}",
        encoded(json!({"alg": "HS256", "typ": "JWT"})),
        encoded(json!({"email": email, "exp": now.timestamp() + 600}))
    );
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
    for bad in [claim("sarah@gmail.com", "another secret"), "x.y.z".to_owned(), String::new()] {
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
