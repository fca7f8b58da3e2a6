//! Outcomes of writes that were not made, and what is said where nobody can be told of a wish.

use super::kind::{Text, TextWithValues};

texts! {
    /// A write of a server that was started with `--dry-run`.
    TRIAL_RUN:
        "This is a trial run: nothing was opened, booked, changed or passed on.",
        "Dette er en prøvekørsel: intet blev oprettet, booket, ændret eller givet videre.",
        "Ceci est un essai : rien n'a été ouvert, réservé, modifié ni transmis.",
        "Questa è una prova: nulla è stato aperto, prenotato, modificato o inoltrato.",
        "Das ist ein Probelauf: Nichts wurde eröffnet, gebucht, geändert oder weitergegeben.";
    /// A deed is wanted on a condition.
    ON_CONDITION:
        "I can only do something now, not on a condition.", "Jeg kan kun gøre noget nu, ikke på en betingelse.",
        "Je ne peux agir que maintenant, pas sous condition.", "Posso fare qualcosa solo adesso, non a una condizione.",
        "Ich kann nur jetzt etwas tun, nicht unter einer Bedingung.";
    /// An order, an invoice or a delivery is asked about, of which nothing is known here.
    PURCHASES_NOT_SEEN:
        "I cannot see orders, invoices or deliveries here; a colleague can look into it.",
        "Jeg kan ikke se ordrer, fakturaer og leveringer her; det kan en kollega se på.",
        "Je n'ai pas accès ici aux commandes, aux factures et aux livraisons ; un collègue peut s'en occuper.",
        "Qui non posso vedere ordini, fatture e consegne; può occuparsene un collega.",
        "Bestellungen, Rechnungen und Lieferungen kann ich hier nicht einsehen; ein Kollege kann sich darum kümmern.";
    /// A failure where no colleague can be told.
    NOT_HERE:
        "I cannot do that here.", "Det kan jeg ikke gøre her.", "Je ne peux pas le faire ici.", "Non posso farlo qui.",
        "Das kann ich hier nicht tun.";
    /// A person is wanted where the chat can pass nothing on.
    NOBODY_TO_TELL:
        "I cannot pass anything on to a colleague here: please turn to us in another way, such as by phone or e-mail.",
        "Jeg kan ikke give noget videre til en kollega her: kontakt os på en anden måde, for eksempel på telefon eller mail.",
        "Je ne peux rien transmettre à un collègue ici : adressez-vous à nous autrement, par exemple par téléphone ou par e-mail.",
        "Qui non posso inoltrare nulla a un collega: ci contatti in altro modo, per esempio per telefono o per e-mail.",
        "Ich kann hier nichts an einen Kollegen weitergeben: Bitte wenden Sie sich auf anderem Weg an uns, etwa per Telefon oder E-Mail.";
    /// Beside what is told of a hand-over: the visitor has given no address and no number.
    ONLY_HERE:
        "They can answer you only here, so please keep this chat open.", "De kan kun svare dig her, så lad chatten stå åben.",
        "Ils ne peuvent vous répondre qu'ici : gardez cette conversation ouverte.",
        "Possono risponderle solo qui: tenga aperta questa chat.",
        "Man kann Ihnen nur hier antworten: Lassen Sie diesen Chat bitte offen.";
    /// Asks whoever gives none whether the conversation goes to a person all the same.
    OFFER_HERE:
        "Without an e-mail address or a phone number a colleague can answer you only here in this chat. Shall I pass it on all the same?",
        "Uden en e-mailadresse eller et telefonnummer kan en kollega kun svare dig her i chatten. Skal jeg give det videre alligevel?",
        "Sans adresse e-mail ni numéro de téléphone, un collègue ne peut vous répondre qu'ici. Dois-je transmettre quand même ?",
        "Senza un indirizzo e-mail o un numero di telefono un collega può risponderle solo qui in chat. Devo inoltrare lo stesso?",
        "Ohne E-Mail-Adresse oder Telefonnummer kann Ihnen ein Kollege nur hier im Chat antworten. Soll ich es trotzdem weitergeben?";
}

texts_with_values! {
    /// One of several questions is not answered.
    NO_PASSAGE_ABOUT:
        "Our documents say nothing about this: “{question}”", "Vores dokumenter siger intet om dette: “{question}”",
        "Nos documents ne disent rien à ce sujet : « {question} »", "I nostri documenti non dicono nulla di questo: “{question}”",
        "Unsere Dokumente sagen dazu nichts: „{question}“";
        plain "Our documents do not say the rest.", "Resten står ikke i vores dokumenter.", "Nos documents ne disent pas le reste.",
        "Il resto non è nei nostri documenti.", "Das Übrige steht nicht in unseren Dokumenten.";
    /// Nobody can answer a visitor who gives neither an address nor a number.
    NO_WAY_BACK:
        "Without an e-mail address or a phone number no colleague can get back to you. You can still tell me one, or turn to us here: {way}.",
        "Uden en e-mailadresse eller et telefonnummer kan ingen kollega vende tilbage til dig. Du kan stadig skrive et af dem, eller kontakte os her: {way}.",
        "Sans adresse e-mail ni numéro de téléphone, aucun collègue ne peut revenir vers vous. Vous pouvez encore m'en donner un, ou vous adresser à nous ici : {way}.",
        "Senza un indirizzo e-mail o un numero di telefono nessun collega può ricontattarla. Può ancora indicarmene uno, oppure rivolgersi a noi qui: {way}.",
        "Ohne E-Mail-Adresse oder Telefonnummer kann sich kein Kollege bei Ihnen melden. Sie können noch eine angeben oder sich hier an uns wenden: {way}.";
        plain "Without an e-mail address or a phone number no colleague can get back to you. You can still tell me one, or turn to us in another way, such as by phone or e-mail.",
        "Uden en e-mailadresse eller et telefonnummer kan ingen kollega vende tilbage til dig. Du kan stadig skrive et af dem, eller kontakte os på en anden måde, for eksempel på telefon eller mail.",
        "Sans adresse e-mail ni numéro de téléphone, aucun collègue ne peut revenir vers vous. Vous pouvez encore m'en donner un, ou vous adresser à nous autrement, par exemple par téléphone ou par e-mail.",
        "Senza un indirizzo e-mail o un numero di telefono nessun collega può ricontattarla. Può ancora indicarmene uno, oppure contattarci in altro modo, per esempio per telefono o per e-mail.",
        "Ohne E-Mail-Adresse oder Telefonnummer kann sich kein Kollege bei Ihnen melden. Sie können noch eine angeben oder sich auf anderem Weg an uns wenden, etwa per Telefon oder E-Mail.";
    /// The times are those of the customer's own representative, and another colleague was named.
    OTHER_COLLEAGUE:
        "These are the times of your representative (“{link}”). For a meeting with {name}, please ask for a person.",
        "Det er tiderne hos din kontaktperson („{link}“). Bed om en person, hvis mødet skal være med {name}.",
        "Ce sont les heures de votre conseiller (« {link} »). Pour un rendez-vous avec {name}, demandez une personne.",
        "Questi sono gli orari del suo referente («{link}»). Per un incontro con {name}, chieda di una persona.",
        "Das sind die Zeiten Ihres Ansprechpartners („{link}“). Für einen Termin mit {name} verlangen Sie bitte eine Person.";
        plain "These are the times of your representative. For a meeting with somebody else, please ask for a person.",
        "Det er tiderne hos din kontaktperson. Bed om en person, hvis mødet skal være med en anden.",
        "Ce sont les heures de votre conseiller. Pour un rendez-vous avec quelqu'un d'autre, demandez une personne.",
        "Questi sono gli orari del suo referente. Per un incontro con qualcun altro, chieda di una persona.",
        "Das sind die Zeiten Ihres Ansprechpartners. Für einen Termin mit jemand anderem verlangen Sie bitte eine Person.";
    /// Nobody has a name that was looked for, and others have one like it.
    SIMILAR_NAMES:
        "These names are like it: {names}.", "Disse navne ligner: {names}.", "Ces noms y ressemblent : {names}.",
        "Questi nomi sono simili: {names}.", "Diese Namen sind ähnlich: {names}.";
        plain "There are similar names.", "Der er lignende navne.", "Il y a des noms semblables.", "Ci sono nomi simili.",
        "Es gibt ähnliche Namen.";
    /// A meeting was booked before, and once.
    BOOKED_BEFORE:
        "It was booked already: {day} at {time}, {zone}.", "Det var allerede booket: {day} kl. {time}, {zone}.",
        "C'était déjà réservé : le {day} à {time}, {zone}.", "Era già prenotato: {day} alle {time}, {zone}.",
        "Es war schon gebucht: {day} um {time}, {zone}.";
        plain "It was booked already.", "Det var allerede booket.", "C'était déjà réservé.", "Era già prenotato.",
        "Es war schon gebucht.";
}
