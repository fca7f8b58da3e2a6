//! The file of `--lookups` (TOML), read with the line of what is wrong in it.
//!
//! ```toml
//! [[lookup]]
//! name = "company_search"
//! title = "Search the company register"
//! description = "Searches the company register by name. Use it when a customer names a company."
//! url = "https://register.example/v1/companies?name={name}&country={country}"
//! headers = { Authorization = "Bearer ${REGISTER_KEY}" }
//! answer = { companies = "/results", total = "/total" }
//!
//! [lookup.arguments.name]
//! type = "text"
//! description = "Name of the company, or a part of it."
//! sample = "Acme"
//! ```

use std::collections::BTreeMap;
use std::time::Duration;

use domain::known_secrets;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;
use url::Url;

use crate::toml_file::{InvalidFile, TomlFile};

use super::lookup::{Argument, ArgumentKind, Lookup, OpenTo, UrlTemplate};
use super::template::{Template, is_name};

/// The most look-ups of a file, and the most arguments, answers and headers of one.
const LOOKUPS_MAX: usize = 20;
const PARTS_MAX: usize = 20;
const NAME_CHARACTERS_MAX: usize = 48;
const TITLE_CHARACTERS_MAX: usize = 80;
const DESCRIPTION_CHARACTERS_MAX: usize = 600;
/// The longest text of an argument, and the usual one.
const TEXT_CHARACTERS_MAX: i64 = 2_000;
const TEXT_CHARACTERS: i64 = 200;
const ITEMS_MAX: i64 = 50;
const ITEMS: i64 = 10;
const TIMEOUT_SECONDS_MAX: i64 = 30;
const TIMEOUT_SECONDS: i64 = 10;
const CACHED_SECONDS_MAX: i64 = 24 * 60 * 60;
const CALLS_PER_MINUTE_MAX: i64 = 600;
const CALLS_PER_MINUTE: i64 = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookupsFile {
    #[serde(default = "none")]
    lookup: Spanned<Vec<LookupInput>>,
}

fn none() -> Spanned<Vec<LookupInput>> {
    Spanned::new(0..0, vec![])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LookupInput {
    name: Spanned<String>,
    title: Spanned<String>,
    description: Spanned<String>,
    open_to: Option<Spanned<String>>,
    method: Option<Spanned<String>>,
    url: Spanned<String>,
    #[serde(default)]
    headers: BTreeMap<Spanned<String>, Spanned<String>>,
    body: Option<Spanned<Value>>,
    answer: BTreeMap<Spanned<String>, Spanned<String>>,
    items_max: Option<Spanned<i64>>,
    timeout_seconds: Option<Spanned<i64>>,
    cache_seconds: Option<Spanned<i64>>,
    calls_per_minute: Option<Spanned<i64>>,
    #[serde(default)]
    arguments: BTreeMap<Spanned<String>, ArgumentInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArgumentInput {
    r#type: Option<Spanned<String>>,
    one_of: Option<Spanned<Vec<String>>>,
    max_characters: Option<Spanned<i64>>,
    description: Spanned<String>,
    required: Option<bool>,
    sample: Option<Spanned<Value>>,
}

/// Reads the text of a file. `taken` are names of tools that the server has; `variable` reads the environment.
///
/// # Errors
/// [`InvalidFile`] with the line and the reason.
pub fn read(text: &str, taken: &[&str], variable: impl Fn(&str) -> Option<String>) -> Result<Vec<Lookup>, InvalidFile> {
    let (LookupsFile { lookup: inputs }, file) = TomlFile::read(text)?;
    let number = inputs.get_ref().len();
    if !(1..=LOOKUPS_MAX).contains(&number) {
        return Err(file.invalid(&inputs, format!("{number} look-ups are declared: from 1 to {LOOKUPS_MAX} can be")));
    }
    let reader = Reader { file, variable: &variable };
    let mut lookups: Vec<Lookup> = vec![];
    for input in inputs.into_inner() {
        let name = input.name.get_ref();
        if taken.contains(&name.as_str()) || lookups.iter().any(|other| other.name == *name) {
            return Err(reader.file.invalid(&input.name, format!("there is a tool `{name}` already")));
        }
        lookups.push(reader.lookup(&input)?);
    }
    Ok(lookups)
}

/// Reader of values that tells the line of each error.
struct Reader<'a> {
    file: TomlFile<'a>,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

type Read<T> = Result<T, InvalidFile>;

impl Reader<'_> {
    fn lookup(&self, input: &LookupInput) -> Read<Lookup> {
        let arguments = self.arguments(&input.arguments)?;
        let method = self.method(input)?;
        let url = self.url(&input.url, &arguments)?;
        if let Some(body) = &input.body {
            self.body(body, body.get_ref(), &arguments)?;
        }
        let lookup = Lookup {
            name: self.name(&input.name)?,
            title: self.words(&input.title, TITLE_CHARACTERS_MAX)?,
            description: self.words(&input.description, DESCRIPTION_CHARACTERS_MAX)?,
            open_to: self.open_to(input.open_to.as_ref())?,
            method,
            url,
            headers: self.headers(&input.headers)?,
            body: input.body.as_ref().map(|body| body.get_ref().clone()),
            answer: self.answer(input)?,
            items_max: self.number(input.items_max.as_ref(), ITEMS, 1..=ITEMS_MAX)? as usize,
            timeout: self.seconds(input.timeout_seconds.as_ref(), TIMEOUT_SECONDS, 1..=TIMEOUT_SECONDS_MAX)?,
            cached: self.seconds(input.cache_seconds.as_ref(), 0, 0..=CACHED_SECONDS_MAX)?,
            calls_per_minute: self.number(
                input.calls_per_minute.as_ref(),
                CALLS_PER_MINUTE,
                1..=CALLS_PER_MINUTE_MAX,
            )? as u32,
            arguments,
        };
        self.check_all_used(input, &lookup)?;
        Ok(lookup)
    }

    fn name(&self, name: &Spanned<String>) -> Read<String> {
        let text = name.get_ref();
        if !is_name(text) || text.len() > NAME_CHARACTERS_MAX {
            let problem = format!(
                "`{text}` is no name: lower case letters, digits and `_`, at most {NAME_CHARACTERS_MAX}, a letter first"
            );
            return Err(self.file.invalid(name, problem));
        }
        Ok(text.clone())
    }

    fn words(&self, words: &Spanned<String>, characters_max: usize) -> Read<String> {
        let text = words.get_ref().trim();
        match text.chars().count() {
            0 => Err(self.file.invalid(words, "it is empty")),
            count if count > characters_max => {
                Err(self.file.invalid(words, format!("it has {count} characters: at most {characters_max}")))
            }
            _ => Ok(text.to_owned()),
        }
    }

    fn open_to(&self, given: Option<&Spanned<String>>) -> Read<OpenTo> {
        let Some(given) = given else { return Ok(OpenTo::default()) };
        match given.get_ref().as_str() {
            "operators" => Ok(OpenTo::Operators),
            "customers" => Ok(OpenTo::Customers),
            other => Err(self.file.invalid(given, format!("`{other}`: write `operators` or `customers`"))),
        }
    }

    fn method(&self, input: &LookupInput) -> Read<Method> {
        let usual = if input.body.is_some() { Method::POST } else { Method::GET };
        let Some(given) = &input.method else { return Ok(usual) };
        match given.get_ref().as_str() {
            "GET" if input.body.is_some() => Err(self.file.invalid(given, "a `GET` has no body")),
            "GET" => Ok(Method::GET),
            "POST" => Ok(Method::POST),
            other => Err(self.file.invalid(given, format!("`{other}`: a look-up reads, by `GET` or `POST`"))),
        }
    }

    fn number(&self, given: Option<&Spanned<i64>>, usual: i64, allowed: std::ops::RangeInclusive<i64>) -> Read<i64> {
        let Some(given) = given else { return Ok(usual) };
        let number = *given.get_ref();
        if allowed.contains(&number) {
            return Ok(number);
        }
        Err(self.file.invalid(given, format!("{number} is not within {} and {}", allowed.start(), allowed.end())))
    }

    fn seconds(
        &self,
        given: Option<&Spanned<i64>>,
        usual: i64,
        allowed: std::ops::RangeInclusive<i64>,
    ) -> Read<Duration> {
        let seconds = self.number(given, usual, allowed)?;
        Ok(Duration::from_secs(seconds.unsigned_abs()))
    }

    fn arguments(&self, inputs: &BTreeMap<Spanned<String>, ArgumentInput>) -> Read<BTreeMap<String, Argument>> {
        if let Some((last, _)) = inputs.iter().nth(PARTS_MAX) {
            return Err(self.file.invalid(last, format!("a look-up has at most {PARTS_MAX} arguments")));
        }
        inputs.iter().map(|(name, input)| Ok((self.name(name)?, self.argument(name, input)?))).collect()
    }

    fn argument(&self, name: &Spanned<String>, input: &ArgumentInput) -> Read<Argument> {
        let named = input.r#type.as_ref();
        let characters = self.number(input.max_characters.as_ref(), TEXT_CHARACTERS, 1..=TEXT_CHARACTERS_MAX)?;
        let kind = match (named.map(|kind| kind.get_ref().as_str()), &input.one_of) {
            (None | Some("text"), Some(choices)) if choices.get_ref().is_empty() => {
                return Err(self.file.invalid(choices, "it names no choice"));
            }
            (None | Some("text"), Some(choices)) => ArgumentKind::Choice(choices.get_ref().clone()),
            (None | Some("text"), None) => ArgumentKind::Text(characters.unsigned_abs() as usize),
            (Some(_), Some(choices)) => return Err(self.file.invalid(choices, "only a text has choices")),
            (Some("whole"), None) => ArgumentKind::Whole,
            (Some("number"), None) => ArgumentKind::Number,
            (Some("flag"), None) => ArgumentKind::Flag,
            (Some(other), None) => {
                let problem = format!("`{other}`: write `text`, `whole`, `number` or `flag`");
                return Err(self.file.invalid(named.unwrap_or(name), problem));
            }
        };
        let sample = input.sample.as_ref().map(|sample| sample.get_ref().clone());
        if let Some((given, value)) = input.sample.as_ref().zip(sample.as_ref())
            && !kind.takes(value)
        {
            return Err(self.file.invalid(given, "the sample is no value of this argument"));
        }
        let description = self.words(&input.description, DESCRIPTION_CHARACTERS_MAX)?;
        Ok(Argument { kind, description, required: input.required.unwrap_or(true), sample })
    }

    fn url(&self, given: &Spanned<String>, arguments: &BTreeMap<String, Argument>) -> Read<UrlTemplate> {
        let text = given.get_ref();
        let Some((scheme, rest)) = text.split_once("://").filter(|(scheme, _)| *scheme == "https") else {
            return Err(self.file.invalid(given, "the address begins with `https://`"));
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        let origin = Url::parse(&format!("{scheme}://{authority}")).ok();
        let named = origin.filter(|origin| origin.username().is_empty() && origin.password().is_none());
        let is_plain = !authority.contains(['{', '}', '@', '%']);
        let Some(origin) = named.filter(|origin| is_plain && origin.host_str().is_some()) else {
            return Err(self.file.invalid(given, "the address names its host, without placeholders, name or password"));
        };
        if tail.contains('#') {
            return Err(self.file.invalid(given, "an address that is asked has no `#`"));
        }
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        let path = path.strip_prefix('/').unwrap_or(path);
        let path: Vec<Template> =
            path.split('/').map(|segment| self.template(given, segment, arguments)).collect::<Read<_>>()?;
        let optional = path.iter().flat_map(Template::names).find(|name| !arguments[*name].required);
        if let Some(name) = optional {
            return Err(self.file.invalid(given, format!("`{{{name}}}` stands in the path, so it is required")));
        }
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name), self.template(given, value, arguments)?))
        });
        Ok(UrlTemplate { origin: origin.origin().ascii_serialization(), path, query: query.collect::<Read<_>>()? })
    }

    fn template<T>(&self, at: &Spanned<T>, text: &str, arguments: &BTreeMap<String, Argument>) -> Read<Template> {
        let template = Template::parse(text).map_err(|error| self.file.invalid(at, error))?.with_text(decoded);
        let unknown = template.names().find(|name| !arguments.contains_key(*name)).map(str::to_owned);
        match unknown {
            Some(name) => {
                Err(self.file.invalid(at, format!("`{{{name}}}` is no argument: declare it below `arguments`")))
            }
            None => Ok(template),
        }
    }

    fn body(&self, at: &Spanned<Value>, value: &Value, arguments: &BTreeMap<String, Argument>) -> Read<()> {
        match value {
            Value::String(text) => {
                let template = Template::parse(text).map_err(|error| self.file.invalid(at, error))?;
                match template.names().find(|name| !arguments.contains_key(*name)) {
                    Some(unknown) => Err(self.file.invalid(at, format!("`{{{unknown}}}` is no argument"))),
                    None => Ok(()),
                }
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.body(at, item, arguments)),
            Value::Object(fields) => fields.values().try_for_each(|field| self.body(at, field, arguments)),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn headers(&self, given: &BTreeMap<Spanned<String>, Spanned<String>>) -> Read<HeaderMap> {
        if let Some((last, _)) = given.iter().nth(PARTS_MAX) {
            return Err(self.file.invalid(last, format!("a look-up has at most {PARTS_MAX} headers")));
        }
        let headers = given.iter().map(|(name, value)| {
            let known: HeaderName = name
                .get_ref()
                .parse()
                .map_err(|_| self.file.invalid(name, format!("`{}` is no header", name.get_ref())))?;
            let (text, is_secret) = self.with_environment(value)?;
            let mut header = HeaderValue::from_str(&text)
                .map_err(|_| self.file.invalid(value, "it has characters that no header may have"))?;
            header.set_sensitive(is_secret);
            Ok((known, header))
        });
        headers.collect()
    }

    /// The text with each `${NAME}` replaced by the variable of that name, which no answer and no log repeats from then on.
    fn with_environment(&self, value: &Spanned<String>) -> Read<(String, bool)> {
        let (mut text, mut rest, mut is_secret) = (String::new(), value.get_ref().as_str(), false);
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else {
                return Err(self.file.invalid(value, "write variables of the environment as `${NAME}`"));
            };
            let Some(found) = (self.variable)(name).filter(|found| !found.trim().is_empty()) else {
                return Err(self.file.invalid(value, format!("the environment variable `{name}` is not set")));
            };
            known_secrets::remember(found.trim());
            text.push_str(before);
            text.push_str(found.trim());
            (rest, is_secret) = (behind, true);
        }
        text.push_str(rest);
        Ok((text, is_secret))
    }

    fn answer(&self, input: &LookupInput) -> Read<BTreeMap<String, String>> {
        if !(1..=PARTS_MAX).contains(&input.answer.len()) {
            return Err(self
                .file
                .invalid(&input.name, format!("`answer` names from 1 to {PARTS_MAX} fields of the response")));
        }
        let fields = input.answer.iter().map(|(name, pointer)| {
            let text = pointer.get_ref();
            if !(text.is_empty() || text.starts_with('/')) {
                let problem = format!("`{text}` is no JSON pointer, such as `/results/0/name`, or empty for all of it");
                return Err(self.file.invalid(pointer, problem));
            }
            if [super::answer::FOUND, super::answer::SHORTENED].contains(&name.get_ref().as_str()) {
                return Err(self
                    .file
                    .invalid(name, format!("`{}` is a field of every answer: name it otherwise", name.get_ref())));
            }
            Ok((self.name(name)?, text.clone()))
        });
        fields.collect()
    }

    /// Refuses an argument that no part of the request has: it would be asked for in vain.
    fn check_all_used(&self, input: &LookupInput, lookup: &Lookup) -> Read<()> {
        let in_url = lookup.url.path.iter().chain(lookup.url.query.iter().map(|(_, value)| value));
        let mut used: Vec<String> = in_url.flat_map(Template::names).map(str::to_owned).collect();
        lookup.body.iter().for_each(|body| names_in(body, &mut used));
        match input.arguments.keys().find(|name| !used.contains(name.get_ref())) {
            Some(unused) => {
                Err(self.file.invalid(unused, format!("`{}` stands in no part of the request", unused.get_ref())))
            }
            None => Ok(()),
        }
    }
}

fn names_in(body: &Value, names: &mut Vec<String>) {
    match body {
        Value::String(text) => {
            names.extend(Template::parse(text).iter().flat_map(Template::names).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| names_in(item, names)),
        Value::Object(fields) => fields.values().for_each(|field| names_in(field, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl ArgumentKind {
    /// True for a value of this type.
    fn takes(&self, value: &Value) -> bool {
        match self {
            ArgumentKind::Text(characters_max) => {
                value.as_str().is_some_and(|text| text.chars().count() <= *characters_max)
            }
            ArgumentKind::Choice(choices) => value.as_str().is_some_and(|text| choices.iter().any(|one| one == text)),
            ArgumentKind::Whole => value.is_i64(),
            ArgumentKind::Number => value.is_number(),
            ArgumentKind::Flag => value.is_boolean(),
        }
    }
}

#[cfg(test)]
mod tests;
