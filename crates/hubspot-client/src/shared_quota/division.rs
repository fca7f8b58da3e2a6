//! The division of the free places of a window among replicas, and among kinds of callers. Pure arithmetic.
//!
//! A replica gets up to its even part before any other gets more than that, if it wants it. So replicas that want little
//! leave the rest to those that want much, and none starves.

use super::report::Wants;

/// The most places that one exchange gives.
const CHUNK_MAX: usize = 8;
/// The part of a window that is kept for quiet callers: one in this many.
pub(crate) const KEPT_ONE_IN: usize = 5;

/// The state of a window as one replica meets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Supply {
    pub(crate) max: usize,
    /// Places that nobody holds.
    pub(crate) left: usize,
    pub(crate) replicas: usize,
    /// Places that this replica holds.
    pub(crate) own: usize,
    /// Places that other replicas still lack of their even parts: for their callers, and for those in the background.
    pub(crate) owed_interactive: usize,
    pub(crate) owed_background: usize,
}

/// The places that are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Granted {
    /// For anybody.
    pub(crate) open: usize,
    /// Of the kept part, for quiet callers.
    pub(crate) reserved: usize,
}

/// The places of a window that are kept for quiet callers.
pub(crate) fn kept(max: usize) -> usize {
    max / KEPT_ONE_IN
}

/// The places of a window that belong to each replica, if it wants them.
pub(crate) fn even_part(max: usize, replicas: usize) -> usize {
    (max / replicas.max(1)).max(1)
}

/// The most places that one exchange gives: few, so that no replica holds many that others need.
pub(crate) fn chunk(max: usize, replicas: usize) -> usize {
    (max / (2 * replicas.max(1))).clamp(1, CHUNK_MAX)
}

/// The places that a replica which wants so many still lacks of its even part.
pub(crate) fn owed(max: usize, replicas: usize, own: usize, wants: usize) -> usize {
    even_part(max, replicas).saturating_sub(own).min(wants)
}

/// Decides how many places a replica is given.
pub(crate) fn divide(supply: Supply, wants: Wants) -> Granted {
    let Supply { max, left, replicas, own, owed_interactive, owed_background } = supply;
    let (chunk, kept) = (chunk(max, replicas), kept(max));
    let entitled = even_part(max, replicas).saturating_sub(own).min(left);
    let room = left.saturating_sub(owed_interactive).max(entitled).min(chunk);
    let interactive = wants.interactive().min(room).min(left.saturating_sub(kept));
    let reserved = wants.quiet.saturating_sub(interactive).min(room - interactive);
    let reserved = reserved.min(left.saturating_sub(wants.floor + interactive));
    let rest = left.saturating_sub(kept + owed_interactive + interactive + reserved);
    let beyond = entitled.saturating_sub(interactive + reserved).max(rest.saturating_sub(owed_background));
    let background = wants.background.min(rest).min(beyond).min(chunk - interactive - reserved);
    Granted { open: interactive + background, reserved }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wants(quiet: usize, busy: usize, background: usize) -> Wants {
        Wants { quiet, busy, background, floor: 0 }
    }

    #[test]
    fn places_are_divided_by_what_is_left_and_owed() {
        let full = Supply { max: 100, left: 100, replicas: 2, own: 0, owed_interactive: 0, owed_background: 0 };
        let table = [
            ("a chunk at most", full, wants(20, 20, 20), (8, 0)),
            ("no more than wanted", full, wants(1, 1, 1), (3, 0)),
            ("the last fifth is for quiet callers", Supply { left: 20, ..full }, wants(2, 9, 9), (0, 2)),
            ("who holds some leaves some", Supply { left: 12, ..full }, Wants { floor: 10, ..wants(4, 0, 0) }, (0, 2)),
            ("a few above the fifth", Supply { left: 22, ..full }, wants(4, 0, 9), (2, 2)),
            (
                "what others lack stays",
                Supply { left: 30, own: 60, owed_interactive: 28, ..full },
                wants(0, 9, 0),
                (2, 0),
            ),
            (
                "its even part is its own",
                Supply { left: 30, own: 45, owed_interactive: 28, ..full },
                wants(0, 9, 0),
                (5, 0),
            ),
            (
                "background waits for all others",
                Supply { left: 40, owed_interactive: 20, ..full },
                wants(0, 0, 9),
                (0, 0),
            ),
            ("nothing is left", Supply { left: 0, ..full }, wants(9, 9, 9), (0, 0)),
        ];
        for (why, supply, wants, (open, reserved)) in table {
            assert_eq!(divide(supply, wants), Granted { open, reserved }, "{why}");
        }
    }

    #[test]
    fn chunks_are_small() {
        let sizes = [(100, 1), (100, 2), (100, 8), (5, 1), (5, 8), (250, 1)].map(|(max, n)| chunk(max, n));
        assert_eq!(sizes, [8, 8, 6, 2, 1, 8]);
    }

    proptest! {
        #[test]
        fn never_more_than_is_left_or_wanted(max in 1_usize..300, left in 0_usize..300, replicas in 1_usize..9,
            own in 0_usize..300, owed in (0_usize..300, 0_usize..300), asked in (0_usize..20, 0_usize..20, 0_usize..20)) {
            let left = left.min(max);
            let supply = Supply { max, left, replicas, own, owed_interactive: owed.0, owed_background: owed.1 };
            let wants = wants(asked.0, asked.1, asked.2);
            let Granted { open, reserved } = divide(supply, wants);
            prop_assert!(open + reserved <= left && open + reserved <= chunk(max, replicas));
            prop_assert!(open <= left.saturating_sub(max / KEPT_ONE_IN), "the kept part is for quiet callers");
            prop_assert!(reserved <= wants.quiet && open + reserved <= wants.all());
        }

        /// Somebody is always served: a replica that lacks some of its even part gets places while any are left.
        #[test]
        fn who_lacks_its_part_is_served(max in 5_usize..300, left in 1_usize..300, replicas in 1_usize..9, owed in 0_usize..300) {
            let left = left.min(max);
            let supply = Supply { max, left, replicas, own: 0, owed_interactive: owed, owed_background: 0 };
            let Granted { open, reserved } = divide(supply, wants(1, 0, 0));
            prop_assert_eq!(open + reserved, 1);
        }
    }
}
