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
    Reader { rules }.read(&name).unwrap_or_else(|| Err(nearest::zones(&name)))
}

/// Returns the zone of the name of a time or a city that needs no other part.
pub(super) fn single(words: &str) -> Option<ZoneName> {
    match named::zones(&tidy(&spelling::clean(words)))[..] {
        [zone] => Some(zone),
        _ => None,
    }
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
        (!zones.is_empty()).then(|| self.one_of(zones))
    }

    /// The zones that a name without parts stands for.
    fn whole(&self, name: &str) -> Vec<ZoneName> {
        let tidy = tidy(name);
        let found = [named::zones(&tidy), offset::zones(name, self.rules)];
        found.into_iter().find(|zones| !zones.is_empty()).unwrap_or_else(|| places::named(&tidy))
    }

    /// Reads `(UTC-05:00) Eastern Time (US & Canada)` and `(GMT+01:00) Berlin, Rome`, as Windows and web forms label
    /// zones. Of the listed cities those count that have the offset.
    fn labelled(&self, name: &str) -> Option<Meaning> {
        let (label, rest) = name.strip_prefix('(')?.split_once(')')?;
        let offset = offset::seconds_east(label.trim())?;
        let rest = rest.trim();
        let listed = || rest.split(',').flat_map(|city| self.whole(city.trim())).collect();
        let zones: Vec<ZoneName> = match self.unlabelled(rest) {
            Some(Ok(zone)) => vec![zone],
            _ => listed(),
        };
        let shown = self.with_offset(&zones, offset);
        match (zones.is_empty(), shown.is_empty()) {
            (true, _) => None,
            (_, true) => Some(Err(self.apart(zones))),
            _ => Some(self.one_of(shown)),
        }
    }

    /// Reads `Asia/Kolkata (IST)` and `Eastern Time (UTC-5)`: both parts have to agree.
    fn bracketed(&self, name: &str) -> Option<Meaning> {
        let (outside, inside) = name.strip_suffix(')')?.rsplit_once('(')?;
        let (outside, inside) = (outside.trim(), inside.trim());
        let zones = match self.unbracketed(outside)? {
            Ok(zone) => vec![zone],
            Err(zones) => zones,
        };
        let agreed = match offset::seconds_east(inside) {
            Some(offset) => self.with_offset(&zones, offset),
            None => match windows::zone(inside) {
                Some(zone) => self.agreed(&zones, &[zone]),
                None => self.agreed(&zones, &self.whole(inside)),
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
