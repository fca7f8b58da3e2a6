//! The one zone that a name means: a whole name, or parts that have to agree, such as a city and its country.

use super::iana::{REGIONS, ZoneName};
use super::rules::ZoneRules;
use super::{clocks, named, nearest, offset, places, spelling, times, windows};

/// Returns the zone, or those that may be meant.
pub(super) fn of(words: &str, rules: ZoneRules) -> Result<ZoneName, Vec<ZoneName>> {
    let Some(name) = name_in(words) else { return Err(Vec::new()) };
    Reader { rules }.read(&name).unwrap_or_else(|| Err(near(&name)))
}

/// Returns the zone, if it is exactly one. Similar names, which take long to find, are not looked for.
pub(super) fn only(words: &str, rules: ZoneRules) -> Option<ZoneName> {
    Reader { rules }.read(&name_in(words)?)?.ok()
}

/// The words as a name; `None` for what is no name.
fn name_in(words: &str) -> Option<String> {
    let name = spelling::clean(words);
    (!spelling::is_placeholder(&name) && !is_a_word(words, &name)).then_some(name)
}

/// Abbreviations that are words of their own where they are not written in capitals: the west is no zone.
const WORDS_TOO: [&str; 1] = ["west"];

fn is_a_word(words: &str, name: &str) -> bool {
    WORDS_TOO.contains(&tidy(name).as_str()) && words.contains(|c: char| c.is_lowercase())
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
    if zones.len() == 1 || times::is_time(&name) { zones } else { Vec::new() }
}

fn tidy(name: &str) -> String {
    spelling::tidy(name, named::is_listed)
}

/// The most places that a question names beside the zone of an offset.
const PLACES_OF_OFFSET_MAX: usize = 3;

type Meaning = Result<ZoneName, Vec<ZoneName>>;

struct Reader {
    rules: ZoneRules,
}

/// The surroundings of a city.
struct Place {
    /// The zones of every place with the name or code.
    zones: Vec<ZoneName>,
    /// Those of the state of the US with the code.
    state: Vec<ZoneName>,
    /// Those of a town there that is read only with the place, such as one that shares a better known city's name.
    namesakes: Vec<ZoneName>,
    /// The zones of its states and provinces of several times that are not known to have the city.
    strange: Vec<ZoneName>,
}

impl Place {
    /// The zones of a town that is no known city. After a town, a code is that of a state of the US, unless customers are
    /// as likely to mean another place.
    fn of_unknown_town(self, code: &str) -> Vec<ZoneName> {
        match (self.namesakes, self.state) {
            (town, _) if !town.is_empty() => town,
            (_, state) if !state.is_empty() && !places::has_another_meaning(code) => state,
            _ => self.zones,
        }
    }
}

impl Reader {
    /// `None` if the name, or a part of it, is not known. Each step takes one kind of part away, so that brackets in
    /// brackets cost nothing.
    fn read(&self, name: &str) -> Option<Meaning> {
        self.labelled(name).or_else(|| self.unlabelled(name))
    }

    fn unlabelled(&self, name: &str) -> Option<Meaning> {
        let parts = || self.time_in_place(name).or_else(|| self.bracketed(name));
        self.known(name).or_else(parts).or_else(|| self.unbracketed(name))
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
        let open = || {
            let places = offset::places(seconds, self.rules);
            places.into_iter().take(PLACES_OF_OFFSET_MAX).chain(windows::also_other(name)).collect()
        };
        Some(offset::zone(seconds, self.rules).ok_or_else(open))
    }

    /// The zones that a name without parts stands for.
    fn whole(&self, name: &str) -> Vec<ZoneName> {
        let by_name = |name: &str| {
            let zones = named::zones(name);
            if zones.is_empty() { places::named(name) } else { zones }
        };
        let tidy = tidy(name);
        let zones = by_name(&tidy);
        if zones.is_empty() { by_name(&spelling::plain(&tidy)) } else { zones }
    }

    /// Reads `(UTC-05:00) Eastern Time (US & Canada)` and `(GMT+01:00) Berlin, Rome`, as Windows and web forms label
    /// zones. Of the listed cities those count that have the offset.
    fn labelled(&self, name: &str) -> Option<Meaning> {
        let (offset, rest) = split_label(name)?;
        let listed = || -> Vec<ZoneName> { rest.split(',').flat_map(|city| self.whole(city.trim())).collect() };
        let zones: Vec<ZoneName> = match (self.unlabelled(rest), listed()) {
            (Some(Ok(zone)), _) => vec![zone],
            (Some(Err(zones)), listed) if listed.is_empty() => zones,
            (_, listed) => listed,
        };
        let shown = match rest.contains(',') {
            true => self.with_offset(&zones, offset),
            false => self.of_place_with_offset(rest, &zones, offset),
        };
        match (zones.is_empty(), shown.is_empty()) {
            (true, _) => None,
            (_, true) => Some(Err(self.apart(zones))),
            _ => Some(self.one_of(shown)),
        }
    }

    /// Reads `Central Time (Mexico)`, `EST, Jamaica` and `Phoenix MST`: the place decides, among its zones that keep the
    /// time in winter.
    fn time_in_place(&self, name: &str) -> Option<Meaning> {
        let parts = times::splits(name).into_iter().find_map(|(time, place, codes)| {
            let zones = if codes { self.place(place) } else { self.place_or_time(place) };
            let times = named::zones(&tidy(time));
            let both = !zones.is_empty() && !times.is_empty() && !times::may_be_a_time(place);
            both.then_some((time, place, zones, times))
        });
        let (time, place, zones, times) = parts?;
        if let Some(zone) = times::windows_name(time, place).and_then(|name| windows::zone(&name)) {
            return Some(Ok(zone));
        }
        let winters = |zone: &ZoneName| clocks::winter_offsets(self.rules.clock(*zone));
        let meant: Vec<i32> = times.iter().flat_map(winters).collect();
        let kept: Vec<ZoneName> =
            zones.iter().copied().filter(|zone| winters(zone).iter().any(|offset| meant.contains(offset))).collect();
        let is_shared = self.apart(zones.clone()).len() == 1 || !self.agreed(&zones, &times).is_empty();
        if kept.is_empty() || !is_shared {
            return Some(Err(self.apart(zones)));
        }
        let is_country_or_state = !places::named_or_coded(&tidy(place)).is_empty();
        Some(match (among(&kept, &times), kept.first()) {
            (own, _) if !own.is_empty() && is_country_or_state => self.one_of(own),
            (_, Some(usual)) if is_country_or_state && !self.agreed(&[*usual], &times).is_empty() => Ok(*usual),
            _ => self.one_of(kept),
        })
    }

    /// Reads `Asia/Kolkata (IST)`, `Eastern Time (UTC-5)` and `Eastern Time - New York`: both parts have to agree.
    fn bracketed(&self, name: &str) -> Option<Meaning> {
        let (first, second) = split_brackets(name)?;
        // Of `UTC+5:30 (IST)` the zone is the name that counts.
        let (outside, inside) = match (offset::seconds_east(first.trim()), offset::seconds_east(second.trim())) {
            (Some(_), None) => (second.trim(), first.trim()),
            _ => (first.trim(), second.trim()),
        };
        if !times::may_be_a_time(inside)
            && !places::named_or_coded(&tidy(inside)).is_empty()
            && let Some(meaning) = self.in_place(&format!("{outside}, {inside}"))
        {
            return Some(meaning);
        }
        let zones = match self.unbracketed(outside)? {
            Ok(zone) => vec![zone],
            Err(zones) => zones,
        };
        let agreed = match offset::seconds_east(inside) {
            Some(offset) => self.of_place_with_offset(outside, &zones, offset),
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
        let [city, codes @ ..] = &parts[..] else { return None };
        let around: Vec<Vec<ZoneName>> = codes.iter().map(|place| self.place(place)).collect();
        let first = around.first().filter(|_| around.iter().all(|zones| !zones.is_empty()))?;
        let within = |zones: Vec<ZoneName>| around.iter().fold(zones, |zones, other| self.agreed(&zones, other));
        let further =
            |zones| around.iter().skip(1).fold(zones, |zones: Vec<ZoneName>, other| self.agreed(&zones, other));
        let code = codes.first().map(|code| tidy(code)).unwrap_or_default();
        let town = spelling::plain(&tidy(city));
        let place = Place {
            strange: self.strange(&town, &code),
            zones: within(first.clone()),
            state: if named::may_be_a_time(city) { Vec::new() } else { within(places::state(&code)) },
            // Of the land of the Navajo, Arizona's zone is not the right one.
            namesakes: further(named::namesakes(&town, &code)),
        };
        let is_name = city.chars().all(|c| c.is_alphabetic() || " .'-".contains(c));
        match (self.whole(city), is_name) {
            (known, _) if !known.is_empty() => Some(match self.city_in(&known, &place) {
                // A word can be a code, as in `london ok`: without a comma it does not make the city another one.
                Ok(zone) if name.contains(',') || !among(&[zone], &known).is_empty() => Ok(zone),
                Ok(zone) => Err(self.apart([vec![zone], known].concat())),
                Err(zones) if name.contains(',') => Err(zones),
                Err(zones) => Err(self.apart([known, zones].concat())),
            }),
            (_, true) if name.contains(',') => Some(self.one_of(place.of_unknown_town(&code))),
            _ => None,
        }
    }

    /// The zone of a city that is known, which lies in the place or shares its name with a town there: `Athens, GA`.
    /// After a city, a code is that of a state of the US rather than that of a country without this city; a city whose
    /// clocks differ from the state's is not in it.
    fn city_in(&self, known: &[ZoneName], place: &Place) -> Meaning {
        let Place { zones, state, namesakes, strange } = place;
        let mut lying = if state.is_empty() { self.lying_in(zones, known) } else { among(known, zones) };
        lying.retain(|zone| among(&[*zone], strange).is_empty());
        if !lying.is_empty() {
            return self.one_of([&namesakes[..], &lying].concat());
        }
        let is_apart = namesakes.is_empty() && self.agreed(state, known).is_empty();
        let elsewhere = if is_apart || !among(namesakes, state).is_empty() { &[] } else { &state[..] };
        match [elsewhere, namesakes].concat() {
            none if none.is_empty() && state.is_empty() => Err(self.apart([&zones[..], known].concat())),
            none if none.is_empty() => Err(self.apart([&state[..], known].concat())),
            meant => self.one_of(meant),
        }
    }

    /// The zones of the states with a name or code that have several times and are not known to have the town.
    fn strange(&self, town: &str, state: &str) -> Vec<ZoneName> {
        let parts = places::parts(state).filter(|part| !part.has(town));
        let divided = parts.filter(|part| self.apart(part.zones.clone()).len() > 1);
        divided.flat_map(|part| part.zones.iter().copied()).collect()
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

    /// Those of `zones` that have the offset in a part of the year, or else had it under older laws.
    fn with_offset(&self, zones: &[ZoneName], offset: i32) -> Vec<ZoneName> {
        let now = |zone: &ZoneName| self.rules.clocks().offsets(*zone).contains(&offset);
        let before = |zone: &ZoneName| clocks::had_offset(self.rules.clock(*zone), offset);
        let shown: Vec<ZoneName> = zones.iter().copied().filter(now).collect();
        if shown.is_empty() { zones.iter().copied().filter(before).collect() } else { shown }
    }

    /// Those of one place with an offset, and its usual zone if older laws gave it the offset: `(UTC-03:00) Greenland` was
    /// said of Nuuk, and Thule has the offset today.
    ///
    /// Labels name IANA's cities: Vancouver in one is not the town in Washington.
    fn of_place_with_offset(&self, name: &str, zones: &[ZoneName], offset: i32) -> Vec<ZoneName> {
        let city = named::iana_city(&spelling::plain(&tidy(name)));
        let of_city = self.with_offset(&among(zones, &city), offset);
        if !of_city.is_empty() {
            return of_city;
        }
        let usual = self.with_offset(&zones[..zones.len().min(1)], offset);
        [usual, self.with_offset(zones, offset)].concat()
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

/// Cuts the offset from `(utc+01:00) berlin` and `gmt+01:00 berlin`.
fn split_label(name: &str) -> Option<(i32, &str)> {
    let bracketed = name.strip_prefix('(').and_then(|name| name.split_once(')'));
    let (offset, rest) = match bracketed {
        Some((label, rest)) => (offset::seconds_east(label.trim())?, rest),
        None => {
            let (label, rest) = name.split_once(' ')?;
            (offset::signed_seconds_east(label)?, rest)
        }
    };
    Some((offset, rest.trim_start_matches([' ', '-', ':'])))
}

/// Cuts `asia/kolkata (ist)`, `eastern time - new york`, `asia/kolkata ist` and `tokyo utc+9` in two.
fn split_brackets(name: &str) -> Option<(&str, &str)> {
    let bracketed = name.strip_suffix(')').and_then(|name| name.rsplit_once('('));
    let after_name = || {
        let cuts = name.match_indices(' ').map(|(at, _)| (&name[..at], &name[at + 1..]));
        cuts.into_iter().find(|(zone, _)| ZoneName::parse(&zone.replace(' ', "_")).is_some_and(ZoneName::is_place))
    };
    let before_offset = || name.rsplit_once(' ').filter(|(_, last)| offset::signed_seconds_east(last).is_some());
    bracketed.or_else(|| name.rsplit_once(" - ")).or_else(after_name).or_else(before_offset)
}

/// Returns true if the words give an offset that none of the zones has or had.
pub(super) fn is_at_another_offset(words: &str, zones: &[ZoneName], rules: ZoneRules) -> bool {
    let name = spelling::clean(words);
    let parts = split_brackets(&name);
    let bracketed = || parts.and_then(|(one, other)| offset::seconds_east(other).or(offset::seconds_east(one)));
    let offset = split_label(&name).map(|(offset, _)| offset).or_else(bracketed);
    offset.is_some_and(|offset| Reader { rules }.with_offset(zones, offset).is_empty())
}

/// Cuts `austin texas` and `albany new york` before the place. A code alone, as in `reading me`, is taken for a word
/// unless the rest is a city.
fn split_place(name: &str) -> Option<Vec<&str>> {
    let spaces = name.match_indices(' ').map(|(at, _)| at);
    let cut = spaces.into_iter().find(|at| !places::named_or_coded(&name[at + 1..]).is_empty())?;
    Some(vec![&name[..cut], &name[cut + 1..]])
}
