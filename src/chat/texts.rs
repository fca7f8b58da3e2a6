//! The fixed texts of the chat, in every language that it speaks. Those with names in braces stand in files of their own, each
//! with a plain one beside it.

/// Texts by their names, and all of them for the tests.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $da:literal, $fr:literal, $it:literal, $de:literal;)*) => {
        $($(#[$doc])* pub const $name: Text = Text { en: $en, da: $da, fr: $fr, it: $it, de: $de };)*

        #[cfg(test)]
        pub(super) const ALL: &[Text] = &[$($name),*];
    };
}

/// Texts with values by their names, and all of them for the tests.
macro_rules! texts_with_values {
    ($($(#[$doc:meta])* $name:ident: $en:literal, $da:literal, $fr:literal, $it:literal, $de:literal;
        plain $plain_en:literal, $plain_da:literal, $plain_fr:literal, $plain_it:literal, $plain_de:literal;)*) => {
        $($(#[$doc])* pub const $name: TextWithValues = TextWithValues {
            whole: Text { en: $en, da: $da, fr: $fr, it: $it, de: $de },
            plain: Text { en: $plain_en, da: $plain_da, fr: $plain_fr, it: $plain_it, de: $plain_de },
        };)*

        #[cfg(test)]
        pub(super) const ALL_WITH_VALUES: &[TextWithValues] = &[$($name),*];
    };
}

pub mod confirmations;
pub mod kind;
pub mod outcomes;
pub mod properties;
pub mod staff;
pub mod with_values;

use self::kind::Text;
use super::language::Language;

/// The address that is shown as an example: nobody has it.
const EXAMPLE_ADDRESS: &str = "name@example.com";

/// Formats an example of a value; addresses in it become `name@example.com`.
pub fn example(value: &str, language: Language) -> String {
    let shown: Vec<&str> =
        value.split_whitespace().map(|word| if word.contains('@') { EXAMPLE_ADDRESS } else { word }).collect();
    with_values::EXAMPLE.with(language, &[("example", &shown.join(" "))])
}

texts! {
    /// The reply to a message without words.
    EMPTY:
        "There was no text in that message. What can I do for you?",
        "Der var ingen tekst i beskeden. Hvad kan jeg hjælpe med?",
        "Ce message ne contenait pas de texte. Que puis-je faire pour vous ?",
        "Il messaggio era vuoto. Come posso aiutarla?",
        "Diese Nachricht enthielt keinen Text. Was kann ich für Sie tun?";
    /// Asks how a colleague reaches the visitor.
    HOW_TO_REACH:
        "How can a colleague reach you: what is your e-mail address? A phone number will do as well.",
        "Hvordan kan en kollega få fat i dig: hvad er din e-mailadresse? Et telefonnummer er også fint.",
        "Comment un collègue peut-il vous joindre : quelle est votre adresse e-mail ? Un numéro de téléphone convient aussi.",
        "Come può contattarla un collega: qual è il suo indirizzo e-mail? Va bene anche un numero di telefono.",
        "Wie erreicht Sie ein Kollege: wie lautet Ihre E-Mail-Adresse? Eine Telefonnummer genügt auch.";
    /// After a task was made for a colleague.
    PASSED_ON:
        "I have passed this on to a colleague, who will get back to you.",
        "Jeg har givet det videre til en kollega, som vender tilbage til dig.",
        "Je l'ai transmis à un collègue, qui reviendra vers vous.", "L'ho inoltrato a un collega, che la ricontatterà.",
        "Ich habe das an einen Kollegen weitergegeben, der sich bei Ihnen meldet.";
    /// After the task could not be made.
    NOT_PASSED_ON:
        "I am sorry: I could not pass this on to a colleague just now. Please try again in a few minutes.",
        "Beklager: jeg kunne ikke give det videre til en kollega lige nu. Prøv igen om et par minutter.",
        "Désolé : je n'ai pas pu le transmettre à un collègue pour l'instant. Réessayez dans quelques minutes.",
        "Mi dispiace: ora non ho potuto inoltrarlo a un collega. Riprovi tra qualche minuto.",
        "Es tut mir leid: Ich konnte das gerade nicht an einen Kollegen weitergeben. Bitte versuchen Sie es in einigen Minuten erneut.";
    /// After the visitor wants no person after all.
    AS_YOU_LIKE:
        "As you like. What else can I do for you?", "Som du vil. Hvad kan jeg ellers hjælpe med?",
        "Comme vous voulez. Que puis-je faire d'autre pour vous ?", "Come preferisce. Cos'altro posso fare per lei?",
        "Wie Sie möchten. Was kann ich sonst für Sie tun?";
    /// The chat cannot go on.
    CANNOT_NOW:
        "I am sorry, I cannot answer that at the moment; a colleague can.",
        "Beklager, det kan jeg ikke svare på lige nu; det kan en kollega.",
        "Désolé, je ne peux pas répondre à cela pour le moment ; un collègue le peut.",
        "Mi dispiace, al momento non posso rispondere; un collega può farlo.",
        "Es tut mir leid, das kann ich im Moment nicht beantworten; ein Kollege kann es.";
    /// Said at the start: no person is here.
    AUTOMATIC:
        "I am an automatic assistant. Pick one of these, or say it in your own words; you can ask for a person at any time.",
        "Jeg er en automatisk assistent. Vælg en af disse, eller sig det med dine egne ord; du kan altid bede om en person.",
        "Je suis un assistant automatique. Choisissez une réponse ou dites-le avec vos mots ; vous pouvez toujours demander une personne.",
        "Sono un assistente automatico. Scelga una di queste voci o lo dica con parole sue; può sempre chiedere di una persona.",
        "Ich bin ein automatischer Assistent. Wählen Sie etwas davon oder sagen Sie es mit Ihren Worten; Sie können jederzeit nach einer Person fragen.";
    /// The choice of a person.
    A_PERSON: "A person, please", "En person, tak", "Une personne, s'il vous plaît", "Una persona, per favore", "Eine Person, bitte";
    /// The choice of nothing that is offered.
    SOMETHING_ELSE: "Something else", "Noget andet", "Autre chose", "Qualcos'altro", "Etwas anderes";
    /// The choice of yes.
    YES: "Yes", "Ja", "Oui", "Sì", "Ja";
    /// The choice of no.
    NO: "No", "Nej", "Non", "No", "Nein";
    /// The choice of another value.
    CHANGE: "Change something", "Ret noget", "Modifier quelque chose", "Cambiare qualcosa", "Etwas ändern";
    /// The choice of another day.
    ANOTHER_DAY: "Another day", "En anden dag", "Un autre jour", "Un altro giorno", "Ein anderer Tag";
    /// Before choices of which one is probably meant.
    WHICH_OF_THESE:
        "Which of these do you mean?", "Hvilket af disse mener du?", "Lequel voulez-vous dire ?", "Quale di questi intende?",
        "Was davon meinen Sie?";
    /// A message that is not understood, before some choices.
    REPHRASE:
        "I did not understand that. Can you say it in other words, or pick one of these?",
        "Det forstod jeg ikke. Kan du sige det med andre ord eller vælge en af disse?",
        "Je n'ai pas compris. Pouvez-vous le dire autrement ou choisir l'un de ces sujets ?",
        "Non ho capito. Può dirlo in altre parole o scegliere una di queste voci?",
        "Das habe ich nicht verstanden. Können Sie es anders sagen oder eines davon wählen?";
    /// An offer of everything that can be done.
    WHAT_CAN_I_DO:
        "What can I do for you?", "Hvad kan jeg hjælpe med?", "Que puis-je faire pour vous ?", "Come posso aiutarla?",
        "Was kann ich für Sie tun?";
    /// After something is done.
    ANYTHING_ELSE:
        "Is there anything else?", "Er der andet?", "Autre chose ?", "C'è altro?", "Gibt es noch etwas?";
    /// At the end.
    GOODBYE:
        "Thank you for writing, and goodbye!", "Tak fordi du skrev, og farvel!", "Merci de nous avoir écrit, au revoir !",
        "Grazie per averci scritto, arrivederci!", "Danke für Ihre Nachricht, auf Wiedersehen!";
    /// After a matter is left.
    LEFT:
        "All right, I have left that; nothing was done.", "I orden, det er droppet; der er ikke sket noget.",
        "D'accord, j'abandonne ; rien n'a été fait.", "Va bene, lascio stare; non è stato fatto nulla.",
        "In Ordnung, ich lasse das; es wurde nichts getan.";
    /// Whoever leaves before what they came for is done.
    NOT_FINISHED:
        "We have not finished that. Shall a colleague get back to you about it?",
        "Det er vi ikke færdige med. Skal en kollega vende tilbage til dig om det?",
        "Nous n'avons pas terminé. Un collègue doit-il revenir vers vous à ce sujet ?",
        "Non abbiamo finito. Vuole che un collega la ricontatti?",
        "Damit sind wir nicht fertig. Soll sich ein Kollege deswegen bei Ihnen melden?";
    /// The representative's calendar is not connected.
    CALENDAR_OFFLINE:
        "The representative's calendar is offline, so I cannot book a meeting; a colleague can.",
        "Kalenderen er ikke forbundet, så jeg kan ikke booke et møde; det kan en kollega.",
        "Le calendrier n'est pas connecté, je ne peux donc pas réserver ; un collègue le peut.",
        "Il calendario non è collegato, quindi non posso prenotare; un collega può farlo.",
        "Der Kalender ist nicht verbunden, deshalb kann ich keinen Termin buchen; ein Kollege kann es.";
    /// Nobody represents the customer.
    NO_REPRESENTATIVE:
        "There is no representative for this yet; a colleague can help.",
        "Der er endnu ingen sælger til dette; en kollega kan hjælpe.",
        "Il n'y a pas encore de conseiller pour cela ; un collègue peut aider.",
        "Non c'è ancora un consulente per questo; un collega può aiutare.",
        "Dafür gibt es noch keinen Ansprechpartner; ein Kollege kann helfen.";
    /// Asks whoever gives an unknown address again.
    SHALL_A_COLLEAGUE_NOW:
        "Or shall a colleague get back to you?", "Eller skal en kollega vende tilbage til dig?",
        "Ou un collègue doit-il revenir vers vous ?", "O vuole che un collega la ricontatti?",
        "Oder soll sich ein Kollege bei Ihnen melden?";
    /// After a failure at which only a colleague helps.
    SHALL_A_COLLEAGUE:
        "Shall one get back to you?", "Skal en vende tilbage til dig?", "L'un d'eux doit-il revenir vers vous ?",
        "Vuole che uno la ricontatti?", "Soll sich einer bei Ihnen melden?";
    /// A value that cannot be read.
    NOT_READ:
        "I did not understand that.", "Det forstod jeg ikke.", "Je n'ai pas compris.", "Non ho capito.",
        "Das habe ich nicht verstanden.";
    /// Asks for an address.
    ASK_EMAIL:
        "What is your e-mail address?", "Hvad er din e-mailadresse?", "Quelle est votre adresse e-mail ?",
        "Qual è il suo indirizzo e-mail?", "Wie lautet Ihre E-Mail-Adresse?";
    /// The choice of whoever is not known by an address.
    KNOWN_OTHERWISE:
        "You know me by phone or name", "I kender mig på telefon eller navn", "Vous me connaissez par mon téléphone ou mon nom",
        "Mi conoscete per telefono o per nome", "Sie kennen mich mit Telefonnummer oder Namen";
    /// A yes to a question with several answers.
    PICK_ONE:
        "Please pick one of these.", "Vælg venligst en af disse.", "Choisissez l'un de ces points, s'il vous plaît.",
        "Scelga una di queste voci, per favore.", "Bitte wählen Sie eines davon.";
    /// After somebody has said who they are, and nothing else.
    THANKS: "Thank you.", "Tak.", "Merci.", "Grazie.", "Danke.";
    /// A day is named, and not plainly.
    DAY_IS_NOT_PLAIN:
        "I cannot tell which day is meant.", "Jeg kan ikke se, hvilken dag der menes.", "Je ne vois pas quel jour est voulu.",
        "Non capisco quale giorno si intende.", "Ich kann nicht erkennen, welcher Tag gemeint ist.";
    /// The wish to undo a booking, as a visitor says it.
    CANCEL_APPOINTMENT:
        "Please cancel my meeting", "Jeg må aflyse min aftale", "Je voudrais annuler mon rendez-vous",
        "Vorrei annullare il mio appuntamento", "Bitte stornieren Sie den Termin";
    /// The wish to move an appointment, as a visitor says it.
    MOVE_APPOINTMENT:
        "Please move my meeting", "Jeg vil gerne flytte min aftale", "Je voudrais déplacer mon rendez-vous",
        "Vorrei spostare il mio appuntamento", "Bitte verschieben Sie meinen Termin";
    /// The wish to close a ticket, as a visitor says it.
    CLOSE_TICKET:
        "Close my ticket", "Luk min sag", "Fermer mon ticket", "Chiudere il mio ticket", "Mein Ticket schließen";
    /// After a task was made from which nobody can tell how to reach the visitor.
    PASSED_ON_WITHOUT_REACH:
        "I have passed this on to a colleague, who cannot get back to you without an e-mail address or a phone number.",
        "Jeg har givet det videre til en kollega, som ikke kan vende tilbage uden en e-mailadresse eller et telefonnummer.",
        "Je l'ai transmis à un collègue, qui ne pourra pas revenir vers vous sans adresse e-mail ni numéro de téléphone.",
        "L'ho inoltrato a un collega, che non può ricontattarla senza un indirizzo e-mail o un numero di telefono.",
        "Ich habe das an einen Kollegen weitergegeben, der sich ohne E-Mail-Adresse oder Telefonnummer nicht melden kann.";
    /// A day that is over.
    DAY_IS_PAST:
        "That day is past.", "Den dag er forbi.", "Ce jour est passé.", "Quel giorno è passato.", "Dieser Tag ist vorbei.";
    /// Free times that were found some time ago are looked up again.
    TIMES_ARE_OLD:
        "I found those times a while ago, so I have looked again.",
        "De tider fandt jeg for et stykke tid siden, så jeg har set efter igen.",
        "J'avais trouvé ces heures il y a un moment, j'ai donc vérifié à nouveau.",
        "Avevo trovato quegli orari da un po', quindi ho guardato di nuovo.",
        "Diese Zeiten hatte ich vor einer Weile gefunden, deshalb habe ich noch einmal nachgesehen.";
    /// Asks for a number.
    ASK_PHONE:
        "What is your phone number?", "Hvad er dit telefonnummer?", "Quel est votre numéro de téléphone ?",
        "Qual è il suo numero di telefono?", "Wie lautet Ihre Telefonnummer?";
    /// Asks for a place and a day.
    ASK_ZONE_AND_DAY:
        "Which day suits you, and in which city or time zone are you?",
        "Hvilken dag passer dig, og i hvilken by eller tidszone er du?",
        "Quel jour vous convient, et dans quelle ville ou quel fuseau horaire êtes-vous ?",
        "Quale giorno le va bene, e in quale città o fuso orario si trova?",
        "Welcher Tag passt Ihnen, und in welcher Stadt oder Zeitzone sind Sie?";
    /// Asks for a place.
    ASK_ZONE:
        "In which city or time zone are you?", "I hvilken by eller tidszone er du?",
        "Dans quelle ville ou quel fuseau horaire êtes-vous ?", "In quale città o fuso orario si trova?",
        "In welcher Stadt oder Zeitzone sind Sie?";
    /// Asks for a day.
    ASK_DAY:
        "Which day suits you?", "Hvilken dag passer dig?", "Quel jour vous convient ?", "Quale giorno le va bene?",
        "Welcher Tag passt Ihnen?";
    /// Asks for one of the times shown.
    ASK_TIME:
        "Which time suits you?", "Hvilket tidspunkt passer dig?", "Quelle heure vous convient ?", "Quale orario le va bene?",
        "Welche Zeit passt Ihnen?";
    /// Asks for a name.
    ASK_NAME:
        "What are your first and last name?", "Hvad er dit fornavn og efternavn?", "Quels sont vos prénom et nom ?",
        "Qual è il suo nome e cognome?", "Wie lauten Ihr Vor- und Nachname?";
    /// Asks for a problem.
    ASK_ISSUE:
        "What is the problem? Please describe it in a sentence or two.", "Hvad er problemet? Beskriv det i en sætning eller to.",
        "Quel est le problème ? Décrivez-le en une ou deux phrases.", "Qual è il problema? Lo descriva in una o due frasi.",
        "Was ist das Problem? Bitte beschreiben Sie es in ein, zwei Sätzen.";
    /// Asks for a text for a ticket.
    ASK_NOTE:
        "What should be added?", "Hvad skal der tilføjes?", "Que faut-il ajouter ?", "Che cosa va aggiunto?",
        "Was soll ergänzt werden?";
    /// Asks whoever has picked a topic that is answered from documents.
    ASK_QUESTION:
        "What would you like to know?", "Hvad vil du gerne vide?", "Que souhaitez-vous savoir ?", "Che cosa desidera sapere?",
        "Was möchten Sie wissen?";
    /// Asks for a ticket.
    ASK_TICKET:
        "Which ticket is it?", "Hvilken sag er det?", "De quel ticket s'agit-il ?", "Di quale ticket si tratta?",
        "Um welches Ticket geht es?";
    /// A message repeats what a ticket or a task says already.
    ALREADY_NOTED:
        "I have noted that already. Is there anything else?", "Det har jeg allerede noteret. Er der andet?",
        "C'est déjà noté. Autre chose ?", "L'ho già annotato. C'è altro?", "Das habe ich schon notiert. Gibt es noch etwas?";
    /// Asks for one of several appointments.
    ASK_APPOINTMENT:
        "Which appointment do you mean?", "Hvilken aftale mener du?", "De quel rendez-vous s'agit-il ?",
        "Di quale appuntamento si tratta?", "Um welchen Termin geht es?";
    /// A choice there.
    ALL_OF_THEM: "All of them", "Dem alle", "Tous", "Tutti", "Alle";
    /// Asks for the data of a contact.
    ASK_PROPERTIES:
        "Please tell me first and last name, e-mail address, phone number and company.",
        "Oplys venligst fornavn og efternavn, e-mailadresse, telefonnummer og firma.",
        "Indiquez-moi s'il vous plaît le prénom et le nom, l'adresse e-mail, le numéro de téléphone et la société.",
        "Mi indichi per favore nome e cognome, indirizzo e-mail, numero di telefono e azienda.",
        "Bitte nennen Sie mir Vor- und Nachnamen, E-Mail-Adresse, Telefonnummer und Firma.";
    /// Asks for changes of a contact.
    ASK_CHANGES:
        "What should be changed, and to what?", "Hvad skal ændres, og til hvad?", "Que faut-il modifier, et en quoi ?",
        "Che cosa va cambiato, e in che cosa?", "Was soll geändert werden, und worauf?";
    /// Asks visitors under which name or number they are known.
    ASK_QUERY:
        "Under which phone number, name or e-mail address do we know you?",
        "Under hvilket telefonnummer, navn eller hvilken e-mailadresse kender vi dig?",
        "Sous quel numéro de téléphone, nom ou quelle adresse e-mail vous connaissons-nous ?",
        "Con quale numero di telefono, nome o indirizzo e-mail la conosciamo?",
        "Unter welcher Telefonnummer, welchem Namen oder welcher E-Mail-Adresse kennen wir Sie?";
    /// Asks what a colleague should know.
    ASK_REASON:
        "What should the colleague know?", "Hvad skal kollegaen vide?", "Que doit savoir le collègue ?",
        "Che cosa deve sapere il collega?", "Was soll der Kollege wissen?";
    /// Nothing differed.
    NOTHING_CHANGED:
        "It was so already; nothing was changed.", "Det var allerede sådan; intet blev ændret.", "C'était déjà ainsi ; rien n'a été modifié.",
        "Era già così; nulla è stato cambiato.", "Das war schon so; nichts wurde geändert.";
    /// Before a list of tickets.
    TICKETS: "Your tickets:", "Dine sager:", "Vos tickets :", "I suoi ticket:", "Ihre Tickets:";
    /// There are none.
    NO_TICKETS:
        "I find no ticket.", "Jeg finder ingen sag.", "Je ne trouve aucun ticket.", "Non trovo nessun ticket.", "Ich finde kein Ticket.";
    /// Before a list of open tickets, where a problem was reported.
    OPEN_TICKETS:
        "Is it one of these open tickets?", "Er det en af disse åbne sager?", "Est-ce l'un de ces tickets ouverts ?",
        "È uno di questi ticket aperti?", "Ist es eines dieser offenen Tickets?";
    /// Before a list of appointments.
    APPOINTMENTS: "Your appointments:", "Dine aftaler:", "Vos rendez-vous :", "I suoi appuntamenti:", "Ihre Termine:";
    /// There are none.
    NO_APPOINTMENTS:
        "I find no appointment to come.", "Jeg finder ingen kommende aftale.", "Je ne trouve aucun rendez-vous à venir.",
        "Non trovo appuntamenti futuri.", "Ich finde keinen kommenden Termin.";
    /// Before the data of a contact.
    DATA:
        "This is what we have stored about you:", "Dette har vi gemt om dig:",
        "Voici ce que nous avons enregistré à votre sujet :", "Questo è ciò che abbiamo registrato su di lei:",
        "Das ist bei uns über Sie gespeichert:";
    /// Before people who were found.
    PEOPLE_FOUND: "I found:", "Jeg fandt:", "J'ai trouvé :", "Ho trovato:", "Gefunden:";
    /// Nobody was found.
    NOBODY_FOUND:
        "I found nobody by that.", "Jeg fandt ingen med det.", "Je n'ai trouvé personne ainsi.", "Non ho trovato nessuno così.",
        "Ich habe damit niemanden gefunden.";
    /// Asks which of several people is meant.
    WHICH_PERSON:
        "Which one is it?", "Hvem af dem er det?", "De qui s'agit-il ?", "Chi di questi è?", "Wer davon ist es?";
    /// No document answers.
    NO_PASSAGE:
        "Our documents say nothing about that. A colleague may know.", "Vores dokumenter siger intet om det. En kollega ved det måske.",
        "Nos documents n'en disent rien. Un collègue le sait peut-être.", "I nostri documenti non ne parlano. Forse un collega lo sa.",
        "Unsere Dokumente sagen dazu nichts. Vielleicht weiß es ein Kollege.";
    /// Asks after a passage.
    DID_IT_HELP:
        "Did that help?", "Hjalp det?", "Cela vous a-t-il aidé ?", "Le è stato utile?", "Hat das geholfen?";
    /// A choice there.
    COME_BACK: "That first, then come back", "Det først, og så tilbage", "D'abord cela, puis revenir", "Prima quello, poi tornare", "Das zuerst, dann zurück";
    /// A choice there.
    LEAVE: "Drop what we are at", "Drop det, vi er i gang med", "Abandonner l'affaire en cours", "Lasciare la questione in corso", "Das Bisherige fallen lassen";
    /// A choice there.
    STAY: "Stay with what we are at", "Bliv ved det, vi er i gang med", "Continuer l'affaire en cours", "Restare sulla questione in corso", "Beim Bisherigen bleiben";
    /// A failure: somebody else was faster.
    TIME_TAKEN:
        "That time is not free.", "Det tidspunkt er ikke ledigt.", "Cette heure n'est pas libre.", "Quell'orario non è libero.",
        "Diese Zeit ist nicht frei.";
    /// A failure: later it may work.
    BUSY:
        "Our system is busy at the moment. Shall I try again?", "Vores system er optaget lige nu. Skal jeg prøve igen?",
        "Notre système est occupé en ce moment. Dois-je réessayer ?", "Il nostro sistema è occupato. Devo riprovare?",
        "Unser System ist gerade ausgelastet. Soll ich es noch einmal versuchen?";
    /// A failure: perhaps it was done.
    UNCLEAR:
        "It is not certain whether that was done, so I do not repeat it; a colleague can check.",
        "Det er ikke sikkert, om det blev gjort, så jeg gentager det ikke; en kollega kan tjekke det.",
        "Il n'est pas certain que cela ait été fait, donc je ne le répète pas ; un collègue peut vérifier.",
        "Non è certo che sia stato fatto, quindi non lo ripeto; un collega può verificare.",
        "Es ist nicht sicher, ob das geschehen ist, deshalb wiederhole ich es nicht; ein Kollege kann nachsehen.";
    /// A message whose turn was cut off when it may have written something.
    INTERRUPTED:
        "I was interrupted at your last message, and it is not certain whether it was carried out, so I do not repeat it. Please look whether it was done, or ask for a colleague, who can check.",
        "Jeg blev afbrudt ved din sidste besked, og det er ikke sikkert, om den blev udført, så jeg gentager den ikke. Se venligst efter, om det blev gjort, eller bed om en kollega, som kan tjekke det.",
        "J'ai été interrompu lors de votre dernier message, et il n'est pas certain qu'il ait été exécuté, donc je ne le répète pas. Vérifiez si cela a été fait, ou demandez un collègue, qui peut vérifier.",
        "Sono stato interrotto durante il suo ultimo messaggio e non è certo che sia stato eseguito, quindi non lo ripeto. Controlli se è stato fatto, oppure chieda di un collega, che può verificare.",
        "Ich wurde bei Ihrer letzten Nachricht unterbrochen, und es ist nicht sicher, ob sie ausgeführt wurde, deshalb wiederhole ich sie nicht. Bitte sehen Sie nach, ob es geschehen ist, oder fragen Sie nach einem Kollegen, der es nachsehen kann.";
    /// A failure: for people.
    FOR_A_COLLEAGUE:
        "I cannot do that here; a colleague can.", "Det kan jeg ikke gøre her; det kan en kollega.",
        "Je ne peux pas le faire ici ; un collègue le peut.", "Non posso farlo qui; un collega può.",
        "Das kann ich hier nicht tun; ein Kollege kann es.";
    /// A failure: a value is wrong.
    NOT_ACCEPTED:
        "That was not accepted.", "Det blev ikke accepteret.", "Cela n'a pas été accepté.", "Non è stato accettato.",
        "Das wurde nicht angenommen.";
    /// The choice of later times.
    LATER: "Later times", "Senere tider", "Heures suivantes", "Orari successivi", "Spätere Zeiten";
    /// The second message in a row that is not understood.
    NOT_UNDERSTOOD_TWICE:
        "I am sorry, I still do not understand; a colleague can help.",
        "Beklager, jeg forstår det stadig ikke; en kollega kan hjælpe.",
        "Désolé, je ne comprends toujours pas ; un collègue peut vous aider.",
        "Mi dispiace, continuo a non capire; un collega può aiutarla.",
        "Es tut mir leid, ich verstehe es immer noch nicht; ein Kollege kann helfen.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).map(|part| part.split('}').next().unwrap()).collect()
    }

    /// Every sentence is filled with each of its values missing in turn, in every language.
    #[test]
    fn no_sentence_has_a_hole_whatever_is_not_known() {
        let all = [
            with_values::ALL_WITH_VALUES,
            confirmations::ALL_WITH_VALUES,
            outcomes::ALL_WITH_VALUES,
            staff::ALL_WITH_VALUES,
        ];
        for text in all.into_iter().flatten() {
            let known = names(text.whole.en);
            assert!(!known.is_empty(), "{text:?} needs no value");
            for language in Language::ALL {
                assert_eq!(names(text.whole.in_language(language)), known, "{text:?}");
                let values: Vec<_> = known.iter().map(|name| (*name, "Ada")).collect();
                let plain = text.plain.in_language(language);
                assert!(!text.with(language, &values).contains(['{', '}']), "{text:?}");
                assert!(!plain.contains(['{', '}']) && !plain.trim().is_empty(), "{plain}");
                for at in 0..values.len() {
                    for nothing in ["", " "] {
                        let mut values = values.clone();
                        values[at].1 = nothing;
                        assert_eq!(text.with(language, &values), plain);
                    }
                }
            }
        }
    }

    #[test]
    fn a_text_without_values_names_none_and_is_written_in_every_language() {
        for text in ALL.iter().chain(outcomes::ALL).chain(staff::ALL) {
            for language in Language::ALL {
                let here = text.in_language(language);
                assert!(!here.trim().is_empty() && !here.contains(['{', '}']), "{here}");
            }
        }
    }

    #[test]
    fn an_example_shows_nobodys_address() {
        assert_eq!(example("sarah@gmail.com", Language::English), "For example: name@example.com");
        assert_eq!(example("America/New_York", Language::German), "Zum Beispiel: America/New_York");
    }
}
