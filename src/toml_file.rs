//! Files of settings (TOML), read with the line of what is wrong in them: hours, chat page, autopilot, look-ups.

use std::fmt::Display;

use serde::de::DeserializeOwned;
use toml::Spanned;

/// The longest file.
pub const BYTES_MAX: usize = 64 * 1024;

/// A file of settings that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFile {
    /// It is no TOML, or has other keys. The text names the line.
    #[error("{0}")]
    Unreadable(String),
    /// It is too large.
    #[error("it has more than {BYTES_MAX} bytes")]
    TooLarge,
    /// A value out of its range, or one that contradicts another.
    #[error("line {line}: {problem}")]
    Value {
        /// Line of the value, from 1.
        line: usize,
        /// Reason, in plain words.
        problem: String,
    },
}

/// The text of a file, by which the lines of its values are known.
#[derive(Clone, Copy, Debug)]
pub struct TomlFile<'a>(&'a str);

impl<'a> TomlFile<'a> {
    /// Reads the text into the shape of the file.
    ///
    /// # Errors
    /// [`InvalidFile`], with the line that is not of this shape.
    pub fn read<Shape: DeserializeOwned>(text: &'a str) -> Result<(Shape, TomlFile<'a>), InvalidFile> {
        if text.len() > BYTES_MAX {
            return Err(InvalidFile::TooLarge);
        }
        let shape = toml::from_str(text).map_err(|error| InvalidFile::Unreadable(error.to_string()))?;
        Ok((shape, TomlFile(text)))
    }

    /// The line of a value, from 1.
    pub fn line<T>(self, value: &Spanned<T>) -> usize {
        let before = self.0.get(..value.span().start).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    /// The error of a value: its line, and why it cannot be used.
    pub fn invalid<T>(self, value: &Spanned<T>, problem: impl Display) -> InvalidFile {
        InvalidFile::Value { line: self.line(value), problem: problem.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shape {
        name: Spanned<String>,
    }

    fn read(text: &str) -> Result<(Shape, TomlFile<'_>), InvalidFile> {
        TomlFile::read(text)
    }

    #[test]
    fn the_error_of_a_value_names_its_line() {
        let (shape, file) = read("# é\n\nname = 'x'").unwrap();
        let expected = InvalidFile::Value { line: 3, problem: "no".to_owned() };
        assert_eq!(file.invalid(&shape.name, "no"), expected);
        assert_eq!(expected.to_string(), "line 3: no");
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        let unknown = read("name = 'x'\nnom = 'y'").err().unwrap().to_string();
        assert!(unknown.contains("line 2") && unknown.contains("nom"), "{unknown}");
        assert_eq!(read(&"#".repeat(BYTES_MAX + 1)).err(), Some(InvalidFile::TooLarge));
    }
}
