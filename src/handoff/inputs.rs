//! Files that callers send to a person, and those that are not taken.

use crate::conversations::error::Error as FilesError;
use crate::conversations::files::{self, FileInput};
use crate::records::excerpt;
use hubspot_client::NewFile;

/// The types of files that are passed on: what a person looks at, and nothing that a program runs.
pub const TYPES: [&str; 9] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "text/csv",
    "audio/mpeg",
    "video/mp4",
];

/// A file that was not passed on, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedInput {
    /// Its name.
    pub name: String,
    /// The reason, for both sides.
    pub why: String,
}

/// Parts the files of a call into those that are passed on and those that are not.
pub fn parted(inputs: Vec<FileInput>) -> (Vec<NewFile>, Vec<RefusedInput>) {
    let (taken, others): (Vec<_>, Vec<_>) = inputs.into_iter().partition(|file| is_taken(&file.mime));
    let of_type = others.iter().map(|file| RefusedInput {
        name: excerpt::line(&file.name),
        why: format!("files of the type {} are not taken", excerpt::line(&file.mime)),
    });
    let mut refused: Vec<_> = of_type.collect();
    match files::read(&taken) {
        Ok(files) => (files, refused),
        Err(error) => {
            let why = match &error {
                FilesError::FilesTooLarge { max, .. } => format!("the files have more than {max} bytes together"),
                other => other.to_string(),
            };
            refused.extend(taken.iter().map(|file| RefusedInput { name: excerpt::line(&file.name), why: why.clone() }));
            (vec![], refused)
        }
    }
}

fn is_taken(mime: &str) -> bool {
    let kind = mime.split(';').next().unwrap_or_default().trim();
    TYPES.iter().any(|taken| taken.eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, mime: &str, base64: &str) -> FileInput {
        FileInput { name: name.into(), mime: mime.into(), base64: base64.into() }
    }

    #[test]
    fn files_of_other_types_and_sizes_are_named_with_the_reason() {
        let (taken, refused) = parted(vec![
            file("door.png", "Image/PNG", "aGVsbG8="),
            file("virus.exe", "application/x-msdownload", "aGVsbG8="),
        ]);
        assert_eq!(taken.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["door.png"]);
        assert_eq!(refused.len(), 1);
        assert!(refused[0].name == "virus.exe" && refused[0].why.contains("application/x-msdownload"), "{refused:?}");
        let large = "A".repeat(1_400_000);
        let (taken, refused) = parted(vec![file("a.png", "image/png", &large), file("b.png", "image/png", &large)]);
        assert!(taken.is_empty() && refused.len() == 2 && refused[1].why.contains("bytes"), "{refused:?}");
        let (taken, refused) = parted(vec![file("a.png", "image/png", "???")]);
        assert!(taken.is_empty() && refused[0].why.contains("Base64"), "{refused:?}");
    }
}
