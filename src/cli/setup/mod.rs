//! `frontdesk setup`: writes this server into the configuration of an MCP client and leaves everything else unchanged.

pub mod clients;
pub mod merge;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::config::SetupSettings;
use clients::Machine;
use merge::Entry;

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
    /// There are too many backups.
    #[error("`{0}` was left as it is: there are already {BACKUPS_MAX} copies beside it")]
    Backups(PathBuf),
    /// The file cannot be read or written.
    #[error("`{0}`: {1}")]
    File(PathBuf, io::Error),
}

/// Writes the configuration, or shows it with `dry_run`, and prints on `out` what was done and the next step.
pub fn run(settings: &SetupSettings, sandbox: bool, machine: &Machine, out: &mut impl Write) -> Result<(), Error> {
    if !is_name(&settings.name) {
        return Err(Error::Name(settings.name.clone()));
    }
    let client = settings.client;
    let file =
        settings.file.clone().or_else(|| clients::file(client, settings.project, machine)).ok_or(Error::NoProject)?;
    let token = !sandbox;
    let entry = clients::entry(client, &settings.name, &machine.program, &arguments(settings, sandbox), token);
    let entry = entry.ok_or(Error::Machine)?;
    let said = match settings.dry_run {
        true => format!("This would go into {}:\n{:#}\n", file.display(), alone(&entry)),
        false => write(&file, &entry, clients::dialect(client))?.said(&settings.name, &file),
    };
    let next = clients::next_step(client, token);
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
fn alone(entry: &Entry) -> serde_json::Value {
    let text = merge::merged("", entry, merge::Dialect::Json).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// The outcome for the file.
enum Done {
    Created,
    Changed { backup: PathBuf },
    WasThere,
}

impl Done {
    fn said(&self, name: &str, file: &Path) -> String {
        let file = file.display();
        match self {
            Done::Created => format!("Wrote `{name}` into the new file {file}.\n"),
            Done::Changed { backup } => {
                format!("Wrote `{name}` into {file}; the file as it was is {}.\n", backup.display())
            }
            Done::WasThere => format!("`{name}` stands in {file} already; nothing was changed.\n"),
        }
    }
}

fn write(file: &Path, entry: &Entry, dialect: merge::Dialect) -> Result<Done, Error> {
    // A symbolic link is followed, so that it stays a link.
    let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let before = read(&real)?;
    let text = before.as_deref().unwrap_or_default();
    let after = merge::merged(text, entry, dialect).map_err(|problem| Error::Refused(file.to_owned(), problem))?;
    if before.as_deref() == Some(&after) {
        return Ok(Done::WasThere);
    }
    let done = match before.is_some() {
        true => Done::Changed { backup: back_up(&real)? },
        false => Done::Created,
    };
    replace(&real, &after, before.as_deref())?;
    Ok(done)
}

/// `None` where there is no such file.
fn read(file: &Path) -> Result<Option<String>, Error> {
    let failed = |error| Error::File(file.to_owned(), error);
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

/// Copies the file to the first free name beside it; older backups are never overwritten.
fn back_up(file: &Path) -> Result<PathBuf, Error> {
    let beside = |number: usize| with_ending(file, &format!(".backup-{number}"));
    let free = (1..=BACKUPS_MAX).map(beside).find(|path| !path.exists());
    let backup = free.ok_or_else(|| Error::Backups(file.to_owned()))?;
    fs::copy(file, &backup).map_err(|error| Error::File(backup.clone(), error))?;
    Ok(backup)
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

/// Creates the file with the permissions of the one it replaces, or 0600.
fn write_new(new: &Path, text: &str, model: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(new)?;
    file.write_all(text.as_bytes())?;
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
