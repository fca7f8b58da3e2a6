//! Where an index is kept: in memory, or in a folder from which it is taken up again.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::Path,
};

use tantivy::directory::MmapDirectory;

use super::{catalog::Catalog, schema};
use crate::Error;

/// Our own folder inside the one we are given: a damaged index is thrown away as a whole, and nothing else with it.
const FOLDER: &str = "frontdesk-documents";

/// Held beside it from judging the index until it is written: a second process that starts at the same moment would
/// take what the first has half made for damaged.
const LOCK: &str = "frontdesk-documents.lock";

/// An index and the list of what it holds.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) index: tantivy::Index,
    pub(crate) catalog: Catalog,
    /// What there is to say about how it was found.
    pub(crate) note: Option<String>,
    /// Whoever drops it lets others write.
    pub(crate) lock: Option<File>,
}

impl Store {
    /// A new one that lasts as long as the process.
    pub(crate) fn in_memory() -> Store {
        let index = tantivy::Index::create_in_ram(schema::schema());
        Store { index, catalog: Catalog::default(), note: None, lock: None }
    }

    /// The one in `folder`, or a new one there if there is none that can be trusted.
    ///
    /// # Errors
    /// [`Error::InUse`] while another writes there.
    pub(crate) fn in_folder(folder: &Path) -> Result<Store, Error> {
        let refused = |cause: io::Error| Error::Folder { folder: folder.display().to_string(), cause };
        fs::create_dir_all(folder.join(FOLDER)).map_err(refused)?;
        let lock = lock(folder).map_err(refused)?.ok_or(Error::InUse)?;
        let folder = folder.join(FOLDER);
        let refused = |cause: io::Error| Error::Folder { folder: folder.display().to_string(), cause };
        let is_new = fs::read_dir(&folder).map_err(refused)?.next().is_none();
        if is_new {
            return Ok(Store { index: create(&folder)?, catalog: Catalog::default(), note: None, lock: Some(lock) });
        }
        if let Some((index, catalog)) = take_up(&folder) {
            return Ok(Store { index, catalog, note: None, lock: Some(lock) });
        }
        fs::remove_dir_all(&folder).and_then(|()| fs::create_dir_all(&folder)).map_err(refused)?;
        let note = Some("the index on disk was damaged or of another version, and is built anew".to_owned());
        Ok(Store { index: create(&folder)?, catalog: Catalog::default(), note, lock: Some(lock) })
    }
}

/// None: another has it. Where files cannot be locked, tantivy's own lock still keeps two writers apart.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    Ok(match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(file),
    })
}

fn create(folder: &Path) -> Result<tantivy::Index, Error> {
    let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    Ok(tantivy::Index::create(directory, schema::schema(), tantivy::IndexSettings::default())?)
}

/// The index in the folder, if it is whole, ours and of this version.
fn take_up(folder: &Path) -> Option<(tantivy::Index, Catalog)> {
    let index = tantivy::Index::open_in_dir(folder).ok().filter(|index| index.schema() == schema::schema())?;
    let catalog = match index.load_metas().ok()?.payload {
        Some(record) => Catalog::parse(&record)?,
        // Made, but nothing was ever written to it.
        None => Catalog::default(),
    };
    index.validate_checksum().ok()?.is_empty().then_some((index, catalog))
}
