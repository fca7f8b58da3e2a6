//! The scheduler: meeting links, and the calendars behind them.

use std::collections::BTreeMap;

use super::calendar::{Calendar, Interval};
use super::meeting_link::MeetingLink;

/// The data of the scheduler.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scheduler {
    pub(crate) links: Vec<MeetingLink>,
    /// By user id.
    pub(crate) calendars: BTreeMap<u64, Calendar>,
    /// Number of events, from which their ids come: every run gives the same ids.
    pub(crate) events: u64,
}

impl Scheduler {
    /// Finds a meeting link by its slug.
    pub(crate) fn link(&self, slug: &str) -> Option<&MeetingLink> {
        self.links.iter().find(|link| link.slug == slug)
    }

    /// Returns the id of the next event in the form of Google Calendar's: 26 characters of base 32.
    pub(crate) fn next_event_id(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
        let mut seed = u128::from(self.events + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
        let digits = (0..26).map(|_| {
            let digit = char::from(ALPHABET[(seed >> 120) as usize % 32]);
            seed = seed.rotate_left(5).wrapping_add(0x0005_DEEC_E66D);
            digit
        });
        digits.collect()
    }

    /// Makes these users busy for the next event, as far as they have a calendar.
    pub(crate) fn reserve(&mut self, user_ids: &[u64], slot: Interval) {
        self.events += 1;
        for user_id in user_ids {
            if let Some(calendar) = self.calendars.get_mut(user_id) {
                calendar.busy.push(slot);
            }
        }
    }
}
