//! A checked write: the creation of a record, or a change of one.

use super::create::{self, Draft};
use super::update::{self, CheckedUpdate};
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Name, Source};

#[derive(Clone, Debug)]
pub(crate) enum Write {
    Create(Draft),
    Update(CheckedUpdate),
}

impl Write {
    /// Carries out the write and returns the id of the record.
    pub(crate) fn commit(self, portal: &mut Portal, object_type: ObjectType, source: Source) -> u64 {
        match self {
            Write::Create(draft) => create::commit(portal, object_type, draft, source),
            Write::Update(change) => {
                let id = change.id;
                update::commit(portal, object_type, change, source);
                id
            }
        }
    }

    pub(crate) fn values(&self) -> &[(Name, String)] {
        match self {
            Write::Create(draft) => &draft.values,
            Write::Update(change) => &change.values,
        }
    }
}
