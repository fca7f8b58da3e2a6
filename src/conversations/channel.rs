//! The names of channels, as people call them.

/// HubSpot's own channels (HubSpot, conversations: channels).
const CHANNELS: [(&str, &str); 5] =
    [("1000", "live chat"), ("1001", "Facebook Messenger"), (EMAIL, "e-mail"), (FORM, "form"), (WHATSAPP, "WhatsApp")];
/// The channel of e-mails.
pub const EMAIL: &str = "1002";
/// The channel of forms, over which nothing comes back: whoever has sent one is answered by e-mail, as HubSpot's screens do.
pub const FORM: &str = "1003";
/// The channel over which HubSpot's API sends nothing (HubSpot, conversations: send messages).
pub const WHATSAPP: &str = "1007";

/// The name of a channel; one that an app has added by its id.
pub fn name(id: &str) -> String {
    let known = CHANNELS.iter().find(|(channel, _)| *channel == id);
    known.map_or_else(|| format!("channel {id}"), |(_, name)| (*name).to_owned())
}
