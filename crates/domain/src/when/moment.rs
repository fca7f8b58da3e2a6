//! What the pieces of a phrase mean together: a day, and an instant where a time was said.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc, Weekday};
use chrono_tz::Tz;

use super::local;
use super::part::{self, Part};
use super::phrase::Piece;
use super::refusal::Why;
use super::relative;
use super::say;
use super::time_of_day::{self, Clock};

/// A meeting further ahead is a slip: `2062-12-01` for `2026-12-01`.
const YEARS_AHEAD_MAX: i32 = 10;

/// Where and when the words were said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) zone: Tz,
    pub(super) now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    pub(super) date: NaiveDate,
    pub(super) at: Option<DateTime<Tz>>,
}

impl Meaning {
    pub(super) fn said(&self) -> String {
        self.at.as_ref().map_or_else(|| say::day(self.date), say::instant)
    }
}

impl Frame {
    pub(super) fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    fn past(&self) -> Why {
        Why::Past(say::instant(&self.now.with_timezone(&self.zone)))
    }
}

/// The meaning of one reading; every piece has to agree with every other.
pub(super) fn of(pieces: &[Piece], frame: &Frame) -> Result<Meaning, Why> {
    let said = Said::gather(pieces, frame)?;
    let meaning = match said.instant {
        Some(at) => said.check_instant(at.with_timezone(&frame.zone))?,
        None => said.day_and_time(frame)?,
    };
    let passed = meaning.date < frame.today() || meaning.at.as_ref().is_some_and(|at| *at <= frame.now);
    if passed {
        return Err(frame.past());
    }
    let year_max = frame.today().year() + YEARS_AHEAD_MAX;
    if meaning.date.year() > year_max { Err(Why::TooFar(year_max)) } else { Ok(meaning) }
}

/// The pieces of a phrase that should name a day: a midnight that was only written to fill a form is no time.
pub(super) fn as_day(piece: Piece, frame: &Frame) -> Piece {
    match piece {
        Piece::Written(at) if at.time() == NaiveTime::MIN => Piece::Day(Ok(at.date())),
        Piece::Instant(at) => {
            let here = at.with_timezone(&frame.zone);
            if here.date_naive() != at.date_naive() {
                let readings = vec![say::day(at.date_naive()), say::instant(&here)];
                return Piece::Day(Err(Why::Readings(readings)));
            }
            let midnight = here.time() == NaiveTime::MIN && at.time() == NaiveTime::MIN;
            if midnight { Piece::Day(Ok(at.date_naive())) } else { piece }
        }
        other => other,
    }
}

/// The pieces by kind, those of one kind brought together.
#[derive(Default)]
struct Said<'a> {
    day: Option<NaiveDate>,
    weekday: Option<Weekday>,
    clock: Option<Clock>,
    part: Option<Part>,
    instant: Option<DateTime<Utc>>,
    /// Zones and offsets that were named.
    named: Vec<&'a Piece>,
}

impl<'a> Said<'a> {
    fn gather(pieces: &'a [Piece], frame: &Frame) -> Result<Said<'a>, Why> {
        let mut said = Said::default();
        for piece in pieces {
            said.add(piece, frame)?;
        }
        Ok(said)
    }

    fn add(&mut self, piece: &'a Piece, frame: &Frame) -> Result<(), Why> {
        match piece {
            Piece::Day(day) => same(&mut self.day, day.clone()?, |day| say::day(*day)),
            Piece::Weekday(weekday) => same(&mut self.weekday, *weekday, |day| say::weekday(*day).to_owned()),
            Piece::Time(clock) => self.add_clock(clock.clone()?),
            Piece::Part(part) => self.add_part(*part),
            Piece::Today(part) => {
                self.add_part(*part)?;
                same(&mut self.day, frame.today(), |day| say::day(*day))
            }
            Piece::After(span) => {
                let at = frame.now.checked_add_signed(span.clone()?).ok_or(Why::NotUnderstood)?;
                self.add_instant(full_minute(at), frame)
            }
            Piece::Instant(at) if !is_full_minute(at.time()) => Err(Why::Seconds),
            Piece::Instant(at) => self.add_instant(at.to_utc(), frame),
            Piece::Written(at) if !is_full_minute(at.time()) => Err(Why::Seconds),
            Piece::Written(at) => {
                same(&mut self.day, at.date(), |day| say::day(*day))?;
                self.add_clock(Clock::Exact(at.time()))
            }
            Piece::Offset(_) | Piece::Zone(_) => {
                self.named.push(piece);
                Ok(())
            }
        }
    }

    fn add_instant(&mut self, at: DateTime<Utc>, frame: &Frame) -> Result<(), Why> {
        same(&mut self.instant, at, |at| say::instant(&at.with_timezone(&frame.zone)))
    }

    fn add_part(&mut self, part: Part) -> Result<(), Why> {
        same(&mut self.part, part, |part| part.name().to_owned())
    }

    /// Two clocks agree when one says what the other leaves open.
    fn add_clock(&mut self, clock: Clock) -> Result<(), Why> {
        let before = self.clock.unwrap_or(clock);
        let agreed = match (before, clock) {
            (a, b) if a == b => a,
            (Clock::Either(am, pm), Clock::Exact(time)) | (Clock::Exact(time), Clock::Either(am, pm))
                if time == am || time == pm =>
            {
                Clock::Exact(time)
            }
            (a, b) => return Err(Why::Disagree(time_of_day::said(a), time_of_day::said(b))),
        };
        self.clock = Some(agreed);
        Ok(())
    }

    /// Whatever else was said has to be true of the instant.
    fn check_instant(&self, at: DateTime<Tz>) -> Result<Meaning, Why> {
        let disagree = |other: String| Err(Why::Disagree(say::instant(&at), other));
        if let Some(day) = self.day.filter(|day| *day != at.date_naive()) {
            return disagree(say::day(day));
        }
        if let Some(weekday) = self.weekday.filter(|weekday| *weekday != at.weekday()) {
            return disagree(say::weekday(weekday).to_owned());
        }
        let shown = |clock: &Clock| match clock {
            Clock::Exact(time) => *time == at.time(),
            Clock::Either(am, pm) => *am == at.time() || *pm == at.time(),
        };
        if let Some(clock) = self.clock.filter(|clock| !shown(clock)) {
            return disagree(time_of_day::said(clock));
        }
        if let Some(part) = self.part {
            part::within(Clock::Exact(at.time()), part)?;
        }
        if !self.named_fit(&at) {
            return Err(Why::OtherZone(at.timezone().name().to_owned()));
        }
        Ok(Meaning { date: at.date_naive(), at: Some(at) })
    }

    fn day_and_time(&self, frame: &Frame) -> Result<Meaning, Why> {
        let date = self.date(frame.today())?;
        let Some(clock) = self.clock else { return self.whole_day(date, frame.zone) };
        let clock = self.part.map_or(Ok(clock), |part| part::within(clock, part))?;
        let at = match clock {
            Clock::Exact(time) => self.instant(date.and_time(time), frame.zone)?,
            Clock::Either(am, pm) => self.settled(date, am, pm, frame)?,
        };
        Ok(Meaning { date, at: Some(at) })
    }

    /// Of a day in another zone it cannot be said which day it is here.
    fn whole_day(&self, date: NaiveDate, zone: Tz) -> Result<Meaning, Why> {
        match self.named.iter().all(|piece| **piece == Piece::Zone(zone)) {
            true => Ok(Meaning { date, at: None }),
            false => Err(Why::OtherZone(zone.name().to_owned())),
        }
    }

    fn date(&self, today: NaiveDate) -> Result<NaiveDate, Why> {
        match (self.day, self.weekday) {
            (Some(day), Some(weekday)) if day.weekday() != weekday => {
                Err(Why::Disagree(say::day(day), say::weekday(weekday).to_owned()))
            }
            (Some(day), _) => Ok(day),
            (None, Some(weekday)) => Ok(relative::coming(weekday, today)),
            (None, None) => Err(Why::WhichDay),
        }
    }

    /// Am or pm: only a morning that has passed settles it.
    fn settled(&self, date: NaiveDate, am: NaiveTime, pm: NaiveTime, frame: &Frame) -> Result<DateTime<Tz>, Why> {
        let morning = self.instant(date.and_time(am), frame.zone);
        if morning.is_ok_and(|morning| morning <= frame.now) {
            return self.instant(date.and_time(pm), frame.zone);
        }
        Err(Why::AmOrPm(say::time(am), say::time(pm)))
    }

    fn instant(&self, local: NaiveDateTime, zone: Tz) -> Result<DateTime<Tz>, Why> {
        local::instant(local, zone, |at| self.named_fit(at))
    }

    /// Whether every zone and offset that was named shows the same time as the customer's.
    fn named_fit(&self, at: &DateTime<Tz>) -> bool {
        let ours = at.offset().fix();
        self.named.iter().all(|piece| match piece {
            Piece::Offset(offset) => *offset == ours,
            Piece::Zone(zone) => zone.offset_from_utc_datetime(&at.naive_utc()).fix() == ours,
            _ => true,
        })
    }
}

/// Keep what was said first; what is said again has to be the same.
fn same<T: PartialEq>(kept: &mut Option<T>, new: T, say: impl Fn(&T) -> String) -> Result<(), Why> {
    match kept {
        Some(old) if *old != new => Err(Why::Disagree(say(old), say(&new))),
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
