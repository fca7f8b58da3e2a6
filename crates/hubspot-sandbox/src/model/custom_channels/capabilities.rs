//! The capabilities of a custom channel. What an app leaves out is refused: without `allowOutgoingMessages`, agents cannot
//! answer (HubSpot, custom channels).

use serde::{Deserialize, Serialize};

use crate::model::conversations::channel::DeliveryType;

/// Attachments of one message, and bytes of one file, that a channel can allow.
const FILES_MAX: u64 = 50;
const FILE_BYTES_MAX: u64 = 100 << 20;

/// HubSpot's names of the parts of rich text that a channel can show.
const RICH_TEXT: [&str; 11] = [
    "BLOCKQUOTE",
    "BOLD",
    "FONT_SIZE",
    "FONT_STYLE",
    "HYPERLINK",
    "ITALIC",
    "LISTS",
    "TEXT_ALIGNMENT",
    "TEXT_COLOR",
    "TEXT_HIGHLIGHT_COLOR",
    "UNDERLINE",
];
const ATTACHMENT_TYPES: [&str; 2] = ["FILE", "QUICK_REPLIES"];

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Capabilities {
    pub(crate) delivery_identifier_types: Vec<DeliveryType>,
    pub(crate) rich_text: Vec<String>,
    pub(crate) threading_model: ThreadingModel,
    pub(crate) allow_inline_images: bool,
    pub(crate) allow_outgoing_messages: bool,
    pub(crate) allow_conversation_start: bool,
    pub(crate) allow_multiple_recipients: bool,
    pub(crate) outgoing_attachment_types: Vec<String>,
    pub(crate) allowed_file_attachment_mime_types: Vec<String>,
    pub(crate) max_file_attachment_count: u64,
    pub(crate) max_file_attachment_size_bytes: u64,
    pub(crate) max_total_file_attachment_size_bytes: u64,
}

/// The property of a message by which it finds its thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ThreadingModel {
    /// The app's own id of the conversation.
    #[default]
    IntegrationThreadId,
    /// The address of the sender.
    DeliveryIdentifier,
}

/// A file as far as capabilities are about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileFacts<'a> {
    pub(crate) media_type: &'a str,
    pub(crate) bytes: u64,
}

impl Capabilities {
    /// Returns the reason why an app cannot have these.
    pub(crate) fn problem(&self) -> Option<String> {
        let unknown = |given: &[String], known: &[&str], field: &str| {
            let other = given.iter().find(|name| !known.contains(&name.as_str()));
            other.map(|other| format!("{field} must be of [{}], not {other}", known.join(", ")))
        };
        let sizes = [self.max_file_attachment_size_bytes, self.max_total_file_attachment_size_bytes];
        let media = self.allowed_file_attachment_mime_types.iter().find(|media| !is_media_type(media));
        unknown(&self.rich_text, &RICH_TEXT, "richText")
            .or_else(|| unknown(&self.outgoing_attachment_types, &ATTACHMENT_TYPES, "outgoingAttachmentTypes"))
            .or_else(|| media.map(|media| format!("{media} is not a media type")))
            .or_else(|| {
                (self.max_file_attachment_count > FILES_MAX)
                    .then(|| format!("maxFileAttachmentCount must not exceed {FILES_MAX}"))
            })
            .or_else(|| {
                (sizes.iter().any(|size| *size > FILE_BYTES_MAX))
                    .then(|| format!("The sizes of attachments must not exceed {FILE_BYTES_MAX} bytes"))
            })
    }

    /// Returns the reason why a message with these files cannot go over the channel.
    pub(crate) fn refused_files(&self, files: &[FileFacts<'_>]) -> Option<String> {
        if files.is_empty() {
            return None;
        }
        if files.len() as u64 > self.max_file_attachment_count {
            return Some(format!("The channel allows {} files in a message", self.max_file_attachment_count));
        }
        let is_allowed = |media: &str| self.allowed_file_attachment_mime_types.iter().any(|one| covers(one, media));
        if let Some(file) = files.iter().find(|file| !is_allowed(file.media_type)) {
            return Some(format!("The channel does not allow files of the type {}", file.media_type));
        }
        let (one, all) = (self.max_file_attachment_size_bytes, self.max_total_file_attachment_size_bytes);
        if files.iter().any(|file| file.bytes > one) {
            return Some(format!("The channel allows {one} bytes in a file"));
        }
        let total: u64 = files.iter().map(|file| file.bytes).sum();
        (total > all).then(|| format!("The channel allows {all} bytes in the files of a message"))
    }
}

fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, of)| !kind.is_empty() && !of.is_empty())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Says that a type such as `image/png` or `image/*` contains a file's.
fn covers(allowed: &str, media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim();
    match allowed.strip_suffix("/*") {
        Some(kind) => media.split('/').next().is_some_and(|one| one.eq_ignore_ascii_case(kind)),
        None => allowed.eq_ignore_ascii_case(media),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_files(types: &[&str]) -> Capabilities {
        Capabilities {
            allowed_file_attachment_mime_types: types.iter().map(|one| (*one).to_owned()).collect(),
            max_file_attachment_count: 2,
            max_file_attachment_size_bytes: 100,
            max_total_file_attachment_size_bytes: 150,
            ..Capabilities::default()
        }
    }

    #[test]
    fn files_are_allowed_by_number_type_and_size() {
        let allowed = with_files(&["image/png", "text/*"]);
        let file = |media_type, bytes| FileFacts { media_type, bytes };
        for (files, is_allowed) in [
            (vec![], true),
            (vec![file("image/png", 100)], true),
            (vec![file("Image/PNG", 1), file("text/plain; charset=utf-8", 1)], true),
            (vec![file("image/png", 101)], false),
            (vec![file("image/png", 100), file("image/png", 51)], false),
            (vec![file("image/gif", 1)], false),
            (vec![file("image/png", 1); 3], false),
        ] {
            assert_eq!(allowed.refused_files(&files).is_none(), is_allowed, "{files:?}");
        }
        assert!(
            Capabilities::default().refused_files(&[file("image/png", 0)]).is_some(),
            "nothing is allowed by default"
        );
    }

    #[test]
    fn capabilities_have_hubspots_names() {
        let text = |field: &str| Capabilities { rich_text: vec![field.to_owned()], ..Capabilities::default() };
        assert!(text("BOLD").problem().is_none() && text("BLINK").problem().is_some());
        assert!(with_files(&["png"]).problem().is_some() && with_files(&["image/*"]).problem().is_none());
        let many = Capabilities { max_file_attachment_count: 51, ..Capabilities::default() };
        assert!(many.problem().is_some());
    }
}
