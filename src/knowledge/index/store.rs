//! Where an index is kept: in memory, or in a folder from which it is taken up again.

use std::{fs, io, path::Path};

use tantivy::directory::MmapDirectory;

use super::{catalog::Catalog, schema};
use crate::knowledge::Error;

/// Our own folder inside the one we are given: a damaged index is thrown away as a whole, and nothing else with it.
const FOLDER: &str = "frontdesk-documents";

/// An index and the list of what it holds.
#[derive(Debug)]
pub(in crate::knowledge) struct Store {
    pub(in crate::knowledge) index: tantivy::Index,
    pub(in crate::knowledge) catalog: Catalog,
    /// What there is to say about how it was found.
    pub(in crate::knowledge) note: Option<String>,
}

impl Store {
    /// A new one that lasts as long as the process.
    pub(in crate::knowledge) fn in_memory() -> Store {
        let index = tantivy::Index::create_in_ram(schema::schema());
        Store { index, catalog: Catalog::default(), note: None }
    }

    /// The one in `folder`, or a new one there if there is none that can be trusted.
    pub(in crate::knowledge) fn in_folder(folder: &Path) -> Result<Store, Error> {
        let folder = folder.join(FOLDER);
        let refused = |cause: io::Error| Error::Folder { folder: folder.display().to_string(), cause };
        fs::create_dir_all(&folder).map_err(refused)?;
        let is_new = fs::read_dir(&folder).map_err(refused)?.next().is_none();
        if is_new {
            return Ok(Store { index: create(&folder)?, catalog: Catalog::default(), note: None });
        }
        if let Some((index, catalog)) = take_up(&folder) {
            return Ok(Store { index, catalog, note: None });
        }
        fs::remove_dir_all(&folder).and_then(|()| fs::create_dir_all(&folder)).map_err(refused)?;
        let note = Some("the index on disk was damaged or of another version, and is built anew".to_owned());
        Ok(Store { index: create(&folder)?, catalog: Catalog::default(), note })
    }
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
