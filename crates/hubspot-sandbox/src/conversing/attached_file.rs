//! A file that somebody attaches to a message.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer};

use super::error::ConversationError;
use crate::model::conversations::message::Attachment;
use crate::model::custom_channels::capabilities::FileFacts;
use crate::model::files::{StoredFile, split_name};
use crate::model::portal::Portal;

/// Folder of the files that people attach, each in one of its own.
const FOLDER: &str = "/conversations-attachments";

/// A file with its name and its media type.
///
/// As JSON: `{"name": "door.png", "mime": "image/png", "base64": "iVBORw0…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedFile {
    /// Name with its ending: `door.png`.
    pub name: String,
    /// Media type: `image/png`.
    pub mime: String,
    /// Bytes of the file.
    #[serde(rename = "base64", deserialize_with = "from_base64")]
    pub bytes: Bytes,
}

impl AttachedFile {
    pub(super) fn facts(&self) -> FileFacts<'_> {
        FileFacts { media_type: &self.mime, bytes: self.bytes.len() as u64 }
    }
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map(Bytes::from).map_err(|error| serde::de::Error::custom(format!("not base64: {error}")))
}

/// Checks that the account has room for these files.
pub(super) fn check(portal: &Portal, files: &[AttachedFile]) -> Result<(), ConversationError> {
    let bytes = files.iter().map(|file| file.bytes.len()).sum();
    portal.files.check_room(files.len(), bytes).map_err(|full| ConversationError::StorageFull(full.to_string()))
}

/// Stores these files and returns them as attachments.
pub(super) fn store(portal: &mut Portal, files: Vec<AttachedFile>) -> Vec<Attachment> {
    files.into_iter().map(|file| Attachment::File(store_one(portal, file))).collect()
}

fn store_one(portal: &mut Portal, file: AttachedFile) -> u64 {
    let (name, extension) = split_name(&file.name);
    let id = portal.files.take_id();
    let stored = StoredFile {
        id,
        name: name.to_owned(),
        extension: extension.to_owned(),
        folder: format!("{FOLDER}/{id}"),
        media_type: file.mime,
        access: "PRIVATE".to_owned(),
        created_ms: portal.now_ms(),
        bytes: file.bytes,
    };
    portal.files.insert(stored);
    id
}
