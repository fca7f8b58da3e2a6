//! Opens Office Open XML files: ZIP archives whose parts are found by relations (ECMA-376, part 2).

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};
use zip::{ZipArchive, result::ZipError};

use super::parsed::ParseError;

/// The most bytes that a part of the archive may unpack to, and all parts that are read together.
const PART_BYTES_MAX: u64 = 50_000_000;
const ALL_BYTES_MAX: u64 = 150_000_000;

/// The first bytes of files of the older Office formats. A file with a password is put into one of them.
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// The name of the stream that holds an encrypted package ([MS-OFFCRYPTO], section 2.3.4.4), as it is written there.
const ENCRYPTED_STREAM: &str = "EncryptedPackage";

/// The relations of the whole file.
const ROOT_RELATIONS: &str = "_rels/.rels";

/// An open file.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    bytes_left: u64,
}

/// A relation of one part to another.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The last part of its type, such as `officeDocument`.
    pub(super) kind: String,
    /// The name of the part in the archive.
    pub(super) target: String,
}

/// Returns the first of some folders that an archive has parts in.
pub(super) fn folder<'f>(bytes: &[u8], folders: &[&'f str]) -> Option<&'f str> {
    let archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let has = |folder: &&&str| archive.file_names().flatten().any(|name| name.starts_with(**folder));
    folders.iter().find(has).copied()
}

impl<'a> Package<'a> {
    /// Opens the archive.
    ///
    /// # Errors
    /// If the file has a password, is of an older format, or is no archive.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Package<'a>, ParseError> {
        if bytes.starts_with(COMPOUND_FILE) {
            let name: Vec<u8> = ENCRYPTED_STREAM.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let is_encrypted = bytes.windows(name.len()).any(|window| window == name);
            let older = || malformed("it is of an older Office format; save it in the newer one");
            return Err(if is_encrypted { ParseError::Encrypted } else { older() });
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|cause| match cause {
            ZipError::InvalidArchive(_) => malformed("it is no whole ZIP archive"),
            other => malformed(other),
        })?;
        Ok(Package { archive, bytes_left: ALL_BYTES_MAX })
    }

    /// Returns the part that the relations of the whole file name as its document.
    ///
    /// # Errors
    /// If there is no such part.
    pub(super) fn main_part(&mut self) -> Result<String, ParseError> {
        if self.part(ROOT_RELATIONS) == Err(ParseError::Encrypted) {
            return Err(ParseError::Encrypted);
        }
        let main = self.relations("").into_values().find(|relation| relation.kind == "officeDocument");
        main.map(|relation| relation.target).ok_or_else(|| malformed("it names no document"))
    }

    /// Returns the relations of a part by their id; the part `` is the whole file.
    pub(super) fn relations(&mut self, part: &str) -> HashMap<String, Relation> {
        let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
        let slash = if folder.is_empty() { "" } else { "/" };
        let xml = self.part(&format!("{folder}{slash}_rels/{name}.rels")).unwrap_or_default();
        let mut relations = HashMap::new();
        let mut reader = Reader::from_str(&xml);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "Relationship" => {
                    let given = |name| attribute(&element, name).unwrap_or_default();
                    if given("TargetMode") != "External" {
                        let kind = given("Type").rsplit('/').next().unwrap_or_default().to_owned();
                        relations.insert(given("Id"), Relation { kind, target: resolve(folder, &given("Target")) });
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        relations
    }

    /// Unpacks one part.
    ///
    /// # Errors
    /// If it is missing, damaged, encrypted or too large.
    pub(super) fn part(&mut self, name: &str) -> Result<String, ParseError> {
        let most = PART_BYTES_MAX.min(self.bytes_left);
        let part = self.archive.by_name(name).map_err(|cause| match cause {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ParseError::Encrypted,
            other => malformed(format_args!("`{name}`: {other}")),
        })?;
        let mut xml = Vec::new();
        part.take(most + 1).read_to_end(&mut xml).map_err(malformed)?;
        if xml.len() as u64 > most {
            return Err(ParseError::PartTooLarge(most));
        }
        self.bytes_left -= xml.len() as u64;
        Ok(super::encoding::decode(&xml, None))
    }
}

/// Resolves the target of a relation, which is relative to the folder of its part unless it begins with `/`.
fn resolve(folder: &str, target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

pub(super) fn malformed(cause: impl std::fmt::Display) -> ParseError {
    ParseError::Malformed(cause.to_string())
}

pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = quick_xml::escape::unescape(&found.value).map(|value| value.into_owned());
    Some(value.unwrap_or_else(|_| found.value.clone().into_owned()))
}

/// Returns true unless a switch is turned off by its value.
pub(super) fn is_on(element: &BytesStart<'_>) -> bool {
    !attribute(element, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false" | "off" | "none"))
}

/// Resolves a reference such as `&amp;`, to nothing if it is not known.
pub(crate) fn entity(name: &BytesRef<'_>) -> String {
    match name.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => quick_xml::escape::resolve_predefined_entity(&name.xml10_content()).unwrap_or_default().to_owned(),
    }
}

/// Returns the title in the properties of the document.
pub(super) fn core_title(package: &mut Package<'_>) -> Option<String> {
    let xml = package.part("docProps/core.xml").ok()?;
    let (_, after) = xml.split_once("<dc:title>")?;
    let (title, _) = after.split_once("</dc:title>")?;
    let title = quick_xml::escape::unescape(title).ok()?.trim().to_owned();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    /// Packs an archive with relations to the part `main`.
    pub(in crate::format) fn packed(main: &str, parts: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let relations = format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"http://x/relationships/officeDocument\" Target=\"{main}\"/></Relationships>"
        );
        for (name, xml) in [("_rels/.rels", relations.as_str())].iter().chain(parts) {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(xml.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn targets_of_relations_are_resolved() {
        for (folder, target, expected) in [
            ("", "word/document2.xml", "word/document2.xml"),
            ("word", "header1.xml", "word/header1.xml"),
            ("ppt/slides", "../media/a.xml", "ppt/media/a.xml"),
            ("word", "/word/styles.xml", "word/styles.xml"),
        ] {
            assert_eq!(resolve(folder, target), expected);
        }
    }

    #[test]
    fn passwords_and_older_formats_have_their_own_words() {
        let secret: Vec<u8> = ENCRYPTED_STREAM.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Package::open(&[COMPOUND_FILE, &secret].concat()).err(), Some(ParseError::Encrypted));
        for other in [COMPOUND_FILE, b"PK\x03\x04nonsense", b""] {
            assert!(matches!(Package::open(other).err(), Some(ParseError::Malformed(_))));
        }
    }

    #[test]
    fn a_part_that_unpacks_to_too_many_bytes_is_rejected() {
        let bomb = " ".repeat(PART_BYTES_MAX as usize + 1);
        let file = packed("a.xml", &[("a.xml", &bomb)]);
        assert!(file.len() < 1_000_000);
        let why = Package::open(&file).unwrap().part("a.xml").unwrap_err();
        assert!(why.to_string().contains("unpacks to more"), "{why}");
        assert_eq!(why.kind(), crate::report::FailureKind::Limit);
    }
}
