//! Generated contacts and tickets in any number for load tests, the same ones in every run.

use crate::clock::Ms;
use crate::model::associate;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Name, Record, Source};
use crate::model::table::Indexing;
use crate::sandbox::Sandbox;

const FIRST_NAMES: [&str; 16] = [
    "Ada", "Bjørn", "Carlos", "Dana", "Elif", "Farid", "Grace", "Hiroshi", "Ines", "Jonas", "Keiko", "Luca", "Maya",
    "Noah", "Olga", "Priya",
];
const LAST_NAMES: [&str; 16] = [
    "Andersen", "Baker", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Hansen", "Ito", "Jensen", "Kowalski",
    "Lee", "Murphy", "Nguyen", "Okafor", "Patel",
];
const COMPANIES: [(&str, &str); 8] = [
    ("Harborview Hotel", "harborviewhotel.com"),
    ("Noodle Bar", "noodlebar.com"),
    ("Nordlys", "nordlys.dk"),
    ("Le Comptoir", "lecomptoir.fr"),
    ("Kissaten Group", "kissaten.jp"),
    ("Desert Clinic", "desertclinic.org"),
    ("Strip Casino", "stripcasino.com"),
    ("Lakeside Mall", "lakesidemall.com"),
];
const ISSUES: [&str; 4] = [
    "The delivery robot does not find the elevator",
    "Please send us the manual of the DUST-E MX",
    "ADAM spills when the cup is small",
    "Question about our last invoice",
];
/// Contacts for each ticket.
const CONTACTS_PER_TICKET: u64 = 5;
const HOUR_MS: Ms = 3_600_000;

impl Sandbox {
    /// Adds `n` contacts with plausible values, and a ticket for every fifth of them. Search finds them at once.
    pub fn generate_contacts(&self, n: u64) {
        let portal = &mut self.lock().portal;
        let names = SharedNames::of(portal);
        (0..n).for_each(|number| add(portal, &names, number));
    }
}

/// The names of the properties, looked up once.
struct SharedNames {
    contact: [Name; 6],
    ticket: [Name; 4],
}

impl SharedNames {
    fn of(portal: &Portal) -> SharedNames {
        let name = |object_type, text: &str| portal.name(object_type, text).unwrap_or_else(|| text.into());
        SharedNames {
            contact: ["email", "firstname", "lastname", "company", "phone", "lifecyclestage"]
                .map(|text| name(ObjectType::Contacts, text)),
            ticket: ["subject", "content", "hs_pipeline", "hs_pipeline_stage"]
                .map(|text| name(ObjectType::Tickets, text)),
        }
    }
}

fn add(portal: &mut Portal, names: &SharedNames, number: u64) {
    let (first, last) = (pick(&FIRST_NAMES, number), pick(&LAST_NAMES, number / 16));
    let (company, domain) = pick(&COMPANIES, number / 3);
    let serial = portal.table(ObjectType::Contacts).len();
    let email = format!("{}.{}.{serial}@{domain}", ascii(first), ascii(last));
    let phone = format!("+1 702 555 {:04}", number % 10_000);
    let stage = *pick(&["lead", "customer", "opportunity"], number);
    let contact =
        insert(portal, ObjectType::Contacts, &names.contact, [&email, first, last, company, &phone, stage], number);
    if number.is_multiple_of(CONTACTS_PER_TICKET) {
        let issue = *pick(&ISSUES, number / CONTACTS_PER_TICKET);
        let ticket = insert(portal, ObjectType::Tickets, &names.ticket, [issue, issue, "0", "1"], number);
        let type_id = 16;
        associate::add_quietly(
            portal,
            (ObjectType::Tickets, ticket),
            (ObjectType::Contacts, contact),
            associate::hubspot_label(type_id),
        );
    }
}

fn insert<const N: usize>(
    portal: &mut Portal,
    object_type: ObjectType,
    names: &[Name; N],
    values: [&str; N],
    number: u64,
) -> u64 {
    let created_ms = portal.now_ms() - HOUR_MS * Ms::try_from(number % 8_760).unwrap_or(0);
    let id = portal.table_mut(object_type).take_id();
    let mut record = Record::new(id, created_ms.max(0), Source::Screen);
    names.iter().zip(values).for_each(|(name, text)| record.set(name, text, created_ms, Source::Screen));
    portal.table_mut(object_type).insert(record, Indexing::Now);
    id
}

fn pick<T>(all: &[T], number: u64) -> &T {
    &all[usize::try_from(number).unwrap_or(0) % all.len()]
}

/// Lowers a name and removes its accents, for an e-mail address.
fn ascii(name: &str) -> String {
    let plain = |c: char| match c {
        'ø' => 'o',
        'í' => 'i',
        other => other.to_ascii_lowercase(),
    };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn generated_contacts_and_tickets_are_valid() {
        let (client, other) = (client(), client());
        client.sandbox.generate_contacts(1_000);
        client.sandbox.generate_contacts(10);
        assert_eq!(client.sandbox.records("contacts").len(), 1_017);
        assert_eq!(client.sandbox.records("tickets").len(), 203);
        other.sandbox.restore(&client.sandbox.snapshot()).unwrap();
        assert_eq!(other.sandbox.snapshot(), client.sandbox.snapshot());
    }
}
