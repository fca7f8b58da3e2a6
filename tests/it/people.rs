//! The right person, in whatever form a client sends a phone number, an address, a name or an owner.

use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::booking::{self, VERONICA, meeting, with};
use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";
const AIKO: &str = "84246481952";
/// An owner who has left.
const PAUL: &str = "117004";
const VISIT: &str = "richtech/site-visit";

async fn found(world: &World, arguments: Value) -> Vec<String> {
    let answer = world.call("search_contacts", arguments).await.unwrap();
    answer["contacts"].as_array().unwrap().iter().map(|one| one["contact_id"].as_str().unwrap().to_owned()).collect()
}

/// A contact that a person entered in HubSpot.
async fn typed_in(world: &World, properties: Value) -> String {
    let made = ask_sandbox(world, "POST", "/crm/v3/objects/contacts", json!({"properties": properties})).await;
    made["id"].as_str().unwrap().to_owned()
}

/// Contacts that were imported, in the order of the list.
async fn imported(world: &World, contacts: Vec<Value>) -> Vec<String> {
    let mut ids = vec![];
    for part in contacts.chunks(100) {
        let inputs: Vec<_> = part.iter().map(|properties| json!({ "properties": properties })).collect();
        let path = "/crm/v3/objects/contacts/batch/create";
        let made = ask_sandbox(world, "POST", path, json!({ "inputs": inputs })).await;
        ids.extend(made["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
    }
    ids
}

fn property(world: &World, kind: &str, id: &str, name: &str) -> Value {
    let records = world.sandbox.records(kind);
    records.into_iter().find(|record| record["id"] == *id).unwrap()["properties"][name].clone()
}

fn count(world: &World) -> usize {
    world.sandbox.records("contacts").len()
}

async fn define(world: &World, object: &str, definition: Value) {
    ask_sandbox(world, "POST", &format!("/crm/v3/properties/{object}"), definition).await;
}

/// The property of contacts that takes several robots.
async fn robots(world: &World) {
    let option = |value: &str, label: &str| json!({"value": value, "label": label, "displayOrder": 0, "hidden": false});
    let options = [option("adam", "ADAM"), option("dust_e", "DUST-E"), option("matradee", "Matradee")];
    let definition = json!({
        "name": "robots", "label": "Robots", "type": "enumeration", "fieldType": "checkbox",
        "groupName": "contactinformation", "options": options,
    });
    define(world, "contacts", definition).await;
}

// Phone numbers

#[tokio::test(start_paused = true)]
async fn finding_f4_a_phone_number_finds_its_contact_in_every_form() {
    let world = World::new().await;
    for query in [
        "\u{2068}+1 702 555 0143\u{2069}",
        "\u{202a}+1 702 555 0143\u{202c}",
        "+1\u{a0}702\u{2011}555\u{2212}0143",
        "＋１ （７０２） ５５５－０１４３",
        "+١ ٧٠٢ ٥٥٥ ٠١٤٣",
        "tel:+1-702-555-0143;ext=5",
        "sms:+17025550143?body=Hi",
        "https://wa.me/17025550143",
        "https://api.whatsapp.com/send?phone=17025550143",
        "Phone: (702) 555-0143",
        "702-555-0143 ext. 5",
        "702-555-0143x5",
        "+17025550143,,5#",
    ] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query:?}");
        assert_eq!(found(&world, json!({"filters": {"phone": query}})).await, [SARAH], "{query:?}");
        let same = json!({"properties": {"firstname": "Sal", "phone": query}});
        let answer = world.call("create_contact", same).await.unwrap();
        assert_eq!((&answer["created"], &answer["matched_by"]), (&json!(false), &json!("phone")), "{query:?}");
    }
    let front_desk = typed_in(&world, json!({"lastname": "Desk", "phone": "Tel. 020 7946\u{2011}0958 ext. 12"})).await;
    assert_eq!(found(&world, json!({"query": "+44 20 7946 0958"})).await, [front_desk]);
}

/// What is dialled within a country alone makes no other number.
#[tokio::test(start_paused = true)]
async fn finding_f4_a_trunk_zero_behind_the_country_code_is_the_same_number() {
    let world = World::new().await;
    for (stored, other) in [
        ("+44 20 7946 0111", "+4402079460111"),
        ("+44 020 7946 0222", "+44 20 7946 0222"),
        ("+49 0171 1234567", "0049 171 1234567"),
        ("+33 06 12 34 56 79", "+33612345679"),
        ("+61 0412 345 679", "+61 412 345 679"),
        ("+91 098765 43211", "+91 98765 43211"),
        ("+886 0912 345 678", "+886 912 345 678"),
        ("+7 912 345-67-80", "8 912 345 67 80"),
        ("+375 29 123-45-67", "8 029 123 45 67"),
        ("+36 30 123 4567", "06 30 123 4567"),
    ] {
        let id = typed_in(&world, json!({"firstname": "Ada", "phone": stored})).await;
        assert_eq!(found(&world, json!({"query": other})).await, [id.as_str()], "{stored} {other}");
        assert_eq!(found(&world, json!({"filters": {"phone": other}})).await, [id.as_str()], "{stored} {other}");
        let same = json!({"properties": {"firstname": "Ada", "phone": other}});
        let answer = world.call("create_contact", same).await.unwrap();
        assert_eq!((&answer["created"], &answer["contact"]["contact_id"]), (&json!(false), &json!(id)), "{other}");
    }
    let bergamo = typed_in(&world, json!({"firstname": "Bianca", "phone": "+39 035 123 4567"})).await;
    let mobile = json!({"properties": {"firstname": "Carlo", "phone": "+39 35 123 4567"}});
    let answer = world.call("create_contact", mobile).await.unwrap();
    assert_eq!(answer["created"], true, "in Italy the zero is a part of the number");
    assert_ne!(answer["contact"]["contact_id"], json!(bergamo));
}

#[tokio::test(start_paused = true)]
async fn a_phone_number_is_read_out_of_the_words_around_it() {
    let world = World::new().await;
    let lars = typed_in(&world, json!({"firstname": "Lars", "lastname": "Holm", "phone": "+45 20 12 34 56"})).await;
    for (query, id) in [
        ("my number is 702 555 0143", SARAH),
        ("call me at (702) 555-0143 please", SARAH),
        ("7025550143 Sarah", SARAH),
        ("Sarah 702-555-0143", SARAH),
        ("Sarah Mark\n+1 702 555 0143\nLas Vegas, NV 89101", SARAH),
        ("reach her on 702.555.0143 ext. 5, thanks!", SARAH),
        ("702 555 0143 after 5 pm", SARAH),
        ("Sarah, her e-mail is sarah@gmail.com", SARAH),
        ("sarah@gmail.com / 702 555 0143", SARAH),
        ("somebody@nowhere.example, 702 555 0143", SARAH),
        ("id 84246479604", SARAH),
        ("contact id: 84246479604", SARAH),
        ("Sarah 84246479604", SARAH),
        ("https://app.hubspot.com/contacts/1/record/0-1/84246479604", SARAH),
        ("tel. +45 20 12 34 56", lars.as_str()),
        ("the caller was +45 20 12 34 56", lars.as_str()),
    ] {
        assert_eq!(found(&world, json!({"query": query})).await, [id], "{query}");
        let filtered = |lastname: &str| json!({"query": query, "filters": {"lastname": lastname}});
        let lastname = if id == SARAH { "Mark" } else { "Holm" };
        assert_eq!(found(&world, filtered(lastname)).await, [id], "{query}");
        assert_eq!(found(&world, filtered("Baker")).await, [""; 0], "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn words_beside_a_number_tell_apart_those_who_share_it() {
    let world = World::new().await;
    let mut family = vec![];
    for name in ["Ana", "Bea"] {
        family.push(typed_in(&world, json!({"firstname": name, "lastname": "Sol", "phone": "+34 612 345 678"})).await);
    }
    assert_eq!(found(&world, json!({"query": "+34 612 345 678"})).await.len(), 2);
    assert_eq!(found(&world, json!({"query": "this is Ána, +34 612 345 678"})).await, [family[0].as_str()]);
    assert_eq!(found(&world, json!({"query": "612 345 678 Sol"})).await.len(), 2);
    let search = async |query: &str| world.call("search_contacts", json!({"query": query})).await.unwrap();
    // A number is surer than a name, and what was not looked for is said.
    for (query, total, remark) in [
        ("Tom 702 555 0143", 1, "not the other words, which are in no name, e-mail address or company found"),
        ("Sarah 702 555 9999", 0, "not the other words: search for them alone"),
        ("Sarah Mark <sarah@nowhere.example>", 0, "not the other words: search for them alone"),
    ] {
        let answer = search(query).await;
        assert_eq!((&answer["total"], &answer["searched"][1]), (&json!(total), &json!(remark)), "{query}: {answer}");
    }
    let answer = search("id 12345").await;
    assert_eq!((&answer["total"], &answer["searched"]), (&json!(0), &json!(["id"])));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_found_turned_and_in_a_sentence() {
    let world = World::new().await;
    for query in ["MARK, Sarah", "Mark, Sarah", "\"Sarah Mark\"", "my name is Sarah Mark.", "find customer Sarah Mark"]
    {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    for at in 0..3 {
        typed_in(&world, json!({"firstname": "Kim", "lastname": format!("Lind{at}")})).await;
    }
    let page = |cursor: Value| json!({"query": "customers named Kim", "limit": 2, "cursor": cursor});
    let first = world.call("search_contacts", page(Value::Null)).await.unwrap();
    let rest = world.call("search_contacts", page(first["next_cursor"].clone())).await.unwrap();
    assert_eq!((&first["total"], rest["contacts"].as_array().unwrap().len()), (&json!(3), 1));
}

#[tokio::test(start_paused = true)]
async fn equal_digits_of_another_country_are_another_number() {
    let world = World::new().await;
    let ben = typed_in(&world, json!({"firstname": "Ben", "phone": "(305) 555-0188"})).await;
    assert_eq!(found(&world, json!({"query": "305 555 0188"})).await, [ben.as_str()]);
    // A plus sign may be missing in what is stored, so he is found and it is said that this is not sure.
    let unsure = world.call("search_contacts", json!({"query": "+30 55 550 188"})).await.unwrap();
    assert_eq!(
        (&unsure["total"], unsure["searched"][0].as_str().unwrap()),
        (&json!(1), "phone number, in part: some only end alike")
    );
    let new = json!({"properties": {"firstname": "Eleni", "phone": "+30 55 550 188"}});
    assert_eq!(world.call("create_contact", new).await.unwrap()["created"], true);
    let vera = typed_in(&world, json!({"firstname": "Vera", "phone": "702 555 0199"})).await;
    assert_eq!(found(&world, json!({"query": "+7 025 550 199"})).await, [""; 0]);
    assert_eq!(found(&world, json!({"query": "+1 702 555 0199"})).await, [vera]);
    let other = json!({"properties": {"firstname": "New", "phone": "+7 025 550 199"}});
    assert_eq!(world.call("create_contact", other).await.unwrap()["created"], true);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_only_ends_alike_is_somebody_else() {
    let world = World::new().await;
    let number = json!({"properties": {"firstname": "Sal", "phone": 7_025_550_143.0}});
    assert_eq!(world.call("create_contact", number).await.unwrap()["contact"]["contact_id"], SARAH);
    for stored in ["+1 479 234 5678", "+1 658 123 4567"] {
        typed_in(&world, json!({"firstname": "Stranger", "phone": stored})).await;
    }
    for (at, phone) in
        ["+47 92 34 56 78", "0047 92 34 56 79", "+65 8123 4567", "+7 025 550 143", "555-0143", "0702 555 0143"]
            .iter()
            .enumerate()
    {
        let new = json!({"properties": {"firstname": format!("New {at}"), "phone": phone}});
        let answer = world.call("create_contact", new).await.unwrap();
        assert_eq!(answer["created"], true, "{phone}: {answer}");
    }
    let answer = world.call("search_contacts", json!({"query": "234-5678"})).await.unwrap();
    assert_eq!(answer["searched"][0], "phone number, in part: some only end alike", "{answer}");
}

#[tokio::test(start_paused = true)]
async fn finding_f4_a_phone_number_that_cannot_be_read_is_said_so() {
    let world = World::new().await;
    let before = count(&world);
    for (text, part) in [
        ("+1 702 CALL NOW", "`C` cannot be read"),
        ("702 555 0143 or 702 555 0144", "more than one phone number"),
        ("+1 702 555 0143 / +1 702 555 0144", "more than one phone number"),
        ("+45 12", "fewer than 5 digits"),
        ("1-702-555-O143", "`O` cannot be read"),
        ("https://wa.me/message/ABCDEF", "cannot be read"),
    ] {
        let search = world.call("search_contacts", json!({"query": text})).await.unwrap_err();
        assert_eq!(search["code"], "INVALID_INPUT_ERROR", "{search}");
        assert!(search["message"].as_str().unwrap().contains(part), "{text}: {search}");
        let filter = world.call("search_contacts", json!({"filters": {"phone": text}})).await.unwrap_err();
        assert!(filter["problems"][0]["problem"].as_str().unwrap().contains(part), "{text}: {filter}");
        for (tool, arguments) in [
            ("create_contact", json!({"properties": {"firstname": "Sal", "phone": text}})),
            ("update_contact", json!({"contact": SARAH, "properties": {"mobilephone": text}})),
        ] {
            let error = world.call(tool, arguments).await.unwrap_err();
            assert!(error["problems"][0]["problem"].as_str().unwrap().contains(part), "{text}: {error}");
        }
    }
    assert_eq!(count(&world), before);
}

#[tokio::test(start_paused = true)]
async fn finding_f4_a_phone_number_is_written_without_what_nobody_sees() {
    let world = World::new().await;
    let change = json!({"contact": SARAH, "properties": {"phone": "\u{202a}+1 702–555–0199\u{202c}"}});
    let changed = world.call("update_contact", change).await.unwrap();
    assert_eq!(changed["changes"]["phone"]["after"], "+1 702-555-0199");
    let visit = json!({
        "slug": VISIT, "duration": 60, "consents": ["12345"],
        "form_fields": {"company": "ClouTea", "phone": "https://wa.me/17025550188"},
    });
    let booking = with(meeting("2026-12-01", "11:00"), visit);
    let unclear = with(booking.clone(), json!({"form_fields": {"company": "ClouTea", "phone": "ask my wife"}}));
    let error = world.call("create_meeting", unclear).await.unwrap_err();
    assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{error}");
    assert!(error["message"].as_str().unwrap().contains("`phone`"), "{error}");
    world.call("create_meeting", booking).await.unwrap();
    assert_eq!(property(&world, "contacts", SARAH, "phone"), "+17025550188");
}

#[tokio::test(start_paused = true)]
async fn a_short_number_is_neither_written_nor_a_stranger() {
    let world = World::new().await;
    let before = count(&world);
    for (tool, arguments) in [
        ("create_contact", json!({"properties": {"firstname": "Sal", "phone": "0143"}})),
        ("create_contact", json!({"properties": {"firstname": "Sal", "phone": "12"}})),
        ("update_contact", json!({"contact": SARAH, "properties": {"phone": "0"}})),
    ] {
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        assert!(error["problems"][0]["problem"].as_str().unwrap().contains("fewer than 5"), "{arguments}: {error}");
    }
    assert_eq!(count(&world), before);
    let error = world.call("find_contact_by_email", json!({"phone": "555 0143"})).await.unwrap_err();
    assert_eq!(error["code"], "USER_NOT_FOUND_ERROR", "{error}");
    assert!(error["message"].as_str().unwrap().contains("area code"), "{error}");
    assert!(!error["message"].as_str().unwrap().contains("not an existing customer"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_number_that_does_not_fit_the_address_is_said() {
    let world = World::new().await;
    let query = "+1 702 555 0199 / sarah@gmail.com";
    let answer = world.call("search_contacts", json!({"query": query})).await.unwrap();
    assert_eq!(answer["contacts"][0]["contact_id"], SARAH, "{answer}");
    assert!(answer["searched"].to_string().contains("not both together"), "{answer}");
    let query = "+1 702 555 0143 / sarah@gmail.com";
    let answer = world.call("search_contacts", json!({"query": query})).await.unwrap();
    assert!(!answer["searched"].to_string().contains("not both together"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn an_address_in_another_spelling_of_its_sign_is_refused() {
    let world = World::new().await;
    for text in ["sarah%40gmail.com", "sarah(at)gmail.com", "Sarah [at] gmail.com"] {
        let error = world.call("search_contacts", json!({"query": text})).await.unwrap_err();
        assert!(error["message"].as_str().unwrap().contains("with `@`"), "{text}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_day_begins_at_midnight_of_the_account() {
    let world = World::new().await;
    let change = json!({"contact": SARAH, "properties": {"closedate": "2026-12-01"}});
    world.call("update_contact", change).await.unwrap();
    assert_eq!(property(&world, "contacts", SARAH, "closedate"), "2026-12-01T05:00:00.000Z");
}

#[tokio::test(start_paused = true)]
async fn what_is_logged_has_happened() {
    let world = World::new().await;
    for (at, part) in [
        (json!("2027-11-22T09:30:00Z"), "not over yet"),
        (json!(1_796_137_200_i64), "unix seconds"),
        (json!("1796137200000"), "unix seconds"),
        (json!("yesterday"), "offset"),
    ] {
        let error = world.call("log_activity", json!({"contact": SARAH, "text": "Hi", "at": at})).await.unwrap_err();
        assert!(error["message"].as_str().unwrap().contains(part), "{at}: {error}");
    }
    let arguments = json!({"contact": SARAH, "text": "Hi", "at": "2026-11-20T09:30Z"});
    let logged = world.call("log_activity", arguments).await.unwrap();
    assert_eq!(logged["at"], "2026-11-20T09:30:00Z", "ISO 8601 has no seconds here");
}

// E-mail addresses and names

#[tokio::test(start_paused = true)]
async fn finding_f5_an_address_with_an_invisible_end_is_the_same_person() {
    let world = World::new().await;
    let before = count(&world);
    for email in [
        "sarah@gmail.com\u{200b}",
        "\u{feff}Sarah@gmail.com",
        "\u{202a}sarah@gmail.com\u{202c}\u{ad}",
        "sarah@gmail.com\u{2800}",
        "\u{fffc}sarah@gmail.com\u{e000}",
        "'sarah@gmail.com'",
    ] {
        let customer = world.call("find_contact_by_email", json!({"email": email})).await.unwrap();
        assert_eq!(customer["contact_id"], SARAH, "{email:?}");
        assert_eq!(world.call("get_contact", json!({"contact": email})).await.unwrap()["contact_id"], SARAH);
        assert_eq!(found(&world, json!({"query": email})).await, [SARAH], "{email:?}");
        assert_eq!(found(&world, json!({"filters": {"email": email, "lastname": "Mark"}})).await, [SARAH]);
        let kept = world.call("create_contact", json!({"properties": {"email": email}})).await.unwrap();
        assert_eq!((&kept["created"], &kept["contact"]["contact_id"]), (&json!(false), &json!(SARAH)), "{email:?}");
    }
    let change = json!({"contact": AIKO, "properties": {"email": "aiko@new.example\u{200b}"}});
    world.call("update_contact", change).await.unwrap();
    assert_eq!(property(&world, "contacts", AIKO, "email"), "aiko@new.example");
    let booking = with(meeting("2026-12-01", "13:00"), json!({"cus_email": "sarah@gmail.com\u{200b}"}));
    assert_eq!(world.call("create_meeting", booking).await.unwrap()["contact_id"], SARAH);
    assert_eq!(count(&world), before);
}

#[tokio::test(start_paused = true)]
async fn an_address_is_read_out_of_the_words_around_it() {
    let world = World::new().await;
    for query in [
        "Sarah Mark <sarah@gmail.com>",
        "sarah@gmail.com.",
        "(sarah@gmail.com)",
        "Email: sarah@gmail.com",
        "[sarah@gmail.com](mailto:sarah@gmail.com)",
    ] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    for query in ["sarah@@gmail.com", "http://sarah@gmail.com"] {
        assert_eq!(world.code("search_contacts", json!({"query": query})).await, "INVALID_INPUT_ERROR", "{query}");
    }
    for pasted in
        ["sarah@gmail.com.", "sarah@gmail.com;", "Sarah Mark <sarah@gmail.com>", "[s](mailto:sarah@gmail.com)"]
    {
        for (tool, arguments) in [
            ("find_contact_by_email", json!({"email": pasted})),
            ("get_contact", json!({"contact": pasted})),
            ("search_contacts", json!({"filters": {"email": pasted}})),
        ] {
            let answer = world.call(tool, arguments).await.unwrap();
            assert!(answer.to_string().contains(SARAH), "{tool} {pasted}: {answer}");
        }
        let kept = world.call("create_contact", json!({"properties": {"email": pasted}})).await.unwrap();
        assert_eq!((&kept["created"], &kept["contact"]["contact_id"]), (&json!(false), &json!(SARAH)), "{pasted}");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f5_an_invisible_character_inside_an_address_is_named() {
    let world = World::new().await;
    let before = count(&world);
    for character in ["\u{2800}", "\u{fff9}", "\u{fffc}", "\u{e000}", "\u{13430}", "\u{fdd0}"] {
        let email = format!("sa{character}rah@gmail.com");
        let error = world.call("find_contact_by_email", json!({"email": email})).await.unwrap_err();
        let code = format!("U+{:04X}", u32::from(character.chars().next().unwrap()));
        assert!(error["code"] == "INVALID_INPUT_ERROR" && error.to_string().contains(&code), "{code}: {error}");
    }
    let email = "sa\u{200b}rah@gmail.com";
    let guest = with(meeting("2026-12-01", "13:00"), json!({"slug": VISIT, "guest_emails": [email]}));
    for (tool, arguments) in [
        ("find_contact_by_email", json!({"email": email})),
        ("get_contact", json!({"contact": email})),
        ("search_contacts", json!({"query": email})),
        ("search_contacts", json!({"filters": {"email": email}})),
        ("create_contact", json!({"properties": {"email": email}})),
        ("update_contact", json!({"contact": SARAH, "properties": {"email": email}})),
        ("create_ticket", json!({"cus_cid": email, "issue": "It beeps."})),
        ("find_owner_by_owner_id", json!({"owner_id": email})),
        ("create_meeting", with(meeting("2026-12-01", "13:00"), json!({"cus_email": email}))),
        ("create_meeting", guest),
    ] {
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{tool} {arguments}: {error}");
        assert!(error.to_string().contains("U+200B ZERO WIDTH SPACE"), "{tool} {arguments}: {error}");
    }
    assert_eq!(count(&world), before);
}

#[tokio::test(start_paused = true)]
async fn finding_f5_spellings_of_an_international_address_are_one_person() {
    let spellings = ["jürgen@bücher.example", "ju\u{308}rgen@bu\u{308}cher.example", "JÜRGEN@xn--bcher-kva.example"];
    for stored in spellings {
        let world = World::new().await;
        let id = typed_in(&world, json!({"email": stored, "firstname": "Jürgen", "lastname": "Buch"})).await;
        let before = count(&world);
        for email in spellings {
            let customer = world.call("find_contact_by_email", json!({"email": email})).await.unwrap();
            assert_eq!(customer["contact_id"], *id, "{stored} {email}");
            assert_eq!(found(&world, json!({"query": email})).await, [id.as_str()], "{stored} {email}");
            assert_eq!(found(&world, json!({"filters": {"email": email, "lastname": "Buch"}})).await, [id.as_str()]);
            let kept = world.call("create_contact", json!({"properties": {"email": email}})).await.unwrap();
            assert_eq!(kept["created"], false, "{stored} {email}");
        }
        let booking = with(
            meeting("2026-12-01", "13:00"),
            json!({"cus_email": spellings[2], "cus_fname": "Jürgen", "cus_lname": "Buch"}),
        );
        assert_eq!(world.call("create_meeting", booking).await.unwrap()["contact_id"], *id, "{stored}");
        assert_eq!(count(&world), before, "{stored}");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f5_names_are_searched_without_what_nobody_sees() {
    let world = World::new().await;
    for query in ["Sarah\u{200b} Mark", "\u{feff}Sarah Mark\u{200e}", "Sa\u{ad}rah", "\u{2068}Mark\u{2069}"] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query:?}");
    }
    assert_eq!(found(&world, json!({"filters": {"lastname": "Ma\u{200b}rk"}})).await, [SARAH]);
    let jose = typed_in(&world, json!({"firstname": "José"})).await;
    for query in ["Jose\u{301}", "ＪＯＳＥ\u{301}", "Ｊｏｓé"] {
        assert_eq!(found(&world, json!({"query": query})).await, [jose.as_str()], "{query}");
    }
    for query in ["Ｓａｒａｈ Mark", "Ｓａｒａｈ　Ｍａｒｋ", "Sa\u{fffc}rah Ma\u{2800}rk"] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    let dowd = typed_in(&world, json!({"firstname": "Niall", "lastname": "O'Dowd"})).await;
    let neil = typed_in(&world, json!({"firstname": "Mary", "lastname": "O’Neil"})).await;
    for apostrophe in ["'", "’", "ʼ", "＇"] {
        for (query, id) in [(format!("Niall O{apostrophe}Dowd"), &dowd), (format!("Mary O{apostrophe}Neil"), &neil)] {
            assert_eq!(found(&world, json!({"query": query})).await, [id.as_str()], "{query}");
        }
    }
    assert_eq!(found(&world, json!({"filters": {"lastname": "Ｍａｒｋ"}})).await, [SARAH]);
    assert_eq!(world.code("search_contacts", json!({"query": "\u{200b}"})).await, "INVALID_INPUT_ERROR");
    let owned = world.call("create_ticket", json!({"cus_cid": SARAH, "issue": "x", "owner": "Mei\u{200b} Tanaka"}));
    assert_eq!(owned.await.unwrap()["owner_id"], "117003");
}

// Owners

#[tokio::test(start_paused = true)]
async fn finding_f6_an_owner_who_has_left_is_recognised() {
    let world = World::new().await;
    for key in [PAUL, "paul.adams@richtech.example"] {
        let owner = world.call("find_owner_by_owner_id", json!({"owner_id": key})).await.unwrap();
        assert_eq!((&owner["owner_id"], &owner["left"]), (&json!(PAUL), &json!(true)), "{owner}");
        let assigned = world.call("update_contact", json!({"contact": SARAH, "properties": {"owner": key}})).await;
        let error = assigned.unwrap_err();
        let times = with(booking::day("2026-12-01"), json!({"owner_id": key}));
        for error in [error, world.call("check_available", times).await.unwrap_err()] {
            assert_eq!(error["code"], "OWNER_NOT_FOUND_ERROR");
            assert!(error["message"].as_str().unwrap().contains("has left"), "{error}");
            assert!(error["hint"].as_str().unwrap().contains("`describe_crm` about `owners`"), "{error}");
        }
    }
    let veronica = world.call("find_owner_by_owner_id", json!({"owner_id": VERONICA})).await.unwrap();
    assert_eq!(veronica.get("left"), None);
}

#[tokio::test(start_paused = true)]
async fn finding_f6_a_ticket_for_an_owner_who_has_left_is_opened_with_a_warning() {
    // The owner left before the server read the owners, and after it did.
    for known_before in [false, true] {
        let world = World::new().await;
        let mei = json!({"owner_id": "117003"});
        if known_before {
            world.call("find_owner_by_owner_id", mei).await.unwrap();
        }
        assert!(world.sandbox.archive_owner("117003"));
        let ticket = json!({"cus_cid": AIKO, "issue": "It beeps.", "owner": "contact_owner"});
        let opened = world.call("create_ticket", ticket).await.unwrap();
        assert!(opened["warning"].as_str().unwrap().contains("has left"), "{opened}");
        assert_eq!(opened.get("owner_id"), None);
        let id = opened["ticket_id"].as_str().unwrap();
        assert_eq!(property(&world, "tickets", id, "hubspot_owner_id"), Value::Null);
        assert_eq!(world.sandbox.records("tickets").len(), 2, "opened once");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f6_the_contacts_of_an_owner_who_has_left_are_found() {
    let policy = frontdesk::tool::policy::ToolPolicy { broad_searches: true, ..Default::default() };
    let world = World::under(policy).await;
    assert!(world.sandbox.archive_owner("117003"));
    for owner in ["117003", "mei.tanaka@richtech.example"] {
        let ids = found(&world, json!({"filters": {"owner": owner}})).await;
        assert!(ids.contains(&AIKO.to_owned()), "{owner}: {ids:?}");
    }
    let error = world.call("search_contacts", json!({"filters": {"owner": "Nobody"}})).await.unwrap_err();
    assert!(error["hint"].as_str().unwrap().contains("by id or e-mail address"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_owner_is_named_by_id_address_or_unambiguous_name() {
    let world = World::new().await;
    for key in [
        json!("117001"),
        json!(117_001),
        json!("Veronica.Chen@richtech.example"),
        json!("Veronica Chen"),
        json!("chen"),
        json!("Veronica\u{200b} Chen"),
        json!("Veronica  Chen"),
        json!("Chen, Verónica"),
        json!("Veronica Chen <veronica.chen@richtech.example>"),
        json!(117_001.0),
        json!("117001.0"),
    ] {
        let owner = world.call("find_owner_by_owner_id", json!({"owner_id": key})).await.unwrap();
        assert_eq!(owner["owner_id"], "117001", "{key}");
        let day = json!({"owner_id": key, "time_zone": "America/New_York", "meeting_date": "2026-12-01"});
        let free = world.call("check_available", day).await.unwrap();
        assert_eq!(free["slug"], "richtech/veronica-chen", "{key}");
    }
    for key in ["Nobody", "nobody@richtech.example", "999"] {
        assert_eq!(
            world.code("find_owner_by_owner_id", json!({"owner_id": key})).await,
            "OWNER_NOT_FOUND_ERROR",
            "{key}"
        );
    }
    let user = world.call("find_owner_by_owner_id", json!({"owner_id": "9586504"})).await.unwrap_err();
    assert!(user["hint"].as_str().unwrap().contains("`117001`"), "a user's id is not an owner's: {user}");
    assert_eq!(world.code("find_owner_by_owner_id", json!({"owner_id": ""})).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn an_ambiguous_owner_is_refused_with_the_candidates() {
    let world = World::new().await;
    let owner = |id: &str, first: &str, user: u64| {
        json!({
            "id": id, "email": format!("{first}@richtech.example"), "firstName": first, "lastName": "Chen",
            "userId": user, "userIdIncludingInactive": user, "archived": false, "type": "PERSON",
            "createdAt": "2025-01-06T15:20:00.000Z", "updatedAt": "2025-01-06T15:20:00.000Z",
        })
    };
    let body = json!({"results": [owner("117001", "Veronica", 9_586_504), owner("117009", "Li", 9_586_909)]});
    let mut fault = Fault::once(Effect::Status { status: 200, body: Some(body), headers: vec![] });
    (fault.matches.path_contains, fault.times) = (Some("/crm/owners/".into()), 5);
    world.sandbox.inject_fault(fault);
    for (tool, arguments) in [
        ("find_owner_by_owner_id", json!({"owner_id": "Chen"})),
        ("check_available", json!({"owner_id": "Chen", "time_zone": "America/New_York", "meeting_date": "2026-12-01"})),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error["code"], "AMBIGUOUS_ERROR", "{tool}: {error}");
        let ids: Vec<_> = error["owners"].as_array().unwrap().iter().map(|one| one["owner_id"].clone()).collect();
        assert_eq!(ids, [json!("117001"), json!("117009")], "{tool}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_is_named_by_id_or_address_and_never_by_name() {
    let world = World::new().await;
    let keys = [json!(SARAH), json!(84_246_479_604_u64), json!("Sarah@gmail.com"), json!("sarah@gmail.com\u{200b}")];
    for (at, key) in keys.into_iter().enumerate() {
        let owner = world.call("find_owner_id_by_contact_id", json!({"cus_cid": key})).await.unwrap();
        assert_eq!(owner["owner_id"], VERONICA, "{key}");
        let ticket = json!({"cus_cid": key, "issue": format!("It beeps {at} times."), "owner": "contact_owner"});
        let opened = world.call("create_ticket", ticket).await.unwrap();
        assert_eq!(opened["owner_id"], VERONICA, "{key}");
    }
    assert_eq!(world.call("find_tickets", json!({"contact": SARAH})).await.unwrap()["total"], 4);
    for tool in ["create_ticket", "find_owner_id_by_contact_id"] {
        let call = |key: &str| match tool {
            "create_ticket" => json!({"cus_cid": key, "issue": "It beeps."}),
            _ => json!({"cus_cid": key}),
        };
        let error = world.call(tool, call("Sarah Mark")).await.unwrap_err();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR", "the only Sarah Mark need not be this one");
        assert!(error["message"].as_str().unwrap().contains("`search_contacts`"), "{error}");
        assert_eq!(world.code(tool, call("nobody@nowhere.example")).await, "USER_NOT_FOUND_ERROR");
        assert_eq!(world.code(tool, call("999")).await, "CONTACT_NOT_FOUND_ERROR");
    }
}

// Pages and totals

#[tokio::test(start_paused = true)]
async fn finding_f12_a_page_of_a_phone_search_is_full_and_its_total_counts_what_fits() {
    let world = World::new().await;
    let stranger = |at: usize| json!({"lastname": format!("No {at}"), "phone": format!("+45 {at}9 555 0143")});
    imported(&world, (0..450).map(stranger).collect()).await;
    let sarah = world.call("search_contacts", json!({"filters": {"phone": "+1 702 555 0143"}})).await.unwrap();
    assert_eq!((&sarah["total"], &sarah["contacts"][0]["contact_id"]), (&json!(1), &json!(SARAH)));
    assert_eq!(sarah.get("next_cursor"), None);
    assert_eq!(found(&world, json!({"query": "+1 702 555 0143"})).await, [SARAH]);
    let family = |at: usize| json!({"lastname": format!("Mark {at}"), "phone": "(702) 555-0143"});
    let mut expected = imported(&world, (0..6).map(family).collect()).await;
    imported(&world, (450..600).map(stranger).collect()).await;
    expected.reverse();
    expected.push(SARAH.to_owned());
    let (mut seen, mut cursor) = (vec![], Value::Null);
    for size in [3, 3, 1] {
        let asked = json!({"filters": {"phone": "+1 702 555 0143"}, "limit": 3, "cursor": cursor});
        let page = world.call("search_contacts", asked).await.unwrap();
        assert_eq!((&page["total"], page["contacts"].as_array().unwrap().len()), (&json!(7), size), "{page}");
        let ids = page["contacts"].as_array().unwrap().iter();
        seen.extend(ids.map(|one| one["contact_id"].as_str().unwrap().to_owned()));
        cursor = page["next_cursor"].clone();
    }
    assert_eq!((seen, cursor), (expected, Value::Null));
}

#[tokio::test(start_paused = true)]
async fn a_total_that_was_not_counted_to_the_end_says_so() {
    let world = World::new().await;
    let stranger = |at: usize| json!({"lastname": format!("No {at}"), "phone": format!("+45 {at}9 555 0143")});
    imported(&world, (0..2_100).map(stranger).collect()).await;
    let asked = |cursor: Value| json!({"filters": {"phone": "+1 702 555 0143"}, "cursor": cursor});
    let first = world.call("search_contacts", asked(Value::Null)).await.unwrap();
    assert_eq!((&first["total"], &first["total_is_lower_bound"]), (&json!(0), &json!(true)), "{first}");
    let rest = world.call("search_contacts", asked(first["next_cursor"].clone())).await.unwrap();
    assert_eq!(rest["contacts"][0]["contact_id"], SARAH, "reading goes on where it stopped: {rest}");
    assert_eq!(rest.get("next_cursor"), None);
}

// Properties that take several options

#[tokio::test(start_paused = true)]
async fn finding_f11_options_are_appended_removed_and_listed() {
    let world = World::new().await;
    robots(&world).await;
    let change = async |value: Value| {
        let change = json!({"contact": SARAH, "properties": {"Robots": value}});
        world.call("update_contact", change).await.unwrap()["changes"]["robots"].clone()
    };
    let robots = || property(&world, "contacts", SARAH, "robots");
    for (value, after) in [
        (json!(["ADAM", "DUST-E", "adam"]), "adam;dust_e"),
        (json!(";matradee"), "adam;dust_e;matradee"),
        (json!({"remove": ["DUST-E"]}), "adam;matradee"),
        (json!({"add": ["dust_e"], "remove": ["Adam"]}), "matradee;dust_e"),
        (json!("ADAM; DUST-E"), "adam;dust_e"),
        (json!({"add": "Matradee"}), "adam;dust_e;matradee"),
        (json!({"remove": ["adam", "dust_e", "matradee"]}), ""),
        (json!("[\"adam\", \"dust_e\"]"), "adam;dust_e"),
        (json!("{\"remove\": [\"adam\", \"dust_e\"]}"), ""),
        (json!(";DUST-E;adam"), "dust_e;adam"),
    ] {
        assert_eq!(change(value.clone()).await["after"], after, "{value}");
        assert_eq!(robots().as_str().unwrap_or_default(), after, "{value}");
    }
    for same in [json!(";adam"), json!(["adam", "dust_e"]), json!({"add": ["adam"]}), json!({"remove": ["matradee"]})] {
        world.requests();
        assert_eq!(change(same.clone()).await, Value::Null, "{same}");
        assert!(world.requests().iter().all(|sent| !sent.starts_with("PATCH")), "{same}");
    }
    let comma = json!({"contact": SARAH, "properties": {"robots": "ADAM, DUST-E"}});
    let error = world.call("update_contact", comma).await.unwrap_err();
    let problem = &error["problems"][0];
    assert!(problem["problem"].as_str().unwrap().contains("a list, or `;` between them"), "{error}");
    assert_eq!(problem["options"], json!(["adam", "dust_e", "matradee"]));
    assert_eq!(robots(), "dust_e;adam");
}

/// HubSpot appends, so what a colleague ticked a moment ago stays.
#[tokio::test(start_paused = true)]
async fn appending_keeps_what_somebody_else_added_meanwhile() {
    let world = World::new().await;
    robots(&world).await;
    let path = format!("/crm/v3/objects/contacts/{SARAH}");
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"robots": "adam"}})).await;
    let stale = json!({
        "id": SARAH, "archived": false, "createdAt": "2025-02-15T21:23:10.453Z", "updatedAt": "2025-02-23T22:15:05.802Z",
        "properties": {"robots": "adam", "firstname": "Sarah", "lastname": "Mark", "email": "sarah@gmail.com"},
    });
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"robots": ";dust_e"}})).await;
    let mut fault = Fault::once(Effect::Status { status: 200, body: Some(stale), headers: vec![] });
    (fault.matches.method, fault.matches.path_contains) = (Some("GET".into()), Some(format!("/contacts/{SARAH}")));
    world.sandbox.inject_fault(fault);
    let change = json!({"contact": SARAH, "properties": {"robots": {"add": ["Matradee"]}}});
    let changed = world.call("update_contact", change).await.unwrap();
    assert_eq!(property(&world, "contacts", SARAH, "robots"), "adam;dust_e;matradee");
    assert_eq!(changed.get("kept_by_hubspot"), None, "{changed}");
}

#[tokio::test(start_paused = true)]
async fn a_new_record_gets_the_options_as_they_are_listed() {
    let world = World::new().await;
    robots(&world).await;
    let added = json!({"properties": {"firstname": "Ada", "robots": ";adam;ADAM"}});
    let added = world.call("create_contact", added).await.unwrap();
    let id = added["contact"]["contact_id"].as_str().unwrap();
    assert_eq!(property(&world, "contacts", id, "robots"), "adam");
    let ticket = json!({"cus_cid": SARAH, "issue": "It beeps.", "category": "Billing issue"});
    let ticket = world.call("create_ticket", ticket).await.unwrap()["ticket_id"].clone();
    let change = json!({"ticket_id": ticket, "category": ";Product Issue"});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["category"]["after"], "BILLING_ISSUE;PRODUCT_ISSUE", "{changed}");
    let change = json!({"ticket_id": ticket, "properties": {"Category": {"remove": ["Billing Issue"]}}});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["category"]["after"], "PRODUCT_ISSUE", "{changed}");
}

// The account's own properties of tickets

async fn serial_number(world: &World) {
    let serial = json!({
        "name": "serial_number", "label": "Serial number", "type": "string", "fieldType": "text",
        "groupName": "ticketinformation",
    });
    define(world, "tickets", serial).await;
    let option = |value: &str| json!({"value": value, "label": value, "displayOrder": 0, "hidden": false});
    let floor = json!({
        "name": "floor", "label": "Floor", "type": "enumeration", "fieldType": "select",
        "groupName": "ticketinformation", "options": [option("ground"), option("first")],
    });
    define(world, "tickets", floor).await;
}

#[tokio::test(start_paused = true)]
async fn a_tickets_own_properties_are_set_changed_and_shown() {
    let world = World::new().await;
    serial_number(&world).await;
    let properties = json!({"Serial number": "D-17", "floor": "Ground"});
    let opened = json!({"cus_cid": SARAH, "issue": "It beeps.", "priority": "high", "properties": properties});
    let id = world.call("create_ticket", opened).await.unwrap()["ticket_id"].as_str().unwrap().to_owned();
    for (name, value) in [("serial_number", "D-17"), ("floor", "ground"), ("hs_ticket_priority", "HIGH")] {
        assert_eq!(property(&world, "tickets", &id, name), value, "{name}");
    }
    let change = json!({"ticket_id": id, "properties": {"Floor": "first", "serial_number": null}});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["floor"], json!({"before": "ground", "after": "first"}));
    assert_eq!(changed["changes"]["serial_number"], json!({"before": "D-17", "after": ""}));
    for key in [json!({"contact": SARAH}), json!({"ticket_id": id})] {
        let asked = with(key, json!({"properties": ["Floor", "Serial number"]}));
        let shown = world.call("find_tickets", asked).await.unwrap();
        assert_eq!(shown["tickets"][0]["properties"], json!({"floor": "first", "serial_number": ""}), "{shown}");
    }
    let usual = world.call("find_tickets", json!({"ticket_id": id})).await.unwrap();
    assert_eq!(usual["tickets"][0].get("properties"), None);
}

#[tokio::test(start_paused = true)]
async fn wrong_properties_of_a_ticket_are_reported_at_once() {
    let world = World::new().await;
    serial_number(&world).await;
    let before = world.sandbox.records("tickets").len();
    let properties = json!({"serial_numbr": "1", "Floor": "roof", "hs_ticket_id": "7"});
    for (tool, key) in [
        ("create_ticket", json!({"cus_cid": SARAH, "issue": "x"})),
        ("update_ticket", json!({"ticket_id": "33190415288"})),
    ] {
        let error = world.call(tool, with(key.clone(), json!({"properties": properties}))).await.unwrap_err();
        assert_eq!(error["code"], "PROPERTY_NOT_FOUND_ERROR", "{tool}: {error}");
        let problems = error["problems"].as_array().unwrap();
        assert_eq!(problems.len(), 3, "{tool}: {error}");
        assert!(error.to_string().contains("serial_number") && error.to_string().contains("read-only"), "{error}");
        for (name, argument) in [("Priority", "priority"), ("hs_pipeline_stage", "stage"), ("owner", "owner")] {
            let error = world.call(tool, with(key.clone(), json!({"properties": {name: "x"}}))).await.unwrap_err();
            assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{tool} {name}: {error}");
            let problem = error["problems"][0]["problem"].as_str().unwrap();
            assert!(problem.contains(&format!("`{argument}`")), "{tool} {name}: {error}");
        }
    }
    let shown = json!({"ticket_id": "33190415288", "properties": ["serial_numbr"]});
    assert_eq!(world.code("find_tickets", shown).await, "PROPERTY_NOT_FOUND_ERROR");
    assert_eq!(world.sandbox.records("tickets").len(), before);
}

#[tokio::test(start_paused = true)]
async fn required_properties_of_a_ticket_that_are_missing_are_named() {
    let world = World::new().await;
    serial_number(&world).await;
    assert!(world.sandbox.require_property("tickets", "serial_number"));
    assert!(world.sandbox.require_property("tickets", "floor"));
    let before = world.sandbox.records("tickets").len();
    let ticket = |properties: Value| json!({"cus_cid": SARAH, "issue": "It beeps.", "properties": properties});
    let error = world.call("create_ticket", ticket(json!({}))).await.unwrap_err();
    assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("`serial_number`") && message.contains("`floor`"), "{error}");
    let missing = error["missing"].as_array().unwrap();
    let floor = missing.iter().find(|one| one["property"] == "floor").unwrap();
    assert_eq!(floor["options"], json!(["ground", "first"]));
    assert!(error["hint"].as_str().unwrap().contains("`properties`"), "{error}");
    assert_eq!(world.sandbox.records("tickets").len(), before, "nothing was created");
    let opened = world.call("create_ticket", ticket(json!({"serial_number": "D-17", "floor": "first"}))).await;
    assert!(opened.is_ok(), "{opened:?}");
}

#[tokio::test(start_paused = true)]
async fn a_property_that_a_stage_requires_is_named() {
    let world = World::new().await;
    let body = json!({
        "status": "error", "category": "VALIDATION_ERROR", "message": "Some required properties were not set.",
        "errors": [{
            "message": "Property \"hs_resolution\" is required", "code": "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
            "context": {"propertyName": ["hs_resolution"]},
        }],
    });
    let mut fault = Fault::once(Effect::Status { status: 400, body: Some(body), headers: vec![] });
    (fault.matches.method, fault.matches.path_contains) = (Some("PATCH".into()), Some("/tickets/".into()));
    world.sandbox.inject_fault(fault);
    let change = json!({"ticket_id": "33190415288", "stage": "reopen"});
    let error = world.call("update_ticket", change).await.unwrap_err();
    assert_eq!(
        (&error["code"], &error["missing"][0]["property"]),
        (&json!("INVALID_INPUT_ERROR"), &json!("hs_resolution"))
    );
    assert!(error["missing"][0]["problem"].as_str().unwrap().contains("Resolution"), "{error}");
}

/// A number that people in every area may have is kept, and the agent is told to ask for the rest.
#[tokio::test(start_paused = true)]
async fn a_number_without_its_area_code_is_stored_with_a_warning() {
    let world = World::new().await;
    for (phone, warns) in [("555-0199", true), ("702 555 0199", false), ("+45 12 34 56 78", false)] {
        for name in ["phone", "mobilephone"] {
            let properties = json!({"firstname": "Ada", name: phone});
            let made = world.call("create_contact", json!({"properties": properties, "allow_same_phone": true})).await;
            let made = made.unwrap();
            let changed = json!({"contact": made["contact"]["contact_id"], "properties": {name: phone}});
            let changed = world.call("update_contact", changed).await.unwrap();
            for answer in [&made, &changed] {
                let told = answer["warning"].as_str().is_some_and(|warning| warning.contains("area code"));
                assert_eq!(told, warns, "{name} {phone}: {answer}");
            }
        }
    }
}
