//! Texts as they are compared.

/// A text without case.
pub fn folded(text: &str) -> String {
    text.to_lowercase()
}
