//! The inboxes that are looked at.

use std::str::FromStr;

/// The most inboxes of a list.
const INBOXES_MAX: usize = 100;

/// The inboxes that are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Inboxes {
    /// All of the account, also those that are made later.
    #[default]
    All,
    /// Those with these ids.
    Some(Vec<String>),
}

/// A list that names no inboxes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write `all`, or the ids of at most {INBOXES_MAX} inboxes, such as `481939,273071781`")]
pub struct InvalidInboxes;

impl FromStr for Inboxes {
    type Err = InvalidInboxes;

    fn from_str(text: &str) -> Result<Inboxes, InvalidInboxes> {
        if text.trim().eq_ignore_ascii_case("all") {
            return Ok(Inboxes::All);
        }
        let is_id = |id: &str| (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
        let mut ids: Vec<_> = text.split(',').map(|id| id.trim().to_owned()).collect();
        ids.sort();
        ids.dedup();
        if ids.len() <= INBOXES_MAX && ids.iter().all(|id| is_id(id)) {
            Ok(Inboxes::Some(ids))
        } else {
            Err(InvalidInboxes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inboxes_are_named_by_id() {
        let ids = |ids: &[&str]| Ok(Inboxes::Some(ids.iter().map(|id| (*id).to_owned()).collect()));
        for (text, expected) in [
            ("all", Ok(Inboxes::All)),
            (" ALL ", Ok(Inboxes::All)),
            ("7", ids(&["7"])),
            ("9, 7,9", ids(&["7", "9"])),
            ("", Err(InvalidInboxes)),
            ("7,", Err(InvalidInboxes)),
            ("support", Err(InvalidInboxes)),
            ("7,all", Err(InvalidInboxes)),
            ("-1", Err(InvalidInboxes)),
        ] {
            assert_eq!(text.parse::<Inboxes>(), expected, "{text}");
        }
        let many = (0..=INBOXES_MAX).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(many.parse::<Inboxes>(), Err(InvalidInboxes));
    }
}
