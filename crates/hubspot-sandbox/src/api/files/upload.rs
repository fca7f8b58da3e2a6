//! Uploading a file.

use bytes::Bytes;
use serde::Deserialize;

use super::hosting;
use super::multipart::{self, Field};
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::files::{Files, StoredFile, split_name};
use crate::model::portal::Portal;

const ACCESSES: [&str; 3] = ["PUBLIC_INDEXABLE", "PUBLIC_NOT_INDEXABLE", "PRIVATE"];
/// Characters of a name or a path.
const NAME_MAX: usize = 255;

#[derive(Deserialize)]
struct Options {
    access: Option<String>,
    #[serde(default)]
    overwrite: bool,
}

/// A form that was checked.
struct Upload {
    file_name: String,
    folder: String,
    access: String,
    overwrite: bool,
    media_type: String,
    bytes: Bytes,
}

pub(super) fn upload(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let upload = Upload::of(portal, call)?;
    portal.files.check_room(1, upload.bytes.len()).map_err(|full| ApiError::invalid(full.to_string()))?;
    let file = upload.file(portal);
    let shown = hosting::shown(portal, call, &file);
    portal.files.insert(file);
    Ok(ApiResponse::created(shown))
}

impl Upload {
    fn of(portal: &Portal, call: &ApiCall) -> Result<Upload, ApiError> {
        let form = multipart::fields(call.content_type(), call.body());
        let form = form.ok_or_else(|| ApiError::invalid("Unable to read the multipart form"))?;
        let field = |name: &str| form.iter().find(|field| field.name == name);
        let file = field("file").ok_or_else(|| ApiError::invalid("file is required"))?;
        let options = options(field("options"))?;
        let access = options.access.ok_or_else(|| ApiError::invalid("options.access is required"))?;
        if !ACCESSES.contains(&access.as_str()) {
            return Err(ApiError::invalid(format!("access must be one of [{}], not {access}", ACCESSES.join(", "))));
        }
        Ok(Upload {
            file_name: file_name(file, field("fileName"))?,
            folder: folder(&portal.files, field("folderId"), field("folderPath"))?,
            access,
            overwrite: options.overwrite,
            media_type: file.media_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned()),
            bytes: Bytes::copy_from_slice(file.content),
        })
    }

    /// Gives the file an id and a free name: one that is there already gets a number, unless it is overwritten.
    fn file(self, portal: &mut Portal) -> StoredFile {
        let (stem, extension) = split_name(&self.file_name);
        let mut file = StoredFile {
            id: 0,
            name: stem.to_owned(),
            extension: extension.to_owned(),
            folder: self.folder,
            media_type: self.media_type,
            access: self.access,
            created_ms: portal.now_ms(),
            bytes: self.bytes,
        };
        let same = portal.files.at(&file.path()).map(|same| same.id);
        if let (true, Some(id)) = (self.overwrite, same) {
            file.id = id;
            return file;
        }
        let mut number = 0;
        while portal.files.at(&file.path()).is_some() {
            number += 1;
            file.name = format!("{stem}-{number}");
        }
        file.id = portal.files.take_id();
        file
    }
}

fn text<'a>(field: &Field<'a>) -> Result<&'a str, ApiError> {
    std::str::from_utf8(field.content).map_err(|_| ApiError::invalid(format!("{} is no text", field.name)))
}

fn options(field: Option<&Field<'_>>) -> Result<Options, ApiError> {
    let field = field.ok_or_else(|| ApiError::invalid("options is required"))?;
    serde_json::from_str(text(field)?).map_err(|error| ApiError::invalid(format!("Invalid options: {error}")))
}

/// Returns the given name, with the ending of the file that was sent if it has none.
fn file_name(file: &Field<'_>, given: Option<&Field<'_>>) -> Result<String, ApiError> {
    let sent = file.file_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("file");
    let given = given.map(text).transpose()?.filter(|name| !name.is_empty()).unwrap_or(sent);
    let ending = split_name(sent).1;
    let name = match split_name(given).1 {
        "" if !ending.is_empty() => format!("{given}.{ending}"),
        _ => given.to_owned(),
    };
    match name.chars().count() <= NAME_MAX && !name.contains(['/', '\\', '\0', '\r', '\n']) {
        true => Ok(name),
        false => Err(ApiError::invalid("Invalid file name")),
    }
}

fn folder(files: &Files, id: Option<&Field<'_>>, path: Option<&Field<'_>>) -> Result<String, ApiError> {
    match (id, path) {
        (None, Some(path)) => folder_at(text(path)?),
        (Some(id), None) => {
            let id = text(id)?;
            let known = id.parse().ok().and_then(|id| files.folder(id));
            known.ok_or_else(|| ApiError::invalid(format!("There is no folder with id {id}")))
        }
        _ => Err(ApiError::invalid("Either folderId or folderPath must be given, and not both")),
    }
}

/// Returns the path of a folder with one slash before each part.
fn folder_at(path: &str) -> Result<String, ApiError> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_valid = |part: &&str| *part != "." && *part != ".." && !part.contains(char::is_control);
    match parts.iter().all(is_valid) && path.chars().count() <= NAME_MAX {
        true => Ok(parts.iter().map(|part| format!("/{part}")).collect()),
        false => Err(ApiError::invalid("Invalid folderPath")),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::{Value, json};

    use crate::conversing::VisitorMessage;
    use crate::test_client::{Client, Reply, client};

    const PATH: &str = "/files/2026-09/files";
    /// The head of a picture of 225 by 219.
    const CAT: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\xe1\0\0\0\xdb\x08\x06\0\0\0";

    fn form(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        if let Some((name, content)) = file {
            let head = format!("--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
            body.extend(format!("{head}Content-Type: image/png\r\n\r\n").as_bytes());
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--limit--\r\n");
        body
    }

    async fn post(client: &Client, path: &str, body: Vec<u8>) -> Reply {
        client.send_as("multipart/form-data; boundary=limit", Method::POST, path, body).await
    }

    async fn upload(client: &Client, name: &str) -> Value {
        let fields = [("options", r#"{"access": "PRIVATE"}"#), ("folderPath", "/library/cat_archive")];
        post(client, PATH, form(&fields, Some((name, CAT)))).await.expect(201)
    }

    /// The example of HubSpot's guide.
    #[tokio::test(start_paused = true)]
    async fn an_uploaded_file_has_the_fields_of_the_guides_example() {
        let client = client();
        let made = upload(&client, "cat.png").await;
        let url = "https://44237313.fs1.hubspotusercontent-na1.net/hubfs/44237313/library/cat_archive/cat.png";
        let expected = json!({
            "id": made["id"], "createdAt": "2026-11-22T15:00:00.000Z", "updatedAt": "2026-11-22T15:00:00.000Z",
            "archived": false, "parentFolderId": made["parentFolderId"], "name": "cat",
            "path": "/library/cat_archive/cat.png", "size": CAT.len(), "height": 219, "width": 225, "encoding": "png",
            "type": "IMG", "extension": "png", "defaultHostingUrl": url, "url": url, "isUsableInContent": true,
            "access": "PRIVATE"
        });
        assert_eq!(made, expected);
        for base in ["/files/v3/files", "/files/2026-09/files"] {
            assert_eq!(client.get(&format!("{base}/{}", made["id"].as_str().unwrap())).await.expect(200), made);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_is_taken_gets_a_number_unless_it_is_overwritten() {
        let client = client();
        let first = upload(&client, "cat.png").await;
        assert_eq!(upload(&client, "cat.png").await["path"], "/library/cat_archive/cat-1.png");
        assert_eq!(upload(&client, "cat.png").await["name"], "cat-2");
        let folder = first["parentFolderId"].as_str().unwrap();
        let fields = [
            ("options", r#"{"access": "PUBLIC_INDEXABLE", "overwrite": true}"#),
            ("folderId", folder),
            ("fileName", "cat"),
        ];
        let again = post(&client, PATH, form(&fields, Some(("other.png", b"new")))).await.expect(201);
        assert_eq!((&again["id"], &again["size"], &again["path"]), (&first["id"], &json!(3), &first["path"]));
    }

    #[tokio::test(start_paused = true)]
    async fn an_upload_that_lacks_something_is_refused() {
        let client = client();
        let (access, folder) = (("options", r#"{"access": "PRIVATE"}"#), ("folderPath", "/a"));
        let file = Some(("a.png", CAT));
        for body in [
            form(&[access, folder], None),
            form(&[folder], file),
            form(&[access], file),
            form(&[access, folder, ("folderId", "1")], file),
            form(&[access, ("folderId", "1")], file),
            form(&[access, ("folderPath", "/a/../b")], file),
            form(&[("options", "{}"), folder], file),
            form(&[("options", "access"), folder], file),
            form(&[("options", r#"{"access": "EVERYONE"}"#), folder], file),
            form(&[access, folder, ("fileName", "a/b.png")], file),
            form(&[access, folder, ("fileName", &"x".repeat(300))], file),
            b"no form".to_vec(),
        ] {
            let refused = post(&client, PATH, body.clone()).await;
            assert_eq!(refused.status, 400, "{}", String::from_utf8_lossy(&body));
            assert_eq!(refused.body["category"], "VALIDATION_ERROR");
        }
        client.sandbox.set_scopes("pat-na1-few", &["tickets"]);
        let few = client.with_token("pat-na1-few");
        post(&few, PATH, form(&[access, folder], file)).await.expect(403);
    }

    #[tokio::test(start_paused = true)]
    async fn an_uploaded_file_is_sent_in_a_message() {
        let client = client();
        let file = upload(&client, "cat.png").await["id"].clone();
        let thread = client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap().thread_id;
        let path = format!("/conversations/conversations/2026-09/threads/{thread}/messages");
        let message = json!({
            "type": "MESSAGE", "text": "A cat", "senderActorId": "A-9586504", "channelId": "1000",
            "channelAccountId": "3551452839", "recipients": [], "attachments": [{"type": "FILE", "fileId": file}]
        });
        let reply = client.post(&path, message).await;
        let location = reply.header("location").unwrap().to_owned();
        let sent = reply.expect(201);
        assert_eq!(location, format!("https://api.hubapi.com{path}/{}", sent["id"].as_str().unwrap()));
        assert_eq!((&sent["attachments"][0]["fileId"], &sent["attachments"][0]["name"]), (&file, &json!("cat.png")));
    }
}
