//! HubSpot's own association types: each direction of a pair has its id.

use super::kind::Kind::{self, *};

/// One direction. `label` is what HubSpot shows; the plain association has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) from: Kind,
    pub(crate) to: Kind,
    pub(crate) type_id: u32,
    pub(crate) back_id: u32,
    pub(crate) label: Option<&'static str>,
}

/// One way of each pair; the other way is the same line read backwards.
static PAIRS: &[Pair] = &[
    plain(Contacts, Contacts, 449, 449),
    plain(Companies, Companies, 450, 450),
    plain(Deals, Deals, 451, 451),
    plain(Tickets, Tickets, 452, 452),
    plain(Contacts, Companies, 279, 280),
    primary(Contacts, 1, 2),
    plain(Contacts, Deals, 4, 3),
    plain(Contacts, Tickets, 15, 16),
    plain(Contacts, Communications, 82, 81),
    plain(Contacts, Calls, 193, 194),
    plain(Contacts, Emails, 197, 198),
    plain(Contacts, Meetings, 199, 200),
    plain(Contacts, Notes, 201, 202),
    plain(Contacts, Tasks, 203, 204),
    plain(Companies, Communications, 88, 87),
    plain(Companies, Calls, 181, 182),
    plain(Companies, Emails, 185, 186),
    plain(Companies, Meetings, 187, 188),
    plain(Companies, Notes, 189, 190),
    plain(Companies, Tasks, 191, 192),
    plain(Deals, Companies, 341, 342),
    primary(Deals, 5, 6),
    plain(Deals, Tickets, 27, 28),
    plain(Deals, Communications, 86, 85),
    plain(Deals, Calls, 205, 206),
    plain(Deals, Emails, 209, 210),
    plain(Deals, Meetings, 211, 212),
    plain(Deals, Notes, 213, 214),
    plain(Deals, Tasks, 215, 216),
    plain(Tickets, Companies, 339, 340),
    primary(Tickets, 26, 25),
    plain(Tickets, Communications, 84, 83),
    plain(Tickets, Calls, 219, 220),
    plain(Tickets, Emails, 223, 224),
    plain(Tickets, Meetings, 225, 226),
    plain(Tickets, Notes, 227, 228),
    plain(Tickets, Tasks, 229, 230),
];

/// The direction that `type_id` means when it starts at `from`.
pub(crate) fn starting(from: Kind, type_id: u32) -> Option<Pair> {
    both_ways().find(|pair| pair.from == from && pair.type_id == type_id)
}

/// Every association type from one kind to another, the plain one first.
pub(crate) fn between(from: Kind, to: Kind) -> impl Iterator<Item = Pair> {
    both_ways().filter(move |pair| pair.from == from && pair.to == to)
}

/// The plain association, which every pair of kinds that can be associated has.
pub(crate) fn default(from: Kind, to: Kind) -> Option<Pair> {
    between(from, to).next()
}

fn both_ways() -> impl Iterator<Item = Pair> {
    let back = PAIRS.iter().filter(|pair| pair.from != pair.to).map(|pair| pair.back());
    PAIRS.iter().copied().chain(back)
}

impl Pair {
    fn back(&self) -> Pair {
        Pair { from: self.to, to: self.from, type_id: self.back_id, back_id: self.type_id, label: self.label }
    }

    pub(crate) fn is_primary(&self) -> bool {
        self.label.is_some()
    }
}

const fn plain(from: Kind, to: Kind, type_id: u32, back_id: u32) -> Pair {
    Pair { from, to, type_id, back_id, label: None }
}

/// The one company among several that is shown first.
const fn primary(from: Kind, type_id: u32, back_id: u32) -> Pair {
    Pair { from, to: Companies, type_id, back_id, label: Some("Primary") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_ids_are_paired() {
        for (from, to, id, back) in [
            (Contacts, Tickets, 15, 16),
            (Communications, Contacts, 81, 82),
            (Notes, Contacts, 202, 201),
            (Meetings, Contacts, 200, 199),
            (Tickets, Companies, 339, 340),
            (Notes, Tickets, 228, 227),
            (Tasks, Tickets, 230, 229),
        ] {
            let pair = default(from, to).unwrap();
            assert_eq!((pair.type_id, pair.back_id), (id, back));
            assert_eq!(starting(from, id), Some(pair));
            assert_eq!(starting(to, back).map(|pair| pair.to), Some(from));
        }
        assert_eq!(starting(Contacts, 1).and_then(|pair| pair.label), Some("Primary"));
        assert_eq!(starting(Contacts, 16), None);
        assert_eq!(default(Notes, Meetings), None);
    }

    #[test]
    fn no_id_means_two_things() {
        let mut ids: Vec<_> = both_ways().map(|pair| pair.type_id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
