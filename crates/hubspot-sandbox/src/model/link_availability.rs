//! The free slots of a meeting link, from the calendars of its members.

use std::collections::BTreeSet;

use crate::clock::Ms;
use crate::model::calendar::{Calendar, Interval, minutes};
use crate::model::meeting_link::{LinkType, MS_PER_MINUTE, MeetingLink};
use crate::model::portal::Portal;
use crate::model::slots::SlotRules;
use crate::model::zone::Zone;

const MINUTES_PER_WEEK: u32 = 7 * 24 * 60;

/// A meeting link with the calendars of its members and the time zone of its organizer.
#[derive(Debug)]
pub(crate) struct LinkAvailability<'a> {
    pub(crate) link: &'a MeetingLink,
    pub(crate) members: Vec<(u64, &'a Calendar)>,
    zone: Zone,
    now_ms: Ms,
}

impl<'a> LinkAvailability<'a> {
    pub(crate) fn of(portal: &'a Portal, link: &'a MeetingLink) -> LinkAvailability<'a> {
        let calendars = &portal.scheduler.calendars;
        let members = link.member_user_ids.iter().filter_map(|id| Some((*id, calendars.get(id)?))).collect();
        let zone = calendars.get(&link.organizer_user_id).map_or(portal.identity.time_zone, |calendar| calendar.zone);
        LinkAvailability { link, members, zone, now_ms: portal.now_ms() }
    }

    /// Says that no member has a connected calendar.
    pub(crate) fn is_offline(&self) -> bool {
        !self.members.iter().any(|(_, calendar)| calendar.is_connected())
    }

    /// Returns the end of the advertised weeks.
    pub(crate) fn latest_ms(&self) -> Ms {
        self.now_ms + minutes(self.link.weeks_to_advertise.saturating_mul(MINUTES_PER_WEEK))
    }

    /// Returns the slots that the settings of the link allow, busy or not.
    pub(crate) fn all_slots(&self, duration_ms: Ms, window: Interval) -> Vec<Interval> {
        self.slot_rules(duration_ms).all(window)
    }

    /// Returns the free slots: those of all members together, or of any member in a round robin.
    pub(crate) fn free_slots(&self, duration_ms: Ms, window: Interval) -> Vec<Interval> {
        let each = self.bookable().map(|(user_id, _)| self.free_slots_of(*user_id, duration_ms, window));
        let sets = each.map(|slots| slots.into_iter().collect::<BTreeSet<_>>());
        let joined = match self.link.link_type {
            LinkType::RoundRobinCalendar => sets.reduce(|all, one| all.union(&one).copied().collect()),
            _ => sets.reduce(|all, one| all.intersection(&one).copied().collect()),
        };
        joined.unwrap_or_default().into_iter().collect()
    }

    /// Returns the free slots of one member.
    pub(crate) fn free_slots_of(&self, user_id: u64, duration_ms: Ms, window: Interval) -> Vec<Interval> {
        let Some((_, calendar)) = self.bookable().find(|(id, _)| *id == user_id) else { return Vec::new() };
        let margin = duration_ms + minutes(self.link.buffer_minutes);
        let busy = calendar.busy_within(Interval { start: window.start - margin, end: window.end + margin });
        self.slot_rules(duration_ms).free(window, &busy)
    }

    /// Returns the members who can hold a meeting. In a round robin these are the ones with a connected calendar, as
    /// long as anyone has one.
    fn bookable(&self) -> impl Iterator<Item = &(u64, &'a Calendar)> {
        let includes_all = self.link.link_type != LinkType::RoundRobinCalendar || self.is_offline();
        self.members.iter().filter(move |(_, calendar)| includes_all || calendar.is_connected())
    }

    fn slot_rules(&self, duration_ms: Ms) -> SlotRules<'a> {
        SlotRules {
            availability: &self.link.availability,
            zone: self.zone,
            increment: self.link.increment,
            duration_minutes: u32::try_from(duration_ms / MS_PER_MINUTE).unwrap_or(u32::MAX),
            buffer_minutes: self.link.buffer_minutes,
            earliest_ms: self.now_ms + minutes(self.link.notice_minutes),
            latest_ms: self.latest_ms(),
        }
    }
}
