//! Events of the embedded HubSpot. It tells this server of messages as HubSpot's webhooks do, in this process: nothing is polled,
//! so that the account's log has the requests of the desk alone.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use domain::clock::Clock;
use http::StatusCode;
use hubspot_sandbox::Sandbox;
use hubspot_sandbox::webhooks::{Subscription, WebhookApp};
use uuid::Uuid;

use crate::events::intake::Intake;
use crate::events::public_url::PublicUrl;
use crate::events::signed_delivery::{BODY_BYTES_MAX, DeliveryOutcome, SignedDeliveries};
use crate::events::webhook::Webhook;

/// The kinds of events that the autopilot needs.
const KINDS: [&str; 3] = ["conversation.newMessage", "conversation.privacyDeletion", "contact.privacyDeletion"];
/// The address that is signed. Nothing is sent to it.
const ADDRESS: &str = "https://frontdesk.invalid";
/// The id of the app in the account.
const APP: u64 = 1;

/// The embedded HubSpot refused to tell this server of events.
#[derive(Debug, thiserror::Error)]
#[error("the embedded HubSpot does not tell of events: {0}")]
pub struct NoEvents(String);

/// Has the account's events taken in. The account delivers them on the runtime of whoever changes it.
///
/// # Errors
/// [`NoEvents`].
pub fn subscribe(sandbox: &Sandbox, intake: &Intake) -> Result<(), NoEvents> {
    let address: PublicUrl = ADDRESS.parse().map_err(|error| NoEvents(format!("{error}")))?;
    let secret = [(); 2].map(|()| Uuid::new_v4().simple().to_string()).concat();
    let webhook = Webhook::new(secret.clone().into(), address, intake.clone(), Clock::System);
    let app = WebhookApp::new(APP, &secret, &webhook.target());
    let app = KINDS.into_iter().fold(app, |app, kind| app.with(Subscription::to(kind)));
    let app = app.in_process(router(Arc::new(webhook)));
    sandbox.add_webhook_app(app).map_err(|error| NoEvents(error.to_string()))
}

fn router(webhook: Arc<Webhook>) -> Router {
    Router::new().fallback(move |request: Request| {
        let webhook = webhook.clone();
        async move { answer(&webhook, request).await }
    })
}

async fn answer(webhook: &Webhook, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    if webhook.verify(&head.method, head.uri.query(), &head.headers, &body).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    match webhook.take(&body).await {
        DeliveryOutcome::Taken => StatusCode::OK,
        DeliveryOutcome::Unreadable => StatusCode::BAD_REQUEST,
        DeliveryOutcome::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
