//! HubSpot's own association types, from its page "Association type IDs". Each direction has an id of its own.

use super::object_type::ObjectType::{self, *};

/// One direction of an association between two object types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AssociationType {
    pub(crate) from: ObjectType,
    pub(crate) to: ObjectType,
    pub(crate) type_id: u32,
    /// Id of the other direction.
    pub(crate) inverse_id: u32,
    /// Text that HubSpot shows; the default association of two types has none.
    pub(crate) label: Option<&'static str>,
}

/// One direction of each association type.
static TYPES: &[AssociationType] = &[
    default_type(Contacts, Contacts, 449, 449),
    default_type(Companies, Companies, 450, 450),
    default_type(Deals, Deals, 451, 451),
    default_type(Tickets, Tickets, 452, 452),
    default_type(Contacts, Companies, 279, 280),
    primary_type(Contacts, 1, 2),
    default_type(Contacts, Deals, 4, 3),
    default_type(Contacts, Tickets, 15, 16),
    default_type(Contacts, Communications, 82, 81),
    default_type(Contacts, Calls, 193, 194),
    default_type(Contacts, Emails, 197, 198),
    default_type(Contacts, Meetings, 199, 200),
    default_type(Contacts, Notes, 201, 202),
    default_type(Contacts, Tasks, 203, 204),
    default_type(Companies, Communications, 88, 87),
    default_type(Companies, Calls, 181, 182),
    default_type(Companies, Emails, 185, 186),
    default_type(Companies, Meetings, 187, 188),
    default_type(Companies, Notes, 189, 190),
    default_type(Companies, Tasks, 191, 192),
    default_type(Deals, Companies, 341, 342),
    primary_type(Deals, 5, 6),
    default_type(Deals, Tickets, 27, 28),
    default_type(Deals, Communications, 86, 85),
    default_type(Deals, Calls, 205, 206),
    default_type(Deals, Emails, 209, 210),
    default_type(Deals, Meetings, 211, 212),
    default_type(Deals, Notes, 213, 214),
    default_type(Deals, Tasks, 215, 216),
    default_type(Tickets, Companies, 339, 340),
    primary_type(Tickets, 26, 25),
    default_type(Tickets, Communications, 84, 83),
    default_type(Tickets, Calls, 219, 220),
    default_type(Tickets, Emails, 223, 224),
    default_type(Tickets, Meetings, 225, 226),
    default_type(Tickets, Notes, 227, 228),
    default_type(Tickets, Tasks, 229, 230),
];

/// Finds the association type with this id that starts at `from`.
pub(crate) fn starting_at(from: ObjectType, type_id: u32) -> Option<AssociationType> {
    both_directions().find(|one| one.from == from && one.type_id == type_id)
}

/// Returns the association types from one object type to another, the default one first.
pub(crate) fn between(from: ObjectType, to: ObjectType) -> impl Iterator<Item = AssociationType> {
    both_directions().filter(move |one| one.from == from && one.to == to)
}

/// Returns the default association type, or `None` if the two object types cannot be associated.
pub(crate) fn default(from: ObjectType, to: ObjectType) -> Option<AssociationType> {
    between(from, to).next()
}

fn both_directions() -> impl Iterator<Item = AssociationType> {
    let back = TYPES.iter().filter(|one| one.from != one.to).map(|one| one.inverse());
    TYPES.iter().copied().chain(back)
}

impl AssociationType {
    fn inverse(&self) -> AssociationType {
        AssociationType {
            from: self.to,
            to: self.from,
            type_id: self.inverse_id,
            inverse_id: self.type_id,
            label: self.label,
        }
    }

    pub(crate) fn is_primary(&self) -> bool {
        self.label.is_some()
    }
}

const fn default_type(from: ObjectType, to: ObjectType, type_id: u32, inverse_id: u32) -> AssociationType {
    AssociationType { from, to, type_id, inverse_id, label: None }
}

/// The primary company of a record.
const fn primary_type(from: ObjectType, type_id: u32, inverse_id: u32) -> AssociationType {
    AssociationType { from, to: Companies, type_id, inverse_id, label: Some("Primary") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_ids_lead_in_both_directions() {
        for (from, to, id, back) in [
            (Contacts, Tickets, 15, 16),
            (Communications, Contacts, 81, 82),
            (Notes, Contacts, 202, 201),
            (Meetings, Contacts, 200, 199),
            (Tickets, Companies, 339, 340),
            (Notes, Tickets, 228, 227),
            (Tasks, Tickets, 230, 229),
        ] {
            let one = default(from, to).unwrap();
            assert_eq!((one.type_id, one.inverse_id), (id, back));
            assert_eq!(starting_at(from, id), Some(one));
            assert_eq!(starting_at(to, back).map(|one| one.to), Some(from));
        }
        assert_eq!(starting_at(Contacts, 1).and_then(|one| one.label), Some("Primary"));
        assert_eq!(starting_at(Contacts, 16), None);
        assert_eq!(default(Notes, Meetings), None);
    }

    #[test]
    fn every_id_is_unique() {
        let mut ids: Vec<_> = both_directions().map(|one| one.type_id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
