//! The one zone that a name means: a whole name, or parts that have to agree, such as a city and its country.

use super::iana::{REGIONS, ZoneName};
use super::rules::ZoneRules;
use super::{named, nearest, offset, places, spelling, windows};

/// Returns the zone, or those that may be meant.
pub(super) fn of(words: &str, rules: ZoneRules) -> Result<ZoneName, Vec<ZoneName>> {
    let name = spelling::clean(words);
    if spelling::is_placeholder(&name) {
        return Err(Vec::new());
    }
    Reader { rules }.read(&name).unwrap_or_else(|| Err(near(&name)))
}

/// The zones of similar names, with or without `time`.
fn near(name: &str) -> Vec<ZoneName> {
    let near = nearest::zones(name);
    if near.is_empty() { nearest::zones(&tidy(name)) } else { near }
}

/// Returns the zones of the name of a time or a city that needs no other part; none if it is not known, or if it is a
/// place that is in several. Of a time such as `CST` a customer names their own; Portland may be another than theirs.
pub(super) fn candidates(words: &str) -> Vec<ZoneName> {
    let name = tidy(&spelling::clean(words));
    let zones = named::zones(&name);
    if zones.len() == 1 || is_time(&name) { zones } else { Vec::new() }
}

/// Returns `true` for the name of a time, such as `cst`, `aest` and `australian eastern`.
fn is_time(name: &str) -> bool {
    let short = (3..=4).contains(&name.len()) && name.ends_with('t');
    short || name.ends_with(" time") || name.ends_with(" eastern")
}

fn tidy(name: &str) -> String {
    spelling::tidy(name, named::is_listed)
}

type Meaning = Result<ZoneName, Vec<ZoneName>>;

struct Reader {
    rules: ZoneRules,
}

impl Reader {
    /// `None` if the name, or a part of it, is not known. Each step takes one kind of part away, so that brackets in
    /// brackets cost nothing.
    fn read(&self, name: &str) -> Option<Meaning> {
        self.labelled(name).or_else(|| self.unlabelled(name))
    }

    fn unlabelled(&self, name: &str) -> Option<Meaning> {
        self.known(name).or_else(|| self.bracketed(name)).or_else(|| self.unbracketed(name))
    }

    fn unbracketed(&self, name: &str) -> Option<Meaning> {
        let parts = || self.in_place(name).or_else(|| self.slashed(name));
        self.known(name).or_else(parts).or_else(|| named::by_letters(name).map(Ok))
    }

    /// Reads a name without parts.
    fn known(&self, name: &str) -> Option<Meaning> {
        if let Some(zone) = windows::zone(name) {
            return Some(Ok(zone));
        }
        let zones = self.whole(name);
        if !zones.is_empty() {
            return Some(self.one_of(zones));
        }
        // A season's offset is not the zone's: nobody is at UTC+13 all year for being in Auckland.
        let seconds = offset::seconds_east(name)?;
        Some(offset::zone(seconds, self.rules).ok_or_else(|| offset::places(seconds, self.rules)))
    }

    /// The zones that a name without parts stands for.
    fn whole(&self, name: &str) -> Vec<ZoneName> {
        let tidy = tidy(name);
        let zones = named::zones(&tidy);
        if zones.is_empty() { places::named(&tidy) } else { zones }
    }

    /// Reads `(UTC-05:00) Eastern Time (US & Canada)` and `(GMT+01:00) Berlin, Rome`, as Windows and web forms label
    /// zones. Of the listed cities those count that have the offset.
    fn labelled(&self, name: &str) -> Option<Meaning> {
        let (label, rest) = name.strip_prefix('(')?.split_once(')')?;
        let offset = offset::seconds_east(label.trim())?;
        let rest = rest.trim();
        let listed = || -> Vec<ZoneName> { rest.split(',').flat_map(|city| self.whole(city.trim())).collect() };
        let zones: Vec<ZoneName> = match (self.unlabelled(rest), listed()) {
            (Some(Ok(zone)), _) => vec![zone],
            (Some(Err(zones)), listed) if listed.is_empty() => zones,
            (_, listed) => listed,
        };
        let shown = self.with_offset(&zones, offset);
        match (zones.is_empty(), shown.is_empty()) {
            (true, _) => None,
            (_, true) => Some(Err(self.apart(zones))),
            _ => Some(self.one_of(shown)),
        }
    }

    /// Reads `Asia/Kolkata (IST)`, `Eastern Time (UTC-5)` and `Eastern Time - New York`: both parts have to agree.
    fn bracketed(&self, name: &str) -> Option<Meaning> {
        let bracketed = name.strip_suffix(')').and_then(|name| name.rsplit_once('('));
        let (first, second) = bracketed.or_else(|| name.rsplit_once(" - "))?;
        // Of `UTC+5:30 (IST)` the zone is the name that counts.
        let (outside, inside) = match (offset::seconds_east(first.trim()), offset::seconds_east(second.trim())) {
            (Some(_), None) => (second.trim(), first.trim()),
            _ => (first.trim(), second.trim()),
        };
        let zones = match self.unbracketed(outside)? {
            Ok(zone) => vec![zone],
            Err(zones) => zones,
        };
        let agreed = match offset::seconds_east(inside) {
            Some(offset) => self.with_offset(&zones, offset),
            None => match windows::zone(inside) {
                Some(zone) => self.agreed(&zones, &[zone]),
                None => self.agreed(&zones, &self.place_or_time(inside)),
            },
        };
        Some(if agreed.is_empty() { Err(self.apart(zones)) } else { self.one_of(agreed) })
    }

    /// Reads `Austin, TX`, `Toronto, Ontario, Canada` and `Austin Texas`. A city that is not known has the one zone of
    /// its state or country; one that is known has to be there.
    fn in_place(&self, name: &str) -> Option<Meaning> {
        let parts: Vec<&str> = match name.contains(',') {
            true => name.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
            false => split_place(name)?,
        };
        let [city, around @ ..] = &parts[..] else { return None };
        let around: Vec<Vec<ZoneName>> = around.iter().map(|place| self.place(place)).collect();
        let place = around.first().filter(|_| around.iter().all(|zones| !zones.is_empty()))?;
        let place = around.iter().fold(place.clone(), |zones, other| self.agreed(&zones, other));
        let is_name = city.chars().all(|c| c.is_alphabetic() || " .'-".contains(c));
        match (self.whole(city), is_name) {
            (known, _) if !known.is_empty() => match self.lying_in(&place, &known) {
                none if none.is_empty() => Some(Err(self.apart([place, known].concat()))),
                agreed => Some(self.one_of(agreed)),
            },
            (_, true) if name.contains(',') => Some(self.one_of(place)),
            _ => None,
        }
    }

    /// A state or country, or else any name: the cities of a list may follow each other.
    fn place(&self, name: &str) -> Vec<ZoneName> {
        let place = places::named_or_coded(&tidy(name));
        if place.is_empty() { self.whole(name) } else { place }
    }

    /// Reads `America/Boston` by its city, in its region alone, and `EST/EDT` or `India/Kolkata`, which have to agree.
    fn slashed(&self, name: &str) -> Option<Meaning> {
        let (first, second) = name.split_once('/')?;
        if let Some(region) = REGIONS.iter().find(|region| region.eq_ignore_ascii_case(first)) {
            let tidy = tidy(second);
            let mut zones = [named::zones(&tidy), places::named(&tidy)].concat();
            zones.retain(|zone| zone.region() == Some(*region));
            return (!zones.is_empty()).then(|| self.one_of(zones));
        }
        let (first, second) = (self.place_or_time(first), self.place_or_time(second));
        let agreed = self.agreed(&second, &first);
        (!agreed.is_empty()).then(|| self.one_of(agreed))
    }

    fn place_or_time(&self, name: &str) -> Vec<ZoneName> {
        let place = places::named(&tidy(name));
        if place.is_empty() { self.whole(name) } else { place }
    }

    /// Those of `zones` that are one of `others`, or else those that show the same time as one of them.
    fn agreed(&self, zones: &[ZoneName], others: &[ZoneName]) -> Vec<ZoneName> {
        let clocks = self.rules.clocks();
        let among = among(zones, others);
        let same = |zone: &ZoneName| others.iter().any(|other| clocks.same(*zone, *other));
        if among.is_empty() { zones.iter().copied().filter(same).collect() } else { among }
    }

    /// Those of `zones` that lie in a place: San José in Costa Rica is not in Canada for showing Regina's time. Where the
    /// whole place shows one time, the time is enough.
    fn lying_in(&self, place: &[ZoneName], zones: &[ZoneName]) -> Vec<ZoneName> {
        match self.apart(place.to_vec())[..] {
            [_] => self.agreed(zones, place),
            _ => among(zones, place),
        }
    }

    fn with_offset(&self, zones: &[ZoneName], offset: i32) -> Vec<ZoneName> {
        zones.iter().copied().filter(|zone| self.rules.clocks().offsets(*zone).contains(&offset)).collect()
    }

    /// The zone, if all show one time.
    fn one_of(&self, zones: Vec<ZoneName>) -> Meaning {
        match self.apart(zones)[..] {
            [zone] => Ok(zone),
            ref apart => Err(apart.to_vec()),
        }
    }

    /// The first zone of each different time.
    fn apart(&self, zones: Vec<ZoneName>) -> Vec<ZoneName> {
        let mut apart: Vec<ZoneName> = Vec::new();
        for zone in zones {
            if !apart.iter().any(|known| self.rules.clocks().same(*known, zone)) {
                apart.push(zone);
            }
        }
        apart
    }
}

/// Those of `zones` that are one of `others`, also by another name.
fn among(zones: &[ZoneName], others: &[ZoneName]) -> Vec<ZoneName> {
    zones.iter().copied().filter(|zone| others.iter().any(|other| zone.is_same_zone(*other))).collect()
}

/// Cuts `austin texas` and `albany new york` before the place. A code alone, as in `reading me`, is taken for a word
/// unless the rest is a city.
fn split_place(name: &str) -> Option<Vec<&str>> {
    let spaces = name.match_indices(' ').map(|(at, _)| at);
    let cut = spaces.into_iter().find(|at| !places::named_or_coded(&name[at + 1..]).is_empty())?;
    Some(vec![&name[..cut], &name[cut + 1..]])
}
