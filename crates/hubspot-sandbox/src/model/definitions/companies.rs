//! Properties of companies and deals.

use super::spec::{PropertySpec, date_time, enumeration, number, phone, text, text_area};

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

pub(super) static COMPANIES: &[PropertySpec] = &[
    text("name", "Company name").in_group("companyinformation"),
    text("domain", "Company Domain Name").in_group("companyinformation"),
    text("website", "Website URL").in_group("companyinformation"),
    phone("phone", "Phone Number").in_group("companyinformation"),
    text("address", "Street Address").in_group("companyinformation"),
    text("city", "City").in_group("companyinformation"),
    text("state", "State/Region").in_group("companyinformation"),
    text("zip", "Postal Code").in_group("companyinformation"),
    text("country", "Country/Region").in_group("companyinformation"),
    enumeration("industry", "Industry", INDUSTRIES).in_group("companyinformation"),
    number("numberofemployees", "Number of Employees").in_group("companyinformation"),
    number("annualrevenue", "Annual Revenue").in_group("companyinformation"),
    text_area("description", "Description").in_group("companyinformation"),
    number("num_associated_contacts", "Number of Associated Contacts").computed(),
    number("num_notes", "Number of Sales Activities").computed(),
    date_time("notes_last_contacted", "Last Contacted").computed(),
    date_time("notes_last_updated", "Last Activity Date").computed(),
];

pub(super) static DEALS: &[PropertySpec] = &[
    text("dealname", "Deal Name").in_group("dealinformation"),
    number("amount", "Amount").in_group("dealinformation"),
    date_time("closedate", "Close Date").in_group("dealinformation"),
    enumeration("pipeline", "Pipeline", &[("default", "Sales Pipeline")]).in_group("dealinformation"),
    enumeration("dealstage", "Deal Stage", DEAL_STAGES).in_group("dealinformation"),
    enumeration("dealtype", "Deal Type", DEAL_TYPES).in_group("dealinformation"),
    text_area("description", "Deal Description").in_group("dealinformation"),
    number("num_notes", "Number of Sales Activities").computed(),
    date_time("notes_last_contacted", "Last Contacted").computed(),
    date_time("notes_last_updated", "Last Activity Date").computed(),
];
