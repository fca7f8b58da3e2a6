//! E-mail addresses, as far as a message can be sent to them.

/// Bytes of the longest address that mail can have (RFC 5321).
const ADDRESS_MAX: usize = 254;

/// Says that a text is an address.
pub(crate) fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
        && text.len() <= ADDRESS_MAX
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_a_name_and_a_host() {
        assert!(is_address("sarah@gmail.com") && is_address("o'connor+x@a.b.ie"));
        let long = format!("{}@x.org", "a".repeat(250));
        for text in ["", "@", "sarah", "sarah@gmail", "@gmail.com", "a b@x.org", "a@b@x.org", "a@x.org\n", &long] {
            assert!(!is_address(text), "{text}");
        }
    }
}
