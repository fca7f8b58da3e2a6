//! The names of channels, as people call them.

/// HubSpot's own channels (HubSpot, conversations: channels).
const CHANNELS: [(&str, &str); 5] =
    [("1000", "live chat"), ("1001", "Facebook Messenger"), (EMAIL, "e-mail"), ("1003", "form"), ("1007", "WhatsApp")];
/// The channel of e-mails.
pub const EMAIL: &str = "1002";

/// The name of a channel; one that an app has added by its id.
pub fn name(id: &str) -> String {
    let known = CHANNELS.iter().find(|(channel, _)| *channel == id);
    known.map_or_else(|| format!("channel {id}"), |(_, name)| (*name).to_owned())
}
