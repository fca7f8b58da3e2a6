//! `frontdesk webhook-replay`: signs a delivery as HubSpot does and sends it, to try a set-up without waiting for HubSpot.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request};
use http_client::{HttpClient, InvalidBaseUrl, Network, SendError};
use secrecy::SecretString;
use serde_json::Value;

use crate::config::{CLIENT_SECRET_VARIABLE, WebhookReplaySettings};
use crate::events::signature::{self, Signed};
use crate::events::signed_delivery;
use crate::events::webhook;

/// The largest file: HubSpot sends no larger bodies.
const FILE_BYTES_MAX: usize = signed_delivery::BODY_BYTES_MAX;
const SIGNATURE: &str = "x-hubspot-signature-v3";
const TIMESTAMP: &str = "x-hubspot-request-timestamp";

/// A delivery that cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The file of events cannot be read: its path and the reason.
    #[error("`{0}`: {1}")]
    File(PathBuf, String),
    /// There is no secret to sign with.
    #[error("there is no client secret: set `{CLIENT_SECRET_VARIABLE}` or `--client-secret-file`")]
    SecretMissing,
    /// There is no address to sign for.
    #[error("`--public-url` is missing: the signature is for the address that the server has from outside")]
    UrlMissing,
    /// The address of the server.
    #[error(transparent)]
    Address(#[from] InvalidBaseUrl),
    /// The server was not reached.
    #[error("the server was not reached: {0}")]
    Unsent(String),
    /// Standard output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Sends the file, and says what the server answered; `false` if it did not take it.
pub(super) async fn run(
    settings: &WebhookReplaySettings,
    secret: Option<SecretString>,
    now: DateTime<Utc>,
    out: &mut impl Write,
) -> Result<bool, Error> {
    let secret = secret.ok_or(Error::SecretMissing)?;
    let url = settings.webhook.public_url.as_ref().ok_or(Error::UrlMissing)?;
    let body = body(settings)?;
    let target = url.at(webhook::PATH);
    let timestamp = now.timestamp_millis().to_string();
    let signed = Signed { method: Method::POST.as_str(), url: &target, body: &body };
    let signature = signature::v3(&secret, signed, &timestamp);
    let to = settings.to.as_ref().map_or_else(|| url.at(""), |to| to.to_string());
    let client = Network::new(&to)?;
    let request = Request::post(webhook::PATH)
        .header("content-type", "application/json")
        .header(SIGNATURE, signature)
        .header(TIMESTAMP, timestamp)
        .body(body)
        .map_err(|error| Error::Unsent(error.to_string()))?;
    let answer = client.send(request).await.map_err(|error| Error::Unsent(reason(error)))?;
    let is_taken = answer.status().is_success();
    let text = String::from_utf8_lossy(answer.body());
    writeln!(out, "Signed for {target}; the server answered {} {}", answer.status(), text.trim())?;
    Ok(is_taken)
}

/// The delivery: a list of events, also where the file has one event alone.
fn body(settings: &WebhookReplaySettings) -> Result<Bytes, Error> {
    let wrong = |problem: String| Error::File(settings.file.clone(), problem);
    let text = fs::read(&settings.file).map_err(|error| wrong(error.to_string()))?;
    if text.len() > FILE_BYTES_MAX {
        return Err(wrong(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    match serde_json::from_slice(&text).map_err(|error| wrong(format!("it is no JSON: {error}")))? {
        // Signed and sent as it is: a proxy that rewrites JSON breaks signatures, and so would this.
        Value::Array(_) => Ok(text.into()),
        event @ Value::Object(_) => Ok(Value::Array(vec![event]).to_string().into()),
        _ => Err(wrong("it is neither a list of events nor one event".to_owned())),
    }
}

fn reason(error: SendError) -> String {
    match error {
        SendError::BeforeSend(reason) | SendError::AfterSend(reason) => reason,
    }
}
