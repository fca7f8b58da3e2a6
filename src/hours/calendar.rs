//! The days and hours at which people answer, and the answer to whether somebody does now. Pure.
//!
//! A span belongs to the day on which it begins and may end on the next one. Where clocks skip an hour a span begins or
//! ends when they have; where they repeat one it begins in the first and ends in the second.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use domain::time_zone::zone::Zone;

/// The days for which a next opening is looked for: holidays and closures are shorter.
const DAYS_AHEAD: u64 = 400;
/// The longest time that clocks skip at once is a day (Samoa, 2011).
const GAP_MINUTES_MAX: i64 = 24 * 60;
const MINUTES_OF_DAY: u16 = 24 * 60;

/// The hours at which people answer. The default is that they answer at any time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours(pub Option<Calendar>);

/// A week, and the days that differ from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Time zone of the opening hours.
    pub zone: Zone,
    /// The spans of each weekday, Monday first.
    pub week: [Vec<Span>; 7],
    /// The days with spans of their own. They come before holidays.
    pub special: BTreeMap<NaiveDate, Vec<Span>>,
    /// Holidays: nobody answers on them.
    pub holidays: Vec<Holiday>,
}

/// A part of a day, in minutes from its midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    start: u16,
    end: u16,
}

/// A day, or some in a row, on which nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The name that customers are told, in the operator's words.
    pub name: String,
    /// Days of the holiday.
    pub days: HolidayDays,
}

/// The days of a holiday, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolidayDays {
    /// From the first day to the last, once.
    Dates(NaiveDate, NaiveDate),
    /// Every year: month and day. An end before the start lies in the next year.
    Yearly((u32, u32), (u32, u32)),
}

/// The answer to whether somebody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// People answer now.
    Open {
        /// Until then; `None` if there is no end.
        until: Option<DateTime<Zone>>,
    },
    /// Nobody answers now.
    Closed {
        /// From then on somebody does; `None` if no day within a year is known.
        opens_at: Option<DateTime<Zone>>,
        /// Reason why nobody answers: the hour, or a holiday.
        why: Why,
    },
}

/// The reason why nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is outside the usual hours, or those of a special day.
    Hours,
    /// It is a holiday of this name.
    Holiday(String),
}

impl Span {
    /// A span from and to these minutes of a day; an end that is not after the start is one of the next day. `None` for an
    /// empty one, or minutes that no day has.
    pub fn new(start: u16, end: u16) -> Option<Span> {
        (start != end && start < MINUTES_OF_DAY && end <= MINUTES_OF_DAY).then_some(Span { start, end })
    }

    /// The first and the last local time of the span on this day.
    fn on(self, day: NaiveDate) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let last_day = if self.end > self.start { day } else { day.checked_add_days(Days::new(1))? };
        let at = |day: NaiveDate, minutes: u16| {
            day.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::minutes(i64::from(minutes)))
        };
        Some((at(day, self.start)?, at(last_day, self.end)?))
    }

    /// True for spans of one day that have a minute in common, as far as that day goes.
    pub fn overlaps(self, other: Span) -> bool {
        let end = |span: Span| if span.end > span.start { span.end } else { span.end + MINUTES_OF_DAY };
        self.start < end(other) && other.start < end(self)
    }
}

impl Hours {
    /// Tells whether somebody answers at this instant.
    pub fn answering(&self, now: DateTime<Utc>) -> Opening {
        match &self.0 {
            None => Opening::Open { until: None },
            Some(calendar) => calendar.answering(now),
        }
    }

    /// True if no hours are set, so that people are taken to answer at any time.
    pub fn are_unset(&self) -> bool {
        self.0.is_none()
    }
}

impl Calendar {
    /// Tells whether somebody answers at this instant.
    pub fn answering(&self, now: DateTime<Utc>) -> Opening {
        let today = now.with_timezone(&self.zone).date_naive();
        let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let days = (0..DAYS_AHEAD).map_while(|ahead| first.checked_add_days(Days::new(ahead)));
        let mut until: Option<DateTime<Utc>> = None;
        for day in days {
            for (start, end) in self.instants(day) {
                match until {
                    // What begins when the last one ends goes on without a pause.
                    Some(known) if start <= known => until = Some(known.max(end)),
                    Some(known) => return self.open_until(Some(known)),
                    None if start <= now && now < end => until = Some(end),
                    None if now < start => return self.closed(now, Some(start)),
                    None => {}
                }
            }
            // A span of the next day may begin before a longer one of this day has ended, but not before this day.
            if let Some(known) = until.filter(|known| self.local_day(*known) < day) {
                return self.open_until(Some(known));
            }
        }
        match until {
            Some(_) => self.open_until(None),
            None => self.closed(now, None),
        }
    }

    fn open_until(&self, until: Option<DateTime<Utc>>) -> Opening {
        Opening::Open { until: until.map(|at| at.with_timezone(&self.zone)) }
    }

    fn closed(&self, now: DateTime<Utc>, opens_at: Option<DateTime<Utc>>) -> Opening {
        let today = self.local_day(now);
        let holiday = self.holiday(today).filter(|_| !self.special.contains_key(&today));
        let why = holiday.map_or(Why::Hours, |holiday| Why::Holiday(holiday.name.clone()));
        Opening::Closed { opens_at: opens_at.map(|at| at.with_timezone(&self.zone)), why }
    }

    fn local_day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The spans of a day as instants, in their order.
    fn instants(&self, day: NaiveDate) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let spans = self.spans(day).iter().filter_map(|span| span.on(day));
        let instants = spans.filter_map(|(start, end)| Some((self.first(start)?, self.last(end)?)));
        let mut instants: Vec<_> = instants.filter(|(start, end)| start < end).collect();
        instants.sort_unstable();
        instants
    }

    /// The spans of a day: its own, none on a holiday, else those of its weekday.
    fn spans(&self, day: NaiveDate) -> &[Span] {
        match self.special.get(&day) {
            Some(own) => own,
            None if self.holiday(day).is_some() => &[],
            None => &self.week[day.weekday().num_days_from_monday() as usize],
        }
    }

    fn holiday(&self, day: NaiveDate) -> Option<&Holiday> {
        self.holidays.iter().find(|holiday| holiday.days.contain(day))
    }

    /// First instant whose local time is this one, or later where clocks skip it.
    fn first(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        self.instant(local).map(|(first, _)| first)
    }

    /// The last one.
    fn last(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        self.instant(local).map(|(_, last)| last)
    }

    fn instant(&self, local: NaiveDateTime) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let later = (0..=GAP_MINUTES_MAX).map_while(|minutes| local.checked_add_signed(TimeDelta::minutes(minutes)));
        later.map(|local| self.zone.from_local_datetime(&local)).find_map(|mapped| match mapped {
            MappedLocalTime::Single(at) => Some((at.to_utc(), at.to_utc())),
            MappedLocalTime::Ambiguous(first, last) => Some((first.to_utc(), last.to_utc())),
            MappedLocalTime::None => None,
        })
    }
}

impl HolidayDays {
    fn contain(self, day: NaiveDate) -> bool {
        match self {
            HolidayDays::Dates(first, last) => (first..=last).contains(&day),
            HolidayDays::Yearly(first, last) => {
                let day = (day.month(), day.day());
                if first <= last { first <= day && day <= last } else { day >= first || day <= last }
            }
        }
    }
}

#[cfg(test)]
mod tests;
