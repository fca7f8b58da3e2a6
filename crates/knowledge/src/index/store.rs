//! The storage of an index: in memory, or in a folder that is kept between runs.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use tantivy::directory::MmapDirectory;

use super::{catalog::Catalog, schema};
use crate::error::Error;

/// The subfolder for the index. A damaged index is deleted with this whole subfolder, and nothing else is.
const FOLDER: &str = "frontdesk-documents";

/// The lock file beside the subfolder. It is locked from the check of the index until the end of the update, because a
/// second process that starts meanwhile would take the incomplete index for a damaged one.
const LOCK: &str = "frontdesk-documents.lock";

/// An index with its catalog, ready to be updated.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) index: tantivy::Index,
    pub(crate) catalog: Catalog,
    /// A note for the report, if the index was rebuilt.
    pub(crate) note: Option<String>,
    /// The locked file. Dropping it allows other processes to write.
    pub(crate) lock: Option<File>,
    /// The folder that holds the files, if the index is not in memory.
    pub(crate) folder: Option<PathBuf>,
}

impl Store {
    /// Creates an index in memory.
    pub(crate) fn in_memory() -> Store {
        let index = tantivy::Index::create_in_ram(schema::schema());
        Store { index, catalog: Catalog::default(), note: None, lock: None, folder: None }
    }

    /// Opens the index in `folder`, or creates one if there is none or it is damaged or of another version.
    ///
    /// # Errors
    /// [`Error::InUse`] while another process writes to the folder.
    pub(crate) fn in_folder(folder: &Path) -> Result<Store, Error> {
        let failed = |cause: io::Error| Error::Folder { folder: folder.display().to_string(), cause };
        private_folder(&folder.join(FOLDER)).map_err(failed)?;
        let lock = lock(folder).map_err(failed)?.ok_or(Error::InUse)?;
        let folder = folder.join(FOLDER);
        let failed = |cause: io::Error| Error::Folder { folder: folder.display().to_string(), cause };
        let is_new = fs::read_dir(&folder).map_err(failed)?.next().is_none();
        if is_new {
            let (index, lock) = (create(&folder)?, Some(lock));
            return Ok(Store { index, catalog: Catalog::default(), note: None, lock, folder: Some(folder) });
        }
        if let Some((index, catalog)) = open(&folder) {
            return Ok(Store { index, catalog, note: None, lock: Some(lock), folder: Some(folder) });
        }
        fs::remove_dir_all(&folder).and_then(|()| private_folder(&folder)).map_err(failed)?;
        let note = Some("the index on disk was damaged or of another version, and is rebuilt".to_owned());
        let index = create(&folder)?;
        Ok(Store { index, catalog: Catalog::default(), note, lock: Some(lock), folder: Some(folder) })
    }
}

/// Creates the folder, or takes the one that is there, for its owner alone: the index holds the texts of the documents,
/// whoever may read those.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    make_private(folder)
}

/// Takes the folder and the files in it from everybody but their owner. The writer creates files as the process does.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o600))?;
            }
        }
    }
    Ok(())
}

/// Locks the lock file. Returns `None` if another process has locked it. On file systems without locks, tantivy's own
/// lock still prevents two writers.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(folder.join(LOCK))?;
    Ok(match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(file),
    })
}

fn create(folder: &Path) -> Result<tantivy::Index, Error> {
    let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    Ok(tantivy::Index::create(directory, schema::schema(), tantivy::IndexSettings::default())?)
}

/// Opens the index in a folder. Returns `None` if it is damaged or of another schema or version.
fn open(folder: &Path) -> Option<(tantivy::Index, Catalog)> {
    let index = tantivy::Index::open_in_dir(folder).ok().filter(|index| index.schema() == schema::schema())?;
    let catalog = match index.load_metas().ok()?.payload {
        Some(payload) => Catalog::parse(&payload)?,
        // The index was created, but nothing was ever committed.
        None => Catalog::default(),
    };
    index.validate_checksum().ok()?.is_empty().then_some((index, catalog))
}
