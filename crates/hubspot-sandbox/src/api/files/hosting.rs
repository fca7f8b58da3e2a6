//! The addresses of files, and the fields of files in responses.

use serde_json::{Value, json};

use crate::api::call::ApiCall;
use crate::clock::{Ms, stamp};
use crate::model::conversations::hex_id::hex_id;
use crate::model::files::StoredFile;
use crate::model::portal::Portal;

/// Kind of the signatures of addresses.
const SIGNATURE_KIND: u64 = 4;
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Returns the address of a file's content: HubSpot's own, or one that this server answers.
pub(super) fn url(portal: &Portal, call: &ApiCall, file: &StoredFile) -> String {
    let portal_id = portal.identity.portal_id;
    let host = match call.is_to_hubspot() {
        true => format!("https://{portal_id}.fs1.hubspotusercontent-na1.net"),
        false => call.host().to_owned(),
    };
    format!("{host}/hubfs/{portal_id}{}", file.path())
}

/// Returns the address of a file's content for everyone until this time.
pub(super) fn signed_url(portal: &Portal, call: &ApiCall, file: &StoredFile, until_ms: Ms) -> String {
    let signature = signature(file.id, until_ms);
    format!("{}?Expires={until_ms}&Signature={signature}", url(portal, call, file))
}

/// Signs the address of a file until this time.
pub(super) fn signature(id: u64, until_ms: Ms) -> String {
    hex_id(SIGNATURE_KIND, id ^ until_ms.unsigned_abs())
}

/// Renders a file. Images have their size, which is read from those in PNG.
pub(super) fn shown(portal: &Portal, call: &ApiCall, file: &StoredFile) -> Value {
    let created = stamp(file.created_ms);
    let mut shown = json!({
        "id": file.id.to_string(), "createdAt": created, "updatedAt": created, "archived": false,
        "parentFolderId": file.folder_id().to_string(), "name": file.name, "path": file.path(),
        "size": file.bytes.len()
    });
    if let Some((width, height)) = png_size(&file.bytes) {
        shown["height"] = height.into();
        shown["width"] = width.into();
        shown["encoding"] = "png".into();
    }
    let url = url(portal, call, file);
    shown["type"] = file.kind().into();
    shown["extension"] = file.extension.as_str().into();
    shown["defaultHostingUrl"] = url.as_str().into();
    shown["url"] = url.into();
    shown["isUsableInContent"] = true.into();
    shown["access"] = file.access.as_str().into();
    shown
}

/// Reads width and height from the head of a PNG.
pub(super) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(PNG)?.get(8..16)?;
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_be_bytes);
    Some((number(&head[..4])?, number(&head[4..])?))
}
