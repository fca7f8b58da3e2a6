//! A meeting link over the calendars of its members.

use std::collections::BTreeSet;

use chrono_tz::Tz;

use super::calendar::{Calendar, Interval, minutes};
use super::link::{LinkType, MS_PER_MINUTE, MeetingLink};
use super::slots::Offer;
use crate::clock::Ms;
use crate::portal::Portal;

const MINUTES_PER_WEEK: u32 = 7 * 24 * 60;

/// The members with their calendars, the organiser's zone, and how far the link reaches.
#[derive(Debug)]
pub(super) struct Reach<'a> {
    pub(super) link: &'a MeetingLink,
    pub(super) members: Vec<(u64, &'a Calendar)>,
    zone: Tz,
    now_ms: Ms,
}

impl<'a> Reach<'a> {
    pub(super) fn of(portal: &'a Portal, link: &'a MeetingLink) -> Reach<'a> {
        let calendars = &portal.scheduler.calendars;
        let members = link.member_user_ids.iter().filter_map(|id| Some((*id, calendars.get(id)?))).collect();
        let zone = calendars.get(&link.organizer_user_id).map_or(portal.identity.time_zone, |calendar| calendar.zone);
        Reach { link, members, zone, now_ms: portal.now_ms() }
    }

    /// A link is offline when nobody behind it has a calendar.
    pub(super) fn is_offline(&self) -> bool {
        !self.members.iter().any(|(_, calendar)| calendar.is_connected())
    }

    pub(super) fn latest_ms(&self) -> Ms {
        self.now_ms + minutes(self.link.weeks_to_advertise.saturating_mul(MINUTES_PER_WEEK))
    }

    /// Starts within the settings, busy or not.
    pub(super) fn possible(&self, duration_ms: Ms, window: Interval) -> Vec<Interval> {
        self.offer(duration_ms).possible(window)
    }

    /// Free slots: of everybody together, or of anybody for a round robin.
    pub(super) fn free(&self, duration_ms: Ms, window: Interval) -> Vec<Interval> {
        let each = self.bookable().map(|(user_id, _)| self.free_for(*user_id, duration_ms, window));
        let sets = each.map(|slots| slots.into_iter().collect::<BTreeSet<_>>());
        let joined = match self.link.link_type {
            LinkType::RoundRobinCalendar => sets.reduce(|all, one| all.union(&one).copied().collect()),
            _ => sets.reduce(|all, one| all.intersection(&one).copied().collect()),
        };
        joined.unwrap_or_default().into_iter().collect()
    }

    pub(super) fn free_for(&self, user_id: u64, duration_ms: Ms, window: Interval) -> Vec<Interval> {
        let Some((_, calendar)) = self.bookable().find(|(id, _)| *id == user_id) else { return Vec::new() };
        let margin = duration_ms + minutes(self.link.buffer_minutes);
        let busy = calendar.busy_within(Interval { start: window.start - margin, end: window.end + margin });
        self.offer(duration_ms).free(window, &busy)
    }

    /// Who can hold a meeting: in a round robin only those with a calendar, while anybody has one.
    fn bookable(&self) -> impl Iterator<Item = &(u64, &'a Calendar)> {
        let everybody = self.link.link_type != LinkType::RoundRobinCalendar || self.is_offline();
        self.members.iter().filter(move |(_, calendar)| everybody || calendar.is_connected())
    }

    fn offer(&self, duration_ms: Ms) -> Offer<'a> {
        Offer {
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
