//! Files of the account: attachments of messages, and uploads.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;

use crate::clock::Ms;
use crate::seeded_random::mix;

const FIRST_FILE_ID: u64 = 178_902_114_307;
/// Ids of folders, about as large as in real accounts.
const FIRST_FOLDER_ID: u64 = 122_000_000_000;
const FOLDER_IDS: u64 = 10_000_000_000;
/// Files of the account, and the bytes of all of them, which are in memory.
const FILES_MAX: usize = 10_000;
const TOTAL_BYTES_MAX: usize = 256 << 20;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredFile {
    pub(crate) id: u64,
    /// Name without its ending.
    pub(crate) name: String,
    /// Ending without its dot; empty if the name has none.
    pub(crate) extension: String,
    /// Path of its folder, with a slash before each part; empty for none.
    pub(crate) folder: String,
    pub(crate) media_type: String,
    pub(crate) access: String,
    pub(crate) created_ms: Ms,
    pub(crate) bytes: Bytes,
}

/// The account has no room for another file.
#[derive(Debug, thiserror::Error)]
#[error("the files of the account would exceed {FILES_MAX} in number or {} MiB", TOTAL_BYTES_MAX >> 20)]
pub(crate) struct StorageFull;

#[derive(Clone, Debug)]
pub(crate) struct Files {
    files: BTreeMap<u64, Arc<StoredFile>>,
    by_path: HashMap<String, u64>,
    total_bytes: usize,
    pub(crate) next_id: u64,
}

impl Default for Files {
    fn default() -> Files {
        Files { files: BTreeMap::new(), by_path: HashMap::new(), total_bytes: 0, next_id: FIRST_FILE_ID }
    }
}

impl Files {
    pub(crate) fn get(&self, id: u64) -> Option<&StoredFile> {
        self.files.get(&id).map(Arc::as_ref)
    }

    /// Finds a file by its path.
    pub(crate) fn at(&self, path: &str) -> Option<&StoredFile> {
        self.by_path.get(path).and_then(|id| self.get(*id))
    }

    /// Returns the path of the folder with this id, if there is a file in it.
    pub(crate) fn folder(&self, id: u64) -> Option<String> {
        self.files.values().find(|file| file.folder_id() == id).map(|file| file.folder.clone())
    }

    pub(crate) fn remove(&mut self, id: u64) {
        if let Some(gone) = self.files.remove(&id) {
            self.total_bytes -= gone.bytes.len();
            self.by_path.remove(&gone.path());
        }
    }

    /// Returns all files as they are now, shared with the account.
    pub(crate) fn snapshot(&self) -> Vec<Arc<StoredFile>> {
        self.files.values().cloned().collect()
    }

    /// Says that this number of files fits, which have these bytes together.
    pub(crate) fn check_room(&self, files: usize, bytes: usize) -> Result<(), StorageFull> {
        let fits = self.files.len() + files <= FILES_MAX && self.total_bytes.saturating_add(bytes) <= TOTAL_BYTES_MAX;
        if fits { Ok(()) } else { Err(StorageFull) }
    }

    /// Stores a file under its id. [`Files::check_room`] comes first.
    pub(crate) fn insert(&mut self, file: StoredFile) {
        self.remove(file.id);
        self.total_bytes += file.bytes.len();
        self.by_path.insert(file.path(), file.id);
        self.files.insert(file.id, Arc::new(file));
    }

    pub(crate) fn take_id(&mut self) -> u64 {
        while self.files.contains_key(&self.next_id) {
            self.next_id += 1;
        }
        let id = self.next_id;
        self.next_id += 1 + id % 3;
        id
    }
}

impl StoredFile {
    /// Returns the name with its ending.
    pub(crate) fn full_name(&self) -> String {
        match self.extension.as_str() {
            "" => self.name.clone(),
            extension => format!("{}.{extension}", self.name),
        }
    }

    /// Returns the path with folder and ending.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.folder, self.full_name())
    }

    /// Returns the id of its folder, which comes from the folder's path.
    pub(crate) fn folder_id(&self) -> u64 {
        let mixed = self.folder.bytes().fold(0, |sum, byte| mix(sum ^ u64::from(byte)));
        FIRST_FOLDER_ID + mixed % FOLDER_IDS
    }

    /// Says that everyone can read it.
    pub(crate) fn is_public(&self) -> bool {
        self.access.starts_with("PUBLIC")
    }

    /// Returns HubSpot's word for the kind of file.
    pub(crate) fn kind(&self) -> &'static str {
        match self.media_type.split('/').next() {
            Some("image") => "IMG",
            Some("audio") => "AUDIO",
            Some("video") => "MOVIE",
            Some("text") => "DOCUMENT",
            _ if self.media_type == "application/pdf" => "DOCUMENT",
            _ => "OTHER",
        }
    }

    /// Returns HubSpot's word for the use of the file in a message.
    pub(crate) fn usage_type(&self) -> &'static str {
        match self.media_type.split('/').next() {
            Some("image") => "IMAGE",
            Some("audio") => "AUDIO",
            _ => "OTHER",
        }
    }
}

/// Splits a name into the part before its ending, and the ending.
pub(crate) fn split_name(name: &str) -> (&str, &str) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, extension),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_at_its_last_dot() {
        for (name, parts) in [("a.b.png", ("a.b", "png")), ("photo", ("photo", "")), (".hidden", (".hidden", ""))] {
            assert_eq!(split_name(name), parts);
        }
    }

    #[test]
    fn the_room_for_files_is_bounded() {
        let mut files = Files::default();
        let bytes = Bytes::from(vec![0; 1 << 20]);
        let file = |id| StoredFile {
            id,
            name: id.to_string(),
            extension: String::new(),
            folder: String::new(),
            media_type: "text/plain".into(),
            access: "PRIVATE".into(),
            created_ms: 0,
            bytes: bytes.clone(),
        };
        (0..256).for_each(|id| files.insert(file(id)));
        files.insert(file(0));
        assert!(files.check_room(1, 0).is_ok() && files.check_room(1, 1).is_err());
        assert!(files.check_room(FILES_MAX, 0).is_err());
        files.remove(0);
        assert!(files.check_room(1, 1 << 20).is_ok() && files.at("/0").is_none() && files.at("/1").is_some());
    }
}
