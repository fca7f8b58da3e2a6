//! Texts with the names of arguments in braces, such as `{name}`. Doubled braces stand for themselves.

use serde_json::{Map, Value};

/// A text in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Argument(String),
}

/// A brace without its other half, or without a name between the two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write arguments as `{{name}}`, and braces that stand for themselves as `{{{{` and `}}}}`")]
pub struct InvalidTemplate;

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// [`InvalidTemplate`].
    pub fn parse(text: &str) -> Result<Template, InvalidTemplate> {
        let (mut parts, mut plain, mut rest) = (vec![], String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let found = &rest[at..];
            if let Some(after) = found.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = found.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else {
                let inside = found.strip_prefix('{').ok_or(InvalidTemplate)?;
                let (name, after) = inside.split_once('}').ok_or(InvalidTemplate)?;
                if !is_name(name) {
                    return Err(InvalidTemplate);
                }
                parts.extend((!plain.is_empty()).then(|| Part::Text(std::mem::take(&mut plain))));
                parts.push(Part::Argument(name.to_owned()));
                rest = after;
            }
        }
        plain.push_str(rest);
        parts.extend((!plain.is_empty()).then_some(Part::Text(plain)));
        Ok(Template(parts))
    }

    /// The template with another form of the text around its arguments.
    pub fn with_text(self, change: impl Fn(&str) -> String) -> Template {
        let parts = self.0.into_iter().map(|part| match part {
            Part::Text(text) => Part::Text(change(&text)),
            argument @ Part::Argument(_) => argument,
        });
        Template(parts.collect())
    }

    /// Names of the arguments in it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Argument(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text with its arguments; `None` if one of them was not sent.
    pub fn filled(&self, arguments: &Map<String, Value>) -> Option<String> {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::Argument(name) => arguments.get(name).filter(|value| !value.is_null()).map(as_text),
        });
        parts.collect()
    }

    /// The value of a text that is nothing but one argument, with its type; else the text.
    pub fn value(&self, arguments: &Map<String, Value>) -> Option<Value> {
        match self.0.as_slice() {
            [Part::Argument(name)] => arguments.get(name).filter(|value| !value.is_null()).cloned(),
            _ => self.filled(arguments).map(Value::from),
        }
    }
}

/// True for a name of an argument or of a look-up: lower case letters, digits and underscores, a letter first.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arguments_are_filled_in_and_braces_can_stand_for_themselves() {
        let arguments = json!({"name": "Ōsaka & Co", "year": 2026, "gone": null});
        let arguments = arguments.as_object().unwrap();
        for (text, filled) in [
            ("plain", Some("plain")),
            ("{name}", Some("Ōsaka & Co")),
            ("a {name}, {year}", Some("a Ōsaka & Co, 2026")),
            ("{{name}}", Some("{name}")),
            ("{{{name}}}", Some("{Ōsaka & Co}")),
            ("{gone}", None),
            ("{other}", None),
            ("", Some("")),
        ] {
            assert_eq!(Template::parse(text).unwrap().filled(arguments).as_deref(), filled, "{text}");
        }
        assert_eq!(Template::parse("{year}").unwrap().value(arguments), Some(json!(2026)));
        assert_eq!(Template::parse("{year}!").unwrap().value(arguments), Some(json!("2026!")));
    }

    #[test]
    fn broken_braces_are_refused() {
        for text in ["{", "}", "{name", "name}", "{}", "{Name}", "{a b}", "{{{", "{1}"] {
            assert_eq!(Template::parse(text), Err(InvalidTemplate), "{text}");
        }
    }
}
