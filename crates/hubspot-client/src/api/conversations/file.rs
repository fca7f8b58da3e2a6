//! Files that messages have as attachments.

use std::fmt;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::error::Error;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, FailureKind};
use crate::transport::call_scope::CallScope;
use crate::transport::request::{ApiRequest, encoded};
use crate::versions::Api;
use crate::writes::detached_write::{Begun, run_to_completion};
use crate::writes::dry_run;
use crate::writes::kind::WriteKind;
use crate::writes::written::{Action, Success, WriteFacts, WrittenRecord};

const FAMILY: &str = "files";
/// The folder in HubSpot's file manager.
const FOLDER: &str = "/frontdesk";
/// Only who has the file's signed address can read it, and search engines do not (HubSpot, files: access).
const ACCESS: &str = "PRIVATE";
/// The beginning of the line between the parts. It is made longer until the file does not contain it.
const BOUNDARY: &str = "frontdesk-part";

/// A file to store.
#[derive(Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The name with its ending.
    pub name: String,
    /// The media type, such as `image/png`.
    pub mime: String,
    /// Bytes of the file.
    pub content: Bytes,
}

/// A file that HubSpot has.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The name with its ending.
    pub name: String,
    /// HubSpot's kind of file, such as `IMG`, `DOCUMENT`, `AUDIO`, `MOVIE` or `OTHER`.
    pub kind: String,
}

/// Reads what HubSpot says of a file, without its content; `None` if there is none.
pub(super) async fn facts(scope: &CallScope, id: &str) -> Result<Option<StoredFile>, Error> {
    let request = ApiRequest::get(FAMILY, format!("{}/{}", scope.root(Api::Files), encoded(id)));
    match scope.send(Bucket::General, &request).await.map(|answer| stored(&answer)) {
        Err(error) if error.error == Error::NotFound => Ok(None),
        result => Ok(Some(result?)),
    }
}

/// The name stands without its ending in HubSpot's answer (HubSpot, files: details).
fn stored(answer: &Value) -> StoredFile {
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    let name = match (text("name"), text("extension")) {
        (name, "") => name.to_owned(),
        (name, ending) => format!("{name}.{ending}"),
    };
    StoredFile { name, kind: text("type").to_owned() }
}

/// Stores the file; returns its id. A second upload after a lost answer makes a second file that nobody is shown.
pub(super) async fn upload(scope: &CallScope, file: &NewFile) -> Result<String, Error> {
    let request = request(scope, file);
    let pretended = || dry_run::DRY_RUN_ID.to_owned();
    if let Some(id) = dry_run::in_place_of(scope, || planned(&request, file), pretended) {
        return Ok(id);
    }
    let start = |scope: CallScope| async move {
        match scope.send(Bucket::General, &request).await.and_then(|answer| read(&answer)) {
            Err(error) if error.kind == FailureKind::NoResponse => {
                Err(Error::OutcomeUnknown { write: WriteKind::File, refusal: None })
            }
            result => Ok(result?),
        }
    };
    let facts = WriteFacts::begun(Action::Create, FAMILY, vec![]);
    let success =
        |object: &'static str, id: &String| Success { records: vec![WrittenRecord::new(object, id)], recovered: false };
    run_to_completion(scope, Begun { family: FAMILY, write: WriteKind::File, facts, success }, start).await
}

fn read(answer: &Value) -> Result<String, AttemptError> {
    record::id(&answer["id"]).ok_or_else(|| AttemptError::unreadable("the file in it has no id"))
}

/// The request as a dry run tells of it: without the content.
fn planned(request: &ApiRequest, file: &NewFile) -> ApiRequest {
    let body = json!({ "fileName": file.name, "bytes": file.content.len(), "folderPath": FOLDER });
    ApiRequest::create(FAMILY, request.path.clone(), &body)
}

fn request(scope: &CallScope, file: &NewFile) -> ApiRequest {
    let boundary = boundary(&[&file.content, file.name.as_bytes()]);
    let content_type = format!("multipart/form-data; boundary={boundary}");
    ApiRequest::upload(FAMILY, scope.root(Api::Files), content_type, form(file, &boundary))
}

/// A boundary that stands in none of these (RFC 2046, section 5.1.1).
fn boundary(contents: &[&[u8]]) -> String {
    let mut boundary = BOUNDARY.to_owned();
    let stands_in =
        |boundary: &str, content: &[u8]| content.windows(boundary.len()).any(|part| part == boundary.as_bytes());
    while contents.iter().any(|content| stands_in(&boundary, content)) {
        boundary.push('x');
    }
    boundary
}

/// The file and what is said about it, as a form (RFC 7578).
fn form(file: &NewFile, boundary: &str) -> Bytes {
    let options = json!({ "access": ACCESS }).to_string();
    let mut form = vec![];
    for (name, value) in [("options", options.as_str()), ("folderPath", FOLDER), ("fileName", &file.name)] {
        let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        quoted(&file.name),
        file.mime
    );
    form.extend(head.into_bytes());
    form.extend_from_slice(&file.content);
    form.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    form.into()
}

/// A name inside quotation marks, as browsers write it (RFC 7578, section 4.2).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// Without its name, which is people's.
impl fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredFile").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Without name and content, which are people's.
impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFile").field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_file_has_a_name_with_its_ending() {
        for (answer, name, kind) in [
            (json!({"name": "door", "extension": "png", "type": "IMG"}), "door.png", "IMG"),
            (json!({"name": "LICENSE", "extension": "", "type": "OTHER"}), "LICENSE", "OTHER"),
            (json!({"name": "a"}), "a", ""),
        ] {
            assert_eq!(stored(&answer), StoredFile { name: name.to_owned(), kind: kind.to_owned() });
        }
    }

    #[test]
    fn a_file_becomes_a_form_that_its_content_cannot_end() {
        let file = NewFile {
            name: "a \"b\".txt".into(),
            mime: "text/plain".into(),
            content: Bytes::from_static(b"--frontdesk-part--\r\n"),
        };
        let boundary = boundary(&[&file.content, b"--frontdesk-partx"]);
        assert_eq!(boundary, "frontdesk-partxx");
        let form = String::from_utf8(form(&file, &boundary).to_vec()).unwrap();
        assert_eq!(form.matches(&format!("--{boundary}")).count(), 5);
        assert!(form.contains("filename=\"a %22b%22.txt\"\r\nContent-Type: text/plain\r\n\r\n--frontdesk-part--"));
        assert!(form.contains("{\"access\":\"PRIVATE\"}"));
    }
}
