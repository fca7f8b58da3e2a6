//! Phone numbers, in whatever form a client sends them.

use serde_json::{Value, json};

use super::{SARAH, VISIT, count, found, imported, property, typed_in};
use crate::booking::{meeting, with};
use crate::world::World;

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
