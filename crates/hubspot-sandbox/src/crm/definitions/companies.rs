//! Companies and deals.

use super::{Given, choice, long, moment, number, phone, text};

const INDUSTRIES: &[(&str, &str)] = &[
    ("COMPUTER_SOFTWARE", "Computer Software"),
    ("FOOD_BEVERAGES", "Food & Beverages"),
    ("HOSPITAL_HEALTH_CARE", "Hospital & Health Care"),
    ("HOSPITALITY", "Hospitality"),
    ("INDUSTRIAL_AUTOMATION", "Industrial Automation"),
    ("RETAIL", "Retail"),
];

const DEAL_TYPES: &[(&str, &str)] = &[("newbusiness", "New Business"), ("existingbusiness", "Existing Business")];

const DEAL_STAGES: &[(&str, &str)] = &[
    ("appointmentscheduled", "Appointment Scheduled"),
    ("qualifiedtobuy", "Qualified To Buy"),
    ("presentationscheduled", "Presentation Scheduled"),
    ("decisionmakerboughtin", "Decision Maker Bought-In"),
    ("contractsent", "Contract Sent"),
    ("closedwon", "Closed Won"),
    ("closedlost", "Closed Lost"),
];

pub(super) static COMPANIES: &[Given] = &[
    text("name", "Company name").within("companyinformation"),
    text("domain", "Company Domain Name").within("companyinformation"),
    text("website", "Website URL").within("companyinformation"),
    phone("phone", "Phone Number").within("companyinformation"),
    text("address", "Street Address").within("companyinformation"),
    text("city", "City").within("companyinformation"),
    text("state", "State/Region").within("companyinformation"),
    text("zip", "Postal Code").within("companyinformation"),
    text("country", "Country/Region").within("companyinformation"),
    choice("industry", "Industry", INDUSTRIES).within("companyinformation"),
    number("numberofemployees", "Number of Employees").within("companyinformation"),
    number("annualrevenue", "Annual Revenue").within("companyinformation"),
    long("description", "Description").within("companyinformation"),
    number("num_associated_contacts", "Number of Associated Contacts").computed(),
    number("num_notes", "Number of Sales Activities").computed(),
    moment("notes_last_contacted", "Last Contacted").computed(),
    moment("notes_last_updated", "Last Activity Date").computed(),
];

pub(super) static DEALS: &[Given] = &[
    text("dealname", "Deal Name").within("dealinformation"),
    number("amount", "Amount").within("dealinformation"),
    moment("closedate", "Close Date").within("dealinformation"),
    choice("pipeline", "Pipeline", &[("default", "Sales Pipeline")]).within("dealinformation"),
    choice("dealstage", "Deal Stage", DEAL_STAGES).within("dealinformation"),
    choice("dealtype", "Deal Type", DEAL_TYPES).within("dealinformation"),
    long("description", "Deal Description").within("dealinformation"),
    number("num_notes", "Number of Sales Activities").computed(),
    moment("notes_last_contacted", "Last Contacted").computed(),
    moment("notes_last_updated", "Last Activity Date").computed(),
];
