//! Files that a message brings to the customer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Deserialize;

use super::error::Error;
use crate::records;
use crate::tool::Ctx;
use hubspot_client::NewFile;

/// The most bytes of the files of one message.
const BYTES_MAX: usize = 1_000_000;
/// The most files of one message.
const FILES_MAX: usize = 5;
/// The argument that holds the files.
const ARGUMENT: &str = "files";
/// The scope of HubSpot's token for files: without it none is sent, and those of others are shown without their names.
pub const SCOPE: &str = "files";

/// A file of a call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileInput {
    /// The name with its ending, for example `manual.pdf`.
    #[schemars(length(min = 1, max = 255))]
    pub name: String,
    /// The media type, for example `application/pdf`.
    #[schemars(length(min = 3, max = 255))]
    pub mime: String,
    /// The content.
    #[schemars(length(max = 1_400_000))]
    pub base64: String,
}

/// Reads the files of a call.
pub fn read(inputs: &[FileInput]) -> Result<Vec<NewFile>, Error> {
    if inputs.len() > FILES_MAX {
        return Err(refused(format!("at most {FILES_MAX} can be sent with one message")));
    }
    let files = inputs.iter().map(file).collect::<Result<Vec<_>, _>>()?;
    match files.iter().map(|file| file.content.len()).sum() {
        bytes if bytes > BYTES_MAX => Err(Error::FilesTooLarge { bytes, max: BYTES_MAX }),
        _ => Ok(files),
    }
}

/// Stores the files in HubSpot; returns their ids.
pub async fn upload(ctx: &Ctx, files: &[NewFile]) -> Result<Vec<String>, Error> {
    let mut ids = vec![];
    for file in files {
        ids.push(ctx.hubspot.conversations().upload(file).await?);
    }
    Ok(ids)
}

fn file(input: &FileInput) -> Result<NewFile, Error> {
    let name = input.name.trim();
    if name.is_empty() || name.contains(['/', '\\']) || name.chars().any(char::is_control) {
        return Err(refused("a `name` must be a file name without a folder, such as `manual.pdf`"));
    }
    if !is_media_type(&input.mime) {
        return Err(refused("a `mime` must be a media type, such as `application/pdf`"));
    }
    let text: String = input.base64.split_whitespace().collect();
    let content = STANDARD.decode(text).map_err(|_| refused("a `base64` must be standard Base64 with its padding"))?;
    if content.is_empty() {
        return Err(refused("a file is empty"));
    }
    Ok(NewFile { name: name.to_owned(), mime: input.mime.clone(), content: content.into() })
}

/// True for `type/subtype` of the letters that such names have (RFC 6838, section 4.2).
fn is_media_type(mime: &str) -> bool {
    let is_name = |name: &str| {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) && name.bytes().all(is_sign)
    };
    mime.split_once('/').is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}

fn refused(problem: impl Into<String>) -> Error {
    records::error::Error::argument(ARGUMENT, problem).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, mime: &str, base64: &str) -> FileInput {
        FileInput { name: name.into(), mime: mime.into(), base64: base64.into() }
    }

    #[test]
    fn a_file_is_read_or_refused_with_its_reason() {
        let read_one = |name: &str, mime: &str, base64: &str| read(&[input(name, mime, base64)]);
        assert_eq!(read_one("a.txt", "text/plain", "aGVs\nbG8=").unwrap()[0].content, "hello");
        for (name, mime, base64, part) in [
            ("../a.txt", "text/plain", "aGVsbG8=", "folder"),
            (" ", "text/plain", "aGVsbG8=", "file name"),
            ("a\r\nb", "text/plain", "aGVsbG8=", "file name"),
            ("a.txt", "text", "aGVsbG8=", "media type"),
            ("a.txt", "text/plain\r\nx: y", "aGVsbG8=", "media type"),
            ("a.txt", "text/plain", "aGVsbG8", "padding"),
            ("a.txt", "text/plain", "", "empty"),
        ] {
            let refused = read_one(name, mime, base64).unwrap_err().to_string();
            assert!(refused.contains(part), "{name} {mime}: {refused}");
        }
    }

    #[test]
    fn files_are_few_and_small() {
        let large = STANDARD.encode(vec![7; BYTES_MAX / 2 + 1]);
        let files = || input("a.bin", "application/octet-stream", &large);
        assert!(read(&[files()]).is_ok());
        let refused = read(&[files(), files()]).unwrap_err();
        assert_eq!(refused, Error::FilesTooLarge { bytes: BYTES_MAX + 2, max: BYTES_MAX });
        assert!(read(&(0..=FILES_MAX).map(|_| input("a", "a/b", "aGVsbG8=")).collect::<Vec<_>>()).is_err());
    }
}
