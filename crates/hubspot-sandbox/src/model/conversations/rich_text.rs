//! Plain text as HTML, for messages that come without any.

/// Renders a text as HubSpot renders what a visitor types: `<div>hi yes hello</div>`.
pub(crate) fn of_text(text: &str) -> String {
    format!("<div>{}</div>", escaped(text))
}

/// Escapes a text, with its line breaks.
pub(crate) fn escaped(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace("\r\n", "\n").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::of_text;

    #[test]
    fn a_text_is_escaped() {
        assert_eq!(of_text("hi yes hello"), "<div>hi yes hello</div>");
        assert_eq!(of_text("1 < 2 &\n3"), "<div>1 &lt; 2 &amp;<br>3</div>");
    }
}
