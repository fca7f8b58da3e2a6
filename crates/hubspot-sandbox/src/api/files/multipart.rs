//! Forms with files in them (RFC 7578), read from a body that is complete.

/// Fields of one form.
const FIELDS_MAX: usize = 32;

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: String,
    /// File name that the part declares; `None` for plain fields.
    pub(super) file_name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content: &'a [u8],
}

/// Reads the fields of a form, or returns `None` for a body that is no form. `content_type` is that of the request.
pub(super) fn fields<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Field<'a>>> {
    let boundary = boundary(content_type)?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter has no line before it.
    let mut rest = body.strip_prefix(&delimiter[2..])?;
    let mut fields = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, &delimiter)?;
        fields.push(field(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
        if fields.len() > FIELDS_MAX {
            return None;
        }
    }
    Some(fields)
}

fn boundary(content_type: &str) -> Option<&str> {
    let (media_type, parameters) = content_type.split_once(';')?;
    let boundary = parameters.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?.trim_matches('"');
    (media_type.trim().eq_ignore_ascii_case("multipart/form-data") && !boundary.is_empty()).then_some(boundary)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn field(part: &[u8]) -> Option<Field<'_>> {
    let end = find(part, b"\r\n\r\n")?;
    let (head, content) = (std::str::from_utf8(&part[..end]).ok()?, &part[end + 4..]);
    let header = |name: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    };
    let disposition = header("content-disposition")?;
    Some(Field {
        name: parameter(disposition, "name")?,
        file_name: parameter(disposition, "filename"),
        media_type: header("content-type").map(str::to_owned),
        content,
    })
}

/// Returns a parameter of a header; browsers write a quote in it as `%22`.
fn parameter(header: &str, name: &str) -> Option<String> {
    let values = header.split(';').skip(1).filter_map(|one| one.trim().split_once('='));
    let value = values.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()?;
    Some(value.trim_matches('"').replace("%22", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"x-y\"";

    #[test]
    fn a_form_has_fields_and_files() {
        let body = [
            "--x-y\r\nContent-Disposition: form-data; name=\"options\"\r\n\r\n{\"access\": \"PRIVATE\"}\r\n",
            "--x-y\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a \\b.png\"\r\n",
            "Content-Type: image/png\r\n\r\n\r\n--x\0\r\n--x-y--\r\n",
        ]
        .concat();
        let fields = fields(TYPE, body.as_bytes()).unwrap();
        assert_eq!((fields[0].name.as_str(), fields[0].content), ("options", &b"{\"access\": \"PRIVATE\"}"[..]));
        assert_eq!(fields[1].file_name.as_deref(), Some("a \\b.png"));
        assert_eq!((fields[1].media_type.as_deref(), fields[1].content), (Some("image/png"), &b"\r\n--x\0"[..]));
    }

    #[test]
    fn other_bodies_are_no_forms() {
        let one = b"--x-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x-y--";
        assert!(fields(TYPE, one).is_some());
        for (content_type, body) in [
            ("application/json", &one[..]),
            ("multipart/form-data", one),
            ("multipart/form-data; boundary=", one),
            ("multipart/form-data; boundary=z", one),
            (TYPE, b""),
            (TYPE, b"--x-y"),
            (TYPE, b"--x-y\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x-y--"),
            (TYPE, b"--x-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"),
            (TYPE, b"--x-y\r\nno head\r\n--x-y--"),
        ] {
            assert_eq!(fields(content_type, body), None, "{}", String::from_utf8_lossy(body));
        }
        let many = b"--x-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n".repeat(FIELDS_MAX + 1);
        assert_eq!(fields(TYPE, &[&many[..], b"--x-y--"].concat()), None);
    }
}
