//! What customers did who were played by hand: typing errors, repetitions, several wishes at once, and answers that are none.

use frontdesk::chat::visitor::Trust;

use super::talk::{SARAH, Talk};

/// An address with a typing error is asked about, and the one that was meant is taken by a yes, by its domain, or typed anew.
#[tokio::test(start_paused = true)]
async fn a_mistyped_address_is_asked_about() {
    for (typed, answer) in [
        ("it's sarah@gmial.com", "yes please"),
        ("it's sarah@gmial.com", "sorry, gmail.com of course"),
        ("sarah@gmail,com", SARAH),
        ("sarah at gmail dot com", "1"),
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tickets").len();
        let told = talk.play(&["I have an issue in installing the DUST-E robot", typed, answer, "yes"]).await;
        assert!(told.contains("Did you mean sarah@gmail.com?") && told.contains("Thank you, Sarah."), "{told}");
        assert_eq!(talk.records("tickets").len(), before + 1, "{told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["I have an issue in installing the DUST-E robot", "sarah@gmial.com", "no"]).await;
    assert!(told.contains("sarah@gmial.com"), "who holds to an address is looked up by it: {told}");
}

/// Whoever holds to an address is looked up by it, in whatever words, and the matter that was told beside it is not lost.
#[tokio::test(start_paused = true)]
async fn a_held_address_keeps_the_first_message() {
    for held in [
        "No it's gmial.com not gmail.com",
        "no, sarah@gmial.com is right",
        "I typed it right",
        "no it is correct",
        "Nein, das stimmt so",
    ] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let told = talk.play(&["The DUST-E brush is stuck. sarah@gmial.com", held, SARAH, "yes", "yes"]).await;
        assert!(told.contains("Did you mean sarah@gmail.com?") && told.contains("sarah@gmial.com"), "{told}");
        let kept = talk.records("tickets").iter().any(|ticket| ticket.to_string().contains("brush is stuck"));
        assert!(kept, "{held}: {told}");
    }
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["The DUST-E brush is stuck. sarah@gmial.com", "bob@outlok.com", SARAH, "yes", "yes"]).await;
    assert!(told.contains("Did you mean bob@outlook.com?"), "{told}");
    assert!(talk.records("tickets").iter().any(|ticket| ticket.to_string().contains("brush is stuck")), "{told}");
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["The DUST-E brush is stuck. sarah@gmial.com", "hm hm", "yes", "yes", "yes"]).await;
    assert!(told.matches("Did you mean sarah@gmail.com?").count() == 2, "{told}");
    assert!(talk.records("tickets").iter().any(|ticket| ticket.to_string().contains("brush is stuck")), "{told}");
}

/// Of two addresses by which somebody is reached, the last counts.
#[tokio::test(start_paused = true)]
async fn the_last_address_reaches_the_visitor() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tasks");
    let told = talk.play(&["I want a person", "sarah@gmial.com", "no", SARAH, "yes"]).await;
    let tasks = talk.records("tasks");
    let new: Vec<String> = tasks.iter().filter(|task| !before.contains(task)).map(ToString::to_string).collect();
    assert!(new.len() == 1 && new[0].contains(SARAH) && !new[0].contains("gmial"), "{new:?} {told}");
}

/// Another address behind the ticket of somebody who only claims the first one goes to a colleague, and makes no ticket again.
#[tokio::test(start_paused = true)]
async fn another_address_behind_a_claimed_one_reaches_a_person() {
    let mut talk = Talk::begin(None, Trust::Claimed).await;
    let told = talk.play(&["I have a problem: the DUST-E brush is stuck. sarah@gmail.com", "yes"]).await;
    let (tickets, tasks) = (talk.records("tickets").len(), talk.records("tasks").len());
    let told = told + &talk.play(&["tom.baker@harborviewhotel.com", "yes"]).await;
    assert_eq!((talk.records("tickets").len(), talk.records("tasks").len()), (tickets, tasks + 1), "{told}");
    assert!(
        talk.records("tasks").iter().any(|task| task.to_string().contains("tom.baker@")),
        "a colleague reads it: {told}"
    );
}

/// What was asked whether it helped is no doubt: the next question is answered.
#[tokio::test(start_paused = true)]
async fn a_question_behind_others_is_no_answer() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    talk.play(&["Quanto costa ADAM?", "Quali sono i tempi di consegna?"]).await;
    let reply = talk.say("Avete un ufficio in Italia?").await.reply;
    assert!(!reply.text.starts_with("Grazie"), "{reply:?}");
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["Har I et kontor i Danmark?", "ja"]).await;
    assert!(!told.contains("disse oplysninger: Har I"), "{told}");
}

/// Whoever says the same again is told that it is noted, and nothing is made twice.
#[tokio::test(start_paused = true)]
async fn a_repeated_message_makes_no_second_ticket() {
    let fault = "the left wheel of our Matradee came off";
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let before = talk.records("tickets").len();
    let told = talk.play(&["I have a problem", SARAH, fault, "yes", fault]).await;
    assert!(told.contains("I have noted that already."), "{told}");
    assert_eq!(talk.records("tickets").len(), before + 1, "{told}");
}

/// What was offered is still offered after an answer that is none of it, and the place of a choice is that of the list that
/// stands there.
#[tokio::test(start_paused = true)]
async fn an_unclear_answer_keeps_what_was_offered() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let offered = talk.say("hej, jeg vil gerne se jeres robot engang i næste uge").await.reply.choices;
    assert!(offered.len() > 2, "{offered:?}");
    let after = talk.say("midt på måske").await.reply;
    assert_eq!(after.choices, offered, "{after:?}");
}

/// Nobody is asked what they mean without end: a person goes on.
#[tokio::test(start_paused = true)]
async fn nobody_is_asked_what_they_mean_without_end() {
    let vague = [
        "the thing with the appointment and the robot",
        "and that ticket or the robot",
        "the data of my meeting",
        "my robot meeting number",
    ];
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let mut ends = false;
    for message in vague {
        let turn = talk.say(message).await;
        ends |= turn.reply.text.contains("colleague");
    }
    assert!(ends, "{vague:?}");
}

/// More data behind a correction are corrected too.
#[tokio::test(start_paused = true)]
async fn a_correction_goes_on() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk
        .play(&["my phone number has changed to +1 702 555 0188", SARAH, "yes", "my city is now Reno", "yes"])
        .await;
    assert!(told.contains("0188") && told.contains("Reno"), "{told}");
    let contacts = talk.records("contacts");
    let sarah = contacts.iter().find(|contact| contact["properties"]["email"] == SARAH).unwrap();
    assert_eq!(sarah["properties"]["city"], "Reno", "{told}");
}

/// A part of the day is looked for among the times of the day that was shown.
#[tokio::test(start_paused = true)]
async fn a_part_of_the_day_is_looked_up() {
    for (wish, part) in [("in the afternoon, please", "afternoon"), ("am Nachmittag", "afternoon")] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        talk.play(&["I'd like to meet my representative next Tuesday", SARAH, "New York"]).await;
        let turn = talk.say(wish).await;
        let asked = turn.done.iter().filter(|done| done.call.tool == "check_available");
        let days: Vec<String> = asked
            .filter_map(|done| Some(done.call.arguments.as_ref().ok()?.get("meeting_date")?.as_str()?.to_owned()))
            .collect();
        assert!(days.iter().any(|day| day.contains(part)), "{wish}: {days:?} {turn:?}");
    }
}

/// Several wishes of one message are seen to one after the other, the questions last.
#[tokio::test(start_paused = true)]
async fn several_wishes_are_seen_to() {
    let mut talk = Talk::begin(None, Trust::Operator).await;
    let told = talk.play(&["How much is the Matradee?, when is my appointment, sarah@gmail.com"]).await;
    assert!(told.contains("appointment to come") && told.contains("These documents name no prices"), "{told}");
}

/// A yes with what people say beside it agrees.
#[tokio::test(start_paused = true)]
async fn a_yes_is_a_yes_however_it_is_said() {
    for yes in ["YES obviously", "bon d'accord", "ja natürlich", "certo, sì", "ja selvfølgelig"] {
        let mut talk = Talk::begin(None, Trust::Operator).await;
        let before = talk.records("tickets").len();
        let told = talk.play(&["I have an issue in installing the DUST-E robot", SARAH, yes]).await;
        assert_eq!(talk.records("tickets").len(), before + 1, "{yes}: {told}");
    }
}
