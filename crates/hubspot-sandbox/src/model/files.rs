//! Files of the account: attachments of messages, and uploads.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::clock::Ms;

const FIRST_FILE_ID: u64 = 178_902_114_307;
/// Bytes of all files, which are in memory
const TOTAL_BYTES_MAX: usize = 256 << 20;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredFile {
    pub(crate) id: u64,
    /// Name without its ending
    pub(crate) name: String,
    /// Ending without its dot; empty if the name has none
    pub(crate) extension: String,
    pub(crate) media_type: String,
    pub(crate) access: String,
    pub(crate) created_ms: Ms,
    pub(crate) bytes: Bytes,
}

/// The account has no room for another file.
#[derive(Debug, thiserror::Error)]
#[error("the files of the account would exceed {} MiB", TOTAL_BYTES_MAX >> 20)]
pub(crate) struct StorageFull;

#[derive(Clone, Debug)]
pub(crate) struct Files {
    files: BTreeMap<u64, Arc<StoredFile>>,
    total_bytes: usize,
    pub(crate) next_id: u64,
}

impl Default for Files {
    fn default() -> Files {
        Files { files: BTreeMap::new(), total_bytes: 0, next_id: FIRST_FILE_ID }
    }
}

impl Files {
    pub(crate) fn get(&self, id: u64) -> Option<&StoredFile> {
        self.files.get(&id).map(Arc::as_ref)
    }

    /// Returns all files as they are now, shared with the account.
    pub(crate) fn snapshot(&self) -> Vec<Arc<StoredFile>> {
        self.files.values().cloned().collect()
    }

    /// Says that files of these sizes fit.
    pub(crate) fn check_room(&self, bytes: usize) -> Result<(), StorageFull> {
        match self.total_bytes.saturating_add(bytes) > TOTAL_BYTES_MAX {
            true => Err(StorageFull),
            false => Ok(()),
        }
    }

    /// Stores a file under its id. [`Files::check_room`] comes first.
    pub(crate) fn insert(&mut self, file: StoredFile) {
        self.total_bytes += file.bytes.len();
        if let Some(before) = self.files.insert(file.id, Arc::new(file)) {
            self.total_bytes -= before.bytes.len();
        }
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
            name: "a".into(),
            extension: String::new(),
            media_type: "text/plain".into(),
            access: "PRIVATE".into(),
            created_ms: 0,
            bytes: bytes.clone(),
        };
        (0..256).for_each(|id| files.insert(file(id)));
        files.insert(file(0));
        assert!(files.check_room(0).is_ok() && files.check_room(1).is_err());
    }
}
