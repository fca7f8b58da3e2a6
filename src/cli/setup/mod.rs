//! `frontdesk setup`: writes this server into the configuration of an MCP client and leaves everything else unchanged.

pub mod clients;
pub mod merge;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::config::SetupSettings;
use clients::{Machine, Secret};
use merge::{ConfigEntry, Foreign};

/// The longest file that is read as a configuration.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most backups of one file.
const BACKUPS_MAX: usize = 999;
/// The longest name that clients accept.
const NAME_CHARACTERS_MAX: usize = 64;

/// The reason why the configuration was not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name of the server is not valid.
    #[error("`{0}` is not a server's name: expected 1 to 64 letters, digits, `_` and `-`")]
    Name(String),
    /// The client has no configuration per project.
    #[error("Claude Desktop has no configuration of a project: leave out `--project`")]
    NoProject,
    /// A path of the machine is unknown.
    #[error("the path of this program or of the person's home folder cannot be told")]
    Machine,
    /// The file cannot be merged.
    #[error("`{0}` was left as it is: {1}")]
    Refused(PathBuf, merge::Error),
    /// The file was changed at the same time.
    #[error("`{0}` was left as it is: it was changed by somebody else just now; try again")]
    Changed(PathBuf),
    /// The project's file is a link to somewhere else, which may be anybody's file.
    #[error("`{0}` was left as it is: it is a link that leads out of the project; name the file itself with `--file`")]
    OutOfProject(PathBuf),
    /// There are too many backups.
    #[error("`{0}` was left as it is: there are already {BACKUPS_MAX} copies beside it")]
    Backups(PathBuf),
    /// The file cannot be read or written.
    #[error("`{0}`: {1}")]
    File(PathBuf, io::Error),
}

/// Writes the configuration, or shows it with `dry_run`, and prints on `out` what was done and the next step.
///
/// `secret` is the one that the server needs for HubSpot; none for the embedded one.
pub fn run(
    settings: &SetupSettings,
    secret: Option<Secret>,
    machine: &Machine,
    out: &mut impl Write,
) -> Result<(), Error> {
    if !is_name(&settings.name) {
        return Err(Error::Name(settings.name.clone()));
    }
    let client = settings.client;
    let file =
        settings.file.clone().or_else(|| clients::file(client, settings.project, machine)).ok_or(Error::NoProject)?;
    let arguments = arguments(settings, secret.is_none());
    let entry = clients::entry(client, &settings.name, &machine.program, &arguments, secret);
    let mut entry = entry.ok_or(Error::Machine)?;
    entry.foreign = match (settings.keep_env, settings.project) {
        (true, _) => Foreign::Keep,
        (false, true) => Foreign::Replace,
        (false, false) => Foreign::Remove,
    };
    let real = real_file(&file, settings.project.then_some(machine.folder.as_path()))?;
    let foreign = foreign_in(&real, &entry);
    let said = match settings.dry_run {
        true => format!("This would go into {}:\n{:#}\n", file.display(), alone(&entry)),
        false => write(&file, &real, &entry, clients::dialect(client))?.said(&settings.name, &file),
    };
    let said = said + &foreign_said(&foreign, entry.foreign, settings.dry_run);
    let next = clients::next_step(client, secret);
    writeln!(out, "{said}{next}").map_err(|error| Error::File(PathBuf::from("standard output"), error))
}

fn arguments(settings: &SetupSettings, sandbox: bool) -> Vec<String> {
    let flag = sandbox.then(|| "--sandbox".to_owned());
    ["stdio".to_owned()].into_iter().chain(flag).chain(settings.arguments.iter().cloned()).collect()
}

fn is_name(name: &str) -> bool {
    (1..=NAME_CHARACTERS_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The entry in a file of its own. A dry run shows this, so that no other server's secrets reach the terminal.
fn alone(entry: &ConfigEntry) -> serde_json::Value {
    let text = merge::merged("", entry, merge::Dialect::Json).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The outcome for the file.
enum FileOutcome {
    Created,
    Changed { backup: PathBuf },
    WasThere,
}

impl FileOutcome {
    fn said(&self, name: &str, file: &Path) -> String {
        let file = file.display();
        match self {
            FileOutcome::Created => format!("Wrote `{name}` into the new file {file}.\n"),
            FileOutcome::Changed { backup } => {
                format!("Wrote `{name}` into {file}; the file as it was is {}.\n", backup.display())
            }
            FileOutcome::WasThere => format!("`{name}` stands in {file} already; nothing was changed.\n"),
        }
    }
}

/// The file behind symbolic links, so that a link stays one. Links are refused that lead out of `project`, or to nothing:
/// a repository of somebody else's can hold them.
fn real_file(file: &Path, project: Option<&Path>) -> Result<PathBuf, Error> {
    let Some(project) = project else { return Ok(fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())) };
    let out = || Error::OutOfProject(file.to_owned());
    let project = fs::canonicalize(project).map_err(|error| Error::File(project.to_owned(), error))?;
    let is_inside = |path: &Path| fs::canonicalize(path).is_ok_and(|real| real.starts_with(&project));
    match (fs::symlink_metadata(file), fs::canonicalize(file)) {
        (Ok(_), Ok(real)) if real.starts_with(&project) => Ok(real),
        (Ok(_), _) => Err(out()),
        // A new file: the nearest folder that exists decides.
        (Err(_), _) => match file.ancestors().skip(1).find(|folder| fs::symlink_metadata(folder).is_ok()) {
            Some(folder) if is_inside(folder) => Ok(file.to_owned()),
            _ => Err(out()),
        },
    }
}

/// The foreign variables of the entry as it is; a file that cannot be read is reported when it is written.
fn foreign_in(real: &Path, entry: &ConfigEntry) -> Vec<String> {
    let text = read(real).ok().flatten().unwrap_or_default();
    merge::foreign_variables(&text, entry)
}

fn foreign_said(names: &[String], treatment: Foreign, dry_run: bool) -> String {
    if names.is_empty() {
        return String::new();
    }
    let names = names.join(", ");
    match (treatment, dry_run) {
        (Foreign::Keep, _) => format!("Its entry keeps what this program did not write: {names}.\n"),
        (_, false) => format!(
            "Removed what this program did not write: {names}. If it is yours, --keep-env keeps it; the copy has the \
             values.\n"
        ),
        (_, true) => format!("It would remove what this program did not write (--keep-env keeps it): {names}.\n"),
    }
}

fn write(file: &Path, real: &Path, entry: &ConfigEntry, dialect: merge::Dialect) -> Result<FileOutcome, Error> {
    let before = read(real)?;
    let text = before.as_deref().unwrap_or_default();
    let after = merge::merged(text, entry, dialect).map_err(|problem| Error::Refused(file.to_owned(), problem))?;
    if before.as_deref() == Some(&after) {
        return Ok(FileOutcome::WasThere);
    }
    let done = match before.is_some() {
        true => FileOutcome::Changed { backup: back_up(real, text)? },
        false => FileOutcome::Created,
    };
    replace(real, &after, before.as_deref())?;
    Ok(done)
}

/// `None` where there is no such file.
fn read(file: &Path) -> Result<Option<String>, Error> {
    let failed = |error| Error::File(file.to_owned(), error);
    // The opening of a pipe would wait for somebody who writes to it.
    if fs::metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err(failed(io::Error::other("it is no regular file")));
    }
    let opened = match fs::File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    let length = opened.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(failed)?;
    match length as u64 > FILE_BYTES_MAX {
        true => Err(failed(io::Error::other(format!("it is longer than {FILE_BYTES_MAX} bytes")))),
        false => Ok(Some(text)),
    }
}

/// Writes the text into the first free name beside the file. Nothing is overwritten and no link is followed, also none that
/// leads to a file which does not exist yet.
fn back_up(file: &Path, text: &str) -> Result<PathBuf, Error> {
    for number in 1..=BACKUPS_MAX {
        let backup = with_ending(file, &format!(".backup-{number}"));
        match write_private(&backup, text) {
            Ok(_) => return Ok(backup),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::File(backup, error)),
        }
    }
    Err(Error::Backups(file.to_owned()))
}

/// Replaces the file in one step, so that a client never reads half of it.
fn replace(file: &Path, text: &str, before: Option<&str>) -> Result<(), Error> {
    let failed = |error| Error::File(file.to_owned(), error);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let new = with_ending(file, &format!(".new-{}", std::process::id()));
    let written = write_new(&new, text, file).and_then(|()| match read(file) {
        Ok(now) if now.as_deref() == before => fs::rename(&new, file),
        _ => Err(io::ErrorKind::ResourceBusy.into()),
    });
    written.map_err(|error| {
        // Removes the incomplete file.
        let _ = fs::remove_file(&new);
        match error.kind() {
            io::ErrorKind::ResourceBusy => Error::Changed(file.to_owned()),
            _ => failed(error),
        }
    })
}

/// Creates a file with mode 0600, which must not exist, also not as a link to nothing.
fn write_private(new: &Path, text: &str) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(new)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// Creates the file with the permissions of the one it replaces, or 0600.
fn write_new(new: &Path, text: &str, model: &Path) -> io::Result<()> {
    let file = write_private(new, text)?;
    if let Ok(known) = fs::metadata(model) {
        fs::set_permissions(new, known.permissions())?;
    }
    file.sync_all()
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
