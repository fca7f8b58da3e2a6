//! One file: its fields, its signed address, its deletion.

use serde_json::json;

use super::hosting;
use crate::api::api_error::ApiError;
use crate::api::call::{ApiCall, unreadable_param, unreadable_query};
use crate::api::response::ApiResponse;
use crate::assumptions::SIGNED_URL_SECONDS;
use crate::clock::{Ms, stamp};
use crate::model::files::StoredFile;
use crate::model::portal::Portal;

/// Longest time for which an address is signed.
const SECONDS_MAX: Ms = 31_536_000;
const MS_PER_SECOND: Ms = 1_000;

pub(super) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let file = file(portal, call)?;
    Ok(ApiResponse::ok(hosting::shown(portal, call, file)))
}

pub(super) fn delete(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = file(portal, call)?.id;
    portal.files.remove(id);
    Ok(ApiResponse::no_content())
}

pub(super) fn signed_url(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (file, until_ms) = (file(portal, call)?, until_ms(portal, call)?);
    let mut signed = json!({
        "expiresAt": stamp(until_ms), "url": hosting::signed_url(portal, call, file, until_ms), "name": file.name,
        "extension": file.extension, "type": file.kind(), "size": file.bytes.len()
    });
    if let Some((width, height)) = hosting::png_size(&file.bytes) {
        signed["height"] = height.into();
        signed["width"] = width.into();
    }
    Ok(ApiResponse::ok(signed))
}

/// Sends the client to the signed address, as the address of an attachment does.
pub(super) fn redirect(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (file, until_ms) = (file(portal, call)?, until_ms(portal, call)?);
    Ok(ApiResponse::found(hosting::signed_url(portal, call, file, until_ms)))
}

fn until_ms(portal: &Portal, call: &ApiCall) -> Result<Ms, ApiError> {
    let name = "expirationSeconds";
    let seconds = call.query(name).map(|text| text.parse().map_err(|_| unreadable_query(name))).transpose()?;
    match seconds.unwrap_or(SIGNED_URL_SECONDS) {
        seconds @ 1..=SECONDS_MAX => Ok(portal.now_ms() + seconds * MS_PER_SECOND),
        _ => Err(ApiError::invalid(format!("{name} must be a number from 1 to {SECONDS_MAX}"))),
    }
}

fn file<'a>(portal: &'a Portal, call: &ApiCall) -> Result<&'a StoredFile, ApiError> {
    let id = call.param("id").parse().map_err(|_| unreadable_param("fileId"))?;
    let not_found = || ApiError::new(404, format!("File with id {id} was not found")).category("OBJECT_NOT_FOUND");
    portal.files.get(id).ok_or_else(not_found)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::conversing::{AttachedFile, VisitorMessage};
    use crate::test_client::{Client, client};

    /// Lets a visitor attach a file, and returns it as its message shows it.
    async fn attached(client: &Client) -> Value {
        let photo = AttachedFile { name: "door.txt".into(), mime: "text/plain".into(), bytes: "It stops".into() };
        let written = VisitorMessage { attachments: vec![photo], ..VisitorMessage::chat("see") };
        let written = client.sandbox.visitor_writes(written).unwrap();
        let path =
            format!("/conversations/v3/conversations/threads/{}/messages/{}", written.thread_id, written.message_id);
        client.get(&path).await.expect(200)["attachments"][0].clone()
    }

    fn path_of(url: &str) -> &str {
        url.splitn(4, '/').nth(3).map(|rest| &url[url.len() - rest.len() - 1..]).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn the_address_of_an_attachment_leads_to_its_content() {
        let client = client();
        let file = attached(&client).await;
        let redirected = client.get(path_of(file["url"].as_str().unwrap())).await;
        assert_eq!(redirected.status, 302, "{}", redirected.text);
        let location = redirected.header("location").unwrap().to_owned();
        let anybody = client.with_token("");
        let content = anybody.get(path_of(&location)).await;
        assert_eq!((content.status, content.text.as_str()), (200, "It stops"));
        assert_eq!(content.header("content-type"), Some("text/plain"));
        assert_eq!(content.header("content-security-policy"), Some("sandbox"));
        assert_eq!(anybody.get(path_of(file["url"].as_str().unwrap())).await.status, 401);
    }

    #[tokio::test(start_paused = true)]
    async fn a_private_file_needs_an_address_that_is_signed_and_not_expired() {
        let client = client();
        let id = attached(&client).await["fileId"].as_str().unwrap().to_owned();
        let file = client.get(&format!("/files/v3/files/{id}")).await.expect(200);
        let plain = path_of(file["url"].as_str().unwrap());
        assert_eq!(client.get(plain).await.status, 404);
        assert_eq!(client.get(&format!("{plain}?Expires=99999999999999&Signature=0")).await.status, 404);
        let signed = client.get(&format!("/files/v3/files/{id}/signed-url?expirationSeconds=60")).await.expect(200);
        let expected = json!({
            "expiresAt": "2026-11-22T15:01:00.000Z", "url": signed["url"], "name": "door", "extension": "txt",
            "type": "DOCUMENT", "size": 8
        });
        assert_eq!(signed, expected);
        let url = path_of(signed["url"].as_str().unwrap()).to_owned();
        assert_eq!(client.get(&url).await.text, "It stops");
        assert_eq!(client.get(&url.replace("Expires=1", "Expires=2")).await.status, 404);
        client.sandbox.advance_clock(chrono::TimeDelta::seconds(61));
        assert_eq!(client.get(&url).await.status, 404);
        for seconds in ["0", "-1", "x", "31536001"] {
            client.get(&format!("/files/v3/files/{id}/signed-url?expirationSeconds={seconds}")).await.expect(400);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_deleted_file_is_gone_and_its_message_says_so() {
        let client = client();
        let id = attached(&client).await["fileId"].as_str().unwrap().to_owned();
        assert_eq!(client.delete(&format!("/files/v3/files/{id}")).await.status, 204);
        client.get(&format!("/files/v3/files/{id}")).await.expect(404);
        client.delete(&format!("/files/v3/files/{id}")).await.expect(404);
        client.get("/files/v3/files/door").await.expect(400);
    }
}
