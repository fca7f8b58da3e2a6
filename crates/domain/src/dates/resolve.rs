//! The meaning of a parsed phrase: a day, and an instant where a time was given.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc, Weekday};

use super::day_part::{self, DayPart, Narrowed};
use super::error::Reason;
use super::format;
use super::local_time;
use super::phrase::Piece;
use super::relative;
use super::time_of_day::{self, ClockTime};
use crate::time_zone::zone::Zone;

/// A date further ahead is taken for a typing error, such as `2062-12-01` for `2026-12-01`.
const YEARS_AHEAD_MAX: i32 = 10;

/// The customer's time zone and the current time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) zone: Zone,
    pub(super) now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    pub(super) date: NaiveDate,
    pub(super) at: Option<DateTime<Zone>>,
    /// The part of the day that was named, if no time was.
    pub(super) part: Option<DayPart>,
}

impl Meaning {
    pub(super) fn describe(&self) -> String {
        match (&self.at, self.part) {
            (Some(at), _) => format::instant(at),
            (None, Some(part)) => format!("{} {}", format::day(self.date), part.phrase()),
            (None, None) => format::day(self.date),
        }
    }
}

impl Context {
    pub(super) fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    fn past(&self) -> Reason {
        Reason::Past(format::instant(&self.now.with_timezone(&self.zone)))
    }
}

/// Resolves one reading. Its pieces have to agree with each other.
pub(super) fn of(pieces: &[Piece], context: &Context) -> Result<Meaning, Reason> {
    let combined = Combined::gather(pieces, context)?;
    let meaning = match combined.instant {
        Some(at) => combined.check_instant(at.with_timezone(&context.zone))?,
        None => combined.day_and_time(context)?,
    };
    let passed = meaning.date < context.today() || meaning.at.as_ref().is_some_and(|at| *at <= context.now);
    if passed {
        return Err(context.past());
    }
    let year_max = context.today().year() + YEARS_AHEAD_MAX;
    if meaning.date.year() > year_max { Err(Reason::TooFar(year_max)) } else { Ok(meaning) }
}

/// Converts a piece of a phrase that should name a day. A midnight in it only fills a form's field, so it is not a
/// time.
pub(super) fn as_day(piece: Piece, context: &Context) -> Piece {
    match piece {
        Piece::Written(at) if at.time() == NaiveTime::MIN => Piece::Day(Ok(at.date())),
        Piece::Instant(at) => {
            let here = at.with_timezone(&context.zone);
            if at.time() == NaiveTime::MIN && here.date_naive() != at.date_naive() {
                let readings = vec![format::day(at.date_naive()), format::instant(&here)];
                return Piece::Day(Err(Reason::Readings(readings)));
            }
            let midnight = here.time() == NaiveTime::MIN && at.time() == NaiveTime::MIN;
            if midnight { Piece::Day(Ok(at.date_naive())) } else { piece }
        }
        other => other,
    }
}

/// The pieces of a reading by kind, with those of one kind combined.
#[derive(Default)]
struct Combined<'a> {
    day: Option<NaiveDate>,
    weekday: Option<Weekday>,
    /// Days of which the other pieces have to select one.
    choices: Vec<Vec<NaiveDate>>,
    clock: Option<ClockTime>,
    part: Option<DayPart>,
    instant: Option<DateTime<Utc>>,
    /// The zones and offsets in the phrase.
    named: Vec<&'a Piece>,
}

impl<'a> Combined<'a> {
    fn gather(pieces: &'a [Piece], context: &Context) -> Result<Combined<'a>, Reason> {
        let mut combined = Combined::default();
        for piece in pieces {
            combined.add(piece, context)?;
        }
        Ok(combined)
    }

    fn add(&mut self, piece: &'a Piece, context: &Context) -> Result<(), Reason> {
        match piece {
            Piece::Day(Err(Reason::Days(days))) => {
                self.choices.push(days.clone());
                Ok(())
            }
            Piece::Day(day) => same(&mut self.day, day.clone()?, |day| format::day(*day)),
            Piece::Weekday(weekday) => same(&mut self.weekday, *weekday, |day| format::weekday(*day).to_owned()),
            Piece::Time(clock) => self.add_clock(clock.clone()?),
            Piece::DayPart(part) => self.add_part(*part),
            Piece::Today(part) => {
                self.add_part(*part)?;
                same(&mut self.day, context.today(), |day| format::day(*day))
            }
            Piece::After(span) => {
                let at = context.now.checked_add_signed(span.clone()?).ok_or(Reason::NotUnderstood)?;
                self.add_instant(full_minute(at), context)
            }
            Piece::Instant(at) if !is_full_minute(at.time()) => Err(Reason::Seconds),
            Piece::Instant(at) => self.add_instant(at.to_utc(), context),
            Piece::Written(at) if !is_full_minute(at.time()) => Err(Reason::Seconds),
            Piece::Written(at) => {
                same(&mut self.day, at.date(), |day| format::day(*day))?;
                self.add_clock(ClockTime::Exact(at.time()))
            }
            Piece::Offset(_) | Piece::Zone(_) => {
                self.named.push(piece);
                Ok(())
            }
            Piece::OwnZone => Ok(()),
        }
    }

    fn add_instant(&mut self, at: DateTime<Utc>, context: &Context) -> Result<(), Reason> {
        same(&mut self.instant, at, |at| format::instant(&at.with_timezone(&context.zone)))
    }

    fn add_part(&mut self, part: DayPart) -> Result<(), Reason> {
        same(&mut self.part, part, |part| part.name().to_owned())
    }

    /// Combines two times, which agree if one decides am or pm where the other leaves it open.
    fn add_clock(&mut self, clock: ClockTime) -> Result<(), Reason> {
        let before = self.clock.unwrap_or(clock);
        let agreed = match (before, clock) {
            (a, b) if a == b => a,
            (ClockTime::Exact(time), ClockTime::Printed(same)) | (ClockTime::Printed(same), ClockTime::Exact(time))
                if time == same =>
            {
                ClockTime::Exact(time)
            }
            (ClockTime::Either(am, pm), exact @ (ClockTime::Exact(time) | ClockTime::Printed(time)))
            | (exact @ (ClockTime::Exact(time) | ClockTime::Printed(time)), ClockTime::Either(am, pm))
                if time == am || time == pm =>
            {
                exact
            }
            (ClockTime::Midnight, ClockTime::Exact(NaiveTime::MIN))
            | (ClockTime::Exact(NaiveTime::MIN), ClockTime::Midnight) => ClockTime::Exact(NaiveTime::MIN),
            (a, b) => return Err(Reason::Disagree(time_of_day::format(a), time_of_day::format(b))),
        };
        self.clock = Some(agreed);
        Ok(())
    }

    /// Checks that all other pieces are true of the instant.
    fn check_instant(&self, at: DateTime<Zone>) -> Result<Meaning, Reason> {
        let disagree = |other: String| Err(Reason::Disagree(format::instant(&at), other));
        if let Some(days) = self.choices.iter().find(|days| !days.contains(&at.date_naive())) {
            return disagree(listed(days));
        }
        if let Some(day) = self.day.filter(|day| *day != at.date_naive()) {
            return disagree(format::day(day));
        }
        if let Some(weekday) = self.weekday.filter(|weekday| *weekday != at.weekday()) {
            return disagree(format::weekday(weekday).to_owned());
        }
        let shown = |clock: &ClockTime| match clock {
            ClockTime::Exact(time) | ClockTime::Printed(time) => *time == at.time(),
            ClockTime::Either(am, pm) => *am == at.time() || *pm == at.time(),
            ClockTime::Midnight => at.time() == NaiveTime::MIN,
        };
        if let Some(clock) = self.clock.filter(|clock| !shown(clock)) {
            return disagree(time_of_day::format(clock));
        }
        if let Some(part) = self.part.filter(|part| !part.has(at.time())) {
            return disagree(part.name().to_owned());
        }
        if !self.zones_agree(&at) {
            return Err(Reason::OtherZone(at.timezone().name().to_owned()));
        }
        Ok(Meaning { date: at.date_naive(), at: Some(at), part: None })
    }

    fn day_and_time(&self, context: &Context) -> Result<Meaning, Reason> {
        let date = self.date(context.today())?;
        let Some(clock) = self.clock else { return self.whole_day(date, context) };
        let narrowed = self.part.map_or(Ok(Narrowed::Clock(clock)), |part| day_part::within(clock, part))?;
        let clock = match narrowed {
            Narrowed::Clock(clock) => clock,
            Narrowed::Open(times) => return Err(readings(date, times)),
        };
        let at = match clock {
            ClockTime::Exact(time) | ClockTime::Printed(time) => self.instant(date.and_time(time), context.zone)?,
            ClockTime::Either(am, pm) => self.choose_half(date, am, pm, context)?,
            ClockTime::Midnight => return Err(readings(date, day_part::midnights())),
        };
        Ok(Meaning { date, at: Some(at), part: None })
    }

    /// A day in another zone is rejected, because it spans two days in the customer's, and a part of today that is over.
    fn whole_day(&self, date: NaiveDate, context: &Context) -> Result<Meaning, Reason> {
        let zone = context.zone;
        let offset = local_time::noon(date, zone).map(|noon| noon.offset().fix());
        let is_own = |piece: &&Piece| match piece {
            Piece::Offset(named) => Some(*named) == offset,
            Piece::Zone(named) => named.zones.contains(&zone.zone_name()),
            _ => false,
        };
        if !self.named.iter().all(is_own) {
            return Err(Reason::OtherZone(zone.name().to_owned()));
        }
        let is_over = |part: DayPart| {
            let hours = local_time::hours(date, part.hours(), zone);
            hours.is_some_and(|hours| hours.end_ms() <= context.now.timestamp_millis())
        };
        if self.part.is_some_and(is_over) {
            Err(context.past())
        } else {
            Ok(Meaning { date, at: None, part: self.part })
        }
    }

    fn date(&self, today: NaiveDate) -> Result<NaiveDate, Reason> {
        if let Some(choices) = self.choices.first() {
            return self.select(choices, today);
        }
        match (self.day, self.weekday) {
            (Some(day), Some(weekday)) if day.weekday() != weekday => {
                Err(Reason::Disagree(format::day(day), format::weekday(weekday).to_owned()))
            }
            (Some(day), _) => Ok(day),
            (None, Some(weekday)) => Ok(relative::coming(weekday, today)),
            (None, None) => Err(Reason::WhichDay),
        }
    }

    /// Selects the day with which everything else in the phrase agrees.
    fn select(&self, choices: &[NaiveDate], today: NaiveDate) -> Result<NaiveDate, Reason> {
        let fits = |day: &&NaiveDate| {
            self.day.is_none_or(|other| other == **day)
                && self.weekday.is_none_or(|weekday| weekday == day.weekday())
                && self.choices.iter().all(|others| others.contains(day))
        };
        let fitting: Vec<NaiveDate> = choices.iter().filter(fits).copied().collect();
        let other = || self.day.map(format::day).or_else(|| Some(format::weekday(self.weekday?).to_owned()));
        match fitting[..] {
            [] => Err(Reason::Disagree(listed(choices), other().unwrap_or_else(|| "another day".to_owned()))),
            [day] => Ok(day),
            _ if fitting.iter().all(|day| *day < today) => Err(relative::past(today)),
            _ => Err(Reason::Days(fitting)),
        }
    }

    /// Decides between am and pm, which is only possible once the morning hour has passed.
    fn choose_half(
        &self,
        date: NaiveDate,
        am: NaiveTime,
        pm: NaiveTime,
        context: &Context,
    ) -> Result<DateTime<Zone>, Reason> {
        let morning = self.instant(date.and_time(am), context.zone);
        if morning.is_ok_and(|morning| morning <= context.now) {
            return self.instant(date.and_time(pm), context.zone);
        }
        Err(Reason::AmOrPm(format::time(am), format::time(pm)))
    }

    fn instant(&self, local: NaiveDateTime, zone: Zone) -> Result<DateTime<Zone>, Reason> {
        local_time::instant(local, zone, |at| self.zones_agree(at))
    }

    /// Returns `true` if every zone and offset in the phrase has the customer's offset at this instant.
    fn zones_agree(&self, at: &DateTime<Zone>) -> bool {
        let ours = at.offset().fix();
        self.named.iter().all(|piece| match piece {
            Piece::Offset(offset) => *offset == ours,
            Piece::Zone(named) => {
                let (rules, own) = (at.timezone().rules(), at.timezone().zone_name());
                let offset = |name| rules.of(name).offset_from_utc_datetime(&at.naive_utc()).fix();
                // The zone `WET` is called so in summer, too.
                let is_kept = |name| match named.season {
                    Some(season) if name != own || own.is_place() => season.offset(name, rules) == ours,
                    _ => true,
                };
                named.zones.iter().any(|name| offset(*name) == ours && is_kept(*name))
            }
            _ => true,
        })
    }
}

fn listed(days: &[NaiveDate]) -> String {
    days.iter().map(|day| format::day(*day)).collect::<Vec<_>>().join(" or ")
}

/// Rejects a time that may be meant of several days or hours, each so many days after `date`.
fn readings(date: NaiveDate, times: Vec<(u64, NaiveTime)>) -> Reason {
    let day = |later: u64| date.checked_add_days(Days::new(later));
    let said = |(later, time)| Some(format!("{}, {}", format::day(day(later)?), format::time(time)));
    Reason::Readings(times.into_iter().filter_map(said).collect())
}

/// Keeps the first value; a second one has to be equal.
fn same<T: PartialEq>(kept: &mut Option<T>, new: T, say: impl Fn(&T) -> String) -> Result<(), Reason> {
    match kept {
        Some(old) if *old != new => Err(Reason::Disagree(say(old), say(&new))),
        _ => {
            *kept = Some(new);
            Ok(())
        }
    }
}

fn is_full_minute(time: NaiveTime) -> bool {
    time.second() == 0 && time.nanosecond() == 0
}

fn full_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.with_second(0).and_then(|at| at.with_nanosecond(0)).unwrap_or(at)
}
