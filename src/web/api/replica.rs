//! The name of a replica before the token of a conversation: the one that began it, and without a shared store the only one that
//! has it. Pure.

use super::answer::ApiError;

/// Stands between the name and the token, which has no such sign.
const SEPARATOR: char = '.';
/// The longest part of a foreign name that is shown.
const SHOWN_CHARACTERS_MAX: usize = 16;

/// The token as its visitor has it.
pub fn outer(own: Option<&str>, token: String) -> String {
    own.map_or(token.clone(), |own| format!("{own}{SEPARATOR}{token}"))
}

/// The token in this process.
///
/// # Errors
/// The refusal of a token of another replica.
pub fn inner<'a>(own: Option<&str>, outer: &'a str) -> Result<&'a str, ApiError> {
    match outer.split_once(SEPARATOR) {
        None => Ok(outer),
        Some((name, token)) if Some(name) == own => Ok(token),
        Some((name, _)) => {
            let is_shown = |sign: &char| sign.is_ascii_alphanumeric() || *sign == '-';
            let other: String = name.chars().filter(is_shown).take(SHOWN_CHARACTERS_MAX).collect();
            Err(ApiError::elsewhere(&other, own.unwrap_or("without a name")))
        }
    }
}

/// The token in any process, whichever replica it names first.
pub fn of_any(outer: &str) -> &str {
    outer.split_once(SEPARATOR).map_or(outer, |(_, token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_replica() {
        let named = outer(Some("a"), "T0k_-n".into());
        assert_eq!((named.as_str(), inner(Some("a"), &named).ok()), ("a.T0k_-n", Some("T0k_-n")));
        assert!(inner(Some("b"), &named).is_err() && inner(None, &named).is_err());
        let alone = outer(None, "T0k_-n".into());
        assert_eq!((alone.as_str(), inner(None, &alone).ok()), ("T0k_-n", Some("T0k_-n")));
        assert_eq!(inner(Some("a"), &alone).ok(), Some("T0k_-n"), "of before it had a name");
        assert_eq!([of_any(&named), of_any(&alone)], ["T0k_-n"; 2]);
    }
}
