//! Texts of the assistant of staff, in the place of those for customers. Its people are those who write to it, so that it offers
//! nobody else, and their token says what it may do.

use super::kind::{Text, TextWithValues};

texts! {
    /// The beginning of a conversation, where the operator has written none.
    WELCOME:
        "Welcome! I help you with the contacts in HubSpot.", "Velkommen! Jeg hjælper dig med kontakterne i HubSpot.",
        "Bienvenue ! Je vous aide à gérer les contacts dans HubSpot.", "Benvenuto! La aiuto con i contatti in HubSpot.",
        "Willkommen! Ich helfe Ihnen mit den Kontakten in HubSpot.";
    /// Said at the start, before what can be picked.
    AUTOMATIC:
        "I am an automatic assistant. Pick one of these, or say it in your own words.",
        "Jeg er en automatisk assistent. Vælg en af disse, eller sig det med dine egne ord.",
        "Je suis un assistant automatique. Choisissez une réponse ou dites-le avec vos mots.",
        "Sono un assistente automatico. Scelga una di queste voci o lo dica con parole sue.",
        "Ich bin ein automatischer Assistent. Wählen Sie etwas davon oder sagen Sie es mit Ihren Worten.";
    /// Asks whom the wish is about.
    ASK_QUERY:
        "Who is it: a name, an e-mail address or a phone number?", "Hvem er det: et navn, en e-mailadresse eller et telefonnummer?",
        "De qui s'agit-il : un nom, une adresse e-mail ou un numéro de téléphone ?",
        "Chi è: un nome, un indirizzo e-mail o un numero di telefono?",
        "Wer ist es: ein Name, eine E-Mail-Adresse oder eine Telefonnummer?";
    /// The wish for something that the token may not do.
    NO_RIGHT:
        "Your token does not have the right to do that.", "Dit token har ikke ret til at gøre det.",
        "Votre jeton n'a pas le droit de faire cela.", "Il suo token non ha il diritto di farlo.",
        "Ihr Token hat kein Recht, das zu tun.";
    /// The wish for a person.
    NO_PERSON:
        "There is nobody behind this assistant to whom I could hand over.",
        "Der er ingen bag denne assistent, som jeg kan give videre til.",
        "Il n'y a personne derrière cet assistant à qui je pourrais passer la main.",
        "Dietro questo assistente non c'è nessuno a cui io possa passare la conversazione.",
        "Hinter diesem Assistenten steht niemand, an den ich übergeben könnte.";
    /// The chat cannot go on.
    CANNOT_NOW:
        "I am sorry, I cannot answer that at the moment.", "Beklager, det kan jeg ikke svare på lige nu.",
        "Désolé, je ne peux pas répondre à cela pour le moment.", "Mi dispiace, al momento non posso rispondere.",
        "Es tut mir leid, das kann ich im Moment nicht beantworten.";
    /// A failure: perhaps it was done.
    UNCLEAR:
        "It is not certain whether that was done, so I do not repeat it: please check in HubSpot.",
        "Det er ikke sikkert, om det blev gjort, så jeg gentager det ikke: tjek det venligst i HubSpot.",
        "Il n'est pas certain que cela ait été fait, donc je ne le répète pas : vérifiez dans HubSpot.",
        "Non è certo che sia stato fatto, quindi non lo ripeto: verifichi in HubSpot.",
        "Es ist nicht sicher, ob das geschehen ist, deshalb wiederhole ich es nicht: Bitte sehen Sie in HubSpot nach.";
    /// The button of a search.
    SEARCH:
        "Search for a contact", "Søg efter kontakt", "Rechercher un contact", "Cerca un contatto", "Einen Kontakt suchen";
    /// The button of a new contact.
    CREATE:
        "Create a new contact", "Opret ny kontakt", "Créer un contact", "Crea un nuovo contatto",
        "Einen neuen Kontakt anlegen";
    /// The button of a change.
    UPDATE:
        "Update a contact", "Opdater kontakt", "Mettre à jour un contact", "Aggiorna un contatto",
        "Einen Kontakt aktualisieren";
}

texts_with_values! {
    /// After the welcome: what is not offered.
    MISSING_RIGHTS:
        "The rights of your token do not include: {names}.", "Dit tokens rettigheder omfatter ikke: {names}.",
        "Les droits de votre jeton ne comprennent pas : {names}.", "I diritti del suo token non comprendono: {names}.",
        "Die Rechte Ihres Tokens umfassen nicht: {names}.";
        plain "The rights of your token do not include everything.", "Dit tokens rettigheder omfatter ikke alt.",
        "Les droits de votre jeton ne comprennent pas tout.", "I diritti del suo token non comprendono tutto.",
        "Die Rechte Ihres Tokens umfassen nicht alles.";
    /// An address that no contact has.
    UNKNOWN:
        "I do not find {who} among the contacts.", "Jeg finder ikke {who} blandt kontakterne.",
        "Je ne trouve pas {who} parmi les contacts.", "Non trovo {who} tra i contatti.",
        "Ich finde {who} nicht unter den Kontakten.";
        plain "I do not find this contact.", "Jeg finder ikke denne kontakt.", "Je ne trouve pas ce contact.",
        "Non trovo questo contatto.", "Ich finde diesen Kontakt nicht.";
}
