//! The kinds of words that a language has.

/// The words of one language by which it is known, and what a few of them mean.
pub(in crate::chat::language) struct LanguageWords {
    /// Words that stand in many sentences of this language and in few of the others.
    pub(in crate::chat::language) usual: &'static [&'static str],
    pub(in crate::chat::language) yes: &'static [&'static str],
    pub(in crate::chat::language) no: &'static [&'static str],
    /// People of the desk, who are asked for.
    pub(in crate::chat::language) person: &'static [&'static str],
    /// Requests for them that say enough without naming anybody.
    pub(in crate::chat::language) request: &'static [&'static str],
    pub(in crate::chat::language) restart: &'static [&'static str],
    pub(in crate::chat::language) back: &'static [&'static str],
    pub(in crate::chat::language) thanks: &'static [&'static str],
    /// Praise of what was done, and regrets that ask for nothing.
    pub(in crate::chat::language) praises: &'static [&'static str],
    pub(in crate::chat::language) greetings: &'static [&'static str],
    /// Requests to undo what was just done, and words of one.
    pub(in crate::chat::language) cancels: &'static [&'static str],
    /// The language by name, as it is asked for.
    pub(in crate::chat::language) name: &'static [&'static str],
    /// Doubts, which neither agree nor decline.
    pub(in crate::chat::language) doubts: &'static [&'static str],
    /// Beginnings of messages that go against what was asked.
    pub(in crate::chat::language) contradictions: &'static [&'static str],
}
