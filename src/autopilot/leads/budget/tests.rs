use super::*;

#[test]
fn a_budget_of_the_customers_own_is_read_as_it_is_said() {
    for (text, expected) in [
        ("Our budget is 5000", 5_000),
        ("My budget is 5,000 EUR.", 5_000),
        ("Budget: € 12.500,00", 12_500),
        ("budget:$25k", 25_000),
        ("We can spend up to 1.5 million dollars", 1_500_000),
        ("We have a budget for 3 robots of 40'000 CHF", 40_000),
        ("We've got a budget of about $9k, can you help?", 9_000),
        ("Hello. I need robots. The budget is 700 USD. Thanks", 700),
        ("No, the budget is 900 EUR", 900),
        ("Our total budget for 2027 is 5000 EUR", 5_000),
        ("Our budget is 5000 and we need two robots", 5_000),
        ("Wir können 20 tausend Euro ausgeben", 20_000),
        ("Unser Budget liegt bei 12 000 €", 12_000),
        ("Guten Tag, mein Budget beträgt ca. 3.000 Euro, reicht das?", 3_000),
        ("Wir haben ein Budget von 8000 Euro", 8_000),
        ("Vores budget er 100.000 kr.", 100_000),
        ("Hej, vi har et budget på 50.000 kr.", 50_000),
        ("Vi kan bruge op til 20.000 kr.", 20_000),
        ("Notre budget est de 8000 euros", 8_000),
        ("Bonjour, j'ai un budget d'environ 1 500 €", 1_500),
        ("Nous pouvons dépenser jusqu’à 4000 euros", 4_000),
        ("Il nostro budget è di 9.000 euro", 9_000),
        ("Abbiamo un budget di 7 mila euro", 7_000),
        ("Possiamo spendere fino a 6000 euro", 6_000),
    ] {
        assert_eq!(of(text), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_budget_of_the_customers_own_is_none() {
    for text in [
        // Several amounts, and none.
        "The budget is between 5000 and 9000",
        "Our budget is 5k or 6k",
        "Our budget is 5000-6000 EUR",
        "Our budget is small",
        "Budget 2027: 5 robots",
        "Our budget is 5 robots",
        "budget 0",
        "budget 99999999999999999999",
        "",
        // Prices.
        "The robot costs 5000 EUR",
        "Is 5000 EUR the price? We have to look at our budget",
        "Our budget is fixed, the robot at 5000 EUR looks nice",
        "5000 EUR is over our budget",
        "Does the robot for 5000 EUR fit our budget?",
        "Der Roboter für 5000 Euro passt nicht in unser Budget",
        "Robotten til 5000 kr. er over vores budget",
        "Le robot à 5000 euros dépasse notre budget",
        "Il robot da 5000 euro supera il nostro budget",
        // Questions.
        "Is our budget of 5000 EUR enough?",
        "What if our budget is 5000?",
        "Ist unser Budget von 5000 Euro genug?",
        "Er vores budget på 5000 kr. nok?",
        "Est-ce que notre budget de 5000 euros suffit",
        "Il nostro budget di 5000 euro basta?",
        // Denials, suppositions, and what is over.
        "Our budget is not 5000",
        "We can't spend 5000 EUR",
        "I don't think that our budget is 5000",
        "If we win, our budget is 5000 EUR",
        "Our budget was 5000 EUR",
        "Wir können keine 5000 Euro ausgeben",
        "Unser Budget ist nicht 5000 Euro",
        "Vores budget er ikke 5000 kr.",
        "Notre budget n’est pas de 5000 euros",
        "Il nostro budget non è di 5000 euro",
        // Somebody else's, and quotations.
        "Your budget is 5000",
        "Our competitor's budget is 5000 EUR",
        "The budget of our customer is 5000 EUR",
        "Acme has a budget of 5000 EUR",
        "He says our budget is 5000 EUR",
        "> Our budget is 5000 EUR",
        "My boss wrote \"our budget is 5000 EUR\"",
        "Ihr Budget ist 5000 Euro",
        "Das Budget unseres Kunden ist 5000 Euro",
        "Deres budget er 5000 kr.",
        "Votre budget est de 5000 euros",
        "Il budget del cliente è di 5000 euro",
        // Another amount than the one that stands there.
        "Our budget is 5000 EUR less than yours",
        "We have a budget of 500 EUR per month",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}
