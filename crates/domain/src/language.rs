//! The languages that customers are answered in.

/// A language of the fixed texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// English, also for visitors who write another language.
    #[default]
    English,
    /// Danish.
    Danish,
    /// French.
    French,
    /// Italian.
    Italian,
    /// German.
    German,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 5] =
        [Language::English, Language::Danish, Language::French, Language::Italian, Language::German];

    /// The code of ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Danish => "da",
            Language::French => "fr",
            Language::Italian => "it",
            Language::German => "de",
        }
    }
}
