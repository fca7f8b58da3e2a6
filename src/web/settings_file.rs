//! The file of the chat page's settings (TOML), read with the line of what is wrong in it.
//!
//! ```toml
//! [brand]
//! name = "Richtech"
//! colour = "#1b4f9c"
//! address = "support@richtech.example"  # for browsers without JavaScript
//!
//! [privacy]
//! notice = "We keep what you write for 30 days."
//! url = "https://richtech.example/privacy"
//!
//! [texts.da]
//! welcome = "Hej! Hvad kan vi gøre for dig?"
//!
//! [embed]
//! origins = ["https://shop.richtech.example"]
//!
//! [claims]
//! secret_file = "claims.secret"
//!
//! [webhook]
//! url = "https://n8n.example.com/webhook/desk"
//! secret_file = "webhook.secret"
//!
//! [limits]
//! messages_per_minute = 60
//! proxy_header = "x-forwarded-for"
//! ```

use std::collections::BTreeMap;
use std::path::PathBuf;

use http::header::HeaderName;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::settings::{Brand, FromFile, Settings, VisitorLimits};
use super::texts::{self, OwnTexts};
use crate::chat::language::Language;
use crate::toml_file::{InvalidFile, TomlFile};
use http_client::is_this_machine;

/// The longest name of a company and its address, and the longest text.
const NAME_CHARACTERS_MAX: usize = 60;
const ADDRESS_CHARACTERS_MAX: usize = 200;
const TEXT_CHARACTERS_MAX: usize = 1_000;
/// The most pages that may show the chat.
const ORIGINS_MAX: usize = 50;
/// The largest number of a limit.
const NUMBER_MAX: u64 = 100_000;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    brand: BrandInput,
    privacy: PrivacyInput,
    texts: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<String>>>,
    embed: EmbedInput,
    claims: ClaimsInput,
    webhook: Option<WebhookInput>,
    limits: LimitsInput,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BrandInput {
    name: Option<Spanned<String>>,
    colour: Option<Spanned<String>>,
    address: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PrivacyInput {
    notice: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct EmbedInput {
    origins: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClaimsInput {
    secret_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookInput {
    url: Spanned<String>,
    secret_file: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsInput {
    conversations: Option<Spanned<u64>>,
    conversations_per_address: Option<Spanned<u64>>,
    starts_per_minute: Option<Spanned<u64>>,
    messages_per_minute: Option<Spanned<u64>>,
    megabytes: Option<Spanned<u64>>,
    megabytes_per_address: Option<Spanned<u64>>,
    idle_minutes: Option<Spanned<u64>>,
    proxy_header: Option<Spanned<String>>,
}

/// Reads the text of a file.
///
/// # Errors
/// [`InvalidFile`] with the line and the reason.
pub fn read(text: &str) -> Result<FromFile, InvalidFile> {
    let (file, lines) = TomlFile::read::<File>(text)?;
    let reader = Reader { file: lines };
    let webhook_url = file.webhook.as_ref().map(|webhook| reader.web_address(&webhook.url)).transpose()?;
    let settings = Settings {
        brand: reader.brand(&file.brand)?,
        texts: reader.texts(&file.texts, file.privacy.notice.as_ref())?,
        privacy_url: file.privacy.url.as_ref().map(|url| reader.web_address(url)).transpose()?,
        origins: reader.origins(&file.embed.origins)?,
        limits: reader.limits(&file.limits)?,
        proxy_header: file.limits.proxy_header.as_ref().map(|name| reader.header(name)).transpose()?,
        ..Settings::default()
    };
    Ok(FromFile {
        settings,
        claim_secret_file: file.claims.secret_file,
        webhook_url,
        webhook_secret_file: file.webhook.and_then(|webhook| webhook.secret_file),
    })
}

/// Reads values, and knows the lines on which they stand.
struct Reader<'a> {
    file: TomlFile<'a>,
}

impl Reader<'_> {
    /// A text of at most so many characters on one line or, for a notice, on several.
    fn words(&self, value: &Spanned<String>, characters_max: usize) -> Result<String, InvalidFile> {
        let text = value.get_ref().trim();
        let is_long = text.chars().count() > characters_max;
        if text.is_empty() || is_long || text.chars().any(|letter| letter.is_control() && letter != '\n') {
            return Err(self
                .file
                .invalid(value, format!("a text has 1 to {characters_max} characters, and none that is invisible")));
        }
        Ok(text.to_owned())
    }

    fn brand(&self, input: &BrandInput) -> Result<Brand, InvalidFile> {
        let mut brand = Brand::default();
        if let Some(name) = &input.name {
            brand.name = self.words(name, NAME_CHARACTERS_MAX)?;
        }
        if let Some(colour) = &input.colour {
            brand.colour = colour.get_ref().parse().map_err(|error| self.file.invalid(colour, error))?;
        }
        if let Some(address) = &input.address {
            brand.address = Some(self.words(address, ADDRESS_CHARACTERS_MAX)?);
        }
        Ok(brand)
    }

    fn texts(
        &self,
        input: &BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Spanned<String>>>,
        notice: Option<&Spanned<String>>,
    ) -> Result<OwnTexts, InvalidFile> {
        let mut all = OwnTexts::new();
        if let Some(notice) = notice {
            let text = self.words(notice, TEXT_CHARACTERS_MAX)?;
            let each = |language: Language| (language.code(), BTreeMap::from([("privacy".to_owned(), text.clone())]));
            all.extend(Language::ALL.map(each));
        }
        for (code, texts) in input {
            let known = Language::ALL.into_iter().find(|language| language.code() == code.get_ref());
            let codes = Language::ALL.map(Language::code).join("`, `");
            let language = known.ok_or_else(|| self.file.invalid(code, format!("a language is one of `{codes}`")))?;
            let own = all.entry(language.code()).or_default();
            for (name, text) in texts {
                if !texts::is_known(name.get_ref()) {
                    let names: Vec<_> = texts::names().collect();
                    let problem = format!("there is no text `{}`; there are `{}`", name.get_ref(), names.join("`, `"));
                    return Err(self.file.invalid(name, problem));
                }
                own.insert(name.get_ref().clone(), self.words(text, TEXT_CHARACTERS_MAX)?);
            }
        }
        Ok(all)
    }

    fn origins(&self, input: &[Spanned<String>]) -> Result<Vec<String>, InvalidFile> {
        if let Some(one_more) = input.get(ORIGINS_MAX) {
            return Err(self.file.invalid(one_more, format!("at most {ORIGINS_MAX} origins can be named")));
        }
        input.iter().map(|origin| self.origin(origin)).collect()
    }

    fn origin(&self, value: &Spanned<String>) -> Result<String, InvalidFile> {
        let wrong = || self.file.invalid(value, "an origin is scheme and host, such as `https://shop.example.com`");
        let url = Url::parse(value.get_ref().trim()).map_err(|_| wrong())?;
        let is_bare =
            url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        // A pattern would open the frame to more pages than the interface, which compares whole origins.
        let host = url.host_str().filter(|host| is_bare && !host.contains('*')).ok_or_else(wrong)?;
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(host) => {}
            _ => {
                return Err(self
                    .file
                    .invalid(value, "an origin must begin with `https://`; `http://` is for this machine alone"));
            }
        }
        Ok(url.origin().ascii_serialization())
    }

    fn web_address(&self, value: &Spanned<String>) -> Result<Url, InvalidFile> {
        let wrong = || {
            self.file.invalid(
                value,
                "it must be an address such as `https://example.com/path`; `http://` is for this machine alone",
            )
        };
        let url = Url::parse(value.get_ref().trim()).map_err(|_| wrong())?;
        let is_allowed = match (url.scheme(), url.host_str()) {
            ("https", Some(_)) => true,
            ("http", Some(host)) => is_this_machine(host),
            _ => false,
        };
        let has_login = !url.username().is_empty() || url.password().is_some();
        if is_allowed && !has_login { Ok(url) } else { Err(wrong()) }
    }

    fn header(&self, value: &Spanned<String>) -> Result<HeaderName, InvalidFile> {
        let name: Result<HeaderName, _> = value.get_ref().trim().parse();
        name.map_err(|_| self.file.invalid(value, "it is not the name of a header, such as `x-forwarded-for`"))
    }

    fn limits(&self, input: &LimitsInput) -> Result<VisitorLimits, InvalidFile> {
        let number = |value: &Option<Spanned<u64>>, usual: u64| match value {
            Some(value) if !(1..=NUMBER_MAX).contains(value.get_ref()) => {
                Err(self.file.invalid(value, format!("a limit is a number from 1 to {NUMBER_MAX}")))
            }
            value => Ok(value.as_ref().map_or(usual, |value| *value.get_ref())),
        };
        let usual = VisitorLimits::default();
        let megabytes = |value: &Option<Spanned<u64>>, usual: usize| {
            number(value, (usual >> 20) as u64).map(|megabytes| (megabytes as usize) << 20)
        };
        let own = number(&input.conversations_per_address, usual.conversations_per_address as u64)?;
        Ok(VisitorLimits {
            conversations: number(&input.conversations, usual.conversations as u64)? as usize,
            conversations_per_address: own as usize,
            starts_per_minute: number(&input.starts_per_minute, u64::from(usual.starts_per_minute))? as u32,
            messages_per_minute: number(&input.messages_per_minute, u64::from(usual.messages_per_minute))? as u32,
            bytes: megabytes(&input.megabytes, usual.bytes)?,
            bytes_per_address: megabytes(&input.megabytes_per_address, usual.bytes_per_address)?,
            idle_minutes: number(&input.idle_minutes, usual.idle_minutes)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_empty_tables_have_defaults() {
        let text = r##"
            [brand]
            name = "Richtech"
            colour = "#FFCC00"
            [privacy]
            notice = "We keep it."
            [texts.da]
            welcome = "Hej!"
            privacy = "Vi gemmer det."
            [embed]
            origins = ["https://Shop.example.com/", "http://localhost:3000"]
            [claims]
            secret_file = "claims.secret"
            [webhook]
            url = "http://127.0.0.1:9/hook"
            [limits]
            conversations = 5
            proxy_header = "X-Forwarded-For"
        "##;
        let FromFile { settings, claim_secret_file, webhook_url, webhook_secret_file } = read(text).unwrap();
        assert_eq!(
            (settings.brand.name.as_str(), settings.brand.colour.to_string()),
            ("Richtech", "#ffcc00".to_owned())
        );
        assert_eq!(settings.origins, ["https://shop.example.com", "http://localhost:3000"]);
        assert_eq!(texts::text(&settings.texts, Language::German, "privacy"), "We keep it.");
        assert_eq!(texts::text(&settings.texts, Language::Danish, "privacy"), "Vi gemmer det.");
        assert_eq!(claim_secret_file, Some("claims.secret".into()));
        assert_eq!((webhook_url.unwrap().as_str(), webhook_secret_file), ("http://127.0.0.1:9/hook", None));
        assert_eq!(settings.limits, VisitorLimits { conversations: 5, ..VisitorLimits::default() });
        assert_eq!(settings.proxy_header.unwrap(), "x-forwarded-for");
        assert_eq!(read("").unwrap().settings.brand, Brand::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, part) in [
            ("[brand]\nname = \"\"", 2, "1 to 60 characters"),
            ("[brand]\n\ncolour = \"blue\"", 3, "hexadecimal"),
            ("[brand]\naddress = \"a\\u0007\"", 2, "invisible"),
            ("[texts.pl]\nsend = \"x\"", 1, "`en`, `da`"),
            ("[texts.en]\nsent = \"x\"", 2, "there is no text `sent`"),
            ("[embed]\norigins = [\n  \"https://a.example\",\n  \"https://b.example/page\",\n]", 4, "scheme and host"),
            ("[embed]\norigins = [\"https://*.shop.example\"]", 2, "scheme and host"),
            ("[embed]\norigins = [\"http://shop.example\"]", 2, "must begin with `https://`"),
            ("[privacy]\nurl = \"javascript:alert(1)\"", 2, "https"),
            ("[webhook]\nurl = \"http://hooks.example\"", 2, "this machine"),
            ("[webhook]\nurl = \"https://me:pw@hooks.example\"", 2, "https"),
            ("[limits]\nconversations = 0", 2, "1 to 100000"),
            ("[limits]\nproxy_header = \"a b\"", 2, "name of a header"),
        ] {
            match read(text).unwrap_err() {
                InvalidFile::Value { line: found, problem } => {
                    assert!(found == line && problem.contains(part), "{text}: {found}: {problem}");
                }
                other => panic!("{text}: {other}"),
            }
        }
        let unknown = read("[brand]\nlogo = \"x\"").unwrap_err().to_string();
        assert!(unknown.contains("line 2") && unknown.contains("logo"), "{unknown}");
        assert!(read("[webhook]").unwrap_err().to_string().contains("url"));
    }
}
